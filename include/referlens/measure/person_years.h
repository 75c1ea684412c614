/* Person-years: list sizes times the part of each quarter that was observed, the denominators of rates.
 *
 * The quarters are those from the first referral to the last, none behind the as-of date. A quarter's list size is that
 * of the quarter; else of no quarter in particular; else the nearest earlier one's, else the nearest later's.
 */
#ifndef REFERLENS_MEASURE_PERSON_YEARS_H
#define REFERLENS_MEASURE_PERSON_YEARS_H

#include "referlens/measure/evaluated.h"

/* Fills the evaluation's person-years and marks the rows of practices whose list size is known. */
void person_years_fill(struct evaluation *evaluation);

/* Person-years of a practice (SLICE_ALL: of all that referred) in a period (PERIOD_ALL: all of them). 0 where no list size
 * is known. */
double person_years_of(const struct evaluation *evaluation, uint32_t practice, quarter period);

#endif
