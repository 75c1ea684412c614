#include "referlens/input/ingest.h"

#include "referlens/base/memory.h"
#include "referlens/base/worker.h"
#include "referlens/input/earlier_events.h"
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

/* How a file is read, once it is hashed. */
static struct store_reading reading_of(const struct input_file *file, const struct ledger *ledger)
{
    const struct profile *profile = file->mapping.profile;
    return (struct store_reading){
        .sha256 = text_of(ledger->sha256),
        .profile = text_of(ledger->profile),
        .encoding = text_of(encoding_names[file->encoding]),
        .profile_text = profile != NULL ? (int64_t)profile->text_hash : 0,
    };
}

bool ingest_find_known(struct store *store, struct input_file *files, size_t count, bool reads_events, size_t workers,
                       struct error *error)
{
    struct candidates candidates = {files, count, memory_allocate_zeroed(count, sizeof *candidates.as_long)};
    bool done = store_each_import(store, meet_import, &candidates, error);
    if (done)
        worker_run(workers, count, hash_candidate, &candidates);
    for (size_t i = 0; done && i < count; i++) {
        if (!candidates.as_long[i])
            continue;
        struct store_found found;
        const struct store_reading reading = reading_of(&files[i], &files[i].ledger);
        done = store_find(store, &reading, &found, error);
        files[i].taken_in = done && found.same;
        if (files[i].taken_in && !(reads_events && input_file_makes(&files[i], FILE_OUTCOMES)))
            files[i].kinds = 0;
    }
    memory_free(candidates.as_long);
    return done;
}

static bool has_keys(const struct input_file *file)
{
    return input_file_makes(file, FILE_REFERRALS) || input_file_makes(file, FILE_OUTCOMES);
}

bool ingest_check_key(struct store *store, const struct input_file *files, size_t count,
                      const struct pseudonym_key *key, struct error *error)
{
    char fingerprint[PSEUDONYM_TEXT_SIZE];
    pseudonym_fingerprint(key, fingerprint);
    for (size_t i = 0; i < count; i++) {
        if (has_keys(&files[i]))
            return store_check_key(store, text_of(fingerprint), error);
    }
    return true;
}

static bool keep_key(struct store *store, const struct input_file *file, const struct pseudonym_key *key,
                     struct error *error)
{
    char fingerprint[PSEUDONYM_TEXT_SIZE];
    pseudonym_fingerprint(key, fingerprint);
    return !has_keys(file) || store_keep_key(store, text_of(fingerprint), error);
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
    struct import_list earlier;         /* those of the same bytes through a profile of the same name */
    enum file_kind kind;                /* at hand */
    struct fact_comparison *comparison; /* of that kind */
    struct earlier_events events;       /* where that is events, and earlier ones may be withdrawn */
    bool *missing;                      /* by fact of the block at hand: none of the file's is of the same */
    size_t missing_capacity;
    int64_t known;        /* the import of a file that was taken in before; 0: it was not */
    struct error *failed; /* set while blocks are met, and filled where that fails */
    bool is_bare;         /* the kind at hand is of bare events */
    struct ingest_counts *counts;
    int64_t *unchanged, *unchanged_rows; /* by rule */
};

static bool is_listed(const struct import_list *list, int64_t import)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->imports[i] == import)
            return true;
    }
    return false;
}

static void list_import(struct import_list *list, int64_t import)
{
    list->imports = memory_grow(list->imports, &list->capacity, list->count + 1, sizeof *list->imports);
    list->imports[list->count++] = import;
}

static void meet_earlier(void *context, const struct store_import *import)
{
    struct ingesting *ingesting = context;
    const struct ledger *ledger = &ingesting->input->ledgers[ingesting->file];
    if (text_equal(import->reading.sha256, text_of(ledger->sha256)) &&
        text_equal(import->reading.profile, text_of(ledger->profile)))
        list_import(&ingesting->earlier, import->id);
}

static void replace(struct ingesting *ingesting, int64_t block, int64_t fact)
{
    ingesting->replaced = memory_grow(ingesting->replaced, &ingesting->replaced_capacity, ingesting->replaced_count + 1,
                                      sizeof *ingesting->replaced);
    ingesting->replaced[ingesting->replaced_count++] = (struct replaced){block, fact};
}

/* Files that are taken in together are of one age: none of them replaces what another says. To a file that was taken in
 * before, what came later is nothing. */
static void meet_block(void *context, const struct store_keys *stored)
{
    struct ingesting *ingesting = context;
    if (is_listed(&ingesting->run->imports, stored->import) ||
        (ingesting->known != 0 && stored->import >= ingesting->known))
        return;
    const bool earlier = is_listed(&ingesting->earlier, stored->import);
    size_t missing = 0;
    ingesting->missing =
        memory_grow(ingesting->missing, &ingesting->missing_capacity, stored->count, sizeof *ingesting->missing);
    for (size_t i = 0; i < stored->count; i++) {
        const enum fact_meeting meeting =
            stored->live[i] ? fact_comparison_meet(ingesting->comparison, stored->keys[i]) : FACT_AGREED;
        ingesting->missing[i] = meeting == FACT_UNMET;
        missing += meeting == FACT_UNMET;
        if (meeting == FACT_SUPERSEDED && ingesting->known == 0 && !ingesting->is_bare)
            replace(ingesting, stored->block, (int64_t)i);
    }
    if (earlier && ingesting->events.referrals == NULL)
        ingesting->counts->outdated += (int64_t)missing;
    ingesting->counts->keeps_events |= missing > 0 && ingesting->kind == FILE_OUTCOMES;
    if (missing > 0 && ingesting->events.referrals != NULL && ingesting->failed->message[0] == '\0')
        earlier_events_look(&ingesting->events, ingesting->store, stored, ingesting->missing, ingesting->failed);
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
    struct error failed = {""};
    ingesting->failed = &failed;
    ingesting->is_bare = kind == FILE_OUTCOMES && has_bare_events(ingesting->input->ledgers[ingesting->file].quality);
    ingesting->comparison = fact_comparison_new(keys, count, ingesting->worker_count);
    ingesting->kind = kind;
    if (kind == FILE_OUTCOMES && ingesting->run->replaces_events)
        ingesting->events = earlier_events_of(ingesting->packs, ingesting->pack_count);
    const bool done =
        store_each_keys(ingesting->store, text_of(format_kinds[kind].name), meet_block, ingesting, error) &&
        (failed.message[0] == '\0' || error_set(error, "%s", failed.message));
    for (size_t i = 0; i < count; i++) {
        const enum fact_state state = fact_comparison_state(ingesting->comparison, i);
        ingesting->states[first + i] = (uint8_t)(ingesting->is_bare && state == FACT_UPDATED ? FACT_UNCHANGED : state);
    }
    fact_comparison_free(ingesting->comparison);
    memory_free(ingesting->events.referrals);
    ingesting->events.referrals = NULL;
    return done;
}

/* Packs are sorted by kind, so those of one kind are together. Kinds of which there are none matter where an earlier
 * reading of the file made some. */
static bool compare_all(struct ingesting *ingesting, struct error *error)
{
    struct fact_key *keys = memory_resize(NULL, ingesting->fact_count, sizeof *keys);
    bool done = true;
    size_t first = 0, pack = 0;
    for (size_t kind = 0; done && kind < FILE_KIND_COUNT; kind++) {
        size_t count = 0;
        for (; pack < ingesting->pack_count && ingesting->packs[pack].kind == kind; pack++) {
            const struct fact_pack *of = &ingesting->packs[pack].pack;
            memcpy(keys + first + count, of->keys, of->count * sizeof *keys);
            count += of->count;
        }
        if (count > 0 || ingesting->earlier.count > 0)
            done = compare_kind(ingesting, (enum file_kind)kind, first, count, keys + first, error);
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
        .reading = reading_of(&ingesting->input->files[ingesting->file], ledger),
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
        .withdrawn = ingesting->counts->withdrawn,
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

static bool supersede(const struct ingesting *ingesting, struct error *error)
{
    bool done = true;
    for (size_t i = 0; done && i < ingesting->replaced_count; i++)
        done = store_supersede(ingesting->store, ingesting->replaced[i].block, ingesting->replaced[i].fact, error);
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
        fact_pack_release_text(&pack->pack); /* other files of the run may be held against its keys */
    }
    return done && supersede(ingesting, error);
}

/* The rows that an earlier reading rejected have been judged anew. */
static bool forget_rejects(const struct ingesting *ingesting, struct error *error)
{
    bool done = true;
    for (size_t i = 0; done && i < ingesting->earlier.count; i++)
        done = store_forget_rejects(ingesting->store, ingesting->earlier.imports[i],
                                    "read again through another profile or encoding", error);
    return done;
}

/* What becomes of earlier events that neither this file nor another of the run has. */
static void settle_earlier_events(struct ingesting *ingesting, const struct kept_facts *kept)
{
    struct ingest_counts *counts = ingesting->counts;
    struct earlier_events *events = &ingesting->events;
    if (!ingesting->run->replaces_events)
        return;
    earlier_events_leave_out(events, kept->packs, (size_t)(ingesting->packs - kept->packs));
    const struct kept_pack *behind = ingesting->packs + ingesting->pack_count;
    earlier_events_leave_out(events, behind, (size_t)(kept->packs + kept->count - behind));
    if (ingesting->input->ledgers[ingesting->file].rejected == 0) {
        for (size_t i = 0; i < events->count; i++)
            replace(ingesting, events->events[i].block, events->events[i].fact);
        counts->withdrawn = (int64_t)events->count;
    } else {
        counts->earlier = (int64_t)events->count;
    }
}

static bool take_in(struct ingesting *ingesting, const struct kept_facts *kept, struct error *error)
{
    int64_t import;
    if (!go_on(ingesting, error) || !store_each_import(ingesting->store, meet_earlier, ingesting, error) ||
        !compare_all(ingesting, error))
        return false;
    ingesting->counts->again = ingesting->earlier.count > 0;
    settle_earlier_events(ingesting, kept);
    count_states(ingesting);
    if (!forget_rejects(ingesting, error) || !add_import(ingesting, &kept->files[ingesting->file], &import, error) ||
        !add_parts(ingesting, import, error) || !add_rejects(ingesting, import, error) ||
        !add_facts(ingesting, import, error) || !go_on(ingesting, error))
        return false;
    list_import(&ingesting->run->imports, import);
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
    memory_free(run->imports.imports);
    memory_free(run->known.imports);
    *run = (struct ingest_run){0};
}

/* Whether a file of events was taken in after the one at hand that is none of those given with it. */
static void meet_later(void *context, const struct store_import *import)
{
    struct ingesting *ingesting = context;
    const char *events = format_kinds[FILE_OUTCOMES].name;
    if (import->id > ingesting->known && !is_listed(&ingesting->run->known, import->id) &&
        !is_listed(&ingesting->run->imports, import->id) &&
        memmem(import->kind.bytes, import->kind.length, events, strlen(events)) != NULL)
        ingesting->counts->overtaken = true;
}

/* Withdraws for a file that was taken in before, and adds nothing. */
static bool withdraw(struct ingesting *ingesting, const struct kept_facts *kept, struct error *error)
{
    if (!store_each_import(ingesting->store, meet_later, ingesting, error))
        return false;
    if (ingesting->counts->overtaken)
        return true;
    if (!go_on(ingesting, error) || !compare_all(ingesting, error))
        return false;
    settle_earlier_events(ingesting, kept);
    return supersede(ingesting, error) &&
           (ingesting->counts->withdrawn == 0 ||
            store_add_withdrawn(ingesting->store, ingesting->known, ingesting->counts->withdrawn, error));
}

static bool compare_and_take_in(struct ingesting *ingesting, struct kept_facts *kept, struct error *error)
{
    const size_t parts = ingesting->input->ledgers[ingesting->file].quality->part_count;
    find_packs(ingesting, kept);
    ingesting->states = memory_allocate_zeroed(ingesting->fact_count, sizeof *ingesting->states);
    ingesting->unchanged = memory_allocate_zeroed(parts, sizeof *ingesting->unchanged);
    ingesting->unchanged_rows = memory_allocate_zeroed(parts, sizeof *ingesting->unchanged_rows);
    const bool done = (ingesting->known != 0 ? withdraw(ingesting, kept, error) : take_in(ingesting, kept, error)) &&
                      store_commit(ingesting->store, error);
    memory_free(ingesting->states);
    memory_free(ingesting->unchanged);
    memory_free(ingesting->unchanged_rows);
    memory_free(ingesting->replaced);
    memory_free(ingesting->earlier.imports);
    memory_free(ingesting->missing);
    earlier_events_release(&ingesting->events);
    return done;
}

/* The imports of the files that were taken in before. */
static bool list_known(struct store *store, struct ingest_run *run, const struct input *input, struct error *error)
{
    bool done = true;
    for (size_t i = 0; done && i < input->file_count && !run->known_listed; i++) {
        const struct store_reading reading = reading_of(&input->files[i], &input->ledgers[i]);
        struct store_found found;
        if (!input->files[i].taken_in)
            continue;
        done = store_find(store, &reading, &found, error);
        if (done && found.import != 0)
            list_import(&run->known, found.import);
    }
    run->known_listed = done;
    return done;
}

bool ingest_file(struct store *store, struct ingest_run *run, const struct input *input, struct kept_facts *kept,
                 size_t file, size_t worker_count, struct ingest_counts *counts, struct error *error)
{
    const struct store_reading reading = reading_of(&input->files[file], &input->ledgers[file]);
    const bool has_events = input_file_makes(&input->files[file], FILE_OUTCOMES);
    struct store_found found;
    *counts = (struct ingest_counts){0};
    if (!store_begin(store, error))
        return false;
    bool done = store_find(store, &reading, &found, error) && list_known(store, run, input, error);
    counts->known = input->files[file].taken_in || (done && found.same);
    counts->replaced_since = done && found.replaced_since;
    struct ingesting ingesting = {.store = store,
                                  .run = run,
                                  .input = input,
                                  .file = file,
                                  .worker_count = worker_count,
                                  .counts = counts,
                                  .known = counts->known && done ? found.import : 0};
    if (done && (!counts->known || (run->replaces_events && has_events)))
        done = (counts->known || keep_key(store, &input->files[file], input->key, error)) &&
               compare_and_take_in(&ingesting, kept, error);
    store_undo(store);
    return done;
}
