/* Beta-binomial shrinkage: what a unit's rate is likely to be, given its own numbers and the spread of all units.
 *
 * Every unit's true rate is taken as drawn from one beta (α, β), fitted by marginal maximum likelihood. A small unit is
 * drawn strongly towards the mean. Where the units do not differ by more than chance there is no such beta, and every
 * unit gets the pooled rate. Source: Skellam 1948; Casella 1985.
 */
#ifndef REFERLENS_STATS_SHRINKAGE_H
#define REFERLENS_STATS_SHRINKAGE_H

#include "referlens/stats/interval.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A unit so large keeps its own rate whatever the others do, and would only cost time: refused. */
enum { SHRINKAGE_TOTAL_MAX = 2000000 };

struct shrinkage {
    double alpha; /* NAN where pooled */
    double beta;
    double mean;        /* α / (α + β), or the pooled rate */
    bool pooled;        /* the fallback was taken */
    const char *reason; /* why there is no number; NULL where there is */
};

/* `points` (room for `count`) receives the posterior mean of each unit and its equal-tailed interval at `level`; a unit
 * with total 0 gets the prior's. In the fallback the value is the pooled rate and the interval Wilson's for all units
 * together. The fit starts from the method of moments and climbs by Newton's method in the mean μ = α/(α + β) and the
 * dispersion θ = 1/(α + β), where chance alone is the ordinary point θ = 0; it costs the largest total a step, not the
 * sum of totals. Every count must lie in 0 … total; needs a total above 0. Where some units are at 0 and all others at
 * all, no beta can be fitted and there is no answer. */
struct shrinkage beta_binomial_shrinkage(const int64_t *counts, const int64_t *totals, size_t count, double level,
                                         struct estimate *points);

#endif
