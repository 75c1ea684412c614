/* The templates of pages, read from the assets with all that they name. Called by page.c and comparison_page.c.
 */
#ifndef REFERLENS_OUTPUT_PAGE_TEMPLATES_H
#define REFERLENS_OUTPUT_PAGE_TEMPLATES_H

#include "referlens/base/error.h"
#include "referlens/output/template.h"

#include <stddef.h>

/* The most that one page may hold, in bytes: an overview of 6,500 practices takes about a tenth of it. */
enum { PAGE_SIZE_MAX = 128 << 20 };

/* Reads the templates of these names (files of reports/templates, a style sheet of reports) and every other that one of
 * them wants, and links them. NULL, with the error, where one is missing or is none. */
struct template_set *page_templates_load(const char *const *names, size_t count, struct error *error);

#endif
