#include "referlens/output/chart_over_time.h"

#include "../support/hand_made_report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { QUARTERS = 14, STEP = 7 };

/* Part of report.h that a chart's background needs, and this one not. */
struct curve report_curve(const struct report *report, struct slice slice, const char *measure, bool own)
{
    (void)report, (void)slice, (void)measure, (void)own;
    return (struct curve){.n = NAN};
}

size_t report_reasons(const struct report *report, uint32_t practice, bool own, struct report_reason *reasons,
                      size_t room)
{
    (void)report, (void)practice, (void)own, (void)reasons, (void)room;
    return 0;
}

struct curve report_bounced_curve(const struct report *report, uint32_t practice, bool own)
{
    (void)report, (void)practice, (void)own;
    return (struct curve){.n = NAN};
}

struct spread *spread_by_specialty(const struct report *report, size_t measure, size_t *count)
{
    (void)report, (void)measure;
    *count = 0;
    return NULL;
}

struct spread *spread_by_quarter(const struct report *report, size_t measure, size_t *count)
{
    return spread_by_specialty(report, measure, count);
}

/* The sheet of everybody's rejections of 1,000 decided referrals in each quarter, the last of `quarters` being 2025-Q2; a
 * negative number is not to be shown, and the first `early` quarters are over before the observed window begins. The
 * caller frees the text. */
static char *sheet_from(const double *rejected, size_t quarters, day as_of, size_t early)
{
    struct report report = hand_made_report(0, 0, (int)quarters);
    result_list_release(&report.aggregates);
    report.aggregates = (struct result_list){0};
    report.as_of = as_of;
    report.early.before = quarter_first_day(hand_made.first + (quarter)early);
    for (size_t i = 0; i < quarters; i++) {
        struct slice slice = slice_all();
        slice.period = hand_made.first + (quarter)i;
        struct result *result =
            result_list_add(&report.aggregates, slice, (uint16_t)measure_index("rejection_rate"));
        result->status = rejected[i] < 0 ? RESULT_SUPPRESSED : RESULT_OK;
        if (rejected[i] < 0)
            continue;
        result->excluded = (struct exclusions){0, 0, 0};
        result->numerator = rejected[i];
        result->denominator = 1000;
        result->value = rejected[i] / 1000;
        result->lower = result->value - 0.01;
        result->upper = result->value + 0.01;
    }
    const struct chart_source source = {
        .report = &report, .practice = SLICE_ALL, .results = &report.aggregates};
    struct chart_sheet *sheet = memory_allocate(sizeof *sheet);
    chart_sheet_open(sheet);
    chart_write_over_time(&source, sheet);
    chart_sheet_close(sheet);
    char *text = memory_copy_text(sheet->content.bytes, sheet->content.length);
    chart_sheet_release(sheet);
    memory_free(sheet);
    hand_made_release(&report);
    return text;
}

static char *sheet_of(const double *rejected, size_t quarters, day as_of)
{
    return sheet_from(rejected, quarters, as_of, 0);
}

static day day_of(const char *text)
{
    day of;
    assert_true(day_parse(text_of(text), &of));
    return of;
}

static void assert_holds(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("'%s' is not in: %s", part, text);
}

static void a_step_over_thirteen_quarters_or_more_stands_out_of_a_control_chart(void **state)
{
    (void)state;
    double rejected[QUARTERS];
    for (size_t i = 0; i < QUARTERS; i++)
        rejected[i] = (i < STEP ? 100 : 200) + (double)(i % 2);
    char *text = sheet_of(rejected, QUARTERS, day_of("2025-07-31"));
    assert_holds(text, "Rejection rate over time: 14 of 14 quarters stand out");
    assert_holds(text, "has_limits\t1\n");
    assert_holds(text, "upper limit");
    assert_holds(text, "mean 15.1 %"); /* (7 × 100 + 3 + 7 × 200 + 4) ÷ 14,000 = 0.1505 */
    assert_holds(text, "\n0\t0.1\t");
    assert_null(strstr(text, "not complete yet"));
    free(text);
}

/* About a mean of 13.4 %, moving by 6.9 points on average: the upper limit is at 13.4 + 2.66 × 6.9 = 31.8 %. */
static void one_quarter_stands_out_in_the_singular(void **state)
{
    (void)state;
    double rejected[QUARTERS];
    for (size_t i = 0; i < QUARTERS; i++)
        rejected[i] = i == STEP ? 330 : 100 + 40 * (double)(i % 2);
    char *text = sheet_of(rejected, QUARTERS, day_of("2025-07-31"));
    assert_holds(text, "Rejection rate over time: 1 of 14 quarters stands out");
    free(text);
}

static void quarters_without_change_say_so(void **state)
{
    (void)state;
    double rejected[QUARTERS];
    for (size_t i = 0; i < QUARTERS; i++)
        rejected[i] = 100 + (double)(i * 5 % 7);
    char *text = sheet_of(rejected, QUARTERS, day_of("2025-07-31"));
    assert_holds(text, "no more");
    assert_holds(text, "chance in 14 quarters");
    assert_null(strstr(text, "\tstands out\n"));
    free(text);
}

static void a_quarter_that_is_not_over_is_hollow_and_counts_for_nothing(void **state)
{
    (void)state;
    double rejected[QUARTERS];
    for (size_t i = 0; i < QUARTERS; i++)
        rejected[i] = i == QUARTERS - 1 ? 900 : 100 + (double)(i * 5 % 7);
    char *text = sheet_of(rejected, QUARTERS, day_of("2025-06-29"));
    assert_holds(text, "chance in 13 quarters");
    assert_holds(text, "not complete yet");
    assert_holds(text, "\n13\t0.9\t0.89\t0.91\tNaN\tNaN\t0\t1\t"); /* no limits, does not stand out, not complete */
    free(text);
}

static void a_quarter_before_the_observed_window_is_hollow_and_counts_for_nothing(void **state)
{
    (void)state;
    double rejected[QUARTERS];
    for (size_t i = 0; i < QUARTERS; i++)
        rejected[i] = i == 0 ? 900 : 150 + (double)(i % 2);
    char *text = sheet_from(rejected, QUARTERS, day_of("2025-12-31"), 1);
    assert_holds(text, "no more change than chance in 13 quarters");
    assert_holds(text, "\n0\t0.9\t0.89\t0.91\tNaN\tNaN\t0\t1\t");
    assert_holds(text, "before the bulk of the data");
    assert_holds(text, "left out");
    assert_null(strstr(text, "not complete yet"));
    free(text);
}

static void few_quarters_have_a_median_and_no_limits(void **state)
{
    (void)state;
    static const double rejected[] = {100, 120, 110, -1, 130};
    char *text = sheet_of(rejected, 5, day_of("2025-07-31"));
    assert_holds(text, "4 complete quarters");
    assert_holds(text, "has_limits\t0\n");
    assert_holds(text, "median 11.5 %");
    assert_holds(text, "\n3\tNaN\tNaN\tNaN\tNaN\tNaN\t0\t0\t");
    assert_holds(text, "Numbers of 1 quarter are too small to show");
    free(text);
}

/* Three rejections expected of each quarter's 1,000, by turns 2 and 4; then 3 in nine of fourteen, and else 4. */
static void limits_that_small_numbers_do_not_bear_are_not_drawn(void **state)
{
    (void)state;
    double rejected[QUARTERS];
    for (size_t i = 0; i < QUARTERS; i++)
        rejected[i] = i % 2 == 0 ? 2 : 4;
    char *text = sheet_of(rejected, QUARTERS, day_of("2025-07-31"));
    assert_holds(text, "no more change than");
    assert_holds(text, "has_limits\t0\n");
    assert_holds(text, "too few expected");
    free(text);
    for (size_t i = 0; i < QUARTERS; i++)
        rejected[i] = i < 9 ? 3 : 4;
    text = sheet_of(rejected, QUARTERS, day_of("2025-07-31"));
    assert_holds(text, "cannot be told from chance");
    assert_holds(text, "so common a");
    free(text);
}

static void nothing_to_show_is_said_in_words(void **state)
{
    (void)state;
    static const double rejected[] = {-1, -1};
    char *text = sheet_of(rejected, 2, day_of("2025-07-31"));
    assert_holds(text, "nothing\t1\n");
    assert_holds(text, "has enough to show");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_over_thirteen_quarters_or_more_stands_out_of_a_control_chart),
        cmocka_unit_test(one_quarter_stands_out_in_the_singular),
        cmocka_unit_test(quarters_without_change_say_so),
        cmocka_unit_test(a_quarter_that_is_not_over_is_hollow_and_counts_for_nothing),
        cmocka_unit_test(a_quarter_before_the_observed_window_is_hollow_and_counts_for_nothing),
        cmocka_unit_test(few_quarters_have_a_median_and_no_limits),
        cmocka_unit_test(limits_that_small_numbers_do_not_bear_are_not_drawn),
        cmocka_unit_test(nothing_to_show_is_said_in_words),
    };
    return cmocka_run_group_tests_name("chart over time", tests, NULL, NULL);
}
