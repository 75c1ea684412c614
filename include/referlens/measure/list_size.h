/* How many patients each practice has, for comparisons of practices.
 */
#ifndef REFERLENS_MEASURE_LIST_SIZE_H
#define REFERLENS_MEASURE_LIST_SIZE_H

#include "referlens/cohort/cohort.h"

/* By practice code: the list size of the latest quarter that practices.csv has (one that is of no quarter stands before
 * all others): everybody's where it is given, or else the sum of its age and sex bands, which is not known if one of them
 * is not. NAN where there is none, or it is 0. The caller frees the array. */
double *list_sizes_of(const struct cohort *cohort);

#endif
