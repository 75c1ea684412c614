/* Draws from a random stream, and the calendar that they fall on.
 *
 * Only operations that IEEE 754 defines to the last bit are used (no library logarithm or power, which may differ
 * from one processor to the next), so that a seed gives the same files on every machine.
 */
#ifndef REFERLENS_SYNTH_DRAW_H
#define REFERLENS_SYNTH_DRAW_H

#include "referlens/base/calendar.h"
#include "referlens/base/random.h"

#include <stdbool.h>
#include <stddef.h>

/* e to the power of `value`, for values within ±700, to about 1e-15 relative. */
double draw_exp(double value);

/* True with the given probability. */
bool draw_chance(struct random_stream *random, double probability);

/* Log-normal: median × exp(sigma × z). */
double draw_log_normal(struct random_stream *random, double median, double sigma);

/* The same in whole days, rounded down. */
day draw_days(struct random_stream *random, double median_days, double sigma);

/* Uniform among first … last, both included. */
day draw_between(struct random_stream *random, day first, day last);

/* The least index whose cumulative weight is above `target`, at most count − 1. Weights never fall. */
size_t draw_find(const double *cumulative, size_t count, double target);

/* 0 for Monday … 6 for Sunday. */
int draw_weekday(day date);

/* The date itself, or the Monday after where it is on a weekend. */
day draw_working_day(day date);

#endif
