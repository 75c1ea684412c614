/* Funnels over practices as part of measures.json: for each proportion and rate its target, spread and limits, and where
 * every practice that may be shown stands, a practice a line.
 */
#ifndef REFERLENS_OUTPUT_FUNNELS_JSON_H
#define REFERLENS_OUTPUT_FUNNELS_JSON_H

#include "referlens/measure/report.h"
#include "referlens/output/json_document.h"

/* Into the open object of a document: the key "funnels". */
bool funnels_json_add(struct json_document *document, const struct report *report, struct error *error);

#endif
