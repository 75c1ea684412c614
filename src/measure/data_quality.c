#include "referlens/measure/data_quality.h"

#include "referlens/base/memory.h"
#include "referlens/measure/evaluated.h"

#include <math.h>

/* Marks the practices that practices.csv names; false where there is no such list. The caller frees `*named`. */
static bool mark_named(const struct report *report, bool **named)
{
    size_t row_count;
    const struct practice_row *rows = cohort_practice_rows(report->cohort, &row_count);
    *named = memory_allocate_zeroed(report_practice_count(report) + 1, sizeof **named);
    for (size_t i = 0; i < row_count; i++)
        (*named)[rows[i].practice] = true;
    return row_count > 0;
}

static size_t referral_count(const struct report *report, uint32_t practice)
{
    const struct evaluation *evaluation = report->evaluation;
    return evaluation->practice_first[practice + 1] - evaluation->practice_first[practice];
}

struct unlisted_practices unlisted_practices_of(const struct report *report)
{
    struct unlisted_practices unlisted = {0};
    bool *named;
    unlisted.listed = mark_named(report, &named);
    for (uint32_t practice = 0; unlisted.listed && practice < report_practice_count(report); practice++) {
        const size_t count = referral_count(report, practice);
        if (named[practice] || count == 0)
            continue;
        unlisted.practices++;
        unlisted.referrals += (double)count;
    }
    if (report->audience != AUDIENCE_ANALYST)
        unlisted.referrals = disclosure_count(unlisted.referrals);
    memory_free(named);
    return unlisted;
}

struct measure_share measure_share_of(const struct report *report, size_t measure)
{
    const struct result *result = result_list_find(&report->aggregates, slice_all(), (uint16_t)measure);
    struct measure_share share = {RESULT_INSUFFICIENT, NAN, NAN};
    if (result == NULL)
        return share;
    share.status = result->status;
    share.counted = measure_table[measure].kind == MEASURE_DELAY ? result->n : result->denominator;
    share.population =
        share.counted + result->excluded.pending + result->excluded.immature + result->excluded.unknown;
    return share;
}
