#include "referlens/measure/disclosure.h"

#include "referlens/base/memory.h"
#include "referlens/measure/measure.h"
#include "referlens/stats/interval.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_number(double value, double expected)
{
    if (isnan(expected) ? !isnan(value) : !(fabs(value - expected) <= 1e-12))
        fail_msg("%.17g is not %.17g", value, expected);
}

/* Whether a count may be published: nothing, or a multiple of 5 that is none of 1 to 7. */
static bool may_be_shown(double count)
{
    return isnan(count) || (fmod(count, 5) == 0 && (count == 0 || count >= 10));
}

static struct result blank(const char *measure)
{
    struct result_list list = {0};
    const struct result result = *result_list_add(&list, slice_all(), (uint16_t)measure_index(measure));
    result_list_release(&list);
    return result;
}

static void counts_of_1_to_7_are_hidden_and_others_rounded_to_5(void **state)
{
    (void)state;
    static const double counts[] = {0, 1, 7, 8, 12, 13, 17, 18, 1002, 1003};
    static const double shown[] = {0, NAN, NAN, 10, 10, 15, 15, 20, 1000, 1005};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        assert_number(disclosure_count(counts[i]), shown[i]);
    assert_number(disclosure_count(NAN), NAN);
    for (double count = 0; count < 3000; count++)
        assert_true(may_be_shown(disclosure_count(count)));
}

static void the_least_count_is_the_first_that_is_shown_so_large(void **state)
{
    (void)state;
    for (double half = 1; half < 600; half++) {
        int64_t first = 1;
        while (!(disclosure_count((double)first) >= half / 2))
            first++;
        assert_int_equal(disclosure_least_count(half / 2), first);
    }
}

static struct result proportion(double numerator, double denominator)
{
    struct result result = blank("rejection_rate");
    result.numerator = numerator;
    result.denominator = denominator;
    if (denominator == 0) {
        result.status = RESULT_INSUFFICIENT;
        return result;
    }
    const struct interval interval = wilson_interval((int64_t)numerator, (int64_t)denominator, 0.95);
    result.value = numerator / denominator;
    result.lower = interval.lower;
    result.upper = interval.upper;
    return result;
}

static void counts_that_are_shown_alike_are_known(void **state)
{
    (void)state;
    for (int64_t count = 8; count < 200; count++) {
        const struct count_range range = disclosure_counts(disclosure_count((double)count));
        assert_true(range.first <= count && count <= range.last);
        for (int64_t other = 8; other < 200; other++)
            assert_int_equal(disclosure_count((double)other) == disclosure_count((double)count),
                             other >= range.first && other <= range.last);
    }
    assert_int_equal(disclosure_counts(0).last, 0);
}

static void what_is_reckoned_with_is_the_same_for_all_hidden_counts(void **state)
{
    (void)state;
    for (double count = 1; count < 8; count++)
        assert_number(disclosure_count_to_reckon_with(count), 4);
    assert_number(disclosure_count_to_reckon_with(0), 0);
    assert_number(disclosure_count_to_reckon_with(8), 10);
    assert_number(disclosure_count_to_reckon_with(NAN), NAN);
}

static void zero_on_a_grid_does_not_tell_its_side(void **state)
{
    (void)state;
    assert_number(disclosure_on_grid(round, 0.34, 0.25), 0.25);
    assert_number(disclosure_on_grid(floor, -0.3, 0.25), -0.5);
    assert_number(disclosure_on_grid(ceil, -0.3, 0.25), -0.25);
    assert_false(signbit(disclosure_on_grid(round, -0.1, 0.25)));
    assert_false(signbit(disclosure_on_grid(ceil, -0.1, 0.25)));
}

static void a_proportion_is_computed_afresh_from_rounded_counts(void **state)
{
    (void)state;
    struct result result = proportion(23, 101);
    result.excluded = (struct exclusions){23, 12, 0};
    result.open = 3;
    disclosure_apply(&result, false);
    assert_int_equal(result.status, RESULT_OK);
    assert_number(result.numerator, 25);
    assert_number(result.denominator, 100);
    assert_number(result.value, 0.25);
    const struct interval interval = wilson_interval(25, 100, 0.95);
    assert_number(result.lower, interval.lower);
    assert_number(result.upper, interval.upper);
    assert_number(result.excluded.pending, 25);
    assert_number(result.open, NAN);
    assert_number(result.excluded.immature, 10);
    assert_number(result.excluded.unknown, 0);
}

static void a_small_count_takes_the_whole_result_away(void **state)
{
    (void)state;
    struct result result = proportion(7, 100);
    disclosure_apply(&result, false);
    assert_int_equal(result.status, RESULT_SUPPRESSED);
    assert_number(result.numerator, NAN);
    assert_number(result.value, NAN);
    assert_number(result.lower, NAN);
    assert_number(result.upper, NAN);
    result = proportion(0, 7);
    disclosure_apply(&result, false);
    assert_int_equal(result.status, RESULT_SUPPRESSED);
    assert_number(result.denominator, NAN);
    result = proportion(0, 8);
    disclosure_apply(&result, false);
    assert_int_equal(result.status, RESULT_OK);
    assert_number(result.value, 0);
    result = proportion(0, 0);
    disclosure_apply(&result, false);
    assert_int_equal(result.status, RESULT_INSUFFICIENT);
    assert_number(result.denominator, 0);
}

static void no_pair_of_counts_is_given_away(void **state)
{
    (void)state;
    for (double n = 0; n < 60; n++) {
        for (double k = 0; k <= n; k++) {
            struct result result = proportion(k, n);
            disclosure_apply(&result, false);
            assert_true(may_be_shown(result.numerator) && may_be_shown(result.denominator));
            assert_true(isnan(result.value) || result.value <= 1);
            assert_int_equal(isnan(result.value), result.status != RESULT_OK);
            /* What is shown is a function of what is rounded. */
            if (result.status == RESULT_OK)
                assert_number(result.value, result.numerator / result.denominator);
        }
    }
}

static void who_may_see_all_sees_all_and_nothing_is_made_of_what_was_not_recorded(void **state)
{
    (void)state;
    struct result result = proportion(3, 5);
    result.excluded.pending = 1;
    disclosure_apply(&result, true);
    assert_number(result.numerator, 3);
    assert_number(result.excluded.pending, 1);
    assert_int_equal(result.status, RESULT_OK);
    result = blank("rejection_rate");
    result.status = RESULT_NOT_RECORDED;
    disclosure_apply(&result, false);
    assert_int_equal(result.status, RESULT_NOT_RECORDED);
    assert_number(result.denominator, NAN);
}

static void how_many_referrals_there_are_is_masked_whatever_is_recorded(void **state)
{
    (void)state;
    static const enum result_status statuses[] = {RESULT_OK, RESULT_INSUFFICIENT, RESULT_NOT_RECORDED};
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        static const double counts[] = {0, 3, 12}, shown[] = {0, NAN, 10};
        for (size_t k = 0; k < sizeof counts / sizeof counts[0]; k++) {
            struct result result = blank("wait_decision");
            result.status = statuses[i];
            result.referrals = counts[k];
            disclosure_apply(&result, true);
            assert_number(result.referrals, counts[k]);
            disclosure_apply(&result, false);
            assert_number(result.referrals, shown[k]);
        }
    }
}

static void a_rate_is_computed_afresh_from_its_factor(void **state)
{
    (void)state;
    struct result result = blank("referral_rate");
    result.numerator = 98;
    result.denominator = 50000; /* person-years are no count of patients */
    result.factor = 1 / 50000.0;
    result.expected = 70; /* of rounded counts already: see person_years_mask */
    disclosure_apply(&result, false);
    assert_number(result.expected, 70);
    assert_number(result.numerator, 100);
    assert_number(result.denominator, 50000);
    assert_number(result.value, 2);
    assert_number(result.upper, 1000 * rate_interval(100, 0.95).upper / 50000);
    result = blank("referral_rate");
    result.numerator = 4;
    result.denominator = 50000;
    result.expected = 5;
    disclosure_apply(&result, false);
    assert_int_equal(result.status, RESULT_SUPPRESSED);
    assert_number(result.expected, NAN);
    assert_number(result.value, NAN);
}

/* A log-log limit of a proportion of n subjects, none of them censored: p^exp(±1.96 √((1 − p)/(np)) / −ln p). */
static double log_log_limit(double p, double n, double sign)
{
    return pow(p, exp(sign * 1.959963984540054 * sqrt((1 - p) / (n * p)) / -log(p)));
}

static struct incidence uncensored(double count, double n)
{
    const double p = count / n;
    return (struct incidence){p, log_log_limit(p, n, 1), log_log_limit(p, n, -1)};
}

static struct result delay(double events, double competing, double censored)
{
    struct result result = blank("wait_decision");
    result.events = events;
    result.competing = competing;
    result.censored = censored;
    result.n = events + competing + censored;
    result.median = result.median_lower = result.median_upper = result.p90 = 10;
    result.masked_median = 11;
    result.masked_median_lower = 7;
    result.masked_median_upper = 15;
    result.masked_p90 = NAN;
    result.completed_median = 9.5; /* between two days: there is an even number of waits */
    result.completed_p90 = 21.9;
    result.masked_completed_median = 10;
    result.masked_completed_p90 = 22;
    for (size_t i = 0; i < HORIZON_COUNT; i++)
        result.within[i] = uncensored((double)(i + 1) * 3, result.n);
    return result;
}

static void a_delays_incidences_lie_on_the_grid_of_rounded_counts(void **state)
{
    (void)state;
    struct result result = delay(33, 6, 63); /* 102 → 100 */
    disclosure_apply(&result, false);
    assert_int_equal(result.status, RESULT_OK);
    assert_number(result.n, 100);
    assert_number(result.events, 35);
    assert_number(result.competing, NAN);
    assert_number(result.censored, 65);
    /* 3 and 6 patients are too few; 9, 12 and so on are rounded. */
    static const double shown[] = {NAN, NAN, 0.1, 0.1, 0.15, 0.2, 0.2};
    for (size_t i = 0; i < HORIZON_COUNT; i++) {
        assert_number(result.within[i].value, shown[i]);
        assert_number(result.within[i].lower, isnan(shown[i]) ? (double)NAN : log_log_limit(shown[i], 100, 1));
        assert_number(result.within[i].upper, isnan(shown[i]) ? (double)NAN : log_log_limit(shown[i], 100, -1));
    }
    assert_number(result.median, 11);
    assert_number(result.median_lower, 7);
    assert_number(result.median_upper, 15);
    assert_number(result.p90, NAN);
    /* By rounded counts: 21.9 would say that n − 1 leaves 1 when divided by 10. */
    assert_number(result.completed_median, 10);
    assert_number(result.completed_p90, 22);
}

static void limits_of_an_incidence_tell_no_more_than_its_rounded_counts(void **state)
{
    (void)state;
    for (double count = 18; count <= 22; count++) {
        for (double n = 98; n <= 102; n++) {
            struct result result = delay(count, 0, n - count);
            result.within[0] = uncensored(count, n);
            disclosure_apply(&result, false);
            assert_number(result.within[0].lower, log_log_limit(0.2, 100, 1));
            assert_number(result.within[0].upper, log_log_limit(0.2, 100, -1));
        }
    }
    /* Censoring widens them, in steps: an error 1.1 times as large is shown as 1.25 times. */
    struct result result = delay(20, 0, 80);
    result.within[0] = (struct incidence){0.2, log_log_limit(0.2, 100 / 1.21, 1), log_log_limit(0.2, 100 / 1.21, -1)};
    disclosure_apply(&result, false);
    assert_number(result.within[0].lower, log_log_limit(0.2, 100 / 1.5625, 1));
    assert_number(result.within[0].upper, log_log_limit(0.2, 100 / 1.5625, -1));
}

static void few_events_or_subjects_take_a_delay_away(void **state)
{
    (void)state;
    static const double cases[][3] = {{7, 50, 50}, {1, 0, 0}, {0, 3, 3}};
    for (size_t i = 0; i < 3; i++) {
        struct result result = delay(cases[i][0], cases[i][1], cases[i][2]);
        disclosure_apply(&result, false);
        assert_int_equal(result.status, RESULT_SUPPRESSED);
        assert_number(result.median, NAN);
        assert_number(result.p90, NAN);
        assert_number(result.completed_median, NAN);
        for (size_t k = 0; k < HORIZON_COUNT; k++)
            assert_number(result.within[k].value, NAN);
        assert_true(may_be_shown(result.n) && may_be_shown(result.events) && may_be_shown(result.competing) &&
                    may_be_shown(result.censored));
    }
}

static void a_masked_curve_has_only_the_days_on_which_what_is_shown_changes(void **state)
{
    (void)state;
    /* One ends on each day: the 8th is shown as 10, the 13th as 15 and so on, and the last leaves nobody. */
    enum { N = 50 };
    static const int32_t days[] = {8, 13, 18, 23, 28, 33, 38, 43, 48, 50};
    static const int64_t at_risk[] = {45, 40, 35, 30, 25, 20, 15, 10, -1, -1};
    struct curve curve = {.points = memory_allocate_zeroed(N, sizeof(struct curve_point)), .count = N, .n = N,
                          .followed_until = 41, .masked_followed_until = 38};
    for (size_t i = 0; i < N; i++) {
        const struct incidence incidence = i + 1 < N ? uncensored((double)(i + 1), N) : (struct incidence){1, NAN, NAN};
        curve.points[i] =
            (struct curve_point){(int32_t)i + 1, incidence.value, incidence.lower, incidence.upper, N - (int64_t)i};
    }
    disclosure_apply_curve(&curve, true);
    assert_int_equal(curve.count, N);
    assert_number(curve.followed_until, 41);
    disclosure_apply_curve(&curve, false);
    assert_number(curve.n, 50);
    assert_number(curve.followed_until, 38);
    assert_int_equal(curve.count, sizeof days / sizeof days[0]);
    for (size_t i = 0; i < curve.count; i++) {
        const struct curve_point *point = &curve.points[i];
        const double shown = fmin(0.2 + 0.1 * (double)i, 1);
        assert_int_equal(point->days, days[i]);
        assert_int_equal(point->at_risk, at_risk[i]);
        assert_number(point->incidence, shown);
        assert_number(point->lower, shown < 1 ? log_log_limit(shown, N, 1) : (double)NAN);
        assert_number(point->upper, shown < 1 ? log_log_limit(shown, N, -1) : (double)NAN);
    }
    curve_release(&curve);
}

static void audiences_have_their_words(void **state)
{
    (void)state;
    static const char *const words[] = {"shared", "practice", "analyst"};
    for (size_t i = 0; i < 3; i++) {
        enum audience audience;
        assert_true(audience_parse(words[i], &audience));
        assert_int_equal(audience, i);
        assert_string_equal(audience_name(audience), words[i]);
    }
    enum audience unchanged = AUDIENCE_ANALYST;
    assert_false(audience_parse("public", &unchanged));
    assert_int_equal(unchanged, AUDIENCE_ANALYST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_of_1_to_7_are_hidden_and_others_rounded_to_5),
        cmocka_unit_test(the_least_count_is_the_first_that_is_shown_so_large),
        cmocka_unit_test(counts_that_are_shown_alike_are_known),
        cmocka_unit_test(what_is_reckoned_with_is_the_same_for_all_hidden_counts),
        cmocka_unit_test(zero_on_a_grid_does_not_tell_its_side),
        cmocka_unit_test(a_proportion_is_computed_afresh_from_rounded_counts),
        cmocka_unit_test(a_small_count_takes_the_whole_result_away),
        cmocka_unit_test(no_pair_of_counts_is_given_away),
        cmocka_unit_test(who_may_see_all_sees_all_and_nothing_is_made_of_what_was_not_recorded),
        cmocka_unit_test(how_many_referrals_there_are_is_masked_whatever_is_recorded),
        cmocka_unit_test(a_rate_is_computed_afresh_from_its_factor),
        cmocka_unit_test(a_delays_incidences_lie_on_the_grid_of_rounded_counts),
        cmocka_unit_test(limits_of_an_incidence_tell_no_more_than_its_rounded_counts),
        cmocka_unit_test(few_events_or_subjects_take_a_delay_away),
        cmocka_unit_test(a_masked_curve_has_only_the_days_on_which_what_is_shown_changes),
        cmocka_unit_test(audiences_have_their_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
