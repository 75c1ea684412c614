/* The run chart: is a series more than noise about its median? For short series, where control limits cannot be set.
 *
 * Points on the median are left out of both rules. Sources: Anhøj and Olesen 2014, PLoS ONE 9:e113825; Schilling 2012.
 */
#ifndef REFERLENS_STATS_RUN_CHART_H
#define REFERLENS_STATS_RUN_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct run_chart {
    double median;           /* NAN without values */
    int64_t useful;          /* points not on the median */
    int64_t longest_run;     /* most points in a row on one side */
    int64_t longest_run_max; /* round(log2 useful) + 3; a longer run is a signal */
    int64_t crossings;       /* how often the series goes over the median */
    int64_t crossings_min;   /* the 5 % point of binomial (useful − 1, ½); fewer are a signal */
    bool signal;
};

/* Values in order of time, all finite. Where no point is off the median all counts are 0 and there is no signal. */
struct run_chart run_chart(const double *values, size_t count);

#endif
