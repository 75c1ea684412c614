/* The conditions of a profile: rows that it leaves out, and rows that a rule is for.
 *
 * Each names a column and has one test of it: "is" or "is_not" with the values, "before" or "after" with a day and the
 * column's date format.
 */
#ifndef REFERLENS_INPUT_PROFILE_CONDITION_H
#define REFERLENS_INPUT_PROFILE_CONDITION_H

#include "referlens/input/profile_json.h"

/* An array of conditions; each has a reason where `reasons` is set, and none otherwise. A place where nothing is yields
 * none. */
bool profile_read_conditions(struct profile_reader *reader, const struct profile_place *place, bool reasons,
                             struct profile_conditions *conditions);

#endif
