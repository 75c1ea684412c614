#include "referlens/stats/distribution.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdbool.h>

enum { ITERATIONS_MAX = 400 };

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

double chi_square_upper_tail(double x, double degrees)
{
    if (!(degrees > 0) || isnan(x)) {
        return NAN;
    }
    if (x <= 0) {
        return 1;
    }
    return degrees == 1 ? erfc(sqrt(x / 2)) : gsl_cdf_chisq_Q(x, degrees);
}

/* A continuous distribution seen from one of its tails. */
struct tail {
    double probability;
    double a;
    double b; /* unused for the gamma */
    bool upper;
    bool beta;
};

static double tail_probability(const struct tail *tail, double x)
{
    if (tail->beta) {
        return tail->upper ? gsl_cdf_beta_Q(x, tail->a, tail->b) : gsl_cdf_beta_P(x, tail->a, tail->b);
    }
    return tail->upper ? gsl_cdf_gamma_Q(x, tail->a, 1) : gsl_cdf_gamma_P(x, tail->a, 1);
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
        double at_most = middle == trials ? 1 : gsl_cdf_beta_P(0.5, (double)(trials - middle), (double)middle + 1);
        /* The rounding slack that R's qbinom allows too, so that a tie falls the same way. */
        if (at_most >= probability * (1 - 64 * 2.220446049250313e-16)) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}
