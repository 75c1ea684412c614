#include "referlens/stats/interrupted_series.h"

#include "referlens/base/memory.h"
#include "referlens/stats/distribution.h"
#include "referlens/stats/linear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TERMS = 4 };

static int compare_points(const void *a, const void *b)
{
    double x = ((const struct interrupted_point *)a)->t;
    double y = ((const struct interrupted_point *)b)->t;
    return (x > y) - (x < y);
}

static const char *fault(const struct interrupted_point *points, size_t count, double start,
                         struct interrupted_series *result)
{
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(points[i].t) || !isfinite(points[i].y)) {
            return "a value is not a number";
        }
        if (i > 0 && points[i].t == points[i - 1].t) {
            return "two points have the same t";
        }
        result->before += points[i].t < start ? 1 : 0;
        result->after += points[i].t >= start ? 1 : 0;
    }
    result->few = result->before < INTERRUPTED_POINTS_SURE || result->after < INTERRUPTED_POINTS_SURE;
    return result->before < INTERRUPTED_POINTS_MIN || result->after < INTERRUPTED_POINTS_MIN
               ? "fewer than 8 points before or after the change"
               : NULL;
}

/* Time is counted from T0, because at t = 0, perhaps 2,000 years away, level and slope are hardly to be told apart. */
static void fill_terms(double t, double start, double *terms)
{
    bool after = t >= start;
    terms[0] = 1;
    terms[1] = t - start;
    terms[2] = after ? 1 : 0;
    terms[3] = after ? t - start : 0;
}

/* Σ over lags of the weighted products of the scores: the middle of the sandwich. */
static void sum_scores(const double *scores, size_t count, size_t lag, double *meat)
{
    memset(meat, 0, TERMS * TERMS * sizeof *meat);
    for (size_t l = 0; l <= lag && l < count; l++) {
        double weight = 1 - (double)l / ((double)lag + 1);
        for (size_t i = l; i < count; i++) {
            const double *now = &scores[i * TERMS];
            const double *then = &scores[(i - l) * TERMS];
            for (size_t j = 0; j < TERMS; j++) {
                for (size_t k = 0; k < TERMS; k++) {
                    double product = l == 0 ? now[j] * now[k] : now[j] * then[k] + then[j] * now[k];
                    meat[j * TERMS + k] += weight * product;
                }
            }
        }
    }
}

static double sandwich_variance(const double *bread, const double *meat, size_t term)
{
    double sum = 0;
    for (size_t j = 0; j < TERMS; j++) {
        for (size_t k = 0; k < TERMS; k++) {
            sum += bread[term * TERMS + j] * meat[j * TERMS + k] * bread[term * TERMS + k];
        }
    }
    return sum > 0 ? sum : 0;
}

/* What a change over its error exceeds in one of twenty series without any change, of independent normal points, by how
 * many there are on either side: simulated by tests/bench/interrupted_critical.c. */
enum { SIDES = 7 };
static const double side_points[SIDES] = {8, 10, 12, 16, 24, 36, 60};
static const double level_critical[SIDES][SIDES] = {
    {4.54, 4.39, 4.16, 4.01, 3.92, 3.98, 4.11},
    {4.39, 4.04, 3.87, 3.70, 3.55, 3.53, 3.65},
    {4.16, 3.87, 3.62, 3.52, 3.36, 3.29, 3.35},
    {4.01, 3.70, 3.52, 3.25, 3.02, 2.96, 2.97},
    {3.92, 3.55, 3.36, 3.02, 2.73, 2.64, 2.62},
    {3.98, 3.53, 3.29, 2.96, 2.64, 2.49, 2.40},
    {4.11, 3.65, 3.35, 2.97, 2.62, 2.40, 2.26},
};
static const double slope_critical[SIDES][SIDES] = {
    {4.31, 4.22, 4.24, 4.39, 4.78, 5.03, 5.19},
    {4.22, 3.90, 3.81, 3.85, 4.01, 4.28, 4.42},
    {4.24, 3.81, 3.57, 3.49, 3.62, 3.81, 3.98},
    {4.39, 3.85, 3.49, 3.16, 3.11, 3.25, 3.40},
    {4.78, 4.01, 3.62, 3.11, 2.73, 2.71, 2.84},
    {5.03, 4.28, 3.81, 3.25, 2.71, 2.48, 2.47},
    {5.19, 4.42, 3.98, 3.40, 2.84, 2.47, 2.26},
};

/* The entry at or before so many points, and the part of the way to the next, which they go nearly as 1/n; behind the last
 * they hardly change. */
static size_t place_of(size_t points, double *part)
{
    size_t place = 0;
    const double n = fmin(fmax((double)points, side_points[0]), side_points[SIDES - 1]);
    while (place + 2 < SIDES && n >= side_points[place + 1])
        place++;
    *part = (1 / side_points[place] - 1 / n) / (1 / side_points[place] - 1 / side_points[place + 1]);
    return place;
}

static double critical_value(const double table[SIDES][SIDES], size_t before, size_t after)
{
    double row_part, column_part;
    const size_t row = place_of(before, &row_part), column = place_of(after, &column_part);
    const double upper = table[row][column] + column_part * (table[row][column + 1] - table[row][column]);
    const double lower =
        table[row + 1][column] + column_part * (table[row + 1][column + 1] - table[row + 1][column]);
    return upper + row_part * (lower - upper);
}

static bool fit(const struct interrupted_point *points, size_t count, double start, size_t lag,
                struct interrupted_series *result)
{
    double *design = memory_resize(NULL, count * TERMS, sizeof *design);
    double *residuals = memory_resize(NULL, count, sizeof *residuals);
    double bread[TERMS * TERMS];
    double meat[TERMS * TERMS];

    for (size_t i = 0; i < count; i++) {
        fill_terms(points[i].t, start, &design[i * TERMS]);
        residuals[i] = points[i].y;
    }
    bool solved = linear_least_squares(design, count, TERMS, residuals, result->beta, bread);
    if (solved) {
        for (size_t i = 0; i < count; i++) {
            double *scores = &design[i * TERMS];
            fill_terms(points[i].t, start, scores);
            for (size_t j = 0; j < TERMS; j++) {
                scores[j] *= residuals[i];
            }
        }
        sum_scores(design, count, lag, meat);
        /* The level at T0 becomes that at t = 0: β0 − T0·β1, and so its row of the bread. */
        result->beta[0] -= start * result->beta[1];
        for (size_t j = 0; j < TERMS; j++) {
            bread[j] -= start * bread[TERMS + j];
        }
        for (size_t j = 0; j < TERMS; j++) {
            result->se[j] = sqrt(sandwich_variance(bread, meat, j));
        }
    }
    memory_free(design);
    memory_free(residuals);
    return solved;
}

struct interrupted_series interrupted_series(struct interrupted_point *points, size_t count, double start, size_t lag,
                                             double level)
{
    struct interrupted_series result = {0};

    if (count > 1) {
        qsort(points, count, sizeof *points, compare_points);
    }
    result.reason = fault(points, count, start, &result);
    if (result.reason == NULL && !fit(points, count, start, lag, &result)) {
        result.reason = "the times do not tell level and slope apart";
    }
    const bool calibrated = lag == INTERRUPTED_LAG && level == INTERRUPTED_LEVEL;
    for (size_t j = 0; j < TERMS; j++) {
        const double factor =
            calibrated ? critical_value(j % 2 == 0 ? level_critical : slope_critical, result.before, result.after)
                       : normal_quantile_two_sided(level);
        if (result.reason != NULL) {
            result.beta[j] = NAN;
            result.se[j] = NAN;
        }
        result.lower[j] = result.beta[j] - factor * result.se[j];
        result.upper[j] = result.beta[j] + factor * result.se[j];
    }
    return result;
}
