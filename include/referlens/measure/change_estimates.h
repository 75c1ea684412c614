/* The two estimates of one change and one outcome: the interrupted series and the difference in differences.
 *
 * Exact; comparison_changes.c, which calls it, masks.
 */
#ifndef REFERLENS_MEASURE_CHANGE_ESTIMATES_H
#define REFERLENS_MEASURE_CHANGE_ESTIMATES_H

#include "referlens/measure/change_groups.h"

/* Fills the points, the counts of months and the series of `change`. */
void change_estimate_series(const struct change_group *group, const struct monthly *monthly, struct change *change);

/* Memory that differences are worked out in, kept from one change to the next, for one worker. */
struct change_space;
struct change_space *change_space_new(void);
void change_space_free(struct change_space *space);

/* Fills the differences and the pre-trend. */
void change_estimate_differences(struct change_space *space, const struct change_group *group,
                                 const struct monthly *monthly, struct change *change);

#endif
