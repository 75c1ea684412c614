/* The data-quality part of a page's document: the numbers of quality_json.h, with the words that a template needs.
 *
 * Counts of rows are exact for every audience; counts of values and shares of measures are masked as results are.
 */
#ifndef REFERLENS_OUTPUT_PAGE_QUALITY_H
#define REFERLENS_OUTPUT_PAGE_QUALITY_H

#include "referlens/measure/report.h"

#include <cjson/cJSON.h>

/* "quality": the ledger of every file, what its columns were taken for and held, practices that no list names, how much of
 * each measure can be computed, and how many rows went to rejects.csv. */
void page_add_quality(cJSON *document, const struct report *report);

#endif
