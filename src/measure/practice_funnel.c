#include "referlens/measure/practice_funnel.h"

#include "referlens/base/memory.h"
#include "referlens/base/worker.h"
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

/* A practice whose count is hidden, but not the size that it goes with. */
static void collect_hidden(struct practice_funnel *funnel, const struct result *result)
{
    const double size = is_rate(funnel) ? funnel->overall / result->factor : result->denominator;
    if (result->status != RESULT_SUPPRESSED || !(size > 0) || isinf(size))
        return;
    funnel->hidden_sizes =
        memory_grow(funnel->hidden_sizes, &funnel->hidden_capacity, funnel->hidden + 1, sizeof *funnel->hidden_sizes);
    funnel->hidden_sizes[funnel->hidden++] = size;
}

static void collect_point(struct practice_funnel *funnel, size_t *capacity, const struct result *result)
{
    collect_hidden(funnel, result);
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
    const struct funnel_hidden hidden = {funnel->hidden_sizes, funnel->hidden, DISCLOSURE_HIDDEN_MAX};
    if (is_rate(funnel)) {
        double *observed = memory_resize(NULL, count, sizeof *observed);
        double *expected = memory_resize(NULL, count, sizeof *expected);
        for (size_t i = 0; i < count; i++) {
            observed[i] = funnel->points[i].numerator;
            expected[i] = funnel->points[i].denominator;
        }
        model = funnel_of_ratios_and_hidden(observed, expected, count, &hidden, points);
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
    model = funnel_of_proportions_about(funnel->overall, counts, totals, count, &hidden, points);
    free(counts);
    free(totals);
    return model;
}

static struct funnel_verdict verdict_of(const struct practice_funnel *funnel, const struct funnel *model, double count,
                                        double size)
{
    if (!funnel->has_limits)
        return (struct funnel_verdict){FINDING_NO_NUMBER, 0, NAN};
    return is_rate(funnel) ? funnel_ratio_verdict(model, count, size) : funnel_proportion_verdict(model, count, size);
}

/* Of rounded counts the weakest verdict that any of those allows which are shown alike, and none where they lie on both
 * sides: rounding alone must not set a practice apart. The weakest is that of the count and size which bring the
 * practice closest to the target, since fewer events, or more referrals for the same events, never move one that is
 * above it further out. */
static struct funnel_verdict judge(const struct practice_funnel *funnel, const struct funnel *model,
                                   const struct practice_point *point)
{
    if (!point->is_masked || !funnel->has_limits)
        return verdict_of(funnel, model, point->numerator, point->denominator);
    const double target = model->target;
    const bool above = point->numerator / point->denominator > target;
    const struct count_range hits = disclosure_counts(point->numerator);
    double size = point->denominator, count = (double)(above ? hits.first : hits.last);
    if (!is_rate(funnel)) {
        const struct count_range totals = disclosure_counts(point->denominator);
        size = (double)(above ? totals.last : totals.first);
        count = fmin(count, size);
    }
    const struct funnel_verdict closest = verdict_of(funnel, model, count, size);
    return (count / size > target) == above ? closest : (struct funnel_verdict){FINDING_CHANCE, 0, 1};
}

/* Writes down what the funnel says of the point, and returns its p. Chance alone is the model without the allowance for
 * how far practices lie apart. */
static double judge_point(const struct practice_funnel *funnel, struct practice_point *point)
{
    const struct funnel_verdict verdict = judge(funnel, &funnel->model, point);
    struct funnel chance_alone = funnel->model;
    chance_alone.tau2 = 0;
    point->finding = verdict.finding;
    point->side = verdict.side;
    point->beyond_chance_alone =
        verdict.finding == FINDING_CHANCE && judge(funnel, &chance_alone, point).finding == FINDING_CONVERSATION;
    return verdict.p;
}

/* Practices whose counts are hidden are many of all that were compared, and those with the least to find: of q-values
 * over the others alone, too many would be small. They take part with a p of 1. */
static void judge_points(struct practice_funnel *funnel, const struct funnel_point *judged)
{
    const size_t all = funnel->count + funnel->hidden;
    double *p = memory_resize(NULL, 2 * all, sizeof *p), *q = p + all;
    for (size_t i = 0; i < all; i++)
        p[i] = 1;
    for (size_t i = 0; i < funnel->count; i++) {
        funnel->points[i].limits = judged[i].limits;
        p[i] = judge_point(funnel, &funnel->points[i]);
    }
    adjust_benjamini_hochberg(p, all, q);
    for (size_t i = 0; i < funnel->count; i++)
        funnel->points[i].q = q[i];
    free(p);
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
        judge_points(funnel, judged);
        funnel->status = RESULT_OK;
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
    free(funnel->hidden_sizes);
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
    judge_point(funnel, &point);
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
