#include "referlens/output/chart_changes.h"
#include "referlens/output/chart_drawing.h"
#include "referlens/output/chart_scheme_balance.h"
#include "referlens/output/chart_scheme_outcomes.h"

#include "../support/fitting_words.h"
#include "../support/hand_made_comparison.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct hand_made_comparison made;
static struct chart_common common;
static struct chart_sheet sheet;

static int enter(void **state)
{
    (void)state;
    hand_made_comparison_fill(&made);
    common = (struct chart_common){.report = &made.report, .comparison = &made.source};
    chart_sheet_open(&sheet);
    return 0;
}

static int leave(void **state)
{
    (void)state;
    chart_sheet_release(&sheet);
    return 0;
}

static void draw(void (*write)(const struct chart_source *source, struct chart_sheet *sheet))
{
    const struct chart_source source = {&common, &made.report, SLICE_ALL, NULL};
    write(&source, &sheet);
    chart_sheet_close(&sheet);
    assert_false(sheet.content.full);
    assert_words_fit(buffer_text(&sheet.content));
}

/* How many rows of the block end in that kind. */
static int rows_of_kind(const char *block, int kind)
{
    char head[64], ending[16];
    snprintf(head, sizeof head, "\n# %s\n", block);
    snprintf(ending, sizeof ending, "\t%d\n", kind);
    const char *begin = strstr(sheet.content.bytes, head);
    assert_non_null(begin);
    const char *end = strstr(begin, "\n\n\n");
    int count = 0;
    for (const char *at = begin; (at = strstr(at, ending)) != NULL && (end == NULL || at < end); at++)
        count++;
    return count;
}

static void assert_holds(const char *words)
{
    if (strstr(sheet.content.bytes, words) == NULL)
        fail_msg("'%s' is not in: %s", words, sheet.content.bytes);
}

static void a_forest_draws_intervals_only_where_there_are_some(void **state)
{
    (void)state;
    draw(chart_write_scheme_outcomes);
    assert_holds("Beside no scheme: 1 of 1 adjusted differences drawn here with an interval is beyond chance");
    assert_int_equal(rows_of_kind("strokes", DRAWN_CRUDE), 2);
    assert_int_equal(rows_of_kind("strokes", DRAWN_ADJUSTED), 1);
    assert_int_equal(rows_of_kind("dots", DRAWN_ADJUSTED), 1);
    assert_int_equal(rows_of_kind("dots", DRAWN_BARE), 1);
    assert_int_equal(rows_of_kind("strokes", DRAWN_BARE), 0);
    assert_holds("Observational");
}

static void a_series_shows_what_would_have_followed_and_no_hidden_month(void **state)
{
    (void)state;
    draw(chart_write_scheme_moves);
    assert_int_equal(rows_of_kind("dots", DRAWN_CRUDE), 2); /* of three months one is hidden */
    assert_int_equal(rows_of_kind("strokes", DRAWN_DASHED), 1);
    assert_int_equal(rows_of_kind("strokes", DRAWN_ADJUSTED), 2);
    assert_int_equal(rows_of_kind("strokes", DRAWN_CHANGE), 1);
    assert_holds("None → Centre, 6 practices");
}

static void a_refused_series_has_points_and_no_line(void **state)
{
    (void)state;
    made.sessions[0].level_change.estimate.value = NAN;
    draw(chart_write_meeting_series);
    assert_int_equal(rows_of_kind("dots", DRAWN_CRUDE), 2);
    assert_int_equal(rows_of_kind("strokes", DRAWN_DASHED), 0);
    assert_int_equal(rows_of_kind("strokes", DRAWN_ADJUSTED), 0);
}

static void the_head_of_a_panel_is_broken_where_it_is_too_long(void **state)
{
    (void)state;
    made.sessions[0].measure = measure_index("rejected_without_dialogue");
    made.sessions[0].outcome.measure = "rejected_without_dialogue";
    draw(chart_write_meeting_series);
    assert_holds("\tRejected without a\n");
    assert_holds("\tword with the referrer\n");
}

static void without_changes_the_chart_says_so(void **state)
{
    (void)state;
    made.changes.switch_count = 0;
    draw(chart_write_scheme_moves);
    assert_holds("nothing to show");
}

static void balance_has_a_dot_a_scheme_and_variable(void **state)
{
    (void)state;
    draw(chart_write_scheme_balance);
    assert_int_equal(rows_of_kind("dots", SCHEME_RMC + 1), 1);
    assert_holds("Specialty, Referral management centre: 0.30");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_forest_draws_intervals_only_where_there_are_some, enter, leave),
        cmocka_unit_test_setup_teardown(a_series_shows_what_would_have_followed_and_no_hidden_month, enter, leave),
        cmocka_unit_test_setup_teardown(a_refused_series_has_points_and_no_line, enter, leave),
        cmocka_unit_test_setup_teardown(the_head_of_a_panel_is_broken_where_it_is_too_long, enter, leave),
        cmocka_unit_test_setup_teardown(without_changes_the_chart_says_so, enter, leave),
        cmocka_unit_test_setup_teardown(balance_has_a_dot_a_scheme_and_variable, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
