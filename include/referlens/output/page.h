/* Pages: the overview and a reflection pack for each practice, each one self-contained file.
 *
 * A page is a document of masked results, formatted (page_overview.c, page_practice.c), put into a template that an
 * editor may change (reports/templates). Nothing is computed here. Pages need no script and no network, and say so to
 * the browser. Called by `referlens report`, after the charts.
 */
#ifndef REFERLENS_OUTPUT_PAGE_H
#define REFERLENS_OUTPUT_PAGE_H

#include "referlens/base/error.h"
#include "referlens/measure/report.h"
#include "referlens/output/folder.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Writes index.html, and practices/NAME/index.html and pack.json for each of the practices (codes of the cohort's
 * dictionary, each once). `with_charts`: embeds those charts that are in the folder. Memory does not grow with the
 * number of practices but for their lines in the overview. On failure some files may have been written; the folder is
 * then not to be published. */
bool pages_write(const struct report *report, struct folder *folder, const uint32_t *practices, size_t practice_count,
                 bool with_charts, size_t worker_count, struct error *error);

#endif
