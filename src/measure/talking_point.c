#include "referlens/measure/talking_point.h"

#include "referlens/base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What concerns patients most comes first. Those before `fillers` are also named where too little stands out; measures
 * that are not here follow in the order of measure_table. */
static const char *const by_concern[] = {
    "lost_after_rejection",  "rejection_rate",   "rejected_without_dialogue", "attendance_conversion",
    "rejected_without_patient", "re_referral_rate", "cancer_conversion",         "advice_response_2d",
    "asi_rate",              "dna_rate",         "returned_with_advice_rate",
};
enum { CONCERNS = sizeof by_concern / sizeof by_concern[0], FILLERS = 6 };

static size_t concern_of(size_t measure)
{
    size_t place = 0;
    while (place < CONCERNS && strcmp(by_concern[place], measure_table[measure].id) != 0)
        place++;
    return place < CONCERNS ? place : CONCERNS + measure;
}

static int more_important_first(const void *left, const void *right)
{
    const struct talking_point *a = left, *b = right;
    if (a->own.finding != b->own.finding)
        return a->own.finding > b->own.finding ? -1 : 1;
    const size_t a_place = concern_of(a->measure), b_place = concern_of(b->measure);
    return (a_place > b_place) - (a_place < b_place);
}

static bool stands_out(const struct talking_point *point)
{
    return point->own.finding == FINDING_WATCH || point->own.finding == FINDING_CONVERSATION;
}

size_t talking_points_of(const struct result_list *results, struct slice slice, const struct practice_funnel *funnels,
                         struct talking_point points[TALKING_POINTS_MAX], size_t *compared)
{
    struct talking_point *all = memory_allocate_zeroed(measure_count, sizeof *all);
    size_t count = 0, kept = 0;
    *compared = 0;
    for (size_t i = 0; i < measure_count; i++) {
        const struct result *result =
            measure_table[i].kind == MEASURE_DELAY ? NULL : result_list_find(results, slice, (uint16_t)i);
        struct talking_point point = {i, practice_funnel_place(&funnels[i], result), result};
        if (result == NULL || isnan(point.own.value))
            continue;
        *compared += point.own.finding != FINDING_NO_NUMBER ? 1 : 0;
        if (stands_out(&point) || concern_of(i) < FILLERS)
            all[count++] = point;
    }
    if (count > 1)
        qsort(all, count, sizeof *all, more_important_first);
    for (size_t i = 0; i < count && kept < TALKING_POINTS_MAX; i++) {
        if (stands_out(&all[i]) || kept < TALKING_POINTS_MIN)
            points[kept++] = all[i];
    }
    memory_free(all);
    return kept;
}
