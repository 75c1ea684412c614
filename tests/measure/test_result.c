/* Ten referrals of A are attended 10, 20 … 100 days after they were made; of B's, which are the same, 14 more were made
 * five days before the as-of date. Of those left, each attendance is a tenth: the incidence of B reaches one half on
 * day 50 as that of A does, but by then only 6 of 24 were still at risk, and 14 had been censored. */
#include "referlens/measure/result.h"

#include "../support/measured.h"

#include "referlens/measure/report.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static char folder[SCRATCH_PATH_SIZE];

static int enter(void **state)
{
    (void)state;
    scratch_enter(folder);
    return 0;
}

static int leave(void **state)
{
    (void)state;
    scratch_leave(folder);
    return 0;
}

static struct measured two_practices(void)
{
    struct buffer referrals = buffer_with_maximum(1 << 14), outcomes = buffer_with_maximum(1 << 14);
    buffer_add_string(&referrals, FROM_CSV_REFERRALS);
    buffer_add_string(&outcomes, FROM_CSV_OUTCOMES);
    for (int i = 1; i <= 10; i++) {
        char seen[DAY_TEXT_SIZE];
        day_format(from_csv_day("2024-01-01") + 10 * i, seen);
        buffer_add_formatted(&referrals, "A%d,A,2024-01-01,330,,,,\nB%d,B,2024-01-01,330,,,,\n", i, i);
        buffer_add_formatted(&outcomes, "A%d,%s,first_attended,,,,\nB%d,%s,first_attended,,,,\n", i, seen, i, seen);
    }
    for (int i = 11; i <= 24; i++)
        buffer_add_formatted(&referrals, "B%d,B,2024-12-26,330,,,,\n", i);
    struct measured measured = measured_from(referrals.bytes, outcomes.bytes, NULL, "2024-12-31", "2024-Q1", 1);
    buffer_release(&referrals);
    buffer_release(&outcomes);
    return measured;
}

static struct result wait_of(const struct measured *measured, const char *practice, enum audience audience)
{
    const struct report report = {.as_of = cohort_as_of(measured->input.cohort),
                                  .audience = audience,
                                  .cohort = measured->input.cohort,
                                  .evaluation = measured->evaluation};
    const struct slice slice = measured_slice(measured, practice, NULL, NULL, NULL);
    struct result_list results = {0};
    report_practice(&report, slice.practice, false, &results);
    const struct result result = *measured_find(&results, slice, "wait_first_attendance");
    result_list_release(&results);
    return result;
}

static void a_quantile_that_rests_on_few_of_many_is_not_said(void **state)
{
    (void)state;
    struct measured measured = two_practices();
    const struct result result = wait_of(&measured, "B", AUDIENCE_ANALYST);
    assert_float_equal(result.median, 50, 0);
    /* Ten were at risk on day 10, nine on day 20. */
    assert_float_equal(result.followed_until, 10, 0);
    assert_true(isnan(result_quantile(&result, result.median)));
    assert_float_equal(result_quantile(&result, 10), 10, 0);
    assert_true(isnan(result_quantile(&result, NAN)));
    measured_release(&measured);
}

/* 365 days lie behind the day up to which enough were followed; where all of a small number were, they do not. */
static void a_share_by_a_day_that_few_were_followed_to_is_not_said(void **state)
{
    (void)state;
    struct measured measured = two_practices();
    struct result few = wait_of(&measured, "B", AUDIENCE_ANALYST), all = wait_of(&measured, "A", AUDIENCE_ANALYST);
    enum { LAST = HORIZON_COUNT - 1, FIRST = 0 };
    few.within[FIRST].value = few.within[LAST].value = all.within[LAST].value = 0.5;
    assert_true(isnan(result_share_within(&few, LAST)));
    assert_float_equal(result_share_within(&few, FIRST), 0.5, 0);
    assert_float_equal(result_share_within(&all, LAST), 0.5, 0);
    measured_release(&measured);
}

static void a_small_number_of_which_all_is_known_is_said(void **state)
{
    (void)state;
    struct measured measured = two_practices();
    const struct result result = wait_of(&measured, "A", AUDIENCE_ANALYST);
    assert_float_equal(result_quantile(&result, result.median), 50, 0);
    assert_float_equal(result_quantile(&result, result.p90), 90, 0);
    measured_release(&measured);
}

/* By masked counts 8 and 9 at risk are 10, 7 on day 40 are few. */
static void others_are_told_by_masked_counts_alone(void **state)
{
    (void)state;
    struct measured measured = two_practices();
    assert_float_equal(wait_of(&measured, "B", AUDIENCE_SHARED).followed_until, 30, 0);
    measured_release(&measured);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_quantile_that_rests_on_few_of_many_is_not_said, enter, leave),
        cmocka_unit_test_setup_teardown(a_share_by_a_day_that_few_were_followed_to_is_not_said, enter, leave),
        cmocka_unit_test_setup_teardown(a_small_number_of_which_all_is_known_is_said, enter, leave),
        cmocka_unit_test_setup_teardown(others_are_told_by_masked_counts_alone, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
