#include "referlens/measure/result.h"

#include "referlens/base/memory.h"

#include <math.h>
#include <string.h>

const int32_t horizon_days[HORIZON_COUNT] = {2, 14, 28, 42, 126, 180, 365};

struct slice slice_all(void)
{
    return (struct slice){SLICE_ALL, SLICE_ALL, SLICE_ALL, PERIOD_ALL};
}

void result_list_release(struct result_list *list)
{
    if (list == NULL)
        return;
    memory_free(list->results);
    *list = (struct result_list){0};
}

struct result *result_list_add(struct result_list *list, struct slice slice, uint16_t measure)
{
    list->results = memory_grow(list->results, &list->capacity, list->count + 1, sizeof *list->results);
    struct result *result = &list->results[list->count++];
    *result = (struct result){
        .slice = slice,
        .measure = measure,
        .status = RESULT_OK,
        .referrals = NAN,
        .excluded = {0, 0, 0},
        .open = 0,
        .numerator = NAN,
        .denominator = NAN,
        .value = NAN,
        .lower = NAN,
        .upper = NAN,
        .expected = NAN,
        .factor = NAN,
        .n = NAN,
        .events = NAN,
        .competing = NAN,
        .censored = NAN,
        .median = NAN,
        .median_lower = NAN,
        .median_upper = NAN,
        .p90 = NAN,
        .followed_until = NAN,
        .masked_followed_until = NAN,
        .completed_median = NAN,
        .masked_median = NAN,
        .masked_median_lower = NAN,
        .masked_median_upper = NAN,
        .masked_p90 = NAN,
        .masked_completed_median = NAN,
        .masked_completed_p90 = NAN,
        .completed_p90 = NAN,
    };
    for (size_t i = 0; i < HORIZON_COUNT; i++)
        result->within[i] = (struct incidence){NAN, NAN, NAN};
    return result;
}

void result_list_append(struct result_list *to, struct result_list *from)
{
    if (from->count > 0) {
        to->results = memory_grow(to->results, &to->capacity, to->count + from->count, sizeof *to->results);
        memcpy(to->results + to->count, from->results, from->count * sizeof *to->results);
        to->count += from->count;
    }
    result_list_release(from);
}

const struct result *result_list_find(const struct result_list *list, struct slice slice, uint16_t measure)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct slice of = list->results[i].slice;
        if (list->results[i].measure == measure && of.practice == slice.practice && of.specialty == slice.specialty &&
            of.scheme == slice.scheme && of.period == slice.period)
            return &list->results[i];
    }
    return NULL;
}

double result_quantile(const struct result *result, double days)
{
    return days > result->followed_until ? NAN : days;
}

double result_share_within(const struct result *result, size_t horizon)
{
    return horizon_days[horizon] > result->followed_until ? NAN : result->within[horizon].value;
}

const char *result_status_name(enum result_status status)
{
    static const char *const names[] = {
        [RESULT_OK] = "ok",
        [RESULT_SUPPRESSED] = "suppressed",
        [RESULT_INSUFFICIENT] = "insufficient",
        [RESULT_NOT_RECORDED] = "not_recorded",
    };
    return names[status];
}
