#include "near.h"

#include "referlens/stats/control_chart.h"
#include "referlens/stats/distribution.h"
#include "referlens/stats/funnel.h"
#include "referlens/stats/quantile.h"
#include "referlens/stats/run_chart.h"
#include "referlens/stats/shrinkage.h"

enum { TRIALS = 600, UNITS = 30 };

static void random_units(struct random_stream *random, int64_t *counts, int64_t *totals)
{
    double rate = random_uniform(random);
    for (size_t i = 0; i < UNITS; i++) {
        totals[i] = random_size(random, 4);
        double own = fmin(1, fmax(0, rate + 0.1 * random_normal(random)));
        counts[i] = 0;
        for (int64_t j = 0; j < totals[i]; j++) {
            counts[i] += random_uniform(random) < own ? 1 : 0;
        }
    }
}

static void assert_within(const struct finding_limits *inner, const struct finding_limits *outer)
{
    assert_true(outer->lower95 <= inner->lower95 && inner->upper95 <= outer->upper95);
    assert_true(outer->lower998 <= inner->lower998 && inner->upper998 <= outer->upper998);
}

static void funnel_limits_widen_as_units_get_smaller_and_stay_inside_0_and_1(void **state)
{
    (void)state;
    struct random_stream random = random_seed(31, 0);
    for (int trial = 0; trial < TRIALS; trial++) {
        struct funnel funnel = {.target = random_uniform(&random), .tau2 = trial % 2 ? 0.01 * trial / TRIALS : 0};
        struct finding_limits larger = funnel_proportion_limits(&funnel, 1e6, true);
        struct finding_limits larger_ratio = funnel_ratio_limits(&(struct funnel){.target = 1}, 1e6, true);
        for (double size = 5e5; size >= 0.5; size /= 1.3) {
            struct finding_limits limits = funnel_proportion_limits(&funnel, size, true);
            struct finding_limits ratio = funnel_ratio_limits(&(struct funnel){.target = 1}, size, true);
            assert_within(&larger, &limits);
            assert_within(&larger_ratio, &ratio);
            assert_true(limits.lower998 >= 0 && limits.upper998 <= 1 && ratio.lower998 >= 0);
            assert_true(limits.lower998 <= limits.lower95 && limits.lower95 <= funnel.target + 1e-12);
            assert_true(limits.upper998 >= limits.upper95 && limits.upper95 >= funnel.target - 1e-12);
            larger = limits;
            larger_ratio = ratio;
        }
    }
}

/* The chance of `from` to `to` events of `total`, summed one by one. */
static double binomial_sum(int64_t from, int64_t to, int64_t total, double rate)
{
    double sum = 0;
    for (int64_t k = from; k <= to; k++) {
        sum += exp(lgamma((double)total + 1) - lgamma((double)k + 1) - lgamma((double)(total - k) + 1) +
                   (double)k * log(rate) + (double)(total - k) * log1p(-rate));
    }
    return sum;
}

static enum finding beyond(bool watch, bool conversation)
{
    return conversation ? FINDING_CONVERSATION : watch ? FINDING_WATCH : FINDING_CHANCE;
}

static void flags_need_the_limits_that_are_shown_and_the_exact_chance(void **state)
{
    (void)state;
    struct random_stream random = random_seed(32, 0);
    int seen[4] = {0}, weaker = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
        int64_t counts[UNITS];
        int64_t totals[UNITS];
        struct funnel_point points[UNITS];
        random_units(&random, counts, totals);
        struct funnel funnel = funnel_of_proportions(counts, totals, UNITS, points);
        const double target = funnel.target;
        assert_true(funnel.tau2 >= 0 && funnel.phi >= 0);
        for (size_t i = 0; i < UNITS; i++) {
            const struct funnel_point *point = &points[i];
            const struct finding_limits *limits = &point->limits;
            const enum finding by_limits = beyond(point->value < limits->lower95 || point->value > limits->upper95,
                                                  point->value < limits->lower998 || point->value > limits->upper998);
            enum finding expected = by_limits;
            if (by_limits != FINDING_CHANCE && target > 0 && target < 1) {
                const double tail = point->value < target ? binomial_sum(0, counts[i], totals[i], target)
                                                          : binomial_sum(counts[i], totals[i], totals[i], target);
                const enum finding exact = beyond(tail <= 0.025, tail <= 0.001);
                expected = exact < by_limits ? exact : by_limits;
                assert_true(point->p >= fmin(1, 2 * tail) * (1 - 1e-9));
            }
            weaker += expected < by_limits;
            assert_int_equal(point->finding, expected);
            assert_int_equal(point->side, expected == FINDING_CHANCE ? 0 : point->score > 0 ? 1 : -1);
            assert_within(&point->plain, limits);
            seen[expected]++;
        }
    }
    assert_true(seen[FINDING_CONVERSATION] > 0 && seen[FINDING_WATCH] > 0 && seen[FINDING_CHANCE] > 0 && weaker > 0);
}

/* About 4 % chance gives 0 of 64 in 0.96^64 = 7.3 %, though the lower 99.8 % limit is sin²(asin 0.2 − 3.09/16) = 0.007
 * %, and 0 of 172 in 0.09 %. It gives 0 where 3 are expected in e⁻³ = 5.0 %, though the lower 99.8 % limit of the ratio
 * is exp(−3.09/√3) = 0.168, and where 6 are in e⁻⁶ = 0.25 %. */
static void none_among_few_is_chance(void **state)
{
    (void)state;
    const struct funnel about_4 = {.target = 0.04}, about_1 = {.target = 1};
    assert_true(funnel_proportion_limits(&about_4, 64, true).lower998 > 0);
    assert_int_equal(funnel_proportion_verdict(&about_4, 0, 64).finding, FINDING_CHANCE);
    assert_int_equal(funnel_proportion_verdict(&about_4, 0, 64).side, 0);
    assert_same(funnel_proportion_verdict(&about_4, 0, 64).p, 2 * pow(0.96, 64), 1e-12);
    assert_int_equal(funnel_proportion_verdict(&about_4, 0, 172).finding, FINDING_CONVERSATION);
    assert_int_equal(funnel_proportion_verdict(&about_4, 0, 172).side, -1);
    assert_int_equal(funnel_ratio_verdict(&about_1, 0, 6).finding, FINDING_WATCH);
    assert_int_equal(funnel_ratio_verdict(&about_1, 0, 3).finding, FINDING_CHANCE);
    assert_same(funnel_ratio_verdict(&about_1, 0, 3).p, 2 * exp(-3), 1e-12);
}

/* Ten scores, one of them far out. Winsorised at the 90th percentile it still counts, as much as the percentile;
 * truncated it would be left out and φ be smaller. */
static void extreme_scores_are_winsorised_and_not_left_out(void **state)
{
    (void)state;
    int64_t counts[] = {48, 49, 50, 51, 52, 47, 53, 46, 54, 95};
    int64_t totals[] = {100, 100, 100, 100, 100, 100, 100, 100, 100, 100};
    double scores[10];
    double pooled = 0;
    for (size_t i = 0; i < 10; i++) {
        pooled += (double)counts[i] / 1000;
    }
    for (size_t i = 0; i < 10; i++) {
        scores[i] = (asin(sqrt((double)counts[i] / 100)) - asin(sqrt(pooled))) * 20;
    }
    double low = quantile_of(scores, 10, 0.1);
    double high = quantile_of(scores, 10, 0.9);
    double winsorised = 0;
    double truncated = 0;
    for (size_t i = 0; i < 10; i++) {
        double held = fmax(low, fmin(high, scores[i]));
        winsorised += held * held / 10;
        truncated += scores[i] >= low && scores[i] <= high ? scores[i] * scores[i] / 8 : 0;
    }
    struct funnel_point points[10];
    struct funnel funnel = funnel_of_proportions(counts, totals, 10, points);
    assert_same(funnel.phi, winsorised, 1e-12);
    assert_true(fabs(truncated - winsorised) > 0.1);
    assert_int_equal(points[9].finding, FINDING_CONVERSATION);
}

/* R: as funnel() of tests/oracle/charts.R with p0 <- 0.15 in place of the pooled proportion. */
static void a_funnel_about_a_given_target_scores_and_limits_about_it(void **state)
{
    (void)state;
    const int64_t counts[] = {12, 8, 40};
    const int64_t totals[] = {100, 90, 110};
    struct funnel_point points[3], pooled[3];
    struct funnel funnel = funnel_of_proportions_about(0.15, counts, totals, 3, NULL, points);
    assert_same(funnel.target, 0.15, 0);
    assert_same(funnel.phi, 6.495912501718351, 1e-12);
    assert_same(funnel.tau2, 0.021932781151950319, 1e-12);
    assert_same(points[2].score, 1.6042133624133514, 1e-12);
    assert_same(points[0].limits.upper998, 0.59475851356098908, 1e-12);
    struct funnel same = funnel_of_proportions_about(60.0 / 300.0, counts, totals, 3, NULL, points);
    struct funnel own = funnel_of_proportions(counts, totals, 3, pooled);
    assert_same(same.tau2, own.tau2, 0);
    assert_same(points[1].score, pooled[1].score, 0);
    assert_non_null(funnel_of_proportions_about(1.1, counts, totals, 3, NULL, points).reason);
    assert_non_null(funnel_of_proportions_about(NAN, counts, totals, 3, NULL, points).reason);
    assert_true(isnan(points[0].score));
}

static void funnels_take_zeros_and_refuse_what_cannot_be(void **state)
{
    (void)state;
    struct funnel_point points[30];
    double observed[30] = {0, 0};
    double expected[30] = {0.4, 40};
    for (size_t i = 2; i < 30; i++) {
        observed[i] = expected[i] = 30;
    }
    assert_null(funnel_of_ratios(observed, expected, 30, points).reason);
    assert_true(points[0].value == 0 && points[0].finding == FINDING_CHANCE); /* nothing seen where 0.4 was expected */
    assert_int_equal(points[1].finding, FINDING_CONVERSATION);                /* nothing where 40 were */
    assert_true(isfinite(points[1].score) && isfinite(points[0].limits.upper998));

    const int64_t bad[] = {5, 1, 2};
    const int64_t totals[] = {4, 9, 9};
    const int64_t nobody[] = {0, 0, 0};
    assert_non_null(funnel_of_proportions(bad, totals, 3, points).reason);
    assert_int_equal(points[1].finding, FINDING_NO_NUMBER);
    assert_non_null(funnel_of_proportions(nobody, nobody, 3, points).reason);
    assert_null(finding_text(points[0].finding));
}

static void the_words_of_a_finding_are_fixed(void **state)
{
    (void)state;
    assert_string_equal(finding_text(FINDING_CONVERSATION), "worth a conversation");
    assert_string_equal(finding_text(FINDING_WATCH), "worth watching");
    assert_string_equal(finding_text(FINDING_CHANCE), "no more different than chance");
    const struct finding_limits limits = {0.2, 0.4, 0.1, 0.5};
    assert_int_equal(finding_of(0.5, &limits), FINDING_WATCH); /* a value on a limit is inside it */
    assert_int_equal(finding_of(0.4, &limits), FINDING_CHANCE);
    assert_int_equal(finding_side(0.05, &limits), -1);
}

static void two_of_three_counts_one_side_only(void **state)
{
    (void)state;
    /* Mean 0, mean range 2.4, 2σ at 4.2560 and the limits at 6.384. */
    const double opposite[] = {0, 1, -1, 1, 5, 0, -5, 1, -1, -1, 0, 0};
    const double same[] = {0, -2, -1, -1, 5, 0, 5, -1, -1, -1, -2, -1};
    struct chart_point points[12];
    struct control_chart chart = xmr_chart(opposite, 12, false, points);
    double reach = 2.0 / 3 * (chart.upper - chart.mean);
    assert_true(5 - chart.mean > reach && 5 < chart.upper && chart.mean + 5 > reach);
    for (size_t i = 0; i < 12; i++) {
        assert_int_equal(points[i].signal, CHART_NO_SIGNAL);
    }
    chart = xmr_chart(same, 12, false, points);
    reach = 2.0 / 3 * (chart.upper - chart.mean);
    assert_true(5 - chart.mean > reach && 5 < chart.upper);
    for (size_t i = 0; i < 12; i++) {
        assert_int_equal(points[i].signal, i == 4 || i == 6 ? CHART_TWO_OF_THREE : CHART_NO_SIGNAL);
    }
}

static void a_constant_series_signals_nothing(void **state)
{
    (void)state;
    double values[40];
    struct chart_point points[40];
    for (size_t i = 0; i < 40; i++) {
        values[i] = 0.1; /* whose mean is not 0.1 in binary */
    }
    for (int screen = 0; screen < 2; screen++) {
        struct control_chart chart = xmr_chart(values, 40, screen == 1, points);
        assert_int_equal(chart.ranges_screened, 0);
        for (size_t i = 0; i < 40; i++) {
            assert_int_equal(points[i].signal, CHART_NO_SIGNAL);
        }
    }
    struct run_chart run = run_chart(values, 40);
    assert_int_equal(run.useful, 0);
    assert_false(run.signal);
    values[20] = 0.2;
    (void)xmr_chart(values, 40, true, points);
    assert_int_equal(points[20].signal, CHART_OUTSIDE);
}

/* By hand: the median of twelve 1s and eight 2s is 1. Eight points lie off it, all above: one run of 8, over the limit
 * of round(log2 8) + 3 = 6, and no crossing, where qbinom(0.05, 7, 0.5) = 1 are wanted, in whatever order they come. */
static void a_median_on_a_plateau_gives_no_verdict(void **state)
{
    (void)state;
    const double plateau[] = {1, 2, 1, 1, 2, 1, 1, 2, 1, 2, 1, 1, 2, 1, 2, 1, 1, 2, 2, 1};
    struct run_chart run = run_chart(plateau, 20);
    assert_int_equal(run.useful, 8);
    assert_int_equal(run.longest_run, 8);
    assert_int_equal(run.longest_run_max, 6);
    assert_int_equal(run.crossings, 0);
    assert_int_equal(run.crossings_min, 1);
    assert_false(run.signal);
    assert_non_null(run.reason);
}

/* By hand: qbinom(0.05, 10, 0.5) = 2. Of ten points off the median of 1, one below is too few, whatever the order; two
 * are not, and a run of eight is longer than round(log2 10) + 3 = 6. */
static void nearly_one_sided_is_no_verdict_either(void **state)
{
    (void)state;
    double values[] = {0, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    struct run_chart run = run_chart(values, 21);
    assert_int_equal(run.useful, 10);
    assert_int_equal(run.longest_run, 9); /* the 1 in the middle neither breaks the run nor lengthens it */
    assert_int_equal(run.longest_run_max, 6);
    assert_false(run.signal);
    assert_non_null(run.reason);
    values[10] = 0;
    run = run_chart(values, 21);
    assert_int_equal(run.longest_run, 8);
    assert_int_equal(run.crossings, 2);
    assert_int_equal(run.crossings_min, 2);
    assert_true(run.signal); /* 8 in a row are more than 6 */
    assert_null(run.reason);
}

static void the_screen_says_that_it_was_used(void **state)
{
    (void)state;
    const double values[] = {5, 6, 5, 6, 5, 6, 5, 6, 5, 6, 5, 6, 5, 30};
    struct chart_point points[14];
    struct control_chart plain = xmr_chart(values, 14, false, points);
    struct control_chart screened = xmr_chart(values, 14, true, points);
    assert_false(plain.screened);
    assert_true(screened.screened);
    assert_int_equal(screened.ranges_screened, 1);
    assert_same(screened.mean_range, 1, 1e-12);
    assert_same(plain.mean_range, 37.0 / 13, 1e-12);
}

static void seven_in_a_row_make_a_shift_or_a_trend_and_six_do_not(void **state)
{
    (void)state;
    /* Six above the mean, a point on it, six above: no shift. The mean is 0. */
    const double broken[] = {1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, -12};
    const double whole[] = {1, 1, 1, 1, 1, 1, 1, 0, -7};
    const double rising[] = {9, 1, 2, 3, 4, 5, 6, 7, 0};
    const double short_of_it[] = {9, 1, 2, 3, 4, 5, 6, 6, 0};
    struct chart_point points[14];
    (void)xmr_chart(broken, 14, false, points);
    assert_int_equal(points[0].signal, CHART_NO_SIGNAL);
    (void)xmr_chart(whole, 9, false, points);
    assert_int_equal(points[0].signal, CHART_SHIFT);
    assert_int_equal(points[6].side, 1);
    (void)xmr_chart(rising, 9, false, points);
    assert_int_equal(points[1].signal, CHART_TREND);
    assert_int_equal(points[7].signal, CHART_TREND);
    assert_int_equal(points[8].signal, CHART_NO_SIGNAL);
    (void)xmr_chart(short_of_it, 9, false, points);
    assert_int_equal(points[3].signal, CHART_NO_SIGNAL);
}

static void a_signal_is_an_improvement_by_the_direction_of_its_measure(void **state)
{
    (void)state;
    assert_string_equal(chart_meaning(1, 1), "improvement");
    assert_string_equal(chart_meaning(-1, 1), "concern");
    assert_string_equal(chart_meaning(-1, -1), "improvement");
    assert_string_equal(chart_meaning(1, 0), "change");
    assert_null(chart_meaning(0, 1));
}

static void charts_move_with_their_values(void **state)
{
    (void)state;
    struct random_stream random = random_seed(33, 0);
    for (int trial = 0; trial < TRIALS; trial++) {
        double values[UNITS];
        double moved[UNITS];
        struct chart_point points[UNITS];
        struct chart_point others[UNITS];
        for (size_t i = 0; i < UNITS; i++) {
            values[i] = random_normal(&random) + (trial % 3 == 0 && i > 15 ? 1.5 : 0);
            moved[i] = -4 * values[i] + 100;
        }
        struct control_chart one = xmr_chart(values, UNITS, trial % 2 == 0, points);
        struct control_chart two = xmr_chart(moved, UNITS, trial % 2 == 0, others);
        assert_same(two.mean, -4 * one.mean + 100, 1e-12);
        assert_same(two.lower, -4 * one.upper + 100, 1e-11);
        assert_int_equal(one.ranges_screened, two.ranges_screened);
        for (size_t i = 0; i < UNITS; i++) {
            assert_int_equal(points[i].signal, others[i].signal);
            assert_int_equal(points[i].side, -others[i].side);
        }
        assert_int_equal(run_chart(values, UNITS).crossings, run_chart(moved, UNITS).crossings);
    }
}

static void pprime_limits_stay_inside_0_and_1(void **state)
{
    (void)state;
    struct random_stream random = random_seed(34, 0);
    for (int trial = 0; trial < TRIALS; trial++) {
        int64_t counts[UNITS];
        int64_t totals[UNITS];
        struct chart_point points[UNITS];
        random_units(&random, counts, totals);
        struct pprime_chart chart = pprime_chart(counts, totals, UNITS, points);
        for (size_t i = 0; chart.reason == NULL && i < UNITS; i++) {
            assert_true(points[i].lower >= 0 && points[i].upper <= 1);
            assert_true((points[i].signal == CHART_OUTSIDE) ==
                        (points[i].value < points[i].lower || points[i].value > points[i].upper));
        }
    }
    const int64_t none[] = {0, 0};
    const int64_t some[] = {5, 6};
    struct chart_point points[2];
    assert_non_null(pprime_chart(none, some, 2, points).reason);
    assert_non_null(pprime_chart(some, some, 2, points).reason);
    assert_non_null(pprime_chart(none, none, 2, points).reason);
}

static void shrinkage_draws_towards_the_mean_and_small_units_more(void **state)
{
    (void)state;
    struct random_stream random = random_seed(35, 0);
    int fitted = 0;
    for (int trial = 0; trial < TRIALS / 4; trial++) {
        int64_t counts[UNITS];
        int64_t totals[UNITS];
        struct estimate points[UNITS];
        random_units(&random, counts, totals);
        totals[0] = counts[0] = 0;
        struct shrinkage result = beta_binomial_shrinkage(counts, totals, UNITS, 0.95, points);
        assert_true(result.reason == NULL);
        fitted += result.pooled ? 0 : 1;
        for (size_t i = 0; i < UNITS; i++) {
            assert_true(points[i].lower <= points[i].upper && points[i].lower >= 0 && points[i].upper <= 1);
            if (totals[i] == 0) {
                assert_same(points[i].value, result.mean, 1e-12);
            } else if (!result.pooled) {
                double raw = (double)counts[i] / (double)totals[i];
                double share = (points[i].value - result.mean) * (raw - result.mean);
                assert_true(share >= -1e-15 && fabs(points[i].value - result.mean) <= fabs(raw - result.mean) + 1e-12);
            }
        }
    }
    assert_true(fitted > TRIALS / 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(funnel_limits_widen_as_units_get_smaller_and_stay_inside_0_and_1),
        cmocka_unit_test(flags_need_the_limits_that_are_shown_and_the_exact_chance),
        cmocka_unit_test(none_among_few_is_chance),
        cmocka_unit_test(extreme_scores_are_winsorised_and_not_left_out),
        cmocka_unit_test(a_funnel_about_a_given_target_scores_and_limits_about_it),
        cmocka_unit_test(funnels_take_zeros_and_refuse_what_cannot_be),
        cmocka_unit_test(the_words_of_a_finding_are_fixed),
        cmocka_unit_test(two_of_three_counts_one_side_only),
        cmocka_unit_test(a_constant_series_signals_nothing),
        cmocka_unit_test(a_median_on_a_plateau_gives_no_verdict),
        cmocka_unit_test(nearly_one_sided_is_no_verdict_either),
        cmocka_unit_test(the_screen_says_that_it_was_used),
        cmocka_unit_test(seven_in_a_row_make_a_shift_or_a_trend_and_six_do_not),
        cmocka_unit_test(a_signal_is_an_improvement_by_the_direction_of_its_measure),
        cmocka_unit_test(charts_move_with_their_values),
        cmocka_unit_test(pprime_limits_stay_inside_0_and_1),
        cmocka_unit_test(shrinkage_draws_towards_the_mean_and_small_units_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
