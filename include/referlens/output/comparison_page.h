/* comparison.html and brief.html: schemes compared, for the analyst and for a letter.
 *
 * Each is one self-contained file, made as the other pages are (page.h). Called by `referlens report`, after the charts.
 */
#ifndef REFERLENS_OUTPUT_COMPARISON_PAGE_H
#define REFERLENS_OUTPUT_COMPARISON_PAGE_H

#include "referlens/base/error.h"
#include "referlens/output/comparison_source.h"
#include "referlens/output/folder.h"

#include <stdbool.h>

/* Writes both, or, where there is nothing to compare, neither. `with_charts`: embeds those charts that are in the folder. */
bool comparison_pages_write(const struct comparison_source *source, struct folder *folder, bool with_charts,
                            struct error *error);

#endif
