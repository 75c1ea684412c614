/* What a practice might talk about: which of its measures lie furthest from those of all practices, by a fixed rule.
 *
 * Those beyond the adjusted 99.8 % limits come first, then those beyond the 95 % limits; among these the order is that of
 * what concerns patients most. Where too few stand out to fill a meeting, some that do not are named as what they are: no more
 * different than chance, or not compared where there are too few practices. Pure.
 */
#ifndef REFERLENS_MEASURE_TALKING_POINT_H
#define REFERLENS_MEASURE_TALKING_POINT_H

#include "referlens/measure/practice_funnel.h"

#include <stddef.h>

/* At most so many are named, and at least so many where there are numbers. */
enum { TALKING_POINTS_MAX = 5, TALKING_POINTS_MIN = 3 };

struct talking_point {
    size_t measure;             /* index into measure_table */
    struct practice_point own;  /* where the practice lies: finding, side, interval */
    const struct result *result; /* the practice's own; borrowed */
};

/* Chooses from the practice's results over everything (`results`, with `slice` the practice's) and the funnels of all
 * measures (by their numbers). `compared` receives how many measures could be compared at all. Returns how many points. */
size_t talking_points_of(const struct result_list *results, struct slice slice, const struct practice_funnel *funnels,
                         struct talking_point points[TALKING_POINTS_MAX], size_t *compared);

#endif
