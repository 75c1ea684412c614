/* A chart's sheet read back: its blocks, rows and fields, as views of the text.
 *
 * For what is put together after gnuplot has drawn: the finished picture and the page around it. See chart_sheet.h.
 */
#ifndef REFERLENS_OUTPUT_SHEET_READER_H
#define REFERLENS_OUTPUT_SHEET_READER_H

#include "referlens/base/text.h"

#include <stdbool.h>

/* The rows of a block, each with its newline; empty where there is no such block. */
struct text sheet_rows(struct text sheet, const char *block);

/* Takes the first row off `rows`, without its newline; false where none is left. */
bool sheet_next_row(struct text *rows, struct text *row);

/* Takes the first field off `row`; empty where none is left. */
struct text sheet_next_field(struct text *row);

/* The text of a key in a block of keys, as "about"; empty where it is not there. */
struct text sheet_value(struct text sheet, const char *block, const char *key);

#endif
