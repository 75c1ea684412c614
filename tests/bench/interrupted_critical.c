/* Prints the critical values of src/stats/interrupted_series.c: what a change over its error exceeds in 5 % of series of
 * independent normal points without any change, by the numbers of points before and after. Seeded; each entry of the tables
 * there is the larger of a pair and its mirror. */
#include "referlens/base/memory.h"
#include "referlens/base/random.h"
#include "referlens/stats/interrupted_series.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SERIES = 40000, SIDES = 7, POINTS_MAX = 120 };
static const size_t sides[SIDES] = {8, 10, 12, 16, 24, 36, 60};

static int compare_numbers(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void print_pair(size_t before, size_t after, uint64_t stream)
{
    struct random_stream random = random_seed(20260109, stream);
    double *level = memory_resize(NULL, SERIES, sizeof *level), *slope = memory_resize(NULL, SERIES, sizeof *slope);
    for (size_t i = 0; i < SERIES; i++) {
        struct interrupted_point points[POINTS_MAX];
        for (size_t t = 0; t < before + after; t++)
            points[t] = (struct interrupted_point){(double)t - (double)before, random_normal(&random)};
        const struct interrupted_series series =
            interrupted_series(points, before + after, 0, INTERRUPTED_LAG, INTERRUPTED_LEVEL);
        level[i] = fabs(series.beta[2] / series.se[2]);
        slope[i] = fabs(series.beta[3] / series.se[3]);
    }
    qsort(level, SERIES, sizeof *level, compare_numbers);
    qsort(slope, SERIES, sizeof *slope, compare_numbers);
    printf("%zu and %zu points: level %.2f, slope %.2f\n", before, after, level[SERIES * 95 / 100],
           slope[SERIES * 95 / 100]);
    memory_free(level);
    memory_free(slope);
}

int main(void)
{
    for (size_t i = 0; i < SIDES; i++) {
        for (size_t k = 0; k < SIDES; k++)
            print_pair(sides[i], sides[k], i * SIDES + k);
    }
    return 0;
}
