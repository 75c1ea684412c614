/* A cell of a CSV file that people open in a spreadsheet: quoted as RFC 4180 has it, and never run as a formula.
 *
 * Called by rejects_csv.c and cases_csv.c.
 */
#ifndef REFERLENS_OUTPUT_CSV_CELL_H
#define REFERLENS_OUTPUT_CSV_CELL_H

#include "referlens/base/buffer.h"
#include "referlens/base/text.h"

/* Adds the cell; one that a spreadsheet would take for a formula gets an apostrophe in front. */
void csv_add_cell(struct buffer *line, struct text content);

#endif
