/* Series over the quarters as part of measures.json: every measure of all, of each specialty and of each scheme, a series
 * a line.
 */
#ifndef REFERLENS_OUTPUT_SERIES_JSON_H
#define REFERLENS_OUTPUT_SERIES_JSON_H

#include "referlens/measure/report.h"
#include "referlens/measure/series.h"
#include "referlens/output/json_document.h"

/* Into the open object of a document: the key "series". */
bool series_json_add(struct json_document *document, const struct report *report, struct error *error);

/* One series as an object, of any slice. */
void series_json_add_one(struct json_writer *json, const struct report *report, const struct series *series);

#endif
