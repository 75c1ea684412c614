#include "referlens/cohort/fact_key.h"

#include "referlens/base/memory.h"

/* Facts of one identity hang together by `next`. */
struct fact_comparison {
    const struct fact_key *keys;
    size_t count;
    uint32_t *slots; /* open addressing on the identity; number + 1 of the first fact of it, 0: empty */
    uint64_t mask;
    uint32_t *next;  /* number + 1 of the next fact of the same identity, 0: none */
    uint8_t *states; /* enum fact_state */
};

/* Hashes are spread well already. */
static uint32_t *slot_of(const struct fact_comparison *comparison, uint64_t identity)
{
    uint64_t place = identity & comparison->mask;
    while (comparison->slots[place] != 0 && comparison->keys[comparison->slots[place] - 1].identity != identity)
        place = (place + 1) & comparison->mask;
    return &comparison->slots[place];
}

static void add(struct fact_comparison *comparison, uint32_t fact)
{
    uint32_t *at = slot_of(comparison, comparison->keys[fact].identity);
    while (*at != 0) {
        if (comparison->keys[*at - 1].content == comparison->keys[fact].content) {
            comparison->states[fact] = FACT_REPEATED;
            return;
        }
        at = &comparison->next[*at - 1];
    }
    *at = fact + 1;
}

struct fact_comparison *fact_comparison_new(const struct fact_key *keys, size_t count)
{
    struct fact_comparison *comparison = memory_allocate_zeroed(1, sizeof *comparison);
    uint64_t slots = 16;
    while (slots < 2 * (uint64_t)count)
        slots *= 2;
    if (count >= UINT32_MAX)
        memory_exhausted();
    comparison->keys = keys;
    comparison->count = count;
    comparison->mask = slots - 1;
    comparison->slots = memory_allocate_zeroed(slots, sizeof *comparison->slots);
    comparison->next = memory_allocate_zeroed(count, sizeof *comparison->next);
    comparison->states = memory_allocate_zeroed(count, sizeof *comparison->states);
    for (size_t i = 0; i < count; i++)
        add(comparison, (uint32_t)i);
    return comparison;
}

void fact_comparison_free(struct fact_comparison *comparison)
{
    if (comparison == NULL)
        return;
    memory_free(comparison->slots);
    memory_free(comparison->next);
    memory_free(comparison->states);
    memory_free(comparison);
}

bool fact_comparison_meet(struct fact_comparison *comparison, struct fact_key stored)
{
    const uint32_t first = *slot_of(comparison, stored.identity);
    for (uint32_t fact = first; fact != 0; fact = comparison->next[fact - 1]) {
        if (comparison->keys[fact - 1].content == stored.content) {
            comparison->states[fact - 1] = FACT_UNCHANGED;
            return false;
        }
    }
    for (uint32_t fact = first; fact != 0; fact = comparison->next[fact - 1]) {
        if (comparison->states[fact - 1] == FACT_NEW)
            comparison->states[fact - 1] = FACT_UPDATED;
    }
    return first != 0;
}

enum fact_state fact_comparison_state(const struct fact_comparison *comparison, size_t fact)
{
    return (enum fact_state)comparison->states[fact];
}
