/* The two estimates of one change and one outcome: the interrupted series and the difference in differences.
 *
 * Exact; comparison_changes.c, which calls it, masks.
 */
#ifndef REFERLENS_MEASURE_CHANGE_ESTIMATES_H
#define REFERLENS_MEASURE_CHANGE_ESTIMATES_H

#include "referlens/measure/change_groups.h"

/* Fills the points, the counts of months and the series of `change`. */
void change_estimate_series(const struct change_group *group, const struct monthly *monthly, struct change *change);

/* Fills the differences and the pre-trend. */
void change_estimate_differences(const struct change_group *group, const struct practice_list *comparators,
                                 const struct monthly *monthly, struct change *change);

#endif
