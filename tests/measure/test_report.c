#include "referlens/measure/report.h"

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

/* Practice A refers 20 times: 9 rejected (8 for FULL, 1 without a reason) and 11 accepted, a day more each; B refers 12
 * times, 3 rejected (for ODD). */
static struct measured two_practices(void)
{
    struct buffer referrals = buffer_with_maximum(1 << 14), outcomes = buffer_with_maximum(1 << 14);
    buffer_add_string(&referrals, FROM_CSV_REFERRALS);
    buffer_add_string(&outcomes, FROM_CSV_OUTCOMES);
    for (int i = 0; i < 32; i++) {
        const bool of_a = i < 20;
        const int rejected = of_a ? 9 : 23;
        buffer_add_formatted(&referrals, "R%d,%s,2024-0%d-01,330,,,rmc,\n", i, of_a ? "A" : "B", i % 2 == 0 ? 1 : 4);
        buffer_add_formatted(&outcomes, "R%d,2024-%s-%02d,%s,,%s,,\n", i, i % 2 == 0 ? "01" : "04", i % 20 + 2,
                             i < rejected && (of_a || i >= 20) ? "rejected" : "accepted",
                             i < 8                     ? "FULL"
                             : i >= 20 && i < rejected ? "ODD"
                                                       : "");
    }
    struct measured measured =
        measured_from(referrals.bytes, outcomes.bytes, "practice_code,practice_name,locality\nA,Elm House,North\n",
                      "2024-06-30", "2024-Q2", 2);
    buffer_release(&referrals);
    buffer_release(&outcomes);
    return measured;
}

static struct report report_on(const struct measured *measured, enum audience audience)
{
    struct report report = {.as_of = cohort_as_of(measured->input.cohort),
                            .audience = audience,
                            .cohort = measured->input.cohort,
                            .evaluation = measured->evaluation};
    if (!quarter_parse(TEXT("2024-Q2"), &report.period))
        abort();
    report_evaluate(&report, 2);
    return report;
}

static const struct result *rejection(const struct report *report, const struct measured *measured,
                                      const char *practice, const char *period)
{
    return measured_find(practice == NULL ? &report->aggregates : &report->practices,
                         measured_slice(measured, practice, NULL, NULL, period), "rejection_rate");
}

static void an_analyst_sees_everything_exactly(void **state)
{
    (void)state;
    struct measured measured = two_practices();
    struct report report = report_on(&measured, AUDIENCE_ANALYST);
    assert_true(rejection(&report, &measured, NULL, NULL)->numerator == 12);
    assert_true(rejection(&report, &measured, NULL, NULL)->denominator == 32);
    assert_true(rejection(&report, &measured, "B", NULL)->numerator == 3);
    assert_true(rejection(&report, &measured, "A", "2024-Q2")->denominator == 10);
    assert_null(rejection(&report, &measured, "A", "2024-Q1")); /* of practices, overall and the report's quarter */
    report_release(&report);
    measured_release(&measured);
}

static void others_see_rounded_counts_and_no_small_ones(void **state)
{
    (void)state;
    struct measured measured = two_practices();
    for (int audience = AUDIENCE_SHARED; audience <= AUDIENCE_PRACTICE; audience++) {
        struct report report = report_on(&measured, (enum audience)audience);
        assert_true(rejection(&report, &measured, NULL, NULL)->numerator == 10);   /* 12 */
        assert_true(rejection(&report, &measured, NULL, NULL)->denominator == 30); /* 32 */
        assert_int_equal(rejection(&report, &measured, "B", NULL)->status, RESULT_SUPPRESSED);
        assert_true(rejection(&report, &measured, "A", NULL)->numerator == 10); /* 9 */
        report_release(&report);
    }
    measured_release(&measured);
}

static void a_practice_sees_its_own_exactly_where_the_audience_is_practices(void **state)
{
    (void)state;
    struct measured measured = two_practices();
    static const bool exact[3][2] = {{false, false}, {false, true}, {true, true}}; /* by audience and own */
    for (int audience = 0; audience < 3; audience++) {
        struct report report = report_on(&measured, (enum audience)audience);
        for (int own = 0; own < 2; own++) {
            struct result_list results = {0};
            const struct slice slice = measured_slice(&measured, "B", NULL, NULL, NULL);
            report_practice(&report, slice.practice, own == 1, &results);
            const struct result *rate = measured_find(&results, slice, "rejection_rate");
            assert_int_equal(rate->status, exact[audience][own] ? RESULT_OK : RESULT_SUPPRESSED);
            assert_true(exact[audience][own] ? rate->numerator == 3 : isnan(rate->numerator));
            result_list_release(&results);

            struct report_reason reasons[4];
            assert_int_equal(report_reasons(&report, slice.practice, own == 1, reasons, 4), 1);
            assert_true(exact[audience][own] ? reasons[0].count == 3 : isnan(reasons[0].count));
            struct curve curve = report_curve(&report, slice, "wait_decision", own == 1);
            /* Twelve decided on twelve days: all of them, or the eighth, which takes what is shown to 10 of 10, and the
             * last. */
            assert_int_equal(curve.count, exact[audience][own] ? 12 : 2);
            assert_true(curve.n == (exact[audience][own] ? 12 : 10));
            curve_release(&curve);
        }
        report_release(&report);
    }
    measured_release(&measured);
}

/* Twelve are decided, one a day from the second on, and a thirteenth cancels: half are decided by day 7 of 13, nine
 * tenths by day 12. Shown are 15 and, day by day, nothing, then 10 from the eighth: 10 of 15 is the first share that is
 * shown and above one half, and 0.9 is never shown. That the 90th percentile is reached would tell that 12 of 13 were
 * decided. The lower limit of 10 in 15, all followed to the end, is 0.375, so the median has no upper one. */
static void a_masked_median_is_that_of_the_curve_that_is_shown(void **state)
{
    (void)state;
    struct buffer referrals = buffer_with_maximum(1 << 14), outcomes = buffer_with_maximum(1 << 14);
    buffer_add_string(&referrals, FROM_CSV_REFERRALS);
    buffer_add_string(&outcomes, FROM_CSV_OUTCOMES);
    for (int i = 1; i <= 13; i++) {
        buffer_add_formatted(&referrals, "R%d,A,2024-04-01,330,,,rmc,\n", i);
        buffer_add_formatted(&outcomes, "R%d,2024-04-%02d,%s,,,,\n", i, i == 13 ? 21 : i + 1,
                             i == 13 ? "cancelled_referral" : "accepted");
    }
    for (int audience = AUDIENCE_SHARED; audience <= AUDIENCE_ANALYST; audience++) {
        struct measured measured = measured_from(referrals.bytes, outcomes.bytes, NULL, "2024-06-30", "2024-Q2", 2);
        struct report report = report_on(&measured, (enum audience)audience);
        const struct result *wait = measured_find(&report.aggregates, slice_all(), "wait_decision");
        const bool exact = audience == AUDIENCE_ANALYST;
        assert_true(wait->n == (exact ? 13 : 15) && wait->events == (exact ? 12 : 10));
        assert_true(wait->median == (exact ? 7 : 8));
        assert_true(exact ? wait->p90 == 12 : isnan(wait->p90));
        assert_true(exact ? wait->median_upper >= 8 : isnan(wait->median_upper));
        report_release(&report);
        measured_release(&measured);
    }
    buffer_release(&referrals);
    buffer_release(&outcomes);
}

/* Of the two practices the list has A alone; B made 12 referrals, which are shown as 10. */
static void practices_that_are_not_listed_are_counted_as_the_audience_may_see(void **state)
{
    (void)state;
    struct measured measured = two_practices();
    for (int audience = AUDIENCE_SHARED; audience <= AUDIENCE_ANALYST; audience++) {
        struct report report = report_on(&measured, (enum audience)audience);
        assert_true(report.unlisted.listed);
        assert_int_equal(report.unlisted.practices, 1);
        assert_true(report.unlisted.referrals == (audience == AUDIENCE_ANALYST ? 12 : 10));
        report_release(&report);
    }
    measured_release(&measured);
}

static void results_already_in_the_list_are_left_alone(void **state)
{
    (void)state;
    struct measured measured = two_practices();
    struct report report = report_on(&measured, AUDIENCE_SHARED);
    struct result_list results = {0};
    struct result *first = result_list_add(&results, slice_all(), 0);
    first->numerator = first->denominator = 3;
    report_practice(&report, 0, false, &results);
    assert_true(results.results[0].numerator == 3);
    result_list_release(&results);
    report_release(&report);
    measured_release(&measured);
}

static void reasons_are_given_up_to_the_room_with_none_given_last(void **state)
{
    (void)state;
    struct measured measured = two_practices();
    struct report report = report_on(&measured, AUDIENCE_SHARED);
    struct report_reason reasons[4];
    assert_int_equal(report_reasons(&report, SLICE_ALL, false, reasons, 4), 3);
    assert_true(text_equal(reasons[0].reason, TEXT("FULL")));
    assert_true(reasons[0].count == 10); /* 8 */
    assert_true(text_equal(reasons[1].reason, TEXT("ODD")));
    assert_true(isnan(reasons[1].count)); /* 3 */
    assert_int_equal(reasons[2].reason.length, 0);
    assert_true(isnan(reasons[2].count)); /* 1 */
    assert_int_equal(report_reasons(&report, SLICE_ALL, false, reasons, 1), 1);
    report_release(&report);
    measured_release(&measured);
}

static void codes_have_their_texts(void **state)
{
    (void)state;
    struct measured measured = two_practices();
    struct report report = report_on(&measured, AUDIENCE_SHARED);
    assert_int_equal(report_practice_count(&report), 2);
    assert_int_equal(report_specialty_count(&report), 1);
    assert_true(text_equal(report_practice_code(&report, 1), TEXT("B")));
    assert_true(text_equal(report_practice_name(&report, 0), TEXT("Elm House")));
    assert_true(text_equal(report_practice_name(&report, 1), TEXT("B")));
    assert_true(text_equal(report_practice_locality(&report, 0), TEXT("North")));
    assert_int_equal(report_practice_locality(&report, 1).length, 0);
    assert_true(text_equal(report_specialty_code(&report, 0), TEXT("330")));
    assert_true(text_equal(report_specialty_title(&report, 0), TEXT("Dermatology")));
    assert_true(text_equal(report_scheme_word(SCHEME_RMC), TEXT("rmc")));
    assert_int_equal(report_practice_code(&report, SLICE_ALL).length + report_practice_name(&report, SLICE_ALL).length +
                         report_practice_locality(&report, SLICE_ALL).length +
                         report_specialty_code(&report, SLICE_ALL).length + report_scheme_word(SLICE_ALL).length,
                     0);
    report_release(&report);
    measured_release(&measured);
}

static void quarters_run_from_the_first_referral_to_the_last(void **state)
{
    (void)state;
    struct measured measured = two_practices();
    struct report report = report_on(&measured, AUDIENCE_SHARED);
    quarter first, last;
    assert_true(report_quarters(&report, &first, &last));
    char text[QUARTER_TEXT_SIZE];
    quarter_format(first, text);
    assert_string_equal(text, "2024-Q1");
    quarter_format(last, text);
    assert_string_equal(text, "2024-Q2");
    report_release(&report);
    measured_release(&measured);
    measured = measured_from(FROM_CSV_REFERRALS, NULL, NULL, NULL, NULL, 1);
    report = report_on(&measured, AUDIENCE_SHARED);
    assert_false(report_quarters(&report, &first, &last));
    report_release(&report);
    measured_release(&measured);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_analyst_sees_everything_exactly),
        cmocka_unit_test(others_see_rounded_counts_and_no_small_ones),
        cmocka_unit_test(a_practice_sees_its_own_exactly_where_the_audience_is_practices),
        cmocka_unit_test(a_masked_median_is_that_of_the_curve_that_is_shown),
        cmocka_unit_test(practices_that_are_not_listed_are_counted_as_the_audience_may_see),
        cmocka_unit_test(results_already_in_the_list_are_left_alone),
        cmocka_unit_test(reasons_are_given_up_to_the_room_with_none_given_last),
        cmocka_unit_test(codes_have_their_texts),
        cmocka_unit_test(quarters_run_from_the_first_referral_to_the_last),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
