/* Data quality as JSON: the same in report.json and from `referlens check --format json`. */
#ifndef REFERLENS_OUTPUT_QUALITY_JSON_H
#define REFERLENS_OUTPUT_QUALITY_JSON_H

#include "referlens/base/json_writer.h"
#include "referlens/measure/report.h"
#include "referlens/output/input_order.h"

/* Member "inputs" of the object at hand: each file, its ledger, and what its columns held. `exact`: counts of values as they
 * are, for whoever has the files; otherwise masked as results are. The counts of rows in a ledger are always exact. */
void quality_json_add_inputs(struct json_writer *json, const struct input_order *order, bool exact);

/* Members "practices_not_listed" and "measures" of the object at hand. */
void quality_json_add_whole(struct json_writer *json, const struct report *report);

/* A ledger as an object. */
void quality_json_add_ledger(struct json_writer *json, const struct ledger *ledger);

/* The whole document of `check`: all of the above, exact, and every rejected row. */
void quality_json_add_check(struct buffer *text, const struct report *report);

#endif
