/* How many patients each practice has, for comparisons of practices.
 */
#ifndef REFERLENS_MEASURE_LIST_SIZE_H
#define REFERLENS_MEASURE_LIST_SIZE_H

#include "referlens/cohort/cohort.h"

/* By practice code: the list size of the latest quarter that practices.csv has (one that is of no quarter stands before
 * all others), as list_bands_total has it. NAN where there is none, or it is 0. The caller frees the array. */
double *list_sizes_of(const struct cohort *cohort);

#endif
