/* The interrupted time series: did a level or a slope change at a stated moment?
 *
 * Y = β0 + β1·t + β2·D + β3·(t − T0)+ with D = 1 from T0 on, by least squares; standard errors by Newey and West 1987
 * (Bartlett weights, no small-sample factor), as sandwich::NeweyWest(prewhite = FALSE, adjust = FALSE). Without a
 * control series anything else that happened at T0 is in β2 and β3 too. Source: Wagner et al. 2002, JCPT 27:299.
 */
#ifndef REFERLENS_STATS_INTERRUPTED_SERIES_H
#define REFERLENS_STATS_INTERRUPTED_SERIES_H

#include <stdbool.h>
#include <stddef.h>

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
    double lower[4]; /* beta ∓ z·se */
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
