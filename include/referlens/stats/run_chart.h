/* The run chart: is a series more than noise about its median? For short series, where control limits cannot be set.
 *
 * Points on the median are left out of both rules: they neither break a run nor lengthen it. Both rules take a point
 * for as likely to lie above the median as below it. That fails where the median is itself a common value: those off
 * it may then lie on one side only, in one run that never crosses, though nothing has changed. There is no verdict then.
 * Sources: Anhøj and Olesen 2014, PLoS ONE 9:e113825; Perla, Provost and Murray 2011, BMJ Qual Saf 20:46; Schilling 2012.
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
    const char *reason;      /* why there is no verdict, and so no signal; NULL where there is one */
};

/* Values in order of time, all finite. Where no point is off the median all counts are 0 and there is no signal. Nor is
 * there one where the points off it lie on one side, or fewer on the other than the 5 % point of binomial (useful, ½). */
struct run_chart run_chart(const double *values, size_t count);

#endif
