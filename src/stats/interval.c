#include "referlens/stats/interval.h"

#include <math.h>
#include <stdbool.h>

static const struct interval no_interval = {NAN, NAN};

static bool is_proportion(int64_t count, int64_t total)
{
    return count >= 0 && total > 0 && count <= total;
}

struct interval wilson_interval_z(int64_t count, int64_t total, double z)
{
    if (!is_proportion(count, total) || !(z >= 0)) {
        return no_interval;
    }
    double x = (double)count;
    double n = (double)total;
    double squared = z * z;
    double reach = 2 * x + squared + z * sqrt(squared + 4 * x * (double)(total - count) / n);

    /* The lower limit multiplied out by its conjugate: nothing cancels, and 0 of n gives exactly 0. */
    return (struct interval){
        .lower = 2 * x * x / (n * reach),
        .upper = count == total ? 1 : fmin(1, reach / (2 * (n + squared))),
    };
}

struct interval wilson_interval(int64_t count, int64_t total, double level)
{
    return wilson_interval_z(count, total, normal_quantile_two_sided(level));
}

struct interval clopper_pearson_interval(int64_t count, int64_t total, double level)
{
    if (!is_proportion(count, total) || !(level > 0 && level < 1)) {
        return no_interval;
    }
    double half = (1 - level) / 2;
    double x = (double)count;
    double failures = (double)(total - count);

    return (struct interval){
        .lower = count == 0 ? 0 : beta_lower_quantile(half, x, failures + 1),
        .upper = count == total ? 1 : beta_upper_quantile(half, x + 1, failures),
    };
}

struct estimate newcombe_difference(int64_t count1, int64_t total1, int64_t count2, int64_t total2, double level)
{
    struct interval first = wilson_interval(count1, total1, level);
    struct interval second = wilson_interval(count2, total2, level);
    if (isnan(first.lower) || isnan(second.lower)) {
        return (struct estimate){NAN, NAN, NAN};
    }
    double p1 = (double)count1 / (double)total1;
    double p2 = (double)count2 / (double)total2;

    return (struct estimate){
        .value = p1 - p2,
        .lower = p1 - p2 - hypot(p1 - first.lower, second.upper - p2),
        .upper = p1 - p2 + hypot(first.upper - p1, p2 - second.lower),
    };
}

struct interval poisson_exact_interval(double count, double level)
{
    if (!(count >= 0 && isfinite(count) && level > 0 && level < 1)) {
        return no_interval;
    }
    double half = (1 - level) / 2;

    return (struct interval){
        .lower = count == 0 ? 0 : gamma_lower_quantile(half, count),
        .upper = gamma_upper_quantile(half, count + 1),
    };
}

static double byar_limit(double count, double z)
{
    double root = 1 - 1 / (9 * count) + z / (3 * sqrt(count));
    return root > 0 ? count * root * root * root : 0;
}

struct interval byar_interval_z(double count, double z)
{
    if (!(count >= 0 && isfinite(count) && z >= 0)) {
        return no_interval;
    }
    return (struct interval){
        .lower = count > 0 ? byar_limit(count, -z) : NAN,
        .upper = byar_limit(count + 1, z),
    };
}

struct interval byar_interval(double count, double level)
{
    return byar_interval_z(count, normal_quantile_two_sided(level));
}

struct interval rate_interval(double count, double level)
{
    return count < RATE_EXACT_BELOW ? poisson_exact_interval(count, level) : byar_interval(count, level);
}

struct estimate rate_difference(double count1, double time1, double count2, double time2, double level)
{
    struct interval first = rate_interval(count1, level);
    struct interval second = rate_interval(count2, level);
    if (!(time1 > 0 && time2 > 0) || isnan(first.lower) || isnan(second.lower)) {
        return (struct estimate){NAN, NAN, NAN};
    }
    double difference = count1 / time1 - count2 / time2;

    return (struct estimate){
        .value = difference,
        .lower = difference - hypot((count1 - first.lower) / time1, (second.upper - count2) / time2),
        .upper = difference + hypot((first.upper - count1) / time1, (count2 - second.lower) / time2),
    };
}
