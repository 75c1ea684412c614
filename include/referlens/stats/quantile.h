/* Quantiles by linear interpolation between order statistics: type 7 of Hyndman and Fan 1996, R's default.
 *
 * With n values x(0) ≤ … ≤ x(n−1) the p-quantile lies at position (n − 1)p. NAN where n is 0 or p outside 0–1.
 */
#ifndef REFERLENS_STATS_QUANTILE_H
#define REFERLENS_STATS_QUANTILE_H

#include <stddef.h>
#include <stdint.h>

/* Of values in ascending order. */
double quantile_of_sorted(const double *values, size_t count, double p);

/* Of values in any order, by a sorted copy. NAN where one of them is NAN. */
double quantile_of(const double *values, size_t count, double p);

struct value_count {
    double value;
    int64_t count; /* how often it occurs; 0 is allowed */
};

/* Of a table of values, ascending by value. */
double quantile_of_table(const struct value_count *rows, size_t row_count, double p);

/* Sorts in place, ascending; the values must not be NAN. */
void sort_numbers(double *values, size_t count);

#endif
