/* A scheme and the reference, stratum by stratum and practice by practice.
 *
 * Every stratum that both sides have gets the weight that it has in the two together. Side k's standardised mean of a
 * quantity is Σ w(s)·mean(k, s). To tell how sure that is, each practice gets its part of it: what its referrals lie
 * above or below what their strata lead to expect, each counted with the weight that it has in the standardised mean.
 * "Expected" is level(s) × ratio(k), fitted to all schemes together: the mean of the side's own stratum would take the
 * practice's own numbers for expected wherever a stratum is small, and make intervals too narrow.
 */
#ifndef REFERLENS_MEASURE_COMPARISON_PAIR_H
#define REFERLENS_MEASURE_COMPARISON_PAIR_H

#include "referlens/measure/comparison_tally.h"
#include "referlens/stats/clustered_difference.h"

enum { COMPARISON_OWN, COMPARISON_REFERENCE, COMPARISON_SIDES };

/* level × ratio, by stratum, scheme and quantity. */
struct comparison_fit {
    double *expected;
};
struct comparison_fit comparison_fit_of(const struct comparison_tally *tally, size_t worker_count);
void comparison_fit_release(struct comparison_fit *fit);

/* What one practice has on one side: by denominator, rows and (of proportions) hits; by weighing its weight, and by
 * quantity its part, in units of 2^-COMPARISON_SCALE so that sums do not depend on their order. */
enum { COMPARISON_SCALE = 50 };
struct comparison_part {
    uint32_t rows; /* referrals and advice requests */
    uint32_t counts[DENOMINATORS_MAX], hits[DENOMINATORS_MAX];
    int64_t weights[WEIGHINGS_MAX];
    int64_t parts[QUANTITIES_MAX];
};

struct comparison_pair {
    const struct comparison_tally *tally;
    uint32_t schemes[COMPARISON_SIDES];
    double *weights; /* by stratum, side and weighing: of one row */
    struct comparison_left_out left_out[WEIGHINGS_MAX];
    struct comparison_left_out unlike[DENOMINATORS_MAX]; /* however long anybody was followed */
    double means[COMPARISON_SIDES][QUANTITIES_MAX];      /* standardised; NAN without a common stratum */
    struct comparison_part *parts;                       /* by practice and side */
    const double *sizes;                                 /* by practice: the list size, NAN where unknown; borrowed */
};

/* The pairs of the schemes that `schemes` names with the reference, by scheme; NULL for all others. Each is to be
 * freed. */
void comparison_pairs_new(const struct comparison_tally *tally, const bool schemes[SCHEME_COUNT], const double *sizes,
                          size_t worker_count, struct comparison_pair *pairs[SCHEME_COUNT]);
void comparison_pair_free(struct comparison_pair *pair);

static inline const struct comparison_part *comparison_part(const struct comparison_pair *pair, size_t practice,
                                                            size_t side)
{
    return &pair->parts[practice * COMPARISON_SIDES + side];
}

/* The difference between two sides of practices. Each row's covariate is the logarithm of its list size: with
 * COMPARISON_PRACTICES_MIN practices or more on each side, all of known size, the two are compared at the same size,
 * unless each side has one size of its own, which can not be told from the side. `at_one_size` says whether they are,
 * as those are too that are all of one size. */
#define COMPARISON_LEVEL 0.95
struct clustered_difference comparison_clustered(const struct clustered_row *rows, size_t count, bool *at_one_size);

/* What a difference of a quantity rests on, a row for each practice and side that has any weight; their weighted means
 * are the standardised ones. `rows` has room for COMPARISON_SIDES times the practices. Returns how many. */
size_t comparison_rows(const struct comparison_pair *pair, size_t weighing, size_t quantity,
                       struct clustered_row *rows);

/* The difference of a quantity; `at_one_size` as comparison_clustered has it. */
struct clustered_difference comparison_difference(const struct comparison_pair *pair, size_t weighing, size_t quantity,
                                                  bool *at_one_size);

#endif
