/* Funnel plots: is a unit further from the common target than chance, given its size?
 *
 * Limits are computed on a scale on which the variance depends on size alone, with and without allowance for the
 * overdispersion of the units about the target, and turned back. Flags rest on the very limits that are reported: those
 * with the allowance. At small counts these are too narrow on one side (0 of 64 lies beyond the 99.8 % limits about 4 %,
 * and chance gives it in 7 %), so that a flag also needs the exact chance at the target, binomial or Poisson, of a count
 * as far on that side to be as small: at most 0.1 %, or 2.5 %. Sources: Spiegelhalter 2005, Statistics in Medicine 24:1185, and 2005, QSHC 14:347.
 */
#ifndef REFERLENS_STATS_FUNNEL_H
#define REFERLENS_STATS_FUNNEL_H

#include "referlens/stats/finding.h"
#include "referlens/stats/funnel_spread.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct funnel {
    double target;      /* pooled proportion, or 1 for ratios */
    double phi;         /* Σz²/k on winsorised scores; 1 means chance alone */
    double tau2;        /* variance between units on the working scale; 0 without overdispersion */
    size_t used;        /* units that could be compared */
    const char *reason; /* why there is no number; NULL where there is */
};

struct funnel_point {
    double value;                 /* count / total, or observed / expected; NAN where there is none */
    double score;                 /* z with the allowance for overdispersion */
    struct finding_limits limits; /* with the allowance */
    struct finding_limits plain;  /* without it */
    enum finding finding;         /* by `limits` and the exact chance */
    int side;                     /* −1 below, 1 above, 0 where nothing is found */
    double p;                     /* two-sided: the larger of that of `score` and twice the exact chance */
};

/* Proportions: Y = asin √p, s = 1/(2√n), target asin √p̄ with p̄ pooled. φ from z-scores winsorised at their 10th and
 * 90th percentiles (type 7: extreme scores are moved in to the percentile, not left out); τ² = max(0, (kφ − (k − 1)) /
 * (Σw − Σw²/Σw)), w = 1/s². Limits sin²(target ± z√(s² + τ²)); the angle is held inside 0 – π/2, so limits stay inside
 * 0–1 and never turn back at small n. A unit with total 0 is left out and gets NAN. Every count must lie in
 * 0 … total. `points` has room for `count`. */
struct funnel funnel_of_proportions(const int64_t *counts, const int64_t *totals, size_t count,
                                    struct funnel_point *points);

/* The same about a target that is known from elsewhere (0–1): for units of which some are missing, where the pooled
 * proportion of the rest would be off. φ, τ², scores and limits are all about that target. `hidden` (NULL: none) are
 * units that have no point, and whose totals alone are known: see funnel_spread.h. */
struct funnel funnel_of_proportions_about(double target, const int64_t *counts, const int64_t *totals, size_t count,
                                          const struct funnel_hidden *hidden, struct funnel_point *points);

/* Ratios of observed to expected: Y = ln(O/E), s = 1/√E, target ln 1, τ² as above. O = 0 is scored as half an event.
 * A lower limit below half an event (ratio × E < ½) can only be crossed by O = 0 and is given as 0, so that the flag
 * and the picture agree. A unit with nothing expected is left out and gets NAN. `hidden` as above. */
struct funnel funnel_of_ratios(const double *observed, const double *expected, size_t count,
                               struct funnel_point *points);
struct funnel funnel_of_ratios_and_hidden(const double *observed, const double *expected, size_t count,
                                          const struct funnel_hidden *hidden, struct funnel_point *points);

/* What a funnel says of one unit, as in its point; without a number where there is nothing to compare. */
struct funnel_verdict {
    enum finding finding;
    int side;
    double p;
};
struct funnel_verdict funnel_proportion_verdict(const struct funnel *funnel, double count, double total);
struct funnel_verdict funnel_ratio_verdict(const struct funnel *funnel, double observed, double expected);

/* The limits for a unit of a given size, to draw the curves: `total` above 0 for proportions, or `expected`. `adjusted`
 * chooses the allowance for overdispersion. */
struct finding_limits funnel_proportion_limits(const struct funnel *funnel, double total, bool adjusted);
struct finding_limits funnel_ratio_limits(const struct funnel *funnel, double expected, bool adjusted);

#endif
