/* Disclosure control: what may be shown to whom.
 *
 * `shared`: a count of 1 to 7 is not shown, every other is rounded to the nearest 5, and each proportion and
 * interval is computed afresh from the rounded counts, so that sums and differences give nothing back. `practice`:
 * a pack shows its own practice exactly; whatever others see is as for `shared`. `analyst`: exact.
 */
#ifndef REFERLENS_MEASURE_DISCLOSURE_H
#define REFERLENS_MEASURE_DISCLOSURE_H

#include "referlens/measure/curve.h"
#include "referlens/measure/result.h"

#include <stdbool.h>
#include <stdint.h>

enum audience { AUDIENCE_SHARED, AUDIENCE_PRACTICE, AUDIENCE_ANALYST };

bool audience_parse(const char *name, enum audience *audience);
const char *audience_name(enum audience audience);

/* The count as it may be shown when masked: NAN for 1 to 7, otherwise the nearest multiple of 5. */
double disclosure_count(double count);

/* A hidden count is 1 to 7; what reckons on with one takes it for their middle, whichever it is. */
enum { DISCLOSURE_HIDDEN_AS = 4, DISCLOSURE_HIDDEN_MAX = 7 };

/* disclosure_count, with a hidden count taken as DISCLOSURE_HIDDEN_AS. */
double disclosure_count_to_reckon_with(double count);

/* The value moved to a multiple of `step` by `to`: round, floor or ceil. Zero comes without a sign, which would tell the
 * side that it was moved from. */
double disclosure_on_grid(double (*to)(double), double value, double step);

/* The smallest count above 0 that is shown as `shown` or more. */
int64_t disclosure_least_count(double shown);

/* The counts that are shown as `shown`, a masked count that is not hidden: from the first to the last. */
struct count_range {
    int64_t first, last;
};
struct count_range disclosure_counts(double shown);

/* A share of n as it may be shown: one of the rounded n, on the grid of counts; NAN where either is 1 to 7. */
double disclosure_share(double share, double n);

/* The same of an incidence among n subjects, with limits worked out afresh. */
struct incidence disclosure_incidence(struct incidence exact, double n);

/* Masks a result in place where `exact` is false; leaves it alone otherwise. A result whose numerator, denominator,
 * n or events had to be suppressed gets the status RESULT_SUPPRESSED and no value. */
void disclosure_apply(struct result *result, bool exact);

/* The same for a curve: numbers at risk and incidences are moved to the grid of the rounded counts, limits are worked out
 * afresh from them, and days on which fewer than 8 had ended, or nothing that is shown changes, are left out. */
void disclosure_apply_curve(struct curve *curve, bool exact);

#endif
