/* What the property tests of stats/ share. */
#ifndef TESTS_STATS_NEAR_H
#define TESTS_STATS_NEAR_H

#include "referlens/base/memory.h"
#include "referlens/base/random.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Within `share` relative to the larger of the two, or 1e-12; NAN equals NAN. */
static inline void assert_same(double actual, double expected, double share)
{
    if (isnan(expected) && isnan(actual)) {
        return;
    }
    if (!(fabs(actual - expected) <= 1e-12 + share * fmax(fabs(actual), fabs(expected)))) {
        fail_msg("%.17g where %.17g was expected", actual, expected);
    }
}

static inline int64_t random_count(struct random_stream *random, int64_t maximum)
{
    return (int64_t)random_below(random, (uint64_t)maximum + 1);
}

/* A count from 1 to about 10^digits, all magnitudes alike. */
static inline int64_t random_size(struct random_stream *random, double digits)
{
    return (int64_t)pow(10, digits * random_uniform(random));
}

/* Puts `count` indexes in a random order. */
static inline void shuffle(struct random_stream *random, size_t *indexes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        indexes[i] = i;
    }
    for (size_t i = count; i > 1; i--) {
        size_t j = (size_t)random_below(random, i);
        size_t kept = indexes[i - 1];
        indexes[i - 1] = indexes[j];
        indexes[j] = kept;
    }
}

#endif
