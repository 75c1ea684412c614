/* The names under which a result's numbers and words are written, the same in JSON and in SQLite.
 */
#ifndef REFERLENS_OUTPUT_RESULT_FIELDS_H
#define REFERLENS_OUTPUT_RESULT_FIELDS_H

#include "referlens/base/json_writer.h"
#include "referlens/base/text.h"
#include "referlens/measure/report.h"

#include <stddef.h>
#include <string.h>

/* The level of every interval in a result. */
#define RESULT_LEVEL 0.95

/* A number of a result: its name and where it lies in struct result. */
struct result_field {
    const char *name;
    size_t offset; /* in bytes */
};

/* All of them, in the order of the columns of results.sqlite: those of proportions and rates, that of rates alone,
 * those of delays, and those of the delays that have ended. */
enum {
    FIELD_NUMERATOR = 0,
    FIELD_VALUE = 2,
    FIELD_EXPECTED = 5,
    FIELD_N = 6,
    FIELD_COMPLETED = 14,
    RESULT_FIELD_COUNT = 16
};
extern const struct result_field result_fields[RESULT_FIELD_COUNT];

/* The number, NAN where there is none. */
static inline double result_field_value(const struct result *result, size_t field)
{
    double value;
    memcpy(&value, (const char *)result + result_fields[field].offset, sizeof value);
    return value;
}

/* {"pending":3,"immature":12,"unknown":1} */
void result_add_excluded(struct json_writer *json, const struct result *result);

/* A key with a day or a quarter; null for DAY_UNKNOWN and PERIOD_ALL, which a report on files without rows has. */
void result_member_day(struct json_writer *json, const char *key, day value);
void result_member_quarter(struct json_writer *json, const char *key, quarter value);

/* The slice in words; each is empty where the result is not restricted in that respect. `period` needs a buffer. */
struct slice_texts {
    struct text practice, specialty, scheme, period;
    char period_bytes[QUARTER_TEXT_SIZE];
};
void slice_texts_of(const struct report *report, struct slice slice, struct slice_texts *texts);

#endif
