#include "referlens/input/profile_condition.h"

static const char *const tests[] = {
    [TEST_IS] = "is", [TEST_IS_NOT] = "is_not", [TEST_BEFORE] = "before", [TEST_AFTER] = "after"};
enum { TEST_COUNT = sizeof tests / sizeof *tests };

static const char *const keys_in_when[] = {"column", "is", "is_not", "before", "after", "date", NULL};
static const char *const keys_in_leave_out[] = {"column", "is", "is_not", "before", "after", "date", "reason", NULL};

/* The one test that the condition has. */
static bool find_test(const struct profile_reader *reader, const struct profile_place *place, enum profile_test *test)
{
    size_t found = 0;
    for (size_t i = 0; i < TEST_COUNT; i++) {
        if (profile_member(place, tests[i]).value != NULL) {
            *test = (enum profile_test)i;
            found++;
        }
    }
    return found == 1 || profile_fail(reader, place, "expected one test: is, is_not, before or after");
}

static bool read_day(const struct profile_reader *reader, const struct profile_place *place, day *value)
{
    return (cJSON_IsString(place->value) && day_parse(text_of(place->value->valuestring), value)) ||
           profile_fail(reader, place, "expected a date as YYYY-MM-DD");
}

static bool read_condition(struct profile_reader *reader, const struct profile_place *place, bool reasons,
                           struct profile_condition *condition)
{
    struct profile_condition read = {.date = DAY_UNKNOWN};
    const struct profile_place column = profile_member(place, "column"), date = profile_member(place, "date"),
                               reason = profile_member(place, "reason");
    if (!profile_check_keys(reader, place, reasons ? keys_in_leave_out : keys_in_when) ||
        !profile_read_column(reader, &column, &read.column) || !find_test(reader, place, &read.test))
        return false;
    const struct profile_place test = profile_member(place, tests[read.test]);
    if (read.test == TEST_BEFORE || read.test == TEST_AFTER) {
        if (!read_day(reader, &test, &read.date) || !profile_read_format(reader, &date, &read.format))
            return false;
    } else if (date.value != NULL) {
        return profile_fail(reader, &date, "expected only beside \"before\" or \"after\"");
    } else if (!profile_read_texts(reader, &test, 1, &read.values)) {
        return false;
    }
    if (reasons && !profile_read_line(reader, &reason, &read.reason))
        return false;
    *condition = read;
    return true;
}

bool profile_read_conditions(struct profile_reader *reader, const struct profile_place *place, bool reasons,
                             struct profile_conditions *conditions)
{
    size_t count = 0;
    if (place->value == NULL)
        return true;
    if (!profile_check_array(reader, place, 0, &count))
        return false;
    struct profile_condition *const read = arena_allocate(&reader->profile->arena, count * sizeof *read);
    struct profile_place element = {0};
    while (profile_next_element(place, &element))
        if (!read_condition(reader, &element, reasons, &read[element.index]))
            return false;
    *conditions = (struct profile_conditions){read, count};
    return true;
}
