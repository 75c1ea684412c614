/* Cumulative incidences of several competing ends, step by step; and life tables from single subjects.
 *
 * For one end at many horizons, and its median, incidence.h is the shorter way.
 */
#ifndef REFERLENS_STATS_AALEN_JOHANSEN_H
#define REFERLENS_STATS_AALEN_JOHANSEN_H

#include "referlens/stats/incidence.h"

#include <stddef.h>
#include <stdint.h>

/* Groups subjects by time. `states` holds 0 for censored and 1 … state_count for the ends. Receives the distinct times,
 * ascending, in `times_out` (room for `count`) and in `counts_out` (room for count × (state_count + 1)) how many left
 * to each state then: row by row, state 0 first. Returns the number of rows. */
size_t life_table_of_subjects(const double *times, const int32_t *states, size_t count, int32_t state_count,
                              double *times_out, int64_t *counts_out);

/* Incidence, standard error and log-log limits of each end behind each row. `counts` as above; `points` has room for
 * row_count × state_count: row by row, the first end first. `z` is the two-sided normal quantile. */
void aalen_johansen(const int64_t *counts, size_t row_count, int32_t state_count, double z,
                    struct incidence_point *points);

#endif
