/* rejects.csv: every rejected row, where it is and why.
 *
 * Columns file, line, column, reason, message; UTF-8, lines end in LF, quoted as RFC 4180 has it. A cell that a
 * spreadsheet would take for a formula gets an apostrophe in front. The file is always written, with its header alone
 * where nothing was rejected.
 */
#ifndef REFERLENS_OUTPUT_REJECTS_CSV_H
#define REFERLENS_OUTPUT_REJECTS_CSV_H

#include "referlens/base/error.h"
#include "referlens/measure/report.h"
#include "referlens/output/folder.h"

#include <stdbool.h>

/* Sorted by file, line and column, in the order of input_order.h. */
bool rejects_csv_write(const struct report *report, struct folder *folder, struct error *error);

#endif
