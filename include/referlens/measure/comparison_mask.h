/* Disclosure control of what a comparison adds to the report's own results.
 *
 * Crude numbers come masked. What is worked out from many strata can't be worked out afresh from rounded counts, since
 * most strata are too small to have any; it is moved to the grid that shares of the rounded denominator lie on (5
 * referrals), its limits outwards, and a difference is that of the two numbers shown. Tests are rounded.
 */
#ifndef REFERLENS_MEASURE_COMPARISON_MASK_H
#define REFERLENS_MEASURE_COMPARISON_MASK_H

#include "referlens/measure/comparison.h"

/* Masks in place where `exact` is false; then, masked or not, says which way it points. */
void comparison_finish_outcome(struct comparison_outcome *outcome, bool exact);
void comparison_finish_wait(struct comparison_wait *wait, bool exact);

#endif
