#include "referlens/input/chunk.h"

#include "referlens/base/memory.h"
#include "referlens/input/fact_text.h"
#include "referlens/input/row_source.h"
#include "referlens/input/stored.h"

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

static struct chunk *add_chunk(struct chunk_list *list, size_t number, const struct input_file *file, struct text text)
{
    list->chunks = memory_grow(list->chunks, &list->capacity, list->count + 1, sizeof *list->chunks);
    struct chunk *chunk = &list->chunks[list->count++];
    const size_t rules = input_file_rule_count(file);
    memset(chunk, 0, sizeof *chunk);
    chunk->file = number;
    chunk->text = text;
    chunk->dates = (struct latest_days){DAY_UNKNOWN, DAY_UNKNOWN};
    chunk->parts = memory_allocate_zeroed(rules, sizeof *chunk->parts);
    chunk->part_count = rules;
    for (size_t rule = 0; rule < rules; rule++)
        chunk->parts[rule].counts = row_counts_none();
    if (list->keeps)
        chunk->packs = memory_allocate_zeroed(pack_number(rules, true), sizeof *chunk->packs);
    return chunk;
}

void chunk_list_add_file(struct chunk_list *list, size_t number, const struct input_file *file, enum file_kind kind,
                         size_t chunk_bytes)
{
    struct text text = file->body;
    for (size_t i = 0; file->stored != NULL && i < file->stored->block_count; i++) {
        if (file->stored->blocks[i].kind == kind)
            add_chunk(list, number, file, (struct text){0})->block = &file->stored->blocks[i];
    }
    while (text.length > 0) {
        size_t length = text.length;
        if (length > chunk_bytes) {
            const char *newline = memchr(text.bytes + chunk_bytes, '\n', text.length - chunk_bytes);
            length = newline != NULL ? (size_t)(newline - text.bytes) + 1 : text.length;
        }
        add_chunk(list, number, file, (struct text){text.bytes, length});
        text.bytes += length;
        text.length -= length;
    }
}

void chunk_list_add_in_order(struct chunk_list *list, size_t number, const struct input_file *file)
{
    add_chunk(list, number, file, file->body)->in_order = true;
}

void chunk_list_release(struct chunk_list *list)
{
    if (list == NULL)
        return;
    for (size_t i = 0; i < list->count; i++) {
        struct chunk *chunk = &list->chunks[i];
        for (size_t k = 0; k < chunk->reject_count; k++)
            memory_free(chunk->rejects[k].message);
        for (size_t rule = 0; rule < chunk->part_count; rule++)
            row_counts_release(&chunk->parts[rule].counts);
        for (size_t k = 0; chunk->packs != NULL && k < pack_number(chunk->part_count, true); k++)
            fact_pack_release(&chunk->packs[k]);
        memory_free(chunk->packs);
        memory_free(chunk->parts);
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

bool chunk_take(struct chunk *chunk, struct row_maker *maker, const struct record_reader *record)
{
    row_maker_take(maker, record);
    chunk->read += maker->belongs;
    if (maker->outcome == RECORD_MADE)
        return true;
    if (!maker->belongs)
        return false;
    if (maker->outcome == RECORD_REJECTED)
        chunk_reject(chunk, &maker->problem);
    else
        ledger_count_reason(chunk->left_out_for, &chunk->left_out_reason_count, maker->left_out, 1);
    return false;
}

void chunk_keep(struct chunk *chunk, const struct made_row *made)
{
    if (chunk->packs != NULL)
        fact_pack_add(&chunk->packs[pack_number(made->rule, made->belongs)], made);
}

/* Where the bytes of a key lie for good: in the file, or copied where they had to be unescaped or made. */
static bool refer_to(const struct chunk_context *context, const struct row_view *view, size_t column, struct text key,
                     text_reference *reference, struct error *error)
{
    const bool as_it_is = view->mapped == NULL || view->mapped->as_it_is[column];
    const struct text in_place =
        as_it_is ? record_field_in_place(view->record, view->fields[column]) : (struct text){0};
    if (in_place.bytes != NULL) {
        *reference = text_reference_make(context->source, (uint64_t)(in_place.bytes - context->file->text.bytes),
                                         (uint32_t)in_place.length);
        return true;
    }
    struct escaped_texts *escaped = context->escaped;
    const size_t offset = atomic_fetch_add_explicit(&escaped->next, key.length, memory_order_relaxed);
    if (offset + key.length > escaped->end)
        return error_set(error, "its keys take more room than the file itself: is the profile the right one?");
    memcpy(escaped->bytes + offset, key.bytes, key.length);
    *reference = text_reference_make(escaped->source, offset, (uint32_t)key.length);
    return true;
}

static bool add_referral(struct chunk *chunk, const struct chunk_context *context, struct made_row *made)
{
    struct referral_row *row = &made->decoded.referral.row;
    const struct text id = made->decoded.referral.id, previous = made->decoded.referral.previous;
    if (!refer_to(context, &made->view, REFERRALS_ID, id, &row->id, &chunk->error))
        return false;
    row->id_hash = text_hash(id);
    if (previous.length == 0)
        return referral_batch_add(&chunk->referrals, row, NULL, &chunk->error);
    struct previous_reference reference = {.id_hash = text_hash(previous)};
    return refer_to(context, &made->view, REFERRALS_PREVIOUS, previous, &reference.id, &chunk->error) &&
           referral_batch_add(&chunk->referrals, row, &reference, &chunk->error);
}

/* DAY_UNKNOWN is before every day. */
static void note_date(struct chunk *chunk, day date)
{
    latest_days_add(&chunk->dates, date);
}

/* The referrals among the rows made of a record; false where the run must stop. */
static bool take_referrals(struct chunk *chunk, const struct chunk_context *context, struct row_maker *maker)
{
    for (size_t i = 0; i < maker->made_count; i++) {
        struct made_row *made = &maker->made[i];
        if (made->view.kind != FILE_REFERRALS)
            continue;
        chunk->parts[made->rule].made++;
        chunk_keep(chunk, made);
        note_date(chunk, made->decoded.referral.row.referred);
        note_date(chunk, made->decoded.referral.row.received);
        if (!add_referral(chunk, context, made))
            return false;
    }
    return true;
}

size_t chunk_line_maximum(const struct chunk *chunk)
{
    if (chunk->block != NULL)
        return (size_t)chunk->block->block.facts;
    const struct text text = chunk->text;
    if (text.length == 0)
        return 0;
    const char *const end = text.bytes + text.length;
    const bool has_returns = memchr(text.bytes, '\r', text.length) != NULL;
    size_t count = end[-1] != '\n';
    for (const char *at = text.bytes; (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++)
        count++;
    /* A lone carriage return ends a line too. */
    for (const char *at = text.bytes; has_returns && at < end; at++)
        count += at[0] == '\r' && at + 1 < end && at[1] != '\n';
    return count;
}

void chunk_read_referrals(struct chunk *chunk, const struct chunk_context *context)
{
    struct row_source source;
    row_source_open(&source, chunk, context->file, FILE_REFERRALS, true);
    while (row_source_next(&source) && take_referrals(chunk, context, &source.maker))
        continue;
    row_source_close(&source);
}

void chunk_visit_referrals(struct chunk *chunk, const struct input_file *file, chunk_visit_function *visit,
                           void *context)
{
    struct row_source source;
    size_t accepted = 0;
    row_source_open(&source, chunk, file, FILE_REFERRALS, false);
    while (row_source_next(&source)) {
        for (size_t i = 0; i < source.maker.made_count; i++) {
            if (source.maker.made[i].view.kind == FILE_REFERRALS)
                visit(context, accepted++, &source.maker.made[i]);
        }
    }
    row_source_close(&source);
}

/* Looking up events' referrals. Most files name them in one order, so each is sought behind the last first; those that
 * must be looked up by their hash wait for its place in memory to arrive in the cache. */
struct lookups {
    struct chunk *chunk;
    const struct chunk_context *context;
    struct event_writer *writers; /* by rule, WRITERS_A_RULE each */
    uint32_t last;                /* row of the event before; ROW_NONE: of none yet */
    bool in_order;                /* it was near the one before it */
    size_t count;
    struct lookup {
        uint64_t hash;
        struct text id;
        uint32_t writer;
        struct event_row event;
    } waiting[LOOKUPS_AT_ONCE];
};

static bool look_up_all(struct lookups *lookups)
{
    const struct identity *identity = lookups->context->identity;
    bool done = true;
    for (size_t i = 0; i < lookups->count; i++)
        identity_prefetch_id(identity, lookups->waiting[i].hash);
    for (size_t i = 0; i < lookups->count; i++)
        identity_prefetch_bytes(identity, lookups->waiting[i].hash);
    for (size_t i = 0; i < lookups->count && done; i++) {
        const struct lookup *lookup = &lookups->waiting[i];
        const uint32_t row = identity_find(identity, lookup->hash, lookup->id);
        if (row == ROW_NONE) {
            lookups->chunk->parts[lookup->writer / WRITERS_A_RULE].orphans[lookup->writer % WRITERS_A_RULE]++;
            continue;
        }
        lookups->in_order = row - lookups->last <= IDENTITY_NEAR;
        lookups->last = row;
        done = event_writer_add(&lookups->writers[lookup->writer], row, &lookup->event, &lookups->chunk->error);
    }
    lookups->count = 0;
    return done;
}

static bool add_lookup(struct lookups *lookups, const struct made_row *made)
{
    const struct text id = made->decoded.event.id;
    const uint32_t writer = (uint32_t)(made->rule * WRITERS_A_RULE + (made->belongs ? 0 : 1));
    if (lookups->in_order) {
        const uint32_t row = identity_find_near(lookups->context->identity, lookups->last, id);
        lookups->in_order = row != ROW_NONE;
        if (lookups->in_order) {
            lookups->last = row;
            return event_writer_add(&lookups->writers[writer], row, &made->decoded.event.row, &lookups->chunk->error);
        }
    }
    struct lookup *lookup = &lookups->waiting[lookups->count++];
    lookup->id = id;
    lookup->hash = text_hash(id);
    lookup->writer = writer;
    lookup->event = made->decoded.event.row;
    identity_prefetch_slot(lookups->context->identity, lookup->hash);
    return lookups->count < LOOKUPS_AT_ONCE || look_up_all(lookups);
}

/* The events among the rows made of a record; false where the run must stop. */
static bool take_events(struct lookups *lookups, const struct row_maker *maker, const struct record_reader *record)
{
    struct chunk *chunk = lookups->chunk;
    bool done = true;
    for (size_t i = 0; i < maker->made_count && done; i++) {
        const struct made_row *made = &maker->made[i];
        if (made->view.kind != FILE_OUTCOMES)
            continue;
        chunk->parts[made->rule].made++;
        chunk_keep(chunk, made);
        note_date(chunk, made->decoded.event.row.date);
        done = add_lookup(lookups, made);
    }
    /* Unquoted and made text is gone with its record; what lies in the file stays. */
    return done && ((!record->has_quotes && maker->mapped == NULL) || look_up_all(lookups));
}

void chunk_read_outcomes(struct chunk *chunk, const struct chunk_context *context, size_t worker)
{
    struct row_source source;
    struct lookups lookups = {.chunk = chunk, .context = context, .last = ROW_NONE};
    lookups.writers = memory_resize(NULL, chunk->part_count * WRITERS_A_RULE, sizeof *lookups.writers);
    for (size_t i = 0; i < chunk->part_count * WRITERS_A_RULE; i++)
        lookups.writers[i] = event_writer_for(context->events, chunk->first_writer + i, worker);
    row_source_open(&source, chunk, context->file, FILE_OUTCOMES, true);
    while (row_source_next(&source) && take_events(&lookups, &source.maker, &source.record))
        continue;
    look_up_all(&lookups);
    memory_free(lookups.writers);
    row_source_close(&source);
}

void chunk_reject_conflict(struct chunk *chunk, const struct conflict *conflict)
{
    struct problem problem = {.category = problem_conflict, .line = conflict->line, .column = 1};
    snprintf(
        problem.message, sizeof problem.message,
        "%s differs from that of another row of the same %s, which is used, since its text sorts first (in a store "
        "the newer wins: see 'referlens help ingest')",
        conflict->column, conflict->same);
    chunk_reject(chunk, &problem);
}
