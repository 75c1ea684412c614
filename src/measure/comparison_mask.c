#include "referlens/measure/comparison_mask.h"

#include "referlens/measure/comparison_rate.h"
#include "referlens/stats/distribution.h"

#include <math.h>

enum { GRID = 5 };

/* Coarser than this tells nothing of days. */
#define DAYS_STEP_MIN 0.1

static double to_step(double value, double step)
{
    return disclosure_on_grid(round, value, step);
}

/* The value to the nearest step, the limits outwards, all within lowest … highest. */
static struct estimate on_grid(struct estimate exact, double step, double lowest, double highest)
{
    struct estimate masked = {to_step(exact.value, step), disclosure_on_grid(floor, exact.lower, step),
                              disclosure_on_grid(ceil, exact.upper, step)};
    double *const numbers[] = {&masked.value, &masked.lower, &masked.upper};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if (!isnan(*numbers[i]))
            *numbers[i] = fmin(fmax(*numbers[i], lowest), highest);
    }
    return masked;
}

/* As `own` − `reference` have it, both masked. */
static struct estimate difference_on_grid(struct estimate exact, const struct estimate *own,
                                          const struct estimate *reference, double step, double extent)
{
    struct estimate masked = on_grid(exact, step, -extent, extent);
    masked.value = own->value - reference->value;
    masked.lower = fmin(masked.lower, masked.value);
    masked.upper = fmax(masked.upper, masked.value);
    return isnan(exact.lower) ? (struct estimate){masked.value, NAN, NAN} : masked;
}

static int side_of(const struct estimate *difference)
{
    return difference->lower > 0 ? 1 : difference->upper < 0 ? -1 : 0;
}

/* Differences below this are shown as none: half a tenth of a percentage point, half a tenth of a rate. */
#define NO_DIFFERENCE_OF_SHARES 0.0005
#define NO_DIFFERENCE_OF_RATES  0.05

/* Whether two differences lie on opposite sides of none, each beyond chance and by as much as can be shown. */
static bool is_turned(const struct estimate *crude, const struct estimate *adjusted, double none)
{
    return side_of(crude) * side_of(adjusted) < 0 && fabs(crude->value) >= none && fabs(adjusted->value) >= none;
}

static void mask_left_out(struct comparison_left_out *left_out)
{
    left_out->referrals = disclosure_count(left_out->referrals);
    left_out->reference_referrals = disclosure_count(left_out->reference_referrals);
}

static void mask_spread(struct comparison_side *side)
{
    side->phi = to_step(side->phi, 0.1);
    side->tau = to_step(side->tau, 0.01);
}

static const struct estimate none = {NAN, NAN, NAN};

/* Of a few, a ratio to two decimals gives the counts away. Moving the smallest of its counts by what it is rounded to
 * moves its logarithm by as much as the grid. */
static struct estimate ratio_on_grid(struct estimate exact, double smallest)
{
    if (!(smallest > 0) || !(exact.value > 0))
        return none;
    const double step = GRID / smallest;
    return (struct estimate){exp(to_step(log(exact.value), step)), exp(step * floor(log(exact.lower) / step)),
                             exp(step * ceil(log(exact.upper) / step))};
}

static void mask_share(struct comparison_outcome *outcome)
{
    const double step = GRID / outcome->own.denominator, reference_step = GRID / outcome->reference.denominator;
    outcome->own.standardised = on_grid(outcome->own.standardised, step, 0, 1);
    outcome->reference.standardised = on_grid(outcome->reference.standardised, reference_step, 0, 1);
    outcome->difference = difference_on_grid(outcome->difference, &outcome->own.standardised,
                                             &outcome->reference.standardised, fmax(step, reference_step), 1);
    const double own_misses = outcome->own.denominator - outcome->own.numerator;
    const double reference_misses = outcome->reference.denominator - outcome->reference.numerator;
    outcome->odds_ratio =
        ratio_on_grid(outcome->odds_ratio, fmin(fmin(outcome->own.numerator, own_misses),
                                                fmin(outcome->reference.numerator, reference_misses)));
}

/* Rates: crude afresh from the rounded count, the rest on its grid. */
static void mask_rate_side(struct comparison_side *side, double *step)
{
    const double exact = side->numerator, scale = side->crude.value / exact;
    side->numerator = disclosure_count(exact);
    if (isnan(side->numerator)) {
        side->crude = side->standardised = none;
        return;
    }
    const struct interval limits = rate_interval(side->numerator, 0.95);
    if (exact > 0)
        side->crude = (struct estimate){side->numerator * scale, limits.lower * scale, limits.upper * scale};
    *step = GRID * (exact > 0 ? scale : 1);
    side->standardised = on_grid(side->standardised, *step, 0, INFINITY);
}

static void mask_rate(struct comparison_outcome *outcome)
{
    double steps[2] = {1, 1};
    mask_rate_side(&outcome->own, &steps[0]);
    mask_rate_side(&outcome->reference, &steps[1]);
    if (isnan(outcome->own.numerator) || isnan(outcome->reference.numerator)) {
        outcome->status = RESULT_SUPPRESSED;
        outcome->crude_difference = outcome->difference = outcome->odds_ratio = none;
        return;
    }
    outcome->crude_difference = comparison_crude_rate_difference(&outcome->own, &outcome->reference);
    outcome->odds_ratio =
        ratio_on_grid(outcome->odds_ratio, fmin(outcome->own.numerator, outcome->reference.numerator));
    outcome->difference = difference_on_grid(outcome->difference, &outcome->own.standardised,
                                             &outcome->reference.standardised, fmax(steps[0], steps[1]), INFINITY);
}

void comparison_finish_outcome(struct comparison_outcome *outcome, bool exact)
{
    if (!exact) {
        mask_left_out(&outcome->left_out);
        mask_spread(&outcome->own);
        mask_spread(&outcome->reference);
        if (outcome->status == RESULT_SUPPRESSED)
            outcome->own.phi = outcome->own.tau = outcome->reference.phi = outcome->reference.tau = NAN;
        else if (outcome->status == RESULT_OK && measure_table[outcome->measure].kind == MEASURE_RATE)
            mask_rate(outcome);
        else if (outcome->status == RESULT_OK)
            mask_share(outcome);
    }
    outcome->side = side_of(&outcome->difference);
    const bool is_rate = measure_table[outcome->measure].kind == MEASURE_RATE;
    outcome->sign_change = is_turned(&outcome->crude_difference, &outcome->difference,
                                     is_rate ? NO_DIFFERENCE_OF_RATES : NO_DIFFERENCE_OF_SHARES);
}

/* An incidence without limits does not come from the report's results (which have one only for delays with a curve). */
static struct estimate mask_crude(struct estimate crude, double subjects)
{
    return isnan(crude.lower) ? (struct estimate){disclosure_count(crude.value * subjects) / subjects, NAN, NAN}
                              : crude;
}

static void mask_horizon(struct comparison_horizon *horizon, double own, double reference)
{
    const double step = GRID / own, reference_step = GRID / reference, days = horizon->days;
    const double days_step = fmax(days * step, DAYS_STEP_MIN),
                 reference_days = fmax(days * reference_step, DAYS_STEP_MIN);
    horizon->crude = mask_crude(horizon->crude, own);
    horizon->reference_crude = mask_crude(horizon->reference_crude, reference);
    horizon->standardised = on_grid(horizon->standardised, step, 0, 1);
    horizon->reference_standardised = on_grid(horizon->reference_standardised, reference_step, 0, 1);
    horizon->difference = difference_on_grid(horizon->difference, &horizon->standardised,
                                             &horizon->reference_standardised, fmax(step, reference_step), 1);
    /* Too few got there by then: what may not be said crudely may not be said adjusted. */
    if (isnan(horizon->crude.value))
        horizon->standardised = horizon->difference = none;
    if (isnan(horizon->reference_crude.value))
        horizon->reference_standardised = horizon->difference = none;
    if (isnan(horizon->crude.value) || isnan(horizon->reference_crude.value))
        horizon->reason = "too few to show";
    horizon->crude_mean = to_step(horizon->crude_mean, days_step);
    horizon->reference_crude_mean = to_step(horizon->reference_crude_mean, reference_days);
    horizon->mean = on_grid(horizon->mean, days_step, 0, days);
    horizon->reference_mean = on_grid(horizon->reference_mean, reference_days, 0, days);
    horizon->mean_difference = difference_on_grid(horizon->mean_difference, &horizon->mean, &horizon->reference_mean,
                                                  fmax(days_step, reference_days), days);
}

/* Crude incidences have intervals and their difference has none: the widest that these allow, which is apart from 0
 * only where they are apart. */
static struct estimate crude_difference(const struct comparison_horizon *horizon)
{
    const struct estimate *own = &horizon->crude, *reference = &horizon->reference_crude;
    return (struct estimate){own->value - reference->value, own->lower - reference->upper,
                             own->upper - reference->lower};
}

void comparison_finish_wait(struct comparison_wait *wait, bool exact)
{
    if (!exact) {
        mask_left_out(&wait->left_out);
        wait->logrank_chisq = to_step(wait->logrank_chisq, 0.1);
        wait->logrank_p = chi_square_upper_tail(wait->logrank_chisq, 1);
    }
    for (size_t i = 0; i < COMPARISON_HORIZONS; i++) {
        struct comparison_horizon *horizon = &wait->within[i];
        if (!exact)
            mask_left_out(&horizon->left_out);
        if (!exact && wait->status == RESULT_OK)
            mask_horizon(horizon, wait->own.denominator, wait->reference.denominator);
        horizon->side = side_of(&horizon->difference);
        horizon->mean_side = side_of(&horizon->mean_difference);
        const struct estimate crude = crude_difference(horizon);
        horizon->sign_change = is_turned(&crude, &horizon->difference, NO_DIFFERENCE_OF_SHARES);
    }
}
