/* Parts of a document: what became of the referrals, and the whole journeys of those that were rejected at first.
 *
 * Called by page_overview.c and page_practice.c.
 */
#ifndef REFERLENS_OUTPUT_PAGE_FLOW_H
#define REFERLENS_OUTPUT_PAGE_FLOW_H

#include "referlens/measure/curve.h"
#include "referlens/measure/flow.h"

#include <cjson/cJSON.h>

#include <stdbool.h>

/* "flow": submitted and seen; "decisions", each with its "ends"; "ends" of all together; counts with their shares of all
 * submitted. */
void page_add_flow(cJSON *document, const struct flow *flow);

/* Under `key`: the cell of journey_wait for a curve of the bounced (see page_cell.h). `recorded`: whether the input
 * tells who was rejected, and who was seen. */
void page_add_bounced(cJSON *document, const char *key, const struct curve *curve, bool recorded);

#endif
