/* The difference between two groups of clusters, with an interval that rests on the clusters.
 *
 * Each row is what one cluster (practice) has on one side: a mean and the weight that it has there. The side's estimate
 * is the weighted mean of its rows; the variance is HC2 of the weighted least squares on the sides, and on one
 * covariate if wanted; the interval is Student's with the degrees of freedom of Bell and McCaffrey. With few clusters
 * of unequal weight that holds its coverage, where a percentile bootstrap over clusters is too narrow. A cluster with
 * rows on both sides counts once, as their sum. Sources: MacKinnon and White 1985; Bell and McCaffrey 2002, Survey
 * Methodology 28:169; Imbens and Kolesár 2016, Review of Economics and Statistics 98:701.
 */
#ifndef REFERLENS_STATS_CLUSTERED_DIFFERENCE_H
#define REFERLENS_STATS_CLUSTERED_DIFFERENCE_H

#include "referlens/stats/interval.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct clustered_row {
    uint32_t cluster; /* rows of one cluster stand together */
    uint8_t side;     /* 0 or 1 */
    double weight;    /* above 0 */
    double value;
    double covariate; /* used on request */
};

struct clustered_estimate {
    double value, lower, upper;
    double se;
    double degrees; /* of freedom, not necessarily whole */
};

struct clustered_difference {
    struct clustered_estimate sides[2];   /* at the mean of the two sides' mean covariates */
    struct clustered_estimate difference; /* side 0 − side 1 */
    double slope;                         /* of the value on the covariate; NAN without one */
    const char *reason;                   /* why there are no limits, or no numbers at all; NULL where there are */
};

/* Without a row on either side there are no numbers, and without two on each there are no limits, nor where one row has
 * all the weight or the covariate can't be told from the sides. */
struct clustered_difference clustered_difference(const struct clustered_row *rows, size_t count, bool with_covariate,
                                                 double level);

#endif
