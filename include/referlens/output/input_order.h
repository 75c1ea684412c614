/* The input files and the rejected rows of a report, in an order that does not depend on how the files were named on
 * the command line or which of them was read first.
 */
#ifndef REFERLENS_OUTPUT_INPUT_ORDER_H
#define REFERLENS_OUTPUT_INPUT_ORDER_H

#include "referlens/base/json_writer.h"
#include "referlens/measure/report.h"

#include <stddef.h>

struct input_order {
    const struct ledger **ledgers; /* the report's, by ledger_compare; the array is owned */
    size_t *places;                /* by a ledger's index in the report: its place in `ledgers` */
    const struct reject **rejects; /* the report's, by place of the file, line, column, reason, message */
    size_t ledger_count, reject_count;
};

/* Borrows from the report. Release with input_order_release. */
struct input_order input_order_of(const struct report *report);
void input_order_release(struct input_order *order);

/* A list of reasons as [{"reason":"…","rows":3}…]: most rows first, ties by text. */
void input_order_add_reasons(struct json_writer *json, const struct ledger_reason *reasons, size_t count);

#endif
