/* Evaluation: a cohort's facts sorted into slices once each, and every measure over each slice.
 *
 * evaluation_prepare reduces each referral to where it stands in every measure; after that the cohort's fact
 * columns are no longer read. Results come in a fixed order that depends on nothing but the facts. The evaluate
 * functions are pure and may run in several threads on one evaluation, each with a list of its own.
 */
#ifndef REFERLENS_MEASURE_EVALUATION_H
#define REFERLENS_MEASURE_EVALUATION_H

#include "referlens/cohort/cohort.h"
#include "referlens/measure/result.h"

#include <stddef.h>

struct evaluation;

/* `period` is the report's own quarter. */
struct evaluation *evaluation_prepare(const struct cohort *cohort, quarter period, size_t worker_count);
void evaluation_free(struct evaluation *evaluation);

/* For those who may not see exact counts: rates expect what rounded counts do (see person_years_mask), and results get the
 * masked medians. Before anything is evaluated, and for good. */
void evaluation_mask(struct evaluation *evaluation);

/* Results of: all, specialty, scheme, scheme × specialty; each overall and by every period. */
void evaluate_aggregates(const struct evaluation *evaluation, size_t worker_count, struct result_list *results);

/* Results of one practice (a dictionary code): overall, by every period that it has requests in, and by the report's own
 * whether it has or not; by specialty, overall and in the report's period. None without any request. Adds to the list. */
void evaluate_practice(const struct evaluation *evaluation, uint32_t practice, struct result_list *results);

#endif
