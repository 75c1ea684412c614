#include "oracle.h"

#include "referlens/stats/incidence.h"
#include "referlens/stats/interval.h"
#include "referlens/stats/quantile.h"
#include "referlens/stats/standardise.h"

static void assert_interval(struct interval actual, const cJSON *answer, const char *lower, const char *upper)
{
    assert_near(actual.lower, oracle_number(answer, lower), lower);
    assert_near(actual.upper, oracle_number(answer, upper), upper);
}

static void check_wilson(const cJSON *input, const cJSON *answer)
{
    assert_interval(wilson_interval((int64_t)oracle_number(input, "count"), (int64_t)oracle_number(input, "total"),
                                    oracle_number(input, "level")),
                    answer, "lower", "upper");
}

static void wilson_is_prop_test_without_correction(void **state)
{
    (void)state;
    for_each_case("intervals", "wilson", check_wilson);
}

static void check_clopper_pearson(const cJSON *input, const cJSON *answer)
{
    assert_interval(clopper_pearson_interval((int64_t)oracle_number(input, "count"),
                                             (int64_t)oracle_number(input, "total"), oracle_number(input, "level")),
                    answer, "lower", "upper");
}

static void clopper_pearson_is_binom_test(void **state)
{
    (void)state;
    for_each_case("intervals", "clopper_pearson", check_clopper_pearson);
}

static void check_newcombe(const cJSON *input, const cJSON *answer)
{
    size_t count = 0;
    int64_t *counts = oracle_counts(input, "counts", &count);
    struct estimate actual =
        newcombe_difference(counts[0], counts[1], counts[2], counts[3], oracle_number(input, "level"));
    assert_near(actual.value, oracle_number(answer, "value"), "value");
    assert_near(actual.lower, oracle_number(answer, "lower"), "lower");
    assert_near(actual.upper, oracle_number(answer, "upper"), "upper");
    memory_free(counts);
}

static void newcombe_is_built_from_score_intervals(void **state)
{
    (void)state;
    for_each_case("intervals", "newcombe", check_newcombe);
}

/* Newcombe 1998, Statistics in Medicine 17:873, table II, method 10: to the four decimals printed there. */
static void newcombe_gives_the_published_table(void **state)
{
    (void)state;
    static const struct {
        int64_t x1, n1, x2, n2;
        double lower, upper;
    } rows[] = {
        {56, 70, 48, 80, 0.0524, 0.3339}, {9, 10, 3, 10, 0.1705, 0.8090},  {6, 7, 2, 7, 0.0582, 0.8062},
        {5, 56, 0, 29, -0.0381, 0.1926},  {0, 10, 0, 20, -0.1611, 0.2775}, {0, 10, 0, 10, -0.2775, 0.2775},
        {10, 10, 0, 20, 0.6791, 1.0},     {10, 10, 0, 10, 0.6075, 1.0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct estimate actual = newcombe_difference(rows[i].x1, rows[i].n1, rows[i].x2, rows[i].n2, 0.95);
        assert_true(fabs(actual.lower - rows[i].lower) < 0.00005001);
        assert_true(fabs(actual.upper - rows[i].upper) < 0.00005001);
    }
}

/* Newcombe 1998, Statistics in Medicine 17:857, table I, method 3. */
static void wilson_gives_the_published_table(void **state)
{
    (void)state;
    static const struct {
        int64_t x, n;
        double lower, upper;
    } rows[] = {{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0.0, 0.1611}, {1, 29, 0.0061, 0.1718}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct interval actual = wilson_interval(rows[i].x, rows[i].n, 0.95);
        assert_true(fabs(actual.lower - rows[i].lower) < 0.00005001);
        assert_true(fabs(actual.upper - rows[i].upper) < 0.00005001);
    }
}

static void check_poisson(const cJSON *input, const cJSON *answer)
{
    double count = oracle_number(input, "count");
    double level = oracle_number(input, "level");
    assert_interval(poisson_exact_interval(count, level), answer, "exact_lower", "exact_upper");
    assert_interval(byar_interval(count, level), answer, "byar_lower", "byar_upper");
    assert_interval(rate_interval(count, level), answer, "rate_lower", "rate_upper");
}

static void counts_have_poisson_test_and_byar_limits(void **state)
{
    (void)state;
    for_each_case("intervals", "poisson", check_poisson);
}

static void check_normal(const cJSON *input, const cJSON *answer)
{
    assert_near(normal_quantile_two_sided(oracle_number(input, "level")), oracle_number(answer, "z"), "z");
}

static void check_student(const cJSON *input, const cJSON *answer)
{
    assert_near(student_quantile_two_sided(oracle_number(input, "level"), oracle_number(input, "degrees")),
                oracle_number(answer, "t"), "t");
}

static void check_chi_square(const cJSON *input, const cJSON *answer)
{
    double expected = oracle_number(answer, "p");
    double actual = chi_square_upper_tail(oracle_number(input, "x"), oracle_number(input, "degrees"));
    assert_near(actual, expected, "p");
    assert_true(fabs(actual - expected) <= 1e-9 * expected); /* far out in the tail too */
}

static void check_binomial_half(const cJSON *input, const cJSON *answer)
{
    assert_int_equal(
        binomial_half_quantile(oracle_number(input, "probability"), (int64_t)oracle_number(input, "trials")),
        (int64_t)oracle_number(answer, "k"));
}

static void check_gamma(const cJSON *input, const cJSON *answer)
{
    double p = oracle_number(input, "p");
    double shape = oracle_number(input, "shape");
    assert_near(gamma_lower_quantile(p, shape), oracle_number(answer, "lower"), "gamma lower");
    assert_near(gamma_upper_quantile(p, shape), oracle_number(answer, "upper"), "gamma upper");
}

static void check_beta(const cJSON *input, const cJSON *answer)
{
    double p = oracle_number(input, "p");
    double a = oracle_number(input, "a");
    double b = oracle_number(input, "b");
    assert_near(beta_lower_quantile(p, a, b), oracle_number(answer, "lower"), "beta lower");
    assert_near(beta_upper_quantile(p, a, b), oracle_number(answer, "upper"), "beta upper");
}

static void distributions_are_those_of_r(void **state)
{
    (void)state;
    for_each_case("intervals", "normal", check_normal);
    for_each_case("intervals", "student", check_student);
    for_each_case("intervals", "chi_square", check_chi_square);
    for_each_case("intervals", "binomial_half", check_binomial_half);
    for_each_case("intervals", "gamma", check_gamma);
    for_each_case("intervals", "beta", check_beta);
}

static void check_dsr(const cJSON *input, const cJSON *answer)
{
    size_t count = 0;
    int64_t *events = oracle_counts(input, "count", &count);
    double *population = oracle_numbers(input, "population", &count);
    double *weight = oracle_numbers(input, "weight", &count);
    struct stratum *strata = memory_allocate_zeroed(count, sizeof *strata);
    for (size_t i = 0; i < count; i++) {
        strata[i] = (struct stratum){events[i], population[i], weight[i]};
    }
    struct standardised_rate actual = direct_standardisation(strata, count, oracle_number(input, "level"));
    assert_near(actual.value, oracle_number(answer, "value"), "value");
    assert_near(actual.lower, oracle_number(answer, "lower"), "lower");
    assert_near(actual.upper, oracle_number(answer, "upper"), "upper");
    assert_true(isnan(actual.value) == (actual.reason != NULL));
    memory_free(events);
    memory_free(population);
    memory_free(weight);
    memory_free(strata);
}

static void directly_standardised_rates_have_dobsons_limits(void **state)
{
    (void)state;
    for_each_case("intervals", "dsr", check_dsr);
}

static void check_quantile(const cJSON *input, const cJSON *answer)
{
    size_t count = 0;
    size_t wanted = 0;
    double *x = oracle_numbers(input, "x", &count);
    double *p = oracle_numbers(input, "p", &wanted);
    double *expected = oracle_numbers(answer, "q", &wanted);
    struct value_count *table = memory_allocate_zeroed(count, sizeof *table);
    struct life_table_row *life = memory_allocate_zeroed(count, sizeof *life);
    double *sorted = memory_allocate_zeroed(count, sizeof *sorted);
    size_t rows = 0;

    memcpy(sorted, x, count * sizeof *x);
    sort_numbers(sorted, count);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || sorted[i] != sorted[i - 1]) {
            table[rows].value = sorted[i];
            life[rows++].time = (int32_t)sorted[i];
        }
        table[rows - 1].count++;
        life[rows - 1].events++;
        life[rows - 1].censored = 3; /* counts for nothing here */
    }
    for (size_t i = 0; i < wanted; i++) {
        assert_near(quantile_of(x, count, p[i]), expected[i], "unsorted");
        assert_near(quantile_of_sorted(sorted, count, p[i]), expected[i], "sorted");
        assert_near(quantile_of_table(table, rows, p[i]), expected[i], "table");
        assert_near(life_table_completed_quantile(life, rows, p[i]), expected[i], "life table");
    }
    memory_free(x);
    memory_free(p);
    memory_free(expected);
    memory_free(table);
    memory_free(life);
    memory_free(sorted);
}

static void quantiles_are_of_type_7(void **state)
{
    (void)state;
    for_each_case("intervals", "quantile", check_quantile);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wilson_is_prop_test_without_correction),
        cmocka_unit_test(wilson_gives_the_published_table),
        cmocka_unit_test(clopper_pearson_is_binom_test),
        cmocka_unit_test(newcombe_is_built_from_score_intervals),
        cmocka_unit_test(newcombe_gives_the_published_table),
        cmocka_unit_test(counts_have_poisson_test_and_byar_limits),
        cmocka_unit_test(distributions_are_those_of_r),
        cmocka_unit_test(directly_standardised_rates_have_dobsons_limits),
        cmocka_unit_test(quantiles_are_of_type_7),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
