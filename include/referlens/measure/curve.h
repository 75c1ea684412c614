/* Curves: the cumulative incidence of a delay on every day on which something happened.
 *
 * Worked out from an evaluation when a chart or a page asks for one, since few slices are ever drawn. Called by report.c;
 * like all evaluate functions it is pure and may run in several threads on one evaluation.
 */
#ifndef REFERLENS_MEASURE_CURVE_H
#define REFERLENS_MEASURE_CURVE_H

#include "referlens/measure/evaluation.h"
#include "referlens/measure/result.h"

#include <stddef.h>
#include <stdint.h>

/* One day of a cumulative-incidence curve. */
struct curve_point {
    int32_t days;
    double incidence, lower, upper; /* limits NAN where the method gives none */
    int64_t at_risk;                /* just before that day; −1 where it may not be shown */
};

struct curve {
    struct curve_point *points; /* ascending, one a day on which someone's clock ended */
    size_t count;
    double n;                  /* subjects; NAN where that may not be shown */
    int32_t follow_up_maximum; /* days: the longest follow-up of a subject */
    double followed_until, masked_followed_until; /* as those of a result */
};

/* The whole curve of a delay for all, a practice, a specialty or a scheme (any one of the three, over everything).
 * The caller releases it with curve_release. An empty slice gives no points. */
struct curve evaluate_curve(const struct evaluation *evaluation, struct slice slice, uint16_t measure);

/* The curve of journey_wait for the chains of all (SLICE_ALL) or one practice whose first referral was rejected: how long
 * those who were turned away waited from that first referral on, whoever saw them in the end. */
struct curve evaluate_bounced_curve(const struct evaluation *evaluation, uint32_t practice);

void curve_release(struct curve *curve);

#endif
