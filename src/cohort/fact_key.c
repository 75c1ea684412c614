#include "referlens/cohort/fact_key.h"

#include "referlens/base/memory.h"
#include "referlens/base/worker.h"

/* An identity belongs to one of so many parts, by its upper bits, and is sought only there. */
enum { PART_COUNT = 64, PART_SHIFT = 58 };

/* Beside the state of a fact: others are of the same. */
enum { CONTESTED = 0x80 };

/* Facts of one identity hang together by `next`. */
struct fact_comparison {
    const struct fact_key *keys;
    const bool *bare;
    size_t count;
    uint32_t *slots;  /* open addressing on the identity; number + 1 of the first fact of it, 0: empty */
    size_t part_size; /* slots of a part: more than the fullest has facts */
    uint32_t *next;   /* number + 1 of the next fact of the same identity, 0: none */
    uint8_t *states;  /* enum fact_state, and CONTESTED */
    uint64_t *marks; /* a bit for each identity, by its lower bits, so that most of the store's facts, which are none of
                        these, are told by one look; NULL until the first is met */
    uint64_t mark_mask;
};

/* Where the probing for an identity starts. Hashes are spread well already. */
static uint32_t *first_slot(const struct fact_comparison *comparison, uint64_t identity)
{
    const uint64_t place = (identity & UINT32_MAX) * comparison->part_size >> 32;
    return comparison->slots + (identity >> PART_SHIFT) * comparison->part_size + place;
}

static uint32_t *slot_of(const struct fact_comparison *comparison, uint64_t identity)
{
    uint32_t *const begin = comparison->slots + (identity >> PART_SHIFT) * comparison->part_size;
    uint32_t *slot = first_slot(comparison, identity);
    while (*slot != 0 && comparison->keys[*slot - 1].identity != identity)
        slot = slot + 1 == begin + comparison->part_size ? begin : slot + 1;
    return slot;
}

static void add(struct fact_comparison *comparison, uint32_t fact)
{
    uint32_t *at = slot_of(comparison, comparison->keys[fact].identity);
    while (*at != 0) {
        comparison->states[*at - 1] |= CONTESTED;
        comparison->states[fact] |= CONTESTED;
        if (comparison->keys[*at - 1].content == comparison->keys[fact].content) {
            comparison->states[fact] = FACT_REPEATED | CONTESTED;
            return;
        }
        at = &comparison->next[*at - 1];
    }
    *at = fact + 1;
}

/* The parts shared out: each task goes over all facts and adds those of its own parts, in their order. */
struct adding {
    struct fact_comparison *comparison;
    size_t share_count;
};

static void add_share(void *context, size_t share, size_t worker)
{
    (void)worker;
    enum { AHEAD = 16 };
    const struct adding *adding = context;
    struct fact_comparison *comparison = adding->comparison;
    const uint64_t begin = share * PART_COUNT / adding->share_count,
                   end = (share + 1) * PART_COUNT / adding->share_count;
    for (size_t i = 0; i < comparison->count; i++) {
        const uint64_t ahead = comparison->keys[i + AHEAD < comparison->count ? i + AHEAD : i].identity;
        if (ahead >> PART_SHIFT >= begin && ahead >> PART_SHIFT < end)
            __builtin_prefetch(first_slot(comparison, ahead), 1);
        const uint64_t part = comparison->keys[i].identity >> PART_SHIFT;
        if (part >= begin && part < end)
            add(comparison, (uint32_t)i);
    }
}

static size_t fullest_part(const struct fact_key *keys, size_t count)
{
    size_t counts[PART_COUNT] = {0}, fullest = 0;
    for (size_t i = 0; i < count; i++)
        counts[keys[i].identity >> PART_SHIFT]++;
    for (size_t i = 0; i < PART_COUNT; i++)
        fullest = counts[i] > fullest ? counts[i] : fullest;
    return fullest;
}

struct fact_comparison *fact_comparison_new(const struct fact_key *keys, const bool *bare, size_t count,
                                            size_t worker_count)
{
    struct fact_comparison *comparison = memory_allocate_zeroed(1, sizeof *comparison);
    if (count >= UINT32_MAX)
        memory_exhausted();
    comparison->keys = keys;
    comparison->bare = bare;
    comparison->count = count;
    comparison->part_size = fullest_part(keys, count) * 2 + 1;
    comparison->slots = memory_allocate_zeroed(comparison->part_size * PART_COUNT, sizeof *comparison->slots);
    comparison->next = memory_allocate_zeroed(count, sizeof *comparison->next);
    comparison->states = memory_allocate_zeroed(count, sizeof *comparison->states);
    const size_t shares = worker_count < PART_COUNT ? worker_count : PART_COUNT;
    worker_run(shares, shares, add_share, &(struct adding){comparison, shares});
    return comparison;
}

void fact_comparison_free(struct fact_comparison *comparison)
{
    if (comparison == NULL)
        return;
    memory_free(comparison->slots);
    memory_free(comparison->next);
    memory_free(comparison->states);
    memory_free(comparison->marks);
    memory_free(comparison);
}

/* Eight bits a fact or more. */
static void mark_identities(struct fact_comparison *comparison)
{
    uint64_t bits = 64;
    while (bits < 8 * (uint64_t)comparison->count)
        bits *= 2;
    comparison->marks = memory_allocate_zeroed(bits / 64, sizeof *comparison->marks);
    comparison->mark_mask = bits - 1;
    for (size_t i = 0; i < comparison->count; i++) {
        const uint64_t bit = comparison->keys[i].identity & comparison->mark_mask;
        comparison->marks[bit / 64] |= UINT64_C(1) << bit % 64;
    }
}

static bool is_marked(const struct fact_comparison *comparison, uint64_t identity)
{
    const uint64_t bit = identity & comparison->mark_mask;
    return (comparison->marks[bit / 64] >> bit % 64 & 1) != 0;
}

/* Number + 1 of the first fact of the identity, 0: there is none. */
static uint32_t first_of(struct fact_comparison *comparison, uint64_t identity)
{
    if (comparison->marks == NULL)
        mark_identities(comparison);
    return is_marked(comparison, identity) ? *slot_of(comparison, identity) : 0;
}

static enum fact_state state_of(const struct fact_comparison *comparison, uint32_t fact)
{
    return (enum fact_state)(comparison->states[fact - 1] & ~CONTESTED);
}

static void set_state(struct fact_comparison *comparison, uint32_t fact, enum fact_state state)
{
    comparison->states[fact - 1] = (uint8_t)((comparison->states[fact - 1] & CONTESTED) | state);
}

/* Number + 1 of that of the same content behind `first`, 0: there is none. */
static uint32_t equal_of(const struct fact_comparison *comparison, uint32_t first, uint64_t content)
{
    while (first != 0 && comparison->keys[first - 1].content != content)
        first = comparison->next[first - 1];
    return first;
}

static bool all_bare(const struct fact_comparison *comparison, uint32_t first)
{
    uint32_t fact = comparison->bare != NULL ? first : 0;
    while (fact != 0 && comparison->bare[fact - 1])
        fact = comparison->next[fact - 1];
    return comparison->bare != NULL && fact == 0;
}

enum fact_meeting fact_comparison_meet(struct fact_comparison *comparison, struct fact_key stored, bool later)
{
    const uint32_t first = first_of(comparison, stored.identity);
    if (first == 0)
        return FACT_UNMET;
    const uint32_t equal = equal_of(comparison, first, stored.content);
    const bool stands = later || all_bare(comparison, first);
    const enum fact_state state = later ? FACT_OVERRULED : stands ? FACT_UNCHANGED : FACT_UPDATED;
    for (uint32_t fact = equal == 0 || later ? first : 0; fact != 0; fact = comparison->next[fact - 1]) {
        const enum fact_state before = state_of(comparison, fact);
        if (before == FACT_NEW || (later && before == FACT_UPDATED))
            set_state(comparison, fact, state);
    }
    if (equal != 0)
        set_state(comparison, equal, FACT_UNCHANGED);
    return equal != 0 ? FACT_AGREED : stands ? FACT_STANDS : FACT_SUPERSEDED;
}

enum fact_meeting fact_comparison_meet_bare(struct fact_comparison *comparison, struct fact_key stored)
{
    const uint32_t equal = equal_of(comparison, first_of(comparison, stored.identity), stored.content);
    if (equal != 0) {
        set_state(comparison, equal, FACT_UNCHANGED);
        return FACT_AGREED;
    }
    return fact_comparison_contest(comparison, stored.identity) ? FACT_BESIDE : FACT_UNMET;
}

void fact_comparison_meet_gone(struct fact_comparison *comparison, uint64_t identity)
{
    for (uint32_t fact = first_of(comparison, identity); fact != 0; fact = comparison->next[fact - 1]) {
        const enum fact_state before = state_of(comparison, fact);
        if (before == FACT_NEW || before == FACT_UPDATED)
            set_state(comparison, fact, FACT_OVERRULED);
    }
}

bool fact_comparison_contest(struct fact_comparison *comparison, uint64_t identity)
{
    const uint32_t first = first_of(comparison, identity);
    for (uint32_t fact = first; fact != 0; fact = comparison->next[fact - 1])
        comparison->states[fact - 1] |= CONTESTED;
    return first != 0;
}

bool fact_comparison_is_overruled(const struct fact_comparison *comparison, uint64_t identity)
{
    uint32_t fact = *slot_of(comparison, identity);
    while (fact != 0 && state_of(comparison, fact) != FACT_OVERRULED)
        fact = comparison->next[fact - 1];
    return fact != 0;
}

bool fact_comparison_is_contested(const struct fact_comparison *comparison, size_t fact)
{
    return (comparison->states[fact] & CONTESTED) != 0;
}

bool fact_comparison_has_contested(const struct fact_comparison *comparison, uint64_t identity)
{
    const uint32_t first = *slot_of(comparison, identity);
    return first != 0 && (comparison->states[first - 1] & CONTESTED) != 0;
}

enum fact_state fact_comparison_state(const struct fact_comparison *comparison, size_t fact)
{
    const struct fact_key *key = &comparison->keys[fact];
    const enum fact_state state = state_of(comparison, (uint32_t)fact + 1);
    if (state != FACT_REPEATED)
        return state;
    const enum fact_state first =
        state_of(comparison, equal_of(comparison, *slot_of(comparison, key->identity), key->content));
    return first == FACT_UNCHANGED || first == FACT_OVERRULED ? FACT_REPEATED_KNOWN : FACT_REPEATED;
}
