#include "referlens/stats/funnel.h"

#include "referlens/base/memory.h"
#include "referlens/stats/distribution.h"

#include <math.h>

static const struct finding_limits no_limits = {NAN, NAN, NAN, NAN};
static const struct funnel_point no_point = {
    .value = NAN, .score = NAN, .p = NAN, .limits = {NAN, NAN, NAN, NAN}, .plain = {NAN, NAN, NAN, NAN}};

static double clamp(double value, double low, double high)
{
    return value < low ? low : value > high ? high : value;
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

/* A probability on one side, in the words of the levels of the limits. */
static enum finding finding_of_tail(double tail)
{
    if (isnan(tail)) {
        return FINDING_NO_NUMBER;
    }
    return tail <= (1 - 0.998) / 2 ? FINDING_CONVERSATION : tail <= (1 - 0.95) / 2 ? FINDING_WATCH : FINDING_CHANCE;
}

/* `tail`: the exact chance, at the target, of a count at least as far on the same side. */
static struct funnel_verdict judge(double value, double score, const struct finding_limits *limits, double tail)
{
    struct funnel_verdict verdict = {.finding = finding_of(value, limits), .side = finding_side(value, limits)};
    const enum finding exact = finding_of_tail(tail);
    verdict.finding = exact < verdict.finding ? exact : verdict.finding;
    verdict.side = verdict.finding > FINDING_CHANCE ? verdict.side : 0;
    verdict.p = fmax(normal_two_sided_p(score), fmin(1, 2 * tail));
    return verdict;
}

static double score_of(enum funnel_scale scale, const struct funnel *funnel, double count, double size)
{
    const double s = funnel_error(scale, size);
    return funnel_distance(scale, funnel->target, count, size) / sqrt(s * s + funnel->tau2);
}

static const struct funnel_verdict no_verdict = {FINDING_NO_NUMBER, 0, NAN};

struct funnel_verdict funnel_proportion_verdict(const struct funnel *funnel, double count, double total)
{
    if (!(total > 0) || isnan(count) || isnan(funnel->target)) {
        return no_verdict;
    }
    const struct finding_limits limits = funnel_proportion_limits(funnel, total, true);
    const bool below = count / total < funnel->target;
    return judge(count / total, score_of(FUNNEL_OF_PROPORTIONS, funnel, count, total), &limits,
                 below ? binomial_lower_tail(count, total, funnel->target)
                       : binomial_upper_tail(count, total, funnel->target));
}

struct funnel_verdict funnel_ratio_verdict(const struct funnel *funnel, double observed, double expected)
{
    if (!(expected > 0) || isnan(observed) || isnan(funnel->target)) {
        return no_verdict;
    }
    const struct finding_limits limits = funnel_ratio_limits(funnel, expected, true);
    const double mean = expected * funnel->target;
    return judge(observed / expected, score_of(FUNNEL_OF_RATIOS, funnel, observed, expected), &limits,
                 observed < mean ? poisson_lower_tail(observed, mean) : poisson_upper_tail(observed, mean));
}

static void place_point(struct funnel_point *point, double value, double score, struct funnel_verdict verdict)
{
    point->value = value;
    point->score = score;
    point->finding = verdict.finding;
    point->side = verdict.side;
    point->p = verdict.p;
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

static struct funnel with_spread(const struct funnel_units *units)
{
    const struct funnel_spread spread = funnel_spread_of(units);
    return (struct funnel){.target = units->target, .phi = spread.phi, .tau2 = spread.tau2, .used = spread.used};
}

static struct funnel proportions_about(double target, const int64_t *counts, const int64_t *totals, size_t count,
                                       const struct funnel_hidden *hidden, struct funnel_point *points)
{
    double *numbers = memory_resize(NULL, 2 * count, sizeof *numbers), *sizes = numbers + count;
    for (size_t i = 0; i < count; i++) {
        numbers[i] = (double)counts[i];
        sizes[i] = (double)totals[i];
    }
    struct funnel_units units = {
        .scale = FUNNEL_OF_PROPORTIONS, .target = target, .counts = numbers, .sizes = sizes, .count = count};
    if (hidden != NULL) {
        units.hidden = *hidden;
    }
    const struct funnel funnel = with_spread(&units);
    for (size_t i = 0; i < count; i++) {
        points[i] = no_point;
        if (totals[i] > 0) {
            points[i].limits = funnel_proportion_limits(&funnel, sizes[i], true);
            points[i].plain = funnel_proportion_limits(&funnel, sizes[i], false);
            place_point(&points[i], numbers[i] / sizes[i],
                        score_of(FUNNEL_OF_PROPORTIONS, &funnel, numbers[i], sizes[i]),
                        funnel_proportion_verdict(&funnel, numbers[i], sizes[i]));
        }
    }
    memory_free(numbers);
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
    return proportions_about(events / total, counts, totals, count, NULL, points);
}

struct funnel funnel_of_proportions_about(double target, const int64_t *counts, const int64_t *totals, size_t count,
                                          const struct funnel_hidden *hidden, struct funnel_point *points)
{
    double events, total;
    const char *fault = proportions_fault(counts, totals, count, &events, &total);
    if (fault == NULL && !(target >= 0 && target <= 1)) {
        fault = "the target lies outside 0 to 1";
    }
    if (fault != NULL) {
        return refuse(fault, points, count);
    }
    return proportions_about(target, counts, totals, count, hidden, points);
}

struct funnel funnel_of_ratios(const double *observed, const double *expected, size_t count,
                               struct funnel_point *points)
{
    return funnel_of_ratios_and_hidden(observed, expected, count, NULL, points);
}

struct funnel funnel_of_ratios_and_hidden(const double *observed, const double *expected, size_t count,
                                          const struct funnel_hidden *hidden, struct funnel_point *points)
{
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
    struct funnel_units units = {
        .scale = FUNNEL_OF_RATIOS, .target = 1, .counts = observed, .sizes = expected, .count = count};
    if (hidden != NULL) {
        units.hidden = *hidden;
    }
    const struct funnel funnel = with_spread(&units);
    for (size_t i = 0; i < count; i++) {
        points[i] = no_point;
        if (expected[i] > 0) {
            points[i].limits = funnel_ratio_limits(&funnel, expected[i], true);
            points[i].plain = funnel_ratio_limits(&funnel, expected[i], false);
            place_point(&points[i], observed[i] / expected[i],
                        score_of(FUNNEL_OF_RATIOS, &funnel, observed[i], expected[i]),
                        funnel_ratio_verdict(&funnel, observed[i], expected[i]));
        }
    }
    return funnel;
}
