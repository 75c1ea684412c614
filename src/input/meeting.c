#include "referlens/input/meeting.h"

#include "referlens/base/memory.h"

#include <string.h>

void import_list_add(struct import_list *list, int64_t import)
{
    list->imports = memory_grow(list->imports, &list->capacity, list->count + 1, sizeof *list->imports);
    list->imports[list->count++] = import;
}

bool import_list_has(const struct import_list *list, int64_t import)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->imports[i] == import)
            return true;
    }
    return false;
}

void meeting_release(struct meeting *meeting)
{
    if (meeting == NULL)
        return;
    for (size_t i = 0; i < meeting->confirmed_count; i++)
        memory_free(meeting->confirmed[i].facts);
    memory_free(meeting->confirmed);
    memory_free(meeting->states);
    memory_free(meeting->contested);
    stored_facts_release(&meeting->replaced);
    stored_facts_release(&meeting->withdrawn);
    stored_facts_release(&meeting->contested_stored);
    *meeting = (struct meeting){0};
}

/* The facts of one kind as they meet the store's. */
struct meeting_kind {
    struct meeting *meeting;
    enum file_kind kind;
    struct fact_comparison *comparison;
    struct stored_facts superseded; /* unless it turns out that they stay */
    struct earlier_facts earlier;   /* nothing is named where it does not matter */
    bool *missing;                  /* by fact of the block at hand: none of the file's is of the same */
    size_t missing_capacity;
    bool *bare; /* by fact of the block at hand: an event of which a later export knows no details */
    size_t bare_capacity;
    struct buffer text; /* of the block at hand, where that is asked */
    struct error failed;
};

/* Beside what another file of the run says. */
static void meet_sibling(struct meeting_kind *of, const struct store_keys *stored)
{
    for (size_t i = 0; i < stored->count; i++) {
        if (stored->standings[i] >= STORED && fact_comparison_contest(of->comparison, stored->keys[i].identity))
            stored_facts_add(&of->meeting->contested_stored,
                             (struct stored_fact){stored->block, (int64_t)i, stored->keys[i]});
    }
}

static void confirm(struct meeting *meeting, const struct store_keys *stored, size_t fact)
{
    struct confirmed_block *last =
        meeting->confirmed_count > 0 ? &meeting->confirmed[meeting->confirmed_count - 1] : NULL;
    if (last == NULL || last->block != stored->block) {
        meeting->confirmed = memory_grow(meeting->confirmed, &meeting->confirmed_capacity, meeting->confirmed_count + 1,
                                         sizeof *meeting->confirmed);
        last = &meeting->confirmed[meeting->confirmed_count++];
        *last = (struct confirmed_block){.block = stored->block, .bytes = (stored->count + 7) / 8};
        last->facts = memory_allocate_zeroed(last->bytes, 1);
    }
    last->facts[fact / 8] |= (uint8_t)(1U << fact % 8);
}

/* Finds events without details among what later exports say. Only their text tells; it is read where there is any. */
static void find_bare_stored(struct meeting_kind *of, const struct store_keys *stored)
{
    const struct store_block block = {.id = stored->block, .facts = (int64_t)stored->count};
    of->bare = memory_grow(of->bare, &of->bare_capacity, stored->count, sizeof *of->bare);
    for (size_t i = 0; i < stored->count; i++)
        of->bare[i] = false;
    if (of->kind != FILE_OUTCOMES || memchr(stored->standings, STORED_FOR_LATER, stored->count) == NULL ||
        of->failed.message[0] != '\0' || !store_read_block(of->meeting->store, &block, &of->text, &of->failed))
        return;
    const char *at = of->text.bytes, *const end = at + of->text.length;
    for (size_t i = 0; i < stored->count && at < end; i++) {
        if (stored->standings[i] < STORED)
            continue;
        const char *const stop = memchr(at, '\n', (size_t)(end - at));
        of->bare[i] =
            stored->standings[i] == STORED_FOR_LATER && fact_text_is_bare((struct text){at, (size_t)(stop - at)});
        at = stop + 1;
    }
}

/* Returns whether none of the file's facts is of the same, as one should be if it is whole. */
static bool meet_fact(struct meeting_kind *of, const struct store_keys *stored, size_t i)
{
    struct meeting *meeting = of->meeting;
    const struct fact_key key = stored->keys[i];
    const enum stored_standing standing = (enum stored_standing)stored->standings[i];
    const struct stored_fact fact = {stored->block, (int64_t)i, key};
    if (standing == STORED_GONE_FOR_LATER)
        fact_comparison_meet_gone(of->comparison, key.identity);
    if (standing < STORED)
        return false;
    switch (of->bare[i] ? fact_comparison_meet_bare(of->comparison, key)
                        : fact_comparison_meet(of->comparison, key, standing == STORED_FOR_LATER)) {
    case FACT_UNMET:
        return standing == STORED;
    case FACT_SUPERSEDED:
        stored_facts_add(&of->superseded, fact);
        break;
    case FACT_AGREED:
        confirm(meeting, stored, i); /* whatever its day is: a later one may be given */
        if (fact_comparison_has_contested(of->comparison, key.identity))
            stored_facts_add(&meeting->contested_stored, fact);
        break;
    case FACT_BESIDE:
        stored_facts_add(&meeting->contested_stored, fact);
        break;
    case FACT_STANDS:
        break;
    }
    return false;
}

/* To a file that was taken in before, what came later is nothing. */
static void meet_block(void *context, const struct store_keys *stored)
{
    struct meeting_kind *of = context;
    struct meeting *meeting = of->meeting;
    if (import_list_has(meeting->together, stored->import)) {
        meet_sibling(of, stored);
        return;
    }
    if (meeting->known != 0 && stored->import >= meeting->known)
        return;
    size_t missing = 0;
    of->missing = memory_grow(of->missing, &of->missing_capacity, stored->count, sizeof *of->missing);
    find_bare_stored(of, stored);
    for (size_t i = 0; i < stored->count; i++) {
        of->missing[i] = meet_fact(of, stored, i);
        missing += of->missing[i];
    }
    if (import_list_has(meeting->again, stored->import) && !(meeting->replaces >> of->kind & 1))
        meeting->outdated += (int64_t)missing;
    meeting->keeps_events |= missing > 0 && of->kind == FILE_OUTCOMES;
    if (missing > 0 && of->earlier.named != NULL && of->failed.message[0] == '\0')
        earlier_facts_look(&of->earlier, meeting->store, stored, of->missing, &of->failed);
}

/* Leaves out what the run's other files match. */
static void leave_out_siblings(const struct meeting_kind *of, struct stored_facts *facts, enum stored_facts_match match,
                               struct stored_facts *left_out)
{
    const struct meeting *meeting = of->meeting;
    const struct kept_facts *kept = meeting->kept;
    const struct kept_pack *behind = meeting->packs + meeting->pack_count;
    const size_t before = (size_t)(meeting->packs - kept->packs);
    stored_facts_leave_out(facts, kept->packs, before, of->kind, match, left_out);
    stored_facts_leave_out(facts, behind, kept->count - before - meeting->pack_count, of->kind, match, left_out);
}

static void settle_superseded(struct meeting_kind *of)
{
    struct meeting *meeting = of->meeting;
    struct stored_facts said_beside = {0};
    if (meeting->known != 0)
        return;
    leave_out_siblings(of, &of->superseded, MATCH_EQUAL, &said_beside);
    for (size_t i = 0; i < said_beside.count; i++) {
        fact_comparison_contest(of->comparison, said_beside.facts[i].key.identity);
        stored_facts_add(&meeting->contested_stored, said_beside.facts[i]);
    }
    size_t left = 0;
    for (size_t i = 0; i < of->superseded.count; i++) {
        if (!fact_comparison_is_overruled(of->comparison, of->superseded.facts[i].key.identity))
            of->superseded.facts[left++] = of->superseded.facts[i];
    }
    of->superseded.count = left;
    stored_facts_move(&meeting->replaced, &of->superseded);
    stored_facts_release(&said_beside);
}

static void settle_earlier(struct meeting_kind *of)
{
    struct meeting *meeting = of->meeting;
    const struct stored_facts *found = &of->earlier.found;
    leave_out_siblings(of, &of->earlier.found, MATCH_SAME, NULL);
    if (!(meeting->replaces >> of->kind & 1) || !meeting->is_sound) {
        meeting->earlier[of->kind] = (int64_t)found->count;
        return;
    }
    for (size_t i = 0; i < found->count; i++) {
        stored_facts_add(&meeting->replaced, found->facts[i]);
        stored_facts_add(&meeting->withdrawn, found->facts[i]);
    }
}

/* Events without their details, by number. */
static bool *find_bare(const struct meeting *meeting, enum file_kind kind, size_t count)
{
    if (kind != FILE_OUTCOMES)
        return NULL;
    bool *bare = memory_allocate_zeroed(count, sizeof *bare);
    size_t first = 0;
    for (size_t i = 0; i < meeting->pack_count; i++) {
        if (meeting->packs[i].kind != kind)
            continue;
        fact_pack_find_bare(&meeting->packs[i].pack, bare + first);
        first += meeting->packs[i].pack.count;
    }
    return bare;
}

/* Whether it matters what the store has of a kind and the file has not: many events are none of a small file's
 * business, and are looked at only where they are to go. */
static bool looks_for_earlier(const struct meeting *meeting, enum file_kind kind)
{
    const bool replaces = (meeting->replaces >> kind & 1) != 0;
    return kind == FILE_OUTCOMES || meeting->known != 0 ? replaces : kind != FILE_REFERRALS;
}

/* The facts of one kind, which are those from number `first` on. */
static bool hold_kind(struct meeting *meeting, enum file_kind kind, size_t first, size_t count,
                      const struct fact_key *keys, struct error *error)
{
    struct meeting_kind of = {.meeting = meeting, .kind = kind, .text = buffer_with_maximum(SIZE_MAX / 2)};
    bool *bare = find_bare(meeting, kind, count);
    of.comparison = fact_comparison_new(keys, bare, count, meeting->worker_count);
    if (looks_for_earlier(meeting, kind))
        of.earlier = earlier_facts_of(meeting->packs, meeting->pack_count, kind);
    const bool done =
        store_each_keys(meeting->store, text_of(format_kinds[kind].name), meeting->as_of, meet_block, &of, error) &&
        (of.failed.message[0] == '\0' || error_set(error, "%s", of.failed.message));
    if (done) {
        settle_superseded(&of);
        settle_earlier(&of);
    }
    for (size_t i = 0; i < count; i++) {
        meeting->states[first + i] = (uint8_t)fact_comparison_state(of.comparison, i);
        meeting->contested[first + i] = fact_comparison_is_contested(of.comparison, i);
    }
    fact_comparison_free(of.comparison);
    earlier_facts_release(&of.earlier);
    stored_facts_release(&of.superseded);
    buffer_release(&of.text);
    memory_free(of.missing);
    memory_free(of.bare);
    memory_free(bare);
    return done;
}

/* Packs are sorted by kind, so those of one kind are together. Kinds of which there are none matter where an earlier
 * reading of the file made some. */
bool meeting_hold(struct meeting *meeting, struct error *error)
{
    struct fact_key *keys = memory_resize(NULL, meeting->fact_count, sizeof *keys);
    bool done = true;
    size_t first = 0, pack = 0;
    meeting->states = memory_allocate_zeroed(meeting->fact_count, sizeof *meeting->states);
    meeting->contested = memory_allocate_zeroed(meeting->fact_count, sizeof *meeting->contested);
    for (size_t kind = 0; done && kind < FILE_KIND_COUNT; kind++) {
        size_t count = 0;
        for (; pack < meeting->pack_count && meeting->packs[pack].kind == kind; pack++) {
            const struct fact_pack *of = &meeting->packs[pack].pack;
            memcpy(keys + first + count, of->keys, of->count * sizeof *keys);
            count += of->count;
        }
        if (count > 0 || meeting->again->count > 0)
            done = hold_kind(meeting, (enum file_kind)kind, first, count, keys + first, error);
        first += count;
    }
    memory_free(keys);
    return done;
}
