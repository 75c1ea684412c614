/* Each referral below goes one way, written beside it; the counts are those of the list. */
#include "referlens/measure/flow.h"

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

static const char referrals[] = FROM_CSV_REFERRALS "1,A,2024-01-01,330,,,,P1\n"   /* accepted, treated */
                                                   "2,A,2024-01-01,330,,,,P2\n"   /* accepted, seen and discharged */
                                                   "3,A,2024-01-01,330,,,,P3\n"   /* accepted, seen, in care */
                                                   "4,A,2024-01-01,330,,,,P4\n"   /* accepted, waiting */
                                                   "5,A,2024-01-01,330,,,,P5\n"   /* accepted, cancelled */
                                                   "6,A,2024-01-01,330,,,,P6\n"   /* redirected, seen and discharged */
                                                   "7,A,2024-01-01,330,,,,P7\n"   /* returned with advice */
                                                   "8,A,2024-01-01,330,,,,P8\n"   /* rejected, referred again by 9 */
                                                   "9,A,2024-02-01,330,,,,P8\n"   /* accepted, waiting */
                                                   "10,A,2024-01-01,330,,,,P10\n" /* rejected, never again */
                                                   "11,A,2024-12-01,330,,,,P11\n" /* rejected, too early to tell */
                                                   "12,A,2024-01-01,330,,,,\n"    /* rejected, patient not known */
                                                   "13,A,2024-01-01,330,,,,P13\n" /* undecided, waiting */
                                                   "14,A,2024-01-01,330,,,,P14\n" /* undecided, died */
                                                   "15,A,2024-01-01,330,,,,P15\n" /* treated without an attendance */
                                                   "16,A,2024-01-01,330,,,,P16\n" /* rejected, but seen: its clock for treatment is over */
                                                   "17,A,2024-01-01,330,advice,,,P17\n" /* no referral at all */
                                                   "18,B,2024-01-01,330,,,,P18\n";      /* of another practice */

static const char outcomes[] = FROM_CSV_OUTCOMES
    "1,2024-01-02,accepted,,,,\n1,2024-02-01,first_attended,,,,\n1,2024-03-01,treated,,,,\n"
    "2,2024-01-02,accepted,,,,\n2,2024-02-01,first_attended,,,,\n2,2024-02-01,discharged,,,,\n"
    "3,2024-01-02,accepted,,,,\n3,2024-02-01,first_attended,,,,\n"
    "4,2024-01-02,accepted,,,,\n"
    "5,2024-01-02,accepted,,,,\n5,2024-01-09,cancelled_referral,,,,\n"
    "6,2024-01-02,redirected,,,,\n6,2024-02-01,first_attended,,,,\n6,2024-03-01,discharged,,,,\n"
    "7,2024-01-02,returned_with_advice,,,,\n"
    "8,2024-01-02,rejected,,,,\n9,2024-02-02,accepted,,,,\n10,2024-01-02,rejected,,,,\n11,2024-12-02,rejected,,,,\n"
    "12,2024-01-02,rejected,,,,\n"
    "14,2024-01-05,died,,,,\n"
    "15,2024-01-02,accepted,,,,\n15,2024-03-01,treated,,,,\n"
    "16,2024-01-02,rejected,,,,\n16,2024-02-01,first_attended,,,,\n"
    "17,2024-01-02,advice_response,,,,\n18,2024-01-02,accepted,,,,\n";

static struct report report_on(const struct measured *measured, enum audience audience)
{
    return (struct report){.as_of = cohort_as_of(measured->input.cohort),
                           .audience = audience,
                           .cohort = measured->input.cohort,
                           .evaluation = measured->evaluation};
}

static void each_referral_is_in_one_place(void **state)
{
    (void)state;
    struct measured measured = measured_from(referrals, outcomes, NULL, "2024-12-31", "2024-Q1", 1);
    const struct report report = report_on(&measured, AUDIENCE_ANALYST);
    const uint32_t a = measured_slice(&measured, "A", NULL, NULL, NULL).practice;
    const struct flow flow = report_flow(&report, a, true);
    assert_float_equal(flow.submitted, 16, 0);
    static const double decided[FLOW_DECISIONS] = {7, 1, 1, 5, 2};
    static const double ended[FLOW_ENDS] = {2, 3, 1, 0, 3, 2, 1, 1, 1, 2};
    for (size_t i = 0; i < FLOW_DECISIONS; i++)
        assert_float_equal(flow.decided[i], decided[i], 0);
    for (size_t i = 0; i < FLOW_ENDS; i++)
        assert_float_equal(flow.ended[i], ended[i], 0);
    assert_float_equal(flow.seen, 6, 0);
    assert_float_equal(flow.seen_of[FLOW_REJECTED], 1, 0);
    assert_float_equal(flow.paths[FLOW_ACCEPTED][FLOW_TREATED], 2, 0);
    assert_float_equal(flow.paths[FLOW_ACCEPTED][FLOW_LEFT], 1, 0);
    assert_float_equal(flow.paths[FLOW_UNDECIDED][FLOW_LEFT], 1, 0);
    assert_float_equal(flow.paths[FLOW_REJECTED][FLOW_DISCHARGED], 1, 0);
    assert_true(flow.knows_decisions && flow.knows_attended && flow.knows_treated);
    assert_float_equal(report_flow(&report, SLICE_ALL, false).submitted, 17, 0);
    measured_release(&measured);
}

/* Seen at a follow-up alone: 1 and 2, treated or discharged or neither; 3 is waiting; 4 has its first attendance. */
static void who_was_first_seen_on_an_unknown_day_is_apart(void **state)
{
    (void)state;
    struct measured measured = measured_from(FROM_CSV_REFERRALS "1,A,2024-01-01,330,,,,P1\n2,A,2024-01-01,330,,,,P2\n"
                                                                "3,A,2024-01-01,330,,,,P3\n4,A,2024-01-01,330,,,,P4\n"
                                                                "5,A,2024-01-01,330,,,,P5\n",
                                             FROM_CSV_OUTCOMES "1,2024-02-01,followup_attended,,,,\n"
                                                               "2,2024-02-01,followup_attended,,,,\n"
                                                               "2,2024-02-01,discharged,,,,\n"
                                                               "4,2024-02-01,first_attended,,,,\n"
                                                               "4,2024-03-01,followup_attended,,,,\n"
                                                               "5,2024-02-01,followup_attended,,,,\n"
                                                               "5,2024-03-01,treated,,,,\n",
                                             NULL, "2024-12-31", "2024-Q1", 1);
    const struct report report = report_on(&measured, AUDIENCE_ANALYST);
    const struct flow flow = report_flow(&report, SLICE_ALL, false);
    static const double ended[FLOW_ENDS] = {1, 0, 1, 2, 1, 0, 0, 0, 0, 0};
    for (size_t i = 0; i < FLOW_ENDS; i++)
        assert_float_equal(flow.ended[i], ended[i], 0);
    assert_float_equal(flow.seen, 4, 0);
    assert_true(flow_knows_end(&flow, FLOW_UNDATED));
    assert_string_equal(flow_end_name(FLOW_UNDATED), "first_date_not_recorded");
    assert_string_equal(flow_end_name(FLOW_NOT_KNOWN), "not_known");
    measured_release(&measured);
}

static void others_see_no_small_count(void **state)
{
    (void)state;
    struct measured measured = measured_from(referrals, outcomes, NULL, "2024-12-31", "2024-Q1", 1);
    const struct report report = report_on(&measured, AUDIENCE_PRACTICE);
    const uint32_t a = measured_slice(&measured, "A", NULL, NULL, NULL).practice;
    const struct flow own = report_flow(&report, a, true), all = report_flow(&report, SLICE_ALL, false);
    assert_float_equal(own.decided[FLOW_REJECTED], 5, 0);
    assert_float_equal(all.submitted, 15, 0); /* 17, to the nearest 5 */
    assert_float_equal(all.decided[FLOW_ACCEPTED], 10, 0); /* 8 */
    assert_true(isnan(all.decided[FLOW_REJECTED]));
    assert_true(isnan(all.paths[FLOW_ACCEPTED][FLOW_LEFT]));
    assert_float_equal(all.paths[FLOW_RETURNED][FLOW_TREATED], 0, 0);
    measured_release(&measured);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_referral_is_in_one_place, enter, leave),
        cmocka_unit_test_setup_teardown(who_was_first_seen_on_an_unknown_day_is_apart, enter, leave),
        cmocka_unit_test_setup_teardown(others_see_no_small_count, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
