#include "referlens/measure/comparison_fill.h"

#include "referlens/base/memory.h"
#include "referlens/stats/funnel.h"
#include "referlens/stats/mantel_haenszel.h"

#include <math.h>

enum { SPREAD_PRACTICES_MIN = 5 };

/* A standard error below this is what rounding leaves of none. */
#define SPREAD_MIN 1e-9

const char comparison_no_spread[] = "no practice differs from another: there is no spread to judge by";
const char comparison_one_outweighs[] = "one practice outweighs all others of its scheme";

struct estimate comparison_no_estimate(void)
{
    return (struct estimate){NAN, NAN, NAN};
}

static double clamp(double value, double lowest, double highest)
{
    return isnan(value) ? value : fmin(fmax(value, lowest), highest);
}

struct estimate comparison_estimate(const struct clustered_estimate *estimate, double lowest, double highest,
                                    bool withheld)
{
    return (struct estimate){
        .value = clamp(estimate->value, lowest, highest),
        .lower = withheld ? (double)NAN : clamp(estimate->lower, lowest, highest),
        .upper = withheld ? (double)NAN : clamp(estimate->upper, lowest, highest),
    };
}

const char *comparison_few_practices(double practices, double reference_practices)
{
    if (practices < COMPARISON_PRACTICES_MIN)
        return "fewer than 5 practices under this scheme: too few to tell how much practices differ";
    return reference_practices < COMPARISON_PRACTICES_MIN
               ? "fewer than 5 practices under the reference: too few to tell how much practices differ"
               : NULL;
}

const char *comparison_withheld(const struct clustered_difference *difference, double practices,
                                double reference_practices)
{
    const char *few = comparison_few_practices(practices, reference_practices);
    if (few != NULL)
        return few;
    if (isnan(difference->difference.lower))
        return comparison_one_outweighs;
    return difference->difference.se > SPREAD_MIN ? NULL : comparison_no_spread;
}

/* The scheme's own result of the measure, as the report has it. */
static const struct result *result_of(const struct report *report, uint32_t scheme, size_t measure)
{
    struct slice slice = slice_all();
    slice.scheme = scheme;
    return result_list_find(&report->aggregates, slice, (uint16_t)measure);
}

struct comparison_side comparison_no_side(void)
{
    return (struct comparison_side){.practices = 0,
                                    .numerator = NAN,
                                    .denominator = NAN,
                                    .crude = {NAN, NAN, NAN},
                                    .standardised = {NAN, NAN, NAN},
                                    .phi = NAN,
                                    .tau = NAN};
}

/* Practices whose referrals are compared: those with only strata that the other side lacks tell nothing of a spread. */
static double count_compared(const struct comparison_pair *pair, size_t side, size_t weighing)
{
    double count = 0;
    for (size_t i = 0; i < pair->tally->survey->evaluation->practice_count; i++)
        count += comparison_part(pair, i, side)->weights[weighing] > 0;
    return count;
}

static double count_practices(const struct comparison_pair *pair, size_t side, size_t denominator)
{
    double count = 0;
    for (size_t i = 0; i < pair->tally->survey->evaluation->practice_count; i++)
        count += comparison_part(pair, i, side)->counts[denominator] > 0;
    return count;
}

static void fill_spread(const struct comparison_pair *pair, size_t side, size_t denominator,
                        struct comparison_side *result)
{
    const size_t practices = pair->tally->survey->evaluation->practice_count;
    int64_t *hits = memory_allocate_zeroed(practices, sizeof *hits);
    int64_t *totals = memory_allocate_zeroed(practices, sizeof *totals);
    struct funnel_point *points = memory_resize(NULL, practices, sizeof *points);
    for (size_t i = 0; i < practices; i++) {
        hits[i] = comparison_part(pair, i, side)->hits[denominator];
        totals[i] = comparison_part(pair, i, side)->counts[denominator];
    }
    const struct funnel funnel = funnel_of_proportions(hits, totals, practices, points);
    if (funnel.used >= SPREAD_PRACTICES_MIN && funnel.reason == NULL) {
        result->phi = funnel.phi;
        result->tau = sqrt(funnel.tau2);
    }
    memory_free(hits);
    memory_free(totals);
    memory_free(points);
}

/* The first status of the two that stands in the way; ok where none does. */
static enum result_status status_of(const struct result *own, const struct result *reference)
{
    return own->status != RESULT_OK ? own->status : reference->status;
}

static struct mantel_haenszel odds_ratio_of(const struct comparison_pair *pair, size_t denominator)
{
    const struct comparison_tally *tally = pair->tally;
    const size_t strata = tally->survey->stratum_count, quantity = tally->denominators[denominator].quantity;
    struct two_by_two *tables = memory_allocate_zeroed(strata, sizeof *tables);
    for (size_t s = 0; s < strata; s++) {
        int64_t hits[COMPARISON_SIDES], others[COMPARISON_SIDES];
        for (size_t side = 0; side < COMPARISON_SIDES; side++) {
            hits[side] = (int64_t)comparison_sums(tally, s, pair->schemes[side])[quantity];
            others[side] = comparison_counts(tally, s, pair->schemes[side])[denominator] - hits[side];
        }
        tables[s] = (struct two_by_two){hits[0], others[0], hits[1], others[1]};
    }
    const struct mantel_haenszel ratio = mantel_haenszel(tables, strata, COMPARISON_LEVEL);
    memory_free(tables);
    return ratio;
}

static void fill_side(const struct comparison_pair *pair, size_t side, size_t denominator, const struct result *result,
                      struct comparison_side *filled)
{
    *filled = comparison_no_side();
    filled->practices = count_practices(pair, side, denominator);
    filled->numerator = result->numerator;
    filled->denominator = result->denominator;
    filled->crude = (struct estimate){result->value, result->lower, result->upper};
    fill_spread(pair, side, denominator, filled);
}

struct comparison_outcome comparison_fill_outcome(const struct report *report, const struct comparison_pair *pair,
                                                  size_t denominator)
{
    const size_t measure = pair->tally->denominators[denominator].measure;
    const size_t weighing = pair->tally->denominators[denominator].weighing;
    const struct result *own = result_of(report, pair->schemes[COMPARISON_OWN], measure);
    const struct result *reference = result_of(report, pair->schemes[COMPARISON_REFERENCE], measure);
    struct comparison_outcome outcome = {.measure = measure,
                                         .scheme = pair->schemes[COMPARISON_OWN],
                                         .status = status_of(own, reference),
                                         .crude_difference = comparison_no_estimate(),
                                         .difference = comparison_no_estimate(),
                                         .odds_ratio = comparison_no_estimate(),
                                         .left_out = pair->left_out[weighing]};
    fill_side(pair, COMPARISON_OWN, denominator, own, &outcome.own);
    fill_side(pair, COMPARISON_REFERENCE, denominator, reference, &outcome.reference);
    if (outcome.status != RESULT_OK)
        return outcome;
    outcome.crude_difference =
        newcombe_difference((int64_t)own->numerator, (int64_t)own->denominator, (int64_t)reference->numerator,
                            (int64_t)reference->denominator, COMPARISON_LEVEL);
    const struct clustered_difference difference =
        comparison_difference(pair, weighing, pair->tally->denominators[denominator].quantity, &outcome.at_one_size);
    if (isnan(difference.difference.value)) {
        outcome.status = RESULT_INSUFFICIENT;
        outcome.reason = "the two have no specialty, priority and age band in common";
        return outcome;
    }
    outcome.reason = comparison_withheld(&difference, count_compared(pair, COMPARISON_OWN, weighing),
                                         count_compared(pair, COMPARISON_REFERENCE, weighing));
    const bool withheld = outcome.reason != NULL;
    outcome.own.standardised = comparison_estimate(&difference.sides[COMPARISON_OWN], 0, 1, withheld);
    outcome.reference.standardised = comparison_estimate(&difference.sides[COMPARISON_REFERENCE], 0, 1, withheld);
    outcome.difference = comparison_estimate(&difference.difference, -1, 1, withheld);
    const struct mantel_haenszel ratio = odds_ratio_of(pair, denominator);
    outcome.odds_ratio = (struct estimate){ratio.odds_ratio, ratio.odds_ratio_lower, ratio.odds_ratio_upper};
    return outcome;
}

static struct estimate within_of(const struct result *result, int32_t days)
{
    for (size_t i = 0; i < HORIZON_COUNT; i++) {
        if (horizon_days[i] == days)
            return (struct estimate){result->within[i].value, result->within[i].lower, result->within[i].upper};
    }
    return comparison_no_estimate();
}

/* A horizon without any adjusted number. */
static struct comparison_horizon bare_horizon(int32_t days)
{
    const struct estimate none = comparison_no_estimate();
    return (struct comparison_horizon){.days = days,
                                       .crude = none,
                                       .reference_crude = none,
                                       .standardised = none,
                                       .reference_standardised = none,
                                       .difference = none,
                                       .crude_mean = NAN,
                                       .reference_crude_mean = NAN,
                                       .mean = none,
                                       .reference_mean = none,
                                       .mean_difference = none};
}

static void fill_horizon(const struct comparison_pair *pair, size_t denominator, size_t number,
                         struct comparison_horizon *horizon)
{
    const struct comparison_denominator *of = &pair->tally->denominators[denominator];
    const size_t weighing = of->weighing + number, quantity = of->quantity + 2 * number;
    const struct pseudo_value own = pair->tally->whole[pair->schemes[COMPARISON_OWN]][of->delay][number];
    const struct pseudo_value reference = pair->tally->whole[pair->schemes[COMPARISON_REFERENCE]][of->delay][number];
    horizon->reason = horizon->mean_reason = "nobody was followed for as long on one side";
    if (isnan(own.incidence) || isnan(reference.incidence))
        return;
    if (measure_table[of->measure].completed_only) {
        horizon->crude.value = own.incidence;
        horizon->reference_crude.value = reference.incidence;
    }
    horizon->crude_mean = own.mean;
    horizon->reference_crude_mean = reference.mean;
    horizon->reason = horizon->mean_reason = "no specialty and priority was followed for as long on both sides";
    if (!(horizon->left_out.strata_compared > 0))
        return;
    const double days = horizon->days, practices = count_compared(pair, COMPARISON_OWN, weighing),
                 reference_practices = count_compared(pair, COMPARISON_REFERENCE, weighing);
    const struct clustered_difference incidence =
        comparison_difference(pair, weighing, quantity, &horizon->at_one_size);
    horizon->reason = comparison_withheld(&incidence, practices, reference_practices);
    bool withheld = horizon->reason != NULL;
    horizon->standardised = comparison_estimate(&incidence.sides[COMPARISON_OWN], 0, 1, withheld);
    horizon->reference_standardised = comparison_estimate(&incidence.sides[COMPARISON_REFERENCE], 0, 1, withheld);
    horizon->difference = comparison_estimate(&incidence.difference, -1, 1, withheld);
    const struct clustered_difference mean = comparison_difference(pair, weighing, quantity + 1, &horizon->at_one_size);
    horizon->mean_reason = comparison_withheld(&mean, practices, reference_practices);
    withheld = horizon->mean_reason != NULL;
    horizon->mean = comparison_estimate(&mean.sides[COMPARISON_OWN], 0, days, withheld);
    horizon->reference_mean = comparison_estimate(&mean.sides[COMPARISON_REFERENCE], 0, days, withheld);
    horizon->mean_difference = comparison_estimate(&mean.difference, -days, days, withheld);
}

static void fill_test(const struct comparison_pair *pair, size_t delay, struct comparison_wait *wait)
{
    const struct comparison_tally *tally = pair->tally;
    double excess = 0, variance = 0;
    for (size_t s = 0; s < tally->survey->stratum_count; s++) {
        const struct comparison_excess *of =
            &tally->excesses[(s * SCHEME_COUNT + pair->schemes[COMPARISON_OWN]) * DELAYS_MAX + delay];
        excess += of->excess;
        variance += of->variance;
    }
    wait->logrank_chisq = variance > 0 ? excess * excess / variance : (double)NAN;
    wait->logrank_p = variance > 0 ? chi_square_upper_tail(wait->logrank_chisq, 1) : (double)NAN;
}

struct comparison_wait comparison_fill_wait(const struct report *report, const struct comparison_pair *pair,
                                            size_t denominator)
{
    const struct comparison_denominator *of = &pair->tally->denominators[denominator];
    const struct result *const results[COMPARISON_SIDES] = {
        result_of(report, pair->schemes[COMPARISON_OWN], of->measure),
        result_of(report, pair->schemes[COMPARISON_REFERENCE], of->measure)};
    struct comparison_wait wait = {.measure = of->measure,
                                   .scheme = pair->schemes[COMPARISON_OWN],
                                   .status = status_of(results[COMPARISON_OWN], results[COMPARISON_REFERENCE]),
                                   .logrank_chisq = NAN,
                                   .logrank_p = NAN,
                                   .left_out = pair->unlike[denominator]};
    struct comparison_side *const sides[COMPARISON_SIDES] = {&wait.own, &wait.reference};
    for (size_t side = 0; side < COMPARISON_SIDES; side++) {
        *sides[side] = comparison_no_side();
        sides[side]->practices = count_practices(pair, side, denominator);
        sides[side]->numerator = results[side]->events;
        sides[side]->denominator = results[side]->n;
    }
    if (wait.status == RESULT_OK && !(wait.left_out.strata_compared > 0)) {
        wait.status = RESULT_INSUFFICIENT;
        wait.reason = "the two have no specialty, priority and age band in common";
    } else if (wait.status == RESULT_OK) {
        wait.reason = comparison_few_practices(count_compared(pair, COMPARISON_OWN, of->weighing),
                                               count_compared(pair, COMPARISON_REFERENCE, of->weighing));
        fill_test(pair, of->delay, &wait);
    }
    for (size_t i = 0; i < COMPARISON_HORIZONS; i++) {
        struct comparison_horizon *horizon = &wait.within[i];
        *horizon = bare_horizon(comparison_days(of->measure)[i]);
        horizon->crude = within_of(results[COMPARISON_OWN], horizon->days);
        horizon->reference_crude = within_of(results[COMPARISON_REFERENCE], horizon->days);
        horizon->left_out = pair->left_out[of->weighing + i];
        if (wait.status == RESULT_OK)
            fill_horizon(pair, denominator, i, horizon);
    }
    return wait;
}
