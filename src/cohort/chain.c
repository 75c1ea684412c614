#include "referlens/cohort/chain.h"

#include "referlens/base/memory.h"
#include "referlens/base/worker.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { PARTITION_ROWS = 2048, FILL_BLOCK = 1 << 16, RANGE_COUNT = 16 /* of rows, whatever the number of workers */ };

size_t chain_resolve(const struct identity *identity, const struct previous_reference *previous, size_t previous_count,
                     struct previous_link *links)
{
    size_t count = 0;
    for (size_t i = 0; i < previous_count; i++) {
        const struct text id = text_reference_text(identity->cohort, previous[i].id);
        const uint32_t row = identity_find(identity, previous[i].id_hash, id);
        if (row != ROW_NONE && row != previous[i].row)
            links[count++] = (struct previous_link){previous[i].row, row};
    }
    return count;
}

/* A row as it is sorted among those of its patient and specialty. */
struct entry {
    uint64_t key;
    day referred;
    uint32_t row;
};

struct linking {
    struct cohort *cohort;
    _Atomic uint8_t *wanted; /* a bit for each key that some row asks for */
    uint64_t wanted_mask;
    uint32_t *rows; /* by partition */
    size_t *first;  /* of each partition, and one more */
    size_t *places; /* by range, then by partition: how many rows; then where the next one goes */
    size_t partition_count;
    unsigned partition_shift;
};

static uint64_t key_of(const struct columns *columns, size_t row)
{
    /* splitmix64's mixing step, so that specialties of one patient fall apart. */
    uint64_t key = columns->patient[row] + (columns->specialty[row] + UINT64_C(1)) * UINT64_C(0x9e3779b97f4a7c15);
    key = (key ^ key >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    key = (key ^ key >> 27) * UINT64_C(0x94d049bb133111eb);
    return key ^ key >> 31;
}

/* The day from which the next referral is looked for, or DAY_UNKNOWN where the row asks for none. */
static day asked_from(const struct columns *columns, size_t row)
{
    if (columns->flags[row] & FLAG_ADVICE)
        return columns->responded[row];
    const uint8_t decision = columns->decision[row];
    return decision == EVENT_REJECTED || decision == EVENT_RETURNED_WITH_ADVICE ? columns->decided[row] : DAY_UNKNOWN;
}

/* Advice and what was returned with it are no links of a chain. */
static bool makes_chain(const struct columns *columns, size_t row)
{
    return columns->decision[row] == EVENT_REJECTED && !(columns->flags[row] & FLAG_ADVICE);
}

static bool takes_part(const struct columns *columns, size_t row)
{
    return columns->patient[row] != 0 && !(columns->flags[row] & FLAG_LEFT_OUT);
}

static bool is_wanted(const struct linking *linking, uint64_t key)
{
    const uint64_t bit = key & linking->wanted_mask;
    return atomic_load_explicit(&linking->wanted[bit >> 3], memory_order_relaxed) >> (bit & 7) & 1;
}

/* By id where the day is the same: the order of referrals that everything rests on. */
static int compare_order(const struct cohort *cohort, uint32_t a, uint32_t b)
{
    const struct columns *columns = &cohort->columns;
    if (columns->referred[a] != columns->referred[b])
        return columns->referred[a] < columns->referred[b] ? -1 : 1;
    return text_compare(text_reference_text(cohort, columns->id[a]), text_reference_text(cohort, columns->id[b]));
}

static int compare_entries(const void *left, const void *right, void *context)
{
    const struct entry *a = left, *b = right;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    if (a->referred != b->referred)
        return a->referred < b->referred ? -1 : 1;
    return compare_order(context, a->row, b->row);
}

/* Finds, for each row of a group that asks, the first other referral from its day on. */
static void link_group(struct cohort *cohort, const struct entry *group, size_t count)
{
    struct columns *columns = &cohort->columns;
    for (size_t i = 0; i < count; i++) {
        const uint32_t row = group[i].row;
        const day from = asked_from(columns, row);
        if (from == DAY_UNKNOWN)
            continue;
        for (size_t k = i + 1; k < count; k++) {
            if ((columns->flags[group[k].row] & FLAG_ADVICE) || group[k].referred < from)
                continue;
            columns->next_days[row] = group[k].referred - from;
            if (columns->next_days[row] <= CHAIN_DAYS && makes_chain(columns, row))
                columns->successor[row] = group[k].row;
            break;
        }
    }
}

static void link_partition(void *context, size_t task, size_t worker)
{
    (void)worker;
    const struct linking *linking = context;
    const struct columns *columns = &linking->cohort->columns;
    const size_t first = linking->first[task], count = linking->first[task + 1] - first;
    struct entry *entries = memory_resize(NULL, count, sizeof *entries);
    for (size_t i = 0; i < count; i++) {
        const uint32_t row = linking->rows[first + i];
        entries[i] = (struct entry){key_of(columns, row), columns->referred[row], row};
    }
    qsort_r(entries, count, sizeof *entries, compare_entries, linking->cohort);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && entries[end].key == entries[i].key; end++)
            continue;
        if (end - i > 1)
            link_group(linking->cohort, entries + i, end - i);
    }
    memory_free(entries);
}

/* The rows of a range. */
struct range {
    size_t begin, end;
};

static struct range range_of(const struct linking *linking, size_t task)
{
    const size_t count = linking->cohort->count;
    return (struct range){count * task / RANGE_COUNT, count * (task + 1) / RANGE_COUNT};
}

/* Marks the keys that a range asks for. */
static void mark_range(void *context, size_t task, size_t worker)
{
    (void)worker;
    struct linking *linking = context;
    const struct columns *columns = &linking->cohort->columns;
    const struct range range = range_of(linking, task);
    for (size_t row = range.begin; row < range.end; row++) {
        if (takes_part(columns, row) && asked_from(columns, row) != DAY_UNKNOWN) {
            const uint64_t bit = key_of(columns, row) & linking->wanted_mask;
            atomic_fetch_or_explicit(&linking->wanted[bit >> 3], (uint8_t)(1u << (bit & 7)), memory_order_relaxed);
        }
    }
}

/* Marks the keys that are asked for; most referrals share none of them and need no sorting. */
static void mark_wanted(struct linking *linking, size_t worker_count)
{
    uint64_t bits = 1024;
    while (bits < linking->cohort->count * 8)
        bits *= 2;
    linking->wanted_mask = bits - 1;
    linking->wanted = memory_allocate_zeroed(bits / 8, sizeof *linking->wanted);
    worker_run(worker_count, RANGE_COUNT, mark_range, linking);
}

/* Counts the wanted rows of a range by partition, or puts them into their places where `rows` is given. */
static void go_through_range(const struct linking *linking, size_t task, uint32_t *rows)
{
    const struct columns *columns = &linking->cohort->columns;
    const struct range range = range_of(linking, task);
    size_t *places = linking->places + task * linking->partition_count;
    for (size_t row = range.begin; row < range.end; row++) {
        const uint64_t key = key_of(columns, row);
        if (!takes_part(columns, row) || !is_wanted(linking, key))
            continue;
        const size_t place = places[key >> 1 >> linking->partition_shift]++;
        if (rows != NULL)
            rows[place] = (uint32_t)row;
    }
}

static void count_range(void *context, size_t task, size_t worker)
{
    (void)worker;
    go_through_range(context, task, NULL);
}

static void place_range(void *context, size_t task, size_t worker)
{
    (void)worker;
    const struct linking *linking = context;
    go_through_range(linking, task, linking->rows);
}

/* Brings the rows of wanted keys together by partition, in the order of their numbers. */
static void partition_rows(struct linking *linking, size_t worker_count)
{
    unsigned bits = 0;
    while (((size_t)PARTITION_ROWS << bits) < linking->cohort->count && bits < 24)
        bits++;
    linking->partition_shift = 63 - bits;
    linking->partition_count = (size_t)1 << bits;
    linking->first = memory_allocate_zeroed(linking->partition_count + 1, sizeof *linking->first);
    linking->places = memory_allocate_zeroed(RANGE_COUNT * linking->partition_count, sizeof *linking->places);
    worker_run(worker_count, RANGE_COUNT, count_range, linking);
    size_t place = 0;
    for (size_t i = 0; i < linking->partition_count; i++) {
        linking->first[i] = place;
        for (size_t range = 0; range < RANGE_COUNT; range++) {
            size_t *of = &linking->places[range * linking->partition_count + i];
            const size_t count = *of;
            *of = place;
            place += count;
        }
    }
    linking->first[linking->partition_count] = place;
    linking->rows = memory_resize(NULL, place, sizeof *linking->rows);
    worker_run(worker_count, RANGE_COUNT, place_range, linking);
    memory_free(linking->places);
}

static void clear_links(void *context, size_t task, size_t worker)
{
    (void)worker;
    struct cohort *cohort = context;
    struct columns *columns = &cohort->columns;
    const size_t end = (task + 1) * FILL_BLOCK < cohort->count ? (task + 1) * FILL_BLOCK : cohort->count;
    for (size_t row = task * FILL_BLOCK; row < end; row++) {
        columns->next_days[row] = NEXT_NONE;
        columns->successor[row] = ROW_NONE;
        columns->flags[row] &= (uint16_t)~FLAG_FOLLOWS;
        if (columns->referred[row] > cohort->as_of)
            columns->flags[row] |= FLAG_LEFT_OUT;
    }
}

/* Lets the earliest referral that names a rejected one follow it. */
static void apply_named(struct cohort *cohort, const struct previous_link *links, size_t link_count)
{
    struct columns *columns = &cohort->columns;
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < link_count; i++) {
            const uint32_t row = links[i].row, predecessor = links[i].predecessor;
            const uint16_t flags = columns->flags[predecessor] | columns->flags[row];
            if (!makes_chain(columns, predecessor) || (flags & (FLAG_ADVICE | FLAG_LEFT_OUT)) ||
                columns->referred[row] < columns->decided[predecessor] || compare_order(cohort, predecessor, row) >= 0)
                continue;
            /* The first pass forgets what was found by patient, the second keeps the earliest by name. */
            if (pass == 0)
                columns->successor[predecessor] = ROW_NONE;
            else if (columns->successor[predecessor] == ROW_NONE ||
                     compare_order(cohort, row, columns->successor[predecessor]) < 0)
                columns->successor[predecessor] = row;
        }
    }
}

static bool record_patients(const struct cohort *cohort)
{
    for (size_t row = 0; row < cohort->count; row++) {
        if (takes_part(&cohort->columns, row))
            return true;
    }
    return false;
}

static bool record_received(const struct cohort *cohort)
{
    for (size_t row = 0; row < cohort->count; row++) {
        const day received = cohort->columns.received[row];
        if (received != DAY_UNKNOWN && received <= cohort->as_of && !(cohort->columns.flags[row] & FLAG_LEFT_OUT))
            return true;
    }
    return false;
}

void chain_link(struct cohort *cohort, const struct previous_link *links, size_t link_count, size_t worker_count)
{
    struct columns *columns = &cohort->columns;
    columns_reserve_stage(columns, COLUMNS_OF_CHAINS);
    worker_run(worker_count, (cohort->count + FILL_BLOCK - 1) / FILL_BLOCK, clear_links, cohort);
    cohort->recorded |= record_patients(cohort) ? RECORDED_PATIENT : 0;
    cohort->recorded |= record_received(cohort) ? RECORDED_RECEIVED : 0;
    struct linking linking = {.cohort = cohort};
    mark_wanted(&linking, worker_count);
    partition_rows(&linking, worker_count);
    worker_run(worker_count, linking.partition_count, link_partition, &linking);
    apply_named(cohort, links, link_count);
    for (size_t row = 0; row < cohort->count; row++) {
        if (columns->successor[row] != ROW_NONE)
            columns->flags[columns->successor[row]] |= FLAG_FOLLOWS;
    }
    memory_free((void *)linking.wanted);
    memory_free(linking.rows);
    memory_free(linking.first);
    columns_forget(columns, offsetof(struct columns, patient));
}
