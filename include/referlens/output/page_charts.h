/* Charts on a page: found in the report folder by their place, and put into the page as pictures of their own.
 *
 * A chart is embedded as an <img> with a data URI, not as inline SVG: its ids cannot clash with another chart's,
 * nothing in it runs, and it scales and prints as well. Called by page.c.
 */
#ifndef REFERLENS_OUTPUT_PAGE_CHARTS_H
#define REFERLENS_OUTPUT_PAGE_CHARTS_H

#include "referlens/base/error.h"
#include "referlens/output/folder.h"

#include <cjson/cJSON.h>

/* A chart's SVG must not be longer than this, in bytes; nothing of ours comes near. */
enum { PAGE_CHART_SIZE_MAX = 4 << 20 };

/* Adds "charts" to the document: for each chart that has been drawn in `place` ("" or "practices/NAME/"), under its id,
 * the names of its files relative to the page: {"svg", "tsv"}. */
void page_add_charts(cJSON *document, struct folder *folder, const char *place);

/* Adds to each of the document's charts "image", its SVG as a data URI: for the page alone, not for pack.json. */
bool page_embed_charts(cJSON *document, struct folder *folder, const char *place, struct error *error);

#endif
