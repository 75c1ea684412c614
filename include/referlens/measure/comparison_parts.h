/* What each practice has of each pair of schemes: its rows, hits, weights and parts (struct comparison_part).
 *
 * One pass over all rows serves every pair: the reference takes part in all of them, and what its rows lie above what
 * they lead to expect is the same in each. A block's rows are taken cell by cell (stratum × scheme), so that what they
 * share is worked out once a cell. All sums are of whole numbers: their order and the number of workers make no
 * difference. Called by comparison_pair.c.
 */
#ifndef REFERLENS_MEASURE_COMPARISON_PARTS_H
#define REFERLENS_MEASURE_COMPARISON_PARTS_H

#include "referlens/measure/comparison_pair.h"

/* Fills the parts, which are all 0, of the pairs that are there; `pairs` is by scheme, NULL for those that are not. */
void comparison_parts_fill(const struct comparison_tally *tally, const struct comparison_fit *fit, size_t worker_count,
                           struct comparison_pair *const pairs[SCHEME_COUNT]);

#endif
