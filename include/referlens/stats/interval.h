/* Intervals for proportions, differences of proportions, and counts.
 *
 * Pure functions. `level` is the two-sided level (0.95). Where there is no answer (no total, more events than the
 * total, a negative count, a level outside 0–1) both limits are NAN.
 */
#ifndef REFERLENS_STATS_INTERVAL_H
#define REFERLENS_STATS_INTERVAL_H

#include "referlens/stats/distribution.h"

#include <stdint.h>

struct interval {
    double lower;
    double upper;
};

struct estimate {
    double value;
    double lower;
    double upper;
};

/* Wilson's score interval without continuity correction for `count` of `total`; always inside 0–1 and never empty
 * for 0 or `total` events. Source: Wilson 1927. The second form takes z, for loops. */
struct interval wilson_interval(int64_t count, int64_t total, double level);
struct interval wilson_interval_z(int64_t count, int64_t total, double z);

/* The exact interval by beta quantiles. Source: Clopper and Pearson 1934. */
struct interval clopper_pearson_interval(int64_t count, int64_t total, double level);

/* p1 − p2 with the hybrid score interval (method 10, without continuity correction). NAN where either total is 0.
 * Source: Newcombe 1998, Statistics in Medicine 17:873. */
struct estimate newcombe_difference(int64_t count1, int64_t total1, int64_t count2, int64_t total2, double level);

/* Limits of an observed COUNT (not of a rate: divide by the person-time). 0 is an ordinary count.
 * Exact: χ² quantiles (Garwood 1936). Byar: the cube-root approximation (Breslow and Day 1987, p. 69); its lower
 * limit is NAN at 0, where the approximation has none. */
struct interval poisson_exact_interval(double count, double level);
struct interval byar_interval(double count, double level);
struct interval byar_interval_z(double count, double z);

/* What a rate is given here: the exact interval below RATE_EXACT_BELOW events, Byar's from there on. */
enum { RATE_EXACT_BELOW = 10 };
struct interval rate_interval(double count, double level);

/* count1 / time1 − count2 / time2 with an interval made of those of the two rates, as Newcombe's is of Wilson's. NAN
 * where a time is not above 0. Source: Zou and Donner 2008, Statistics in Medicine 27:1693. */
struct estimate rate_difference(double count1, double time1, double count2, double time2, double level);

#endif
