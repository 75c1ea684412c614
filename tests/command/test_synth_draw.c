#include "referlens/synth/draw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

static void the_exponential_is_that_of_the_library_to_fifteen_digits(void **state)
{
    (void)state;
    for (int i = -70000; i <= 70000; i += 7) {
        double value = i / 100.0, expected = exp(value);
        assert_true(fabs(draw_exp(value) - expected) <= 1e-14 * expected);
    }
    assert_true(draw_exp(0) == 1);
}

/* Of a log-normal time, a half is below its median and 0.8413447 below median × e^sigma (R: pnorm(1)). */
static void a_log_normal_time_has_its_median_and_sigma(void **state)
{
    (void)state;
    enum { DRAWS = 100000 };
    struct random_stream random = random_seed(3, 0);
    int below_median = 0, below_one_sigma = 0;
    for (int i = 0; i < DRAWS; i++) {
        double days = draw_log_normal(&random, 40, 0.5);
        below_median += days < 40;
        below_one_sigma += days < 65.94885082800512; /* 40 × e^0.5 */
    }
    /* Four standard errors: 4 × sqrt(0.25 / n) and 4 × sqrt(0.8413 × 0.1587 / n). */
    assert_true(fabs(below_median / (double)DRAWS - 0.5) < 0.0064);
    assert_true(fabs(below_one_sigma / (double)DRAWS - 0.8413447460685429) < 0.0047);
}

static void a_cumulative_weight_is_found_as_by_looking_at_each(void **state)
{
    (void)state;
    const double cumulative[] = {0, 1, 1, 2.5, 7, 7};
    for (double target = 0; target < 7; target += 0.25) {
        size_t expected = 0;
        while (expected < 5 && cumulative[expected] <= target)
            expected++;
        assert_int_equal(draw_find(cumulative, 6, target), expected);
    }
    assert_int_equal(draw_find(cumulative, 6, 9), 5);
    assert_int_equal(draw_find(cumulative, 1, 0), 0);
}

/* 2024-02-29 was a Thursday, 1900-01-01 a Monday (perpetual calendar). */
static void weekends_move_to_the_monday(void **state)
{
    (void)state;
    day date;
    assert_true(day_from_date(2024, 2, 29, &date));
    assert_int_equal(draw_weekday(date), 3);
    assert_int_equal(draw_working_day(date), date);
    assert_int_equal(draw_working_day(date + 1), date + 1);
    assert_int_equal(draw_working_day(date + 2), date + 4);
    assert_int_equal(draw_working_day(date + 3), date + 4);
    assert_true(day_from_date(1900, 1, 1, &date));
    assert_int_equal(draw_weekday(date), 0);
    assert_int_equal(draw_working_day(date - 1), date);
}

static void a_draw_between_two_days_takes_each_of_them(void **state)
{
    (void)state;
    struct random_stream random = random_seed(5, 0);
    int counts[5] = {0};
    for (int i = 0; i < 10000; i++)
        counts[draw_between(&random, -2, 2) + 2]++;
    for (int i = 0; i < 5; i++)
        assert_true(abs(counts[i] - 2000) < 160); /* four times sqrt(10000 × 0.2 × 0.8) */
    assert_int_equal(draw_between(&random, 7, 7), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_exponential_is_that_of_the_library_to_fifteen_digits),
        cmocka_unit_test(a_log_normal_time_has_its_median_and_sigma),
        cmocka_unit_test(a_cumulative_weight_is_found_as_by_looking_at_each),
        cmocka_unit_test(weekends_move_to_the_monday),
        cmocka_unit_test(a_draw_between_two_days_takes_each_of_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
