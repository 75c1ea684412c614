/* The fields of a profile's rule: how one column of a canonical file is made of the export's columns.
 *
 * Which forms a field may have follows from what its column holds: a date is read in a date format, a key is a column
 * or several joined, words and numbers that the profile itself gives are checked here, before any row is read.
 */
#ifndef REFERLENS_INPUT_PROFILE_FIELD_H
#define REFERLENS_INPUT_PROFILE_FIELD_H

#include "referlens/input/profile_json.h"

/* The object "fields" of a rule into `fields`, by the kind's column; those not given keep FIELD_UNKNOWN. Fails where a
 * required one is not given. */
bool profile_read_fields(struct profile_reader *reader, const struct profile_place *place, enum file_kind kind,
                         struct profile_field fields[COLUMN_COUNT_MAX]);

#endif
