/* The log-rank test of k groups, within strata where they are given.
 *
 * As survival::survdiff(Surv(time, event) ~ group + strata(stratum)). Mantel 1966; Peto and Peto 1972.
 */
#ifndef REFERLENS_STATS_LOGRANK_H
#define REFERLENS_STATS_LOGRANK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct logrank_subject {
    double time;
    bool event; /* or censored */
    int32_t group;
    int32_t stratum; /* 0 throughout where there are none */
};

struct logrank_result {
    double chisq;
    int32_t degrees; /* groups with anything expected, less one */
    double p;
    const char *reason; /* why there is no number; NULL where there is */
};

/* Sorts `subjects` in place; their order makes no difference. Groups are 0 … group_count − 1; `observed` and
 * `expected` (room for group_count each) receive the events. Without an answer (fewer than two groups with events
 * expected, groups that never meet in one stratum) chisq and p are NAN. */
struct logrank_result logrank(struct logrank_subject *subjects, size_t count, int32_t group_count, double *observed,
                              double *expected);

/* Of two groups, those who left at one time. */
struct logrank_counts {
    int64_t events[2];
    int64_t others[2]; /* censored then, and at risk until then */
};

/* The excess of the first group's events over those expected, and its variance, in one stratum whose `times` ascend. Over
 * strata both add up, and excess²/variance is χ² with 1 degree of freedom. Both are 0 where the groups never meet. */
void logrank_of_counts(const struct logrank_counts *times, size_t count, double *excess, double *variance);

#endif
