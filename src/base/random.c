#include "referlens/base/random.h"

#include <math.h>

static uint64_t rotate_left(uint64_t bits, int places)
{
    return bits << places | bits >> (64 - places);
}

/* The finalizer of splitmix64: one to one, and 0 stays 0. */
static uint64_t mix(uint64_t bits)
{
    bits = (bits ^ bits >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    bits = (bits ^ bits >> 27) * UINT64_C(0x94D049BB133111EB);
    return bits ^ bits >> 31;
}

struct random_stream random_seed(uint64_t seed, uint64_t stream)
{
    struct random_stream random;
    uint64_t counter = seed ^ mix(stream); /* stream 0 is seeded as the authors of the generator say */
    for (int i = 0; i < 4; i++) {
        counter += UINT64_C(0x9E3779B97F4A7C15);
        random.state[i] = mix(counter);
    }
    return random;
}

uint64_t random_bits(struct random_stream *random)
{
    uint64_t *state = random->state;
    uint64_t result = rotate_left(state[1] * 5, 7) * 9;
    uint64_t shifted = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate_left(state[3], 45);
    return result;
}

double random_uniform(struct random_stream *random)
{
    return (double)(random_bits(random) >> 11) * 0x1p-53;
}

uint64_t random_below(struct random_stream *random, uint64_t bound)
{
    if (bound <= 1)
        return 0;
    int spare_bits = __builtin_clzll(bound - 1);
    for (;;) {
        uint64_t candidate = random_bits(random) >> spare_bits;
        if (candidate < bound)
            return candidate;
    }
}

/* The natural logarithm of a positive normal number, from basic operations only, which IEEE 754 defines to the last
 * bit; a library's log may differ in it from one processor to the next. ln m = 2 artanh((m - 1)/(m + 1)), for m within
 * [1/√2, √2], where 12 terms of the series leave less than 2^-60. */
static double portable_log(double value)
{
    int exponent;
    double mantissa = frexp(value, &exponent);
    if (mantissa < 0.70710678118654752) {
        mantissa *= 2;
        exponent--;
    }
    double ratio = (mantissa - 1) / (mantissa + 1);
    double square = ratio * ratio;
    double sum = 0;
    for (int odd = 23; odd >= 1; odd -= 2)
        sum = sum * square + 1.0 / odd;
    return exponent * 0.69314718055994531 + 2 * ratio * sum;
}

double random_normal(struct random_stream *random)
{
    for (;;) {
        double x = 2 * random_uniform(random) - 1;
        double y = 2 * random_uniform(random) - 1;
        double square = x * x + y * y;
        if (square > 0 && square < 1)
            return x * sqrt(-2 * portable_log(square) / square);
    }
}

double random_exponential(struct random_stream *random)
{
    return -portable_log(1 - random_uniform(random));
}

/* Knuth: how many uniforms can be multiplied before the product is below e^-mean. */
static uint64_t poisson_by_product(struct random_stream *random, double mean)
{
    double limit = exp(-mean), product = random_uniform(random);
    uint64_t count = 0;
    for (; product > limit; count++)
        product *= random_uniform(random);
    return count;
}

/* Transformed rejection with squeeze: Hörmann 1993, "The transformed rejection method for generating Poisson random
 * variables", algorithm PTRS. For means of at least 10. */
static uint64_t poisson_by_rejection(struct random_stream *random, double mean)
{
    double b = 0.931 + 2.53 * sqrt(mean);
    double a = -0.059 + 0.02483 * b;
    double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    double squeeze = 0.9277 - 3.6224 / (b - 2);
    for (;;) {
        double u = random_uniform(random) - 0.5;
        double v = 1 - random_uniform(random); /* never 0, whose logarithm there is not */
        double tail = 0.5 - fabs(u);
        if (tail <= 0)
            continue;
        double count = floor((2 * a / tail + b) * u + mean + 0.43);
        if (tail >= 0.07 && v <= squeeze)
            return (uint64_t)count;
        if (count < 0 || (tail < 0.013 && v > tail))
            continue;
        int sign;
        if (log(v * inverse_alpha / (a / (tail * tail) + b)) <= count * log(mean) - mean - lgamma_r(count + 1, &sign))
            return (uint64_t)count;
    }
}

uint64_t random_poisson(struct random_stream *random, double mean)
{
    if (!(mean > 0))
        return 0;
    return mean < 10 ? poisson_by_product(random, mean) : poisson_by_rejection(random, mean);
}
