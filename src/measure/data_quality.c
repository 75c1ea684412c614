#include "referlens/measure/data_quality.h"

#include <math.h>

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
    share.population =
        share.counted + result->excluded.pending + result->excluded.immature + result->excluded.unknown;
    return share;
}
