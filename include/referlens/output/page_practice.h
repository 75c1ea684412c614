/* The document behind a practice's pack, pack.json and its index.html: the practice beside all practices together.
 *
 * What the practice may see of itself is exact or masked as the audience has it; what is said of all practices is what
 * the overview says. Called by page.c, from several threads.
 */
#ifndef REFERLENS_OUTPUT_PAGE_PRACTICE_H
#define REFERLENS_OUTPUT_PAGE_PRACTICE_H

#include "referlens/output/page_context.h"

#include <cjson/cJSON.h>

#include <stdint.h>

/* The caller owns the document. */
cJSON *page_practice(const struct page_context *context, uint32_t practice);

#endif
