/* How far the units of a funnel lie about its target, beyond chance: φ and τ² on the scale on which the variance of a
 * unit depends on its size alone. funnel.h, whose module calls this, has the definitions.
 *
 * Some units' counts may be hidden: 1 to `most` is all that is known of them. To leave them out would measure the
 * others, which are those with many events, about a target that holds for all, and find a spread that is not there. So
 * each stands for several, spread over the counts as likely as these are at the target with the spread that is found:
 * count c has the weight of its chance to the power 1 / (1 + τ²/s²), from τ² = 0 on, a few times over.
 */
#ifndef REFERLENS_STATS_FUNNEL_SPREAD_H
#define REFERLENS_STATS_FUNNEL_SPREAD_H

#include <stddef.h>
#include <stdint.h>

enum funnel_scale { FUNNEL_OF_PROPORTIONS, FUNNEL_OF_RATIOS };

/* The distance of a count from the target on the working scale, and its standard deviation by chance; `size`: total, or
 * expected, above 0. */
double funnel_distance(enum funnel_scale scale, double target, double count, double size);
double funnel_error(enum funnel_scale scale, double size);

/* Units whose counts are hidden: the sizes, all above 0 (totals not below `most`). */
struct funnel_hidden {
    const double *sizes;
    size_t count;
    int64_t most;
};

struct funnel_units {
    enum funnel_scale scale;
    double target;
    const double *counts, *sizes; /* those of size 0 are left out */
    size_t count;
    struct funnel_hidden hidden;
};

struct funnel_spread {
    double phi, tau2;
    size_t used; /* units that could be compared */
};

struct funnel_spread funnel_spread_of(const struct funnel_units *units);

#endif
