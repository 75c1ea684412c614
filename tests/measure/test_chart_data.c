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

static struct curve_point steps[] = {
    {3, 0.1, 0.05, 0.2, 100}, {7, 0.4, 0.3, 0.5, 88}, {9, 0.4, 0.3, 0.5, 50}, {20, 0.5, 0.4, 0.6, -1}};

static void a_curve_is_read_at_any_day(void **state)
{
    (void)state;
    struct curve curve = {steps, 4, 100, 30, INFINITY, INFINITY};
    assert_near(curve_incidence(&curve, 0), 0, 0);
    assert_near(curve_incidence(&curve, 2), 0, 0);
    assert_near(curve_incidence(&curve, 3), 0.1, 0);
    assert_near(curve_incidence(&curve, 8), 0.4, 0);
    assert_near(curve_incidence(&curve, 500), 0.5, 0);
    assert_true(isnan(curve_incidence(&(struct curve){NULL, 0, 0, 0, NAN, NAN}, 3)));
}

static void the_number_at_risk_is_that_just_before_the_day(void **state)
{
    (void)state;
    struct curve curve = {steps, 4, 100, 30, INFINITY, INFINITY};
    assert_near(curve_at_risk(&curve, 0), 100, 0);
    assert_near(curve_at_risk(&curve, 2), 100, 0);
    assert_near(curve_at_risk(&curve, 4), 88, 0);
    assert_near(curve_at_risk(&curve, 9), 50, 0);
    assert_near(curve_at_risk(&curve, 21), 0, 0);
    assert_true(isnan(curve_at_risk(&curve, 10)));
    struct curve masked = {steps + 1, 3, 100, 30, INFINITY, INFINITY};
    assert_true(isnan(curve_at_risk(&masked, 5)));
    assert_near(curve_at_risk(&masked, 0), 100, 0);
}

/* Half had got there by day 20, of whom enough were followed to day 8 alone. */
static void a_curve_tells_how_far_its_quantiles_hold(void **state)
{
    (void)state;
    struct curve curve = {steps, 4, 100, 30, 8, 8};
    struct result result = curve_result(&curve, measure_index("journey_wait"));
    assert_near(result.median, 20, 0);
    assert_true(isnan(result_quantile(&result, result.median)));
    curve.followed_until = INFINITY;
    result = curve_result(&curve, measure_index("journey_wait"));
    assert_near(result_quantile(&result, result.median), 20, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_curve_is_read_at_any_day),
        cmocka_unit_test(the_number_at_risk_is_that_just_before_the_day),
        cmocka_unit_test(a_curve_tells_how_far_its_quantiles_hold),
    };
    return cmocka_run_group_tests_name("chart data", tests, NULL, NULL);
}
