#include "referlens/stats/quantile.h"

#include "referlens/base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Where a p-quantile of `count` values lies: between the order statistics `index` and `index` + 1. */
struct position {
    int64_t index;
    double fraction;
};

static struct position position_of(int64_t count, double p)
{
    /* R's own slack, so that a position a few roundings below a whole number counts as that number. */
    double place = (double)(count - 1) * p;
    double whole = floor(place + 4 * 2.220446049250313e-16);
    double fraction = place - whole;

    if (fabs(fraction) < 1e-12) {
        fraction = 0;
    }
    return (struct position){.index = (int64_t)whole, .fraction = fraction};
}

static double between(double low, double high, double fraction)
{
    return fraction == 0 || low == high ? low : (1 - fraction) * low + fraction * high;
}

double quantile_of_sorted(const double *values, size_t count, double p)
{
    if (count == 0 || !(p >= 0 && p <= 1)) {
        return NAN;
    }
    struct position at = position_of((int64_t)count, p);
    size_t index = (size_t)at.index;
    size_t next = index + 1 < count ? index + 1 : index;
    return between(values[index], values[next], at.fraction);
}

static int compare_numbers(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

void sort_numbers(double *values, size_t count)
{
    if (count > 1) {
        qsort(values, count, sizeof *values, compare_numbers);
    }
}

double quantile_of(const double *values, size_t count, double p)
{
    if (count == 0) {
        return NAN;
    }
    for (size_t i = 0; i < count; i++) {
        if (isnan(values[i])) {
            return NAN;
        }
    }
    double *sorted = memory_resize(NULL, count, sizeof *sorted);
    memcpy(sorted, values, count * sizeof *sorted);
    sort_numbers(sorted, count);
    double result = quantile_of_sorted(sorted, count, p);
    memory_free(sorted);
    return result;
}

double quantile_of_table(const struct value_count *rows, size_t row_count, double p)
{
    int64_t total = 0;
    for (size_t i = 0; i < row_count; i++) {
        total += rows[i].count;
    }
    if (total <= 0 || !(p >= 0 && p <= 1)) {
        return NAN;
    }
    struct position at = position_of(total, p);
    int64_t next = at.index + 1 < total ? at.index + 1 : at.index;
    int64_t before = 0;
    double low = NAN;

    for (size_t i = 0; i < row_count; i++) {
        before += rows[i].count;
        if (isnan(low) && at.index < before) {
            low = rows[i].value;
        }
        if (next < before) {
            return between(low, rows[i].value, at.fraction);
        }
    }
    return low;
}
