#include "referlens/measure/practice_funnel.h"

#include "referlens/base/memory.h"
#include "referlens/base/worker.h"
#include "referlens/stats/distribution.h"
#include "referlens/stats/multiplicity.h"

#include <math.h>
#include <stdlib.h>

/* A number that can be a point: not hidden, and of something. */
static bool is_shown(const struct result *result)
{
    return result->status == RESULT_OK && result->denominator > 0.0 && !isnan(result->value);
}

static bool is_rate(const struct practice_funnel *funnel)
{
    return measure_table[funnel->measure].kind == MEASURE_RATE;
}

/* Per person-year, as the table has it per 1,000. */
static double per_person_year(double value)
{
    return value / 1000.0;
}

/* The point of a shown result, not yet compared. */
static struct practice_point point_of(const struct practice_funnel *funnel, const struct result *result)
{
    struct practice_point point = {
        .practice = result->slice.practice,
        .numerator = result->numerator,
        .denominator = result->denominator,
        .value = result->value,
        .lower = result->lower,
        .upper = result->upper,
        .limits = {NAN, NAN, NAN, NAN},
        .q = NAN,
        .is_masked = result->is_masked,
    };
    if (is_rate(funnel)) {
        point.denominator = funnel->overall / result->factor;
        point.value = per_person_year(result->value) / funnel->overall;
        point.lower = per_person_year(result->lower) / funnel->overall;
        point.upper = per_person_year(result->upper) / funnel->overall;
    }
    return point;
}

static void collect_point(struct practice_funnel *funnel, size_t *capacity, const struct result *result)
{
    if (!is_shown(result) || (is_rate(funnel) && !(funnel->overall > 0.0))) {
        funnel->suppressed += result->status == RESULT_SUPPRESSED;
        funnel->empty += result->status != RESULT_SUPPRESSED;
        return;
    }
    funnel->points = memory_grow(funnel->points, capacity, funnel->count + 1, sizeof *funnel->points);
    const struct practice_point point = point_of(funnel, result);
    funnel->points[funnel->count++] = point;
    funnel->denominator_maximum = fmax(funnel->denominator_maximum, point.denominator);
    funnel->value_maximum = fmax(funnel->value_maximum, point.value);
}

/* Whether a result speaks of a practice as a whole. */
static bool is_of_practice(const struct result *result)
{
    const struct slice *slice = &result->slice;
    return slice->practice != SLICE_ALL && slice->specialty == SLICE_ALL && slice->scheme == SLICE_ALL &&
           slice->period == PERIOD_ALL;
}

/* Without points yet: the measure and what is known of all together. */
static struct practice_funnel begin_funnel(const struct report *report, size_t measure)
{
    struct practice_funnel funnel = {.measure = measure, .overall = NAN, .status = RESULT_INSUFFICIENT};
    funnel.is_untrusted = !report_is_trusted(report, measure);
    const struct result *all = measure_table[measure].kind == MEASURE_DELAY
                                   ? NULL
                                   : result_list_find(&report->aggregates, slice_all(), (uint16_t)measure);
    if (all != NULL && all->status == RESULT_NOT_RECORDED)
        funnel.status = RESULT_NOT_RECORDED;
    if (all != NULL && is_shown(all))
        funnel.overall = is_rate(&funnel) ? per_person_year(all->value) : all->value;
    return funnel;
}

static struct funnel model_of(const struct practice_funnel *funnel, struct funnel_point *points)
{
    struct funnel model;
    const size_t count = funnel->count;
    if (is_rate(funnel)) {
        double *observed = memory_resize(NULL, count, sizeof *observed);
        double *expected = memory_resize(NULL, count, sizeof *expected);
        for (size_t i = 0; i < count; i++) {
            observed[i] = funnel->points[i].numerator;
            expected[i] = funnel->points[i].denominator;
        }
        model = funnel_of_ratios(observed, expected, count, points);
        free(observed);
        free(expected);
        return model;
    }
    int64_t *counts = memory_resize(NULL, count, sizeof *counts);
    int64_t *totals = memory_resize(NULL, count, sizeof *totals);
    for (size_t i = 0; i < count; i++) {
        counts[i] = llround(funnel->points[i].numerator);
        totals[i] = llround(funnel->points[i].denominator);
    }
    model = funnel_of_proportions_about(funnel->overall, counts, totals, count, points);
    free(counts);
    free(totals);
    return model;
}

/* Takes the finding back to the weakest that any of the counts allows which are shown alike, all on one side: rounding
 * alone must not set a practice apart. */
static void weaken(struct practice_point *point, double value, const struct finding_limits *limits)
{
    const enum finding finding = finding_of(value, limits);
    if (finding < point->finding)
        point->finding = finding;
    if (point->finding <= FINDING_CHANCE || finding_side(value, limits) != point->side) {
        point->finding = FINDING_CHANCE;
        point->side = 0;
    }
}

static void judge_all_counts(const struct practice_funnel *funnel, struct practice_point *point)
{
    const struct count_range hits = disclosure_counts(point->numerator);
    if (is_rate(funnel)) {
        for (int64_t count = hits.first; count <= hits.last && point->finding > FINDING_CHANCE; count++)
            weaken(point, (double)count / point->denominator, &point->limits);
        return;
    }
    const struct count_range totals = disclosure_counts(point->denominator);
    for (int64_t total = totals.first; total <= totals.last && point->finding > FINDING_CHANCE; total++) {
        const struct finding_limits limits = practice_funnel_limits(funnel, (double)total, true);
        for (int64_t count = hits.first; count <= hits.last && count <= total && point->finding > FINDING_CHANCE;
             count++)
            weaken(point, (double)count / (double)total, &limits);
    }
}

/* On which side of the 99.8 % limits of chance alone a value lies; 0 inside. */
static int plain_side(const struct practice_funnel *funnel, double count, double denominator)
{
    const struct finding_limits limits = practice_funnel_limits(funnel, denominator, false);
    const double value = count / denominator;
    return finding_of(value, &limits) == FINDING_CONVERSATION ? finding_side(value, &limits) : 0;
}

/* Of rounded counts, all that are shown alike must lie beyond those limits, on one side. */
static bool is_beyond_chance_alone(const struct practice_funnel *funnel, const struct practice_point *point)
{
    const int side = plain_side(funnel, point->numerator, point->denominator);
    if (point->finding != FINDING_CHANCE || side == 0)
        return false;
    const struct count_range none = {0, -1};
    const struct count_range hits = point->is_masked ? disclosure_counts(point->numerator) : none;
    const struct count_range totals =
        point->is_masked && !is_rate(funnel) ? disclosure_counts(point->denominator) : (struct count_range){0, 0};
    for (int64_t total = totals.first; total <= totals.last; total++) {
        const double of = is_rate(funnel) ? point->denominator : (double)total;
        for (int64_t count = hits.first; count <= hits.last && (is_rate(funnel) || count <= total); count++) {
            if (plain_side(funnel, (double)count, of) != side)
                return false;
        }
    }
    return true;
}

/* Judges the points of a collected funnel. */
static void end_funnel(struct practice_funnel *funnel)
{
    const size_t count = funnel->count;
    if (count < FUNNEL_PRACTICES_MIN || isnan(funnel->overall) || funnel->is_untrusted)
        return;
    struct funnel_point *judged = memory_resize(NULL, count, sizeof *judged);
    funnel->model = model_of(funnel, judged);
    funnel->has_limits = funnel->model.reason == NULL;
    if (funnel->has_limits) {
        double *p = memory_resize(NULL, 2 * count, sizeof *p), *q = p + count;
        for (size_t i = 0; i < count; i++)
            p[i] = normal_two_sided_p(judged[i].score);
        adjust_benjamini_hochberg(p, count, q);
        for (size_t i = 0; i < count; i++) {
            struct practice_point *point = &funnel->points[i];
            point->limits = judged[i].limits;
            point->finding = judged[i].finding;
            point->side = judged[i].side;
            point->q = q[i];
            if (point->is_masked)
                judge_all_counts(funnel, point);
            point->beyond_chance_alone = is_beyond_chance_alone(funnel, point);
        }
        funnel->status = RESULT_OK;
        free(p);
    }
    free(judged);
}

struct practice_funnel practice_funnel_of(const struct report *report, const char *measure)
{
    struct practice_funnel funnel = begin_funnel(report, measure_index(measure));
    size_t capacity = 0;
    for (size_t i = 0; i < report->practices.count; i++) {
        const struct result *result = &report->practices.results[i];
        if (result->measure == funnel.measure && is_of_practice(result))
            collect_point(&funnel, &capacity, result);
    }
    end_funnel(&funnel);
    return funnel;
}

static void end_task(void *context, size_t task, size_t worker)
{
    (void)worker;
    struct practice_funnel *funnels = context;
    end_funnel(&funnels[task]);
}

struct practice_funnel *practice_funnels_of(const struct report *report, size_t worker_count)
{
    struct practice_funnel *funnels = memory_allocate_zeroed(measure_count, sizeof *funnels);
    size_t *capacities = memory_allocate_zeroed(measure_count, sizeof *capacities);
    for (size_t i = 0; i < measure_count; i++)
        funnels[i] = begin_funnel(report, i);
    for (size_t i = 0; i < report->practices.count; i++) {
        const struct result *result = &report->practices.results[i];
        if (measure_table[result->measure].kind != MEASURE_DELAY && is_of_practice(result))
            collect_point(&funnels[result->measure], &capacities[result->measure], result);
    }
    worker_run(worker_count, measure_count, end_task, funnels);
    free(capacities);
    return funnels;
}

void practice_funnel_release(struct practice_funnel *funnel)
{
    if (funnel == NULL)
        return;
    free(funnel->points);
    *funnel = (struct practice_funnel){.overall = NAN, .status = RESULT_INSUFFICIENT};
}

struct practice_point practice_funnel_place(const struct practice_funnel *funnel, const struct result *result)
{
    if (result == NULL || !is_shown(result)) {
        return (struct practice_point){
            .practice = SLICE_ALL,
            .numerator = NAN,
            .denominator = NAN,
            .value = NAN,
            .lower = NAN,
            .upper = NAN,
            .limits = {NAN, NAN, NAN, NAN},
            .q = NAN,
        };
    }
    struct practice_point point = point_of(funnel, result);
    point.limits = practice_funnel_limits(funnel, point.denominator, true);
    point.finding = finding_of(point.value, &point.limits);
    point.side = finding_side(point.value, &point.limits);
    if (point.is_masked)
        judge_all_counts(funnel, &point);
    point.beyond_chance_alone = is_beyond_chance_alone(funnel, &point);
    return point;
}

const char *practice_point_note(const struct practice_point *point)
{
    return point->beyond_chance_alone
               ? "further apart than chance alone, but no further than practices usually are in this"
               : NULL;
}

struct finding_limits practice_funnel_limits(const struct practice_funnel *funnel, double denominator, bool adjusted)
{
    if (!funnel->has_limits)
        return (struct finding_limits){NAN, NAN, NAN, NAN};
    return is_rate(funnel) ? funnel_ratio_limits(&funnel->model, denominator, adjusted)
                           : funnel_proportion_limits(&funnel->model, denominator, adjusted);
}

size_t practice_funnel_grid(const struct practice_funnel *funnel, double grid[FUNNEL_GRID_MAX])
{
    static const double steps[] = {1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0};
    enum { STEPS = sizeof steps / sizeof steps[0] };
    double smallest = funnel->denominator_maximum, power = 1.0;
    size_t count = 0;
    for (size_t i = 0; i < funnel->count; i++)
        smallest = fmin(smallest, funnel->points[i].denominator);
    for (size_t i = 0; funnel->has_limits && count < FUNNEL_GRID_MAX; i++) {
        const double size = steps[i % STEPS] * power;
        power *= i % STEPS == STEPS - 1 ? 10.0 : 1.0;
        if (size != floor(size))
            continue;
        if (size <= smallest)
            count = 0; /* the one before lies further below the smallest practice */
        grid[count++] = size;
        if (size >= funnel->denominator_maximum)
            break;
    }
    return count;
}
