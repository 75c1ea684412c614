/* One result as a JSON object: the numbers of a result beside the texts that a page shows.
 *
 *   status, status_text         why there is no number; the text is null where there is one
 *   untrusted                   too many rows of what it counts could not be used: the number stands with that mark
 *   value_text                  "12.3 %", "43 days", "not reached"; null where there is none
 *   range_text, interval_text   "10.1–14.9 %", "95 % CI 10.1–14.9 %"
 *   count_text                  "31 of 252", "252 referrals"
 *   left_out_text               "12 not decided yet, 4 not known"; null where nothing was left out
 *   excluded, numerator …       the numbers themselves, null where unknown; quantiles of a delay, and their limits,
 * where they rest on too few as well (see result_quantile) too_recent                  of a delay: whether the median
 * was left out for that
 *
 * Called by the page_* modules.
 */
#ifndef REFERLENS_OUTPUT_PAGE_CELL_H
#define REFERLENS_OUTPUT_PAGE_CELL_H

#include "referlens/measure/measure.h"
#include "referlens/measure/report.h"
#include "referlens/output/page_index.h"

#include <cjson/cJSON.h>

#include <stdbool.h>

/* The cell of a result; `result` NULL stands for a slice with nothing in it. A `brief` one, for the tables of many
 * slices, has no horizons and nothing of what was left out. The caller owns it. */
cJSON *page_cell(const struct result *result, size_t measure, bool brief);

/* Adds to a cell of a quarter "provisional", whether its number will still move (see series_is_provisional), and
 * "so_far_text" where most of those in question do not count yet. False for other slices, and where there is no number.
 * `result` may be NULL. */
void page_add_provisional(cJSON *cell, const struct report *report, const struct result *result);

/* Adds "count", "text" and "words" ("252 referrals"): how many referrals the slice has, null where that may not be
 * shown. */
void page_add_referral_count(cJSON *object, const struct page_index *index, struct slice slice);

/* Adds the brief cells of the measures that the tables by specialty, scheme and quarter show, each under its measure's
 * id, and under "referrals" how many referrals the slice has. */
void page_add_slice_cells(cJSON *row, const struct report *report, const struct page_index *index, struct slice slice);

/* The largest number that the strips of a column have to hold, as a round one: the greatest upper limit of the measure
 * among the rows, or within `section` of each row where it is not NULL. NAN where there is none. */
double page_axis(const cJSON *rows, const char *section, const char *measure);

#endif
