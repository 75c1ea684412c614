#include "referlens/base/date_format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static struct date_format format_of(const char *pattern)
{
    struct date_format format;
    if (!date_format_parse(text_of(pattern), &format))
        fail_msg("'%s' is no pattern", pattern);
    return format;
}

/* The date read, as YYYY-MM-DD, or "none". */
static const char *read_as(const char *pattern, const char *text)
{
    static char iso[DAY_TEXT_SIZE];
    const struct date_format format = format_of(pattern);
    day value;
    if (!date_format_read(&format, text_of(text), &value))
        return "none";
    day_format(value, iso);
    return iso;
}

static void a_pattern_is_written_as_it_was_read(void **state)
{
    (void)state;
    const char *const patterns[] = {"YYYY-MM-DD",  "DD/MM/YYYY",  "MM/DD/YYYY",  "DD.MM.YYYY",
                                    "DD-MMM-YYYY", "DD MMM YYYY", "YYYYMMDD",    "DDMMYYYY",
                                    "DDMMMYYYY",   "YYYY/MMM/DD", "MMM DD YYYY", "YYYY DD MM"};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        const struct date_format format = format_of(patterns[i]);
        char text[DATE_PATTERN_SIZE];
        date_format_pattern(&format, text);
        assert_string_equal(text, patterns[i]);
    }
}

static void what_is_no_pattern_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    const char *const bad[] = {"",
                               "YYYY",
                               "YYYY-MM",
                               "DD/MM/YY",
                               "dd/mm/yyyy",
                               "YYYY-MM/DD",
                               "YYYY-MMDD",
                               "YYYYMM-DD",
                               "YYYY-MM-MM",
                               "DD/MM/DD",
                               "YYYY-MMM-MM",
                               "YYYY-MM-DD ",
                               " YYYY-MM-DD",
                               "YYYY_MM_DD",
                               "YYYY--MM-DD",
                               "D/M/YYYY",
                               "%d/%m/%Y",
                               "YYYY-MM-DD-DD",
                               "YYYY-MM-DDD",
                               "MMMM-DD-YYYY",
                               "-YYYY-MM-DD"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct date_format format = {.separator = 'x'};
        if (date_format_parse(text_of(bad[i]), &format))
            fail_msg("'%s' was taken for a pattern", bad[i]);
        assert_int_equal(format.separator, 'x');
    }
    struct date_format format;
    assert_false(date_format_parse((struct text){NULL, 0}, &format));
}

static void dates_are_read_in_the_order_that_the_pattern_says(void **state)
{
    (void)state;
    assert_string_equal(read_as("DD/MM/YYYY", "03/04/2025"), "2025-04-03");
    assert_string_equal(read_as("MM/DD/YYYY", "03/04/2025"), "2025-03-04");
    assert_string_equal(read_as("YYYY-MM-DD", "2025-03-04"), "2025-03-04");
    assert_string_equal(read_as("YYYYMMDD", "20250304"), "2025-03-04");
    assert_string_equal(read_as("DDMMYYYY", "04032025"), "2025-03-04");
    assert_string_equal(read_as("DD.MM.YYYY", "31.12.1999"), "1999-12-31");
    assert_string_equal(read_as("DD MMM YYYY", "29 Feb 2024"), "2024-02-29");
}

static void a_months_name_is_english_in_any_case(void **state)
{
    (void)state;
    const char *const names[] = {"jan", "FEB", "Mar", "aPr", "may", "JUN", "Jul", "aug", "SEP", "oct", "Nov", "DEC"};
    for (int month = 1; month <= 12; month++) {
        char text[16], expected[32];
        snprintf(text, sizeof text, "07-%s-2025", names[month - 1]);
        snprintf(expected, sizeof expected, "2025-%02d-07", month);
        assert_string_equal(read_as("DD-MMM-YYYY", text), expected);
    }
    assert_string_equal(read_as("DD-MMM-YYYY", "07-Mai-2025"), "none");
    assert_string_equal(read_as("DD-MMM-YYYY", "07-03-2025"), "none");
    assert_string_equal(read_as("DD-MM-YYYY", "07-Mar-2025"), "none");
    assert_string_equal(read_as("DD-MMM-YYYY", "07-March-2025"), "none");
    assert_string_equal(read_as("DDMMMYYYY", "07Mar2025"), "2025-03-07");
}

static void one_digit_is_enough_where_separators_stand(void **state)
{
    (void)state;
    assert_string_equal(read_as("DD/MM/YYYY", "3/4/2025"), "2025-04-03");
    assert_string_equal(read_as("DD/MM/YYYY", "31/1/2025"), "2025-01-31");
    assert_string_equal(read_as("DD MMM YYYY", "1 May 2025"), "2025-05-01");
    assert_string_equal(read_as("YYYY-MM-DD", "2025-4-3"), "2025-04-03");
    assert_string_equal(read_as("YYYYMMDD", "202543"), "none");
    assert_string_equal(read_as("DDMMMYYYY", "1May2025"), "none");
}

static void a_time_of_day_behind_a_date_is_dropped(void **state)
{
    (void)state;
    const char *const times[] = {" 00:00",         " 9:05",           " 23:59:59",   "T23:59:59Z",
                                 " 10:22:33.000",  "T10:22:33+01:00", "T10:22+0100", " 10:22:33.1234567",
                                 "T10:22:33.5-05", " 2:05:00 PM",     " 02:05am",    " 24:00",
                                 "T23:59:60Z"};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        char text[48];
        snprintf(text, sizeof text, "31/03/2025%s", times[i]);
        assert_string_equal(read_as("DD/MM/YYYY", text), "2025-03-31");
        snprintf(text, sizeof text, "20250331%s", times[i]);
        assert_string_equal(read_as("YYYYMMDD", text), "2025-03-31");
    }
}

static void what_is_no_time_of_day_spoils_the_date(void **state)
{
    (void)state;
    const char *const bad[] = {" ",           "T",         "Z",        " 9",         " 9:5",       " 25:00",
                               " 10:60",      " 10:22:61", " 10:22:",  " 10:22:33.", " 10:22 ",    "  10:22",
                               "T10:22 noon", " PM",       " 10:22+1", " 10:22+01:", " 10:22Zulu", "t10:22",
                               " 10:22+01:0", " 1022",     "x10:22"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[48];
        snprintf(text, sizeof text, "31/03/2025%s", bad[i]);
        if (date_format_read(&(struct date_format){{DATE_DAY, DATE_MONTH, DATE_YEAR}, '/'}, text_of(text), &(day){0}))
            fail_msg("'%s' was taken for a date", text);
    }
}

static void days_that_are_not_are_refused_and_change_nothing(void **state)
{
    (void)state;
    const char *const bad[] = {"",           "31/02/2024", "29/02/2023", "00/01/2024",  "32/01/2024", "01/13/2024",
                               "01/00/2024", "01/01/24",   "01/01/0999", "01/01/20245", "01-01-2024", "01/01-2024",
                               " 1/01/2024", "+1/01/2024", "001/1/2024", "01/01/2024x", "2024/01/01", "01//2024",
                               "01/01/",     "01/01/2 24", "1/1/-2024"};
    const struct date_format format = format_of("DD/MM/YYYY");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        day value = 5;
        if (date_format_read(&format, text_of(bad[i]), &value))
            fail_msg("'%s' was taken for a date", bad[i]);
        assert_int_equal(value, 5);
    }
    day value;
    assert_false(date_format_read(&format, (struct text){NULL, 0}, &value));
}

static void a_date_out_of_all_reason_is_still_a_date(void **state)
{
    (void)state;
    assert_string_equal(read_as("YYYY-MM-DD", "9202-01-01"), "9202-01-01");
    assert_string_equal(read_as("DD/MM/YYYY", "31/12/9999"), "9999-12-31");
    assert_string_equal(read_as("YYYYMMDD", "10000101"), "1000-01-01");
    assert_string_equal(read_as("YYYY-MM-DD", "1800-01-01"), "1800-01-01");
}

/* The expected text is put together by printf from the calendar's own year, month and day. */
static void every_day_of_two_centuries_is_read_as_it_is_written(void **state)
{
    (void)state;
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const struct date_format iso = format_of("YYYY-MM-DD"), british = format_of("DD/MM/YYYY"),
                             named = format_of("DD MMM YYYY"), plain = format_of("YYYYMMDD");
    day first = 0, last = 0;
    assert_true(day_from_date(1900, 1, 1, &first) && day_from_date(2100, 12, 31, &last));
    for (day value = first; value <= last; value++) {
        int year, month, day_of_month;
        day_to_date(value, &year, &month, &day_of_month);
        char expected[4][48], written[DATE_FORMAT_TEXT_SIZE];
        snprintf(expected[0], sizeof expected[0], "%04d-%02d-%02d", year, month, day_of_month);
        snprintf(expected[1], sizeof expected[1], "%02d/%02d/%04d", day_of_month, month, year);
        snprintf(expected[2], sizeof expected[2], "%02d %s %04d", day_of_month, months[month - 1], year);
        snprintf(expected[3], sizeof expected[3], "%04d%02d%02d", year, month, day_of_month);
        const struct date_format *const formats[] = {&iso, &british, &named, &plain};
        for (size_t i = 0; i < 4; i++) {
            day back = DAY_UNKNOWN;
            date_format_write(formats[i], value, written);
            assert_string_equal(written, expected[i]);
            assert_true(date_format_read(formats[i], text_of(expected[i]), &back));
            assert_int_equal(back, value);
        }
    }
}

static void an_unknown_day_is_written_as_nothing(void **state)
{
    (void)state;
    const struct date_format format = format_of("DD-MMM-YYYY");
    const day unknown[] = {DAY_UNKNOWN, INT32_MAX, -354286 /* 999-12-31 */, 2932897 /* 10000-01-01 */};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        char text[DATE_FORMAT_TEXT_SIZE] = "x";
        date_format_write(&format, unknown[i], text);
        assert_string_equal(text, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pattern_is_written_as_it_was_read),
        cmocka_unit_test(what_is_no_pattern_is_refused_and_changes_nothing),
        cmocka_unit_test(dates_are_read_in_the_order_that_the_pattern_says),
        cmocka_unit_test(a_months_name_is_english_in_any_case),
        cmocka_unit_test(one_digit_is_enough_where_separators_stand),
        cmocka_unit_test(a_time_of_day_behind_a_date_is_dropped),
        cmocka_unit_test(what_is_no_time_of_day_spoils_the_date),
        cmocka_unit_test(days_that_are_not_are_refused_and_change_nothing),
        cmocka_unit_test(a_date_out_of_all_reason_is_still_a_date),
        cmocka_unit_test(every_day_of_two_centuries_is_read_as_it_is_written),
        cmocka_unit_test(an_unknown_day_is_written_as_nothing),
    };
    return cmocka_run_group_tests_name("base/date_format", tests, NULL, NULL);
}
