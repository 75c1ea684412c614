#include "referlens/output/chart_axis.h"
#include "referlens/output/chart_sheet.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void a_sheet_is_a_file_of_named_blocks(void **state)
{
    (void)state;
    struct chart_sheet sheet;
    chart_sheet_open(&sheet);
    chart_sheet_meta(&sheet, "height", 480);
    chart_sheet_block(&sheet, "points", "x, y, code");
    chart_sheet_number(&sheet, 0.1 + 0.2);
    chart_sheet_number(&sheet, NAN);
    chart_sheet_text(&sheet, TEXT("A81001"));
    chart_sheet_end_row(&sheet);
    chart_sheet_mark(&sheet, 2, 20, 30);
    chart_sheet_word(&sheet, WORD_PLAIN, ANCHOR_CENTRE, 10.123456, 20, TEXT("words"));
    chart_sheet_close(&sheet);
    assert_string_equal(sheet.content.bytes,
                        "# meta\n# (key, value)\nheight\t480\nhas_legend\t1\n"
                        "\n\n# plain_centre\n# (x in pixels, y in pixels, text)\n10.12\t20\twords\n"
                        "\n\n# legend\n# (kind, x in pixels, y in pixels)\n2\t20\t30\n"
                        "\n\n# points\n# (x, y, code)\n0.3\tNaN\tA81001\n");
    chart_sheet_release(&sheet);
    chart_sheet_release(NULL);
}

static void text_cannot_leave_its_field(void **state)
{
    (void)state;
    struct chart_sheet sheet;
    chart_sheet_open(&sheet);
    chart_sheet_block(&sheet, "points", "text");
    chart_sheet_text(&sheet, TEXT("\"a\"\tb\nc\\n\xEF\xBF\xBF#"));
    chart_sheet_end_row(&sheet);
    assert_string_equal(sheet.body.bytes, "\n\n# points\n# (text)\n”a” b c\\\\n\xEF\xBF\xBD#\n");
    chart_sheet_release(&sheet);
}

static void a_title_is_broken_evenly_and_too_long_a_one_is_cut(void **state)
{
    (void)state;
    struct chart_sheet sheet;
    chart_sheet_open(&sheet);
    double start = sheet.y;
    chart_sheet_title(&sheet, TEXT("Rejection rate: 3 of 24 practices lie beyond the 99.8 % limits"));
    assert_int_equal(sheet.box_count, 2);
    double first = sheet.boxes[0].right - sheet.boxes[0].left;
    double second = sheet.boxes[1].right - sheet.boxes[1].left;
    assert_true(fabs(first - second) < 0.35 * first);
    assert_true(sheet.y > start + 40.0);

    char words[2000];
    for (size_t i = 0; i + 1 < sizeof words; i++)
        words[i] = i % 7 == 6 ? ' ' : 'w';
    words[sizeof words - 1] = '\0';
    chart_sheet_title(&sheet, text_of(words));
    assert_int_equal(sheet.box_count, 4);
    assert_non_null(strstr(sheet.words[WORD_TITLE * WORD_ANCHOR_COUNT + ANCHOR_LEFT].bytes, "…\n"));
    for (size_t i = 0; i < sheet.box_count; i++)
        assert_true(sheet.boxes[i].right < CHART_WIDTH + 12.0);
    chart_sheet_release(&sheet);
}

static void a_place_that_is_taken_is_not_free(void **state)
{
    (void)state;
    struct chart_sheet sheet;
    chart_sheet_open(&sheet);
    chart_sheet_word(&sheet, WORD_PLAIN, ANCHOR_LEFT, 100, 100, TEXT("A81001"));
    struct word_box same = chart_word_box(WORD_PLAIN, ANCHOR_RIGHT, 110, 104, TEXT("A81002"));
    struct word_box below = chart_word_box(WORD_PLAIN, ANCHOR_LEFT, 100, 120, TEXT("A81002"));
    assert_false(chart_sheet_is_free(&sheet, same));
    assert_true(chart_sheet_is_free(&sheet, below));
    chart_sheet_take(&sheet, below);
    assert_false(chart_sheet_is_free(&sheet, below));
    chart_sheet_release(&sheet);
}

static void a_frame_turns_values_into_pixels(void **state)
{
    (void)state;
    struct chart_frame frame = {100, 300, 50, 150, 0, 10, 0, 1};
    assert_true(chart_frame_x(&frame, 5) == 200.0);
    assert_true(chart_frame_y(&frame, 0) == 150.0);
    assert_true(chart_frame_y(&frame, 1) == 50.0);
}

static void assert_scale(double maximum, int steps, double minimum, double step, double end)
{
    struct chart_scale scale = chart_scale_of(maximum, steps, minimum);
    assert_true(fabs(scale.step - step) < 1e-12 * step);
    assert_true(fabs(scale.maximum - end) < 1e-9 * end);
    /* Asked again for what it gave, it gives the same: axes and grids are made apart. */
    struct chart_scale again = chart_scale_of(scale.maximum, steps, minimum);
    assert_true(again.step == scale.step && fabs(again.maximum - scale.maximum) < 1e-9 * end);
}

static void scales_have_round_steps(void **state)
{
    (void)state;
    assert_scale(2600, 6, 1, 500, 3000);
    assert_scale(0.295, 6, 0.005, 0.05, 0.3);
    assert_scale(7, 6, 1, 2, 8);
    assert_scale(1, 6, 1, 1, 1);
    assert_scale(0.001, 6, 0.005, 0.005, 0.005);
    assert_scale(1, 6, 0.005, 0.2, 1);
    assert_scale(4169, 5, 1, 1000, 5000);
    for (int i = 1; i < 3000; i++) {
        struct chart_scale scale = chart_scale_of(i * 0.37, 6, 1e-9);
        assert_true(scale.maximum >= i * 0.37 * (1 - 1e-9) && scale.maximum / scale.step < 6.5);
        assert_true(chart_scale_of(scale.maximum, 6, 1e-9).step == scale.step);
    }
}

static void axes_say_shares_and_numbers(void **state)
{
    (void)state;
    assert_string_equal(chart_axis_count(12500, 500).text, "12,500");
    assert_string_equal(chart_axis_percent(0.3, 0.05).text, "30 %");
    assert_string_equal(chart_axis_percent(0.015, 0.005).text, "1.5 %");
    assert_string_equal(chart_axis_percent(1, 0.25).text, "100 %");
}

/* A phone 390 pixels wide shows 409 of the 640 units before the picture is moved: the words of a legend end before
 * that, in as many lines as they need. */
static void a_legend_stays_where_a_phone_shows_it(void **state)
{
    (void)state;
    static const struct legend_entry entries[] = {
        {1, "this practice, with its 95 % interval"}, {2, "most practices, at the widest"}, {3, "middle practice"}};
    struct chart_sheet sheet;
    chart_sheet_open(&sheet);
    chart_sheet_legend(&sheet, entries, 3);
    assert_int_equal(sheet.box_count, 3);
    for (size_t i = 0; i < sheet.box_count; i++)
        assert_true(sheet.boxes[i].right <= 409);
    assert_true(sheet.boxes[1].top > sheet.boxes[0].top);
    chart_sheet_release(&sheet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sheet_is_a_file_of_named_blocks),
        cmocka_unit_test(text_cannot_leave_its_field),
        cmocka_unit_test(a_title_is_broken_evenly_and_too_long_a_one_is_cut),
        cmocka_unit_test(a_place_that_is_taken_is_not_free),
        cmocka_unit_test(a_frame_turns_values_into_pixels),
        cmocka_unit_test(scales_have_round_steps),
        cmocka_unit_test(axes_say_shares_and_numbers),
        cmocka_unit_test(a_legend_stays_where_a_phone_shows_it),
    };
    return cmocka_run_group_tests_name("chart sheet", tests, NULL, NULL);
}
