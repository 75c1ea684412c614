/* Referral rates of schemes: practice-quarters sorted by scheme, and compared by practices.
 *
 * A quarter of a practice belongs to the scheme by which most of its referrals went then (of equals the first in the
 * order of schemes). Crude: referrals over person-years. Standardised: observed over expected, times the rate of both
 * sides together; expected of a practice-quarter is what the county's rates of that quarter give on its list, by age
 * and sex where lists have bands.
 */
#ifndef REFERLENS_MEASURE_COMPARISON_RATE_H
#define REFERLENS_MEASURE_COMPARISON_RATE_H

#include "referlens/measure/comparison_pair.h"

/* By practice and scheme: referrals, referrals expected, and person-years. */
struct comparison_rate {
    double observed, expected, person_years;
};

/* The caller frees it: practice after practice, SCHEME_COUNT each. NULL where no list size is known. */
struct comparison_rate *comparison_rates_of(const struct evaluation *evaluation);

/* `sizes` as comparison_pair has them. */
struct comparison_outcome comparison_fill_rate(const struct evaluation *evaluation, const struct comparison_rate *rates,
                                               const uint32_t schemes[COMPARISON_SIDES], const double *sizes);

/* Of the sides' referrals over their person-years, per 1,000: it takes no account of practices. */
struct estimate comparison_crude_rate_difference(const struct comparison_side *own,
                                                 const struct comparison_side *reference);

#endif
