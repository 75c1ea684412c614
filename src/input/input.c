#include "referlens/input/input.h"

#include "referlens/base/memory.h"
#include "referlens/base/worker.h"
#include "referlens/cohort/chain.h"
#include "referlens/input/chunk.h"
#include "referlens/input/repeats.h"
#include "referlens/input/table_file.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 4 << 20, EVENT_BYTES_MIN = 14 }; /* "a,2024-01-01,dna" is longer still */

const char reason_orphan[] = "event without its referral";
const char reason_after_as_of[] = "dated after the as-of date";
const char reason_before_referral[] = "event dated before its referral";

/* One reading, while it lasts. */
struct reading {
    struct input *input;
    const struct input_options *options;
    struct chunk_list tables, referrals, outcomes;
    struct escaped_texts *escaped; /* by file */
    uint32_t *sources; /* by file */
    struct identity identity;
    struct event_store *events;
    struct previous_reference *previous;
    size_t previous_count;
    struct previous_link *links;
    size_t link_count;
};

static int compare_files(const void *left, const void *right)
{
    const struct input_file *a = left, *b = right;
    const int order = strcmp(a->name, b->name);
    if (order != 0)
        return order;
    return text_compare((struct text){a->map, a->map_size}, (struct text){b->map, b->map_size});
}

static bool open_files(struct input *input, const char *const *paths, size_t path_count, struct error *error)
{
    input->files = memory_allocate_zeroed(path_count, sizeof *input->files);
    for (size_t i = 0; i < path_count; i++) {
        if (!input_file_open(&input->files[i], paths[i], error))
            return false;
        input->file_count++;
    }
    qsort(input->files, input->file_count, sizeof *input->files, compare_files);
    return true;
}

static size_t chunk_bytes(const struct reading *reading)
{
    return reading->options->chunk_bytes > 0 ? reading->options->chunk_bytes : CHUNK_BYTES;
}

static void add_chunks(const struct reading *reading, enum file_kind kind, struct chunk_list *list)
{
    for (size_t i = 0; i < reading->input->file_count; i++) {
        const struct input_file *file = &reading->input->files[i];
        if (file->kind != kind)
            continue;
        chunk_list_add_file(list, i, file->body, chunk_bytes(reading));
        progress_expect(reading->options->progress, file->body.length);
    }
}

/* One source a large file, for ids to point into, and one for ids that had to be unescaped. */
static bool add_sources(struct reading *reading, struct error *error)
{
    struct input *input = reading->input;
    reading->sources = memory_allocate_zeroed(input->file_count, sizeof *reading->sources);
    reading->escaped = memory_allocate_zeroed(input->file_count, sizeof *reading->escaped);
    size_t size = 0;
    for (size_t i = 0; i < input->file_count; i++) {
        const struct input_file *file = &input->files[i];
        reading->escaped[i].begin = size;
        if (file->kind != FILE_REFERRALS)
            continue;
        size += 2 * file->map_size; /* a file read in order after all is read twice */
        if (!cohort_add_source(input->cohort, (struct text){file->map, file->map_size}, &reading->sources[i], error))
            return false;
    }
    uint32_t source;
    input->escaped_size = size + 1;
    input->escaped = memory_reserve(input->escaped_size);
    if (!cohort_add_source(input->cohort, (struct text){input->escaped, size}, &source, error))
        return false;
    for (size_t i = 0; i < input->file_count; i++) {
        struct escaped_texts *escaped = &reading->escaped[i];
        escaped->bytes = input->escaped;
        escaped->source = source;
        atomic_init(&escaped->next, escaped->begin);
    }
    return true;
}

static struct chunk_context context_of(const struct reading *reading, const struct chunk *chunk)
{
    return (struct chunk_context){
        .file = &reading->input->files[chunk->file],
        .source = reading->sources[chunk->file],
        .escaped = &reading->escaped[chunk->file],
        .cohort = reading->input->cohort,
        .identity = &reading->identity,
    };
}

/* Files are hashed beside the first reading: tasks 0 … file_count − 1. */
static void hash_or_read_referrals(void *context, size_t task, size_t worker)
{
    (void)worker;
    struct reading *reading = context;
    if (task < reading->input->file_count) {
        input_file_hash(&reading->input->files[task]);
        return;
    }
    struct chunk *chunk = &reading->referrals.chunks[task - reading->input->file_count];
    const struct chunk_context chunk_context = context_of(reading, chunk);
    chunk_read_referrals(chunk, &chunk_context);
    progress_add(reading->options->progress, chunk->text.length);
}

static void read_outcomes(void *context, size_t task, size_t worker)
{
    (void)worker;
    struct reading *reading = context;
    struct chunk *chunk = &reading->outcomes.chunks[task];
    if (chunk->superseded)
        return;
    struct chunk_context chunk_context = context_of(reading, chunk);
    chunk_context.writer = event_writer_for(reading->events, task);
    chunk_read_outcomes(chunk, &chunk_context);
    progress_add(reading->options->progress, chunk->text.length);
}

static bool was_refused(const struct chunk_list *list, size_t file)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->chunks[i].file == file && list->chunks[i].refused)
            return true;
    }
    return false;
}

/* Sets the chunks of every refused file aside and adds one for the whole file. Returns how many were added. */
static size_t supersede_refused(const struct reading *reading, struct chunk_list *list)
{
    const size_t count = list->count;
    for (size_t file = 0; file < reading->input->file_count; file++) {
        if (!was_refused(list, file))
            continue;
        for (size_t i = 0; i < count; i++) {
            struct chunk *chunk = &list->chunks[i];
            if (chunk->file != file)
                continue;
            chunk->superseded = true;
            while (chunk->reject_count > 0)
                memory_free(chunk->rejects[--chunk->reject_count].message);
            referral_batch_release(&chunk->referrals);
        }
        chunk_list_add_in_order(list, file, reading->input->files[file].body);
        progress_expect(reading->options->progress, reading->input->files[file].body.length);
    }
    return list->count - count;
}

static bool check_chunks(const struct reading *reading, const struct chunk_list *list, struct error *error)
{
    for (size_t i = 0; i < list->count; i++) {
        if (!list->chunks[i].superseded && list->chunks[i].error.message[0] != '\0')
            return error_set(error, "%s: %s", reading->input->files[list->chunks[i].file].name,
                             list->chunks[i].error.message);
    }
    return true;
}

/* Chunks of a file follow one another in the list, so lines add up; rows add up over all of them. */
static void number_chunks(const struct reading *reading, struct chunk_list *list)
{
    size_t row = 0, file = SIZE_MAX;
    int64_t line = 0;
    for (size_t i = 0; i < list->count; i++) {
        struct chunk *chunk = &list->chunks[i];
        chunk->first_row = row;
        if (chunk->superseded)
            continue;
        if (chunk->file != file)
            line = reading->input->files[chunk->file].body_line;
        file = chunk->file;
        chunk->first_line = line;
        line += chunk->line_count;
        row += chunk->referrals.count;
    }
}

static bool take_referrals(struct reading *reading, struct error *error)
{
    struct chunk_list *list = &reading->referrals;
    struct cohort *cohort = reading->input->cohort;
    const size_t workers = reading->options->worker_count;
    struct referral_batch *batches = memory_allocate_zeroed(list->count, sizeof *batches);
    for (size_t i = 0; i < list->count; i++) {
        batches[i] = list->chunks[i].referrals;
        list->chunks[i].referrals = (struct referral_batch){0};
    }
    uint64_t *hashes = NULL;
    const bool taken = cohort_take_referrals(cohort, batches, list->count, workers, &hashes, &reading->previous,
                                             &reading->previous_count, error);
    memory_free(batches);
    if (taken) {
        struct identity_repeat *repeats;
        size_t repeat_count;
        identity_build(&reading->identity, cohort, hashes, workers, &repeats, &repeat_count);
        if (repeat_count > 0) {
            uint8_t *dropped = memory_allocate_zeroed(cohort->count, 1);
            repeats_settle(repeats, repeat_count, list, reading->input->files, dropped);
            identity_release(&reading->identity);
            cohort_drop_rows(cohort, dropped, hashes, reading->previous, &reading->previous_count);
            memory_free(dropped);
            memory_free(repeats);
            identity_build(&reading->identity, cohort, hashes, workers, &repeats, &repeat_count);
        }
        memory_free(repeats);
        reading->links = memory_resize(NULL, reading->previous_count, sizeof *reading->links);
        reading->link_count =
            chain_resolve(&reading->identity, reading->previous, reading->previous_count, reading->links);
    }
    memory_free(hashes);
    return taken;
}

static bool read_all_referrals(struct reading *reading, struct error *error)
{
    add_chunks(reading, FILE_REFERRALS, &reading->referrals);
    add_chunks(reading, FILE_OUTCOMES, &reading->outcomes);
    const size_t hashing = reading->input->file_count;
    worker_run(reading->options->worker_count, hashing + reading->referrals.count, hash_or_read_referrals, reading);
    size_t again = supersede_refused(reading, &reading->referrals);
    for (size_t i = reading->referrals.count - again; i < reading->referrals.count; i++)
        hash_or_read_referrals(reading, hashing + i, 0);
    number_chunks(reading, &reading->referrals);
    return check_chunks(reading, &reading->referrals, error) && take_referrals(reading, error);
}

static bool read_all_outcomes(struct reading *reading, struct error *error)
{
    struct input *input = reading->input;
    size_t bytes = 0, files = 0;
    for (size_t i = 0; i < input->file_count; i++) {
        bytes += input->files[i].kind == FILE_OUTCOMES ? input->files[i].body.length : 0;
        files += input->files[i].kind == FILE_OUTCOMES;
    }
    reading->events =
        event_store_new(input->cohort, 2 * (bytes / EVENT_BYTES_MIN + files), reading->outcomes.count + files);
    worker_run(reading->options->worker_count, reading->outcomes.count, read_outcomes, reading);
    size_t again = supersede_refused(reading, &reading->outcomes);
    for (size_t i = 0; i < reading->outcomes.count; i++) {
        if (reading->outcomes.chunks[i].superseded)
            event_store_void(reading->events, i);
    }
    for (size_t i = reading->outcomes.count - again; i < reading->outcomes.count; i++)
        read_outcomes(reading, i, 0);
    number_chunks(reading, &reading->outcomes);
    identity_release(&reading->identity);
    return check_chunks(reading, &reading->outcomes, error);
}

static void add_latest(const struct chunk_list *list, struct latest_days *dates)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->chunks[i].superseded)
            continue;
        latest_days_add(dates, list->chunks[i].dates.next);
        latest_days_add(dates, list->chunks[i].dates.latest);
    }
}

static void settle_as_of(struct reading *reading)
{
    struct cohort *cohort = reading->input->cohort;
    if (reading->options->as_of != DAY_UNKNOWN) {
        cohort->as_of = reading->options->as_of;
        return;
    }
    reading->input->as_of_assumed = true;
    struct latest_days dates = {DAY_UNKNOWN, DAY_UNKNOWN};
    add_latest(&reading->referrals, &dates);
    add_latest(&reading->outcomes, &dates);
    cohort->as_of = dates.latest;
    reading->input->next_latest = dates.next;
}

/* Whether any referral that is looked at names one before it. */
static void record_previous(struct reading *reading)
{
    struct cohort *cohort = reading->input->cohort;
    for (size_t i = 0; i < reading->previous_count; i++) {
        if (cohort->columns.referred[reading->previous[i].row] <= cohort->as_of)
            cohort->recorded |= RECORDED_PREVIOUS;
    }
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
        ledger->left_out += chunk->orphans;
        if (chunk->orphans > 0)
            ledger_count_reason(ledger->left_out_for, &ledger->left_out_reason_count, reason_orphan, chunk->orphans);
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

static void count_tallies(struct reading *reading, const struct event_tally *tallies)
{
    for (size_t i = 0; i < reading->outcomes.count; i++) {
        struct ledger *ledger = &reading->input->files[reading->outcomes.chunks[i].file].ledger;
        const struct event_tally *tally = &tallies[i];
        ledger->duplicates += tally->duplicates;
        ledger->left_out += tally->after_as_of + tally->before_referral;
        if (tally->after_as_of > 0)
            ledger_count_reason(ledger->left_out_for, &ledger->left_out_reason_count, reason_after_as_of,
                                tally->after_as_of);
        if (tally->before_referral > 0)
            ledger_count_reason(ledger->left_out_for, &ledger->left_out_reason_count, reason_before_referral,
                                tally->before_referral);
    }
}

/* The file in which an id stood. */
static size_t file_of_id(const struct reading *reading, text_reference id)
{
    const uint32_t source = (uint32_t)(id >> 52);
    const uint64_t offset = id >> 12 & REFERENCE_OFFSET_MAX;
    size_t file = 0;
    for (size_t i = 0; i < reading->input->file_count; i++) {
        if (reading->input->files[i].kind != FILE_REFERRALS)
            continue;
        if (source == reading->sources[i] || (source == reading->escaped[i].source && reading->escaped[i].begin <= offset))
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
        struct ledger *ledger = &reading->input->files[file_of_id(reading, cohort->columns.id[i])].ledger;
        ledger->left_out++;
        ledger_count_reason(ledger->left_out_for, &ledger->left_out_reason_count, reason_after_as_of, 1);
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

static void close_ledgers(struct input *input)
{
    if (input->reject_count > 0)
        qsort(input->rejects, input->reject_count, sizeof *input->rejects, compare_rejects);
    input->ledgers = memory_allocate_zeroed(input->file_count, sizeof *input->ledgers);
    for (size_t i = 0; i < input->file_count; i++) {
        struct ledger *ledger = &input->files[i].ledger;
        ledger->used = ledger->read - ledger->rejected - ledger->duplicates - ledger->left_out;
        qsort(ledger->rejected_for, ledger->rejected_reason_count, sizeof ledger->rejected_for[0], compare_reasons);
        qsort(ledger->left_out_for, ledger->left_out_reason_count, sizeof ledger->left_out_for[0], compare_reasons);
        input->ledgers[i] = *ledger;
    }
}

static bool link_cohort(struct reading *reading, struct error *error)
{
    struct cohort *cohort = reading->input->cohort;
    const size_t workers = reading->options->worker_count;
    settle_as_of(reading);
    record_previous(reading);
    struct event_tally *tallies = memory_allocate_zeroed(event_store_chunk_count(reading->events), sizeof *tallies);
    const bool folded = event_store_fold(reading->events, cohort, workers, tallies, error);
    if (folded) {
        count_tallies(reading, tallies);
        count_chunks(reading, &reading->tables);
        count_chunks(reading, &reading->referrals);
        count_chunks(reading, &reading->outcomes);
        count_left_out(reading);
        close_ledgers(reading->input);
        event_store_free(reading->events);
        reading->events = NULL;
        cohort_assign_schemes(cohort, workers);
        chain_link(cohort, reading->links, reading->link_count, workers);
    }
    memory_free(tallies);
    return folded;
}

bool input_read(struct input *input, const char *const *paths, size_t path_count, const struct input_options *options,
                struct error *error)
{
    *input = (struct input){0};
    struct reading reading = {.input = input, .options = options};
    bool done = open_files(input, paths, path_count, error);
    if (done) {
        input->cohort = cohort_new();
        table_files_read(FILE_PRACTICES, input->files, input->file_count, input->cohort, &reading.tables);
        table_files_read(FILE_SCHEMES, input->files, input->file_count, input->cohort, &reading.tables);
        table_files_read(FILE_SESSIONS, input->files, input->file_count, input->cohort, &reading.tables);
        number_chunks(&reading, &reading.tables);
        done = add_sources(&reading, error) && read_all_referrals(&reading, error);
    }
    if (done) {
        cohort_sort_tables(input->cohort);
        done = read_all_outcomes(&reading, error) && link_cohort(&reading, error);
    }
    identity_release(&reading.identity);
    event_store_free(reading.events);
    chunk_list_release(&reading.tables);
    chunk_list_release(&reading.referrals);
    chunk_list_release(&reading.outcomes);
    memory_free(reading.previous);
    memory_free(reading.links);
    memory_free(reading.sources);
    memory_free(reading.escaped);
    if (!done)
        input_release(input);
    return done;
}

void input_release(struct input *input)
{
    cohort_free(input->cohort);
    for (size_t i = 0; i < input->file_count; i++)
        input_file_close(&input->files[i]);
    for (size_t i = 0; i < input->reject_count; i++)
        memory_free((void *)(uintptr_t)input->rejects[i].message);
    memory_free(input->files);
    memory_free(input->ledgers);
    memory_free(input->rejects);
    memory_release_reserved(input->escaped, input->escaped_size);
    *input = (struct input){0};
}
