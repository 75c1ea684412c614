#include "referlens/stats/mantel_haenszel.h"

#include "referlens/stats/distribution.h"

#include <math.h>
#include <stdbool.h>

/* Sums over the strata, in the letters of Robins, Breslow and Greenland and of Sato. */
struct sums {
    double r, s;         /* ad/n, bc/n */
    double pr, pssr, qs; /* P·R, P·S + Q·R, Q·S */
    double weight;       /* n1·n0/n */
    double difference;   /* (a·n0 − c·n1)/n */
    double sato_p, sato_q;
    double excess, variance; /* a − E(a), and its hypergeometric variance */
    int32_t strata;
    bool negative;
    bool zero_cell;
};

static const struct mantel_haenszel no_answer = {
    .odds_ratio = NAN,
    .odds_ratio_lower = NAN,
    .odds_ratio_upper = NAN,
    .log_odds_ratio_se = NAN,
    .risk_difference = NAN,
    .risk_difference_se = NAN,
    .risk_difference_lower = NAN,
    .risk_difference_upper = NAN,
    .chisq = NAN,
    .chisq_corrected = NAN,
    .p = NAN,
    .q = NAN,
    .q_p = NAN,
};

static bool is_usable(const struct two_by_two *table)
{
    return (double)table->a + (double)table->b + (double)table->c + (double)table->d >= 2;
}

static void add_table(struct sums *sums, const struct two_by_two *table)
{
    double a = (double)table->a;
    double b = (double)table->b;
    double c = (double)table->c;
    double d = (double)table->d;
    double n = a + b + c + d;
    double n1 = a + b;
    double n0 = c + d;
    double p = (a + d) / n;
    double q = (b + c) / n;
    double r = a * d / n;
    double s = b * c / n;

    sums->r += r;
    sums->s += s;
    sums->pr += p * r;
    sums->pssr += p * s + q * r;
    sums->qs += q * s;
    sums->weight += n1 * n0 / n;
    sums->difference += (a * n0 - c * n1) / n;
    sums->sato_p += (n1 * n1 * c - n0 * n0 * a + n1 * n0 * (n0 - n1) / 2) / (n * n);
    sums->sato_q += (a * (n0 - c) + c * (n1 - a)) / (2 * n);
    sums->excess += a - n1 * (a + c) / n;
    sums->variance += n1 * n0 * (a + c) * (b + d) / (n * n * (n - 1));
    sums->strata++;
    sums->zero_cell = sums->zero_cell || a == 0 || b == 0 || c == 0 || d == 0;
}

static void set_odds_ratio(struct mantel_haenszel *result, const struct sums *sums, double z)
{
    if (!(sums->s > 0)) {
        return;
    }
    result->odds_ratio = sums->r / sums->s;
    if (sums->r > 0) {
        double variance = sums->pr / (2 * sums->r * sums->r) + sums->pssr / (2 * sums->r * sums->s) +
                          sums->qs / (2 * sums->s * sums->s);
        result->log_odds_ratio_se = sqrt(variance);
        result->odds_ratio_lower = result->odds_ratio * exp(-z * result->log_odds_ratio_se);
        result->odds_ratio_upper = result->odds_ratio * exp(z * result->log_odds_ratio_se);
    }
}

static void set_risk_difference(struct mantel_haenszel *result, const struct sums *sums, double z)
{
    double difference = sums->difference / sums->weight;
    double variance = (difference * sums->sato_p + sums->sato_q) / (sums->weight * sums->weight);

    result->risk_difference = difference;
    result->risk_difference_se = sqrt(fmax(0, variance));
    result->risk_difference_lower = difference - z * result->risk_difference_se;
    result->risk_difference_upper = difference + z * result->risk_difference_se;
}

static void set_chisq(struct mantel_haenszel *result, const struct sums *sums)
{
    if (!(sums->variance > 0)) {
        return;
    }
    double excess = fabs(sums->excess);
    double corrected = excess >= 0.5 ? excess - 0.5 : excess;

    result->chisq = excess * excess / sums->variance;
    result->chisq_corrected = corrected * corrected / sums->variance;
    result->p = chi_square_upper_tail(result->chisq_corrected, 1);
}

static void set_heterogeneity(struct mantel_haenszel *result, const struct two_by_two *tables, size_t count,
                              const struct sums *sums)
{
    double half = sums->zero_cell ? 0.5 : 0;
    double weights = 0;
    double mean = 0;
    double q = 0;

    for (size_t i = 0; i < count; i++) {
        if (is_usable(&tables[i])) {
            double a = (double)tables[i].a + half;
            double b = (double)tables[i].b + half;
            double c = (double)tables[i].c + half;
            double d = (double)tables[i].d + half;
            double weight = 1 / (1 / a + 1 / b + 1 / c + 1 / d);
            double distance = log(a * d / (b * c)) - mean;
            /* West's running weighted mean and sum of squares. */
            weights += weight;
            mean += distance * weight / weights;
            q += weight * distance * distance * (1 - weight / weights);
        }
    }
    result->degrees = sums->strata - 1;
    result->q = q;
    result->q_p = result->degrees > 0 ? chi_square_upper_tail(q, result->degrees) : NAN;
}

struct mantel_haenszel mantel_haenszel(const struct two_by_two *tables, size_t count, double level)
{
    struct mantel_haenszel result = no_answer;
    struct sums sums = {0};
    double z = normal_quantile_two_sided(level);

    for (size_t i = 0; i < count; i++) {
        sums.negative = sums.negative || tables[i].a < 0 || tables[i].b < 0 || tables[i].c < 0 || tables[i].d < 0;
        if (is_usable(&tables[i])) {
            add_table(&sums, &tables[i]);
        }
    }
    result.strata = sums.strata;
    if (sums.negative) {
        result.reason = "a count is negative";
        return result;
    }
    if (!(sums.weight > 0)) {
        result.reason = "no stratum has subjects in both groups";
        return result;
    }
    set_odds_ratio(&result, &sums, z);
    set_risk_difference(&result, &sums, z);
    set_chisq(&result, &sums);
    set_heterogeneity(&result, tables, count, &sums);
    return result;
}
