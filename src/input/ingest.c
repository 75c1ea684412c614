#include "referlens/input/ingest.h"

#include "referlens/base/memory.h"
#include "referlens/base/worker.h"
#include "referlens/input/meeting.h"
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

bool ingest_find_known(struct store *store, struct input_file *files, size_t count, unsigned reads_kinds,
                       size_t workers, struct error *error)
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
        if (files[i].taken_in && (files[i].kinds & reads_kinds) == 0)
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

/* One file on its way in. */
struct ingesting {
    struct store *store;
    struct ingest_run *run;
    const struct input *input;
    size_t file;
    struct kept_pack *packs;    /* those of the file */
    struct import_list earlier; /* those of the same bytes through a profile of the same name */
    struct meeting meeting;
    char as_of[STORE_DAY_SIZE]; /* empty: not given */
    struct ingest_counts *counts;
    int64_t *unchanged, *unchanged_rows; /* by rule */
    int64_t overruled_rows;
};

static void meet_earlier(void *context, const struct store_import *import)
{
    struct ingesting *ingesting = context;
    const struct ledger *ledger = &ingesting->input->ledgers[ingesting->file];
    if (text_equal(import->reading.sha256, text_of(ledger->sha256)) &&
        text_equal(import->reading.profile, text_of(ledger->profile)))
        import_list_add(&ingesting->earlier, import->id);
}

static bool is_added(uint8_t state)
{
    return state == FACT_NEW || state == FACT_UPDATED || state == FACT_REPEATED;
}

static void count_states(struct ingesting *ingesting)
{
    const struct meeting *meeting = &ingesting->meeting;
    struct ingest_counts *counts = ingesting->counts;
    const uint8_t *state = meeting->states;
    for (size_t i = 0; i < meeting->pack_count; i++) {
        const struct kept_pack *pack = &meeting->packs[i];
        for (size_t fact = 0; fact < pack->pack.count; fact++, state++) {
            counts->new_facts += *state == FACT_NEW;
            counts->updated += *state == FACT_UPDATED;
            counts->repeated += *state == FACT_REPEATED || *state == FACT_REPEATED_KNOWN;
            counts->unchanged += *state == FACT_UNCHANGED || *state == FACT_OVERRULED;
            counts->overruled += *state == FACT_OVERRULED;
            ingesting->unchanged[pack->rule] += !is_added(*state);
            ingesting->unchanged_rows[pack->rule] += !is_added(*state) && *state != FACT_OVERRULED && pack->counts;
            ingesting->overruled_rows += *state == FACT_OVERRULED && pack->counts;
        }
    }
}

static bool add_import(const struct ingesting *ingesting, const struct kept_file *kept, int64_t *id,
                       struct error *error)
{
    const struct ledger *ledger = &ingesting->input->ledgers[ingesting->file];
    const struct file_quality *quality = ledger->quality;
    struct buffer left_out = buffer_with_maximum(TEXT_BYTES_MAX);
    struct kept_file reasons = *kept;
    if (ingesting->overruled_rows > 0)
        ledger_count_reason(reasons.left_out_for, &reasons.left_out_reason_count, store_overruled,
                            ingesting->overruled_rows);
    reasons_text_write(reasons.left_out_for, reasons.left_out_reason_count, &left_out);
    const struct store_import import = {
        .name = text_of(ledger->name),
        .kind = text_of(ledger->kind),
        .reading = reading_of(&ingesting->input->files[ingesting->file], ledger),
        .delimiter = text_of(quality->delimiter),
        .unused = quality->unused != NULL ? text_of(quality->unused) : (struct text){0},
        .left_out = buffer_text(&left_out),
        .as_of = text_of(ingesting->as_of),
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
    struct buffer text; /* of facts that are gathered, with their keys, and whether others are of the same */
    struct fact_key *keys;
    bool *contested;
};

/* Some facts of a pack, as they lie or gathered. */
struct facts_to_add {
    struct text text;
    const struct fact_key *keys;
    const bool *contested;
    size_t count;
};

static bool add_block(struct adding_facts *adding, const struct facts_to_add *facts, struct error *error)
{
    struct store *store = adding->ingesting->store;
    int64_t block;
    adding->block.facts = (int64_t)facts->count;
    bool done = go_on(adding->ingesting, error) &&
                store_add_block(store, adding->import, &adding->block, facts->text, facts->keys, &block, error);
    if (done && text_equal(adding->block.kind, text_of(format_kinds[FILE_REFERRALS].name)) &&
        fact_text_has_order(facts->text))
        done = store_contest(store, block, -1, error);
    for (size_t i = 0; done && i < facts->count; i++)
        done = !facts->contested[i] || store_contest(store, block, (int64_t)i, error);
    return done;
}

static bool all_added(const uint8_t *states, size_t count)
{
    size_t i = 0;
    while (i < count && is_added(states[i]))
        i++;
    return i == count;
}

/* Gathers the facts that are added; returns how many there are in all. */
static size_t gather(struct adding_facts *adding, size_t gathered, const struct facts_to_add *facts,
                     const uint8_t *states)
{
    const char *at = facts->text.bytes, *const end = at + facts->text.length;
    for (size_t fact = 0; at < end; fact++) {
        const size_t length = (size_t)((const char *)memchr(at, '\n', (size_t)(end - at)) - at) + 1;
        if (is_added(states[fact])) {
            buffer_add(&adding->text, at, length);
            adding->keys[gathered] = facts->keys[fact];
            adding->contested[gathered++] = facts->contested[fact];
        }
        at += length;
    }
    return gathered;
}

/* Writes a pack's facts but those that the store has, in blocks: segments of which it has none as they lie. */
static bool add_pack(const struct ingesting *ingesting, int64_t import, const struct kept_pack *kept, size_t from,
                     struct error *error)
{
    const struct fact_pack *pack = &kept->pack;
    const uint8_t *states = ingesting->meeting.states + from;
    const bool *contested = ingesting->meeting.contested + from;
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
        const struct facts_to_add facts = {{(const char *)pack->bytes + begin, pack->segments[i].end - begin},
                                           pack->keys + first,
                                           contested + first,
                                           pack->segments[i].fact_end - first};
        if (gathered == 0 && all_added(states + first, facts.count)) {
            done = add_block(&adding, &facts, error);
        } else {
            if (adding.keys == NULL) {
                adding.keys = memory_resize(NULL, pack->count, sizeof *adding.keys);
                adding.contested = memory_resize(NULL, pack->count, sizeof *adding.contested);
            }
            gathered = gather(&adding, gathered, &facts, states + first);
            if (gathered > 0 && (adding.text.length >= FACT_SEGMENT_BYTES || i + 1 == pack->segment_count)) {
                done = add_block(
                    &adding, &(struct facts_to_add){buffer_text(&adding.text), adding.keys, adding.contested, gathered},
                    error);
                buffer_clear(&adding.text);
                gathered = 0;
            }
        }
        progress_add(ingesting->run->progress, facts.count);
        begin = pack->segments[i].end;
        first = pack->segments[i].fact_end;
    }
    buffer_release(&adding.text);
    memory_free(adding.keys);
    memory_free(adding.contested);
    return done;
}

/* What the meeting says of facts that are there already. */
static bool settle_stored(const struct ingesting *ingesting, int64_t import, struct error *error)
{
    const struct meeting *meeting = &ingesting->meeting;
    bool done = true;
    for (size_t i = 0; done && i < meeting->replaced.count; i++) {
        const struct stored_fact *fact = &meeting->replaced.facts[i];
        done = store_supersede(ingesting->store, fact->block, fact->fact, import, error);
    }
    for (size_t i = 0; done && i < meeting->contested_stored.count; i++) {
        const struct stored_fact *fact = &meeting->contested_stored.facts[i];
        done = store_contest(ingesting->store, fact->block, fact->fact, error);
    }
    for (size_t i = 0; done && i < meeting->confirmed_count; i++) {
        const struct confirmed_block *block = &meeting->confirmed[i];
        done = store_confirm(ingesting->store, import, block->block, block->facts, block->bytes, error);
    }
    return done;
}

static bool add_facts(const struct ingesting *ingesting, int64_t import, struct error *error)
{
    size_t from = 0;
    bool done = true;
    for (size_t i = 0; done && i < ingesting->meeting.pack_count; i++) {
        struct kept_pack *pack = &ingesting->packs[i];
        done = add_pack(ingesting, import, pack, from, error);
        from += pack->pack.count;
        fact_pack_release_text(&pack->pack); /* other files of the run may be held against its keys */
    }
    return done && store_contest_kind(ingesting->store, text_of(format_kinds[FILE_REFERRALS].name), error);
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

static bool hold(struct ingesting *ingesting, struct error *error)
{
    struct ingest_counts *counts = ingesting->counts;
    const struct meeting *meeting = &ingesting->meeting;
    progress_say(ingesting->run->progress, "comparing");
    if (!go_on(ingesting, error) || !meeting_hold(&ingesting->meeting, error))
        return false;
    progress_say(ingesting->run->progress, NULL);
    memcpy(counts->earlier, meeting->earlier, sizeof counts->earlier);
    counts->withdrawn = (int64_t)meeting->withdrawn.count;
    counts->outdated = meeting->outdated;
    counts->keeps_events = meeting->keeps_events;
    return true;
}

static bool take_in(struct ingesting *ingesting, const struct kept_facts *kept, struct error *error)
{
    int64_t import;
    if (!store_each_import(ingesting->store, meet_earlier, ingesting, error) || !hold(ingesting, error))
        return false;
    ingesting->counts->again = ingesting->earlier.count > 0;
    count_states(ingesting);
    if (!forget_rejects(ingesting, error) || !add_import(ingesting, &kept->files[ingesting->file], &import, error) ||
        !add_parts(ingesting, import, error) || !add_rejects(ingesting, import, error) ||
        !add_facts(ingesting, import, error) || !settle_stored(ingesting, import, error) || !go_on(ingesting, error))
        return false;
    import_list_add(&ingesting->run->imports, import);
    return true;
}

/* The packs of the file, which lie together. */
static void find_packs(struct ingesting *ingesting, struct kept_facts *kept)
{
    struct meeting *meeting = &ingesting->meeting;
    size_t first = 0, end;
    while (first < kept->count && kept->packs[first].file < ingesting->file)
        first++;
    for (end = first; end < kept->count && kept->packs[end].file == ingesting->file; end++)
        meeting->fact_count += kept->packs[end].pack.count;
    ingesting->packs = kept->packs + first;
    meeting->kept = kept;
    meeting->packs = ingesting->packs;
    meeting->pack_count = end - first;
}

void ingest_run_release(struct ingest_run *run)
{
    if (run == NULL)
        return;
    memory_free(run->imports.imports);
    memory_free(run->known.imports);
    *run = (struct ingest_run){0};
}

/* Whether a file of a kind that the one at hand is to replace was taken in after it, and is none of those given with
 * it. */
static void meet_later(void *context, const struct store_import *import)
{
    struct ingesting *ingesting = context;
    const struct ingest_run *run = ingesting->run;
    const struct input_file *file = &ingesting->input->files[ingesting->file];
    if (import->id <= ingesting->meeting.known || import_list_has(&run->known, import->id) ||
        import_list_has(&run->imports, import->id))
        return;
    for (size_t kind = 0; kind < FILE_KIND_COUNT; kind++) {
        const char *name = format_kinds[kind].name;
        ingesting->counts->overtaken |= (run->replaces >> kind & 1) && input_file_makes(file, (enum file_kind)kind) &&
                                        memmem(import->kind.bytes, import->kind.length, name, strlen(name)) != NULL;
    }
}

/* Withdraws for a file that was taken in before, and adds nothing. */
static bool withdraw(struct ingesting *ingesting, struct error *error)
{
    const int64_t known = ingesting->meeting.known;
    if (!store_each_import(ingesting->store, meet_later, ingesting, error))
        return false;
    if (ingesting->counts->overtaken)
        return true;
    if (!hold(ingesting, error))
        return false;
    if (ingesting->counts->withdrawn == 0)
        return true;
    for (size_t i = 0; i < ingesting->meeting.withdrawn.count; i++) {
        const struct stored_fact *fact = &ingesting->meeting.withdrawn.facts[i];
        if (!store_supersede(ingesting->store, fact->block, fact->fact, known, error))
            return false;
    }
    return store_add_withdrawn(ingesting->store, known, ingesting->counts->withdrawn, error);
}

static bool compare_and_take_in(struct ingesting *ingesting, struct kept_facts *kept, struct error *error)
{
    const struct ledger *ledger = &ingesting->input->ledgers[ingesting->file];
    const size_t parts = ledger->quality->part_count;
    struct meeting *meeting = &ingesting->meeting;
    find_packs(ingesting, kept);
    meeting->store = ingesting->store;
    meeting->together = &ingesting->run->imports;
    meeting->again = &ingesting->earlier;
    meeting->as_of = text_of(ingesting->as_of);
    meeting->replaces = ingesting->run->replaces;
    meeting->is_sound = ledger->rejected == 0;
    ingesting->unchanged = memory_allocate_zeroed(parts, sizeof *ingesting->unchanged);
    ingesting->unchanged_rows = memory_allocate_zeroed(parts, sizeof *ingesting->unchanged_rows);
    progress_expect(ingesting->run->progress, meeting->fact_count);
    bool done = meeting->known != 0 ? withdraw(ingesting, error) : take_in(ingesting, kept, error);
    progress_say(ingesting->run->progress, "writing to the disk");
    done = done && store_commit(ingesting->store, error);
    memory_free(ingesting->unchanged);
    memory_free(ingesting->unchanged_rows);
    memory_free(ingesting->earlier.imports);
    meeting_release(meeting);
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
            import_list_add(&run->known, found.import);
    }
    run->known_listed = done;
    return done;
}

/* Settles which day counts for a file that was taken in before: the later of the one kept and the one given, if any. */
static bool settle_day(struct ingesting *ingesting, const struct store_found *found, struct error *error)
{
    struct ingest_counts *counts = ingesting->counts;
    const int order = strcmp(ingesting->as_of, found->as_of); /* ISO dates; empty comes before any */
    if (order > 0) {
        memcpy(counts->day_now, ingesting->as_of, sizeof counts->day_now);
        return store_set_as_of(ingesting->store, found->import, text_of(ingesting->as_of), error);
    }
    if (order < 0 && ingesting->as_of[0] != '\0')
        memcpy(counts->day_kept, found->as_of, sizeof counts->day_kept);
    memcpy(ingesting->as_of, found->as_of, sizeof ingesting->as_of);
    return true;
}

bool ingest_file(struct store *store, struct ingest_run *run, const struct input *input, struct kept_facts *kept,
                 size_t file, size_t worker_count, struct ingest_counts *counts, struct error *error)
{
    const struct store_reading reading = reading_of(&input->files[file], &input->ledgers[file]);
    struct ingesting ingesting = {.store = store, .run = run, .input = input, .file = file, .counts = counts};
    struct store_found found = {0};
    *counts = (struct ingest_counts){0};
    progress_say(run->progress, "waiting until nobody else has it open");
    if (!store_begin(store, error))
        return false;
    progress_say(run->progress, NULL);
    bool done = store_find(store, &reading, &found, error) && list_known(store, run, input, error);
    counts->known = input->files[file].taken_in || (done && found.same);
    counts->replaced_since = done && found.replaced_since;
    ingesting.meeting.worker_count = worker_count;
    ingesting.meeting.known = counts->known && done ? found.import : 0;
    if (!input->as_of_assumed)
        day_format(cohort_as_of(input->cohort), ingesting.as_of);
    if (done && counts->known && found.import != 0)
        done = settle_day(&ingesting, &found, error);
    if (done && (!counts->known || (input->files[file].kinds & run->replaces) != 0))
        done = (counts->known || keep_key(store, &input->files[file], input->key, error)) &&
               compare_and_take_in(&ingesting, kept, error);
    else if (done && counts->day_now[0] != '\0')
        done = store_commit(store, error);
    store_undo(store);
    return done;
}
