#include "referlens/measure/data_quality.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct measure_share measure_share_of(const struct report *report, size_t measure)
{
    const struct result *result = result_list_find(&report->aggregates, slice_all(), (uint16_t)measure);
    struct measure_share share = {RESULT_INSUFFICIENT, NAN, NAN};
    if (result == NULL)
        return share;
    share.status = result->status;
    share.counted = measure_table[measure].kind == MEASURE_PROPORTION ? result->denominator
                    : measure_table[measure].kind == MEASURE_DELAY    ? result->n
                                                                      : result->numerator;
    share.population = share.counted + result->excluded.pending + result->excluded.immature + result->excluded.unknown;
    return share;
}

double data_quality_count(int64_t count, bool exact)
{
    return exact ? (double)count : disclosure_count((double)count);
}

static int compare_shown(const void *a, const void *b)
{
    const struct shown_value *left = a, *right = b;
    const double left_count = isnan(left->count) ? 0 : left->count,
                 right_count = isnan(right->count) ? 0 : right->count;
    return left_count != right_count ? (left_count < right_count ? 1 : -1) : strcmp(left->value, right->value);
}

struct shown_values data_quality_values(const struct quality_values *values, bool known, bool exact)
{
    struct shown_values shown = {.count = 0};
    int64_t others = values->others;
    for (size_t i = 0; i < values->count; i++) {
        const double count = data_quality_count(values->values[i].count, exact);
        if (isnan(count) && !known)
            others += values->values[i].count;
        else
            shown.values[shown.count++] = (struct shown_value){values->values[i].value, count};
    }
    qsort(shown.values, shown.count, sizeof shown.values[0], compare_shown);
    shown.others = data_quality_count(others, exact);
    return shown;
}
