#include "referlens/base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { DRAWS = 200000 };

/* The reference outputs that the rand_xoshiro crate took from Vigna's C for the state {1, 2, 3, 4}. */
static void bits_are_those_of_the_reference_generator(void **state)
{
    (void)state;
    const uint64_t expected[] = {UINT64_C(11520),
                                 UINT64_C(0),
                                 UINT64_C(1509978240),
                                 UINT64_C(1215971899390074240),
                                 UINT64_C(1216172134540287360),
                                 UINT64_C(607988272756665600),
                                 UINT64_C(16172922978634559625),
                                 UINT64_C(8476171486693032832),
                                 UINT64_C(10595114339597558777),
                                 UINT64_C(2904607092377533576)};
    struct random_stream random = {{1, 2, 3, 4}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_true(random_bits(&random) == expected[i]);
}

/* splitmix64's published outputs for the seed 1234567. */
static void a_seed_is_spread_by_splitmix64(void **state)
{
    (void)state;
    const uint64_t expected[4] = {UINT64_C(6457827717110365317), UINT64_C(3203168211198807973),
                                  UINT64_C(9817491932198370423), UINT64_C(4593380528125082431)};
    struct random_stream random = random_seed(1234567, 0);
    assert_memory_equal(random.state, expected, sizeof expected);
}

static void streams_of_a_seed_differ_and_repeat(void **state)
{
    (void)state;
    for (uint64_t stream = 0; stream < 1000; stream++) {
        struct random_stream a = random_seed(5, stream), b = random_seed(5, stream), c = random_seed(5, stream + 1);
        struct random_stream copy = a;
        uint64_t first = random_bits(&a);
        assert_true(first == random_bits(&b) && first == random_bits(&copy));
        assert_true(first != random_bits(&c));
    }
}

/* Neighbouring streams must not be correlated: r of n independent pairs has standard error 1/√n. */
static void neighbouring_streams_are_uncorrelated(void **state)
{
    (void)state;
    struct random_stream a = random_seed(5, 1), b = random_seed(5, 2), c = random_seed(6, 1);
    double sum_ab = 0, sum_ac = 0;
    for (int i = 0; i < DRAWS; i++) {
        double x = random_uniform(&a) - 0.5;
        sum_ab += x * (random_uniform(&b) - 0.5);
        sum_ac += x * (random_uniform(&c) - 0.5);
    }
    assert_true(fabs(12 * sum_ab / DRAWS) < 5 / sqrt(DRAWS));
    assert_true(fabs(12 * sum_ac / DRAWS) < 5 / sqrt(DRAWS));
}

static void uniforms_lie_in_the_half_open_unit_interval(void **state)
{
    (void)state;
    struct random_stream random = random_seed(1, 0);
    double sum = 0;
    for (int i = 0; i < DRAWS; i++) {
        double u = random_uniform(&random);
        assert_true(u >= 0 && u < 1);
        sum += u;
    }
    assert_true(fabs(sum / DRAWS - 0.5) < 5 * sqrt(1.0 / 12 / DRAWS));
}

static void bounded_numbers_are_spread_evenly(void **state)
{
    (void)state;
    const uint64_t bounds[] = {1, 2, 3, 7, 8, 10};
    struct random_stream random = random_seed(2, 0);
    for (size_t k = 0; k < sizeof bounds / sizeof *bounds; k++) {
        double counts[10] = {0}, expected = (double)DRAWS / (double)bounds[k];
        for (int i = 0; i < DRAWS; i++) {
            uint64_t value = random_below(&random, bounds[k]);
            assert_true(value < bounds[k]);
            counts[value]++;
        }
        for (uint64_t value = 0; value < bounds[k]; value++)
            assert_true(fabs(counts[value] - expected) <= 5 * sqrt(expected));
    }
    assert_true(random_below(&random, UINT64_MAX) < UINT64_MAX);
}

/* Mean, variance, third and fourth moments: 0, 1, 0 and 3 with variances 1, 2, 15 and 96 over n. */
static void normals_have_the_normal_moments(void **state)
{
    (void)state;
    struct random_stream random = random_seed(3, 0);
    double sums[5] = {0};
    for (int i = 0; i < DRAWS; i++) {
        double x = random_normal(&random);
        for (int power = 1; power <= 4; power++)
            sums[power] += pow(x, power);
    }
    const double expected[5] = {0, 0, 1, 0, 3}, variance[5] = {0, 1, 2, 15, 96};
    for (int power = 1; power <= 4; power++)
        assert_true(fabs(sums[power] / DRAWS - expected[power]) < 5 * sqrt(variance[power] / DRAWS));
}

/* The uniform of the same stream gives the same number through the library's own logarithm, to its last bits. */
static void exponentials_are_the_logarithms_of_uniforms(void **state)
{
    (void)state;
    struct random_stream random = random_seed(4, 0), twin = random;
    double sum = 0;
    for (int i = 0; i < DRAWS; i++) {
        double x = random_exponential(&random), expected = -log1p(-random_uniform(&twin));
        assert_true(x >= 0 && fabs(x - expected) <= 4e-16 * fmax(1, expected));
        sum += x;
    }
    assert_true(fabs(sum / DRAWS - 1) < 5 / sqrt(DRAWS));
}

/* Chi-squared against the distribution's own probabilities, over the values that are expected ten times. */
static void check_poisson(double mean)
{
    enum { VALUES = 4096 };
    static double counts[VALUES];
    struct random_stream random = random_seed(5, (uint64_t)(mean * 10));
    memset(counts, 0, sizeof counts);
    for (int i = 0; i < DRAWS; i++) {
        uint64_t value = random_poisson(&random, mean);
        assert_true(value < VALUES);
        counts[value]++;
    }
    double chi_squared = 0, degrees = 0;
    for (int value = 0; value < VALUES; value++) {
        double expected = DRAWS * exp(value * log(mean) - mean - lgamma(value + 1.0));
        if (expected < 10)
            continue;
        chi_squared += (counts[value] - expected) * (counts[value] - expected) / expected;
        degrees++;
    }
    if (fabs(chi_squared - degrees) > 5 * sqrt(2 * degrees))
        fail_msg("mean %g: chi-squared %g on %g", mean, chi_squared, degrees);
}

static void poisson_numbers_have_the_poisson_distribution(void **state)
{
    (void)state;
    const double means[] = {0.05, 0.5, 3, 9.9, 10, 12.5, 50, 400, 2000};
    for (size_t i = 0; i < sizeof means / sizeof *means; i++)
        check_poisson(means[i]);
}

static void a_poisson_number_with_no_mean_is_zero(void **state)
{
    (void)state;
    struct random_stream random = random_seed(6, 0);
    assert_int_equal(random_poisson(&random, 0), 0);
    assert_int_equal(random_poisson(&random, NAN), 0);
    assert_true(random_poisson(&random, 1e9) > 999000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bits_are_those_of_the_reference_generator),
        cmocka_unit_test(a_seed_is_spread_by_splitmix64),
        cmocka_unit_test(streams_of_a_seed_differ_and_repeat),
        cmocka_unit_test(neighbouring_streams_are_uncorrelated),
        cmocka_unit_test(uniforms_lie_in_the_half_open_unit_interval),
        cmocka_unit_test(bounded_numbers_are_spread_evenly),
        cmocka_unit_test(normals_have_the_normal_moments),
        cmocka_unit_test(exponentials_are_the_logarithms_of_uniforms),
        cmocka_unit_test(poisson_numbers_have_the_poisson_distribution),
        cmocka_unit_test(a_poisson_number_with_no_mean_is_zero),
    };
    return cmocka_run_group_tests_name("base/random", tests, NULL, NULL);
}
