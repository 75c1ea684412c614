#include "referlens/measure/disclosure.h"

#include "referlens/measure/measure.h"
#include "referlens/stats/interval.h"

#include <math.h>
#include <string.h>

enum { SHOWN_MINIMUM = 8, GRID = 5 };

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

double disclosure_count(double count)
{
    if (isnan(count) || count == 0)
        return count;
    return count < SHOWN_MINIMUM ? NAN : GRID * round(count / GRID);
}

/* Whether masking takes a count away (and not that there was none). */
static bool is_small(double count)
{
    return count > 0 && count < SHOWN_MINIMUM;
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
    } else if (result->status == RESULT_OK) {
        const struct interval interval = rate_interval(result->numerator, 0.95);
        result->value = 1000 * result->numerator * result->factor;
        result->lower = 1000 * interval.lower * result->factor;
        result->upper = 1000 * interval.upper * result->factor;
    }
}

static double clamped_share(double count, double total)
{
    return fmin(fmax(count / total, 0), 1);
}

/* A share of n as a count: a whole number where it is one but for rounding in the share. */
static double count_of(double share, double n)
{
    const double count = share * n, whole = round(count);
    return fabs(count - whole) < 1e-6 ? whole : count;
}

/* An incidence as a share of the rounded subjects, on the grid of counts; its limits are widened to the grid. */
static struct incidence mask_incidence(struct incidence exact, double n)
{
    const double shown = disclosure_count(n), count = disclosure_count(count_of(exact.value, n));
    if (isnan(count) || isnan(shown))
        return (struct incidence){NAN, NAN, NAN};
    return (struct incidence){
        .value = clamped_share(count, shown),
        .lower = clamped_share(GRID * floor(count_of(exact.lower, n) / GRID), shown),
        .upper = clamped_share(GRID * ceil(count_of(exact.upper, n) / GRID), shown),
    };
}

static void mask_delay(struct result *result)
{
    const bool small = is_small(result->n) || is_small(result->events);
    for (size_t i = 0; i < HORIZON_COUNT; i++)
        result->within[i] = small ? (struct incidence){NAN, NAN, NAN} : mask_incidence(result->within[i], result->n);
    result->n = disclosure_count(result->n);
    result->events = disclosure_count(result->events);
    result->competing = disclosure_count(result->competing);
    result->censored = disclosure_count(result->censored);
    /* A quantile between two days tells how many there were; whole days do not. */
    result->completed_median = round(result->completed_median);
    result->completed_p90 = round(result->completed_p90);
    if (!small)
        return;
    result->status = RESULT_SUPPRESSED;
    result->median = result->median_lower = result->median_upper = result->p90 = NAN;
    result->completed_median = result->completed_p90 = NAN;
}

void disclosure_apply(struct result *result, bool exact)
{
    if (exact || result->status == RESULT_NOT_RECORDED)
        return;
    mask_exclusions(&result->excluded);
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

void disclosure_apply_curve(struct curve *curve, bool exact)
{
    if (exact)
        return;
    const double n = curve->n;
    size_t kept = 0;
    for (size_t i = 0; i < curve->count; i++) {
        struct curve_point point = curve->points[i];
        const struct incidence masked =
            mask_incidence((struct incidence){point.incidence, point.lower, point.upper}, n);
        if (isnan(masked.value))
            continue;
        point.incidence = masked.value;
        point.lower = masked.lower;
        point.upper = masked.upper;
        const double at_risk = disclosure_count((double)point.at_risk);
        point.at_risk = isnan(at_risk) ? -1 : (int64_t)at_risk;
        curve->points[kept++] = point;
    }
    curve->count = kept;
    curve->n = disclosure_count(n);
}
