#include "referlens/stats/funnel.h"

#include "referlens/base/memory.h"
#include "referlens/stats/distribution.h"
#include "referlens/stats/quantile.h"

#include <math.h>

static const struct finding_limits no_limits = {NAN, NAN, NAN, NAN};
static const struct funnel_point no_point = {
    .value = NAN, .score = NAN, .limits = {NAN, NAN, NAN, NAN}, .plain = {NAN, NAN, NAN, NAN}};

/* One unit on the scale on which its variance depends on its size alone. */
struct unit {
    double distance; /* from the target */
    double s;        /* standard deviation by chance; 0: the unit is left out */
};

static double clamp(double value, double low, double high)
{
    return value < low ? low : value > high ? high : value;
}

/* Fills φ, τ² and `used`. */
static void measure_overdispersion(const struct unit *units, size_t count, struct funnel *funnel)
{
    double *scores = memory_resize(NULL, count, sizeof *scores);
    double weights = 0;
    double squares = 0;
    size_t k = 0;

    for (size_t i = 0; i < count; i++) {
        if (units[i].s > 0) {
            double weight = 1 / (units[i].s * units[i].s);
            weights += weight;
            squares += weight * weight;
            scores[k++] = units[i].distance / units[i].s;
        }
    }
    sort_numbers(scores, k);
    double low = quantile_of_sorted(scores, k, 0.1);
    double high = quantile_of_sorted(scores, k, 0.9);
    double sum = 0;
    for (size_t i = 0; i < k; i++) {
        double score = clamp(scores[i], low, high);
        sum += score * score;
    }
    memory_free(scores);
    funnel->used = k;
    funnel->phi = k > 0 ? sum / (double)k : NAN;
    double room = weights - squares / weights;
    double excess = sum - ((double)k - 1);
    funnel->tau2 = k > 1 && excess > 0 && room > 0 ? excess / room : 0;
}

static struct finding_limits limits_by(double (*limit)(const struct funnel *, double size, double shift),
                                       const struct funnel *funnel, double size, double spread)
{
    double z95 = normal_quantile_two_sided(0.95);
    double z998 = normal_quantile_two_sided(0.998);
    return (struct finding_limits){
        .lower95 = limit(funnel, size, -z95 * spread),
        .upper95 = limit(funnel, size, z95 * spread),
        .lower998 = limit(funnel, size, -z998 * spread),
        .upper998 = limit(funnel, size, z998 * spread),
    };
}

static double proportion_limit(const struct funnel *funnel, double total, double shift)
{
    (void)total;
    double sine = sin(clamp(asin(sqrt(funnel->target)) + shift, 0, M_PI_2));
    return clamp(sine * sine, 0, 1);
}

static double ratio_limit(const struct funnel *funnel, double expected, double shift)
{
    double ratio = funnel->target * exp(shift);
    return shift < 0 && ratio * expected < 0.5 ? 0 : ratio;
}

struct finding_limits funnel_proportion_limits(const struct funnel *funnel, double total, bool adjusted)
{
    if (!(total > 0) || isnan(funnel->target)) {
        return no_limits;
    }
    double spread = sqrt(1 / (4 * total) + (adjusted ? funnel->tau2 : 0));
    return limits_by(proportion_limit, funnel, total, spread);
}

struct finding_limits funnel_ratio_limits(const struct funnel *funnel, double expected, bool adjusted)
{
    if (!(expected > 0) || isnan(funnel->target)) {
        return no_limits;
    }
    double spread = sqrt(1 / expected + (adjusted ? funnel->tau2 : 0));
    return limits_by(ratio_limit, funnel, expected, spread);
}

static void place_point(struct funnel_point *point, double value, const struct unit *unit, const struct funnel *funnel)
{
    point->value = value;
    point->score = unit->distance / sqrt(unit->s * unit->s + funnel->tau2);
    point->finding = finding_of(value, &point->limits);
    point->side = finding_side(value, &point->limits);
}

static struct funnel refuse(const char *reason, struct funnel_point *points, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        points[i] = no_point;
    }
    return (struct funnel){.target = NAN, .phi = NAN, .tau2 = NAN, .reason = reason};
}

/* Sums the counts and totals; says why there can be no funnel of them, NULL where there can. */
static const char *proportions_fault(const int64_t *counts, const int64_t *totals, size_t count, double *events,
                                     double *total)
{
    *events = *total = 0;
    for (size_t i = 0; i < count; i++) {
        if (counts[i] < 0 || totals[i] < counts[i]) {
            return "a count lies outside its total";
        }
        *events += (double)counts[i];
        *total += (double)totals[i];
    }
    return *total > 0 ? NULL : "no unit has a total above 0";
}

static struct funnel proportions_about(double target, const int64_t *counts, const int64_t *totals, size_t count,
                                       struct funnel_point *points)
{
    struct funnel funnel = {.target = target, .phi = NAN};
    struct unit *units = memory_allocate_zeroed(count, sizeof *units);
    double angle = asin(sqrt(target));
    for (size_t i = 0; i < count; i++) {
        if (totals[i] > 0) {
            units[i].distance = asin(sqrt((double)counts[i] / (double)totals[i])) - angle;
            units[i].s = 1 / (2 * sqrt((double)totals[i]));
        }
    }
    measure_overdispersion(units, count, &funnel);
    for (size_t i = 0; i < count; i++) {
        points[i] = no_point;
        if (totals[i] > 0) {
            points[i].limits = funnel_proportion_limits(&funnel, (double)totals[i], true);
            points[i].plain = funnel_proportion_limits(&funnel, (double)totals[i], false);
            place_point(&points[i], (double)counts[i] / (double)totals[i], &units[i], &funnel);
        }
    }
    memory_free(units);
    return funnel;
}

struct funnel funnel_of_proportions(const int64_t *counts, const int64_t *totals, size_t count,
                                    struct funnel_point *points)
{
    double events, total;
    const char *fault = proportions_fault(counts, totals, count, &events, &total);
    if (fault != NULL) {
        return refuse(fault, points, count);
    }
    return proportions_about(events / total, counts, totals, count, points);
}

struct funnel funnel_of_proportions_about(double target, const int64_t *counts, const int64_t *totals, size_t count,
                                          struct funnel_point *points)
{
    double events, total;
    const char *fault = proportions_fault(counts, totals, count, &events, &total);
    if (fault == NULL && !(target >= 0 && target <= 1)) {
        fault = "the target lies outside 0 to 1";
    }
    if (fault != NULL) {
        return refuse(fault, points, count);
    }
    return proportions_about(target, counts, totals, count, points);
}

struct funnel funnel_of_ratios(const double *observed, const double *expected, size_t count,
                               struct funnel_point *points)
{
    struct funnel funnel = {.target = 1, .phi = NAN};
    bool any = false;

    for (size_t i = 0; i < count; i++) {
        if (!(observed[i] >= 0 && expected[i] >= 0 && isfinite(observed[i]) && isfinite(expected[i]))) {
            return refuse("an observed or expected count is negative or unknown", points, count);
        }
        any = any || expected[i] > 0;
    }
    if (!any) {
        return refuse("no unit has anything expected", points, count);
    }
    struct unit *units = memory_allocate_zeroed(count, sizeof *units);
    for (size_t i = 0; i < count; i++) {
        if (expected[i] > 0) {
            units[i].distance = log((observed[i] > 0 ? observed[i] : 0.5) / expected[i]);
            units[i].s = 1 / sqrt(expected[i]);
        }
    }
    measure_overdispersion(units, count, &funnel);
    for (size_t i = 0; i < count; i++) {
        points[i] = no_point;
        if (expected[i] > 0) {
            points[i].limits = funnel_ratio_limits(&funnel, expected[i], true);
            points[i].plain = funnel_ratio_limits(&funnel, expected[i], false);
            place_point(&points[i], observed[i] / expected[i], &units[i], &funnel);
        }
    }
    memory_free(units);
    return funnel;
}
