/* What each scheme costs, as far as schemes.csv gives its costs: by patient, by request and by referral avoided.
 *
 * One population for every figure: requests (referrals and advice requests) of the observed window (observed_window.h),
 * made at least COST_FOLLOW_UP_DAYS before the as-of date, in quarters in which their practice made any of them and as
 * far as these were observed (person_years.h), on days on which a row of schemes.csv with a cost is in force for them.
 * Costs are those of the same days: annual_cost ÷ 365.25 for each day on which the row is in force (a row is over when
 * a later one for the same practice and specialty begins), and cost_per_referral for each request that it covers. Of a
 * row that gives one of the two the other is nothing; a row that gives neither has no known cost, and its days and
 * requests are left out and counted. Nothing is counted twice: on any day a request has one row.
 *
 *   per_patient_year  cost ÷ person-years: the list of each practice on the days on which any row of the scheme is in
 * force per_request       cost ÷ requests handled per_avoided       cost ÷ requests avoided. Avoided: a referral whose
 * first decision was to reject it or to return it with advice, not attended by the as-of date and not followed by
 * another (same patient and specialty) within 90 days of that decision; or an advice request answered, not converted,
 * and not followed by such a referral within 90 days of the answer. Where it is not known whether one that was neither
 * attended nor converted was referred again (no patient key, or fewer than 90 days since), it counts as avoided as
 * often as such ones of which it is known: unattended × avoided ÷ unattended_known break_even        per_avoided ÷
 * share attended within 180 days of the referrals that were neither rejected nor returned: the price of a first
 * attendance at which the avoided ones would pay for the scheme, if they had been attended as often per_avoided_beyond
 * what a request costs more than under the reference ÷ by how much the share avoided is larger: referrals come to
 * nothing without any scheme too. No number where it is not larger, and no interval where either difference may be
 * chance; the interval rests on what the practices of both sides cost and avoided
 *
 * An avoided attendance is no benefit by itself: the patient may have needed it. Intervals (ratios of sums over
 * practices, linearised, on the logarithm, Student's t on practices − 1, of the side with fewer) need
 * COST_PRACTICES_MIN practices. Masked for the audience: every figure is worked out from the rounded counts, limits
 * outwards. Source of the variance: Cochran, Sampling Techniques, 3rd edition, section 6.4.
 */
#ifndef REFERLENS_MEASURE_COMPARISON_COSTS_H
#define REFERLENS_MEASURE_COMPARISON_COSTS_H

#include "referlens/measure/report.h"
#include "referlens/stats/interval.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { COST_FOLLOW_UP_DAYS = 180, COST_PRACTICES_MIN = 5 };

/* A number of pounds, or the reason in words why there is none, or no interval. */
struct cost_figure {
    struct estimate estimate;
    const char *reason;
};

struct comparison_cost {
    uint32_t scheme; /* enum scheme */
    size_t practices;
    double cost; /* pounds, of the days and requests counted */
    double person_years;
    double handled; /* requests */
    double stopped; /* of these: referrals rejected or returned with advice, advice requests answered */
    double known;   /* of the stopped, whether they came back */
    double unattended, unattended_known; /* of the stopped, neither attended nor converted, and these of the known */
    double avoided, came_back;           /* came_back: stopped, and referred again, converted or attended */
    double returned;                     /* of the stopped: referrals returned with advice */
    double without_cost;                 /* requests of the scheme that no row with a cost covers: left out */
    struct cost_figure per_patient_year, per_request, per_avoided, break_even;
    struct cost_figure avoided_share; /* of the requests handled, 0–1 */
    struct cost_figure per_avoided_beyond;
};

struct comparison_costs {
    struct comparison_cost *costs; /* scheme after scheme, those with a row of schemes.csv that has a cost; owned */
    size_t count;
    bool has_schemes; /* whether the input has any row of schemes.csv */
    day until;        /* the last day that counts; DAY_UNKNOWN without data */
};

/* `reference`: the scheme (enum scheme) that the others are to avoid more than. The same for any number of workers.
 * Release with comparison_costs_release; NULL is allowed there. */
struct comparison_costs comparison_costs_of(const struct report *report, uint32_t reference, size_t worker_count);
void comparison_costs_release(struct comparison_costs *costs);

#endif
