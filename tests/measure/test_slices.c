#include "referlens/measure/slices.h"

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

/* Three quarters (none in 2024-Q2), two practices with referrals and one without, two specialties, two schemes and
 * none. */
static struct measured county_of(const char *period, size_t workers)
{
    return measured_from(FROM_CSV_REFERRALS "1,A,2024-01-01,330,,,rmc,\n2,A,2024-01-02,330,,,rmc,\n"
                                            "3,A,2024-07-01,100,,,rmc,\n4,B,2024-07-02,330,,,none,\n"
                                            "5,B,2024-07-03,330,,,,\n6,B,2024-10-01,100,,,none,\n",
                         FROM_CSV_OUTCOMES "1,2024-01-05,accepted,,,,\n", "practice_code,list_size\nZ,5\nB,9\n",
                         "2024-12-31", period, workers);
}

static struct measured small_county(size_t workers)
{
    return county_of("2024-Q3", workers);
}

/* How many referrals a slice has, −1 where it has no result. */
static double size_of(const struct result_list *results, struct slice slice)
{
    const struct result *wait = measured_find(results, slice, "wait_decision");
    return wait == NULL ? -1 : wait->n;
}

static void aggregates_hold_each_slice_that_has_rows_and_no_other(void **state)
{
    (void)state;
    struct measured measured = small_county(2);
    struct result_list results = {0};
    evaluate_aggregates(measured.evaluation, 2, &results);
    static const struct {
        const char *specialty, *scheme, *period;
        double size;
    } cases[] = {
        {NULL, NULL, NULL, 6},         {NULL, NULL, "2024-Q1", 2},      {NULL, NULL, "2024-Q2", -1},
        {NULL, NULL, "2024-Q3", 3},    {NULL, NULL, "2024-Q4", 1},      {"330", NULL, NULL, 4},
        {"330", NULL, "2024-Q4", -1},  {"100", NULL, "2024-Q3", 1},     {NULL, "rmc", NULL, 3},
        {NULL, "none", NULL, 2},       {NULL, "rmc", "2024-Q4", -1},    {NULL, "none", "2024-Q4", 1},
        {"330", "rmc", NULL, 2},       {"330", "none", NULL, 1},        {"100", "rmc", "2024-Q3", 1},
        {"100", "rmc", "2024-Q1", -1}, {NULL, "peer_review", NULL, -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const double size =
            size_of(&results, measured_slice(&measured, NULL, cases[i].specialty, cases[i].scheme, cases[i].period));
        if (size != cases[i].size)
            fail_msg("case %zu: %g", i, size);
    }
    /* All, specialties, schemes, both: 1 + 2 + 2 + 4 and their quarters 3 + (2 + 2) + (2 + 2) + (1 + 1 + 1 + 1). */
    assert_int_equal(results.count, (9 + 3 + 4 + 4 + 4) * measure_count);
    result_list_release(&results);
    measured_release(&measured);
}

static void a_practice_has_its_periods_and_its_specialties_overall_and_in_the_reports_own(void **state)
{
    (void)state;
    struct measured measured = small_county(1);
    struct result_list results = {0};
    evaluate_practice(measured.evaluation, measured_slice(&measured, "B", NULL, NULL, NULL).practice, &results);
    assert_true(size_of(&results, measured_slice(&measured, "B", NULL, NULL, NULL)) == 3);
    assert_true(size_of(&results, measured_slice(&measured, "B", NULL, NULL, "2024-Q1")) == -1);
    assert_true(size_of(&results, measured_slice(&measured, "B", NULL, NULL, "2024-Q3")) == 2);
    assert_true(size_of(&results, measured_slice(&measured, "B", NULL, NULL, "2024-Q4")) == 1);
    assert_true(size_of(&results, measured_slice(&measured, "B", "330", NULL, NULL)) == 2);
    assert_true(size_of(&results, measured_slice(&measured, "B", "330", NULL, "2024-Q3")) == 2);
    assert_true(size_of(&results, measured_slice(&measured, "B", "100", NULL, NULL)) == 1);
    assert_true(size_of(&results, measured_slice(&measured, "B", "100", NULL, "2024-Q4")) == -1); /* not the report's */
    assert_int_equal(results.count, 6 * measure_count);
    /* In order: overall, quarters; then each specialty, overall and its quarter. */
    assert_int_equal(results.results[0].slice.period, PERIOD_ALL);
    assert_int_equal(results.results[3 * measure_count].slice.specialty,
                     measured_slice(&measured, NULL, "100", NULL, NULL).specialty);
    result_list_release(&results);
    measured_release(&measured);
}

static void a_brief_practice_has_all_and_the_reports_quarter(void **state)
{
    (void)state;
    struct measured measured = small_county(1);
    struct practice_tallies tallies = practice_tallies_new(measured.evaluation);
    struct result_list results = {0};
    const uint32_t a = measured_slice(&measured, "A", NULL, NULL, NULL).practice;
    evaluate_practice_with(&tallies, measured.evaluation, a, PRACTICE_BRIEF, &results);
    assert_int_equal(results.count, 2 * measure_count);
    assert_true(size_of(&results, measured_slice(&measured, "A", NULL, NULL, NULL)) == 3);
    assert_true(size_of(&results, measured_slice(&measured, "A", NULL, NULL, "2024-Q3")) == 1);
    result_list_release(&results);
    evaluate_practice_with(&tallies, measured.evaluation, measured_slice(&measured, "Z", NULL, NULL, NULL).practice,
                           PRACTICE_BRIEF, &results);
    assert_int_equal(results.count, 0); /* no referrals */
    practice_tallies_free(&tallies);
    measured_release(&measured);
}

static void the_reports_quarter_is_there_where_a_practice_did_not_refer_in_it(void **state)
{
    (void)state;
    /* B has referrals in two other quarters; nobody has any in the second, which lies between, nor behind the last. */
    static const char *const quarters[] = {"2024-Q1", "2024-Q2", "2025-Q1", "2023-Q4"};
    static const char *const measures[] = {"rejection_rate", "wait_decision", "referral_rate"};
    for (size_t i = 0; i < sizeof quarters / sizeof *quarters; i++) {
        struct measured measured = county_of(quarters[i], 1);
        const struct slice slice = measured_slice(&measured, "B", NULL, NULL, quarters[i]);
        struct practice_tallies tallies = practice_tallies_new(measured.evaluation);
        struct result_list brief = {0}, full = {0};
        evaluate_practice_with(&tallies, measured.evaluation, slice.practice, PRACTICE_BRIEF, &brief);
        evaluate_practice_with(&tallies, measured.evaluation, slice.practice, PRACTICE_FULL, &full);
        for (size_t k = 0; k < sizeof measures / sizeof *measures; k++) {
            const struct result *result = measured_find(&brief, slice, measures[k]);
            const struct result *other = measured_find(&full, slice, measures[k]);
            assert_non_null(result);
            assert_non_null(other);
            assert_int_equal(result->status, RESULT_INSUFFICIENT);
            assert_int_equal(other->status, RESULT_INSUFFICIENT);
            const bool is_delay = measure_table[result->measure].kind == MEASURE_DELAY;
            assert_true((is_delay ? result->n : result->denominator) == 0);
            assert_true(isnan(result->value) && isnan(result->median));
        }
        assert_int_equal(brief.count, 2 * measure_count);
        result_list_release(&brief);
        result_list_release(&full);
        practice_tallies_free(&tallies);
        measured_release(&measured);
    }
}

static bool same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static void assert_same_results(const struct result_list *a, const struct result_list *b)
{
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        const struct result *left = &a->results[i], *right = &b->results[i];
        assert_memory_equal(&left->slice, &right->slice, sizeof left->slice);
        assert_int_equal(left->measure, right->measure);
        assert_int_equal(left->status, right->status);
        assert_true(same_number(left->numerator, right->numerator) &&
                    same_number(left->denominator, right->denominator) && same_number(left->value, right->value) &&
                    same_number(left->upper, right->upper) && same_number(left->n, right->n) &&
                    same_number(left->events, right->events) && same_number(left->median, right->median) &&
                    same_number(left->within[2].value, right->within[2].value) &&
                    same_number(left->completed_p90, right->completed_p90) &&
                    same_number(left->excluded.immature, right->excluded.immature));
    }
}

static void workers_make_no_difference(void **state)
{
    (void)state;
    struct buffer referrals = buffer_with_maximum(1 << 20), outcomes = buffer_with_maximum(1 << 20);
    static const char *const schemes[] = {"rmc", "none", "", "peer_review"};
    static const char *const types[] = {"accepted",   "rejected", "first_attended", "treated", "dna",
                                        "discharged", "died"};
    buffer_add_string(&referrals, FROM_CSV_REFERRALS);
    buffer_add_string(&outcomes, FROM_CSV_OUTCOMES);
    for (int i = 0; i < 1500; i++) {
        buffer_add_formatted(&referrals, "R%d,A%d,202%d-%02d-%02d,%d,,,%s,P%d\n", i, i % 11, i % 3 + 2, i % 12 + 1,
                             i % 28 + 1, 100 + i % 5, schemes[i % 4], i % 200);
        for (int k = 0; k < 3; k++)
            buffer_add_formatted(&outcomes, "R%d,202%d-%02d-%02d,%s,,,,\n", i, i % 3 + 2 + k / 2, i % 12 + 1,
                                 (i * 7 + k * 13) % 28 + 1, types[(i + k * 3) % 7]);
    }
    struct result_list expected = {0};
    for (size_t workers = 1; workers <= 7; workers += 3) {
        struct measured measured =
            measured_from(referrals.bytes, outcomes.bytes, NULL, "2024-12-31", "2024-Q3", workers);
        struct result_list results = {0};
        evaluate_aggregates(measured.evaluation, workers, &results);
        for (uint32_t practice = 0; practice < 11; practice++)
            evaluate_practice(measured.evaluation, practice, &results);
        if (workers == 1)
            expected = results;
        else
            assert_same_results(&expected, &results);
        if (workers > 1)
            result_list_release(&results);
        measured_release(&measured);
    }
    assert_true(expected.count > 200 * measure_count);
    result_list_release(&expected);
    buffer_release(&referrals);
    buffer_release(&outcomes);
}

/* A date in a wrong century changes how days are numbered, and no number of the others. */
static void one_absurd_date_changes_nothing_for_the_others(void **state)
{
    (void)state;
    static const char referrals[] = FROM_CSV_REFERRALS "1,A,2024-01-01,330,,,rmc,\n2,A,2024-01-02,330,,,rmc,\n"
                                                       "3,A,2024-02-01,330,,,rmc,\n";
    static const char outcomes[] =
        FROM_CSV_OUTCOMES "1,2024-01-05,accepted,,,,\n2,2024-03-05,rejected,,,,\n1,2024-05-01,first_attended,,,,\n";
    char with[sizeof referrals + 64];
    snprintf(with, sizeof with, "%s9,Z,0024-01-01,100,,,none,\n", referrals);
    struct measured sound = measured_from(referrals, outcomes, NULL, "2024-12-31", "2024-Q1", 1);
    struct measured absurd = measured_from(with, outcomes, NULL, "2024-12-31", "2024-Q1", 2);
    struct result_list expected = {0}, found = {0};
    evaluate_practice(sound.evaluation, 0, &expected);
    evaluate_practice(absurd.evaluation, 0, &found);
    for (size_t i = 0; i < found.count; i++) /* specialty 330 is the second of two now */
        found.results[i].slice.specialty -= found.results[i].slice.specialty == SLICE_ALL ? 0 : 1;
    assert_same_results(&expected, &found);
    result_list_release(&expected);
    result_list_release(&found);
    evaluate_aggregates(absurd.evaluation, 3, &found);
    assert_true(size_of(&found, slice_all()) == 4);
    assert_true(size_of(&found, measured_slice(&absurd, NULL, NULL, "none", "0024-Q1")) == 1);
    result_list_release(&found);
    measured_release(&sound);
    measured_release(&absurd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aggregates_hold_each_slice_that_has_rows_and_no_other),
        cmocka_unit_test(a_practice_has_its_periods_and_its_specialties_overall_and_in_the_reports_own),
        cmocka_unit_test(a_brief_practice_has_all_and_the_reports_quarter),
        cmocka_unit_test(the_reports_quarter_is_there_where_a_practice_did_not_refer_in_it),
        cmocka_unit_test(workers_make_no_difference),
        cmocka_unit_test(one_absurd_date_changes_nothing_for_the_others),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
