/* Practices in a row by what their rate is likely to be: each drawn towards the mean the more, the smaller it is.
 *
 * Rests on masked results; pure. See stats/shrinkage.h for the model.
 */
#ifndef REFERLENS_MEASURE_CATERPILLAR_H
#define REFERLENS_MEASURE_CATERPILLAR_H

#include "referlens/measure/practice_funnel.h"

#include <stdbool.h>
#include <stddef.h>

struct caterpillar_point {
    const struct practice_point *own; /* the raw rate; borrowed from the funnel */
    double value, lower, upper;       /* posterior mean with its 95 % interval */
};

struct caterpillar {
    struct caterpillar_point *points; /* by the posterior mean, ties by code; owned */
    size_t count;
    double mean;  /* of the practices */
    bool pooled;  /* they differ by no more than chance: all have one value */
    enum result_status status; /* insufficient: nothing to draw; suppressed: too many practices may not be shown */
};

/* Where more than this share of the practices may not be shown, those that may would make a wrong picture of all: they are
 * not those with few. */
#define CATERPILLAR_HIDDEN_MAX 0.1

/* From the funnel of a proportion, which must outlive it. Release with caterpillar_release; NULL is allowed there. */
struct caterpillar caterpillar_of(const struct practice_funnel *funnel);
void caterpillar_release(struct caterpillar *caterpillar);

#endif
