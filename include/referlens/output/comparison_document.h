/* The document behind comparison.html: what the template shows, formatted, nothing computed.
 *
 * Called by comparison_page.c.
 */
#ifndef REFERLENS_OUTPUT_COMPARISON_DOCUMENT_H
#define REFERLENS_OUTPUT_COMPARISON_DOCUMENT_H

#include "referlens/output/comparison_source.h"

#include <cjson/cJSON.h>

/* The caller owns the document. */
cJSON *comparison_document(const struct comparison_source *source);

/* What comparison.html and brief.html begin with: when, for whom, and the scheme that all others stand beside. */
void comparison_add_about(cJSON *document, const struct comparison_source *source);

#endif
