#include "referlens/output/chart_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct chart_type plain = {10.0, false};

static void assert_text(struct text text, const char *expected)
{
    assert_int_equal(text.length, strlen(expected));
    assert_memory_equal(text.bytes, expected, text.length);
}

static void assert_cut(const char *text, double width, const char *expected)
{
    struct buffer output = buffer_with_maximum(1 << 12);
    chart_text_cut(text_of(text), plain, width, &output);
    assert_text(buffer_text(&output), expected);
    buffer_release(&output);
}

static void widths_are_those_of_a_wide_face(void **state)
{
    (void)state;
    const struct chart_type bold = {10.0, true};
    /* DejaVu Sans at 10 pixels: "i" 2.78, "m" 9.74, a figure 6.36; rounded up to hundredths of the size. Its bold "i": 3.43. */
    assert_true(chart_text_width(TEXT("iiii"), plain) > 11.0 && chart_text_width(TEXT("iiii"), plain) < 11.5);
    assert_true(chart_text_width(TEXT("mmmm"), plain) > 38.9 && chart_text_width(TEXT("mmmm"), plain) < 39.5);
    assert_true(chart_text_width(TEXT("1234"), plain) > 25.4 && chart_text_width(TEXT("1234"), plain) < 26.0);
    assert_true(chart_text_width(TEXT("iiii"), bold) > 13.7 && chart_text_width(TEXT("iiii"), bold) < 14.2);
    assert_true(chart_text_width(TEXT(""), plain) == 0.0);
}

static void a_text_that_fits_is_left_alone(void **state)
{
    (void)state;
    assert_cut("Riverside Surgery", 200.0, "Riverside Surgery");
}

static void a_long_text_is_cut_with_a_mark_at_a_character(void **state)
{
    (void)state;
    assert_cut("The Riverside Surgery and Health Centre", 85.0, "The Riverside…");
    assert_cut("éééééééééé", 40.0, "ééé…");
    assert_cut("日本語日本語日本語", 40.0, "日本…");
    assert_cut("Riverside", 0.0, "…");
}

static void ten_thousand_characters_are_cut_too(void **state)
{
    (void)state;
    char *text = malloc(10001);
    memset(text, 'i', 10000);
    text[10000] = '\0';
    struct buffer output = buffer_with_maximum(1 << 16);
    chart_text_cut(text_of(text), plain, 100.0, &output);
    assert_true(output.length < 50);
    assert_true(chart_text_width(buffer_text(&output), plain) <= 100.0);
    buffer_release(&output);
    free(text);
}

static void controls_and_turns_of_direction_do_not_pass(void **state)
{
    (void)state;
    assert_cut("a\tb\nc\x01"
               "d\xE2\x80\xAE"
               "e\xFFz",
               500.0, "a b c de\xEF\xBF\xBDz");
}

static void lines_break_at_spaces(void **state)
{
    (void)state;
    struct text lines[4];
    struct text text = TEXT("one two three four");
    size_t count = chart_text_wrap(text, plain, chart_text_width(TEXT("one two t"), plain), lines, 4);
    assert_int_equal(count, 3);
    assert_text(lines[0], "one two");
    assert_text(lines[1], "three");
    assert_text(lines[2], "four");
    assert_int_equal(chart_text_wrap(text, plain, 60.0, lines, 1), 1);
    assert_int_equal(chart_text_wrap(TEXT("   "), plain, 60.0, lines, 4), 0);
}

static void a_number_stays_with_its_unit_and_brackets_stay_whole(void **state)
{
    (void)state;
    struct text lines[4];
    size_t count = chart_text_wrap(TEXT("a rate of 12.3 % here"), plain, chart_text_width(TEXT("a rate of 12.3 "), plain),
                                   lines, 4);
    assert_int_equal(count, 2);
    assert_text(lines[0], "a rate of");
    assert_text(lines[1], "12.3 % here");
    count = chart_text_wrap(TEXT("within 139 days"), plain, chart_text_width(TEXT("within 139 "), plain), lines, 4);
    assert_int_equal(count, 2);
    assert_text(lines[1], "139 days");
    count = chart_text_wrap(TEXT("Rate (95 % CI 1–2) is"), plain, chart_text_width(TEXT("Rate (95 % CI 1–"), plain), lines,
                            4);
    assert_int_equal(count, 2);
    assert_text(lines[0], "Rate");
    assert_text(lines[1], "(95 % CI 1–2) is");
}

static void a_word_wider_than_a_line_is_broken(void **state)
{
    (void)state;
    struct text lines[8];
    size_t count = chart_text_wrap(TEXT("abcdefghijklmnop"), plain, 30.0, lines, 8);
    assert_true(count > 3);
    size_t length = 0;
    for (size_t i = 0; i < count; i++)
        length += lines[i].length;
    assert_int_equal(length, 16);
    /* Narrower than one character: nothing can be set, and nothing loops for ever. */
    assert_int_equal(chart_text_wrap(TEXT("m"), plain, 2.0, lines, 8), 0);
}

static void a_reason_code_reads_as_words_and_other_text_as_it_is(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {{"incomplete_information", "Incomplete information"},
                                           {"other", "Other"},
                                           {"Out of area", "Out of area"},
                                           {"NICE_guideline", "NICE_guideline"},
                                           {"_odd", " odd"},
                                           {"", ""}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct buffer output = buffer_with_maximum(100);
        chart_text_reason(text_of(pairs[i][0]), &output);
        assert_text(buffer_text(&output), pairs[i][1]);
        buffer_release(&output);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(widths_are_those_of_a_wide_face),
        cmocka_unit_test(a_text_that_fits_is_left_alone),
        cmocka_unit_test(a_long_text_is_cut_with_a_mark_at_a_character),
        cmocka_unit_test(ten_thousand_characters_are_cut_too),
        cmocka_unit_test(controls_and_turns_of_direction_do_not_pass),
        cmocka_unit_test(lines_break_at_spaces),
        cmocka_unit_test(a_number_stays_with_its_unit_and_brackets_stay_whole),
        cmocka_unit_test(a_word_wider_than_a_line_is_broken),
        cmocka_unit_test(a_reason_code_reads_as_words_and_other_text_as_it_is),
    };
    return cmocka_run_group_tests_name("chart text", tests, NULL, NULL);
}
