#include "near.h"

#include "referlens/stats/balance.h"
#include "referlens/stats/difference_in_differences.h"
#include "referlens/stats/interrupted_series.h"
#include "referlens/stats/mantel_haenszel.h"
#include "referlens/stats/multiplicity.h"
#include "referlens/stats/random_effects.h"

enum { TRIALS = 2000, MANY = 25 };

static void adjusted_p_values_keep_the_order_and_never_fall_below_p(void **state)
{
    (void)state;
    struct random_stream random = random_seed(41, 0);
    for (int trial = 0; trial < TRIALS; trial++) {
        double p[MANY];
        double moved[MANY];
        double q[MANY];
        double holm[MANY];
        double q_moved[MANY];
        size_t order[MANY];
        for (size_t i = 0; i < MANY; i++) {
            p[i] = trial % 2 ? random_uniform(&random) : round(random_uniform(&random) * 20) / 20;
        }
        shuffle(&random, order, MANY);
        for (size_t i = 0; i < MANY; i++) {
            moved[i] = p[order[i]];
        }
        adjust_benjamini_hochberg(p, MANY, q);
        adjust_benjamini_hochberg(moved, MANY, q_moved);
        adjust_holm(p, MANY, holm);
        for (size_t i = 0; i < MANY; i++) {
            assert_true(p[i] <= q[i] && q[i] <= holm[i] && holm[i] <= 1);
            assert_true(q_moved[i] == q[order[i]]);
            for (size_t j = 0; j < MANY; j++) {
                assert_true(p[i] > p[j] || (q[i] <= q[j] && holm[i] <= holm[j]));
            }
        }
    }
}

static void turning_the_groups_round_turns_mantel_haenszel_round(void **state)
{
    (void)state;
    struct random_stream random = random_seed(42, 0);
    for (int trial = 0; trial < TRIALS; trial++) {
        struct two_by_two tables[4];
        struct two_by_two turned[4];
        for (size_t i = 0; i < 4; i++) {
            tables[i] = (struct two_by_two){random_count(&random, 30), random_count(&random, 30),
                                            random_count(&random, 30), random_count(&random, 30)};
            turned[3 - i] = (struct two_by_two){tables[i].c, tables[i].d, tables[i].a, tables[i].b};
        }
        struct mantel_haenszel one = mantel_haenszel(tables, 4, 0.95);
        struct mantel_haenszel two = mantel_haenszel(turned, 4, 0.95);
        if (one.odds_ratio > 0 && two.odds_ratio > 0) {
            assert_same(one.odds_ratio, 1 / two.odds_ratio, 1e-10);
            assert_same(one.odds_ratio_lower, 1 / two.odds_ratio_upper, 1e-10);
        }
        assert_same(one.risk_difference, -two.risk_difference, 1e-10);
        assert_same(one.risk_difference_se, two.risk_difference_se, 1e-9);
        assert_same(one.chisq, two.chisq, 1e-9);
        assert_same(one.q, two.q, 1e-8);
        assert_true(one.risk_difference >= -1 && one.risk_difference <= 1 && one.q >= 0);
    }
}

static void one_stratum_gives_its_own_odds_ratio(void **state)
{
    (void)state;
    const struct two_by_two table = {12, 5, 7, 9};
    struct mantel_haenszel result = mantel_haenszel(&table, 1, 0.95);
    assert_same(result.odds_ratio, 12.0 * 9 / (5 * 7), 1e-12);
    assert_same(result.log_odds_ratio_se, sqrt(1.0 / 12 + 1.0 / 5 + 1.0 / 7 + 1.0 / 9), 1e-12); /* Woolf's */
    assert_same(result.risk_difference, 12.0 / 17 - 7.0 / 16, 1e-12);
    assert_same(result.q, 0, 0);
}

static void strata_that_say_nothing_change_nothing(void **state)
{
    (void)state;
    const struct two_by_two tables[] = {{12, 5, 7, 9}, {3, 4, 9, 2}, {0, 0, 0, 0}, {1, 0, 0, 0}};
    struct mantel_haenszel two = mantel_haenszel(tables, 2, 0.95);
    struct mantel_haenszel four = mantel_haenszel(tables, 4, 0.95);
    assert_same(four.odds_ratio, two.odds_ratio, 0);
    assert_same(four.chisq, two.chisq, 0);
    assert_same(four.q, two.q, 0);
    assert_int_equal(four.strata, 2);
    const struct two_by_two one_sided = {5, 6, 0, 0};
    const struct two_by_two negative = {5, -6, 1, 1};
    assert_non_null(mantel_haenszel(&one_sided, 1, 0.95).reason);
    assert_non_null(mantel_haenszel(&negative, 1, 0.95).reason);
    assert_non_null(mantel_haenszel(NULL, 0, 0.95).reason);
}

static void random_effects_move_and_scale_with_the_estimates(void **state)
{
    (void)state;
    struct random_stream random = random_seed(43, 0);
    for (int trial = 0; trial < TRIALS; trial++) {
        double estimates[8];
        double errors[8];
        double moved[8];
        double scaled[8];
        for (size_t i = 0; i < 8; i++) {
            estimates[i] = random_normal(&random);
            errors[i] = 0.1 + random_uniform(&random);
            moved[i] = 3 * estimates[i] - 5;
            scaled[i] = 3 * errors[i];
        }
        struct random_effects one = random_effects(estimates, errors, 8, 0.95);
        struct random_effects two = random_effects(moved, scaled, 8, 0.95);
        assert_same(two.pooled, 3 * one.pooled - 5, 1e-10);
        assert_same(two.se, 3 * one.se, 1e-10);
        assert_same(two.tau2, 9 * one.tau2, 1e-9);
        assert_same(two.i2, one.i2, 1e-9);
        assert_true(one.tau2 >= 0 && one.i2 >= 0 && one.i2 < 1);
        assert_true(one.lower < one.pooled && one.pooled < one.upper);
    }
    const double zero = 0;
    assert_non_null(random_effects(&zero, &zero, 1, 0.95).reason);
    assert_non_null(random_effects(NULL, NULL, 0, 0.95).reason);
}

static void standardised_differences_do_not_grow_with_the_groups(void **state)
{
    (void)state;
    struct random_stream random = random_seed(44, 0);
    for (int trial = 0; trial < TRIALS; trial++) {
        int64_t first[4];
        int64_t second[4];
        int64_t more[4];
        for (size_t i = 0; i < 4; i++) {
            first[i] = 1 + random_count(&random, 50);
            second[i] = 1 + random_count(&random, 50);
            more[i] = 1000 * first[i];
        }
        double plain = standardised_difference_of_categories(first, second, 4);
        assert_same(standardised_difference_of_categories(more, second, 4), plain, 1e-9);
        assert_same(standardised_difference_of_categories(second, first, 4), plain, 1e-9);
        int64_t total1 = first[0] + first[1];
        int64_t total2 = second[0] + second[1];
        assert_same(standardised_difference_of_categories(first, second, 2),
                    fabs(standardised_difference_of_shares(first[0], total1, second[0], total2)), 1e-9);
    }
    const int64_t none[] = {0, 0};
    const int64_t left[] = {5, 0};
    const int64_t right[] = {0, 5};
    assert_true(isnan(standardised_difference_of_categories(none, left, 2)));
    assert_true(isnan(standardised_difference_of_categories(left, right, 2)));
    assert_same(standardised_difference_of_categories(left, left, 2), 0, 0);
    assert_true(isnan(standardised_difference(1, 0, 2, 0)));
    assert_same(standardised_difference(2, 0, 2, 0), 0, 0);
}

static void an_interrupted_line_is_found_again(void **state)
{
    (void)state;
    struct random_stream random = random_seed(45, 0);
    for (int trial = 0; trial < TRIALS; trial++) {
        struct interrupted_point points[MANY];
        struct interrupted_point moved[MANY];
        size_t order[MANY];
        const double beta[] = {random_normal(&random), random_normal(&random), random_normal(&random),
                               random_normal(&random)};
        shuffle(&random, order, MANY);
        for (size_t i = 0; i < MANY; i++) {
            double t = (double)i;
            bool after = i >= 12;
            points[i] =
                (struct interrupted_point){t, beta[0] + beta[1] * t + (after ? beta[2] + beta[3] * (t - 12) : 0)};
        }
        struct interrupted_series exact = interrupted_series(points, MANY, 12, INTERRUPTED_LAG, 0.95);
        for (size_t j = 0; j < 4; j++) {
            assert_true(fabs(exact.beta[j] - beta[j]) < 1e-10 && exact.se[j] < 1e-10);
        }
        for (size_t i = 0; i < MANY; i++) {
            points[i].y += random_normal(&random);
        }
        for (size_t i = 0; i < MANY; i++) {
            moved[i] = points[order[i]];
            moved[i].y = 2 * moved[i].y + 7;
        }
        struct interrupted_series one = interrupted_series(points, MANY, 12, INTERRUPTED_LAG, 0.95);
        struct interrupted_series two = interrupted_series(moved, MANY, 12, INTERRUPTED_LAG, 0.95);
        for (size_t j = 0; j < 4; j++) {
            assert_same(two.beta[j], 2 * one.beta[j] + (j == 0 ? 7 : 0), 1e-9);
            assert_same(two.se[j], 2 * one.se[j], 1e-9);
            assert_true(one.lower[j] <= one.beta[j] && one.beta[j] <= one.upper[j]);
        }
    }
}

static void short_series_are_refused_and_those_not_long_are_marked(void **state)
{
    (void)state;
    struct interrupted_point points[30];
    for (size_t i = 0; i < 30; i++) {
        points[i] = (struct interrupted_point){(double)i, (double)(i * i % 7)};
    }
    assert_non_null(interrupted_series(points, 15, 8, 3, 0.95).reason);
    assert_true(isnan(interrupted_series(points, 15, 8, 3, 0.95).beta[2]));
    assert_null(interrupted_series(points, 16, 8, 3, 0.95).reason);
    assert_true(interrupted_series(points, 16, 8, 3, 0.95).few);
    assert_false(interrupted_series(points, 24, 12, 3, 0.95).few);
    points[5].t = 4;
    assert_non_null(interrupted_series(points, 30, 15, 3, 0.95).reason);
}

/* Two units, two periods: (after − before) in the treated, less the same in the other. */
static void two_by_two_is_the_difference_of_differences(void **state)
{
    (void)state;
    const struct panel_row rows[] = {{0, 0, 0, 3}, {0, 1, 1, 9}, {1, 0, 0, 4}, {1, 1, 0, 5},
                                     {0, 0, 0, 3}, {0, 1, 1, 9}, {1, 0, 0, 4}, {1, 1, 0, 5}};
    struct difference_in_differences result = difference_in_differences(rows, 8, 2, 2, 0.95);
    assert_same(result.estimate, (9.0 - 3) - (5 - 4), 1e-12);
    assert_int_equal(result.treated_units, 1);
    assert_true(result.few);
    assert_non_null(difference_in_differences(rows, 4, 2, 2, 0.95).reason); /* no degrees of freedom left */
}

static void whatever_a_unit_or_a_period_adds_makes_no_difference(void **state)
{
    (void)state;
    enum { UNITS = 8, PERIODS = 5 };
    struct random_stream random = random_seed(46, 0);
    for (int trial = 0; trial < TRIALS / 4; trial++) {
        struct panel_row rows[UNITS * PERIODS];
        struct panel_row moved[UNITS * PERIODS];
        size_t order[UNITS * PERIODS];
        size_t count = 0;
        for (int32_t u = 0; u < UNITS; u++) {
            for (int32_t t = 0; t < PERIODS; t++) {
                if (random_uniform(&random) < 0.9) {
                    rows[count++] = (struct panel_row){u, t, u < 3 && t >= 2 ? 1 : 0, random_normal(&random)};
                }
            }
        }
        shuffle(&random, order, count);
        for (size_t i = 0; i < count; i++) {
            moved[i] = rows[order[i]];
            moved[i].y += 10 * moved[i].unit - 3 * moved[i].period * moved[i].period + 1.5 * moved[i].treated;
        }
        struct difference_in_differences one = difference_in_differences(rows, count, UNITS, PERIODS, 0.95);
        struct difference_in_differences two = difference_in_differences(moved, count, UNITS, PERIODS, 0.95);
        assert_null(one.reason);
        assert_true(fabs(two.estimate - one.estimate - 1.5) < 1e-9);
        assert_same(two.se, one.se, 1e-8);
        assert_true(one.lower < one.estimate && one.estimate < one.upper);
    }
}

static void treatment_that_cannot_be_told_apart_gives_no_number(void **state)
{
    (void)state;
    const struct panel_row nobody[] = {{0, 0, 0, 3}, {0, 1, 0, 9}, {1, 0, 0, 4},
                                       {1, 1, 0, 5}, {1, 2, 0, 5}, {0, 2, 0, 1}};
    const struct panel_row all[] = {{0, 0, 0, 3}, {0, 1, 1, 9}, {1, 0, 0, 4}, {1, 1, 1, 5}, {1, 2, 1, 5}, {0, 2, 1, 1}};
    assert_non_null(difference_in_differences(nobody, 6, 2, 3, 0.95).reason);
    assert_non_null(difference_in_differences(all, 6, 2, 3, 0.95).reason);
    assert_true(isnan(difference_in_differences(all, 6, 2, 3, 0.95).se));
    assert_non_null(difference_in_differences(NULL, 0, 0, 0, 0.95).reason);
    assert_non_null(difference_pre_trend(all, 6, 2, 3, 0.95).reason);
}

/* Of 40 units 5 are treated: t has 4 degrees of freedom, R's qt(0.975, 4), where all 40 would give it 39, qt(0.975, 39). */
static void an_interval_by_the_smaller_side_is_as_wide_as_few_units_make_it(void **state)
{
    (void)state;
    enum { UNITS = 40, PERIODS = 6 };
    static struct panel_row rows[UNITS * PERIODS];
    struct random_stream random = random_seed(41, 0);
    size_t count = 0;
    for (int32_t unit = 0; unit < UNITS; unit++) {
        for (int32_t period = 0; period < PERIODS; period++) {
            rows[count++] = (struct panel_row){unit, period, unit < 5 && period >= 3 ? 1 : 0, random_normal(&random)};
        }
    }
    const struct difference_in_differences all = difference_in_differences(rows, count, UNITS, PERIODS, 0.95);
    const struct difference_in_differences few = difference_by_smaller_side(all, 0.95);
    assert_true(all.few);
    assert_same((all.upper - all.estimate) / all.se, 2.02269092003676, 1e-9);
    assert_same((few.upper - few.estimate) / few.se, 2.77644510519779, 1e-9);
    assert_same(few.estimate - few.lower, few.upper - few.estimate, 1e-12);
    for (size_t i = 0; i < count; i++) {
        rows[i].treated = rows[i].unit == 0 ? rows[i].treated : 0;
    }
    const struct difference_in_differences one = difference_in_differences(rows, count, UNITS, PERIODS, 0.95);
    assert_true(isnan(difference_by_smaller_side(one, 0.95).lower));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_interval_by_the_smaller_side_is_as_wide_as_few_units_make_it),
        cmocka_unit_test(adjusted_p_values_keep_the_order_and_never_fall_below_p),
        cmocka_unit_test(turning_the_groups_round_turns_mantel_haenszel_round),
        cmocka_unit_test(one_stratum_gives_its_own_odds_ratio),
        cmocka_unit_test(strata_that_say_nothing_change_nothing),
        cmocka_unit_test(random_effects_move_and_scale_with_the_estimates),
        cmocka_unit_test(standardised_differences_do_not_grow_with_the_groups),
        cmocka_unit_test(an_interrupted_line_is_found_again),
        cmocka_unit_test(short_series_are_refused_and_those_not_long_are_marked),
        cmocka_unit_test(two_by_two_is_the_difference_of_differences),
        cmocka_unit_test(whatever_a_unit_or_a_period_adds_makes_no_difference),
        cmocka_unit_test(treatment_that_cannot_be_told_apart_gives_no_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
