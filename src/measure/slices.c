#include "referlens/base/memory.h"
#include "referlens/base/worker.h"
#include "referlens/measure/evaluated.h"

#include <string.h>

/* A way of cutting the referrals: by specialty, by scheme, by both or not at all; and then by period. */
struct family {
    bool by_specialty, by_scheme;
};

static const struct family families[] = {{false, false}, {true, false}, {false, true}, {true, true}};

/* One family's rows, sorted by group and period. */
struct sorting {
    const struct evaluation *evaluation;
    const struct family *family;
    size_t group_count;
    uint32_t *index;
    size_t *first;            /* of each group and period, and one more */
    struct result_list *lists; /* by group and slot: slot 0 is over everything, then the periods */
    struct tally **tallies;   /* by worker */
};

enum { GROUP_NONE = -1 };

static ptrdiff_t group_of(const struct sorting *sorting, const struct evaluated *row)
{
    if (sorting->family->by_scheme && row->scheme == SCHEME_UNKNOWN)
        return GROUP_NONE;
    const size_t specialty = sorting->family->by_specialty ? row->specialty : 0;
    return sorting->family->by_scheme ? (ptrdiff_t)(specialty * SCHEME_COUNT + row->scheme) : (ptrdiff_t)specialty;
}

/* A counting sort: rows of one group and period lie together. */
static void sort_rows(struct sorting *sorting)
{
    const struct evaluation *evaluation = sorting->evaluation;
    const size_t periods = evaluation->period_count;
    sorting->group_count = (sorting->family->by_specialty ? evaluation->specialty_count : 1) *
                           (sorting->family->by_scheme ? SCHEME_COUNT : 1);
    const size_t cells = sorting->group_count * periods;
    size_t *places = memory_allocate_zeroed(cells + 2, sizeof *places);
    for (size_t i = 0; i < evaluation->count; i++) {
        const ptrdiff_t group = group_of(sorting, &evaluation->rows[i]);
        if (group != GROUP_NONE)
            places[(size_t)group * periods + evaluation->rows[i].period + 1]++;
    }
    for (size_t i = 1; i <= cells; i++)
        places[i] += places[i - 1];
    sorting->first = memory_resize(NULL, cells + 1, sizeof *sorting->first);
    memcpy(sorting->first, places, (cells + 1) * sizeof *places);
    sorting->index = memory_resize(NULL, places[cells], sizeof *sorting->index);
    for (size_t i = 0; i < evaluation->count; i++) {
        const ptrdiff_t group = group_of(sorting, &evaluation->rows[i]);
        if (group != GROUP_NONE)
            sorting->index[places[(size_t)group * periods + evaluation->rows[i].period]++] = (uint32_t)i;
    }
    memory_free(places);
}

static void evaluate_cell(void *context, size_t task, size_t worker)
{
    const struct sorting *sorting = context;
    const size_t periods = sorting->evaluation->period_count;
    const size_t group = task / (periods + 1), slot = task % (periods + 1);
    const size_t *first = sorting->first + group * periods;
    const size_t begin = slot == 0 ? first[0] : first[slot - 1], end = slot == 0 ? first[periods] : first[slot];
    if (begin == end)
        return;
    struct slice slice = slice_all();
    if (sorting->family->by_specialty)
        slice.specialty = (uint32_t)(sorting->family->by_scheme ? group / SCHEME_COUNT : group);
    if (sorting->family->by_scheme)
        slice.scheme = (uint32_t)(group % SCHEME_COUNT);
    if (slot > 0)
        slice.period = sorting->evaluation->first_period + (quarter)(slot - 1);
    tally_slice(sorting->tallies[worker], sorting->index + begin, end - begin, slice, &sorting->lists[task]);
}

static void append(struct result_list *to, struct result_list *from)
{
    if (from->count > 0) {
        to->results = memory_grow(to->results, &to->capacity, to->count + from->count, sizeof *to->results);
        memcpy(to->results + to->count, from->results, from->count * sizeof *to->results);
        to->count += from->count;
    }
    result_list_release(from);
}

void evaluate_aggregates(const struct evaluation *evaluation, size_t worker_count, struct result_list *results)
{
    struct tally **tallies = memory_allocate_zeroed(worker_count, sizeof *tallies);
    for (size_t i = 0; i < worker_count; i++)
        tallies[i] = tally_new(evaluation);
    for (size_t f = 0; f < sizeof families / sizeof families[0]; f++) {
        struct sorting sorting = {.evaluation = evaluation, .family = &families[f], .tallies = tallies};
        sort_rows(&sorting);
        const size_t tasks = sorting.group_count * (evaluation->period_count + 1);
        sorting.lists = memory_allocate_zeroed(tasks, sizeof *sorting.lists);
        worker_run(worker_count, evaluation->count > 0 ? tasks : 0, evaluate_cell, &sorting);
        for (size_t i = 0; i < tasks; i++)
            append(results, &sorting.lists[i]);
        memory_free(sorting.lists);
        memory_free(sorting.index);
        memory_free(sorting.first);
    }
    for (size_t i = 0; i < worker_count; i++)
        tally_free(tallies[i]);
    memory_free(tallies);
}

/* Sorts a practice's rows by a key below `key_count`; `first` receives where each key's rows begin, and one more. */
typedef size_t row_key(const struct evaluated *row);

static size_t period_key(const struct evaluated *row)
{
    return row->period;
}

static size_t specialty_key(const struct evaluated *row)
{
    return row->specialty;
}

static void sort_practice(const struct evaluation *evaluation, const uint32_t *rows, size_t count, row_key *key,
                          size_t key_count, uint32_t *index, size_t *first)
{
    memset(first, 0, (key_count + 2) * sizeof *first);
    for (size_t i = 0; i < count; i++)
        first[key(&evaluation->rows[rows[i]]) + 2]++;
    for (size_t i = 2; i < key_count + 2; i++)
        first[i] += first[i - 1];
    for (size_t i = 0; i < count; i++)
        index[first[key(&evaluation->rows[rows[i]]) + 1]++] = rows[i];
}

/* The practice's specialties in order: each over everything, then in the report's period. */
static void evaluate_specialties(struct tally *tally, const struct evaluation *evaluation, struct slice slice,
                                 const uint32_t *all, size_t all_count, const uint32_t *own, size_t own_count,
                                 struct result_list *results)
{
    const size_t keys = evaluation->specialty_count;
    size_t *first = memory_resize(NULL, 2 * (keys + 2), sizeof *first), *own_first = first + keys + 2;
    uint32_t *index = memory_resize(NULL, all_count + own_count, sizeof *index), *own_index = index + all_count;
    sort_practice(evaluation, all, all_count, specialty_key, keys, index, first);
    sort_practice(evaluation, own, own_count, specialty_key, keys, own_index, own_first);
    for (size_t specialty = 0; specialty < keys; specialty++) {
        if (first[specialty] == first[specialty + 1])
            continue;
        slice.specialty = (uint32_t)specialty;
        slice.period = PERIOD_ALL;
        tally_slice(tally, index + first[specialty], first[specialty + 1] - first[specialty], slice, results);
        if (own_first[specialty] == own_first[specialty + 1])
            continue;
        slice.period = evaluation->first_period + (quarter)evaluation->own_period;
        tally_slice(tally, own_index + own_first[specialty], own_first[specialty + 1] - own_first[specialty], slice,
                    results);
    }
    memory_free(first);
    memory_free(index);
}

/* Numbers of a practice's rows; the caller frees them. */
static uint32_t *practice_rows(const struct evaluation *evaluation, uint32_t practice, size_t *count)
{
    const size_t begin = evaluation->practice_first[practice];
    *count = evaluation->practice_first[practice + 1] - begin;
    uint32_t *rows = memory_resize(NULL, *count, sizeof *rows);
    for (size_t i = 0; i < *count; i++)
        rows[i] = (uint32_t)(begin + i);
    return rows;
}

void evaluate_practice_with(struct tally *tally, const struct evaluation *evaluation, uint32_t practice,
                            enum practice_detail detail, struct result_list *results)
{
    size_t count;
    uint32_t *rows = practice_rows(evaluation, practice, &count);
    if (count > 0) {
        struct slice slice = slice_all();
        slice.practice = practice;
        tally_slice(tally, rows, count, slice, results);
        const size_t periods = evaluation->period_count;
        uint32_t *index = memory_resize(NULL, count, sizeof *index);
        size_t *first = memory_resize(NULL, periods + 2, sizeof *first);
        sort_practice(evaluation, rows, count, period_key, periods, index, first);
        for (size_t period = 0; period < periods; period++) {
            if (first[period] == first[period + 1] || (detail == PRACTICE_BRIEF && period != evaluation->own_period))
                continue;
            slice.period = evaluation->first_period + (quarter)period;
            tally_slice(tally, index + first[period], first[period + 1] - first[period], slice, results);
        }
        const size_t own = evaluation->own_period;
        const bool has_own = own < periods;
        if (detail == PRACTICE_FULL)
            evaluate_specialties(tally, evaluation, slice, rows, count, has_own ? index + first[own] : NULL,
                                 has_own ? first[own + 1] - first[own] : 0, results);
        memory_free(index);
        memory_free(first);
    }
    memory_free(rows);
}

void evaluate_practice(const struct evaluation *evaluation, uint32_t practice, struct result_list *results)
{
    struct tally *tally = tally_new(evaluation);
    evaluate_practice_with(tally, evaluation, practice, PRACTICE_FULL, results);
    tally_free(tally);
}
