#include "referlens/input/earlier_events.h"

#include "referlens/base/memory.h"

#include <stdlib.h>
#include <string.h>

/* The next line of a text of facts, without its end; false where there is none. */
static bool next_line(struct text *left, struct text *line)
{
    const char *end = left->length > 0 ? memchr(left->bytes, '\n', left->length) : NULL;
    if (end == NULL)
        return false;
    *line = (struct text){left->bytes, (size_t)(end - left->bytes)};
    *left = (struct text){end + 1, left->length - line->length - 1};
    return true;
}

/* Never 0, which marks an empty place. */
static uint64_t referral_of(struct text line)
{
    const uint64_t hash = text_hash(fact_text_id(line));
    return hash != 0 ? hash : 1;
}

static uint64_t *place_of(const struct earlier_events *earlier, uint64_t referral)
{
    uint64_t at = referral & earlier->mask;
    while (earlier->referrals[at] != 0 && earlier->referrals[at] != referral)
        at = (at + 1) & earlier->mask;
    return &earlier->referrals[at];
}

struct earlier_events earlier_events_of(const struct kept_pack *packs, size_t count)
{
    struct earlier_events earlier = {.mask = 63, .text = buffer_with_maximum(SIZE_MAX / 2)};
    uint64_t facts = 0;
    for (size_t i = 0; i < count; i++)
        facts += packs[i].kind == FILE_OUTCOMES ? packs[i].pack.count : 0;
    while (earlier.mask < 2 * facts)
        earlier.mask = 2 * earlier.mask + 1;
    earlier.referrals = memory_allocate_zeroed(earlier.mask + 1, sizeof *earlier.referrals);
    for (size_t i = 0; i < count; i++) {
        struct text left = {(const char *)packs[i].pack.bytes, packs[i].pack.length}, line;
        while (packs[i].kind == FILE_OUTCOMES && next_line(&left, &line)) {
            const uint64_t referral = referral_of(line);
            *place_of(&earlier, referral) = referral;
        }
    }
    return earlier;
}

void earlier_events_release(struct earlier_events *earlier)
{
    memory_free(earlier->events);
    memory_free(earlier->referrals);
    buffer_release(&earlier->text);
    *earlier = (struct earlier_events){0};
}

bool earlier_events_look(struct earlier_events *earlier, struct store *store, const struct store_keys *stored,
                         const bool *missing, struct error *error)
{
    const struct store_block block = {.id = stored->block, .facts = (int64_t)stored->count};
    if (!store_read_block(store, &block, &earlier->text, error))
        return false;
    struct text left = buffer_text(&earlier->text), line;
    for (size_t i = 0; i < stored->count; i++) {
        if (!stored->live[i] || !next_line(&left, &line) || !missing[i] || *place_of(earlier, referral_of(line)) == 0)
            continue;
        earlier->events = memory_grow(earlier->events, &earlier->capacity, earlier->count + 1, sizeof *earlier->events);
        earlier->events[earlier->count++] = (struct earlier_event){stored->block, (int64_t)i, stored->keys[i].identity};
    }
    return true;
}

static int compare_identity(const void *left, const void *right)
{
    const struct earlier_event *a = left, *b = right;
    return (a->identity > b->identity) - (a->identity < b->identity);
}

/* Where the first event of that identity is, or would be. */
static size_t find_identity(const struct earlier_events *earlier, uint64_t identity)
{
    size_t begin = 0, end = earlier->count;
    while (begin < end) {
        const size_t middle = begin + (end - begin) / 2;
        if (earlier->events[middle].identity < identity)
            begin = middle + 1;
        else
            end = middle;
    }
    return begin;
}

static bool has_events(const struct kept_pack *packs, size_t count)
{
    size_t i = 0;
    while (i < count && packs[i].kind != FILE_OUTCOMES)
        i++;
    return i < count;
}

void earlier_events_leave_out(struct earlier_events *earlier, const struct kept_pack *packs, size_t count)
{
    if (!has_events(packs, count))
        return;
    bool *had = memory_allocate_zeroed(earlier->count, sizeof *had);
    if (earlier->count > 0)
        qsort(earlier->events, earlier->count, sizeof *earlier->events, compare_identity);
    for (size_t i = 0; i < count; i++) {
        const struct fact_pack *pack = &packs[i].pack;
        for (size_t fact = 0; packs[i].kind == FILE_OUTCOMES && fact < pack->count; fact++) {
            const uint64_t identity = pack->keys[fact].identity;
            for (size_t at = find_identity(earlier, identity);
                 at < earlier->count && earlier->events[at].identity == identity; at++)
                had[at] = true;
        }
    }
    size_t left = 0;
    for (size_t i = 0; i < earlier->count; i++) {
        if (!had[i])
            earlier->events[left++] = earlier->events[i];
    }
    earlier->count = left;
    memory_free(had);
}
