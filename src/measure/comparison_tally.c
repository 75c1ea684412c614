#include "referlens/measure/comparison_tally.h"

#include "referlens/base/memory.h"
#include "referlens/base/worker.h"
#include "referlens/stats/logrank.h"

#include <math.h>
#include <string.h>

const int32_t *comparison_days(size_t measure)
{
    static const int32_t usual[COMPARISON_HORIZONS] = {42, 126, 365}, brief[COMPARISON_HORIZONS] = {2, 14, 42};
    const bool is_brief = measure_table[measure].completed_only || measure_table[measure].of_advice;
    return is_brief ? brief : usual;
}

static void find_denominators(struct comparison_tally *tally)
{
    size_t delay = 0;
    for (size_t m = 0; m < measure_count; m++) {
        if (measure_table[m].kind == MEASURE_RATE)
            continue;
        const bool is_delay = measure_table[m].kind == MEASURE_DELAY;
        if (is_delay)
            tally->delay_denominator[delay] = tally->denominator_count;
        tally->denominators[tally->denominator_count++] =
            (struct comparison_denominator){.measure = m,
                                            .quantity = tally->quantity_count,
                                            .weighing = tally->weighing_count,
                                            .delay = is_delay ? delay++ : DELAYS_MAX};
        tally->quantity_count += is_delay ? (size_t)DELAY_QUANTITIES : 1;
        tally->weighing_count += is_delay ? (size_t)COMPARISON_HORIZONS : 1;
    }
}

static void read_standings(struct comparison_tally *tally)
{
    const struct evaluation *evaluation = tally->survey->evaluation;
    tally->standings = memory_allocate_zeroed(evaluation->standing_count, sizeof *tally->standings);
    for (size_t code = 0; code < evaluation->standing_count; code++) {
        const struct standing_ones *from = &evaluation->standings[code];
        struct comparison_standing *standing = &tally->standings[code];
        for (size_t d = 0; d < tally->denominator_count; d++) {
            const uint8_t *ones = from->ones + tally->denominators[d].measure * MEMBERSHIP_COUNT;
            if (tally->denominators[d].delay < DELAYS_MAX)
                continue;
            standing->in[d] = ones[MEMBER_HIT] | ones[MEMBER_COUNTED];
            standing->hit[d] = ones[MEMBER_HIT];
        }
        standing->running_count = from->running_count;
        for (size_t k = 0; k < from->running_count; k++) {
            standing->running[k].delay = from->running[k].delay;
            standing->running[k].end = from->running[k].end;
            standing->in[tally->delay_denominator[from->running[k].delay]] = 1;
        }
    }
}

static const int32_t *horizons_of(const struct comparison_tally *tally, size_t delay)
{
    return comparison_days(tally->denominators[tally->delay_denominator[delay]].measure);
}

typedef struct comparison_clock delay_clocks[DELAYS_MAX];

/* What a worker counts. */
struct worker_counts {
    delay_clocks *clocks;       /* by stratum of the kind at hand, and scheme */
    delay_clocks *kind, *whole; /* by scheme: of the kind, and of all kinds so far */
    uint32_t *times;            /* by standing: how many rows of the cell at hand have it; all 0 between cells */
    uint32_t *found;            /* the standings that any has */
};

struct tallying {
    struct comparison_tally *tally;
    struct worker_counts *counts; /* by worker */
};

/* Counts the standings of a cell's rows, which lie apart, and the days of its clocks. Returns how many standings. */
static size_t count_rows(const struct comparison_tally *tally, size_t cell, const struct worker_counts *counts,
                         struct comparison_clock *clocks)
{
    const struct survey *survey = tally->survey;
    const struct evaluation *evaluation = survey->evaluation;
    const size_t end = survey->cell_first[cell + 1];
    size_t found = 0;
    for (size_t i = survey->cell_first[cell]; i < end; i++) {
        if (i + SURVEY_ROWS_AHEAD < survey->cell_first[survey->cell_count]) /* into the next cell */
            survey_ask_for(survey, i + SURVEY_ROWS_AHEAD);
        const size_t index = survey->order[i];
        const uint32_t code = evaluation->rows[index].standing;
        const struct comparison_standing *standing = &tally->standings[code];
        if (counts->times[code]++ == 0)
            counts->found[found++] = code;
        for (size_t k = 0; k < standing->running_count; k++) {
            const size_t delay = standing->running[k].delay;
            const int32_t follow_up = evaluated_follow_up(evaluation, index);
            struct comparison_clock *clock = &clocks[delay];
            clock->ends[survey_day(evaluation, index, delay)][standing->running[k].end]++;
            clock->rows++;
            if (follow_up > clock->follow_up_maximum)
                clock->follow_up_maximum = follow_up;
        }
    }
    return found;
}

static void count_cell(const struct comparison_tally *tally, size_t cell, const struct worker_counts *counts,
                       struct comparison_clock *clocks)
{
    int64_t *in = tally->counts + cell * tally->denominator_count;
    double *sums = tally->sums + cell * tally->quantity_count;
    const size_t found = count_rows(tally, cell, counts, clocks);
    for (size_t i = 0; i < found; i++) {
        const struct comparison_standing *standing = &tally->standings[counts->found[i]];
        const uint32_t times = counts->times[counts->found[i]];
        counts->times[counts->found[i]] = 0;
        for (size_t d = 0; d < tally->denominator_count; d++) {
            in[d] += times * standing->in[d];
            sums[tally->denominators[d].quantity] += times * standing->hit[d];
        }
    }
}

/* Sums the quantities of a delay by the horizons that it was followed to, day after day: in an order of their own. */
static void sum_delay(const struct comparison_clock *clock, const struct comparison_quantities *table, size_t reach,
                      double *sums)
{
    for (size_t t = 0; t < SURVEY_DAYS; t++) {
        for (size_t end = 0; end < PSEUDO_END_COUNT; end++) {
            if (clock->ends[t][end] == 0)
                continue;
            for (size_t q = 0; q < 2 * reach; q++)
                sums[q] += clock->ends[t][end] * table[t * PSEUDO_END_COUNT + end].of[q];
        }
    }
}

static void test_delay(const struct comparison_clock *own, const struct comparison_clock *reference,
                       struct comparison_excess *excess)
{
    struct logrank_counts counts[SURVEY_DAYS];
    for (size_t t = 0; t < SURVEY_DAYS; t++) {
        const struct comparison_clock *of[2] = {own, reference};
        for (size_t group = 0; group < 2; group++) {
            const uint32_t *ends = of[group]->ends[t];
            const uint32_t events = t == SURVEY_BEYOND ? 0 : ends[PSEUDO_EVENT];
            counts[t].events[group] = events;
            counts[t].others[group] = ends[PSEUDO_COMPETING] + ends[PSEUDO_CENSORED] + ends[PSEUDO_EVENT] - events;
        }
    }
    logrank_of_counts(counts, SURVEY_DAYS, &excess->excess, &excess->variance);
}

/* Gives the strata of a kind its tables, and adds its clocks to the worker's. */
static void tabulate_kind(const struct comparison_tally *tally, size_t kind, struct worker_counts *counts)
{
    const size_t first = tally->survey->kind_first[kind], end = tally->survey->kind_first[kind + 1];
    memset(counts->kind, 0, SCHEME_COUNT * sizeof *counts->kind);
    for (size_t scheme = 0; scheme < SCHEME_COUNT; scheme++) {
        for (size_t delay = 0; delay < tally->survey->evaluation->delay_count; delay++) {
            struct comparison_clock *clock = &counts->kind[scheme][delay];
            const int32_t *horizons = horizons_of(tally, delay);
            for (size_t stratum = first; stratum < end; stratum++)
                comparison_clock_add(clock, &counts->clocks[survey_cell(stratum - first, scheme)][delay]);
            comparison_clock_add(&counts->whole[scheme][delay], clock);
            struct comparison_quantities *table = comparison_clock_table(clock, horizons);
            const size_t reach = comparison_clock_reach(clock, horizons);
            for (size_t stratum = first; stratum < end; stratum++) {
                tally->tables[comparison_cell_delay(stratum, scheme, delay)] = table;
                tally->reaches[comparison_cell_delay(stratum, scheme, delay)] = (uint8_t)reach;
            }
        }
    }
}

static void tally_delays(const struct comparison_tally *tally, size_t stratum, delay_clocks *clocks)
{
    for (size_t scheme = 0; scheme < SCHEME_COUNT; scheme++) {
        double *sums = tally->sums + survey_cell(stratum, scheme) * tally->quantity_count;
        for (size_t delay = 0; delay < tally->survey->evaluation->delay_count; delay++) {
            const size_t place = comparison_cell_delay(stratum, scheme, delay);
            const struct comparison_clock *clock = &clocks[scheme][delay], *other = &clocks[tally->reference][delay];
            if (clock->rows == 0)
                continue;
            sum_delay(clock, tally->tables[place], tally->reaches[place],
                      sums + tally->denominators[tally->delay_denominator[delay]].quantity);
            if (scheme != tally->reference && other->rows > 0)
                test_delay(clock, other, &tally->excesses[place]);
        }
    }
}

static void tally_kind(void *context, size_t kind, size_t worker)
{
    const struct tallying *tallying = context;
    const struct comparison_tally *tally = tallying->tally;
    struct worker_counts *counts = &tallying->counts[worker];
    const size_t first = tally->survey->kind_first[kind], end = tally->survey->kind_first[kind + 1];
    memset(counts->clocks, 0, survey_cell(end - first, 0) * sizeof *counts->clocks);
    for (size_t cell = survey_cell(first, 0); cell < survey_cell(end, 0); cell++)
        count_cell(tally, cell, counts, counts->clocks[cell - survey_cell(first, 0)]);
    tabulate_kind(tally, kind, counts);
    for (size_t stratum = first; stratum < end; stratum++)
        tally_delays(tally, stratum, counts->clocks + survey_cell(stratum - first, 0));
}

/* Adds a worker's clocks of all kinds to those of the first, and frees what is its own. */
static void end_worker(struct worker_counts *counts, delay_clocks *whole)
{
    for (size_t i = 0; i < (size_t)SCHEME_COUNT * DELAYS_MAX && counts->whole != whole; i++)
        comparison_clock_add(&whole[i / DELAYS_MAX][i % DELAYS_MAX], &counts->whole[i / DELAYS_MAX][i % DELAYS_MAX]);
    if (counts->whole != whole)
        memory_free(counts->whole);
    memory_free(counts->clocks);
    memory_free(counts->kind);
    memory_free(counts->times);
    memory_free(counts->found);
}

static void tally_kinds(struct comparison_tally *tally, size_t worker_count)
{
    const size_t standing_count = tally->survey->evaluation->standing_count, ages = tally->survey->ages;
    struct tallying tallying = {tally, memory_allocate_zeroed(worker_count, sizeof *tallying.counts)};
    for (size_t i = 0; i < worker_count; i++) {
        struct worker_counts *counts = &tallying.counts[i];
        counts->clocks = memory_allocate_zeroed(survey_cell(ages, 0), sizeof *counts->clocks);
        counts->kind = memory_allocate_zeroed(SCHEME_COUNT, sizeof *counts->kind);
        counts->whole = memory_allocate_zeroed(SCHEME_COUNT, sizeof *counts->whole);
        counts->times = memory_allocate_zeroed(standing_count, sizeof *counts->times);
        counts->found = memory_resize(NULL, standing_count, sizeof *counts->found);
    }
    worker_run(worker_count, tally->survey->kind_count, tally_kind, &tallying);
    delay_clocks *whole = tallying.counts[0].whole;
    for (size_t i = 0; i < worker_count; i++)
        end_worker(&tallying.counts[i], whole);
    for (size_t scheme = 0; scheme < SCHEME_COUNT; scheme++) {
        for (size_t delay = 0; delay < tally->survey->evaluation->delay_count; delay++)
            comparison_clock_whole(&whole[scheme][delay], horizons_of(tally, delay), tally->whole[scheme][delay]);
    }
    memory_free(whole);
    memory_free(tallying.counts);
}

struct comparison_tally *comparison_tally_new(const struct survey *survey, uint32_t reference, size_t worker_count)
{
    struct comparison_tally *tally = memory_allocate_zeroed(1, sizeof *tally);
    tally->survey = survey;
    tally->reference = reference;
    find_denominators(tally);
    read_standings(tally);
    const size_t cells = survey->stratum_count * SCHEME_COUNT;
    tally->counts = memory_allocate_zeroed(cells * tally->denominator_count, sizeof *tally->counts);
    tally->sums = memory_allocate_zeroed(cells * tally->quantity_count, sizeof *tally->sums);
    tally->excesses = memory_allocate_zeroed(cells * DELAYS_MAX, sizeof *tally->excesses);
    tally->tables = memory_allocate_zeroed(cells * DELAYS_MAX, sizeof *tally->tables);
    tally->reaches = memory_allocate_zeroed(cells * DELAYS_MAX, sizeof *tally->reaches);
    tally_kinds(tally, worker_count);
    return tally;
}

/* The strata of a kind have one table in common. */
static void free_tables(struct comparison_tally *tally)
{
    const struct survey *survey = tally->survey;
    for (size_t kind = 0; kind < survey->kind_count; kind++) {
        const size_t first = comparison_cell_delay(survey->kind_first[kind], 0, 0);
        for (size_t i = 0; i < (size_t)SCHEME_COUNT * DELAYS_MAX; i++)
            memory_free(tally->tables[first + i]);
    }
    memory_free(tally->tables);
    memory_free(tally->reaches);
}

void comparison_tally_free(struct comparison_tally *tally)
{
    if (tally == NULL)
        return;
    memory_free(tally->standings);
    free_tables(tally);
    memory_free(tally->counts);
    memory_free(tally->sums);
    memory_free(tally->excesses);
    memory_free(tally);
}
