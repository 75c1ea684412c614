#include "referlens/stats/standardise.h"

#include "referlens/stats/interval.h"

#include <math.h>

static const char *strata_fault(const struct stratum *strata, size_t count, int64_t *events)
{
    double weights = 0;

    *events = 0;
    for (size_t i = 0; i < count; i++) {
        if (strata[i].count < 0 || !(strata[i].weight >= 0)) {
            return "a count or a weight is negative";
        }
        if (!(strata[i].population > 0)) {
            return "a stratum has no population";
        }
        *events += strata[i].count;
        weights += strata[i].weight;
    }
    if (!(weights > 0)) {
        return "there are no weights";
    }
    return *events < STANDARDISE_COUNT_MIN ? "fewer than 10 events" : NULL;
}

struct standardised_rate direct_standardisation(const struct stratum *strata, size_t count, double level)
{
    struct standardised_rate result = {.value = NAN, .lower = NAN, .upper = NAN};
    double weights = 0;
    double weighted = 0;
    double variance = 0;

    result.reason = strata_fault(strata, count, &result.count);
    if (result.reason != NULL) {
        return result;
    }
    for (size_t i = 0; i < count; i++) {
        double per_event = strata[i].weight / strata[i].population;
        weights += strata[i].weight;
        weighted += per_event * (double)strata[i].count;
        variance += per_event * per_event * (double)strata[i].count;
    }
    double events = (double)result.count;
    struct interval limits = rate_interval(events, level);
    double scale = sqrt(variance / events) / weights;

    result.value = weighted / weights;
    result.lower = result.value + scale * (limits.lower - events);
    result.upper = result.value + scale * (limits.upper - events);
    return result;
}

struct standardised_ratio indirect_standardisation(double observed, double expected, double level)
{
    struct standardised_ratio result = {observed, expected, NAN, NAN, NAN, NULL};

    if (!(observed >= 0 && isfinite(observed))) {
        result.reason = "the observed count is negative or unknown";
    } else if (!(expected > 0 && isfinite(expected))) {
        result.reason = "the expected count is not above 0";
    } else {
        struct interval limits = rate_interval(observed, level);
        result.value = observed / expected;
        result.lower = limits.lower / expected;
        result.upper = limits.upper / expected;
    }
    return result;
}
