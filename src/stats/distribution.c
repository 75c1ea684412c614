#include "referlens/stats/distribution.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sf_log.h>
#include <math.h>
#include <stdbool.h>

enum { ITERATIONS_MAX = 400, FRACTION_TERMS_MAX = 10000000 };

/* GSL's default handler ends the process on an underflow; here a failure is a value. It is set before main, so
 * that no thread ever sees it change. */
__attribute__((constructor)) static void switch_off_gsl_abort(void)
{
    gsl_set_error_handler_off();
}

double normal_quantile_two_sided(double level)
{
    if (!(level > 0 && level < 1)) {
        return NAN;
    }
    return gsl_cdf_ugaussian_Qinv((1 - level) / 2);
}

double normal_two_sided_p(double z)
{
    return isnan(z) ? NAN : erfc(fabs(z) / M_SQRT2);
}

/* A continuous distribution seen from one of its tails. */
struct tail {
    double probability;
    double a;
    double b; /* unused for the gamma */
    bool upper;
    bool beta;
};

/* The continued fraction of the incomplete beta function (DLMF 8.17.22) by Lentz's method; it converges fast for x
 * below the mean. GSL's own function has an approximation for one large and one small parameter that is good to 3
 * digits. */
static double beta_fraction(double x, double a, double b)
{
    const double smallest = 1e-300;
    double c = 1;
    double d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < smallest ? smallest : d);
    double result = d;

    for (int m = 1; m <= FRACTION_TERMS_MAX; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 + even * d;
        c = 1 + even / c;
        d = 1 / (fabs(d) < smallest ? smallest : d);
        c = fabs(c) < smallest ? smallest : c;
        result *= c * d;
        d = 1 + odd * d;
        c = 1 + odd / c;
        d = 1 / (fabs(d) < smallest ? smallest : d);
        c = fabs(c) < smallest ? smallest : c;
        result *= c * d;
        if (fabs(c * d - 1) < 4e-16) { /* two roundings: it may never be 0 */
            break;
        }
    }
    return result;
}

/* xᵃe⁻ˣ / Γ(a + 1), without the difference of large numbers that the formula suggests. */
static double gamma_term(double x, double a)
{
    if (a < 10) {
        return exp(a * log(x) - x - gsl_sf_lngamma(a + 1));
    }
    double distance = (x - a) / a;
    double exponent = fabs(distance) < 0.5 ? gsl_sf_log_1plusx_mx(distance) : log(x / a) - distance;
    return exp(a * exponent) / (sqrt(2 * M_PI * a) * gsl_sf_gammastar(a));
}

/* The series of the incomplete gamma function (DLMF 8.11.4) over its first term. */
static double gamma_series(double x, double a)
{
    double term = 1;
    double sum = 1;
    for (int n = 1; n <= FRACTION_TERMS_MAX && term > 1e-17 * sum; n++) {
        term *= x / (a + n);
        sum += term;
    }
    return sum;
}

/* Its continued fraction (DLMF 8.9.2), for x above a + 1, by Lentz's method. */
static double gamma_fraction(double x, double a)
{
    double b = x + 1 - a;
    double c = 1e300;
    double d = 1 / b;
    double result = d;
    for (int n = 1; n <= FRACTION_TERMS_MAX; n++) {
        double numerator = n * (a - n);
        b += 2;
        d = 1 / (b + numerator * d);
        c = b + numerator / c;
        result *= c * d;
        if (fabs(c * d - 1) < 4e-16) { /* two roundings: it may never be 0 */
            break;
        }
    }
    return result;
}

/* P(X ≤ x), or P(X > x), for a gamma variable of scale 1. GSL's own functions run out of terms for shapes in the
 * millions. */
static double gamma_tail(double x, double a, bool upper)
{
    if (x <= 0) {
        return upper ? 1 : 0;
    }
    bool from_below = x < a + 1;
    double tail = gamma_term(x, a) * (from_below ? gamma_series(x, a) : a * gamma_fraction(x, a));
    return from_below == upper ? 1 - tail : tail;
}

/* P(X ≤ x), or P(X > x), for a beta variable. */
static double beta_tail(double x, double a, double b, bool upper)
{
    if (x <= 0 || x >= 1) {
        return (x >= 1) == upper ? 0 : 1;
    }
    double density = exp(a * log(x) + b * log1p(-x) - gsl_sf_lnbeta(a, b));
    bool from_below = x < (a + 1) / (a + b + 2);
    double tail = density * (from_below ? beta_fraction(x, a, b) / a : beta_fraction(1 - x, b, a) / b);
    return from_below == upper ? 1 - tail : tail;
}

double chi_square_upper_tail(double x, double degrees)
{
    if (!(degrees > 0) || isnan(x)) {
        return NAN;
    }
    if (x <= 0) {
        return 1;
    }
    return degrees == 1 ? erfc(sqrt(x / 2)) : gamma_tail(x / 2, degrees / 2, true);
}

static double tail_probability(const struct tail *tail, double x)
{
    if (tail->beta) {
        return beta_tail(x, tail->a, tail->b, tail->upper);
    }
    return gamma_tail(x, tail->a, tail->upper);
}

static double tail_density(const struct tail *tail, double x)
{
    return tail->beta ? gsl_ran_beta_pdf(x, tail->a, tail->b) : gsl_ran_gamma_pdf(x, tail->a, 1);
}

/* Newton's method, kept between two points on either side of the root; a step that leaves them is a bisection. */
static double tail_quantile(const struct tail *tail, double low, double high, double start)
{
    double x = start > low && start < high ? start : (low + high) / 2;

    for (int i = 0; i < ITERATIONS_MAX; i++) {
        double excess = tail_probability(tail, x) - tail->probability;
        if (excess == 0) {
            return x;
        }
        if ((excess > 0) == tail->upper) {
            low = x;
        } else {
            high = x;
        }
        double slope = tail_density(tail, x);
        double next = slope > 0 ? x + (tail->upper ? excess : -excess) / slope : NAN;
        if (!(next > low && next < high)) {
            next = (low + high) / 2;
        }
        if (fabs(next - x) <= 2e-16 * fabs(next) || next == low || next == high) {
            return next;
        }
        x = next;
    }
    return x;
}

static double gamma_quantile(const struct tail *tail)
{
    if (!(tail->a > 0 && isfinite(tail->a) && tail->probability > 0 && tail->probability < 1)) {
        return NAN;
    }
    double z = tail->upper ? gsl_cdf_ugaussian_Qinv(tail->probability) : gsl_cdf_ugaussian_Pinv(tail->probability);
    double cube_root = 1 - 1 / (9 * tail->a) + z / (3 * sqrt(tail->a)); /* Wilson and Hilferty 1931 */
    double start = cube_root > 0 ? tail->a * cube_root * cube_root * cube_root : tail->a / 1000;
    double high = fmax(1, 2 * start);

    while (tail_probability(tail, high) > tail->probability ? tail->upper : !tail->upper) {
        if (tail_probability(tail, high) == tail->probability || high > 1e300) {
            break;
        }
        high *= 2;
    }
    return tail_quantile(tail, 0, high, start);
}

double gamma_lower_quantile(double probability, double shape)
{
    return gamma_quantile(&(struct tail){.probability = probability, .a = shape});
}

double gamma_upper_quantile(double probability, double shape)
{
    return gamma_quantile(&(struct tail){.probability = probability, .a = shape, .upper = true});
}

static double beta_quantile(const struct tail *tail)
{
    if (!(tail->a > 0 && tail->b > 0 && isfinite(tail->a + tail->b) && tail->probability > 0 &&
          tail->probability < 1)) {
        return NAN;
    }
    return tail_quantile(tail, 0, 1, tail->a / (tail->a + tail->b));
}

double beta_lower_quantile(double probability, double a, double b)
{
    return beta_quantile(&(struct tail){.probability = probability, .a = a, .b = b, .beta = true});
}

double beta_upper_quantile(double probability, double a, double b)
{
    return beta_quantile(&(struct tail){.probability = probability, .a = a, .b = b, .beta = true, .upper = true});
}

double student_quantile_two_sided(double level, double degrees)
{
    if (!(level > 0 && level < 1)) {
        return NAN;
    }
    /* t² / (degrees + t²) is a beta variable (½, degrees / 2). */
    double share = beta_upper_quantile(1 - level, 0.5, degrees / 2);
    double rest = share > 0.5 ? beta_lower_quantile(1 - level, degrees / 2, 0.5) : 1 - share;
    return sqrt(degrees * share / rest);
}

int64_t binomial_half_quantile(double probability, int64_t trials)
{
    if (trials < 0 || !(probability > 0 && probability < 1)) {
        return -1;
    }
    if (trials == 0) {
        return 0;
    }
    /* P(X ≤ k) = I(½; n − k, k + 1); bisection on whole numbers. */
    int64_t low = 0;
    int64_t high = trials;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        double at_most = middle == trials ? 1 : beta_tail(0.5, (double)(trials - middle), (double)middle + 1, false);
        /* The rounding slack that R's qbinom allows too, so that a tie falls the same way. */
        if (at_most >= probability * (1 - 64 * 2.220446049250313e-16)) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

/* P(X ≤ k) = I(1 − p; n − k, k + 1). */
double binomial_lower_tail(double count, double trials, double p)
{
    const double k = floor(count);
    return k < 0 ? 0 : k >= trials ? 1 : beta_tail(p, k + 1, trials - k, true);
}

double binomial_upper_tail(double count, double trials, double p)
{
    const double k = ceil(count);
    return k <= 0 ? 1 : k > trials ? 0 : beta_tail(p, k, trials - k + 1, false);
}

/* P(X ≤ k) = Q(k + 1, mean). */
double poisson_lower_tail(double count, double mean)
{
    return count < 0 ? 0 : gamma_tail(mean, floor(count) + 1, true);
}

double poisson_upper_tail(double count, double mean)
{
    return count <= 0 ? 1 : gamma_tail(mean, ceil(count), false);
}
