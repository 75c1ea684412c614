#include "referlens/cohort/identity.h"

#include "referlens/base/memory.h"
#include "referlens/base/worker.h"

#include <stdlib.h>

enum { PARTITION_COUNT = 64 };

struct building {
    struct identity *identity;
    const uint64_t *hashes; /* the cohort's */
    uint32_t *rows;         /* by partition, then by number */
    size_t first[PARTITION_COUNT + 2];
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

/* Rows go in by their number, so that the first of several with one id is the one indexed; some ahead of their turn are
 * asked for, so that memory answers in time. */
static void build_partition(void *context, size_t task, size_t worker)
{
    (void)worker;
    enum { AHEAD = 16 };
    struct building *building = context;
    const size_t end = building->first[task + 1];
    for (size_t i = building->first[task]; i < end; i++) {
        if (i + AHEAD < end)
            identity_prefetch_slot(building->identity, building->hashes[building->rows[i + AHEAD]]);
        insert(building, task, building->rows[i]);
    }
}

/* Sorts the rows by partition and returns the size of the fullest: it decides the size of all, so that none can
 * overflow whatever the ids are. */
static size_t sort_rows(struct building *building, size_t count)
{
    size_t fullest = 0;
    for (size_t i = 0; i < count; i++)
        building->first[partition_of(building->hashes[i]) + 2]++;
    for (size_t i = 2; i < PARTITION_COUNT + 2; i++) {
        fullest = building->first[i] > fullest ? building->first[i] : fullest;
        building->first[i] += building->first[i - 1];
    }
    building->rows = memory_resize(NULL, count, sizeof *building->rows);
    for (size_t i = 0; i < count; i++)
        building->rows[building->first[partition_of(building->hashes[i]) + 1]++] = (uint32_t)i;
    return fullest;
}

static int compare_repeats(const void *left, const void *right)
{
    const struct identity_repeat *a = left, *b = right;
    return (a->other > b->other) - (a->other < b->other);
}

void identity_build(struct identity *identity, const struct cohort *cohort, size_t worker_count,
                    struct identity_repeat **repeats, size_t *repeat_count)
{
    struct building building = {.identity = identity, .hashes = cohort->columns.id_hash};
    const size_t fullest = sort_rows(&building, cohort->count);
    identity->cohort = cohort;
    identity->partition_size = fullest + fullest * 2 / 5 + 8;
    identity->slot_count = identity->partition_size * PARTITION_COUNT;
    identity->slots = memory_reserve_for_random_access(identity->slot_count * sizeof *identity->slots);
    worker_run(worker_count, PARTITION_COUNT, build_partition, &building);
    memory_free(building.rows);
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
    if (identity == NULL)
        return;
    memory_release_reserved(identity->slots, identity->slot_count * sizeof *identity->slots);
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

void identity_prefetch_bytes(const struct identity *identity, uint64_t hash)
{
    const struct identity_slot *slot = partition_slots(identity, hash) + first_place(identity, hash);
    if (slot->row == 0)
        return;
    const struct cohort *cohort = identity->cohort;
    __builtin_prefetch(text_reference_text(cohort, cohort->columns.id[slot->row - 1]).bytes);
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

uint32_t identity_find_near(const struct identity *identity, uint32_t row, struct text id)
{
    const struct cohort *cohort = identity->cohort;
    const size_t end = cohort->count - row > IDENTITY_NEAR ? (size_t)row + IDENTITY_NEAR + 1 : cohort->count;
    for (size_t i = row; i < end; i++) {
        if (text_equal(text_reference_text(cohort, cohort->columns.id[i]), id))
            return (uint32_t)i;
    }
    return ROW_NONE;
}
