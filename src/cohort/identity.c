#include "referlens/cohort/identity.h"

#include "referlens/base/memory.h"
#include "referlens/base/worker.h"

#include <stdlib.h>

enum { PARTITION_COUNT = 64 };

struct building {
    struct identity *identity;
    const uint64_t *hashes;
    struct repeat_list {
        struct identity_repeat *repeats;
        size_t count, capacity;
    } found[PARTITION_COUNT];
};

static size_t partition_of(uint64_t hash)
{
    return hash >> 58;
}

/* The place in its partition at which a hash's probing starts: the bits below the partition's, scaled. */
static size_t first_place(const struct identity *identity, uint64_t hash)
{
    const uint32_t bits = (uint32_t)(hash >> 26);
    return (size_t)((uint64_t)bits * identity->partition_size >> 32);
}

static struct identity_slot *partition_slots(const struct identity *identity, uint64_t hash)
{
    return identity->slots + partition_of(hash) * identity->partition_size;
}

static void insert(struct building *building, size_t partition, uint32_t row)
{
    const struct identity *identity = building->identity;
    const struct cohort *cohort = identity->cohort;
    const uint64_t hash = building->hashes[row];
    struct identity_slot *slots = partition_slots(identity, hash);
    const struct text id = text_reference_text(cohort, cohort->columns.id[row]);
    size_t place = first_place(identity, hash);
    while (slots[place].row != 0) {
        const uint32_t other = slots[place].row - 1;
        if (slots[place].fragment == (uint32_t)hash &&
            text_equal(text_reference_text(cohort, cohort->columns.id[other]), id)) {
            struct repeat_list *list = &building->found[partition];
            list->repeats = memory_grow(list->repeats, &list->capacity, list->count + 1, sizeof *list->repeats);
            list->repeats[list->count++] = (struct identity_repeat){other, row};
            return;
        }
        place = place + 1 == identity->partition_size ? 0 : place + 1;
    }
    slots[place] = (struct identity_slot){(uint32_t)hash, row + 1};
}

/* Rows go in by their number, so that the first of several with one id is the one indexed. */
static void build_partition(void *context, size_t task, size_t worker)
{
    (void)worker;
    struct building *building = context;
    const size_t count = building->identity->cohort->count;
    enum { AHEAD = 16 };
    uint32_t waiting[AHEAD];
    size_t head = 0, filled = 0;
    for (size_t i = 0; i < count; i++) {
        if (partition_of(building->hashes[i]) != task)
            continue;
        identity_prefetch_slot(building->identity, building->hashes[i]);
        if (filled == AHEAD)
            insert(building, task, waiting[head]);
        else
            filled++;
        waiting[head] = (uint32_t)i;
        head = (head + 1) % AHEAD;
    }
    for (size_t i = 0; i < filled; i++)
        insert(building, task, waiting[(head + AHEAD - filled + i) % AHEAD]);
}

static int compare_repeats(const void *left, const void *right)
{
    const struct identity_repeat *a = left, *b = right;
    return (a->other > b->other) - (a->other < b->other);
}

/* The fullest partition decides the size of all, so that none can overflow whatever the ids are. */
static size_t fullest_partition(const uint64_t *hashes, size_t count)
{
    size_t counts[PARTITION_COUNT] = {0}, fullest = 0;
    for (size_t i = 0; i < count; i++)
        counts[partition_of(hashes[i])]++;
    for (size_t i = 0; i < PARTITION_COUNT; i++)
        fullest = counts[i] > fullest ? counts[i] : fullest;
    return fullest;
}

void identity_build(struct identity *identity, const struct cohort *cohort, const uint64_t *hashes,
                    size_t worker_count, struct identity_repeat **repeats, size_t *repeat_count)
{
    const size_t fullest = fullest_partition(hashes, cohort->count);
    identity->cohort = cohort;
    identity->partition_size = fullest + fullest * 2 / 5 + 8;
    identity->slot_count = identity->partition_size * PARTITION_COUNT;
    identity->slots = memory_allocate_zeroed(identity->slot_count, sizeof *identity->slots);
    struct building building = {.identity = identity, .hashes = hashes};
    worker_run(worker_count, PARTITION_COUNT, build_partition, &building);
    size_t total = 0;
    for (size_t i = 0; i < PARTITION_COUNT; i++)
        total += building.found[i].count;
    *repeats = memory_resize(NULL, total, sizeof **repeats);
    *repeat_count = 0;
    for (size_t i = 0; i < PARTITION_COUNT; i++) {
        for (size_t k = 0; k < building.found[i].count; k++)
            (*repeats)[(*repeat_count)++] = building.found[i].repeats[k];
        memory_free(building.found[i].repeats);
    }
    qsort(*repeats, total, sizeof **repeats, compare_repeats);
}

void identity_release(struct identity *identity)
{
    memory_free(identity->slots);
    *identity = (struct identity){0};
}

void identity_prefetch_slot(const struct identity *identity, uint64_t hash)
{
    __builtin_prefetch(partition_slots(identity, hash) + first_place(identity, hash));
}

void identity_prefetch_id(const struct identity *identity, uint64_t hash)
{
    const struct identity_slot *slot = partition_slots(identity, hash) + first_place(identity, hash);
    if (slot->row != 0)
        __builtin_prefetch(&identity->cohort->columns.id[slot->row - 1]);
}

uint32_t identity_find(const struct identity *identity, uint64_t hash, struct text id)
{
    const struct identity_slot *slots = partition_slots(identity, hash);
    size_t place = first_place(identity, hash);
    while (slots[place].row != 0) {
        const uint32_t row = slots[place].row - 1;
        if (slots[place].fragment == (uint32_t)hash &&
            text_equal(text_reference_text(identity->cohort, identity->cohort->columns.id[row]), id))
            return row;
        place = place + 1 == identity->partition_size ? 0 : place + 1;
    }
    return ROW_NONE;
}
