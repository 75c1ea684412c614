/* The document behind the overview, index.html: everything about all practices together, and a line for each.
 *
 * Called by page.c.
 */
#ifndef REFERLENS_OUTPUT_PAGE_OVERVIEW_H
#define REFERLENS_OUTPUT_PAGE_OVERVIEW_H

#include "referlens/output/page_context.h"

#include <cjson/cJSON.h>

#include <stddef.h>
#include <stdint.h>

/* `packs`: the practices that have a page, in any order. The caller owns the document. */
cJSON *page_overview(const struct page_context *context, const uint32_t *packs, size_t pack_count);

#endif
