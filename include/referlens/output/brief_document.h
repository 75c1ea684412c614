/* The document behind brief.html: one page of plain sentences that may be attached to a letter.
 *
 * Each sentence is made by a rule from one result with its interval, or says that the data cannot tell. Every scheme
 * is asked the same questions, in the same order, and one of its own; of what has no number that is said. Called by
 * comparison_page.c.
 */
#ifndef REFERLENS_OUTPUT_BRIEF_DOCUMENT_H
#define REFERLENS_OUTPUT_BRIEF_DOCUMENT_H

#include "referlens/output/comparison_source.h"

#include <cjson/cJSON.h>

/* The caller owns the document. */
cJSON *brief_document(const struct comparison_source *source);

#endif
