/* Tallies: the counts of one slice, from which all of its results follow.
 *
 * Rows are added, tallies are merged, and results are read off; counts are whole numbers, so neither the order nor the
 * grouping of additions matters. One thread uses one tally.
 */
#ifndef REFERLENS_MEASURE_TALLY_H
#define REFERLENS_MEASURE_TALLY_H

#include "referlens/measure/evaluated.h"

struct tally;

/* An empty tally for slices of the evaluation; NULL is allowed in tally_free. */
struct tally *tally_new(const struct evaluation *evaluation);
void tally_free(struct tally *tally);

/* Empties it. */
void tally_clear(struct tally *tally);

/* Adds the rows that `index` names (numbers of the evaluation's rows). */
void tally_add(struct tally *tally, const uint32_t *index, size_t count);

/* Adds everything that `from` holds. */
void tally_merge(struct tally *to, const struct tally *from);

/* How many rows it holds. */
size_t tally_count(const struct tally *tally);

/* Adds the result of every measure for what has been tallied, as that of `slice`. */
void tally_results(struct tally *tally, struct slice slice, struct result_list *results);

/* The life table of one delay, ascending; good until the tally is used again. */
const struct life_table_row *tally_life_table(struct tally *tally, size_t measure, size_t *row_count,
                                              int32_t *follow_up_maximum);

/* The last day of a life table on which no fewer than AT_RISK_MIN were at risk, or at least as many as had been censored
 * before; INFINITY where that is its last, NAN where there is none. `censored`: of all rows. `masked`: by masked counts. */
double tally_followed_until(const struct life_table_row *rows, size_t row_count, double censored, bool masked);

#endif
