#include "near.h"

#include "referlens/stats/interval.h"
#include "referlens/stats/standardise.h"

enum { TRIALS = 3000 };

static const double levels[] = {0.5, 0.9, 0.95, 0.998};

static void assert_holds(struct interval interval, double estimate, double low, double high)
{
    assert_true(interval.lower >= low && interval.upper <= high);
    assert_true(interval.lower <= estimate * (1 + 1e-12) && estimate <= interval.upper * (1 + 1e-12));
}

static void intervals_hold_the_estimate_and_stay_in_range(void **state)
{
    (void)state;
    struct random_stream random = random_seed(11, 0);
    for (int i = 0; i < TRIALS; i++) {
        int64_t n = random_size(&random, 7);
        int64_t x = random_count(&random, n);
        double level = levels[i % 4];
        assert_holds(wilson_interval(x, n, level), (double)x / (double)n, 0, 1);
        assert_holds(clopper_pearson_interval(x, n, level), (double)x / (double)n, 0, 1);
        assert_holds(poisson_exact_interval((double)x, level), (double)x, 0, INFINITY);
        assert_holds(rate_interval((double)x, level), (double)x, 0, INFINITY);
        struct estimate difference = newcombe_difference(x, n, random_count(&random, 30), 30, level);
        assert_holds((struct interval){difference.lower + 1, difference.upper + 1}, difference.value + 1, -1e-12,
                     2 + 1e-12);
    }
}

static void proportions_mirror_when_events_become_failures(void **state)
{
    (void)state;
    struct random_stream random = random_seed(12, 0);
    for (int i = 0; i < TRIALS; i++) {
        int64_t n = random_size(&random, 6);
        int64_t x = random_count(&random, n);
        struct interval wilson = wilson_interval(x, n, 0.95);
        struct interval mirror = wilson_interval(n - x, n, 0.95);
        assert_same(wilson.lower, 1 - mirror.upper, 1e-12);
        assert_same(wilson.upper, 1 - mirror.lower, 1e-12);
        struct interval exact = clopper_pearson_interval(x, n, 0.95);
        struct interval exact_mirror = clopper_pearson_interval(n - x, n, 0.95);
        assert_same(exact.lower, 1 - exact_mirror.upper, 1e-11);
        assert_same(exact.upper, 1 - exact_mirror.lower, 1e-11);
        struct estimate one = newcombe_difference(x, n, 3, 8, 0.95);
        struct estimate other = newcombe_difference(3, 8, x, n, 0.95);
        assert_same(one.value, -other.value, 0);
        assert_same(one.lower, -other.upper, 1e-12);
    }
}

/* Wilson's limits are where the score test is just significant: (p̂ − p)² = z²p(1 − p)/n. */
static void wilson_limits_solve_the_score_equation(void **state)
{
    (void)state;
    struct random_stream random = random_seed(13, 0);
    double z = normal_quantile_two_sided(0.95);
    for (int i = 0; i < TRIALS; i++) {
        int64_t n = random_size(&random, 5);
        int64_t x = random_count(&random, n);
        struct interval interval = wilson_interval_z(x, n, z);
        const double limits[] = {interval.lower, interval.upper};
        for (size_t j = 0; j < 2; j++) {
            double distance = (double)x / (double)n - limits[j];
            double variance = limits[j] * (1 - limits[j]) / (double)n;
            assert_true(fabs(distance * distance - z * z * variance) < 1e-10 * (z * z * variance + 1e-3));
        }
    }
}

static void a_higher_level_is_wider_and_more_data_narrower(void **state)
{
    (void)state;
    struct random_stream random = random_seed(14, 0);
    for (int i = 0; i < TRIALS; i++) {
        int64_t n = random_size(&random, 4);
        int64_t x = random_count(&random, n);
        struct interval narrow = wilson_interval(x, n, 0.95);
        struct interval wide = wilson_interval(x, n, 0.998);
        struct interval more = wilson_interval(10 * x, 10 * n, 0.95);
        assert_true(wide.lower <= narrow.lower && narrow.upper <= wide.upper);
        assert_true(more.upper - more.lower < narrow.upper - narrow.lower);
    }
}

static void without_an_answer_both_limits_are_nan(void **state)
{
    (void)state;
    static const int64_t bad[][2] = {{0, 0}, {-1, 5}, {6, 5}, {0, -1}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_true(isnan(wilson_interval(bad[i][0], bad[i][1], 0.95).lower));
        assert_true(isnan(wilson_interval(bad[i][0], bad[i][1], 0.95).upper));
        assert_true(isnan(clopper_pearson_interval(bad[i][0], bad[i][1], 0.95).upper));
        assert_true(isnan(newcombe_difference(bad[i][0], bad[i][1], 1, 2, 0.95).value));
        assert_true(isnan(newcombe_difference(1, 2, bad[i][0], bad[i][1], 0.95).lower));
    }
    static const double bad_levels[] = {0, 1, -0.5, 95, NAN};
    for (size_t i = 0; i < sizeof bad_levels / sizeof bad_levels[0]; i++) {
        assert_true(isnan(wilson_interval(1, 2, bad_levels[i]).lower));
        assert_true(isnan(clopper_pearson_interval(1, 2, bad_levels[i]).lower));
        assert_true(isnan(rate_interval(5, bad_levels[i]).lower));
        assert_true(isnan(byar_interval(5, bad_levels[i]).upper));
    }
    assert_true(isnan(rate_interval(-1, 0.95).upper));
    assert_true(isnan(rate_interval(NAN, 0.95).upper));
}

/* Byar's approximation breaks at 0; the rate's interval, exact below 10, does not. */
static void a_count_of_0_has_an_interval(void **state)
{
    (void)state;
    assert_true(isnan(byar_interval(0, 0.95).lower));
    assert_true(rate_interval(0, 0.95).lower == 0);
    assert_same(rate_interval(0, 0.95).upper, -log(0.025), 1e-12);
}

/* R: with ri() the exact limits (qchisq) below 10 events and Byar's from there on, p ∓ sqrt((p1 − l1)² + (u2 − p2)²) and
 * so on. In simulations of 20,000 the interval holds the truth in 95.6 to 97.3 %. */
static void a_difference_of_rates_combines_their_intervals(void **state)
{
    (void)state;
    const struct estimate difference = rate_difference(30, 10, 4, 2, 0.95);
    assert_same(difference.value, 1, 1e-12);
    assert_same(difference.lower, -2.26994355928628, 1e-12);
    assert_same(difference.upper, 2.93981755655715, 1e-12);
    const struct estimate none = rate_difference(0, 5, 12, 4, 0.95);
    assert_same(none.lower, -5.24071451340417, 1e-12);
    assert_same(none.upper, -1.37165075567905, 1e-12);
    assert_true(isnan(rate_difference(1, 0, 1, 1, 0.95).value));
    assert_true(isnan(rate_difference(1, 1, NAN, 1, 0.95).upper));
}

/* The two methods meet at the change-over: nobody should see a jump from 9 to 10 events. */
static void byar_is_close_to_exact_where_it_takes_over(void **state)
{
    (void)state;
    struct interval byar = byar_interval(10, 0.95);
    struct interval exact = poisson_exact_interval(10, 0.95);
    assert_true(fabs(byar.lower - exact.lower) < 0.02 && fabs(byar.upper - exact.upper) < 0.02);
    assert_true(rate_interval(9, 0.95).lower == poisson_exact_interval(9, 0.95).lower);
    assert_true(rate_interval(10, 0.95).lower == byar.lower);
}

static void standardisation_ignores_the_scale_of_the_weights(void **state)
{
    (void)state;
    struct random_stream random = random_seed(15, 0);
    for (int i = 0; i < TRIALS; i++) {
        struct stratum strata[5];
        struct stratum scaled[5];
        struct stratum turned[5];
        for (size_t j = 0; j < 5; j++) {
            double population = (double)random_size(&random, 5);
            strata[j] = (struct stratum){random_count(&random, 40), population, (double)random_size(&random, 3)};
            scaled[j] = strata[j];
            scaled[j].weight *= 7.25;
            turned[4 - j] = strata[j];
        }
        struct standardised_rate plain = direct_standardisation(strata, 5, 0.95);
        struct standardised_rate other = direct_standardisation(scaled, 5, 0.95);
        struct standardised_rate last = direct_standardisation(turned, 5, 0.95);
        assert_same(plain.value, other.value, 1e-12);
        assert_same(plain.upper, other.upper, 1e-12);
        assert_same(plain.lower, last.lower, 1e-12);
    }
}

/* With the population itself as the standard the rate is the crude one, with the limits of the count. */
static void standardising_to_itself_changes_nothing(void **state)
{
    (void)state;
    const struct stratum strata[] = {{40, 1000, 1000}, {70, 3000, 3000}};
    struct standardised_rate rate = direct_standardisation(strata, 2, 0.95);
    struct interval count = rate_interval(110, 0.95);
    assert_same(rate.value, 110.0 / 4000, 1e-12);
    assert_same(rate.lower, count.lower / 4000, 1e-12);
    assert_same(rate.upper, count.upper / 4000, 1e-12);
}

static void a_standardised_rate_says_why_there_is_none(void **state)
{
    (void)state;
    const struct stratum few[] = {{4, 1000, 1}, {5, 3000, 1}};
    const struct stratum empty[] = {{40, 1000, 1}, {0, 0, 1}};
    const struct stratum weightless[] = {{40, 1000, 0}};
    assert_non_null(direct_standardisation(few, 2, 0.95).reason);
    assert_non_null(direct_standardisation(empty, 2, 0.95).reason);
    assert_non_null(direct_standardisation(weightless, 1, 0.95).reason);
    assert_non_null(direct_standardisation(NULL, 0, 0.95).reason);
    assert_true(isnan(direct_standardisation(few, 2, 0.95).value));
    assert_non_null(indirect_standardisation(5, 0, 0.95).reason);
    assert_non_null(indirect_standardisation(-1, 2, 0.95).reason);
    assert_null(indirect_standardisation(0, 2, 0.95).reason);
    assert_same(indirect_standardisation(0, 2, 0.95).upper, -log(0.025) / 2, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_hold_the_estimate_and_stay_in_range),
        cmocka_unit_test(proportions_mirror_when_events_become_failures),
        cmocka_unit_test(wilson_limits_solve_the_score_equation),
        cmocka_unit_test(a_higher_level_is_wider_and_more_data_narrower),
        cmocka_unit_test(without_an_answer_both_limits_are_nan),
        cmocka_unit_test(a_count_of_0_has_an_interval),
        cmocka_unit_test(a_difference_of_rates_combines_their_intervals),
        cmocka_unit_test(byar_is_close_to_exact_where_it_takes_over),
        cmocka_unit_test(standardisation_ignores_the_scale_of_the_weights),
        cmocka_unit_test(standardising_to_itself_changes_nothing),
        cmocka_unit_test(a_standardised_rate_says_why_there_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
