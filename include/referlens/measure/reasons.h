/* Reasons: why first decisions were rejections, counted.
 *
 * Counted from an evaluation when a chart or a page asks; exact, so that masking is left to report.c, which calls it.
 */
#ifndef REFERLENS_MEASURE_REASONS_H
#define REFERLENS_MEASURE_REASONS_H

#include "referlens/measure/evaluation.h"

#include <stddef.h>
#include <stdint.h>

/* How many first decisions were rejections for each reason, for all (practice SLICE_ALL) or one practice. */
struct reason_count {
    uint32_t reason; /* code of the cohort's reason dictionary, or DICTIONARY_NONE: none given */
    int64_t count;
};

/* Fills `counts` (room for the reason dictionary's count + 1), largest first, ties by text, none given last; zero
 * counts are left out. Returns how many. */
size_t evaluate_reasons(const struct evaluation *evaluation, uint32_t practice, struct reason_count *counts);

/* Puts counts that were changed into that order again. */
void reasons_sort(struct reason_count *counts, size_t count);

#endif
