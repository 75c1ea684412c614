#include "referlens/input/ingest.h"

#include "referlens/base/memory.h"
#include "referlens/base/worker.h"
#include "referlens/input/quality_text.h"

#include <string.h>

enum { TEXT_BYTES_MAX = 64 << 20 };

/* Files of which some may be in the store already. */
struct candidates {
    struct input_file *files;
    size_t count;
    bool *as_long; /* by file: as an import */
};

static void meet_import(void *context, const struct store_import *import)
{
    struct candidates *candidates = context;
    for (size_t i = 0; i < candidates->count; i++)
        candidates->as_long[i] = candidates->as_long[i] || candidates->files[i].ledger.bytes == import->bytes;
}

static void hash_candidate(void *context, size_t task, size_t worker)
{
    (void)worker;
    struct candidates *candidates = context;
    if (candidates->as_long[task])
        input_file_hash(&candidates->files[task]);
}

bool ingest_find_known(struct store *store, struct input_file *files, size_t count, size_t workers, struct error *error)
{
    struct candidates candidates = {files, count, memory_allocate_zeroed(count, sizeof *candidates.as_long)};
    bool done = store_each_import(store, meet_import, &candidates, error);
    if (done)
        worker_run(workers, count, hash_candidate, &candidates);
    for (size_t i = 0; done && i < count; i++) {
        const struct ledger *ledger = &files[i].ledger;
        if (!candidates.as_long[i])
            continue;
        done = store_has(store, text_of(ledger->sha256), text_of(ledger->profile), &files[i].taken_in, error);
        if (files[i].taken_in)
            files[i].kinds = 0;
    }
    memory_free(candidates.as_long);
    return done;
}

/* A fact of the store that a new one replaces. */
struct replaced {
    int64_t block, fact;
};

/* One file on its way in. */
struct ingesting {
    struct store *store;
    struct ingest_run *run;
    const struct input *input;
    size_t file, worker_count;
    struct kept_pack *packs; /* those of the file */
    size_t pack_count;
    uint8_t *states; /* enum fact_state of the facts of all packs, one behind another */
    size_t fact_count;
    struct replaced *replaced;
    size_t replaced_count, replaced_capacity;
    struct fact_comparison *comparison; /* of the kind at hand */
    bool is_bare;                       /* the kind at hand is of bare events */
    struct ingest_counts *counts;
    int64_t *unchanged, *unchanged_rows; /* by rule */
};

static bool is_of_run(const struct ingest_run *run, int64_t import)
{
    for (size_t i = 0; i < run->count; i++) {
        if (run->imports[i] == import)
            return true;
    }
    return false;
}

/* Files that are taken in together are of one age: none of them replaces what another says. */
static void meet_block(void *context, const struct store_keys *stored)
{
    struct ingesting *ingesting = context;
    for (size_t i = 0; i < stored->count && !is_of_run(ingesting->run, stored->import); i++) {
        if (!stored->live[i] || !fact_comparison_meet(ingesting->comparison, stored->keys[i]) || ingesting->is_bare)
            continue;
        ingesting->replaced = memory_grow(ingesting->replaced, &ingesting->replaced_capacity,
                                          ingesting->replaced_count + 1, sizeof *ingesting->replaced);
        ingesting->replaced[ingesting->replaced_count++] = (struct replaced){stored->block, (int64_t)i};
    }
}

/* Whether the file lacks every column of what may be known of an event: its events say that they happened, and a store
 * that knows as much already may know more. */
static bool has_bare_events(const struct file_quality *quality)
{
    static const char *const details[] = {"reason_code", "referrer_contacted", "patient_consulted"};
    for (size_t i = 0; i < quality->part_count; i++) {
        const struct quality_part *part = &quality->parts[i];
        for (size_t k = 0; strcmp(part->kind, format_kinds[FILE_OUTCOMES].name) == 0 && k < part->column_count; k++) {
            const struct quality_column *column = &part->columns[k];
            for (size_t of = 0; of < sizeof details / sizeof details[0]; of++) {
                if (strcmp(column->taken_for, details[of]) == 0 &&
                    (column->column != NULL || column->missing < column->rows))
                    return false;
            }
        }
    }
    return true;
}

/* Compares the facts of one kind, which are those from number `first` on. */
static bool compare_kind(struct ingesting *ingesting, enum file_kind kind, size_t first, size_t count,
                         const struct fact_key *keys, struct error *error)
{
    ingesting->is_bare = kind == FILE_OUTCOMES && has_bare_events(ingesting->input->ledgers[ingesting->file].quality);
    ingesting->comparison = fact_comparison_new(keys, count, ingesting->worker_count);
    const bool done = store_each_keys(ingesting->store, text_of(format_kinds[kind].name), meet_block, ingesting, error);
    for (size_t i = 0; i < count; i++) {
        const enum fact_state state = fact_comparison_state(ingesting->comparison, i);
        ingesting->states[first + i] = (uint8_t)(ingesting->is_bare && state == FACT_UPDATED ? FACT_UNCHANGED : state);
    }
    fact_comparison_free(ingesting->comparison);
    return done;
}

/* Packs are sorted by kind, so those of one kind are together. */
static bool compare_all(struct ingesting *ingesting, struct error *error)
{
    struct fact_key *keys = memory_resize(NULL, ingesting->fact_count, sizeof *keys);
    bool done = true;
    size_t first = 0;
    for (size_t i = 0, end; done && i < ingesting->pack_count; i = end) {
        size_t count = 0;
        for (end = i; end < ingesting->pack_count && ingesting->packs[end].kind == ingesting->packs[i].kind; end++) {
            const struct fact_pack *pack = &ingesting->packs[end].pack;
            memcpy(keys + first + count, pack->keys, pack->count * sizeof *keys);
            count += pack->count;
        }
        done = compare_kind(ingesting, ingesting->packs[i].kind, first, count, keys + first, error);
        first += count;
    }
    memory_free(keys);
    return done;
}

static void count_states(struct ingesting *ingesting)
{
    const uint8_t *state = ingesting->states;
    for (size_t i = 0; i < ingesting->pack_count; i++) {
        const struct kept_pack *pack = &ingesting->packs[i];
        for (size_t fact = 0; fact < pack->pack.count; fact++, state++) {
            ingesting->counts->new_facts += *state == FACT_NEW;
            ingesting->counts->updated += *state == FACT_UPDATED;
            ingesting->counts->repeated += *state == FACT_REPEATED;
            ingesting->counts->unchanged += *state == FACT_UNCHANGED;
            ingesting->unchanged[pack->rule] += *state == FACT_UNCHANGED;
            ingesting->unchanged_rows[pack->rule] += *state == FACT_UNCHANGED && pack->counts;
        }
    }
}

static bool add_import(const struct ingesting *ingesting, const struct kept_file *kept, int64_t *id,
                       struct error *error)
{
    const struct ledger *ledger = &ingesting->input->ledgers[ingesting->file];
    const struct file_quality *quality = ledger->quality;
    struct buffer left_out = buffer_with_maximum(TEXT_BYTES_MAX);
    char as_of[DAY_TEXT_SIZE] = "";
    if (!ingesting->input->as_of_assumed)
        day_format(cohort_as_of(ingesting->input->cohort), as_of);
    reasons_text_write(kept->left_out_for, kept->left_out_reason_count, &left_out);
    const struct store_import import = {
        .name = text_of(ledger->name),
        .kind = text_of(ledger->kind),
        .profile = text_of(ledger->profile),
        .sha256 = text_of(ledger->sha256),
        .encoding = text_of(quality->encoding),
        .delimiter = text_of(quality->delimiter),
        .unused = quality->unused != NULL ? text_of(quality->unused) : (struct text){0},
        .left_out = buffer_text(&left_out),
        .as_of = text_of(as_of),
        .bytes = ledger->bytes,
        .read = ledger->read,
        .rejected = ledger->rejected,
        .new_facts = ingesting->counts->new_facts,
        .updated = ingesting->counts->updated,
        .unchanged = ingesting->counts->unchanged,
    };
    const bool done = store_add_import(ingesting->store, &import, id, error);
    buffer_release(&left_out);
    return done;
}

static bool add_parts(const struct ingesting *ingesting, int64_t import, struct error *error)
{
    const struct file_quality *quality = ingesting->input->ledgers[ingesting->file].quality;
    struct buffer columns = buffer_with_maximum(TEXT_BYTES_MAX);
    bool done = true;
    for (size_t rule = 0; done && rule < quality->part_count; rule++) {
        buffer_clear(&columns);
        quality_text_write(&quality->parts[rule], &columns);
        const struct store_part part = {
            .rule = (int64_t)rule,
            .name = text_of(quality->parts[rule].name),
            .kind = text_of(quality->parts[rule].kind),
            .made = quality->parts[rule].made,
            .unchanged = ingesting->unchanged[rule],
            .unchanged_rows = ingesting->unchanged_rows[rule],
            .columns = buffer_text(&columns),
        };
        done = store_add_part(ingesting->store, import, &part, error);
    }
    buffer_release(&columns);
    return done;
}

/* Conflicts are found again whenever the facts are read. */
static bool add_rejects(const struct ingesting *ingesting, int64_t import, struct error *error)
{
    bool done = true;
    for (size_t i = 0; done && i < ingesting->input->reject_count; i++) {
        const struct reject *reject = &ingesting->input->rejects[i];
        if (reject->ledger != ingesting->file || reject->category == problem_conflict)
            continue;
        const struct store_reject added = {reject->line, reject->column, text_of(reject->category),
                                           text_of(reject->message)};
        done = store_add_reject(ingesting->store, import, &added, error);
    }
    return done;
}

static bool go_on(const struct ingesting *ingesting, struct error *error)
{
    return !atomic_load_explicit(&ingesting->run->stop, memory_order_relaxed) || error_set(error, "interrupted");
}

/* Facts on their way into blocks. */
struct adding_facts {
    const struct ingesting *ingesting;
    int64_t import;
    struct store_block block;
    struct buffer text; /* of facts that are gathered, with their keys */
    struct fact_key *keys;
};

static bool add_block(struct adding_facts *adding, struct text text, const struct fact_key *keys, size_t facts,
                      struct error *error)
{
    adding->block.facts = (int64_t)facts;
    return go_on(adding->ingesting, error) &&
           store_add_block(adding->ingesting->store, adding->import, &adding->block, text, keys, error);
}

static bool has_unchanged(const uint8_t *states, size_t count)
{
    return count > 0 && memchr(states, FACT_UNCHANGED, count) != NULL;
}

/* Gathers the facts of a text but those that the store has; returns how many there are in all. */
static size_t gather(struct adding_facts *adding, size_t gathered, struct text text, const struct fact_key *keys,
                     const uint8_t *states)
{
    const char *at = text.bytes, *const end = text.bytes + text.length;
    for (size_t fact = 0; at < end; fact++) {
        const size_t length = (size_t)((const char *)memchr(at, '\n', (size_t)(end - at)) - at) + 1;
        if (states[fact] != FACT_UNCHANGED) {
            buffer_add(&adding->text, at, length);
            adding->keys[gathered++] = keys[fact];
        }
        at += length;
    }
    return gathered;
}

/* Writes a pack's facts but those that the store has, in blocks: segments of which it has none as they lie. */
static bool add_pack(const struct ingesting *ingesting, int64_t import, const struct kept_pack *kept,
                     const uint8_t *states, struct error *error)
{
    const struct fact_pack *pack = &kept->pack;
    struct adding_facts adding = {
        .ingesting = ingesting,
        .import = import,
        .block = {.rule = (int64_t)kept->rule,
                  .first_line = kept->first_line,
                  .counts = kept->counts,
                  .kind = text_of(format_kinds[kept->kind].name)},
        .text = buffer_with_maximum(SIZE_MAX / 2),
    };
    size_t begin = 0, first = 0, gathered = 0;
    bool done = true;
    for (size_t i = 0; done && i < pack->segment_count; i++) {
        const size_t facts = pack->segments[i].fact_end - first;
        const struct text text = {(const char *)pack->bytes + begin, pack->segments[i].end - begin};
        if (gathered == 0 && !has_unchanged(states + first, facts)) {
            done = add_block(&adding, text, pack->keys + first, facts, error);
        } else {
            if (adding.keys == NULL)
                adding.keys = memory_resize(NULL, pack->count, sizeof *adding.keys);
            gathered = gather(&adding, gathered, text, pack->keys + first, states + first);
            if (gathered > 0 && (adding.text.length >= FACT_SEGMENT_BYTES || i + 1 == pack->segment_count)) {
                done = add_block(&adding, buffer_text(&adding.text), adding.keys, gathered, error);
                buffer_clear(&adding.text);
                gathered = 0;
            }
        }
        begin = pack->segments[i].end;
        first = pack->segments[i].fact_end;
    }
    buffer_release(&adding.text);
    memory_free(adding.keys);
    return done;
}

static bool add_facts(const struct ingesting *ingesting, int64_t import, struct error *error)
{
    const uint8_t *states = ingesting->states;
    bool done = true;
    for (size_t i = 0; done && i < ingesting->pack_count; i++) {
        struct kept_pack *pack = &ingesting->packs[i];
        done = add_pack(ingesting, import, pack, states, error);
        states += pack->pack.count;
        fact_pack_release(&pack->pack);
    }
    for (size_t i = 0; done && i < ingesting->replaced_count; i++)
        done = store_supersede(ingesting->store, ingesting->replaced[i].block, ingesting->replaced[i].fact, error);
    return done;
}

static bool take_in(struct ingesting *ingesting, const struct kept_file *kept, struct error *error)
{
    struct ingest_run *run = ingesting->run;
    int64_t import;
    if (!go_on(ingesting, error) || !compare_all(ingesting, error))
        return false;
    count_states(ingesting);
    if (!add_import(ingesting, kept, &import, error) || !add_parts(ingesting, import, error) ||
        !add_rejects(ingesting, import, error) || !add_facts(ingesting, import, error) || !go_on(ingesting, error))
        return false;
    run->imports = memory_grow(run->imports, &run->capacity, run->count + 1, sizeof *run->imports);
    run->imports[run->count++] = import;
    return true;
}

/* The packs of the file, which lie together. */
static void find_packs(struct ingesting *ingesting, struct kept_facts *kept)
{
    size_t first = 0, end;
    while (first < kept->count && kept->packs[first].file < ingesting->file)
        first++;
    for (end = first; end < kept->count && kept->packs[end].file == ingesting->file; end++)
        ingesting->fact_count += kept->packs[end].pack.count;
    ingesting->packs = kept->packs + first;
    ingesting->pack_count = end - first;
}

void ingest_run_release(struct ingest_run *run)
{
    memory_free(run->imports);
    *run = (struct ingest_run){0};
}

bool ingest_file(struct store *store, struct ingest_run *run, const struct input *input, struct kept_facts *kept,
                 size_t file, size_t worker_count, struct ingest_counts *counts, struct error *error)
{
    const struct ledger *ledger = &input->ledgers[file];
    *counts = (struct ingest_counts){.known = input->files[file].taken_in};
    if (counts->known)
        return true;
    if (!store_begin(store, error))
        return false;
    bool done = store_has(store, text_of(ledger->sha256), text_of(ledger->profile), &counts->known, error);
    if (done && !counts->known) {
        struct ingesting ingesting = {
            .store = store, .run = run, .input = input, .file = file, .worker_count = worker_count, .counts = counts};
        find_packs(&ingesting, kept);
        ingesting.states = memory_allocate_zeroed(ingesting.fact_count, sizeof *ingesting.states);
        ingesting.unchanged = memory_allocate_zeroed(ledger->quality->part_count, sizeof *ingesting.unchanged);
        ingesting.unchanged_rows =
            memory_allocate_zeroed(ledger->quality->part_count, sizeof *ingesting.unchanged_rows);
        done = take_in(&ingesting, &kept->files[file], error) && store_commit(store, error);
        memory_free(ingesting.states);
        memory_free(ingesting.unchanged);
        memory_free(ingesting.unchanged_rows);
        memory_free(ingesting.replaced);
    }
    store_undo(store);
    return done;
}
