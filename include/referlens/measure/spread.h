/* How far practices lie apart in one proportion: its deciles over the practices, by specialty or by quarter.
 *
 * A range to stand beside one's own number, in place of a league table. Practices with few referrals do not count, and
 * with few practices there is no range. Each rate is masked before it counts. Where a count of 1 to 7 is hidden, it is
 * taken as 1 for the deciles below the middle one and as 7 for those above: the range is as wide as the hidden counts
 * may make it, so that nobody is found outside it who might be inside; the middle then has a range of its own. Where
 * more than half of the counts are hidden, such a range would say more of the masking than of practices, and there is
 * none. Called by pages and charts; pure.
 */
#ifndef REFERLENS_MEASURE_SPREAD_H
#define REFERLENS_MEASURE_SPREAD_H

#include "referlens/measure/report.h"

#include <stdbool.h>
#include <stddef.h>

/* A practice counts with this many in the denominator; a range takes this many practices. */
enum { SPREAD_DENOMINATOR_MIN = 20, SPREAD_PRACTICES_MIN = 5 };

/* The deciles by their places: the ends of the range, and the middle. */
enum { DECILE_10 = 0, DECILE_50 = 4, DECILE_90 = 8, DECILES };

/* The deciles of one specialty or quarter (type 7), all NAN where there is no range. */
struct spread {
    double deciles[DECILES];           /* 10 %, 20 % … 90 %; the middle one NAN where hidden counts may move it */
    double middle_lower, middle_upper; /* how far they may; both the middle one where they can't */
    size_t practices;                  /* that count */
    size_t hidden;                     /* of these, with a count of 1 to 7 that may not be shown */
};

/* Whether there is a range, and whether hidden counts make it wider than that of practices. */
bool spread_is_known(const struct spread *spread);
bool spread_is_widened(const struct spread *spread);

/* Why there is no range: "too few practices" or "mostly hidden". */
const char *spread_why_none(const struct spread *spread);

/* The spread of a proportion (index into measure_table) by specialty over everything, in the order of codes
 * (report_specialty_count of them), or by quarter, from the first of report_quarters to the last. The caller frees the
 * array; NULL where there are none. */
struct spread *spread_by_specialty(const struct report *report, size_t measure, size_t *count);
struct spread *spread_by_quarter(const struct report *report, size_t measure, size_t *count);

#endif
