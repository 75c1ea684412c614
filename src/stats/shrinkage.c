#include "referlens/stats/shrinkage.h"

#include "referlens/base/memory.h"
#include "referlens/stats/quantile.h"

#include <math.h>

enum { STEPS_MAX = 200, HALVINGS_MAX = 60 };

/* The log-likelihood is Σ ln(μ + kθ) over k below each count, plus Σ ln(1 − μ + kθ) over k below each total less count,
 * less Σ ln(1 + kθ) over k below each total. So only how many units go beyond each k matters: the three lists, sorted.
 */
struct units {
    double *counts;
    double *others;
    double *totals;
    size_t count;
    int64_t events;
    int64_t total;
    int64_t pairs; /* a unit with total 1 says nothing about the spread */
    int64_t inner; /* neither 0 nor all */
};

/* Σ over a sorted list of Σ ln(base + kθ), with derivatives by `base` and θ. */
struct sums {
    double value;
    double by_base, by_theta;
    double by_base2, by_both, by_theta2;
};

/* Adds the terms of k = first … last − 1, each `beyond` times. */
static void add_stretch(struct sums *sums, int64_t first, int64_t last, double beyond, double base, double theta)
{
    double product = 1; /* one logarithm for eight terms */
    struct sums part = {0};

    for (int64_t k = first; k < last; k++) {
        double step = (double)k;
        double term = base + step * theta;
        double inverse = 1 / term;
        double slope = step * inverse;
        part.by_base += inverse;
        part.by_theta += slope;
        part.by_base2 -= inverse * inverse;
        part.by_both -= slope * inverse;
        part.by_theta2 -= slope * slope;
        product *= term;
        if (k % 8 == 7) {
            part.value += log(product);
            product = 1;
        }
    }
    sums->value += beyond * (part.value + log(product));
    sums->by_base += beyond * part.by_base;
    sums->by_theta += beyond * part.by_theta;
    sums->by_base2 += beyond * part.by_base2;
    sums->by_both += beyond * part.by_both;
    sums->by_theta2 += beyond * part.by_theta2;
}

static struct sums sum_list(const double *sorted, size_t count, double base, double theta)
{
    struct sums sums = {0};
    int64_t done = 0;

    for (size_t i = 0; i < count; i++) {
        int64_t end = (int64_t)sorted[i];
        add_stretch(&sums, done, end, (double)(count - i), base, theta);
        done = end;
    }
    return sums;
}

struct climb {
    double value; /* of the log-likelihood */
    double slope_mu, slope_theta;
    double curve_mu, curve_both, curve_theta;
};

static struct climb likelihood(const struct units *units, double mu, double theta)
{
    struct sums yes = sum_list(units->counts, units->count, mu, theta);
    struct sums no = sum_list(units->others, units->count, 1 - mu, theta);
    struct sums all = sum_list(units->totals, units->count, 1, theta);

    return (struct climb){
        .value = yes.value + no.value - all.value,
        .slope_mu = yes.by_base - no.by_base,
        .slope_theta = yes.by_theta + no.by_theta - all.by_theta,
        .curve_mu = yes.by_base2 + no.by_base2,
        .curve_both = yes.by_both - no.by_both,
        .curve_theta = yes.by_theta2 + no.by_theta2 - all.by_theta2,
    };
}

/* Newton's step; where the surface is not a hilltop, a step uphill instead. */
static void choose_step(const struct climb *at, double theta, double *step_mu, double *step_theta)
{
    double determinant = at->curve_mu * at->curve_theta - at->curve_both * at->curve_both;
    if (at->curve_mu < 0 && determinant > 0) {
        *step_mu = -(at->curve_theta * at->slope_mu - at->curve_both * at->slope_theta) / determinant;
        *step_theta = -(at->curve_mu * at->slope_theta - at->curve_both * at->slope_mu) / determinant;
    } else {
        *step_mu = at->curve_mu < 0 ? -at->slope_mu / at->curve_mu : 0;
        *step_theta = (at->slope_theta > 0 ? 0.5 : -0.5) * (theta > 0 ? theta : 1e-3);
    }
}

/* Climbs from (mu, theta). False where the top lies at θ = 0. */
static bool climb(const struct units *units, double *mu, double *theta)
{
    struct climb here = likelihood(units, *mu, *theta);

    for (int i = 0; i < STEPS_MAX; i++) {
        double step_mu = 0;
        double step_theta = 0;
        choose_step(&here, *theta, &step_mu, &step_theta);

        bool moved = false;
        for (int halving = 0; halving < HALVINGS_MAX && !moved; halving++) {
            double next_mu = *mu + step_mu;
            double next_theta = *theta + step_theta;
            if (next_mu > 0 && next_mu < 1 && next_theta > 0) {
                struct climb next = likelihood(units, next_mu, next_theta);
                moved = next.value >= here.value - 1e-13 * fabs(here.value);
                if (moved) {
                    here = next;
                    *mu = next_mu;
                    *theta = next_theta;
                }
            }
            if (!moved) {
                step_mu /= 2;
                step_theta /= 2;
            }
        }
        if (*theta < 1e-13) {
            return false;
        }
        if (!moved || (fabs(step_mu) <= 1e-12 * *mu && fabs(step_theta) <= 1e-12 * *theta)) {
            break;
        }
    }
    return true;
}

/* Kleinman 1973: the dispersion that the variance between the rates suggests. */
static double theta_of_moments(const struct units *units, const int64_t *counts, const int64_t *totals, size_t count,
                               double mean)
{
    double n = (double)units->total;
    double squares = 0;
    double between = 0;
    double used = 0;

    for (size_t i = 0; i < count; i++) {
        if (totals[i] > 0) {
            double weight = (double)totals[i];
            double distance = (double)counts[i] / weight - mean;
            squares += weight * weight;
            between += weight * distance * distance;
            used++;
        }
    }
    double variance = mean * (1 - mean);
    double rho = (between - variance * (used - 1)) / (variance * (n - squares / n - (used - 1)));
    rho = rho > 1e-4 ? fmin(rho, 0.9) : 1e-4; /* NAN as well: no unit but of total 1 */
    return rho / (1 - rho);
}

/* False where the units do not differ by more than chance: the top is at θ = 0, or lower than that. */
static bool fit(const struct units *units, const int64_t *counts, const int64_t *totals, size_t count, double *mu,
                double *theta)
{
    double pooled = *mu;
    if (units->events == 0 || units->events == units->total || units->pairs < 2) {
        return false;
    }
    *theta = theta_of_moments(units, counts, totals, count, pooled);
    if (climb(units, mu, theta) && likelihood(units, *mu, *theta).value > likelihood(units, pooled, 0).value) {
        return true;
    }
    *mu = pooled;
    return false;
}

static const char *gather(const int64_t *counts, const int64_t *totals, size_t count, struct units *units)
{
    for (size_t i = 0; i < count; i++) {
        if (counts[i] < 0 || totals[i] < counts[i]) {
            return "a count lies outside its total";
        }
        if (totals[i] > SHRINKAGE_TOTAL_MAX) {
            return "a total is too large to gain from shrinkage";
        }
        units->counts[i] = (double)counts[i];
        units->others[i] = (double)(totals[i] - counts[i]);
        units->totals[i] = (double)totals[i];
        units->events += counts[i];
        units->total += totals[i];
        units->pairs += totals[i] >= 2 ? 1 : 0;
        units->inner += counts[i] > 0 && counts[i] < totals[i] ? 1 : 0;
    }
    sort_numbers(units->counts, count);
    sort_numbers(units->others, count);
    sort_numbers(units->totals, count);
    if (units->total == 0) {
        return "no unit has a total above 0";
    }
    /* The likelihood would rise without end in θ, towards units that are certain to be 0 or all. */
    bool all_at_an_end = units->pairs >= 2 && units->inner == 0 && units->events > 0 && units->events < units->total;
    return all_at_an_end ? "every unit is at 0 or all" : NULL;
}

static struct estimate posterior(const struct shrinkage *result, int64_t count, int64_t total, double level)
{
    double a = result->alpha + (double)count;
    double b = result->beta + (double)(total - count);
    return (struct estimate){
        .value = a / (a + b),
        .lower = beta_lower_quantile((1 - level) / 2, a, b),
        .upper = beta_upper_quantile((1 - level) / 2, a, b),
    };
}

struct shrinkage beta_binomial_shrinkage(const int64_t *counts, const int64_t *totals, size_t count, double level,
                                         struct estimate *points)
{
    struct shrinkage result = {.alpha = NAN, .beta = NAN, .mean = NAN};
    double *lists = memory_allocate_zeroed(3 * count, sizeof *lists);
    struct units units = {.counts = lists, .others = lists + count, .totals = lists + 2 * count, .count = count};

    result.reason = gather(counts, totals, count, &units);
    if (result.reason == NULL) {
        double theta = 0;
        result.mean = (double)units.events / (double)units.total;
        result.pooled = !fit(&units, counts, totals, count, &result.mean, &theta);
        if (!result.pooled) {
            result.alpha = result.mean / theta;
            result.beta = (1 - result.mean) / theta;
        }
    }
    struct interval all = wilson_interval(units.events, units.total, level);
    for (size_t i = 0; i < count; i++) {
        if (result.reason != NULL) {
            points[i] = (struct estimate){NAN, NAN, NAN};
        } else if (result.pooled) {
            points[i] = (struct estimate){result.mean, all.lower, all.upper};
        } else {
            points[i] = posterior(&result, counts[i], totals[i], level);
        }
    }
    memory_free(lists);
    return result;
}
