/* Results by slice and measure, for pages that want one result after another from a long list.
 *
 * Called by the page_* modules.
 */
#ifndef REFERLENS_OUTPUT_PAGE_INDEX_H
#define REFERLENS_OUTPUT_PAGE_INDEX_H

#include "referlens/measure/result.h"

#include <stddef.h>
#include <stdint.h>

/* Which part of a slice a table goes over. */
enum slice_part { PART_PRACTICE, PART_SPECIALTY, PART_SCHEME, PART_PERIOD };

struct page_index {
    const struct result **results; /* owned; in the order of slice and measure; the results are borrowed */
    size_t count;
};

/* Indexes the list, which must outlive the index unchanged. Release with page_index_release. */
struct page_index page_index_of(const struct result_list *list);
void page_index_release(struct page_index *index);

/* The result of that measure and slice, or NULL. */
const struct result *page_index_find(const struct page_index *index, struct slice slice, size_t measure);

/* The distinct values that the part takes, ascending, in results whose slice is otherwise `base`; "all" is none of
 * them. Returns how many; `*values` is the caller's to free, NULL where there are none. Periods are given as
 * (uint32_t). */
size_t page_index_values(const struct page_index *index, struct slice base, enum slice_part part, uint32_t **values);

/* The slice with one part set. */
struct slice page_slice_with(struct slice base, enum slice_part part, uint32_t value);

#endif
