/* One estimate from several, allowing for differences between them. Source: DerSimonian and Laird 1986.
 */
#ifndef REFERLENS_STATS_RANDOM_EFFECTS_H
#define REFERLENS_STATS_RANDOM_EFFECTS_H

#include <stddef.h>

struct random_effects {
    double tau2;   /* variance between the estimates; 0 where Q does not exceed its degrees of freedom */
    double pooled; /* weighted by 1/(se² + τ²) */
    double se;
    double lower; /* pooled ∓ z·se */
    double upper;
    double q;  /* Cochran's heterogeneity, on count − 1 degrees of freedom */
    double p;  /* of q; NAN for a single estimate */
    double i2; /* share of the variation that is not chance: max(0, (Q − df)/Q), 0–1 */
    const char *reason;
};

/* All NAN, with a reason, without estimates or where a standard error is not above 0. */
struct random_effects random_effects(const double *estimates, const double *errors, size_t count, double level);

#endif
