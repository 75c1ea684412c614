/* The rules of a profile: what is made of a row. */
#ifndef REFERLENS_INPUT_PROFILE_RULE_H
#define REFERLENS_INPUT_PROFILE_RULE_H

#include "referlens/input/profile_json.h"

/* The array "makes" into the profile's rules: at least one, each with a name of its own. */
bool profile_read_rules(struct profile_reader *reader, const struct profile_place *place);

#endif
