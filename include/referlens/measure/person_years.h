/* Person-years and what rates are made of: list sizes times the part of each quarter that was observed.
 *
 * Requests are those of the observed window: one misdated row must not stretch the time (observed_window.h). A quarter
 * counts for a practice if the practice made any of them in it: quarters without any are outside what was exported. It
 * counts as far as it was observed: up to the as-of date, and, where nobody made any in the quarter before (an export
 * begins with it), from the first day of the month of its earliest one, of whichever practice. A quarter's list size is
 * that of the quarter; else of no quarter in particular; else the nearest earlier one's, else the nearest later's.
 *
 * Where practices.csv has age or sex bands that the practices have in common (list_bands.h), rates are indirectly
 * standardised: each band's rate over all practices, of the same specialty and period, gives the number expected of a
 * practice's own bands, and observed over expected times the crude rate of all is the practice's rate. Referrals of
 * unknown band are then left out, and so are those of a band whose size is not known for their practice: unknown is not
 * nobody. A size of 0 that is given is one.
 */
#ifndef REFERLENS_MEASURE_PERSON_YEARS_H
#define REFERLENS_MEASURE_PERSON_YEARS_H

#include "referlens/cohort/cohort.h"
#include "referlens/measure/list_bands.h"
#include "referlens/measure/result.h"

#include <stdbool.h>
#include <stddef.h>

#define BAND_NONE UINT32_MAX

struct person_years;

/* `referred` tells for each practice whether it made any request: others do not count. `first` and `period_count` are
 * the quarters. Counts for `worker_count` workers start at zero. */
struct person_years *person_years_new(const struct cohort *cohort, const bool *referred, quarter first,
                                      size_t period_count, size_t worker_count);
void person_years_free(struct person_years *years);

/* Marks the quarter of a request of the observed window (`period`, from 0) as one that counts for its practice. Whether
 * it is a referral that counts in rates; if so it is counted, as one of its specialty, period and band. One worker, one
 * number. */
bool person_years_count(struct person_years *years, size_t worker, const struct fact *fact, size_t period);

/* Once all are counted: joins what the workers counted, and keeps the quarters that count. */
void person_years_close(struct person_years *years);

/* Rounds the cases of each band as disclosure control does, one of 1 to 7 to 4: a rate is shown with so many digits
 * that the number expected would tell the exact cases of every band. For audiences that may not see these; once closed.
 */
void person_years_mask(struct person_years *years);

/* What a rate's value is made of: value = 1,000 × observed × factor, and so are its limits. 0 person-years: no list size,
 * or a period outside those given. */
struct rate_base {
    double person_years;
    double factor; /* 1 ÷ person-years, or the crude rate of all ÷ the number expected; NAN where nothing is expected */
    double expected; /* NAN where the rate is crude */
};
struct rate_base person_years_base(const struct person_years *years, struct slice slice);

/* The days of a quarter (one of those given) that were observed, both included; once closed. */
struct day_span {
    day first, last;
};
struct day_span person_years_observed(const struct person_years *years, quarter period);

/* The bands that it goes by. */
const struct list_bands *person_years_bands(const struct person_years *years);

#endif
