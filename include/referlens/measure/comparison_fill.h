/* From a pair of schemes to what is said of them: one outcome a proportion, one wait a delay, exact as yet.
 *
 * Crude numbers are those of the report's own results for each scheme, masked as they are there.
 */
#ifndef REFERLENS_MEASURE_COMPARISON_FILL_H
#define REFERLENS_MEASURE_COMPARISON_FILL_H

#include "referlens/measure/comparison_pair.h"

/* `denominator`: of a proportion, or of a delay. */
struct comparison_outcome comparison_fill_outcome(const struct report *report, const struct comparison_pair *pair,
                                                  size_t denominator);
struct comparison_wait comparison_fill_wait(const struct report *report, const struct comparison_pair *pair,
                                            size_t denominator);

/* An estimate of NANs; and one of a contrast between clusters, held inside lowest … highest, its limits NAN where
 * `withheld`. */
struct estimate comparison_no_estimate(void);
struct comparison_side comparison_no_side(void);
struct estimate comparison_estimate(const struct clustered_estimate *estimate, double lowest, double highest,
                                    bool withheld);

/* That there are too few practices with anything to compare for an interval; NULL where there are enough. */
const char *comparison_few_practices(double practices, double reference_practices);

/* Why a difference has no interval, given the practices that are compared on each side; NULL where it has one. */
const char *comparison_withheld(const struct clustered_difference *difference, double practices,
                                double reference_practices);

#endif
