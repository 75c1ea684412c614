#include "referlens/input/chunk.h"

#include "referlens/base/memory.h"

#include <string.h>

enum { LOOKUPS_AT_ONCE = 32 };

void latest_days_add(struct latest_days *days, day date)
{
    if (date > days->latest) {
        days->next = days->latest;
        days->latest = date;
    } else if (date > days->next && date < days->latest) {
        days->next = date;
    }
}

static struct chunk *add_chunk(struct chunk_list *list, size_t file, struct text text)
{
    list->chunks = memory_grow(list->chunks, &list->capacity, list->count + 1, sizeof *list->chunks);
    struct chunk *chunk = &list->chunks[list->count++];
    memset(chunk, 0, sizeof *chunk);
    chunk->file = file;
    chunk->text = text;
    chunk->dates = (struct latest_days){DAY_UNKNOWN, DAY_UNKNOWN};
    return chunk;
}

void chunk_list_add_file(struct chunk_list *list, size_t file, struct text text, size_t chunk_bytes)
{
    while (text.length > 0) {
        size_t length = text.length;
        if (length > chunk_bytes) {
            const char *newline = memchr(text.bytes + chunk_bytes, '\n', text.length - chunk_bytes);
            length = newline != NULL ? (size_t)(newline - text.bytes) + 1 : text.length;
        }
        add_chunk(list, file, (struct text){text.bytes, length});
        text.bytes += length;
        text.length -= length;
    }
}

void chunk_list_add_in_order(struct chunk_list *list, size_t file, struct text text)
{
    add_chunk(list, file, text)->in_order = true;
}

void chunk_list_release(struct chunk_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        struct chunk *chunk = &list->chunks[i];
        for (size_t k = 0; k < chunk->reject_count; k++)
            memory_free(chunk->rejects[k].message);
        memory_free(chunk->rejects);
        referral_batch_release(&chunk->referrals);
    }
    memory_free(list->chunks);
    *list = (struct chunk_list){0};
}

void chunk_reject(struct chunk *chunk, const struct problem *problem)
{
    chunk->rejects =
        memory_grow(chunk->rejects, &chunk->reject_capacity, chunk->reject_count + 1, sizeof *chunk->rejects);
    chunk->rejects[chunk->reject_count++] = (struct chunk_reject){
        .line = problem->line,
        .column = problem->column,
        .category = problem->category,
        .message = memory_copy_text(problem->message, strlen(problem->message)),
    };
}

/* Where the bytes of a field lie for good: in the file, or copied where they had to be unescaped. */
static text_reference reference_to(const struct chunk_context *context, const struct record_reader *record,
                                   size_t field)
{
    const struct text in_place = record_field_in_place(record, field);
    if (in_place.bytes != NULL)
        return text_reference_make(context->source, (uint64_t)(in_place.bytes - (const char *)context->file->map),
                                   (uint32_t)in_place.length);
    const struct text text = record->fields[field];
    const size_t offset = atomic_fetch_add_explicit(&context->escaped->next, text.length, memory_order_relaxed);
    memcpy(context->escaped->bytes + offset, text.bytes, text.length);
    return text_reference_make(context->escaped->source, offset, (uint32_t)text.length);
}

static bool add_referral(struct chunk *chunk, const struct chunk_context *context, const struct record_reader *record,
                         struct referral_row *row, struct text id, struct text previous)
{
    const size_t *columns = context->file->columns;
    row->id = reference_to(context, record, columns[REFERRALS_ID]);
    row->id_hash = text_hash(id);
    if (previous.length == 0)
        return referral_batch_add(&chunk->referrals, row, NULL, &chunk->error);
    const struct previous_reference reference = {
        .id = reference_to(context, record, columns[REFERRALS_PREVIOUS]),
        .id_hash = text_hash(previous),
    };
    return referral_batch_add(&chunk->referrals, row, &reference, &chunk->error);
}

/* DAY_UNKNOWN is before every day. */
static void note_date(struct chunk *chunk, day date)
{
    latest_days_add(&chunk->dates, date);
}

static void finish(struct chunk *chunk, const struct record_reader *reader)
{
    chunk->line_count = reader->next_line - 1;
    chunk->refused = reader->stopped;
}

void chunk_read_referrals(struct chunk *chunk, const struct chunk_context *context)
{
    struct record_reader reader;
    record_reader_open(&reader, chunk->text, ',', chunk->in_order);
    while (record_reader_next(&reader)) {
        struct problem problem;
        struct referral_row row;
        struct text id, previous;
        chunk->read++;
        if (!decode_record(context->file, &reader, &problem) ||
            !decode_referral(context->file, &reader, &row, &id, &previous, &problem)) {
            chunk_reject(chunk, &problem);
            continue;
        }
        note_date(chunk, row.referred);
        note_date(chunk, row.received);
        if (!add_referral(chunk, context, &reader, &row, id, previous))
            break;
    }
    finish(chunk, &reader);
    record_reader_close(&reader);
}

void chunk_visit_referrals(const struct chunk *chunk, const struct input_file *file, chunk_visit_function *visit,
                           void *context)
{
    struct record_reader reader;
    record_reader_open(&reader, chunk->text, ',', chunk->in_order);
    size_t accepted = 0;
    while (record_reader_next(&reader)) {
        struct problem problem;
        struct referral_row row;
        struct text id, previous;
        if (decode_record(file, &reader, &problem) &&
            decode_referral(file, &reader, &row, &id, &previous, &problem))
            visit(context, accepted++, &reader);
    }
    record_reader_close(&reader);
}

/* Events waiting for their referral's place in memory to arrive in the cache. */
struct lookups {
    struct chunk *chunk;
    struct chunk_context *context;
    size_t count;
    struct lookup {
        uint64_t hash;
        struct text id;
        struct event_row event;
    } waiting[LOOKUPS_AT_ONCE];
};

static bool look_up_all(struct lookups *lookups)
{
    const struct identity *identity = lookups->context->identity;
    bool done = true;
    for (size_t i = 0; i < lookups->count; i++)
        identity_prefetch_id(identity, lookups->waiting[i].hash);
    for (size_t i = 0; i < lookups->count && done; i++) {
        const struct lookup *lookup = &lookups->waiting[i];
        const uint32_t row = identity_find(identity, lookup->hash, lookup->id);
        if (row == ROW_NONE)
            lookups->chunk->orphans++;
        else
            done = event_writer_add(&lookups->context->writer, row, &lookup->event, &lookups->chunk->error);
    }
    lookups->count = 0;
    return done;
}

static bool add_lookup(struct lookups *lookups, const struct record_reader *record, struct text id,
                       const struct event_row *event)
{
    struct lookup *lookup = &lookups->waiting[lookups->count++];
    lookup->id = id;
    lookup->hash = text_hash(id);
    lookup->event = *event;
    identity_prefetch_slot(lookups->context->identity, lookup->hash);
    /* Unquoted text is gone with its record; what lies in the file stays. */
    return (lookups->count < LOOKUPS_AT_ONCE && !record->has_quotes) || look_up_all(lookups);
}

void chunk_read_outcomes(struct chunk *chunk, struct chunk_context *context)
{
    struct record_reader reader;
    record_reader_open(&reader, chunk->text, ',', chunk->in_order);
    struct lookups lookups = {.chunk = chunk, .context = context};
    while (record_reader_next(&reader)) {
        struct problem problem;
        struct event_row event;
        struct text id;
        chunk->read++;
        if (!decode_record(context->file, &reader, &problem) ||
            !decode_event(context->file, &reader, &event, &id, &problem)) {
            chunk_reject(chunk, &problem);
            continue;
        }
        note_date(chunk, event.date);
        if (!add_lookup(&lookups, &reader, id, &event))
            break;
    }
    look_up_all(&lookups);
    finish(chunk, &reader);
    record_reader_close(&reader);
}
