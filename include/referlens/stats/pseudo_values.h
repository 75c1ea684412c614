/* Pseudo-values: what each subject, censored ones too, contributes to a cumulative incidence or a restricted mean.
 *
 * A subject's pseudo-value is the estimate plus n times the derivative of the estimate by the subject's weight (the
 * infinitesimal jackknife, as survival::pseudo in R has it). Their mean is the estimate; without censoring a
 * pseudo-value is the very thing that was estimated (1 for who got there in time, 0 for who did not; the days waited),
 * so they can be averaged, weighted and standardised as if everybody had been followed to the end. All who leave on one
 * day by one door share theirs. Sources: Andersen and Perme 2010, Statistical Methods in Medical Research 19:71;
 * Therneau, survival package.
 */
#ifndef REFERLENS_STATS_PSEUDO_VALUES_H
#define REFERLENS_STATS_PSEUDO_VALUES_H

#include "referlens/stats/incidence.h"

#include <stddef.h>
#include <stdint.h>

/* By how a subject left, in this order: by the event, by a competing end, censored. */
enum pseudo_end { PSEUDO_EVENT, PSEUDO_COMPETING, PSEUDO_CENSORED, PSEUDO_END_COUNT };

struct pseudo_value {
    double incidence; /* of the event, by the horizon */
    double mean;      /* days to the event, at most the horizon; who never gets there counts as waiting to it */
};

/* For each row, and each way to leave, the pseudo-value of one who left then. `values` has room for row_count; `whole`
 * receives the estimates themselves. Rows as incidence.h has them, with times from 0. Without subjects all are NAN. */
void pseudo_values(const struct life_table_row *rows, size_t row_count, int32_t horizon,
                   struct pseudo_value (*values)[PSEUDO_END_COUNT], struct pseudo_value *whole);

#endif
