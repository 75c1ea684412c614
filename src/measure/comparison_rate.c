#include "referlens/measure/comparison_rate.h"

#include "referlens/base/memory.h"
#include "referlens/measure/comparison_fill.h"
#include "referlens/stats/distribution.h"
#include "referlens/stats/funnel.h"

#include <math.h>

enum { SPREAD_PRACTICES_MIN = 5, PER_PERSONS = 1000 };

/* Counts of listed referrals by period and scheme, the last scheme unknown. */
struct quarter_count {
    int64_t by_scheme[SCHEME_COUNT + 1];
};

static void count_practice(const struct evaluation *evaluation, size_t practice, struct quarter_count *counts)
{
    for (size_t i = evaluation->practice_first[practice]; i < evaluation->practice_first[practice + 1]; i++) {
        const struct evaluated *row = &evaluation->rows[i];
        if ((row->flags & (EVALUATED_ADVICE | EVALUATED_LISTED)) == EVALUATED_LISTED)
            counts[row->period].by_scheme[row->scheme]++;
    }
}

static double total_of(const struct quarter_count *count)
{
    double total = 0;
    for (size_t i = 0; i <= SCHEME_COUNT; i++)
        total += (double)count->by_scheme[i];
    return total;
}

/* SCHEME_COUNT where no referral's scheme is known. */
static size_t main_scheme(const struct quarter_count *count)
{
    size_t found = SCHEME_COUNT;
    for (size_t i = 0; i < SCHEME_COUNT; i++) {
        if (count->by_scheme[i] > 0 && (found == SCHEME_COUNT || count->by_scheme[i] > count->by_scheme[found]))
            found = i;
    }
    return found;
}

static struct rate_base base_of(const struct evaluation *evaluation, uint32_t practice, size_t period)
{
    struct slice slice = slice_all();
    slice.practice = practice;
    slice.period = evaluation->first_period + (quarter)period;
    return person_years_base(evaluation->person_years, slice);
}

struct comparison_rate *comparison_rates_of(const struct evaluation *evaluation)
{
    if (!(evaluation->recorded & RECORDED_LIST_SIZE))
        return NULL;
    const size_t periods = evaluation->period_count, practices = evaluation->practice_count;
    struct quarter_count *counts = memory_allocate_zeroed(practices * periods, sizeof *counts);
    double *county = memory_allocate_zeroed(periods, sizeof *county); /* referrals a person-year */
    for (size_t practice = 0; practice < practices; practice++) {
        count_practice(evaluation, practice, counts + practice * periods);
        for (size_t period = 0; period < periods; period++)
            county[period] += total_of(&counts[practice * periods + period]);
    }
    for (size_t period = 0; period < periods; period++)
        county[period] /= base_of(evaluation, SLICE_ALL, period).person_years;
    struct comparison_rate *rates = memory_allocate_zeroed(practices * SCHEME_COUNT, sizeof *rates);
    for (size_t i = 0; i < practices * periods; i++) {
        const size_t practice = i / periods, period = i % periods, scheme = main_scheme(&counts[i]);
        const struct rate_base base = base_of(evaluation, (uint32_t)practice, period);
        if (scheme == SCHEME_COUNT || !(base.person_years > 0) || !(base.factor > 0))
            continue;
        struct comparison_rate *rate = &rates[practice * SCHEME_COUNT + scheme];
        rate->observed += total_of(&counts[i]);
        rate->expected += county[period] / base.factor;
        rate->person_years += base.person_years;
    }
    memory_free(counts);
    memory_free(county);
    return rates;
}

/* Sums over practices, the spread between them, and the crude rate. */
static void fill_side(const struct comparison_rate *rates, size_t practices, uint32_t scheme,
                      struct comparison_side *side, double *expected)
{
    double *observed_of = memory_resize(NULL, practices, sizeof *observed_of);
    double *expected_of = memory_resize(NULL, practices, sizeof *expected_of);
    struct funnel_point *points = memory_resize(NULL, practices, sizeof *points);
    *side = (struct comparison_side){.standardised = comparison_no_estimate(), .phi = NAN, .tau = NAN};
    *expected = 0;
    for (size_t i = 0; i < practices; i++) {
        const struct comparison_rate *rate = &rates[i * SCHEME_COUNT + scheme];
        observed_of[i] = rate->observed;
        expected_of[i] = rate->expected;
        side->practices += rate->expected > 0;
        side->numerator += rate->observed;
        side->denominator += rate->person_years;
        *expected += rate->expected;
    }
    for (size_t i = 0; i<practices && * expected> 0; i++)
        expected_of[i] *= side->numerator / *expected; /* about the side's own level */
    const struct funnel funnel = funnel_of_ratios(observed_of, expected_of, practices, points);
    if (funnel.used >= SPREAD_PRACTICES_MIN && funnel.reason == NULL) {
        side->phi = funnel.phi;
        side->tau = sqrt(funnel.tau2);
    }
    const struct interval limits = rate_interval(side->numerator, COMPARISON_LEVEL);
    const double scale = side->denominator > 0 ? PER_PERSONS / side->denominator : (double)NAN;
    side->crude = (struct estimate){side->numerator * scale, limits.lower * scale, limits.upper * scale};
    memory_free(observed_of);
    memory_free(expected_of);
    memory_free(points);
}

static struct clustered_difference difference_of(const struct comparison_rate *rates, size_t practices,
                                                 const uint32_t schemes[COMPARISON_SIDES], double level_of_both,
                                                 const double *sizes, bool *at_one_size)
{
    struct clustered_row *rows = memory_resize(NULL, practices * COMPARISON_SIDES, sizeof *rows);
    size_t count = 0;
    for (size_t i = 0; i < practices; i++) {
        for (size_t side = 0; side < COMPARISON_SIDES; side++) {
            const struct comparison_rate *rate = &rates[i * SCHEME_COUNT + schemes[side]];
            if (!(rate->expected > 0))
                continue;
            rows[count++] = (struct clustered_row){(uint32_t)i, (uint8_t)side, rate->expected,
                                                   level_of_both * rate->observed / rate->expected, log(sizes[i])};
        }
    }
    const struct clustered_difference difference = comparison_clustered(rows, count, at_one_size);
    memory_free(rows);
    return difference;
}

/* The ratio of the sides' rates; its logarithm varies as theirs do, by the delta method, over the same practices. */
static struct estimate ratio_of(const struct clustered_difference *difference, bool withheld)
{
    const struct clustered_estimate *own = &difference->sides[COMPARISON_OWN];
    const struct clustered_estimate *reference = &difference->sides[COMPARISON_REFERENCE];
    if (!(own->value > 0 && reference->value > 0))
        return comparison_no_estimate();
    struct estimate ratio = {own->value / reference->value, NAN, NAN};
    if (withheld)
        return ratio;
    const double own_se = own->se / own->value, reference_se = reference->se / reference->value;
    const double covariance =
        (own->se * own->se + reference->se * reference->se - difference->difference.se * difference->difference.se) / 2;
    const double variance =
        own_se * own_se + reference_se * reference_se - 2 * covariance / (own->value * reference->value);
    const double width =
        student_quantile_two_sided(COMPARISON_LEVEL, difference->difference.degrees) * sqrt(fmax(variance, 0));
    ratio.lower = ratio.value * exp(-width);
    ratio.upper = ratio.value * exp(width);
    return ratio;
}

struct estimate comparison_crude_rate_difference(const struct comparison_side *own,
                                                 const struct comparison_side *reference)
{
    return rate_difference(own->numerator, own->denominator / PER_PERSONS, reference->numerator,
                           reference->denominator / PER_PERSONS, COMPARISON_LEVEL);
}

struct comparison_outcome comparison_fill_rate(const struct evaluation *evaluation, const struct comparison_rate *rates,
                                               const uint32_t schemes[COMPARISON_SIDES], const double *sizes)
{
    struct comparison_outcome outcome = {.measure = measure_index("referral_rate"),
                                         .scheme = schemes[COMPARISON_OWN],
                                         .status = rates == NULL ? RESULT_NOT_RECORDED : RESULT_OK,
                                         .own = comparison_no_side(),
                                         .reference = comparison_no_side(),
                                         .crude_difference = comparison_no_estimate(),
                                         .difference = comparison_no_estimate(),
                                         .odds_ratio = comparison_no_estimate()};
    if (rates == NULL)
        return outcome;
    double expected[COMPARISON_SIDES];
    fill_side(rates, evaluation->practice_count, schemes[COMPARISON_OWN], &outcome.own, &expected[COMPARISON_OWN]);
    fill_side(rates, evaluation->practice_count, schemes[COMPARISON_REFERENCE], &outcome.reference,
              &expected[COMPARISON_REFERENCE]);
    if (!(expected[COMPARISON_OWN] > 0) || !(expected[COMPARISON_REFERENCE] > 0)) {
        outcome.status = RESULT_INSUFFICIENT;
        outcome.reason = "a scheme has no quarter of a practice to itself";
        return outcome;
    }
    const double per_year = PER_PERSONS * (outcome.own.numerator + outcome.reference.numerator) /
                            (outcome.own.denominator + outcome.reference.denominator);
    const double both = (outcome.own.numerator + outcome.reference.numerator) /
                        (expected[COMPARISON_OWN] + expected[COMPARISON_REFERENCE]);
    const struct clustered_difference difference =
        difference_of(rates, evaluation->practice_count, schemes, per_year / both, sizes, &outcome.at_one_size);
    outcome.reason = comparison_withheld(&difference, outcome.own.practices, outcome.reference.practices);
    const bool withheld = outcome.reason != NULL;
    outcome.own.standardised = comparison_estimate(&difference.sides[COMPARISON_OWN], 0, INFINITY, withheld);
    outcome.reference.standardised =
        comparison_estimate(&difference.sides[COMPARISON_REFERENCE], 0, INFINITY, withheld);
    outcome.difference = comparison_estimate(&difference.difference, -INFINITY, INFINITY, withheld);
    outcome.odds_ratio = ratio_of(&difference, withheld);
    outcome.crude_difference = comparison_crude_rate_difference(&outcome.own, &outcome.reference);
    return outcome;
}
