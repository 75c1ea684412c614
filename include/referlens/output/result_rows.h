/* Results as virtual tables, for INSERT … SELECT: SQLite fetches each number from where it lies, which is more than
 * twice as fast as binding them one by one.
 *
 * result_rows and incidence_rows have the columns of the tables result and incidence of results.sqlite. They show
 * whatever part of a list `struct result_rows` points to when the statement is run; an incidence that is not known has
 * no row. Called by results_sqlite.c.
 */
#ifndef REFERLENS_OUTPUT_RESULT_ROWS_H
#define REFERLENS_OUTPUT_RESULT_ROWS_H

#include "referlens/measure/report.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct result_rows {
    const struct report *report;
    const struct result *results;
    size_t count;
    int64_t first_id; /* that of results[0]; the others follow on */
};

/* Makes both tables known to the connection; `rows` must outlive it. False where SQLite can't. */
bool result_rows_register(sqlite3 *database, struct result_rows *rows);

#endif
