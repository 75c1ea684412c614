/* The data quality of a reading: what the columns of each file held, added up from the chunks' counts. */
#ifndef REFERLENS_INPUT_QUALITY_H
#define REFERLENS_INPUT_QUALITY_H

#include "referlens/input/reading.h"

/* Fills the input's qualities, in memory that the input releases. Leaves nothing in the chunks' counts. */
void quality_settle(struct reading *reading);

/* RECORDED_… bits of what values tell that could not be used: in rejected rows, or none that is known. Rows
 * of days after the as-of date tell nothing. */
uint32_t quality_unread(const struct input *input, day as_of);

/* Fails where a column of keys that are not replaced holds NHS numbers in most of its values, or a column of text, which
 * would be shown. */
bool quality_check_keys(const struct reading *reading, struct error *error);

#endif
