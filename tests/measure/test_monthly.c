#include "referlens/measure/monthly.h"

#include "../support/measured.h"

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

/* 1,000 patients; the export begins with 1 March and ends on 15 May, so that its whole months are March and April, and
 * a stray row lies in the year before. */
static void a_month_has_the_person_years_of_its_own_days(void **state)
{
    (void)state;
    struct measured measured =
        measured_from(FROM_CSV_REFERRALS "0,A,2024-05-14,330,,,,\n1,A,2025-03-02,330,,,,\n2,A,2025-03-09,330,,,,\n"
                                         "3,A,2025-04-30,330,,,,\n4,A,2025-05-15,330,,,,\n",
                      NULL, "practice_code,list_size\nA,1000\n", "2025-05-15", NULL, 2);
    struct scheme_history history = scheme_history_of(measured.input.cohort);
    const struct monthly_outcome outcome = {"referral_rate", 0};
    struct month_span span;
    struct monthly monthly;
    assert_true(monthly_span(measured.evaluation, &span));
    monthly_of(measured.evaluation, &history, span, &outcome, 1, 2, &monthly);
    static const struct {
        int year, month, referrals, days;
    } expected[] = {{2024, 6, 0, 30}, {2024, 7, 0, 0},  {2025, 1, 0, 0},
                    {2025, 2, 0, 0},  {2025, 3, 2, 31}, {2025, 4, 1, 30}};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        const struct monthly_cell cell = monthly_at(&monthly, 0, expected[i].year * 12 + expected[i].month - 1);
        assert_true(cell.hits == expected[i].referrals);
        assert_true(fabs(cell.total - 1000 * expected[i].days / 365.25) < 1e-9);
    }
    monthly_release(&monthly);
    scheme_history_release(&history);
    measured_release(&measured);
}

/* March to May 2025, of which May is not over, have 30 referrals each. */
static void months_begin_with_the_observed_window(void **state)
{
    (void)state;
    struct buffer referrals = buffer_with_maximum(1 << 16);
    buffer_add_string(&referrals, FROM_CSV_REFERRALS "0,A,2021-05-14,330,,,,\n1,A,2025-02-20,330,,,,\n");
    for (int i = 0; i < 90; i++)
        buffer_add_formatted(&referrals, "R%d,A,2025-%02d-%02d,330,,,,\n", i, 3 + i / 30, 2 + i % 14);
    struct measured measured =
        measured_from(referrals.bytes, NULL, "practice_code,list_size\nA,1000\n", "2025-05-15", NULL, 2);
    struct month_span span;
    assert_true(monthly_span(measured.evaluation, &span));
    assert_int_equal(span.first, 2025 * 12 + 2);
    assert_int_equal(span.last, 2025 * 12 + 3);
    measured_release(&measured);
    buffer_release(&referrals);
}

/* A makes 30 referrals in each month of 2025 up to June; B begins in April, but for one that is misdated by years. */
static void a_practice_is_observed_from_its_own_first_month_in_the_window(void **state)
{
    (void)state;
    struct buffer referrals = buffer_with_maximum(1 << 16);
    buffer_add_string(&referrals, FROM_CSV_REFERRALS "early,B,2015-04-14,330,,,,\n");
    for (int i = 0; i < 270; i++)
        buffer_add_formatted(&referrals, "R%d,%c,2025-%02d-%02d,330,,,,\n", i, i < 180 ? 'A' : 'B',
                             i < 180 ? 1 + i / 30 : 4 + (i - 180) / 30, 1 + i % 30 % 28);
    struct measured measured = measured_from(referrals.bytes, NULL, NULL, "2025-06-30", NULL, 2);
    struct month_span span;
    assert_true(monthly_span(measured.evaluation, &span));
    assert_int_equal(span.first, 2025 * 12);
    assert_int_equal(monthly_observed(measured.evaluation, 0, span).first, 2025 * 12);
    assert_int_equal(monthly_observed(measured.evaluation, 1, span).first, 2025 * 12 + 3);
    measured_release(&measured);
    buffer_release(&referrals);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_month_has_the_person_years_of_its_own_days),
        cmocka_unit_test(months_begin_with_the_observed_window),
        cmocka_unit_test(a_practice_is_observed_from_its_own_first_month_in_the_window),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
