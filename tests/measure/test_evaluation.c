#include "referlens/measure/evaluation.h"

#include "../support/measured.h"
#include "referlens/measure/curve.h"
#include "referlens/measure/evaluated.h"
#include "referlens/measure/reasons.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

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

static void assert_near(double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-9))
        fail_msg("%.17g is not %.17g", value, expected);
}

/* Four referrals of one practice: accepted after 2 days, rejected after 4, cancelled after 6, waiting for 30. */
#define FOUR_REFERRALS                                                                                                 \
    FROM_CSV_REFERRALS                                                                                                 \
        "R1,A,2024-01-01,330,,,,\nR2,A,2024-01-01,330,,,,\nR3,A,2024-01-01,330,,,,\nR4,A,2024-01-01,330,,,,\n"
#define FOUR_OUTCOMES                                                                                                  \
    FROM_CSV_OUTCOMES                                                                                                  \
        "R1,2024-01-03,accepted,,,,\nR2,2024-01-05,rejected,,FULL,no,\nR3,2024-01-07,cancelled_referral,,,,\n"

static void numbers_follow_from_the_rows_of_the_slice(void **state)
{
    (void)state;
    struct measured measured = measured_from(FOUR_REFERRALS, FOUR_OUTCOMES, NULL, "2024-01-31", "2024-Q1", 2);
    struct result_list results = {0};
    evaluate_aggregates(measured.evaluation, 2, &results);
    const struct result *rate = measured_find(&results, slice_all(), "rejection_rate");
    assert_int_equal(rate->status, RESULT_OK);
    assert_near(rate->numerator, 1);
    assert_near(rate->denominator, 2);
    assert_near(rate->excluded.pending, 2);
    assert_near(rate->open, 1); /* what was cancelled will not be decided */
    /* Wilson by hand for 1 of 2: centre 0.5, half = z/(2 + z²) × √(0.5 + z²/4), z² = 3.841458820694124. */
    const double z2 = 3.841458820694124, half = sqrt(z2) / (2 + z2) * sqrt(0.5 + z2 / 4);
    assert_near(rate->lower, 0.5 - half);
    assert_near(rate->upper, 0.5 + half);
    /* Aalen–Johansen with no censoring before day 30: 1 of 4 by day 2, 2 of 4 from day 4 on. */
    const struct result *wait = measured_find(&results, slice_all(), "wait_decision");
    assert_near(wait->n, 4);
    assert_near(wait->events, 2);
    assert_near(wait->competing, 1);
    assert_near(wait->censored, 1);
    assert_near(wait->within[0].value, 0.25);  /* 2 days */
    assert_near(wait->within[1].value, 0.5);   /* 14 */
    assert_near(wait->within[2].value, 0.5);   /* 28 */
    assert_true(isnan(wait->within[3].value)); /* 42: nobody was followed for so long */
    assert_near(wait->median, 4);
    assert_true(isnan(wait->p90));
    assert_near(wait->completed_median, 3); /* type 7 of 2 and 4 */
    assert_near(wait->completed_p90, 3.8);
    result_list_release(&results);
    measured_release(&measured);
}

static void what_nothing_could_have_recorded_has_no_number(void **state)
{
    (void)state;
    struct measured measured = measured_from(FOUR_REFERRALS, FOUR_OUTCOMES, NULL, "2024-01-31", "2024-Q1", 1);
    struct result_list results = {0};
    evaluate_aggregates(measured.evaluation, 1, &results);
    static const char *const not_recorded[] = {"rejected_without_patient",
                                               "re_referral_rate",
                                               "attendance_conversion",
                                               "wait_first_attendance",
                                               "journey_wait",
                                               "hidden_delay",
                                               "referral_rate"};
    for (size_t i = 0; i < sizeof not_recorded / sizeof not_recorded[0]; i++) {
        const struct result *result = measured_find(&results, slice_all(), not_recorded[i]);
        assert_int_equal(result->status, RESULT_NOT_RECORDED);
        assert_true(isnan(result->numerator) && isnan(result->denominator) && isnan(result->n) && isnan(result->value));
    }
    assert_int_equal(measured_find(&results, slice_all(), "rejected_without_dialogue")->status, RESULT_OK);
    /* Answers are recorded (a rejection is one), but there is no advice request. */
    assert_int_equal(measured_find(&results, slice_all(), "advice_response_2d")->status, RESULT_INSUFFICIENT);
    assert_int_equal(measured_find(&results, slice_all(), "wait_advice")->status, RESULT_INSUFFICIENT);
    result_list_release(&results);
    measured_release(&measured);
}

static void a_cohort_of_nobody_has_no_results(void **state)
{
    (void)state;
    struct measured measured =
        measured_from(FROM_CSV_REFERRALS, NULL, "practice_code,list_size\nA,100\n", NULL, NULL, 3);
    struct result_list results = {0};
    evaluate_aggregates(measured.evaluation, 3, &results);
    evaluate_practice(measured.evaluation, 0, &results);
    assert_int_equal(results.count, 0);
    struct curve curve = evaluate_curve(measured.evaluation, slice_all(), (uint16_t)measure_index("wait_decision"));
    assert_int_equal(curve.count, 0);
    curve_release(&curve);
    measured_release(&measured);
}

static void referrals_after_the_as_of_date_are_in_no_slice(void **state)
{
    (void)state;
    struct measured measured = measured_from(FOUR_REFERRALS, FOUR_OUTCOMES, NULL, "2023-12-31", "2024-Q1", 1);
    struct result_list results = {0};
    evaluate_aggregates(measured.evaluation, 1, &results);
    assert_int_equal(results.count, 0);
    measured_release(&measured);
    measured =
        measured_from(FOUR_REFERRALS "R5,B,2024-04-01,100,,,,\n", FOUR_OUTCOMES, NULL, "2024-03-31", "2024-Q1", 1);
    evaluate_aggregates(measured.evaluation, 1, &results);
    assert_near(measured_find(&results, slice_all(), "wait_decision")->n, 4);
    assert_null(measured_find(&results, measured_slice(&measured, NULL, "100", NULL, NULL), "wait_decision"));
    result_list_release(&results);
    measured_release(&measured);
}

static void a_curve_has_a_point_a_day_on_which_somebody_ended(void **state)
{
    (void)state;
    struct measured measured = measured_from(FOUR_REFERRALS, FOUR_OUTCOMES, NULL, "2024-01-31", "2024-Q1", 1);
    static const int32_t days[] = {2, 4, 6, 30};
    static const double incidence[] = {0.25, 0.5, 0.5, 0.5};
    struct curve curve = evaluate_curve(measured.evaluation, slice_all(), (uint16_t)measure_index("wait_decision"));
    assert_int_equal(curve.count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(curve.points[i].days, days[i]);
        assert_near(curve.points[i].incidence, incidence[i]);
        assert_int_equal(curve.points[i].at_risk, 4 - i);
    }
    assert_near(curve.n, 4);
    assert_int_equal(curve.follow_up_maximum, 30);
    curve_release(&curve);
    curve = evaluate_curve(measured.evaluation, slice_all(), (uint16_t)measure_index("wait_treatment"));
    assert_int_equal(curve.count, 0); /* not recorded */
    curve_release(&curve);
    measured_release(&measured);
}

static void reasons_are_counted_largest_first_and_none_given_last(void **state)
{
    (void)state;
    struct measured measured = measured_from(
        FROM_CSV_REFERRALS
        "1,A,2024-01-01,330,,,,\n2,A,2024-01-01,330,,,,\n3,A,2024-01-01,330,,,,\n4,B,2024-01-01,330,,,,\n"
        "5,B,2024-01-01,330,,,,\n6,B,2024-01-01,330,,,,\n7,B,2024-01-01,330,advice,,,\n8,B,2024-01-01,330,,,,\n",
        FROM_CSV_OUTCOMES "1,2024-01-02,rejected,,Z,,\n2,2024-01-02,rejected,,A,,\n3,2024-01-02,rejected,,,,\n"
                          "4,2024-01-02,rejected,,Z,,\n5,2024-01-02,rejected,,,,\n6,2024-01-02,rejected,,,,\n"
                          "7,2024-01-02,rejected,,Q,,\n8,2024-01-02,accepted,,Q,,\n",
        NULL, NULL, NULL, 2);
    const struct dictionary *texts = cohort_reasons(measured.input.cohort);
    struct reason_count counts[8];
    assert_int_equal(evaluate_reasons(measured.evaluation, SLICE_ALL, counts), 3);
    assert_true(text_equal(dictionary_text(texts, counts[0].reason), TEXT("Z")));
    assert_int_equal(counts[0].count, 2);
    assert_true(text_equal(dictionary_text(texts, counts[1].reason), TEXT("A")));
    assert_int_equal(counts[2].reason, DICTIONARY_NONE);
    assert_int_equal(counts[2].count, 3);
    assert_int_equal(
        evaluate_reasons(measured.evaluation, measured_slice(&measured, "A", NULL, NULL, NULL).practice, counts), 3);
    assert_true(text_equal(dictionary_text(texts, counts[0].reason), TEXT("A"))); /* one each: by text */
    measured_release(&measured);
}

/* Dates from one end of the calendar to the other: everything stays within its integers. */
static void the_whole_calendar_can_be_measured(void **state)
{
    (void)state;
    struct measured measured = measured_from(
        FROM_CSV_REFERRALS "R1,A,0001-01-01,330,,,,P1\nR2,A,9999-12-30,330,,,,P1\n",
        FROM_CSV_OUTCOMES "R1,0001-01-02,rejected,,,,\nR1,9999-12-31,first_attended,,,,\n", NULL, NULL, NULL, 2);
    struct result_list results = {0};
    evaluate_aggregates(measured.evaluation, 2, &results);
    const struct result *wait = measured_find(&results, slice_all(), "wait_first_attendance");
    assert_near(wait->events, 1);
    assert_near(wait->completed_median, 3652058); /* days from 0001-01-01 to 9999-12-31 */
    assert_near(measured_find(&results, slice_all(), "re_referral_rate")->numerator, 0);
    result_list_release(&results);
    measured_release(&measured);
}

/* One practice a referral, so that rows are in the order of the practices' codes. */
static void a_row_keeps_what_is_known_of_the_patient(void **state)
{
    (void)state;
    struct measured measured = measured_from(
        "practice_code,referral_id,referral_date,specialty_code,priority,age_band,sex,imd_decile\n"
        "A,R1,2024-01-01,330,usc,0-4,F,10\nB,R2,2024-01-02,330,urgent,5-16,M,1\nC,R3,2024-01-03,330,,,,\n",
        FROM_CSV_OUTCOMES, NULL, "2024-01-31", NULL, 1);
    static const struct {
        uint8_t priority, age_band, sex, imd_decile;
    } expected[] = {{PRIORITY_USC, 1, 1, 10}, {PRIORITY_URGENT, 2, 2, 1}, {PRIORITY_UNKNOWN, 0, 0, 0}};
    for (size_t i = 0; i < 3; i++) {
        const struct evaluated *row = &measured.evaluation->rows[i];
        assert_int_equal(evaluated_priority(row), expected[i].priority);
        assert_int_equal(row->age_band, expected[i].age_band);
        assert_int_equal(evaluated_sex(row), expected[i].sex);
        assert_int_equal(evaluated_imd_decile(row), expected[i].imd_decile);
        assert_int_equal(evaluated_follow_up(measured.evaluation, i), 30 - (int32_t)i);
    }
    measured_release(&measured);
}

/* More sexes than the row has room for are unknown, never taken for another. */
static void too_many_sexes_are_unknown(void **state)
{
    (void)state;
    char rows[4096] = "practice_code,referral_id,referral_date,specialty_code,sex\n";
    for (size_t i = 0, length = strlen(rows); i < 40; i++)
        length += (size_t)snprintf(rows + length, sizeof rows - length, "A%02zu,R%zu,2024-01-01,330,S%02zu\n", i, i, i);
    struct measured measured = measured_from(rows, FROM_CSV_OUTCOMES, NULL, "2024-01-31", NULL, 1);
    for (size_t i = 0; i < 40; i++)
        assert_int_equal(evaluated_sex(&measured.evaluation->rows[i]), i < EVALUATED_SEXES_MAX ? i + 1 : 0);
    measured_release(&measured);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_keeps_what_is_known_of_the_patient),
        cmocka_unit_test(too_many_sexes_are_unknown),
        cmocka_unit_test(numbers_follow_from_the_rows_of_the_slice),
        cmocka_unit_test(what_nothing_could_have_recorded_has_no_number),
        cmocka_unit_test(a_cohort_of_nobody_has_no_results),
        cmocka_unit_test(referrals_after_the_as_of_date_are_in_no_slice),
        cmocka_unit_test(a_curve_has_a_point_a_day_on_which_somebody_ended),
        cmocka_unit_test(reasons_are_counted_largest_first_and_none_given_last),
        cmocka_unit_test(the_whole_calendar_can_be_measured),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
