/* Display texts. The expected ones are written out by hand after the rules in page_format.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "referlens/output/page_format.h"

#include <locale.h>
#include <math.h>

static void counts_have_commas_between_thousands(void **state)
{
    (void)state;
    assert_string_equal(display_count(0).text, "0");
    assert_string_equal(display_count(999).text, "999");
    assert_string_equal(display_count(1000).text, "1,000");
    assert_string_equal(display_count(12345678).text, "12,345,678");
    assert_string_equal(display_count(NAN).text, "");
    assert_string_equal(display_share(31, 252).text, "31 of 252");
    assert_string_equal(display_share(NAN, 252).text, "");
}

static void percentages_have_one_decimal_in_every_locale(void **state)
{
    (void)state;
    setlocale(LC_ALL, "de_DE.UTF-8");
    assert_string_equal(display_percent(0.123).text, "12.3 %");
    assert_string_equal(display_percent(0).text, "0.0 %");
    assert_string_equal(display_percent(1).text, "100.0 %");
    assert_string_equal(display_percent(0.00001).text, "under 0.1 %");
    assert_string_equal(display_percent(NAN).text, "");
    assert_string_equal(display_percent_range(0.1007, 0.149).text, "10.1–14.9 %");
    assert_string_equal(display_interval(display_percent_range(0.1007, 0.149)).text, "95 % CI 10.1–14.9 %");
    assert_string_equal(display_interval(display_percent_range(NAN, NAN)).text, "");
    assert_string_equal(display_axis_end(0.3).text, "30 %");
    assert_string_equal(display_axis_end(150).text, "150 days");
    assert_string_equal(display_axis_end(NAN).text, "");
    assert_string_equal(display_rate(1102.44).text, "1,102.4");
    assert_string_equal(display_rate_range(98.06, 106.91).text, "98.1–106.9");
    setlocale(LC_ALL, "C");
}

static void an_interval_that_never_closes_says_so(void **state)
{
    (void)state;
    assert_string_equal(display_days(1).text, "1 day");
    assert_string_equal(display_days(43).text, "43 days");
    assert_string_equal(display_days(43.5).text, "43.5 days");
    assert_string_equal(display_days(NAN).text, "");
    assert_string_equal(display_days_range(40, 47).text, "40–47 days");
    assert_string_equal(display_days_range(40, NAN).text, "40 days or more");
    assert_string_equal(display_days_range(NAN, NAN).text, "");
}

static void dates_and_quarters_are_in_words(void **state)
{
    (void)state;
    day value;
    quarter period;
    assert_true(day_parse(TEXT("2025-06-30"), &value));
    assert_true(quarter_parse(TEXT("2025-Q2"), &period));
    assert_string_equal(display_day(value).text, "30 June 2025");
    assert_string_equal(display_day(DAY_UNKNOWN).text, "");
    assert_string_equal(display_quarter(period).text, "2025-Q2");
    assert_string_equal(display_quarter(PERIOD_ALL).text, "");
    assert_string_equal(display_quarter_months(period).text, "April to June 2025");
    assert_string_equal(display_quarter_span(period - 8, period).text, "April 2023 to June 2025");
}

static void check_label(const char *text, size_t characters, const char *expected)
{
    struct buffer label = buffer_with_maximum(1000);
    display_label(text_of(text), characters, &label);
    assert_string_equal(label.length > 0 ? label.bytes : "", expected);
    buffer_release(&label);
}

static void labels_are_one_line_and_cut_at_a_character(void **state)
{
    (void)state;
    check_label("", 5, "");
    check_label("Riverside", 9, "Riverside");
    check_label("Riverside", 8, "Riversid…");
    check_label("ééééé", 3, "ééé…");
    check_label("two\nlines\tand \x1b[31m", 80, "two lines and  [31m");
    check_label("next\xC2\x85line\xE2\x80\xA8sep", 80, "next line sep");
}

static void labels_hold_no_broken_bytes(void **state)
{
    (void)state;
    check_label("a\xFFz", 80, "a\xEF\xBF\xBDz");
    check_label("cut\xC3", 80, "cut\xEF\xBF\xBD");
    check_label("\xED\xA0\x80", 80, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

static void labels_cannot_turn_the_text_around_them(void **state)
{
    (void)state;
    /* U+202E right-to-left override, U+2067 right-to-left isolate; a plain mark (U+200F) belongs to some names. */
    check_label("abc\xE2\x80\xAEgpj.exe\xE2\x81\xA7", 80, "abcgpj.exe");
    check_label("abc\xE2\x80\x8F", 80, "abc\xE2\x80\x8F");
    check_label("\xE2\x80\x93 dash", 80, "– dash");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_have_commas_between_thousands),
        cmocka_unit_test(percentages_have_one_decimal_in_every_locale),
        cmocka_unit_test(an_interval_that_never_closes_says_so),
        cmocka_unit_test(dates_and_quarters_are_in_words),
        cmocka_unit_test(labels_are_one_line_and_cut_at_a_character),
        cmocka_unit_test(labels_hold_no_broken_bytes),
        cmocka_unit_test(labels_cannot_turn_the_text_around_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
