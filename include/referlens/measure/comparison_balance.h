/* The balance table: how unlike are the patients and practices of a scheme and of the reference?
 */
#ifndef REFERLENS_MEASURE_COMPARISON_BALANCE_H
#define REFERLENS_MEASURE_COMPARISON_BALANCE_H

#include "referlens/measure/comparison_pair.h"

/* Adds the rows of a pair to comparison->balance, of which `*capacity` have room. Counts are masked unless `exact`. */
void comparison_add_balance(const struct comparison_pair *pair, bool exact, struct comparison *comparison,
                            size_t *capacity);

#endif
