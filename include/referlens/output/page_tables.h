/* The tables of a page: every measure in some columns, and one row a specialty, scheme or quarter.
 *
 * Each function adds members to a document that the caller owns. Called by page_overview.c and page_practice.c.
 */
#ifndef REFERLENS_OUTPUT_PAGE_TABLES_H
#define REFERLENS_OUTPUT_PAGE_TABLES_H

#include "referlens/output/page_context.h"

#include <cjson/cJSON.h>

#include <stdbool.h>
#include <stddef.h>

/* A column of the table of measures: the key of its cells, and whose results they are. */
struct page_column {
    const char *key;
    const struct page_index *index; /* NULL: there is no such slice, and the cell is null */
    struct slice slice;
    bool brief;
    bool is_own; /* of one practice: says where it stands among the others */
};

/* "proportions", "rates" and "delays": a row for every measure, {"id", "title", "of_advice", and a cell for each
 * column}; "headline": the same under their measure's id, for templates that want one by name, brief but for delays. */
void page_add_measures(cJSON *document, const struct page_context *context, const struct page_column *columns,
                       size_t count);

/* Under `key`, "specialties" or "schemes": a row for each with its code and title, and the slice's cells in "overall"
 * and "in_period". */
void page_add_slices(cJSON *document, const char *key, const struct page_context *context,
                     const struct page_index *index, struct slice base, enum slice_part part);

/* "quarters": a row for each quarter of referral dates, with its slice's cells. */
void page_add_quarters(cJSON *document, const struct report *report, const struct page_index *index, struct slice base);

/* "referrals": {"overall": {"count", "text", "words"}, "in_period": {…}}. */
void page_add_referrals(cJSON *document, const char *key, const struct page_index *index, struct slice overall,
                        quarter period);

/* "axes": how far the strips of each table reach. Call it when the tables are there. */
void page_add_axes(cJSON *document);

#endif
