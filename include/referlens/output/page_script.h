/* The one script of the overview, and the word by which the browser knows it: nothing else runs.
 *
 * Called by page.c.
 */
#ifndef REFERLENS_OUTPUT_PAGE_SCRIPT_H
#define REFERLENS_OUTPUT_PAGE_SCRIPT_H

#include "referlens/base/error.h"
#include "referlens/output/template.h"

#include <cjson/cJSON.h>

#include <stdbool.h>

/* Adds "script_hash": the SHA-256 in base64 of the template `name`, as it stands between the page's tags. */
bool page_add_script_hash(cJSON *document, const struct template_set *templates, const char *name, struct error *error);

#endif
