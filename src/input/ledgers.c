#include "referlens/input/ledgers.h"

#include "referlens/base/memory.h"
#include "referlens/input/repeats.h"
#include "referlens/input/stored.h"

#include <stdlib.h>
#include <string.h>

static const char reason_same_event[] = "another row of the same event";

static void leave_out(struct ledger *ledger, const char *reason, int64_t count)
{
    ledger->left_out += count;
    if (count > 0)
        ledger_count_reason(ledger->left_out_for, &ledger->left_out_reason_count, reason, count);
}

/* Adds the chunks' counts and rejected rows to the ledgers. */
static void count_chunks(struct reading *reading, const struct chunk_list *list)
{
    struct input *input = reading->input;
    for (size_t i = 0; i < list->count; i++) {
        const struct chunk *chunk = &list->chunks[i];
        struct ledger *ledger = &input->files[chunk->file].ledger;
        if (chunk->superseded)
            continue;
        ledger->read += chunk->read;
        ledger->rejected += (int64_t)chunk->reject_count;
        for (size_t k = 0; k < chunk->left_out_reason_count; k++)
            leave_out(ledger, chunk->left_out_for[k].reason, chunk->left_out_for[k].count);
        for (size_t rule = 0; rule < chunk->part_count; rule++)
            leave_out(ledger, ledger_orphan, chunk->parts[rule].orphans[0]);
        input->rejects =
            memory_resize(input->rejects, input->reject_count + chunk->reject_count, sizeof *input->rejects);
        for (size_t k = 0; k < chunk->reject_count; k++) {
            struct chunk_reject *reject = &chunk->rejects[k];
            ledger_count_reason(ledger->rejected_for, &ledger->rejected_reason_count, reject->category, 1);
            input->rejects[input->reject_count++] = (struct reject){
                .ledger = chunk->file,
                .line = chunk->first_line + reject->line - 1,
                .column = reject->column,
                .category = reject->category,
                .message = reject->message,
            };
            reject->message = NULL; /* the input's now */
        }
    }
}

/* Events of records that belong to the pass of outcomes. */
static void count_tallies(struct reading *reading)
{
    for (size_t i = 0; i < reading->outcomes.count; i++) {
        const struct chunk *chunk = &reading->outcomes.chunks[i];
        struct ledger *ledger = &reading->input->files[chunk->file].ledger;
        for (size_t rule = 0; rule < chunk->part_count; rule++) {
            const struct event_tally *tally = &reading->tallies[event_writer_number(chunk, rule, true)];
            ledger_add_duplicates(ledger, reason_repeated, tally->duplicates);
            ledger_add_duplicates(ledger, reason_same_event, tally->joined);
            leave_out(ledger, ledger_after_as_of, tally->after_as_of);
            leave_out(ledger, ledger_before_referral, tally->before_referral);
        }
    }
}

/* The file in which an id stood. */
static size_t file_of_id(const struct reading *reading, text_reference id)
{
    const uint32_t source = (uint32_t)(id >> 52);
    const uint64_t offset = id >> 12 & REFERENCE_OFFSET_MAX;
    size_t file = 0;
    for (size_t i = 0; i < reading->input->file_count; i++) {
        if (!input_file_makes(&reading->input->files[i], FILE_REFERRALS))
            continue;
        if (source == reading->sources[i] ||
            (source == reading->escaped[i].source && reading->escaped[i].begin <= offset))
            file = i;
    }
    return file;
}

/* Referrals after the as-of date, by the file that they came from: rows are in the order of the chunks, but some have
 * been dropped, so their ids tell. */
static void count_left_out(struct reading *reading)
{
    const struct cohort *cohort = reading->input->cohort;
    for (size_t i = 0; i < cohort->count; i++) {
        if (cohort->columns.referred[i] <= cohort->as_of)
            continue;
        leave_out(&reading->input->files[file_of_id(reading, cohort->columns.id[i])].ledger, ledger_after_as_of, 1);
    }
}

static int compare_rejects(const void *left, const void *right)
{
    const struct reject *a = left, *b = right;
    if (a->ledger != b->ledger)
        return a->ledger < b->ledger ? -1 : 1;
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return (a->column > b->column) - (a->column < b->column);
}

/* The most frequent first, ties by text: never the order in which they were met. */
static int compare_reasons(const void *left, const void *right)
{
    const struct ledger_reason *a = left, *b = right;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return strcmp(a->reason, b->reason);
}

/* Rows that the store had already when the file was taken in. */
static void count_unchanged(struct input *input)
{
    for (size_t i = 0; i < input->file_count; i++) {
        const struct stored_file *stored = input->files[i].stored;
        for (size_t rule = 0; stored != NULL && rule < stored->part_count; rule++)
            ledger_add_duplicates(&input->files[i].ledger, reason_repeated, stored->parts[rule].unchanged_rows);
    }
}

static void close_ledgers(struct input *input)
{
    if (input->reject_count > 0)
        qsort(input->rejects, input->reject_count, sizeof *input->rejects, compare_rejects);
    input->ledgers = memory_allocate_zeroed(input->file_count, sizeof *input->ledgers);
    for (size_t i = 0; i < input->file_count; i++) {
        struct ledger *ledger = &input->files[i].ledger;
        ledger->used = ledger->read - ledger->rejected - ledger->duplicates - ledger->left_out;
        qsort(ledger->rejected_for, ledger->rejected_reason_count, sizeof ledger->rejected_for[0], compare_reasons);
        qsort(ledger->duplicates_for, ledger->duplicates_reason_count, sizeof ledger->duplicates_for[0],
              compare_reasons);
        qsort(ledger->left_out_for, ledger->left_out_reason_count, sizeof ledger->left_out_for[0], compare_reasons);
        input->ledgers[i] = *ledger;
    }
}

void ledgers_settle(struct reading *reading)
{
    count_tallies(reading);
    count_chunks(reading, &reading->tables);
    count_chunks(reading, &reading->referrals);
    count_chunks(reading, &reading->outcomes);
    count_left_out(reading);
    count_unchanged(reading->input);
    close_ledgers(reading->input);
}
