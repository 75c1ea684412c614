/* Practice A refers 40 times a quarter from 2023-Q1 to 2024-Q2. Of each quarter's, 20 are rejected before 2024 and 10
 * from then on. It meets on 2023-11-15: before are 2023-Q1 to Q3 (60 of 120), after are 2024-Q1 and, where the as-of
 * date lets it settle, Q2 (20 of 80). Newcombe's interval for 20/80 − 60/120 is −0.3702854 to −0.1130780 (by his method
 * 10, in Python). B never meets and rejects 8 of 40 throughout. */
#include "referlens/measure/session_change.h"

#include "../support/measured.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { QUARTERS = 6, A_QUARTER = 40 };

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

/* `cancelled`: of A's and B's each quarter, how many more are cancelled before they are decided. `early`: rows of
 * referrals.csv that are put before all others. */
static struct measured county_with(int cancelled, const char *early, const char *sessions, const char *as_of)
{
    static const char *const months[QUARTERS] = {"2023-01", "2023-04", "2023-07", "2023-10", "2024-01", "2024-04"};
    struct buffer referrals = buffer_with_maximum(1 << 18), outcomes = buffer_with_maximum(1 << 18);
    buffer_add_formatted(&referrals, "%s%s", FROM_CSV_REFERRALS, early);
    buffer_add_string(&outcomes, FROM_CSV_OUTCOMES);
    for (int practice = 0; practice < 2; practice++) {
        for (int q = 0; q < QUARTERS; q++) {
            for (int i = 0; i < A_QUARTER + cancelled; i++) {
                const int rejected = practice == 1 ? 8 : q < 4 ? 20 : 10;
                buffer_add_formatted(&referrals, "R%d-%d-%d,%c,%s-01,330,,,,\n", practice, q, i, 'A' + practice,
                                     months[q]);
                buffer_add_formatted(&outcomes, "R%d-%d-%d,%s-09,%s,,,,\n", practice, q, i, months[q],
                                     i >= A_QUARTER ? "cancelled_referral"
                                     : i < rejected ? "rejected"
                                                    : "accepted");
            }
        }
    }
    struct measured measured = measured_from(referrals.bytes, outcomes.bytes, sessions, as_of, "2024-Q1", 1);
    buffer_release(&referrals);
    buffer_release(&outcomes);
    return measured;
}

static struct measured county(const char *sessions, const char *as_of)
{
    return county_with(0, "", sessions, as_of);
}

static struct session_change change_of(const struct measured *measured, const char *practice)
{
    struct report report = {.as_of = cohort_as_of(measured->input.cohort),
                            .audience = AUDIENCE_ANALYST,
                            .cohort = measured->input.cohort,
                            .evaluation = measured->evaluation};
    struct result_list results = {0};
    const uint32_t code = measured_slice(measured, practice, NULL, NULL, NULL).practice;
    report_evaluate(&report, 1);
    report_practice(&report, code, true, &results);
    const struct session_change change = session_change_of(&report, code, &results);
    result_list_release(&results);
    report_release(&report);
    return change;
}

static void quarters_on_either_side_are_compared(void **state)
{
    (void)state;
    struct measured measured = county("practice_code,session_date,topic\nA,2023-11-15,Headache\n", "2024-09-30");
    const struct session_change change = change_of(&measured, "A");
    quarter first = 0, last = 0;
    assert_true(quarter_parse(TEXT("2023-Q1"), &first) && quarter_parse(TEXT("2024-Q2"), &last));
    assert_int_equal(change.state, SESSION_COMPARED);
    assert_int_equal(change.before_first, first);
    assert_int_equal(change.before_last, first + 2);
    assert_int_equal(change.after_first, first + 4);
    assert_int_equal(change.after_last, last);
    assert_true(text_equal(change.topic, TEXT("Headache")));
    const struct session_change_row *row = &change.rows[0];
    assert_string_equal(measure_table[row->measure].id, "rejection_rate");
    assert_float_equal(row->before.numerator, 60, 0);
    assert_float_equal(row->before.denominator, 120, 0);
    assert_float_equal(row->after.numerator, 20, 0);
    assert_float_equal(row->after.denominator, 80, 0);
    assert_float_equal(row->own.value, -0.25, 1e-12);
    assert_float_equal(row->own.lower, -0.3702854, 1e-6);
    assert_float_equal(row->own.upper, -0.1130780, 1e-6);
    assert_float_equal(row->all_before.numerator, 84, 0);
    assert_float_equal(row->all_after.numerator, 36, 0);
    assert_int_equal(row->status, RESULT_OK);
    measured_release(&measured);
}

static void the_latest_meeting_with_something_behind_it_counts(void **state)
{
    (void)state;
    struct measured measured =
        county("practice_code,session_date\nA,2023-05-15\nA,2023-11-15\nA,2024-05-01\n", "2024-09-30");
    const struct session_change change = change_of(&measured, "A");
    assert_int_equal(change.state, SESSION_COMPARED);
    assert_int_equal(change.date, from_csv_day("2023-11-15"));
    assert_int_equal(change.latest, from_csv_day("2024-05-01"));
    measured_release(&measured);
}

static void without_a_quarter_on_a_side_there_is_nothing_to_compare(void **state)
{
    (void)state;
    struct measured early = county("practice_code,session_date\nA,2024-05-01\n", "2024-06-30");
    assert_int_equal(change_of(&early, "A").state, SESSION_TOO_EARLY);
    assert_int_equal(change_of(&early, "B").state, SESSION_NONE);
    measured_release(&early);
    struct measured first = county("practice_code,session_date\nA,2023-02-01\n", "2024-09-30");
    assert_int_equal(change_of(&first, "A").state, SESSION_NOTHING_BEFORE);
    measured_release(&first);
    struct measured later = county("practice_code,session_date\nA,2024-12-01\n", "2024-09-30");
    assert_int_equal(change_of(&later, "A").state, SESSION_NONE);
    measured_release(&later);
}

/* A tenth of each quarter's ends undecided: no number moves on that account. */
static void quarters_with_many_cancelled_are_settled(void **state)
{
    (void)state;
    struct measured measured = county_with(4, "", "practice_code,session_date\nA,2023-11-15\n", "2024-09-30");
    const struct session_change change = change_of(&measured, "A");
    assert_int_equal(change.state, SESSION_COMPARED);
    assert_float_equal(change.rows[0].before.denominator, 120, 0);
    assert_float_equal(change.rows[0].after.numerator, 20, 0);
    assert_float_equal(change.rows[0].after.denominator, 80, 0);
    measured_release(&measured);
}

/* One referral of 2022-Q4 is no quarter to compare with. */
static void a_misdated_referral_makes_no_quarter_before(void **state)
{
    (void)state;
    static const char early[] = "early,A,2022-11-01,330,,,,\n";
    struct measured later = county_with(0, early, "practice_code,session_date\nA,2023-11-15\n", "2024-09-30");
    quarter first = 0;
    assert_true(quarter_parse(TEXT("2023-Q1"), &first));
    assert_int_equal(change_of(&later, "A").before_first, first);
    measured_release(&later);
    struct measured measured = county_with(0, early, "practice_code,session_date\nA,2023-02-01\n", "2024-09-30");
    assert_int_equal(change_of(&measured, "A").state, SESSION_NOTHING_BEFORE);
    measured_release(&measured);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(quarters_on_either_side_are_compared, enter, leave),
        cmocka_unit_test_setup_teardown(the_latest_meeting_with_something_behind_it_counts, enter, leave),
        cmocka_unit_test_setup_teardown(without_a_quarter_on_a_side_there_is_nothing_to_compare, enter, leave),
        cmocka_unit_test_setup_teardown(quarters_with_many_cancelled_are_settled, enter, leave),
        cmocka_unit_test_setup_teardown(a_misdated_referral_makes_no_quarter_before, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
