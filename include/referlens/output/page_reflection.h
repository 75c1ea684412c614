/* The parts of a pack's document that a meeting talks about: what cannot be trusted, what stands out, what has changed
 * since the last meeting, and the questions to ask.
 *
 * Called by page_practice.c, page_overview.c and the documents of comparisons.
 */
#ifndef REFERLENS_OUTPUT_PAGE_REFLECTION_H
#define REFERLENS_OUTPUT_PAGE_REFLECTION_H

#include "referlens/output/page_context.h"

#include <cjson/cJSON.h>

#include <stdint.h>

/* "trust": remarks on what the numbers cannot bear, each {"kind", "text"}. */
void page_add_trust(cJSON *document, const struct report *report, const struct result_list *results,
                    struct slice slice);

/* The same of the files as a whole, for pages that are of no slice and no quarter; `brief` leaves out which measures
 * are not recorded, for a page that says so itself. */
void page_add_trust_of_files(cJSON *document, const struct report *report, bool brief);

/* "talking_points", most important first, each with its numbers, comparison, finding and question; "compared", how many
 * measures were; "prompts" and "appraisal" from prompts.json. */
void page_add_talking_points(cJSON *document, const struct page_context *context, const struct result_list *results,
                             struct slice slice);

/* "change": before and after the last meeting. */
void page_add_change(cJSON *document, const struct page_context *context, uint32_t practice,
                     const struct result_list *results);

/* "series": every measure of the practice by quarter, as measures.json has them. */
void page_add_series(cJSON *document, const struct report *report, const struct result_list *results,
                     struct slice slice);

#endif
