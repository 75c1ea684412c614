#include "referlens/measure/slices.h"

#include "referlens/base/memory.h"
#include "referlens/base/worker.h"

#include <string.h>

/* The rows sorted by specialty, scheme and period; the last scheme is the unknown one. Cells are tallied once each, and
 * merged into every slice that holds them. */
enum { SCHEMES = SCHEME_COUNT + 1 };

struct aggregation {
    const struct evaluation *evaluation;
    uint32_t *index;
    size_t *first;                           /* of each cell's rows, and one more */
    struct tally **by_slot;                  /* by worker: see slot_of */
    struct tally **cells;                    /* by worker: two, for a cell and for what it is part of */
    struct result_list *specialties, *cross; /* by specialty: its own results, those by scheme */
};

static size_t cell_of(const struct evaluation *evaluation, size_t specialty, size_t scheme, size_t period)
{
    return (specialty * SCHEMES + scheme) * evaluation->period_count + period;
}

/* Tallies that specialties have in common: for each scheme, and for all of them (`scheme` SCHEMES), over everything
 * (slot 0) and by period. NULL until first needed. */
static struct tally **common_place(const struct aggregation *aggregation, size_t worker, size_t scheme, size_t slot)
{
    const size_t slots = aggregation->evaluation->period_count + 1;
    return &aggregation->by_slot[(worker * (SCHEMES + 1) + scheme) * slots + slot];
}

static struct tally *common_tally(const struct aggregation *aggregation, size_t worker, size_t scheme, size_t slot)
{
    struct tally **tally = common_place(aggregation, worker, scheme, slot);
    if (*tally == NULL)
        *tally = tally_new(aggregation->evaluation);
    return *tally;
}

static void sort_cells(struct aggregation *aggregation)
{
    const struct evaluation *evaluation = aggregation->evaluation;
    const size_t cells = evaluation->specialty_count * SCHEMES * evaluation->period_count;
    size_t *places = memory_allocate_zeroed(cells + 2, sizeof *places);
    for (size_t i = 0; i < evaluation->count; i++) {
        const struct evaluated *row = &evaluation->rows[i];
        places[cell_of(evaluation, row->specialty, row->scheme, row->period) + 1]++;
    }
    for (size_t i = 1; i <= cells; i++)
        places[i] += places[i - 1];
    aggregation->first = memory_resize(NULL, cells + 1, sizeof *aggregation->first);
    memcpy(aggregation->first, places, (cells + 1) * sizeof *places);
    aggregation->index = memory_resize(NULL, evaluation->count, sizeof *aggregation->index);
    for (size_t i = 0; i < evaluation->count; i++) {
        const struct evaluated *row = &evaluation->rows[i];
        aggregation->index[places[cell_of(evaluation, row->specialty, row->scheme, row->period)]++] = (uint32_t)i;
    }
    memory_free(places);
}

static void add_results(struct tally *tally, struct slice slice, struct result_list *results)
{
    if (tally != NULL && tally_count(tally) > 0)
        tally_results(tally, slice, results);
}

/* One scheme of a specialty: its cells, and the two together, which go on into the tallies that they are part of. */
static void aggregate_scheme(const struct aggregation *aggregation, size_t worker, size_t specialty, size_t scheme,
                             struct tally **periods)
{
    const struct evaluation *evaluation = aggregation->evaluation;
    struct tally *cell = aggregation->cells[2 * worker], *overall = aggregation->cells[2 * worker + 1];
    struct result_list by_period = {0};
    struct slice slice = slice_all();
    slice.specialty = (uint32_t)specialty;
    slice.scheme = (uint32_t)scheme;
    tally_clear(overall);
    for (size_t period = 0; period < evaluation->period_count; period++) {
        const size_t number = cell_of(evaluation, specialty, scheme, period);
        const size_t begin = aggregation->first[number], end = aggregation->first[number + 1];
        if (begin == end)
            continue;
        tally_clear(cell);
        tally_add(cell, aggregation->index + begin, end - begin);
        tally_merge(overall, cell);
        if (periods[period] == NULL)
            periods[period] = tally_new(evaluation);
        tally_merge(periods[period], cell);
        tally_merge(common_tally(aggregation, worker, scheme, period + 1), cell);
        slice.period = evaluation->first_period + (quarter)period;
        if (scheme != SCHEME_UNKNOWN)
            tally_results(cell, slice, &by_period);
    }
    slice.period = PERIOD_ALL;
    if (tally_count(overall) > 0)
        tally_merge(common_tally(aggregation, worker, scheme, 0), overall);
    if (scheme != SCHEME_UNKNOWN)
        add_results(overall, slice, &aggregation->cross[specialty]);
    result_list_append(&aggregation->cross[specialty], &by_period);
}

/* One specialty: overall and by period from its schemes, which are then part of what all specialties share. */
static void aggregate_specialty(void *context, size_t specialty, size_t worker)
{
    const struct aggregation *aggregation = context;
    const struct evaluation *evaluation = aggregation->evaluation;
    const size_t periods = evaluation->period_count;
    struct tally **by_period = memory_allocate_zeroed(periods, sizeof(struct tally *));
    for (size_t scheme = 0; scheme < SCHEMES; scheme++)
        aggregate_scheme(aggregation, worker, specialty, scheme, by_period);
    struct tally *overall = aggregation->cells[2 * worker + 1];
    tally_clear(overall);
    for (size_t i = 0; i < periods; i++) {
        if (by_period[i] == NULL)
            continue;
        tally_merge(overall, by_period[i]);
        tally_merge(common_tally(aggregation, worker, SCHEMES, i + 1), by_period[i]);
    }
    tally_merge(common_tally(aggregation, worker, SCHEMES, 0), overall);
    struct slice slice = slice_all();
    slice.specialty = (uint32_t)specialty;
    add_results(overall, slice, &aggregation->specialties[specialty]);
    for (size_t i = 0; i < periods; i++) {
        slice.period = evaluation->first_period + (quarter)i;
        add_results(by_period[i], slice, &aggregation->specialties[specialty]);
        tally_free(by_period[i]);
    }
    memory_free(by_period);
}

/* Brings the workers' shares of one common tally together in the first worker's, and adds its results. */
static void add_common(const struct aggregation *aggregation, size_t worker_count, size_t scheme,
                       struct result_list *results)
{
    struct slice slice = slice_all();
    slice.scheme = scheme == SCHEMES ? SLICE_ALL : (uint32_t)scheme;
    const size_t slots = aggregation->evaluation->period_count + 1;
    for (size_t slot = 0; slot < slots; slot++) {
        struct tally *whole = NULL;
        for (size_t worker = 0; worker < worker_count; worker++) {
            const struct tally *share = *common_place(aggregation, worker, scheme, slot);
            if (share == NULL)
                continue;
            whole = common_tally(aggregation, 0, scheme, slot);
            if (share != whole)
                tally_merge(whole, share);
        }
        slice.period = slot == 0 ? PERIOD_ALL : aggregation->evaluation->first_period + (quarter)(slot - 1);
        add_results(whole, slice, results);
    }
}

void evaluate_aggregates(const struct evaluation *evaluation, size_t worker_count, struct result_list *results)
{
    const size_t specialties = evaluation->specialty_count, slots = evaluation->period_count + 1;
    if (evaluation->count == 0)
        return;
    struct aggregation aggregation = {
        .evaluation = evaluation,
        .by_slot = memory_allocate_zeroed(worker_count * (SCHEMES + 1) * slots, sizeof(struct tally *)),
        .cells = memory_allocate_zeroed(2 * worker_count, sizeof(struct tally *)),
        .specialties = memory_allocate_zeroed(specialties, sizeof(struct result_list)),
        .cross = memory_allocate_zeroed(specialties, sizeof(struct result_list)),
    };
    for (size_t i = 0; i < 2 * worker_count; i++)
        aggregation.cells[i] = tally_new(evaluation);
    sort_cells(&aggregation);
    worker_run(worker_count, specialties, aggregate_specialty, &aggregation);
    add_common(&aggregation, worker_count, SCHEMES, results);
    for (size_t i = 0; i < specialties; i++)
        result_list_append(results, &aggregation.specialties[i]);
    for (size_t scheme = 0; scheme < SCHEME_COUNT; scheme++)
        add_common(&aggregation, worker_count, scheme, results);
    for (size_t i = 0; i < specialties; i++)
        result_list_append(results, &aggregation.cross[i]);
    for (size_t i = 0; i < worker_count * (SCHEMES + 1) * slots; i++)
        tally_free(aggregation.by_slot[i]);
    for (size_t i = 0; i < 2 * worker_count; i++)
        tally_free(aggregation.cells[i]);
    memory_free(aggregation.by_slot);
    memory_free(aggregation.cells);
    memory_free(aggregation.specialties);
    memory_free(aggregation.cross);
    memory_free(aggregation.index);
    memory_free(aggregation.first);
}

struct practice_tallies practice_tallies_new(const struct evaluation *evaluation)
{
    return (struct practice_tallies){tally_new(evaluation), tally_new(evaluation)};
}

void practice_tallies_free(struct practice_tallies *tallies)
{
    if (tallies == NULL)
        return;
    tally_free(tallies->cell);
    tally_free(tallies->overall);
}

/* Sorts rows by a key below `key_count`; `first` (key_count + 2) receives where each key's rows begin. */
typedef size_t row_key(const struct evaluated *row);

static size_t period_key(const struct evaluated *row)
{
    return row->period;
}

static size_t specialty_key(const struct evaluated *row)
{
    return row->specialty;
}

static void sort_by(const struct evaluation *evaluation, const uint32_t *rows, size_t count, row_key *key,
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

/* By specialty: the rows of each are in the order of their periods, so the report's own lie together. */
static void evaluate_specialties(struct tally *tally, const struct evaluation *evaluation, struct slice slice,
                                 const uint32_t *by_period, size_t count, struct result_list *results)
{
    const size_t keys = evaluation->specialty_count;
    size_t *first = memory_resize(NULL, keys + 2, sizeof *first);
    uint32_t *index = memory_resize(NULL, count, sizeof *index);
    sort_by(evaluation, by_period, count, specialty_key, keys, index, first);
    for (size_t specialty = 0; specialty < keys; specialty++) {
        const size_t end = first[specialty + 1];
        size_t own = first[specialty], own_end;
        while (own < end && evaluation->rows[index[own]].period != evaluation->own_period)
            own++;
        for (own_end = own; own_end < end && evaluation->rows[index[own_end]].period == evaluation->own_period;)
            own_end++;
        struct result_list own_results = {0};
        slice.specialty = (uint32_t)specialty;
        slice.period = evaluation->first_period + (quarter)evaluation->own_period;
        tally_clear(tally);
        tally_add(tally, index + own, own_end - own);
        add_results(tally, slice, &own_results);
        tally_add(tally, index + first[specialty], own - first[specialty]);
        tally_add(tally, index + own_end, end - own_end);
        slice.period = PERIOD_ALL;
        add_results(tally, slice, results);
        result_list_append(results, &own_results);
    }
    memory_free(first);
    memory_free(index);
}

/* Over everything and by each period that has requests, or by the report's own period only; by that one in any case:
 * where a practice did not refer in it, its results say so. */
static void evaluate_periods(struct practice_tallies *tallies, const struct evaluation *evaluation, struct slice slice,
                             const uint32_t *by_period, const size_t *first, enum practice_detail detail,
                             struct result_list *results)
{
    struct result_list period_results = {0};
    tally_clear(tallies->overall);
    for (size_t period = 0; period < evaluation->period_count; period++) {
        const size_t count = first[period + 1] - first[period];
        const bool own = period == evaluation->own_period;
        if (detail == PRACTICE_BRIEF && !own) {
            tally_add(tallies->overall, by_period + first[period], count);
            continue;
        }
        tally_clear(tallies->cell);
        tally_add(tallies->cell, by_period + first[period], count);
        tally_merge(tallies->overall, tallies->cell);
        slice.period = evaluation->first_period + (quarter)period;
        if (own || count > 0)
            tally_results(tallies->cell, slice, &period_results);
    }
    if (evaluation->own_period == evaluation->period_count && evaluation->own_quarter != PERIOD_ALL) {
        tally_clear(tallies->cell);
        slice.period = evaluation->own_quarter;
        tally_results(tallies->cell, slice, &period_results);
    }
    slice.period = PERIOD_ALL;
    add_results(tallies->overall, slice, results);
    result_list_append(results, &period_results);
}

void evaluate_practice_with(struct practice_tallies *tallies, const struct evaluation *evaluation, uint32_t practice,
                            enum practice_detail detail, struct result_list *results)
{
    const size_t begin = evaluation->practice_first[practice];
    const size_t count = evaluation->practice_first[practice + 1] - begin;
    if (count == 0)
        return;
    uint32_t *rows = memory_resize(NULL, 2 * count, sizeof *rows), *by_period = rows + count;
    for (size_t i = 0; i < count; i++)
        rows[i] = (uint32_t)(begin + i);
    size_t *first = memory_resize(NULL, evaluation->period_count + 2, sizeof *first);
    sort_by(evaluation, rows, count, period_key, evaluation->period_count, by_period, first);
    struct slice slice = slice_all();
    slice.practice = practice;
    evaluate_periods(tallies, evaluation, slice, by_period, first, detail, results);
    if (detail == PRACTICE_FULL)
        evaluate_specialties(tallies->cell, evaluation, slice, by_period, count, results);
    memory_free(rows);
    memory_free(first);
}

void evaluate_practice(const struct evaluation *evaluation, uint32_t practice, struct result_list *results)
{
    struct practice_tallies tallies = practice_tallies_new(evaluation);
    evaluate_practice_with(&tallies, evaluation, practice, PRACTICE_FULL, results);
    practice_tallies_free(&tallies);
}
