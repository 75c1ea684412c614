/* Charts on a page: found in the report folder by their place, described from their sheets, and put into the page as
 * inline SVG, so that points say what they are without script.
 *
 * Called by page.c.
 */
#ifndef REFERLENS_OUTPUT_PAGE_CHARTS_H
#define REFERLENS_OUTPUT_PAGE_CHARTS_H

#include "referlens/base/error.h"
#include "referlens/output/folder.h"

#include <cjson/cJSON.h>

/* Adds "charts" to the document: for each chart that has been drawn in `place` ("" or "practices/NAME/"), under its id,
 * {"id", "title", "subtitle", "remarks", "svg", "tsv", "table": {"heads": […], "rows": [[…] …]}}; the files' names are
 * relative to the page. */
bool page_add_charts(cJSON *document, const struct folder *folder, const char *place, struct error *error);

/* Adds to each of the document's charts "picture", its SVG as it stands in the page: for the page alone, not for
 * pack.json. */
bool page_embed_charts(cJSON *document, const struct folder *folder, const char *place, struct error *error);

#endif
