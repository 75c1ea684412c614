/* The cluster bootstrap: intervals for numbers whose units come in clusters that were treated alike.
 *
 * Clusters (practices) are drawn with replacement, whole, as many as there are. Draw number i uses stream i of the seed
 * and nothing else, so the same seed gives the same digits for any number of workers. Sources: Davison and Hinkley
 * 1997, section 3.8; Efron 1981 (percentile interval).
 */
#ifndef REFERLENS_STATS_BOOTSTRAP_H
#define REFERLENS_STATS_BOOTSTRAP_H

#include <stddef.h>
#include <stdint.h>

/* Computes `value_count` numbers from the clusters, each counted `times[i]` times (1 throughout: the data themselves),
 * into `values`; NAN where there is none. Must depend on nothing else; `worker` is for scratch space of its own. */
typedef void bootstrap_statistic(const void *context, const int32_t *times, size_t cluster_count, size_t worker,
                                 double *values);

struct bootstrap_plan {
    size_t cluster_count;
    const int32_t *strata; /* one a cluster, 0 … stratum_count − 1: drawn within each; NULL: all in one */
    int32_t stratum_count; /* used with `strata` only */
    size_t value_count;
    size_t draws; /* 2000 is usual for a percentile interval */
    uint64_t seed;
    size_t workers; /* at least 1 */
    double level;
};

struct bootstrap_interval {
    double estimate; /* from the data themselves */
    double lower;    /* type 7 quantiles of the draws that gave a number */
    double upper;
    double se;      /* their standard deviation */
    size_t answers; /* how many draws gave a number; below two thirds of them there are no limits */
};

/* `results` has room for plan->value_count. Without clusters or draws the limits are NAN. */
void cluster_bootstrap(const struct bootstrap_plan *plan, bootstrap_statistic *statistic, const void *context,
                       struct bootstrap_interval *results);

#endif
