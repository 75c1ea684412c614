#include "referlens/output/result_fields.h"

#define FIELD(member)                                                                                                  \
    {                                                                                                                  \
#member, offsetof(struct result, member)                                                                       \
    }

const struct result_field result_fields[RESULT_FIELD_COUNT] = {
    [FIELD_NUMERATOR] = FIELD(numerator),
    FIELD(denominator),
    [FIELD_VALUE] = FIELD(value),
    FIELD(lower),
    FIELD(upper),
    [FIELD_EXPECTED] = FIELD(expected),
    [FIELD_N] = FIELD(n),
    FIELD(events),
    FIELD(competing),
    FIELD(censored),
    FIELD(median),
    FIELD(median_lower),
    FIELD(median_upper),
    FIELD(p90),
    [FIELD_COMPLETED] = FIELD(completed_median),
    FIELD(completed_p90),
};

void result_add_excluded(struct json_writer *json, const struct result *result)
{
    json_begin_object(json);
    json_member_number(json, "pending", result->excluded.pending);
    json_member_number(json, "immature", result->excluded.immature);
    json_member_number(json, "unknown", result->excluded.unknown);
    json_end_object(json);
}

void result_member_day(struct json_writer *json, const char *key, day value)
{
    char text[DAY_TEXT_SIZE];
    if (value != DAY_UNKNOWN)
        day_format(value, text);
    json_member_string(json, key, value == DAY_UNKNOWN ? NULL : text);
}

void result_member_quarter(struct json_writer *json, const char *key, quarter value)
{
    char text[QUARTER_TEXT_SIZE];
    if (value != PERIOD_ALL)
        quarter_format(value, text);
    json_member_string(json, key, value == PERIOD_ALL ? NULL : text);
}

void slice_texts_of(const struct report *report, struct slice slice, struct slice_texts *texts)
{
    texts->practice = report_practice_code(report, slice.practice);
    texts->specialty = report_specialty_code(report, slice.specialty);
    texts->scheme = report_scheme_word(slice.scheme);
    texts->period = TEXT("");
    if (slice.period != PERIOD_ALL) {
        quarter_format(slice.period, texts->period_bytes);
        texts->period = text_of(texts->period_bytes);
    }
}
