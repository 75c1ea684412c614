/* Mantel–Haenszel: one odds ratio and one risk difference from many 2 × 2 tables.
 *
 * The difference that it measures holds only where the strata do not differ; heterogeneity is given beside it.
 */
#ifndef REFERLENS_STATS_MANTEL_HAENSZEL_H
#define REFERLENS_STATS_MANTEL_HAENSZEL_H

#include <stddef.h>
#include <stdint.h>

struct two_by_two {
    int64_t a; /* first group, with the event */
    int64_t b; /* first group, without */
    int64_t c; /* second group, with */
    int64_t d; /* second group, without */
};

struct mantel_haenszel {
    double odds_ratio;       /* of the first group over the second; NAN where the denominator is 0 */
    double odds_ratio_lower; /* variance of Robins, Breslow and Greenland 1986 */
    double odds_ratio_upper;
    double log_odds_ratio_se;
    double risk_difference;    /* first less second */
    double risk_difference_se; /* Sato 1989 */
    double risk_difference_lower;
    double risk_difference_upper;
    double chisq;           /* 1 degree of freedom, without continuity correction */
    double chisq_corrected; /* less ½, where |O − E| is at least ½; as R's mantelhaen.test */
    double p;               /* of chisq_corrected */
    double q;               /* Woolf 1955, on `degrees`; ½ is added to every cell where any cell is 0 */
    int32_t degrees;
    double q_p;
    int32_t strata;     /* with two subjects or more; the others say nothing and are left out */
    const char *reason; /* why there is no number; NULL where there is */
};

/* Counts must not be negative. Every number is NAN where no stratum has subjects in both groups. */
struct mantel_haenszel mantel_haenszel(const struct two_by_two *tables, size_t count, double level);

#endif
