#include "referlens/measure/chart_data.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_near(double value, double expected, double tolerance)
{
    assert_true(fabs(value - expected) <= tolerance);
}

static struct result *add(struct result_list *list, uint32_t practice, quarter period, const char *measure)
{
    struct slice slice = slice_all();
    slice.practice = practice;
    slice.period = period;
    return result_list_add(list, slice, (uint16_t)measure_index(measure));
}

static void set_rate(struct result *result, double numerator, double denominator)
{
    result->status = denominator > 0 ? RESULT_OK : RESULT_INSUFFICIENT;
    result->numerator = numerator;
    result->denominator = denominator;
    result->value = denominator > 0 ? numerator / denominator : NAN;
}

/* Counts of twelve practices: one far above the others, one a little, one empty, one hidden. */
static const double counts[] = {12, 8, 11, 60, 9, 10, 19, 7, 10, 12, 0, NAN};
enum { PRACTICES = sizeof(counts) / sizeof(counts[0]) };
#define TOTAL 100.0

static void fill(struct report *report, size_t practices)
{
    double sum = 0;
    double total = 0;
    for (size_t i = 0; i < practices; i++) {
        struct result *result = add(&report->practices, (uint32_t)i, PERIOD_ALL, "rejection_rate");
        set_rate(result, counts[i], counts[i] == 0 ? 0 : TOTAL);
        if (isnan(counts[i]))
            result->status = RESULT_SUPPRESSED;
        sum += isnan(counts[i]) ? 5 : counts[i];
        total += counts[i] == 0 ? 0 : TOTAL;
        /* The report's quarter and other measures lie in the same list and must not count. */
        set_rate(add(&report->practices, (uint32_t)i, 8100, "rejection_rate"), 90, 100);
        set_rate(add(&report->practices, (uint32_t)i, PERIOD_ALL, "dna_rate"), 90, 100);
    }
    set_rate(add(&report->aggregates, SLICE_ALL, PERIOD_ALL, "rejection_rate"), sum, total);
}

static void a_funnel_holds_the_practices_that_may_be_shown(void **state)
{
    (void)state;
    struct report report = {.audience = AUDIENCE_SHARED};
    fill(&report, PRACTICES);
    struct practice_funnel funnel = practice_funnel_of(&report, "rejection_rate");
    assert_int_equal(funnel.count, 10);
    assert_int_equal(funnel.suppressed, 1);
    assert_int_equal(funnel.empty, 1);
    assert_true(funnel.has_limits);
    assert_near(funnel.denominator_maximum, 100, 0);
    assert_near(funnel.value_maximum, 0.6, 1e-15);
    /* (12+8+11+60+9+10+19+7+10+12+5) / 1100, the hidden five included: the rate as published. */
    assert_near(funnel.overall, 163.0 / 1100.0, 1e-15);
    assert_near(funnel.model.target, funnel.overall, 0);
    practice_funnel_release(&funnel);
    report_release(&report);
}

static void a_flag_in_a_funnel_agrees_with_its_limits(void **state)
{
    (void)state;
    struct report report = {.audience = AUDIENCE_SHARED};
    fill(&report, PRACTICES);
    struct practice_funnel funnel = practice_funnel_of(&report, "rejection_rate");
    size_t conversations = 0;
    for (size_t i = 0; i < funnel.count; i++) {
        const struct practice_point *point = &funnel.points[i];
        struct finding_limits limits = practice_funnel_limits(&funnel, point->denominator, true);
        bool beyond = point->value > limits.upper998 || point->value < limits.lower998;
        assert_int_equal(point->finding == FINDING_CONVERSATION, beyond);
        conversations += beyond;
    }
    assert_int_equal(conversations, 1);
    assert_int_equal(funnel.points[3].finding, FINDING_CONVERSATION);
    assert_int_equal(funnel.points[3].side, 1);

    struct finding_limits adjusted = practice_funnel_limits(&funnel, 50, true);
    struct finding_limits plain = practice_funnel_limits(&funnel, 50, false);
    assert_true(adjusted.upper998 > plain.upper998 && plain.upper998 > plain.upper95);
    practice_funnel_release(&funnel);
    report_release(&report);
}

static void a_practice_of_its_own_is_judged_by_the_same_limits(void **state)
{
    (void)state;
    struct report report = {.audience = AUDIENCE_PRACTICE};
    fill(&report, PRACTICES);
    struct practice_funnel funnel = practice_funnel_of(&report, "rejection_rate");
    struct result_list own = {0};
    set_rate(add(&own, 11, PERIOD_ALL, "rejection_rate"), 58, 97);
    struct practice_point point = practice_funnel_place(&funnel, &own.results[0]);
    assert_int_equal(point.practice, 11);
    assert_int_equal(point.finding, FINDING_CONVERSATION);
    assert_int_equal(practice_funnel_place(&funnel, NULL).finding, FINDING_NO_NUMBER);
    result_list_release(&own);
    practice_funnel_release(&funnel);
    report_release(&report);
}

static void too_few_practices_give_points_and_no_limits(void **state)
{
    (void)state;
    struct report report = {.audience = AUDIENCE_SHARED};
    fill(&report, FUNNEL_PRACTICES_MIN - 1);
    struct practice_funnel funnel = practice_funnel_of(&report, "rejection_rate");
    assert_int_equal(funnel.count, FUNNEL_PRACTICES_MIN - 1);
    assert_false(funnel.has_limits);
    assert_int_equal(funnel.points[3].finding, FINDING_NO_NUMBER);
    assert_true(isnan(practice_funnel_limits(&funnel, 100, true).upper998));
    practice_funnel_release(&funnel);
    report_release(&report);
}

static void a_report_without_results_has_an_empty_funnel(void **state)
{
    (void)state;
    struct report report = {.audience = AUDIENCE_SHARED};
    struct practice_funnel funnel = practice_funnel_of(&report, "rejection_rate");
    assert_int_equal(funnel.count, 0);
    assert_true(isnan(funnel.overall));
    practice_funnel_release(&funnel);
    practice_funnel_release(NULL);
}

static struct curve_point steps[] = {
    {3, 0.1, 0.05, 0.2, 100}, {7, 0.4, 0.3, 0.5, 88}, {9, 0.4, 0.3, 0.5, 50}, {20, 0.5, 0.4, 0.6, -1}};

static void a_curve_is_read_at_any_day(void **state)
{
    (void)state;
    struct curve curve = {steps, 4, 100, 30};
    assert_near(curve_incidence(&curve, 0), 0, 0);
    assert_near(curve_incidence(&curve, 2), 0, 0);
    assert_near(curve_incidence(&curve, 3), 0.1, 0);
    assert_near(curve_incidence(&curve, 8), 0.4, 0);
    assert_near(curve_incidence(&curve, 500), 0.5, 0);
    assert_true(isnan(curve_incidence(&(struct curve){NULL, 0, 0, 0}, 3)));
}

static void the_number_at_risk_is_that_just_before_the_day(void **state)
{
    (void)state;
    struct curve curve = {steps, 4, 100, 30};
    assert_near(curve_at_risk(&curve, 0), 100, 0);
    assert_near(curve_at_risk(&curve, 2), 100, 0);
    assert_near(curve_at_risk(&curve, 4), 88, 0);
    assert_near(curve_at_risk(&curve, 9), 50, 0);
    assert_near(curve_at_risk(&curve, 21), 0, 0);
    assert_true(isnan(curve_at_risk(&curve, 10)));
    struct curve masked = {steps + 1, 3, 100, 30};
    assert_true(isnan(curve_at_risk(&masked, 5)));
    assert_near(curve_at_risk(&masked, 0), 100, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_funnel_holds_the_practices_that_may_be_shown),
        cmocka_unit_test(a_flag_in_a_funnel_agrees_with_its_limits),
        cmocka_unit_test(a_practice_of_its_own_is_judged_by_the_same_limits),
        cmocka_unit_test(too_few_practices_give_points_and_no_limits),
        cmocka_unit_test(a_report_without_results_has_an_empty_funnel),
        cmocka_unit_test(a_curve_is_read_at_any_day),
        cmocka_unit_test(the_number_at_risk_is_that_just_before_the_day),
    };
    return cmocka_run_group_tests_name("chart data", tests, NULL, NULL);
}
