/* The data quality of a reading: what the columns of each file held, added up from the chunks' counts. */
#ifndef REFERLENS_INPUT_QUALITY_H
#define REFERLENS_INPUT_QUALITY_H

#include "referlens/input/reading.h"

/* Fills the input's qualities, in memory that the input releases. Leaves nothing in the chunks' counts. */
void quality_settle(struct reading *reading);

/* Fails where a column of keys holds NHS numbers in most of its values. For files whose keys are not replaced. */
bool quality_check_keys(const struct reading *reading, struct error *error);

#endif
