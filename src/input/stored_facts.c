#include "referlens/input/stored_facts.h"

#include "referlens/base/memory.h"

#include <stdlib.h>

void stored_facts_add(struct stored_facts *facts, struct stored_fact fact)
{
    facts->facts = memory_grow(facts->facts, &facts->capacity, facts->count + 1, sizeof *facts->facts);
    facts->facts[facts->count++] = fact;
}

void stored_facts_move(struct stored_facts *to, struct stored_facts *from)
{
    if (to->count == 0) {
        stored_facts_release(to);
        *to = *from;
        *from = (struct stored_facts){0};
    }
    for (size_t i = 0; i < from->count; i++)
        stored_facts_add(to, from->facts[i]);
    stored_facts_release(from);
}

void stored_facts_release(struct stored_facts *facts)
{
    if (facts == NULL)
        return;
    memory_free(facts->facts);
    *facts = (struct stored_facts){0};
}

static int compare_identity(const void *left, const void *right)
{
    const struct stored_fact *a = left, *b = right;
    return (a->key.identity > b->key.identity) - (a->key.identity < b->key.identity);
}

/* Where the first fact of that identity is, or would be. */
static size_t find_identity(const struct stored_facts *facts, uint64_t identity)
{
    size_t begin = 0, end = facts->count;
    while (begin < end) {
        const size_t middle = begin + (end - begin) / 2;
        if (facts->facts[middle].key.identity < identity)
            begin = middle + 1;
        else
            end = middle;
    }
    return begin;
}

static void find_matches(const struct stored_facts *facts, struct fact_key key, enum stored_facts_match match,
                         bool *matched)
{
    for (size_t at = find_identity(facts, key.identity);
         at < facts->count && facts->facts[at].key.identity == key.identity; at++)
        matched[at] = matched[at] || match == MATCH_SAME || facts->facts[at].key.content == key.content;
}

void stored_facts_leave_out(struct stored_facts *facts, const struct kept_pack *packs, size_t count,
                            enum file_kind kind, enum stored_facts_match match, struct stored_facts *left_out)
{
    if (facts->count == 0 || count == 0)
        return;
    bool *matched = memory_allocate_zeroed(facts->count, sizeof *matched);
    qsort(facts->facts, facts->count, sizeof *facts->facts, compare_identity);
    for (size_t i = 0; i < count; i++) {
        const struct fact_pack *pack = &packs[i].pack;
        for (size_t fact = 0; packs[i].kind == kind && fact < pack->count; fact++)
            find_matches(facts, pack->keys[fact], match, matched);
    }
    size_t left = 0;
    for (size_t i = 0; i < facts->count; i++) {
        if (!matched[i])
            facts->facts[left++] = facts->facts[i];
        else if (left_out != NULL)
            stored_facts_add(left_out, facts->facts[i]);
    }
    facts->count = left;
    memory_free(matched);
}
