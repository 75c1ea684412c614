#include "referlens/input/input.h"

#include "referlens/base/memory.h"
#include "referlens/base/worker.h"
#include "referlens/input/ingest.h"
#include "referlens/input/kept_facts.h"
#include "referlens/input/ledgers.h"
#include "referlens/input/quality.h"
#include "referlens/input/repeats.h"
#include "referlens/input/stored.h"
#include "referlens/input/table_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "a,2024-01-01,dna" is longer than the one, "a,20240101" as long as the other. */
enum { CHUNK_BYTES = 4 << 20, EVENT_BYTES_MIN = 14, MAPPED_ROW_BYTES_MIN = 10 };

static int compare_files(const void *left, const void *right)
{
    const struct input_file *a = left, *b = right;
    const int order = strcmp(a->name, b->name);
    if (order != 0)
        return order;
    if (a->stored != NULL && b->stored != NULL)
        return (a->stored->import > b->stored->import) - (a->stored->import < b->stored->import);
    return text_compare(mapped_file_bytes(a->mapped), mapped_file_bytes(b->mapped));
}

/* A profile that was named and fits no file is a slip, not a wish. */
static bool check_named(const struct input *input, const struct reading_options *options, struct error *error)
{
    for (size_t i = 0; i < options->named_count; i++) {
        const struct input_file *given = NULL; /* what the store has was read long ago */
        bool fits = false;
        for (size_t k = 0; k < input->file_count; k++) {
            fits = fits || input->files[k].mapping.profile == options->named[i];
            if (given == NULL && input->files[k].stored == NULL)
                given = &input->files[k];
        }
        if (!fits && given != NULL)
            return recognise_explain(given->name, given->text, given->delimiter, options->named[i], error);
    }
    return true;
}

/* Whatever is opened next would lack memory too. */
static bool is_out_of_memory(const struct error *error)
{
    struct error none = {""};
    error_set_system(&none, ENOMEM, "%s", "");
    const size_t length = strlen(error->message), end = strlen(none.message);
    return length > end && strcmp(error->message + length - end, none.message) == 0;
}

/* Opens every file, so that what is wrong with any is said at once. */
static bool open_all(struct input *input, const char *const *paths, size_t path_count,
                     const struct input_options *options, struct error *error)
{
    struct error last = {""};
    input->files = memory_allocate_zeroed(path_count, sizeof *input->files);
    for (size_t i = 0; i < path_count && !is_out_of_memory(&last); i++) {
        struct error failed = {""};
        if (input_file_open(&input->files[input->file_count], paths[i], &options->reading, &failed)) {
            input->file_count++;
            continue;
        }
        if (last.message[0] != '\0' && options->refused != NULL)
            options->refused(&last);
        last = failed;
    }
    return last.message[0] == '\0' || error_set(error, "%s", last.message);
}

/* A format of dates that no file's dates are read by is one, too. */
static bool check_date_format(const struct input *input, const struct reading_options *options, struct error *error)
{
    bool taken = options->date_format == NULL;
    for (size_t i = 0; i < input->file_count; i++) {
        const struct profile *profile = input->files[i].mapping.profile;
        taken = taken || (profile != NULL && profile->takes_date_format);
    }
    return taken ||
           error_set(error, "--date-format is used for none of the files: their profiles say how dates are written");
}

static bool open_files(struct input *input, const char *const *paths, size_t path_count,
                       const struct input_options *options, struct error *error)
{
    if (!open_all(input, paths, path_count, options, error))
        return false;
    const struct pseudonym_key *key = options->reading.key;
    struct store *const store = options->store != NULL ? options->store->store : options->meant_for;
    input->key = key;
    if (store != NULL && !ingest_check_key(store, input->files, input->file_count, key, error))
        return false;
    if (options->store != NULL && !stored_files_open(options->store, &input->files, &input->file_count, error))
        return false;
    qsort(input->files, input->file_count, sizeof *input->files, compare_files);
    return (path_count == 0 ||
            (check_named(input, &options->reading, error) && check_date_format(input, &options->reading, error))) &&
           (options->meant_for == NULL || ingest_find_known(options->meant_for, input->files, input->file_count,
                                                            options->reads_known, options->worker_count, error));
}

static size_t chunk_bytes(const struct reading *reading)
{
    return reading->options->chunk_bytes > 0 ? reading->options->chunk_bytes : CHUNK_BYTES;
}

/* How much there is to read of one kind. */
static size_t input_bytes(const struct input_file *file, enum file_kind kind)
{
    size_t bytes = file->body.length;
    for (size_t i = 0; file->stored != NULL && i < file->stored->block_count; i++)
        bytes += file->stored->blocks[i].kind == kind ? (size_t)file->stored->blocks[i].block.bytes : 0;
    return bytes;
}

static void add_chunks(const struct reading *reading, enum file_kind kind, struct chunk_list *list)
{
    for (size_t i = 0; i < reading->input->file_count; i++) {
        const struct input_file *file = &reading->input->files[i];
        if (!input_file_makes(file, kind))
            continue;
        chunk_list_add_file(list, i, file, kind, chunk_bytes(reading));
        progress_expect(reading->options->progress, input_bytes(file, kind));
    }
}

/* The most that a file's keys may take where they do not lie in it as they are: a file that is read in order after all
 * is read twice, and a row that could be used has at least 14 bytes, so that two pseudonyms are at most 9 times as
 * long. */
static size_t escaped_room(const struct input_file *file)
{
    if (file->stored != NULL)
        return input_bytes(file, FILE_REFERRALS);
    return file->mapping.profile != NULL ? 20 * file->text.length + (1 << 16) : 2 * file->text.length;
}

/* One source a file with referrals, for ids to point into, and one for ids that had to be unescaped or made. */
static bool add_sources(struct reading *reading, struct error *error)
{
    struct input *input = reading->input;
    reading->sources = memory_allocate_zeroed(input->file_count, sizeof *reading->sources);
    reading->escaped = memory_allocate_zeroed(input->file_count, sizeof *reading->escaped);
    size_t size = 0;
    for (size_t i = 0; i < input->file_count; i++) {
        const struct input_file *file = &input->files[i];
        reading->escaped[i].begin = reading->escaped[i].end = size;
        if (!input_file_makes(file, FILE_REFERRALS))
            continue;
        size += escaped_room(file);
        reading->escaped[i].end = size;
        reading->sources[i] = UINT32_MAX; /* of a stored file, whose ids are all copied */
        if (file->stored == NULL && !cohort_add_source(input->cohort, file->text, &reading->sources[i], error))
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
        .identity = &reading->identity,
        .events = reading->events,
    };
}

/* Chunks being given their part of the columns. */
struct opening {
    const struct chunk_list *list;
    size_t first;
    size_t *rooms; /* by chunk from the first on: the most rows that it can have */
};

static void count_lines(void *context, size_t task, size_t worker)
{
    (void)worker;
    struct opening *opening = context;
    opening->rooms[task] = chunk_line_maximum(&opening->list->chunks[opening->first + task]);
}

/* Gives the chunks from number `first` on their part of the columns, behind those before them. */
static void open_batches(struct reading *reading, size_t first)
{
    struct chunk_list *list = &reading->referrals;
    struct cohort *cohort = reading->input->cohort;
    const size_t count = list->count - first;
    struct opening opening = {list, first, memory_allocate_zeroed(count, sizeof *opening.rooms)};
    worker_run(reading->options->worker_count, count, count_lines, &opening);
    size_t row = cohort->columns.capacity;
    for (size_t i = 0; i < count; i++) {
        referral_batch_open(&list->chunks[first + i].referrals, cohort, row, opening.rooms[i]);
        row += opening.rooms[i];
    }
    cohort_reserve_referrals(cohort, row);
    memory_free(opening.rooms);
}

static void read_referrals(void *context, size_t task, size_t worker)
{
    (void)worker;
    struct reading *reading = context;
    struct chunk *chunk = &reading->referrals.chunks[task];
    const struct chunk_context chunk_context = context_of(reading, chunk);
    chunk_read_referrals(chunk, &chunk_context);
    progress_add(reading->options->progress, chunk->text.length);
}

static void read_outcomes(void *context, size_t task, size_t worker)
{
    struct reading *reading = context;
    struct chunk *chunk = &reading->outcomes.chunks[task];
    if (chunk->superseded)
        return;
    const struct chunk_context chunk_context = context_of(reading, chunk);
    chunk_read_outcomes(chunk, &chunk_context, worker);
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
        chunk_list_add_in_order(list, file, &reading->input->files[file]);
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
        chunk->first_line = chunk->block != NULL ? chunk->block->block.first_line : line;
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
    const bool taken = cohort_take_referrals(cohort, batches, list->count, workers, &reading->previous,
                                             &reading->previous_count, error);
    memory_free(batches);
    if (taken) {
        struct identity_repeat *repeats;
        size_t repeat_count;
        identity_build(&reading->identity, cohort, workers, &repeats, &repeat_count);
        if (repeat_count > 0) {
            uint8_t *dropped = memory_allocate_zeroed(cohort->count, 1);
            repeats_settle(repeats, repeat_count, list, reading->input->files, dropped);
            identity_release(&reading->identity);
            cohort_drop_rows(cohort, dropped, reading->previous, &reading->previous_count);
            memory_free(dropped);
            memory_free(repeats);
            identity_build(&reading->identity, cohort, workers, &repeats, &repeat_count);
        }
        memory_free(repeats);
        reading->links = memory_resize(NULL, reading->previous_count, sizeof *reading->links);
        reading->link_count =
            chain_resolve(&reading->identity, reading->previous, reading->previous_count, reading->links);
    }
    cohort_forget_hashes(cohort);
    return taken;
}

static bool read_all_referrals(struct reading *reading, struct error *error)
{
    add_chunks(reading, FILE_REFERRALS, &reading->referrals);
    add_chunks(reading, FILE_OUTCOMES, &reading->outcomes);
    open_batches(reading, 0);
    worker_run(reading->options->worker_count, reading->referrals.count, read_referrals, reading);
    size_t again = supersede_refused(reading, &reading->referrals);
    if (again > 0)
        open_batches(reading, reading->referrals.count - again);
    for (size_t i = reading->referrals.count - again; i < reading->referrals.count; i++)
        read_referrals(reading, i, 0);
    number_chunks(reading, &reading->referrals);
    return check_chunks(reading, &reading->referrals, error) && take_referrals(reading, error);
}

/* An upper bound of the events in a file that is read up to twice. */
static size_t event_bound(const struct input_file *file)
{
    size_t facts = 0;
    for (size_t i = 0; file->stored != NULL && i < file->stored->block_count; i++)
        facts += file->stored->blocks[i].kind == FILE_OUTCOMES ? (size_t)file->stored->blocks[i].block.facts : 0;
    if (file->stored != NULL)
        return facts;
    const size_t shortest = file->mapping.profile != NULL ? MAPPED_ROW_BYTES_MIN : EVENT_BYTES_MIN;
    return 2 * (file->body.length / shortest + 1) * input_file_rule_count(file);
}

/* Gives each chunk its writers. Returns how many there are. */
static size_t number_writers(struct chunk_list *list, size_t first, size_t writers)
{
    for (size_t i = first; i < list->count; i++) {
        list->chunks[i].first_writer = writers;
        writers += list->chunks[i].part_count * WRITERS_A_RULE;
    }
    return writers;
}

static bool read_all_outcomes(struct reading *reading, struct error *error)
{
    struct input *input = reading->input;
    struct chunk_list *list = &reading->outcomes;
    const size_t writers = number_writers(list, 0, 0);
    size_t events = 0, spare = 0; /* every file may have to be read again */
    for (size_t i = 0; i < input->file_count; i++) {
        if (!input_file_makes(&input->files[i], FILE_OUTCOMES))
            continue;
        events += event_bound(&input->files[i]);
        spare += input_file_rule_count(&input->files[i]) * WRITERS_A_RULE;
    }
    reading->events = event_store_new(input->cohort, events, writers + spare, reading->options->worker_count);
    worker_run(reading->options->worker_count, list->count, read_outcomes, reading);
    const size_t again = supersede_refused(reading, list);
    number_writers(list, list->count - again, writers);
    for (size_t i = 0; i < list->count; i++) {
        const struct chunk *chunk = &list->chunks[i];
        for (size_t k = 0; chunk->superseded && k < chunk->part_count * WRITERS_A_RULE; k++)
            event_store_void(reading->events, chunk->first_writer + k);
    }
    for (size_t i = list->count - again; i < list->count; i++)
        read_outcomes(reading, i, 0);
    number_chunks(reading, list);
    identity_release(&reading->identity);
    return check_chunks(reading, list, error);
}

static bool has_kept_as_of(const struct input_file *file)
{
    return file->stored != NULL && file->stored->as_of != DAY_UNKNOWN;
}

/* The latest day on which an export of referrals or outcomes was taken, of those that were kept with it. */
static day kept_as_of(const struct input *input)
{
    struct latest_days days = {DAY_UNKNOWN, DAY_UNKNOWN};
    for (size_t i = 0; i < input->file_count; i++) {
        const struct input_file *file = &input->files[i];
        if (has_kept_as_of(file) && (input_file_makes(file, FILE_REFERRALS) || input_file_makes(file, FILE_OUTCOMES)))
            latest_days_add(&days, file->stored->as_of);
    }
    return days.latest;
}

/* Dates of files of which the day of the export is known say nothing of it. */
static void add_latest(const struct reading *reading, const struct chunk_list *list, struct latest_days *dates)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->chunks[i].superseded || has_kept_as_of(&reading->input->files[list->chunks[i].file]))
            continue;
        latest_days_add(dates, list->chunks[i].dates.next);
        latest_days_add(dates, list->chunks[i].dates.latest);
    }
}

static void settle_as_of(struct reading *reading)
{
    struct input *input = reading->input;
    if (reading->options->as_of != DAY_UNKNOWN) {
        input->cohort->as_of = reading->options->as_of;
        return;
    }
    struct latest_days dates = {DAY_UNKNOWN, DAY_UNKNOWN};
    add_latest(reading, &reading->referrals, &dates);
    add_latest(reading, &reading->outcomes, &dates);
    const day kept = kept_as_of(input);
    input->as_of_kept = kept != DAY_UNKNOWN && (dates.latest == DAY_UNKNOWN || kept >= dates.latest);
    input->as_of_assumed = !input->as_of_kept;
    input->cohort->as_of = input->as_of_kept ? kept : dates.latest;
    input->next_latest = dates.next;
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

static bool link_cohort(struct reading *reading, struct error *error)
{
    struct cohort *cohort = reading->input->cohort;
    const size_t workers = reading->options->worker_count;
    settle_as_of(reading);
    record_previous(reading);
    reading->tallies = memory_allocate_zeroed(event_store_chunk_count(reading->events), sizeof *reading->tallies);
    if (!event_store_fold(reading->events, cohort, workers, reading->tallies, error))
        return false;
    quality_settle(reading);
    cohort->unread = quality_unread(reading->input, cohort->as_of);
    ledgers_settle(reading);
    event_store_free(reading->events);
    reading->events = NULL;
    cohort_assign_schemes(cohort, workers);
    chain_link(cohort, reading->links, reading->link_count, workers);
    return true;
}

/* What was found of stored files before their rows met others. */
static void add_stored(struct reading *reading)
{
    for (size_t i = 0; i < reading->input->file_count; i++) {
        const struct input_file *file = &reading->input->files[i];
        const struct stored_file *stored = file->stored;
        if (stored == NULL)
            continue;
        chunk_list_add_in_order(&reading->tables, i, file);
        struct chunk *chunk = &reading->tables.chunks[reading->tables.count - 1];
        chunk->read = stored->read;
        for (size_t k = 0; k < stored->reject_count; k++) {
            const struct stored_reject *reject = &stored->rejects[k];
            struct problem problem = {.category = reject->category, .line = reject->line, .column = reject->column};
            snprintf(problem.message, sizeof problem.message, "%s", reject->message);
            chunk_reject(chunk, &problem);
        }
        for (size_t k = 0; k < stored->left_out_reason_count; k++)
            ledger_count_reason(chunk->left_out_for, &chunk->left_out_reason_count, stored->left_out_for[k].reason,
                                stored->left_out_for[k].count);
    }
}

bool input_read(struct input *input, const char *const *paths, size_t path_count, const struct input_options *options,
                struct error *error)
{
    *input = (struct input){0};
    struct reading reading = {.input = input, .options = options};
    bool done = open_files(input, paths, path_count, options, error);
    if (done) {
        input->cohort = cohort_new();
        reading.tables.keeps = reading.referrals.keeps = reading.outcomes.keeps = options->kept != NULL;
        add_stored(&reading);
        table_files_read(FILE_PRACTICES, input->files, input->file_count, input->cohort, &reading.tables);
        table_files_read(FILE_SCHEMES, input->files, input->file_count, input->cohort, &reading.tables);
        table_files_read(FILE_SESSIONS, input->files, input->file_count, input->cohort, &reading.tables);
        number_chunks(&reading, &reading.tables);
        done = add_sources(&reading, error) && read_all_referrals(&reading, error);
    }
    if (done) {
        cohort_sort_tables(input->cohort);
        done =
            read_all_outcomes(&reading, error) && quality_check_keys(&reading, error) && link_cohort(&reading, error);
    }
    if (done && options->kept != NULL)
        kept_facts_take(options->kept, &reading);
    identity_release(&reading.identity);
    event_store_free(reading.events);
    chunk_list_release(&reading.tables);
    chunk_list_release(&reading.referrals);
    chunk_list_release(&reading.outcomes);
    memory_free(reading.tallies);
    memory_free(reading.previous);
    memory_free(reading.links);
    memory_free(reading.sources);
    memory_free(reading.escaped);
    if (!done)
        input_release(input);
    return done;
}

static void hash_file(void *context, size_t task, size_t worker)
{
    (void)worker;
    struct input *input = context;
    struct input_file *file = &input->files[task];
    if (file->stored != NULL)
        return; /* it came with its hash */
    input_file_hash(file);
    memcpy(input->ledgers[task].sha256, file->ledger.sha256, sizeof file->ledger.sha256);
}

bool input_hash(struct input *input, size_t worker_count, struct error *error)
{
    worker_run(worker_count, input->file_count, hash_file, input);
    return input_check_unchanged(input, error);
}

bool input_check_unchanged(const struct input *input, struct error *error)
{
    for (size_t i = 0; i < input->file_count; i++) {
        if (input->files[i].stored == NULL && !mapped_file_check(input->files[i].mapped, error))
            return false;
    }
    return true;
}

void input_release(struct input *input)
{
    if (input == NULL)
        return;
    cohort_free(input->cohort);
    for (size_t i = 0; i < input->file_count; i++)
        input_file_close(&input->files[i]);
    for (size_t i = 0; i < input->reject_count; i++)
        memory_free((void *)(uintptr_t)input->rejects[i].message);
    memory_free(input->files);
    memory_free(input->qualities);
    arena_release(&input->texts);
    memory_free(input->ledgers);
    memory_free(input->rejects);
    memory_release_reserved(input->escaped, input->escaped_size);
    *input = (struct input){0};
}
