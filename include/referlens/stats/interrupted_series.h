/* The interrupted time series: did a level or a slope change at a stated moment?
 *
 * Y = β0 + β1·t + β2·D + β3·(t − T0)+ with D = 1 from T0 on, by least squares; standard errors by Newey and West 1987
 * (Bartlett weights, no small-sample factor), as sandwich::NeweyWest(prewhite = FALSE, adjust = FALSE). Without a
 * control series anything else that happened at T0 is in β2 and β3 too. Source: Wagner et al. 2002, JCPT 27:299.
 *
 * With so few points these errors are far too small: ± 1.96 of them hold the truth in 76 % of series of 12 and 12
 * independent points, and in 68 % of 8 and 8. The limits at 95 % and the usual lag are therefore set by what holds there:
 * critical values simulated for the numbers of points on both sides (in the spirit of Kiefer and Vogelsang 2005, whose
 * asymptotic ones are for regressors without a trend). Points that depend on one another are still held less often.
 */
#ifndef REFERLENS_STATS_INTERRUPTED_SERIES_H
#define REFERLENS_STATS_INTERRUPTED_SERIES_H

#include <stdbool.h>
#include <stddef.h>

#define INTERRUPTED_LEVEL 0.95

enum {
    INTERRUPTED_LAG = 3,          /* the usual lag */
    INTERRUPTED_POINTS_MIN = 8,   /* on each side; refused below */
    INTERRUPTED_POINTS_SURE = 12, /* on each side; few below */
};

struct interrupted_point {
    double t;
    double y;
};

struct interrupted_series {
    double beta[4]; /* level, slope, change of level at T0, change of slope */
    double se[4];
    double lower[4]; /* beta ∓ critical value · se; ∓ z · se at other levels and lags */
    double upper[4];
    size_t before;      /* points with t < T0 */
    size_t after;       /* points with t ≥ T0 */
    bool few;           /* fewer than INTERRUPTED_POINTS_SURE on a side */
    const char *reason; /* why there is no number; NULL where there is */
};

/* Sorts the points by t in place. Refuses fewer than INTERRUPTED_POINTS_MIN points a side and two points of one t.
 * `lag` may be 0: heteroscedasticity alone. */
struct interrupted_series interrupted_series(struct interrupted_point *points, size_t count, double start, size_t lag,
                                             double level);

#endif
