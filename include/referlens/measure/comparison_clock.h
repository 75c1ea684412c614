/* How the clocks of a delay ran, and what each referral's end is worth in an incidence.
 *
 * Pseudo-values come from a life table of their own for each kind (specialty × priority) under each scheme: one table a
 * scheme would take those followed for a short time to be like those followed for long, and where a specialty came
 * under a scheme late, they are not. A table a stratum would be of a handful, and short of the truth by points wherever
 * the last of a few is censored. A table says nothing of days beyond the longest follow-up in it.
 */
#ifndef REFERLENS_MEASURE_COMPARISON_CLOCK_H
#define REFERLENS_MEASURE_COMPARISON_CLOCK_H

#include "referlens/measure/comparison.h"
#include "referlens/measure/comparison_survey.h"

enum { DELAY_QUANTITIES = 2 * COMPARISON_HORIZONS /* by horizon: incidence, mean */ };

/* How the clock of one delay ended, by day. */
struct comparison_clock {
    uint32_t ends[SURVEY_DAYS][PSEUDO_END_COUNT];
    uint32_t rows;             /* for how many it ran */
    int32_t follow_up_maximum; /* of these; 0 without any */
};

void comparison_clock_add(struct comparison_clock *to, const struct comparison_clock *from);

/* How many of the horizons, which ascend, the longest follow-up reaches; 0 where the clock ran for nobody. */
size_t comparison_clock_reach(const struct comparison_clock *clock, const int32_t horizons[COMPARISON_HORIZONS]);

/* The incidence by each horizon and the mean up to it; NAN beyond the reach. */
void comparison_clock_whole(const struct comparison_clock *clock, const int32_t horizons[COMPARISON_HORIZONS],
                            struct pseudo_value whole[COMPARISON_HORIZONS]);

/* The quantities of one who left on a day by an end: a table by day and end, of which only what occurs is filled. It is
 * to be freed; NULL where the clock ran for nobody. */
struct comparison_quantities {
    double of[DELAY_QUANTITIES];
};
struct comparison_quantities *comparison_clock_table(const struct comparison_clock *clock,
                                                     const int32_t horizons[COMPARISON_HORIZONS]);

#endif
