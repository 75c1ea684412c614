#include "referlens/stats/random_effects.h"

#include "referlens/stats/distribution.h"

#include <math.h>

static const char *fault(const double *estimates, const double *errors, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(estimates[i]) || !(errors[i] > 0 && isfinite(errors[i]))) {
            return "a standard error is not above 0";
        }
    }
    return count == 0 ? "there are no estimates" : NULL;
}

struct random_effects random_effects(const double *estimates, const double *errors, size_t count, double level)
{
    struct random_effects result = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, fault(estimates, errors, count)};
    if (result.reason != NULL) {
        return result;
    }
    double weights = 0;
    double squares = 0;
    double mean = 0;
    for (size_t i = 0; i < count; i++) {
        double weight = 1 / (errors[i] * errors[i]);
        weights += weight;
        squares += weight * weight;
        mean += (estimates[i] - mean) * weight / weights;
    }
    result.q = 0;
    for (size_t i = 0; i < count; i++) {
        double distance = (estimates[i] - mean) / errors[i];
        result.q += distance * distance;
    }
    double degrees = (double)count - 1;
    double room = weights - squares / weights;
    result.tau2 = count > 1 && result.q > degrees && room > 0 ? (result.q - degrees) / room : 0;
    result.i2 = result.q > degrees && count > 1 ? (result.q - degrees) / result.q : 0;
    result.p = chi_square_upper_tail(result.q, degrees);

    weights = 0;
    result.pooled = 0;
    for (size_t i = 0; i < count; i++) {
        double weight = 1 / (errors[i] * errors[i] + result.tau2);
        weights += weight;
        result.pooled += (estimates[i] - result.pooled) * weight / weights;
    }
    double z = normal_quantile_two_sided(level);
    result.se = 1 / sqrt(weights);
    result.lower = result.pooled - z * result.se;
    result.upper = result.pooled + z * result.se;
    return result;
}
