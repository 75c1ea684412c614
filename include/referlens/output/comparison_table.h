/* The schemes compared as rows of the table comparison of results.sqlite: the numbers of comparison.json's outcomes and
 * waits, under the same names.
 *
 * A row an outcome; of a wait, one for each day that it is compared by, with the share within that many days, and another
 * with the mean number of them. Called by results_sqlite.c.
 */
#ifndef REFERLENS_OUTPUT_COMPARISON_TABLE_H
#define REFERLENS_OUTPUT_COMPARISON_TABLE_H

#include "referlens/output/comparison_source.h"

#include <sqlite3.h>
#include <stdbool.h>

/* Runs the statement, which inserts one row, for each. False where SQLite fails, whose connection then says why. */
bool comparison_table_fill(const struct comparison_source *source, sqlite3_stmt *insert);

#endif
