/* The parts that the overview's document and a practice's have in common: who, when and for whom; the definitions of
 * the measures; reasons; meetings; charts.
 *
 * Each function adds members to a document that the caller owns. Called by page_overview.c and page_practice.c.
 */
#ifndef REFERLENS_OUTPUT_PAGE_PARTS_H
#define REFERLENS_OUTPUT_PAGE_PARTS_H

#include "referlens/measure/chart_data.h"
#include "referlens/measure/report.h"

#include <cjson/cJSON.h>

#include <stdbool.h>
#include <stdint.h>

/* schema_version, tool, as_of, period, first_period, last_period, audience, each with its texts. `exact`: the
 * document's own numbers are not masked. */
void page_add_about(cJSON *document, const struct report *report, bool exact);

/* "definitions": every measure in words. */
void page_add_definitions(cJSON *document);

/* "reasons": why first decisions were rejections. */
void page_add_reasons(cJSON *document, const struct reason_table *table);

/* "sessions": the peer-review meetings held by the practice, by date. */
void page_add_sessions(cJSON *document, const struct report *report, uint32_t practice);

/* Members of a slice's row: its code and the words for it. */
void page_add_specialty(cJSON *row, const struct report *report, uint32_t specialty);
void page_add_practice(cJSON *row, const struct report *report, uint32_t practice);

#endif
