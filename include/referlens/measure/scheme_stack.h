/* Where the referrals of each scheme stood on each day after the GP's referral: seen, turned away, left, or still waiting.
 *
 * The cumulative incidences of wait_first_attendance and of the two kinds of end that compete with it, by scheme, so that
 * the three and those still waiting make one. Not adjusted for anything. Masked for the audience: shares lie on the grid
 * of the rounded counts, and one of 1 to 7 referrals is NAN.
 */
#ifndef REFERLENS_MEASURE_SCHEME_STACK_H
#define REFERLENS_MEASURE_SCHEME_STACK_H

#include "referlens/measure/report.h"

#include <stddef.h>
#include <stdint.h>

enum stack_part {
    STACK_SEEN,        /* attended */
    STACK_TURNED_AWAY, /* never attended: first decision rejected or returned with advice */
    STACK_LEFT,        /* never attended: cancelled or died before that */
    STACK_PARTS
};

enum { STACK_STEP_DAYS = 14, STACK_POINTS_MAX = 27 }; /* to day 364 */

struct scheme_stack {
    uint32_t scheme; /* enum scheme */
    double n;        /* referrals; NAN: too few to show, and there are no points */
    size_t count;    /* points: as far as anybody could be followed */
    double share[STACK_POINTS_MAX][STACK_PARTS]; /* by day 0, 14, 28 … */
};

/* One for each scheme that has referrals, in their order; returns how many. */
size_t scheme_stacks_of(const struct report *report, struct scheme_stack stacks[SCHEME_COUNT]);

#endif
