/* Kaplan–Meier survival, its median and its restricted mean, on a life table with real-valued times.
 *
 * Not for ends that compete: 1 − survival is not a cumulative incidence then; see incidence.h.
 */
#ifndef REFERLENS_STATS_SURVIVAL_H
#define REFERLENS_STATS_SURVIVAL_H

#include <stddef.h>
#include <stdint.h>

/* The subjects who left at one time. Whoever is censored at a time was still at risk then. */
struct survival_row {
    double time;
    int64_t events;
    int64_t censored;
};

struct survival_step {
    double time;
    int64_t at_risk; /* just before `time` */
    int64_t events;
    double survival; /* from `time` on */
    double se;       /* Greenwood 1926; NAN once the survival is 0 */
    double lower;    /* log-log limits (Kalbfleisch and Prentice 1980); NAN where the survival is 0 or 1 */
    double upper;
};

struct survival_summary {
    int64_t subjects;
    int64_t events;
    double median;       /* first time with survival ≤ 0.5 (to 1e-9); NAN if never reached */
    double median_lower; /* first time with the lower limit ≤ 0.5; NAN if never */
    double median_upper; /* first time with the upper limit ≤ 0.5; NAN if never */
};

/* Rows ascend by time, each time once. `steps` has room for `row_count` and receives one step a row. `z` is the
 * two-sided normal quantile. The median on a plateau at 0.5 is the plateau's start. */
void kaplan_meier(const struct survival_row *rows, size_t row_count, double z, struct survival_step *steps,
                  struct survival_summary *summary);

/* The step in force at `time`: before the first row survival 1 with everybody at risk; NAN survival behind the last row
 * unless the survival has come down to 0, since nobody was watched for so long. `count` above 0. */
struct survival_step survival_at(const struct survival_step *steps, size_t count, double time);

struct restricted_mean {
    double value; /* area under the survival curve from 0 to the horizon, in units of time */
    double se;
};

/* NAN where the horizon is not above 0, or lies behind the last row while the survival is above 0. As
 * print(survfit(…), rmean = horizon) in R. */
struct restricted_mean survival_restricted_mean(const struct survival_step *steps, size_t count, double horizon);

#endif
