#include "referlens/measure/disclosure.h"

#include "referlens/measure/measure.h"
#include "referlens/stats/distribution.h"
#include "referlens/stats/incidence.h"
#include "referlens/stats/interval.h"

#include <math.h>
#include <string.h>

enum { SHOWN_MINIMUM = DISCLOSURE_HIDDEN_MAX + 1, GRID = 5 };

static const char *const audience_names[] = {
    [AUDIENCE_SHARED] = "shared", [AUDIENCE_PRACTICE] = "practice", [AUDIENCE_ANALYST] = "analyst"};

bool audience_parse(const char *name, enum audience *audience)
{
    for (size_t i = 0; i < sizeof audience_names / sizeof audience_names[0]; i++) {
        if (strcmp(audience_names[i], name) == 0) {
            *audience = (enum audience)i;
            return true;
        }
    }
    return false;
}

const char *audience_name(enum audience audience)
{
    return audience_names[audience];
}

/* Whether masking takes a count away (and not that there was none). */
static bool is_small(double count)
{
    return count > 0 && count < SHOWN_MINIMUM;
}

double disclosure_count(double count)
{
    if (isnan(count) || count == 0)
        return count;
    return count < SHOWN_MINIMUM ? NAN : GRID * round(count / GRID);
}

double disclosure_count_to_reckon_with(double count)
{
    return is_small(count) ? DISCLOSURE_HIDDEN_AS : disclosure_count(count);
}

double disclosure_on_grid(double (*to)(double), double value, double step)
{
    const double moved = step * to(value / step);
    return moved == 0 ? 0 : moved;
}

int64_t disclosure_least_count(double shown)
{
    /* Counts are shown as multiples of the grid, and the nearest ones lie half a step below. */
    const int64_t least = GRID * (int64_t)ceil(shown / GRID) - GRID / 2;
    return least < SHOWN_MINIMUM ? SHOWN_MINIMUM : least;
}

struct count_range disclosure_counts(double shown)
{
    if (shown == 0)
        return (struct count_range){0, 0};
    return (struct count_range){disclosure_least_count(shown), (int64_t)shown + GRID / 2};
}

static void mask_exclusions(struct exclusions *excluded)
{
    excluded->pending = disclosure_count(excluded->pending);
    excluded->immature = disclosure_count(excluded->immature);
    excluded->unknown = disclosure_count(excluded->unknown);
}

static void mask_proportion(struct result *result)
{
    const bool small = is_small(result->numerator) || is_small(result->denominator);
    result->numerator = disclosure_count(result->numerator);
    result->denominator = disclosure_count(result->denominator);
    result->value = result->lower = result->upper = NAN;
    if (small) {
        result->status = RESULT_SUPPRESSED;
    } else if (result->status == RESULT_OK) {
        const struct interval interval =
            wilson_interval((int64_t)result->numerator, (int64_t)result->denominator, 0.95);
        result->value = result->numerator / result->denominator;
        result->lower = interval.lower;
        result->upper = interval.upper;
    }
}

static void mask_rate(struct result *result)
{
    const bool small = is_small(result->numerator);
    result->numerator = disclosure_count(result->numerator);
    result->value = result->lower = result->upper = NAN;
    if (small) {
        result->status = RESULT_SUPPRESSED;
        result->expected = NAN;
    } else if (result->status == RESULT_OK) {
        const struct interval interval = rate_interval(result->numerator, 0.95);
        result->value = 1000 * result->numerator * result->factor;
        result->lower = 1000 * interval.lower * result->factor;
        result->upper = 1000 * interval.upper * result->factor;
    }
}

static double clamped_share(double count, double total)
{
    return isnan(count) || isnan(total) ? (double)NAN : fmin(fmax(count / total, 0), 1);
}

/* A share of n as a count: a whole number where it is one but for rounding in the share. */
static double count_of(double share, double n)
{
    const double count = share * n, whole = round(count);
    return fabs(count - whole) < 1e-6 ? whole : count;
}

/* How much larger than a proportion's the error of an incidence is, since some are censored: in coarse steps, since the
 * exact error tells the exact count. 1 where nobody was censored by then. */
static double censoring_factor(struct incidence exact, double n, double z)
{
    static const double step = 0.25, tolerance = 1e-6;
    const double log_value = log(exact.value);
    const double error = log(log(exact.lower) / log_value) * exact.value * -log_value / z;
    const double factor = error / sqrt(exact.value * (1 - exact.value) / n);
    return fmax(1, step * ceil(factor / step - tolerance));
}

double disclosure_share(double share, double n)
{
    return clamped_share(disclosure_count(count_of(share, n)), disclosure_count(n));
}

struct incidence disclosure_incidence(struct incidence exact, double n)
{
    const double shown = disclosure_count(n);
    struct incidence masked = {disclosure_share(exact.value, n), NAN, NAN};
    if (masked.value > 0 && masked.value < 1 && !isnan(exact.lower)) {
        const double z = normal_quantile_two_sided(0.95);
        const double error = censoring_factor(exact, n, z) * sqrt(masked.value * (1 - masked.value) / shown);
        const struct interval limits = log_log_interval(masked.value, error, z);
        masked.lower = limits.lower;
        masked.upper = limits.upper;
    }
    return masked;
}

static void mask_delay(struct result *result)
{
    const bool small = is_small(result->n) || is_small(result->events);
    for (size_t i = 0; i < HORIZON_COUNT; i++)
        result->within[i] =
            small ? (struct incidence){NAN, NAN, NAN} : disclosure_incidence(result->within[i], result->n);
    result->n = disclosure_count(result->n);
    result->events = disclosure_count(result->events);
    result->competing = disclosure_count(result->competing);
    result->censored = disclosure_count(result->censored);
    result->median = result->masked_median;
    result->median_lower = result->masked_median_lower;
    result->median_upper = result->masked_median_upper;
    result->p90 = result->masked_p90;
    result->followed_until = result->masked_followed_until;
    result->completed_median = result->masked_completed_median;
    result->completed_p90 = result->masked_completed_p90;
    if (!small)
        return;
    result->status = RESULT_SUPPRESSED;
    result->median = result->median_lower = result->median_upper = result->p90 = NAN;
    result->completed_median = result->completed_p90 = NAN;
}

void disclosure_apply(struct result *result, bool exact)
{
    if (exact)
        return;
    result->referrals = disclosure_count(result->referrals);
    if (result->status == RESULT_NOT_RECORDED)
        return;
    result->is_masked = true;
    mask_exclusions(&result->excluded);
    result->open = disclosure_count(result->open);
    switch (measure_table[result->measure].kind) {
    case MEASURE_PROPORTION:
        mask_proportion(result);
        break;
    case MEASURE_RATE:
        mask_rate(result);
        break;
    case MEASURE_DELAY:
        mask_delay(result);
        break;
    }
}

static int64_t shown_at_risk(int64_t at_risk)
{
    const double shown = disclosure_count((double)at_risk);
    return isnan(shown) ? -1 : (int64_t)shown;
}

/* Days on which nothing that is shown changes are left out too: their number would tell how many ended between two
 * steps. */
void disclosure_apply_curve(struct curve *curve, bool exact)
{
    if (exact)
        return;
    const double n = curve->n;
    double last = NAN;
    size_t kept = 0;
    for (size_t i = 0; i < curve->count; i++) {
        struct curve_point point = curve->points[i];
        const struct incidence masked =
            disclosure_incidence((struct incidence){point.incidence, point.lower, point.upper}, n);
        const int64_t after = shown_at_risk(i + 1 < curve->count ? curve->points[i + 1].at_risk : 0);
        point.at_risk = shown_at_risk(point.at_risk);
        if (isnan(masked.value) || (masked.value == last && point.at_risk == after))
            continue;
        point.incidence = last = masked.value;
        point.lower = masked.lower;
        point.upper = masked.upper;
        curve->points[kept++] = point;
    }
    curve->count = kept;
    curve->followed_until = curve->masked_followed_until;
    curve->n = disclosure_count(n);
}
