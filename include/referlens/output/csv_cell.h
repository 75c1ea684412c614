/* A cell of a CSV file that people open in a spreadsheet: quoted as RFC 4180 has it, and never run as a formula.
 *
 * Called by rejects_csv.c and cases_csv.c, and for the TSV of charts by chart_sheet.c and sheet_reader.c.
 */
#ifndef REFERLENS_OUTPUT_CSV_CELL_H
#define REFERLENS_OUTPUT_CSV_CELL_H

#include "referlens/base/buffer.h"
#include "referlens/base/text.h"

#include <stdbool.h>

/* Whether a spreadsheet could take the text for a formula, apostrophes in front of it apart; a number is none. Where such a
 * text gets one more apostrophe and is to be read back as it was, one is taken off whatever this holds for. */
bool csv_is_formula(struct text text);

/* Adds the cell; one that a spreadsheet would take for a formula gets an apostrophe in front. */
void csv_add_cell(struct buffer *line, struct text content);

#endif
