#include "referlens/base/calendar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <time.h>

/* Known days: time's own epoch; the first day of the Gregorian calendar; `date -u -d 9999-12-31 +%s` / 86400. */
static void known_dates_have_their_known_numbers(void **state)
{
    (void)state;
    const struct {
        int year, month, day_of_month;
        day value;
    } known[] = {{1970, 1, 1, 0},       {1969, 12, 31, -1}, {1582, 10, 15, -141427}, {2000, 2, 29, 11016},
                 {2024, 12, 31, 20088}, {1, 1, 1, -719162}, {9999, 12, 31, 2932896}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        day value;
        assert_true(day_from_date(known[i].year, known[i].month, known[i].day_of_month, &value));
        assert_int_equal(value, known[i].value);
    }
}

/* timegm is the C library's own proleptic Gregorian calendar. */
static void every_day_of_the_accepted_years_agrees_with_the_c_library(void **state)
{
    (void)state;
    for (day value = -719162; value <= 2932896; value++) {
        time_t seconds = (time_t)value * 86400;
        struct tm expected;
        assert_non_null(gmtime_r(&seconds, &expected));
        int year, month, day_of_month;
        day_to_date(value, &year, &month, &day_of_month);
        if (year != expected.tm_year + 1900 || month != expected.tm_mon + 1 || day_of_month != expected.tm_mday)
            fail_msg("day %d became %d-%d-%d", value, year, month, day_of_month);
        day back;
        char text[DAY_TEXT_SIZE];
        day_format(value, text);
        if (!day_parse(text_of(text), &back) || back != value)
            fail_msg("day %d was written as %s", value, text);
    }
}

static void leap_years_follow_the_gregorian_rule(void **state)
{
    (void)state;
    day value;
    assert_true(day_from_date(2024, 2, 29, &value));
    assert_true(day_from_date(2000, 2, 29, &value));
    assert_true(day_from_date(4, 2, 29, &value));
    assert_false(day_from_date(2023, 2, 29, &value));
    assert_false(day_from_date(1900, 2, 29, &value));
    assert_false(day_from_date(2024, 2, 30, &value));
}

static void days_that_are_not_are_refused_and_change_nothing(void **state)
{
    (void)state;
    const int bad[][3] = {{0, 1, 1},     {10000, 1, 1}, {-1, 1, 1},    {2024, 0, 1},  {2024, 13, 1}, {2024, 1, 0},
                          {2024, 1, 32}, {2024, 4, 31}, {2024, 6, 31}, {2024, 9, 31}, {2024, 11, 31}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        day value = 5;
        assert_false(day_from_date(bad[i][0], bad[i][1], bad[i][2], &value));
        assert_int_equal(value, 5);
    }
}

static void only_the_iso_form_is_read(void **state)
{
    (void)state;
    day value;
    assert_true(day_parse(TEXT("2024-02-29"), &value));
    assert_int_equal(value, 19782); /* date -u -d 2024-02-29 +%s gives 1709164800 */
    assert_true(day_parse(TEXT("0001-01-01"), &value));
    assert_true(day_parse(TEXT("9999-12-31"), &value));
    const char *const bad[] = {"",           "2024-2-29",   "2023-02-29",  "31/02/2024", "2024/02/28", "20240228",
                               "0000-01-01", "2024-02-28 ", " 2024-02-28", "2024-02-2x", "-024-02-28", "2024-00-10",
                               "2024-01-00", "2024-13-01",  "2024-02-28T", "2024-+1-01", "2024-01- 1", "2024-01\n01"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        value = 5;
        assert_false(day_parse(text_of(bad[i]), &value));
        assert_int_equal(value, 5);
    }
    assert_false(day_parse((struct text){NULL, 0}, &value));
}

static void an_unknown_day_is_written_as_nothing(void **state)
{
    (void)state;
    char text[DAY_TEXT_SIZE] = "x";
    day_format(DAY_UNKNOWN, text);
    assert_string_equal(text, "");
    day_format(INT32_MAX, text);
    assert_string_equal(text, "");
    day_format(2932897, text); /* 10000-01-01 */
    assert_string_equal(text, "");
    day_format(-719163, text); /* the day before 0001-01-01 */
    assert_string_equal(text, "");
    assert_true(DAY_UNKNOWN < -719162);
}

static day parsed(const char *text)
{
    day value;
    assert_true(day_parse(text_of(text), &value));
    return value;
}

static void quarters_begin_and_end_where_the_calendar_says(void **state)
{
    (void)state;
    const struct {
        const char *quarter, *first, *last;
    } known[] = {{"2024-Q1", "2024-01-01", "2024-03-31"}, {"2024-Q2", "2024-04-01", "2024-06-30"},
                 {"2024-Q3", "2024-07-01", "2024-09-30"}, {"2024-Q4", "2024-10-01", "2024-12-31"},
                 {"0001-Q1", "0001-01-01", "0001-03-31"}, {"9999-Q4", "9999-10-01", "9999-12-31"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        quarter value;
        char text[QUARTER_TEXT_SIZE];
        assert_true(quarter_parse(text_of(known[i].quarter), &value));
        assert_int_equal(quarter_first_day(value), parsed(known[i].first));
        assert_int_equal(quarter_last_day(value), parsed(known[i].last));
        assert_int_equal(quarter_of_day(quarter_first_day(value)), value);
        assert_int_equal(quarter_of_day(quarter_last_day(value)), value);
        quarter_format(value, text);
        assert_string_equal(text, known[i].quarter);
    }
}

static void quarters_follow_one_another_without_gap(void **state)
{
    (void)state;
    for (quarter value = 4; value < 9999 * 4 + 3; value++)
        assert_int_equal(quarter_last_day(value) + 1, quarter_first_day(value + 1));
}

static void a_quarter_is_year_times_four_and_its_number(void **state)
{
    (void)state;
    assert_int_equal(quarter_of_day(parsed("2025-05-17")), 2025 * 4 + 1);
    assert_int_equal(quarter_of_day(0), 1970 * 4);
}

static void a_financial_years_quarter_begins_in_april(void **state)
{
    (void)state;
    const char *const same[][2] = {{"2025/26-Q1", "2025-Q2"}, {"2025/26-Q2", "2025-Q3"}, {"2025/26-Q3", "2025-Q4"},
                                   {"2025/26-Q4", "2026-Q1"}, {"1999/00-Q4", "2000-Q1"}, {"9999/00-Q3", "9999-Q4"}};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        quarter financial, calendar;
        assert_true(quarter_parse(text_of(same[i][0]), &financial));
        assert_true(quarter_parse(text_of(same[i][1]), &calendar));
        assert_int_equal(financial, calendar);
    }
}

static void quarters_that_are_not_are_refused_and_change_nothing(void **state)
{
    (void)state;
    const char *const bad[] = {"",           "2025-Q0",    "2025-Q5",    "2025-q2",    "2025Q2",     "2025-2",
                               "0000-Q1",    "2025/27-Q1", "2025/25-Q1", "2025/24-Q1", "2025/2-Q1",  "2025/26Q1",
                               "9999/00-Q4", "0000/01-Q1", "2025-26-Q1", "2025-Q2 ",   "2025/26-Q5", "2O25-Q1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        quarter value = 5;
        assert_false(quarter_parse(text_of(bad[i]), &value));
        assert_int_equal(value, 5);
    }
}

static void a_quarter_outside_the_accepted_years_is_written_as_nothing(void **state)
{
    (void)state;
    const quarter outside[] = {3, 0, -1, INT32_MIN, 10000 * 4, INT32_MAX};
    for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
        char text[QUARTER_TEXT_SIZE] = "x";
        quarter_format(outside[i], text);
        assert_string_equal(text, "");
    }
}

/* Read digit by digit, as one would by hand. */
static bool read_plainly(const char *text, day *result)
{
    int number[3] = {0}, part = 0;
    for (int i = 0; i < 10; i++) {
        if (i == 4 || i == 7) {
            part++;
            if (text[i] != '-')
                return false;
        } else if (text[i] < '0' || text[i] > '9') {
            return false;
        } else {
            number[part] = number[part] * 10 + (text[i] - '0');
        }
    }
    return day_from_date(number[0], number[1], number[2], result);
}

static void whatever_two_bytes_of_a_date_are_it_is_read_as_digit_by_digit(void **state)
{
    (void)state;
    for (int places = 0; places < 100; places++) {
        for (int bytes = 0; bytes < 256 * 256; bytes++) {
            char text[] = "2025-06-30";
            day parsed = 0, expected = 0;
            text[places / 10] = (char)(bytes / 256);
            text[places % 10] = (char)(bytes % 256);
            const bool is_date = read_plainly(text, &expected);
            if (day_parse((struct text){text, 10}, &parsed) != is_date || parsed != expected)
                fail_msg("bytes %d at places %d", bytes, places);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_two_bytes_of_a_date_are_it_is_read_as_digit_by_digit),
        cmocka_unit_test(known_dates_have_their_known_numbers),
        cmocka_unit_test(every_day_of_the_accepted_years_agrees_with_the_c_library),
        cmocka_unit_test(leap_years_follow_the_gregorian_rule),
        cmocka_unit_test(days_that_are_not_are_refused_and_change_nothing),
        cmocka_unit_test(only_the_iso_form_is_read),
        cmocka_unit_test(an_unknown_day_is_written_as_nothing),
        cmocka_unit_test(quarters_begin_and_end_where_the_calendar_says),
        cmocka_unit_test(quarters_follow_one_another_without_gap),
        cmocka_unit_test(a_quarter_is_year_times_four_and_its_number),
        cmocka_unit_test(a_financial_years_quarter_begins_in_april),
        cmocka_unit_test(quarters_that_are_not_are_refused_and_change_nothing),
        cmocka_unit_test(a_quarter_outside_the_accepted_years_is_written_as_nothing),
    };
    return cmocka_run_group_tests_name("base/calendar", tests, NULL, NULL);
}
