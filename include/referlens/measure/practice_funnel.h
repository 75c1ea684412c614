/* Funnels over practices: which practice is further from all others than chance would have it, for one measure.
 *
 * They rest on masked results alone, so that a funnel shows nothing that a table would hide. Measures, charts and pages
 * all take their findings from here, so that a flag in a table and a mark in a chart are the same thing. Proportions
 * have one about the rate of all as published: practices with few events are missing from a masked list, so the pooled
 * rate of those shown would be too high. A rate has one of observed over expected about 1, where each practice's
 * expected number follows from the rate of all and its list (standardised where the list has bands). Delays have none.
 * Pure; several threads may ask for different ones of one report.
 */
#ifndef REFERLENS_MEASURE_PRACTICE_FUNNEL_H
#define REFERLENS_MEASURE_PRACTICE_FUNNEL_H

#include "referlens/measure/report.h"
#include "referlens/stats/funnel.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* With fewer practices than this there is nothing to be different from, and a funnel has no limits. */
enum { FUNNEL_PRACTICES_MIN = 5 };

/* One practice in a funnel. */
struct practice_point {
    uint32_t practice;
    double numerator, denominator; /* of a rate: the number observed and the number expected */
    double value, lower, upper;    /* the practice's own proportion or ratio with its 95 % interval */
    struct finding_limits limits;  /* at its size, with the allowance for overdispersion; NAN without limits */
    bool is_masked;                /* its counts are rounded */
    enum finding finding; /* as in funnel.h; of rounded counts the weakest that any counts would give which are shown alike */
    bool beyond_chance_alone;      /* no more different than chance, yet worth a conversation without the allowance; of
                                      rounded counts only where that holds for all that are shown alike */
    int side;                      /* −1 below, 1 above, 0 inside */
    double q;                      /* of the p with that allowance (the largest that rounded counts allow), after Benjamini
                                      and Hochberg over the points and the hidden practices; NAN without limits */
};

/* All practices' values of one measure, over everything. */
struct practice_funnel {
    size_t measure;                /* index into measure_table */
    struct practice_point *points; /* those that may be shown, in the order of codes; owned */
    size_t count;
    size_t suppressed; /* practices whose numbers may not be shown */
    double *hidden_sizes; /* of these, the denominators that may be (of a rate, expected numbers): the spread between
                             practices is measured with them, see funnel_spread.h; owned */
    size_t hidden, hidden_capacity;
    size_t empty;      /* practices with nothing in the denominator, or expected */
    double overall;    /* the proportion or the rate per person-year of all together; NAN where there is none */
    bool is_untrusted; /* too many rows of what it counts could not be used: nobody is compared */
    enum result_status status; /* insufficient with too few practices or no overall value */
    bool has_limits;           /* whether the status is ok */
    struct funnel model;       /* its target is `overall`, or 1 for a rate */
    double denominator_maximum, value_maximum; /* of the points; 0 without any */
};

/* The funnel of one measure by its id. Release with practice_funnel_release; NULL is allowed there. */
struct practice_funnel practice_funnel_of(const struct report *report, const char *measure);
void practice_funnel_release(struct practice_funnel *funnel);

/* The funnels of all measures at once, by their numbers in measure_table; those of delays stay empty. The caller
 * releases each of them, and frees the array. Faster than one by one; the same whatever the number of workers. */
struct practice_funnel *practice_funnels_of(const struct report *report, size_t worker_count);

/* Where a result of the same measure stands in the funnel: for a practice's own, exact numbers. It has no q. A result
 * without a number, or none at all, gives a point of NANs and no finding. */
struct practice_point practice_funnel_place(const struct practice_funnel *funnel, const struct result *result);

/* What is to be said beside a finding that chance alone would not bear out: NULL where it would. */
const char *practice_point_note(const struct practice_point *point);

/* The limits at a denominator above 0, all NAN where the funnel has none. `adjusted`: with the allowance for
 * overdispersion. */
struct finding_limits practice_funnel_limits(const struct practice_funnel *funnel, double denominator, bool adjusted);

/* Round denominators at which to give the limits, ascending, from that of the smallest practice to that of the largest;
 * none where there are no limits. Returns how many. */
enum { FUNNEL_GRID_MAX = 80 };
size_t practice_funnel_grid(const struct practice_funnel *funnel, double grid[FUNNEL_GRID_MAX]);

#endif
