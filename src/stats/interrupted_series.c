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
    double z = normal_quantile_two_sided(level);

    if (count > 1) {
        qsort(points, count, sizeof *points, compare_points);
    }
    result.reason = fault(points, count, start, &result);
    if (result.reason == NULL && !fit(points, count, start, lag, &result)) {
        result.reason = "the times do not tell level and slope apart";
    }
    for (size_t j = 0; j < TERMS; j++) {
        if (result.reason != NULL) {
            result.beta[j] = NAN;
            result.se[j] = NAN;
        }
        result.lower[j] = result.beta[j] - z * result.se[j];
        result.upper[j] = result.beta[j] + z * result.se[j];
    }
    return result;
}
