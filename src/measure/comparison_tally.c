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
            (struct comparison_denominator){m, tally->quantity_count, is_delay ? delay++ : DELAYS_MAX};
        tally->quantity_count += is_delay ? (size_t)DELAY_QUANTITIES : 1;
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

static void fill_pseudo(struct comparison_tally *tally, size_t scheme, size_t delay)
{
    const struct survey_clock *clock = &tally->survey->clocks[scheme][delay];
    const int32_t *horizons = comparison_days(tally->denominators[tally->delay_denominator[delay]].measure);
    struct life_table_row rows[SURVEY_DAYS];
    struct pseudo_value values[SURVEY_DAYS][PSEUDO_END_COUNT];
    for (size_t t = 0; t < SURVEY_DAYS; t++)
        rows[t] = (struct life_table_row){(int32_t)t, clock->ends[t][PSEUDO_EVENT], clock->ends[t][PSEUDO_COMPETING],
                                          clock->ends[t][PSEUDO_CENSORED]};
    for (size_t h = 0; h < COMPARISON_HORIZONS; h++) {
        struct pseudo_value *whole = &tally->whole[scheme][delay][h];
        pseudo_values(rows, SURVEY_DAYS, horizons[h], values, whole);
        if (clock->follow_up_maximum < horizons[h])
            *whole = (struct pseudo_value){NAN, NAN};
        for (size_t i = 0; i < (size_t)SURVEY_DAYS * PSEUDO_END_COUNT; i++) {
            double *to = tally->pseudo[(scheme * DELAYS_MAX + delay) * SURVEY_DAYS * PSEUDO_END_COUNT + i];
            to[2 * h] = values[i / PSEUDO_END_COUNT][i % PSEUDO_END_COUNT].incidence;
            to[2 * h + 1] = values[i / PSEUDO_END_COUNT][i % PSEUDO_END_COUNT].mean;
        }
    }
}

/* What a worker counts of one stratum. */
struct stratum_counts {
    struct survey_clock (*clocks)[DELAYS_MAX]; /* by scheme */
    uint32_t *times; /* by standing: how many rows of the cell at hand have it; all 0 between cells */
    uint32_t *found; /* the standings that any has */
};

struct tallying {
    struct comparison_tally *tally;
    struct stratum_counts *counts; /* by worker */
};

/* Counts the standings of a cell's rows, which lie apart, and the days of its clocks. Returns how many standings. */
static size_t count_rows(const struct comparison_tally *tally, size_t cell, const struct stratum_counts *counts,
                         struct survey_clock *clocks)
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
            clocks[delay].ends[survey_day(evaluation, index, delay)][standing->running[k].end]++;
        }
    }
    return found;
}

static void count_cell(const struct comparison_tally *tally, size_t cell, const struct stratum_counts *counts,
                       struct survey_clock *clocks)
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

/* Sums the quantities of a delay, day after day: in an order of their own. */
static void sum_delay(const struct comparison_tally *tally, size_t scheme, size_t delay,
                      const struct survey_clock *clock, double *sums)
{
    for (size_t t = 0; t < SURVEY_DAYS; t++) {
        for (size_t end = 0; end < PSEUDO_END_COUNT; end++) {
            if (clock->ends[t][end] == 0)
                continue;
            const double *values = comparison_pseudo(tally, scheme, delay, t, end);
            for (size_t q = 0; q < DELAY_QUANTITIES; q++)
                sums[q] += clock->ends[t][end] * values[q];
        }
    }
}

static void test_delay(const struct survey_clock *own, const struct survey_clock *reference,
                       struct comparison_excess *excess)
{
    struct logrank_counts counts[SURVEY_DAYS];
    for (size_t t = 0; t < SURVEY_DAYS; t++) {
        const struct survey_clock *of[2] = {own, reference};
        for (size_t group = 0; group < 2; group++) {
            const uint32_t *ends = of[group]->ends[t];
            const uint32_t events = t == SURVEY_BEYOND ? 0 : ends[PSEUDO_EVENT];
            counts[t].events[group] = events;
            counts[t].others[group] = ends[PSEUDO_COMPETING] + ends[PSEUDO_CENSORED] + ends[PSEUDO_EVENT] - events;
        }
    }
    logrank_of_counts(counts, SURVEY_DAYS, &excess->excess, &excess->variance);
}

static void tally_stratum(void *context, size_t stratum, size_t worker)
{
    const struct tallying *tallying = context;
    const struct comparison_tally *tally = tallying->tally;
    struct survey_clock(*clocks)[DELAYS_MAX] = tallying->counts[worker].clocks;
    const size_t delay_count = tally->survey->evaluation->delay_count;
    memset(clocks, 0, SCHEME_COUNT * sizeof *clocks);
    for (size_t scheme = 0; scheme < SCHEME_COUNT; scheme++)
        count_cell(tally, survey_cell(stratum, scheme), &tallying->counts[worker], clocks[scheme]);
    for (size_t scheme = 0; scheme < SCHEME_COUNT; scheme++) {
        const int64_t *counts = comparison_counts(tally, stratum, scheme);
        const int64_t *others = comparison_counts(tally, stratum, tally->reference);
        double *sums = tally->sums + (stratum * SCHEME_COUNT + scheme) * tally->quantity_count;
        for (size_t delay = 0; delay < delay_count; delay++) {
            const size_t denominator = tally->delay_denominator[delay];
            if (counts[denominator] == 0)
                continue;
            sum_delay(tally, scheme, delay, &clocks[scheme][delay], sums + tally->denominators[denominator].quantity);
            if (scheme != tally->reference && others[denominator] > 0)
                test_delay(&clocks[scheme][delay], &clocks[tally->reference][delay],
                           &tally->excesses[(stratum * SCHEME_COUNT + scheme) * DELAYS_MAX + delay]);
        }
    }
}

static void tally_strata(struct comparison_tally *tally, size_t worker_count)
{
    const size_t standing_count = tally->survey->evaluation->standing_count;
    struct tallying tallying = {tally, memory_allocate_zeroed(worker_count, sizeof *tallying.counts)};
    for (size_t i = 0; i < worker_count; i++) {
        struct stratum_counts *counts = &tallying.counts[i];
        counts->clocks = memory_allocate_zeroed(SCHEME_COUNT, sizeof *counts->clocks);
        counts->times = memory_allocate_zeroed(standing_count, sizeof *counts->times);
        counts->found = memory_resize(NULL, standing_count, sizeof *counts->found);
    }
    worker_run(worker_count, tally->survey->stratum_count, tally_stratum, &tallying);
    for (size_t i = 0; i < worker_count; i++) {
        memory_free(tallying.counts[i].clocks);
        memory_free(tallying.counts[i].times);
        memory_free(tallying.counts[i].found);
    }
    memory_free(tallying.counts);
}

struct comparison_tally *comparison_tally_new(const struct survey *survey, uint32_t reference, size_t worker_count)
{
    struct comparison_tally *tally = memory_allocate_zeroed(1, sizeof *tally);
    tally->survey = survey;
    tally->reference = reference;
    find_denominators(tally);
    read_standings(tally);
    tally->pseudo = memory_allocate_zeroed((size_t)SCHEME_COUNT * DELAYS_MAX * SURVEY_DAYS * PSEUDO_END_COUNT,
                                           sizeof *tally->pseudo);
    for (size_t scheme = 0; scheme < SCHEME_COUNT; scheme++) {
        for (size_t delay = 0; delay < survey->evaluation->delay_count; delay++)
            fill_pseudo(tally, scheme, delay);
    }
    const size_t cells = survey->stratum_count * SCHEME_COUNT;
    tally->counts = memory_allocate_zeroed(cells * tally->denominator_count, sizeof *tally->counts);
    tally->sums = memory_allocate_zeroed(cells * tally->quantity_count, sizeof *tally->sums);
    tally->excesses = memory_allocate_zeroed(cells * DELAYS_MAX, sizeof *tally->excesses);
    tally_strata(tally, worker_count);
    return tally;
}

void comparison_tally_free(struct comparison_tally *tally)
{
    if (tally == NULL)
        return;
    memory_free(tally->standings);
    memory_free(tally->pseudo);
    memory_free(tally->counts);
    memory_free(tally->sums);
    memory_free(tally->excesses);
    memory_free(tally);
}
