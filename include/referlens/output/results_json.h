/* measures.json: the measures, the results of all slices but the many of single practices, and what they amount to.
 *
 * The parts of the document that packs share are here too, so that a result looks the same wherever it is written.
 */
#ifndef REFERLENS_OUTPUT_RESULTS_JSON_H
#define REFERLENS_OUTPUT_RESULTS_JSON_H

#include "referlens/base/error.h"
#include "referlens/base/json_writer.h"
#include "referlens/measure/report.h"
#include "referlens/output/folder.h"

#include <stdbool.h>
#include <stddef.h>

/* Of the JSON documents of a report. */
#define RESULTS_SCHEMA_VERSION "1"

/* Writes report->aggregates and report->practices, one result a line, rendered by several workers and written in the
 * order of the lists; then the funnels and the series that follow from them. Memory does not grow with the number of
 * results. */
bool results_json_write(const struct report *report, struct folder *folder, size_t worker_count, struct error *error);

/* Into an open object: schema_version and tool. */
void results_json_add_tool(struct json_writer *json, const struct report *report);

/* Into an open object: schema_version, tool, as_of, audience and period. */
void results_json_add_head(struct json_writer *json, const struct report *report);

/* Into an open object: the table of measures under the key "measures", each with what cautions against it in these
 * data. */
void results_json_add_measures(struct json_writer *json, const struct report *report);

/* One result as an object. */
void results_json_add_result(struct json_writer *json, const struct report *report, const struct result *result);

#endif
