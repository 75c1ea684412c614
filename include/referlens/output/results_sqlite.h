/* results.sqlite: every result, that of every practice by quarter and by specialty too, and the schemes compared, for
 * whoever wants to ask questions of their own.
 *
 * Tables report, measure, result, incidence, practice, specialty, import and reject (results_schema.sql) and comparison
 * (results_comparison.sql). The same input gives the same bytes, whatever the number of workers.
 */
#ifndef REFERLENS_OUTPUT_RESULTS_SQLITE_H
#define REFERLENS_OUTPUT_RESULTS_SQLITE_H

#include "referlens/base/error.h"
#include "referlens/measure/report.h"
#include "referlens/output/comparison_source.h"
#include "referlens/output/folder.h"

#include <stdbool.h>
#include <stddef.h>

/* Writes report->aggregates and, practice after practice in the order of codes, what report_practice gives as others
 * may see it. Practices are evaluated by several workers and inserted one at a time; one practice's results a worker
 * are held in memory. `comparison` may be NULL. */
bool results_sqlite_write(const struct report *report, const struct comparison_source *comparison,
                          struct folder *folder, size_t worker_count, struct error *error);

#endif
