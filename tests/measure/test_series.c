#include "referlens/measure/series.h"

#include "../support/hand_made_report.h"

#include "referlens/base/random.h"
#include "referlens/measure/disclosure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.17g is not %.17g", value, expected);
}

/* A report of so many quarters, the last being 2025-Q2 and over by the as-of date of 31 July 2025, without results. */
static struct report report_of(int quarters)
{
    struct report report = hand_made_report(0, 1, quarters);
    result_list_release(&report.aggregates);
    report.aggregates = (struct result_list){0};
    return report;
}

/* The result of a measure in a slice and quarter, counted from the report's first. */
static struct result *add(struct report *report, struct slice slice, size_t number, const char *measure)
{
    slice.period = hand_made.first + (quarter)number;
    struct result *result = result_list_add(&report->aggregates, slice, (uint16_t)measure_index(measure));
    result->excluded = (struct exclusions){0, 0, 0};
    return result;
}

static void set_counts(struct result *result, double numerator, double denominator)
{
    result->status = denominator > 0 ? RESULT_OK : RESULT_INSUFFICIENT;
    result->numerator = numerator;
    result->denominator = denominator;
    result->value = denominator > 0 ? numerator / denominator : NAN;
}

static struct series all_series(const struct report *report, const char *measure)
{
    return series_of(report, &report->aggregates, slice_all(), measure_index(measure));
}

/* Fourteen quarters that go up in the middle. R:
 * p0 <- sum(x)/sum(n); z <- (x/n-p0)/sqrt(p0*(1-p0)/n); sz <- mean(abs(diff(z)))/1.128
 * p0 + c(-3,3)*sqrt(p0*(1-p0)/400)*sz */
static const double counts[] = {40, 42, 38, 41, 39, 43, 40, 60, 61, 62, 60, 63, 61, 62};
static const double totals[] = {400, 410, 395, 400, 405, 398, 402, 400, 410, 395, 400, 405, 398, 402};
enum { QUARTERS = 14, STEP = 7 };

static void fill(struct report *report, const char *measure)
{
    for (size_t i = 0; i < QUARTERS; i++)
        set_counts(add(report, slice_all(), i, measure), counts[i], totals[i]);
}

static void a_proportion_over_thirteen_quarters_or_more_has_a_p_prime_chart(void **state)
{
    (void)state;
    struct report report = report_of(QUARTERS);
    fill(&report, "rejection_rate");
    struct series series = all_series(&report, "rejection_rate");
    assert_int_equal(series.method, SERIES_P_PRIME);
    assert_int_equal(series.status, RESULT_OK);
    assert_int_equal(series.used, QUARTERS);
    assert_int_equal(series.count, QUARTERS);
    assert_near(series.mean, 0.1266903914590747, 1e-15);
    assert_near(series.sigma_z, 0.4772089509434823, 1e-14);
    assert_true(isnan(series.median));
    assert_near(series.points[0].lower_limit, 0.1028805886618959, 1e-14);
    assert_near(series.points[7].upper_limit, 0.1505001942562536, 1e-14);
    series_release(&series);
    series_release(NULL);
    hand_made_release(&report);
}

/* The same fourteen quarters, and two before them with a referral each: neither centre nor limits move. */
static void quarters_before_the_observed_window_are_shown_and_not_used(void **state)
{
    (void)state;
    struct report report = report_of(QUARTERS + 2);
    report.early.before = quarter_first_day(hand_made.first + 2);
    set_counts(add(&report, slice_all(), 0, "rejection_rate"), 1, 1);
    set_counts(add(&report, slice_all(), 1, "rejection_rate"), 0, 1);
    for (size_t i = 0; i < QUARTERS; i++)
        set_counts(add(&report, slice_all(), i + 2, "rejection_rate"), counts[i], totals[i]);
    struct series series = all_series(&report, "rejection_rate");
    assert_int_equal(series.method, SERIES_P_PRIME);
    assert_int_equal(series.count, QUARTERS + 2);
    assert_int_equal(series.used, QUARTERS);
    assert_near(series.mean, 0.1266903914590747, 1e-15);
    for (size_t i = 0; i < series.count; i++) {
        assert_true(series.points[i].before_window == (i < 2));
        assert_true(isnan(series.points[i].upper_limit) == (i < 2));
    }
    assert_near(series.points[0].value, 1, 0);
    series_release(&series);
    /* A window that begins within a quarter has it. */
    report.early.before = quarter_first_day(hand_made.first + 1) + 31;
    series = all_series(&report, "rejection_rate");
    assert_int_equal(series.used, QUARTERS + 1);
    series_release(&series);
    hand_made_release(&report);
}

static void a_signal_is_better_or_worse_as_the_measure_has_it(void **state)
{
    (void)state;
    static const struct {
        const char *measure, *low, *high;
    } cases[] = {{"rejection_rate", "change", "change"},
                 {"re_referral_rate", "improvement", "concern"},
                 {"attendance_conversion", "concern", "improvement"}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct report report = report_of(QUARTERS);
        fill(&report, cases[c].measure);
        struct series series = all_series(&report, cases[c].measure);
        assert_true(series.signal);
        assert_string_equal(series.points[0].signal, "outside");
        for (size_t i = 0; i < QUARTERS; i++) {
            assert_non_null(series.points[i].signal);
            assert_string_equal(series.points[i].meaning, i < STEP ? cases[c].low : cases[c].high);
        }
        series_release(&series);
        hand_made_release(&report);
    }
}

/* By hand: twelve values, six below the median and then six above, so the longest run of 6 is within round(log2 12) + 3
 * = 7, and one crossing is fewer than qbinom(0.05, 11, 0.5) = 3. */
static void fewer_quarters_have_a_run_chart(void **state)
{
    (void)state;
    struct report report = report_of(12);
    for (size_t i = 0; i < 12; i++)
        set_counts(add(&report, slice_all(), i, "re_referral_rate"), i < 6 ? 10.0 + (double)i : 30.0 + (double)i, 100);
    struct series series = all_series(&report, "re_referral_rate");
    assert_int_equal(series.method, SERIES_RUN);
    assert_near(series.median, (0.15 + 0.36) / 2, 1e-15);
    assert_true(isnan(series.mean));
    assert_int_equal(series.longest_run, 6);
    assert_int_equal(series.longest_run_max, 7);
    assert_int_equal(series.crossings, 1);
    assert_int_equal(series.crossings_min, 3);
    assert_true(series.signal);
    assert_string_equal(series.meaning, "concern");
    for (size_t i = 0; i < 12; i++) {
        assert_null(series.points[i].signal);
        assert_true(isnan(series.points[i].upper_limit));
    }
    series_release(&series);
    hand_made_release(&report);
}

/* By hand: qbinom(0.05, 7, 0.5) = 1, and eight values with two sides cross the median once at least; of nine and more
 * off the median two crossings are wanted. */
static void eight_quarters_are_too_few_for_a_signal(void **state)
{
    (void)state;
    for (int quarters = 8; quarters <= 10; quarters += 2) {
        struct report report = report_of(quarters);
        for (int i = 0; i < quarters; i++)
            set_counts(add(&report, slice_all(), (size_t)i, "re_referral_rate"), i < quarters / 2 ? 10 : 60, 100);
        struct series series = all_series(&report, "re_referral_rate");
        assert_int_equal(series.crossings, 1);
        assert_int_equal(series.no_verdict == NULL, quarters == 10);
        assert_int_equal(series.signal, quarters == 10);
        series_release(&series);
        hand_made_release(&report);
    }
}

/* Six high between three low ones on either side: two crossings are too few, yet it ends where it began. */
static void a_run_chart_that_goes_back_has_changed_neither_way(void **state)
{
    (void)state;
    struct report report = report_of(12);
    for (size_t i = 0; i < 12; i++)
        set_counts(add(&report, slice_all(), i, "re_referral_rate"), i >= 3 && i < 9 ? 30 : 10, 100);
    struct series series = all_series(&report, "re_referral_rate");
    assert_true(series.signal);
    assert_string_equal(series.meaning, "change");
    series_release(&series);
    for (size_t i = 0; i < 12; i++)
        set_counts(&report.aggregates.results[i], i % 2 == 0 ? 30 : 10, 100);
    series = all_series(&report, "re_referral_rate");
    assert_false(series.signal);
    assert_null(series.meaning);
    series_release(&series);
    hand_made_release(&report);
}

/* R: v; m <- mean(v); mr <- mean(abs(diff(v))); c(m, m-2.66*mr, m+2.66*mr). The last quarter ends 31 days before the
 * as-of date, so nobody in it could be followed for 42: it is shown, and left out of the chart. */
static void a_delay_is_the_share_seen_within_42_days_and_more_is_better(void **state)
{
    (void)state;
    static const double values[] = {0.50, 0.52, 0.49, 0.51, 0.50, 0.53, 0.48, 0.50, 0.51, 0.52, 0.49, 0.50, 0.80, 0.1};
    struct report report = report_of(QUARTERS);
    for (size_t i = 0; i < QUARTERS; i++) {
        struct result *result = add(&report, slice_all(), i, "wait_first_attendance");
        result->n = 200;
        result->within[3] = (struct incidence){values[i], values[i] - 0.01, values[i] + 0.01};
    }
    struct series series = all_series(&report, "wait_first_attendance");
    assert_int_equal(series.quantity, SERIES_WITHIN);
    assert_int_equal(series.direction, DIRECTION_HIGHER);
    assert_int_equal(series.method, SERIES_XMR);
    assert_int_equal(series.used, 13);
    assert_near(series.mean, 0.5269230769230769, 1e-15);
    assert_near(series.points[0].lower_limit, 0.4072230769230769, 1e-14);
    assert_near(series.points[12].upper_limit, 0.6466230769230770, 1e-14);
    assert_string_equal(series.points[12].signal, "outside");
    assert_string_equal(series.points[12].meaning, "improvement");
    assert_false(series.points[12].provisional);
    assert_true(series.points[13].provisional);
    assert_near(series.points[13].value, 0.1, 0);
    assert_near(series.points[13].upper, 0.11, 1e-15);
    assert_null(series.points[13].signal);
    assert_true(isnan(series.points[13].upper_limit));
    series_release(&series);
    hand_made_release(&report);
}

static void a_delay_without_a_curve_is_the_median_of_those_completed(void **state)
{
    (void)state;
    struct report report = report_of(2);
    struct result *result = add(&report, slice_all(), 0, "hidden_delay");
    result->n = 50;
    result->completed_median = 6;
    struct series series = all_series(&report, "hidden_delay");
    assert_int_equal(series.quantity, SERIES_COMPLETED_MEDIAN);
    assert_int_equal(series.direction, DIRECTION_LOWER);
    assert_near(series.points[0].value, 6, 0);
    assert_near(series.points[0].denominator, 50, 0);
    assert_int_equal(series.points[1].status, RESULT_INSUFFICIENT);
    series_release(&series);
    hand_made_release(&report);
    report = report_of(QUARTERS); /* enough for a control chart, whose limits would be 2.66 × 1/12 about the mean */
    for (size_t i = 0; i < QUARTERS; i++) {
        result = add(&report, slice_all(), i, "hidden_delay");
        result->n = 50;
        result->completed_median = i < STEP - 1 ? 2 : i == STEP - 1 ? 2.5 : 3; /* six of each about the median of 2.5 */
    }
    series = all_series(&report, "hidden_delay");
    assert_int_equal(series.method, SERIES_RUN);
    assert_int_equal(series.used, QUARTERS - 1);
    assert_true(series.signal);
    series_release(&series);
    report.aggregates.results[STEP - 1].completed_median = 2; /* seven on the median of 2, six above it */
    series = all_series(&report, "hidden_delay");
    assert_false(series.signal);
    assert_non_null(series.no_verdict);
    series_release(&series);
    hand_made_release(&report);
}

static void a_quarter_is_provisional_until_it_is_over_and_followed_up(void **state)
{
    (void)state;
    struct report report = report_of(1);
    struct result *result = add(&report, slice_all(), 0, "re_referral_rate");
    set_counts(result, 10, 95);
    assert_false(series_is_provisional(&report, result));
    result->excluded.immature = 5; /* 5 % of 100 */
    assert_false(series_is_provisional(&report, result));
    result->excluded.immature = 6;
    assert_true(series_is_provisional(&report, result));
    result->excluded.immature = NAN; /* hidden: 4 of 99 */
    assert_false(series_is_provisional(&report, result));
    result->excluded.pending = 50; /* all of them ended: it will not move */
    assert_false(series_is_provisional(&report, result));
    result->open = NAN; /* 8 of 103 */
    assert_true(series_is_provisional(&report, result));
    result->excluded = (struct exclusions){0, 100, 0};
    result->open = 0;
    result->denominator = NAN; /* hidden: 4 beside the 100 */
    assert_true(series_is_provisional(&report, result));
    result->denominator = 95;
    result->excluded = (struct exclusions){0, 0, 50}; /* never known: it will not move */
    assert_false(series_is_provisional(&report, result));
    day_from_date(2025, 6, 29, &report.as_of);
    assert_true(series_is_provisional(&report, result));
    day_from_date(2025, 6, 30, &report.as_of);
    assert_false(series_is_provisional(&report, result));
    hand_made_release(&report);
}

static void a_series_without_numbers_says_so(void **state)
{
    (void)state;
    struct report report = report_of(3);
    struct series series = all_series(&report, "re_referral_rate");
    assert_int_equal(series.status, RESULT_INSUFFICIENT);
    assert_int_equal(series.method, SERIES_NONE);
    assert_null(series_method_name(series.method));
    assert_int_equal(series.count, 3);
    assert_true(isnan(series.points[1].value));
    series_release(&series);
    add(&report, slice_all(), 1, "re_referral_rate")->status = RESULT_NOT_RECORDED;
    series = all_series(&report, "re_referral_rate");
    assert_int_equal(series.status, RESULT_NOT_RECORDED);
    series_release(&series);
    hand_made_release(&report);
}

/* Of a quarter that ended 31 days before, those attended are the ones who were seen soon; 180 days after its end most
 * are. */
static void a_proportion_of_those_attended_is_provisional_for_half_a_year(void **state)
{
    (void)state;
    struct report report = report_of(4);
    static const bool provisional[] = {false, false, true, true}; /* the third ended on 31 March, 122 days before */
    for (size_t i = 0; i < 4; i++) {
        struct result *result = add(&report, slice_all(), i, "discharged_at_first");
        set_counts(result, 30, 100);
        assert_int_equal(series_is_provisional(&report, result), provisional[i]);
    }
    hand_made_release(&report);
}

static void no_series_is_longer_than_the_latest_ten_years(void **state)
{
    (void)state;
    struct report report = report_of(500);
    set_counts(add(&report, slice_all(), 0, "re_referral_rate"), 1, 1);
    set_counts(add(&report, slice_all(), 460, "re_referral_rate"), 10, 100);
    struct series_list list = series_list_of(&report);
    assert_int_equal(list.count, measure_count);
    const struct series *series = &list.series[measure_index("re_referral_rate")];
    assert_int_equal(series->count, SERIES_QUARTERS_MAX);
    assert_int_equal(series->points[0].period, hand_made.last - SERIES_QUARTERS_MAX + 1);
    assert_near(series->points[0].value, 0.1, 0);
    assert_int_equal(series->used, 1);
    series_list_release(&list);
    hand_made_release(&report);
}

/* A P′ chart has no limits where nothing ever happened; that it never did is no signal. */
static void a_proportion_of_zero_throughout_has_a_run_chart_without_a_signal(void **state)
{
    (void)state;
    struct report report = report_of(QUARTERS);
    for (size_t i = 0; i < QUARTERS; i++)
        set_counts(add(&report, slice_all(), i, "re_referral_rate"), 0, 100);
    struct series series = all_series(&report, "re_referral_rate");
    assert_int_equal(series.method, SERIES_RUN);
    assert_near(series.median, 0, 0);
    assert_false(series.signal);
    series_release(&series);
    hand_made_release(&report);
}

/* A series of so many per quarter, by turns one less and one more, whose first few quarters are of another size. */
static enum series_method method_of(const char *measure, double reached, double total, size_t few, double few_total)
{
    struct report report = report_of(QUARTERS);
    for (size_t i = 0; i < QUARTERS; i++) {
        const double of = i < few ? few_total : total, scale = of / total;
        struct result *result = add(&report, slice_all(), i, measure);
        set_counts(result, round(scale * (reached + (i % 2 == 0 ? -1 : 1))), of);
        result->n = of;
        result->within[3].value = (reached + (i % 2 == 0 ? -1 : 1)) / total;
    }
    report.as_of += 42; /* so that the last quarter is followed up too */
    struct series series = all_series(&report, measure);
    assert_int_equal(series.used, QUARTERS);
    assert_int_equal(series.no_limits == NULL, series.method != SERIES_RUN);
    const enum series_method method = series.method;
    series_release(&series);
    hand_made_release(&report);
    return method;
}

/* Of fourteen quarters two may have fewer than 5 expected (14 ÷ 5 = 2.8), and none fewer than 1. */
static void limits_ask_for_five_expected_on_either_side(void **state)
{
    (void)state;
    assert_int_equal(method_of("re_referral_rate", 5, 50, 0, 0), SERIES_P_PRIME);
    assert_int_equal(method_of("re_referral_rate", 4, 40, 0, 0), SERIES_RUN);
    assert_int_equal(method_of("re_referral_rate", 45, 50, 0, 0), SERIES_P_PRIME);
    assert_int_equal(method_of("re_referral_rate", 36, 40, 0, 0), SERIES_RUN);
    assert_int_equal(method_of("re_referral_rate", 10, 100, 2, 20), SERIES_P_PRIME); /* two with 2 expected */
    assert_int_equal(method_of("re_referral_rate", 10, 100, 3, 20), SERIES_RUN);
    assert_int_equal(method_of("re_referral_rate", 10, 100, 1, 5), SERIES_RUN); /* one with half a one */
    assert_int_equal(method_of("wait_decision", 5, 50, 0, 0), SERIES_XMR);
    assert_int_equal(method_of("wait_decision", 4, 40, 0, 0), SERIES_RUN);
    assert_int_equal(method_of("wait_decision", 36, 40, 0, 0), SERIES_RUN);
    assert_int_equal(method_of("referral_rate", 5, 5, 0, 0), SERIES_XMR); /* a rate has no others */
    assert_int_equal(method_of("referral_rate", 4, 5, 0, 0), SERIES_RUN);
}

static void a_masked_series_holds_multiples_of_five_only(void **state)
{
    (void)state;
    struct random_stream random = random_seed(7, 0);
    for (int trial = 0; trial < 50; trial++) {
        struct report report = report_of(20);
        for (size_t i = 0; i < 20; i++) {
            struct result *result = add(&report, slice_all(), i, "re_referral_rate");
            const double total = floor(10 + 300 * random_uniform(&random));
            set_counts(result, floor(total * 0.2 * random_uniform(&random)), total);
            disclosure_apply(result, false);
        }
        struct series series = all_series(&report, "re_referral_rate");
        double sum = 0, total = 0;
        for (size_t i = 0; i < series.count; i++) {
            const struct series_point *point = &series.points[i];
            if (isnan(point->value))
                continue;
            assert_near(fmod(point->numerator, 5), 0, 0);
            assert_near(fmod(point->denominator, 5), 0, 0);
            assert_near(point->value, point->numerator / point->denominator, 0);
            sum += point->numerator;
            total += point->denominator;
        }
        if (series.method == SERIES_P_PRIME)
            assert_near(series.mean, sum / total, 1e-15);
        series_release(&series);
        hand_made_release(&report);
    }
}

/* Every slice that has series, and the same series as one by one. */
static void the_list_holds_all_and_each_specialty_and_scheme_that_has_referrals(void **state)
{
    (void)state;
    struct report report = hand_made_report(2, 3, 15);
    struct series_list list = series_list_of(&report);
    assert_int_equal(list.count, measure_count * (1 + 3 + HAND_MADE_SCHEMES));
    for (size_t i = 0; i < list.count; i++) {
        const struct series *series = &list.series[i];
        assert_int_equal(series->measure, i / (1 + 3 + HAND_MADE_SCHEMES));
        assert_true(series->slice.specialty == SLICE_ALL || series->slice.scheme == SLICE_ALL);
        struct series one = series_of(&report, &report.aggregates, series->slice, series->measure);
        assert_int_equal(one.method, series->method);
        assert_int_equal(one.used, series->used);
        assert_memory_equal(&one.mean, &series->mean, sizeof one.mean);
        for (size_t k = 0; k < one.count; k++) {
            assert_memory_equal(&one.points[k].value, &series->points[k].value, sizeof(double));
            assert_memory_equal(&one.points[k].upper_limit, &series->points[k].upper_limit, sizeof(double));
        }
        series_release(&one);
    }
    series_list_release(&list);
    series_list_release(NULL);
    hand_made_release(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_proportion_over_thirteen_quarters_or_more_has_a_p_prime_chart),
        cmocka_unit_test(quarters_before_the_observed_window_are_shown_and_not_used),
        cmocka_unit_test(a_signal_is_better_or_worse_as_the_measure_has_it),
        cmocka_unit_test(fewer_quarters_have_a_run_chart),
        cmocka_unit_test(eight_quarters_are_too_few_for_a_signal),
        cmocka_unit_test(a_run_chart_that_goes_back_has_changed_neither_way),
        cmocka_unit_test(a_delay_is_the_share_seen_within_42_days_and_more_is_better),
        cmocka_unit_test(a_delay_without_a_curve_is_the_median_of_those_completed),
        cmocka_unit_test(a_quarter_is_provisional_until_it_is_over_and_followed_up),
        cmocka_unit_test(a_proportion_of_those_attended_is_provisional_for_half_a_year),
        cmocka_unit_test(a_series_without_numbers_says_so),
        cmocka_unit_test(no_series_is_longer_than_the_latest_ten_years),
        cmocka_unit_test(a_proportion_of_zero_throughout_has_a_run_chart_without_a_signal),
        cmocka_unit_test(limits_ask_for_five_expected_on_either_side),
        cmocka_unit_test(a_masked_series_holds_multiples_of_five_only),
        cmocka_unit_test(the_list_holds_all_and_each_specialty_and_scheme_that_has_referrals),
    };
    return cmocka_run_group_tests_name("series", tests, NULL, NULL);
}
