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

/* Results of: all, specialty, scheme, scheme × specialty; each overall and by every period. */
void evaluate_aggregates(const struct evaluation *evaluation, size_t worker_count, struct result_list *results);

/* Results of one practice (a dictionary code): overall, by every period; by specialty, overall and in the
 * report's period. Adds to the list. */
void evaluate_practice(const struct evaluation *evaluation, uint32_t practice, struct result_list *results);

/* One day of a cumulative-incidence curve. */
struct curve_point {
    int32_t days;
    double incidence, lower, upper; /* limits NAN where the method gives none */
    int64_t at_risk;                /* just before that day; −1 where it may not be shown */
};

struct curve {
    struct curve_point *points; /* ascending, one a day on which someone's clock ended */
    size_t count;
    double n;                  /* subjects; NAN where that may not be shown */
    int32_t follow_up_maximum; /* days: the longest follow-up of a subject */
};

/* The whole curve of a delay for all, a practice, a specialty or a scheme (any one of the three, over everything).
 * The caller releases it with curve_release. An empty slice gives no points. */
struct curve evaluate_curve(const struct evaluation *evaluation, struct slice slice, uint16_t measure);
void curve_release(struct curve *curve);

/* How many first decisions were rejections for each reason, for all (practice SLICE_ALL) or one practice. */
struct reason_count {
    uint32_t reason; /* code of the cohort's reason dictionary, or DICTIONARY_NONE: none given */
    int64_t count;
};

/* Fills `counts` (room for the reason dictionary's count + 1), largest first, ties by text, none given last; zero
 * counts are left out. Returns how many. */
size_t evaluate_reasons(const struct evaluation *evaluation, uint32_t practice, struct reason_count *counts);

#endif
