/* Standardised rates and ratios.
 *
 * Where there is no answer every number is NAN and `reason` says why in a few words; otherwise `reason` is NULL.
 */
#ifndef REFERLENS_STATS_STANDARDISE_H
#define REFERLENS_STATS_STANDARDISE_H

#include <stddef.h>
#include <stdint.h>

struct stratum {
    int64_t count;     /* events */
    double population; /* person-time or persons */
    double weight;     /* of the stratum in the standard population; any scale */
};

struct standardised_rate {
    int64_t count; /* events in all strata */
    double value;  /* per unit of population */
    double lower;
    double upper;
    const char *reason;
};

/* Fewer events than this and the interval cannot be trusted. */
enum { STANDARDISE_COUNT_MIN = 10 };

/* Σw·x/n / Σw with the interval of Dobson, Kuulasmaa, Eberle and Scherer 1991 on the limits of the total count (exact
 * below 10, Byar's from there on). Insufficient where fewer than STANDARDISE_COUNT_MIN events, or a stratum without
 * population. */
struct standardised_rate direct_standardisation(const struct stratum *strata, size_t count, double level);

struct standardised_ratio {
    double observed;
    double expected;
    double value;
    double lower;
    double upper;
    const char *reason;
};

/* Observed over expected, with the limits of the observed count over the expected one. Two such ratios rest on two
 * populations and are not to be compared with each other. */
struct standardised_ratio indirect_standardisation(double observed, double expected, double level);

#endif
