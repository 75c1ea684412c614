#include "referlens/measure/reasons.h"

#include "referlens/measure/evaluated.h"

#include <stdlib.h>

/* Reasons' codes are in the order of their texts, so equal counts fall into that order; none given comes last. */
static int compare_reasons(const void *left, const void *right)
{
    const struct reason_count *a = left, *b = right;
    if ((a->reason == DICTIONARY_NONE) != (b->reason == DICTIONARY_NONE))
        return a->reason == DICTIONARY_NONE ? 1 : -1;
    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return (a->reason > b->reason) - (a->reason < b->reason);
}

void reasons_sort(struct reason_count *counts, size_t count)
{
    if (count > 0)
        qsort(counts, count, sizeof *counts, compare_reasons);
}

size_t evaluate_reasons(const struct evaluation *evaluation, uint32_t practice, struct reason_count *counts)
{
    const size_t reasons = cohort_reasons(evaluation->cohort)->count;
    const size_t begin = practice == SLICE_ALL ? 0 : evaluation->practice_first[practice];
    const size_t end = practice == SLICE_ALL ? evaluation->count : evaluation->practice_first[practice + 1];
    for (size_t i = 0; i <= reasons; i++)
        counts[i] = (struct reason_count){i < reasons ? (uint32_t)i : DICTIONARY_NONE, 0};
    for (size_t i = begin; i < end; i++) {
        const struct evaluated *row = &evaluation->rows[i];
        if (row->flags & EVALUATED_REJECTED)
            counts[row->reason == REASON_UNKNOWN ? reasons : row->reason].count++;
    }
    size_t kept = 0;
    for (size_t i = 0; i <= reasons; i++) {
        if (counts[i].count > 0)
            counts[kept++] = counts[i];
    }
    reasons_sort(counts, kept);
    return kept;
}
