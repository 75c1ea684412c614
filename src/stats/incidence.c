#include "referlens/stats/incidence.h"

#include <math.h>
#include <stdbool.h>

static const double at_zero_or_one = 1e-12;

/* State of the estimate behind one row. Influence means the infinitesimal jackknife's: by how much the estimate would
 * move for one subject's weight. S is the survival, F the incidence in question, K that of all competing ends. */
struct progress {
    int64_t at_risk;
    double survival;
    double incidence;
    double competing;
    double at_risk_s; /* influence of each subject still at risk, on S, F and K */
    double at_risk_f;
    double at_risk_k;
    double ss; /* sums over the subjects gone of products of their influences on S, F and K */
    double ff;
    double kk;
    double fs;
    double ks;
};

static void add_departed(struct progress *now, double count, double s, double f, double k)
{
    now->ss += count * s * s;
    now->ff += count * f * f;
    now->kk += count * k * k;
    now->fs += count * f * s;
    now->ks += count * k * s;
}

/* Those gone move by dF' = dF + h·dS, dK' = dK + c·dS and dS' = (1 − h − c)·dS. */
static void move_departed(struct progress *now, double h, double c, double kept)
{
    now->ff += h * (2 * now->fs + h * now->ss);
    now->kk += c * (2 * now->ks + c * now->ss);
    now->fs = kept * (now->fs + h * now->ss);
    now->ks = kept * (now->ks + c * now->ss);
    now->ss *= kept * kept;
}

static void step(struct progress *now, const struct life_table_row *row)
{
    int64_t ended = row->events + row->competing;
    if (ended == 0) {
        add_departed(now, (double)row->censored, now->at_risk_s, now->at_risk_f, now->at_risk_k);
        now->at_risk -= row->censored;
        return;
    }
    double n = (double)now->at_risk;
    double h = (double)row->events / n;
    double c = (double)row->competing / n;
    double kept = (double)(now->at_risk - ended) / n;
    double share = now->survival / n; /* what one subject's own step is worth */

    move_departed(now, h, c, kept);
    /* Everyone at risk before his own end counts: the common part of the step. */
    double s = now->at_risk_s * kept + share * (h + c);
    double f = now->at_risk_f + h * (now->at_risk_s - share);
    double k = now->at_risk_k + c * (now->at_risk_s - share);
    if (row->events > 0) {
        add_departed(now, (double)row->events, s - share, f + share, k);
    }
    if (row->competing > 0) {
        add_departed(now, (double)row->competing, s - share, f, k + share);
    }
    if (row->censored > 0) {
        add_departed(now, (double)row->censored, s, f, k);
    }

    now->at_risk_s = s;
    now->at_risk_f = f;
    now->at_risk_k = k;
    now->incidence += now->survival * h;
    now->competing += now->survival * c;
    now->survival *= kept;
    now->at_risk -= ended + row->censored;
}

/* Where F is above one half its complement S + K gives the variance, so that the difference of two large numbers is
 * never taken: exactly 0 where everybody has had the event. */
static double variance(const struct progress *now)
{
    double n = (double)now->at_risk;
    double result;
    if (now->incidence <= 0.5) {
        result = now->ff + n * now->at_risk_f * now->at_risk_f;
    } else {
        double rest = now->at_risk_s + now->at_risk_k;
        result = now->ss + now->kk + 2 * now->ks + n * rest * rest;
    }
    return result > 0 ? result : 0;
}

struct interval log_log_interval(double p, double se, double z)
{
    if (!(p > at_zero_or_one && p < 1 - at_zero_or_one) || isnan(se)) {
        return (struct interval){NAN, NAN};
    }
    double log_p = log(p);
    double ratio = exp(z * se / (p * -log_p));
    return (struct interval){.lower = exp(log_p * ratio), .upper = exp(log_p / ratio)};
}

static struct incidence_point point_now(const struct progress *now, double z)
{
    double se = sqrt(variance(now));
    struct interval limits = log_log_interval(now->incidence, se, z);
    return (struct incidence_point){fmin(now->incidence, 1), se, limits.lower, limits.upper};
}

/* Bounds of −ln F by 2(1 − F)/(1 + F) ≤ −ln F, and of the logarithm by 1 − 1/x ≤ ln x ≤ x − 1, settle most rows
 * without a call of log: no limit can have reached one half where these say so. */
static bool upper_is_below_half(double incidence, double squared_z_variance)
{
    double room = incidence * (2 * (1 - incidence) / (1 + incidence) - M_LN2 - 1e-6);
    return room > 0 && squared_z_variance < room * room;
}

static bool lower_is_below_half(double incidence, double squared_z_variance)
{
    double room = incidence * (M_LN2 + 1e-6 - 2 * (1 - incidence) / (1 + incidence));
    return squared_z_variance > room * room;
}

/* Called where the incidence has just risen. The lower limit lies below it. */
static void note_marks(const struct progress *now, int32_t time, double z, struct incidence_summary *summary)
{
    const double half = 0.5 - INCIDENCE_TOLERANCE;

    if (summary->median == INCIDENCE_NEVER && now->incidence >= half) {
        summary->median = time;
    }
    if (summary->p90 == INCIDENCE_NEVER && now->incidence >= 0.9 - INCIDENCE_TOLERANCE) {
        summary->p90 = time;
    }
    bool may_start = summary->median_lower == INCIDENCE_NEVER;
    bool may_end = summary->median_upper == INCIDENCE_NEVER && now->incidence >= half;
    if (!may_start && !may_end) {
        return;
    }
    double spread = z * z * variance(now);
    may_start = may_start && !upper_is_below_half(now->incidence, spread);
    may_end = may_end && !lower_is_below_half(now->incidence, spread);
    if (may_start || may_end) {
        struct incidence_point point = point_now(now, z);
        if (may_start && point.upper >= half) {
            summary->median_lower = time;
        }
        if (may_end && point.lower >= half) {
            summary->median_upper = time;
        }
    }
}

static void count_subjects(const struct life_table_row *rows, size_t row_count, struct incidence_summary *summary)
{
    *summary = (struct incidence_summary){.median = INCIDENCE_NEVER,
                                          .median_lower = INCIDENCE_NEVER,
                                          .median_upper = INCIDENCE_NEVER,
                                          .p90 = INCIDENCE_NEVER};
    for (size_t i = 0; i < row_count; i++) {
        summary->events += rows[i].events;
        summary->competing += rows[i].competing;
        summary->censored += rows[i].censored;
    }
    summary->subjects = summary->events + summary->competing + summary->censored;
}

void incidence_of_life_table(const struct life_table_row *rows, size_t row_count, double z, const int32_t *horizons,
                             size_t horizon_count, struct incidence_point *points, struct incidence_summary *summary)
{
    count_subjects(rows, row_count, summary);
    struct progress now = {.at_risk = summary->subjects, .survival = 1};
    size_t horizon = 0;

    if (summary->subjects == 0) {
        for (; horizon < horizon_count; horizon++) {
            points[horizon] = (struct incidence_point){NAN, NAN, NAN, NAN};
        }
        return;
    }
    for (size_t i = 0; i < row_count; i++) {
        for (; horizon < horizon_count && horizons[horizon] < rows[i].time; horizon++) {
            points[horizon] = point_now(&now, z);
        }
        step(&now, &rows[i]);
        if (rows[i].events > 0) {
            note_marks(&now, rows[i].time, z, summary);
        }
    }
    if (horizon < horizon_count) { /* nothing happens any more */
        const struct incidence_point last = point_now(&now, z);
        for (; horizon < horizon_count; horizon++) {
            points[horizon] = last;
        }
    }
}

int32_t life_table_event_time(const struct life_table_row *rows, size_t row_count, int64_t number)
{
    for (size_t i = 0; i < row_count; i++) {
        if (number <= rows[i].events) {
            return rows[i].time;
        }
        number -= rows[i].events;
    }
    return INCIDENCE_NEVER;
}

double life_table_completed_quantile(const struct life_table_row *rows, size_t row_count, double p)
{
    int64_t events = 0;
    for (size_t i = 0; i < row_count; i++) {
        events += rows[i].events;
    }
    if (events == 0 || !(p >= 0 && p <= 1)) {
        return NAN;
    }
    double place = (double)(events - 1) * p;
    double whole = floor(place + 1e-12);
    double fraction = fmax(0, place - whole);
    int64_t number = (int64_t)whole + 1;
    double low = (double)life_table_event_time(rows, row_count, number);
    double high = fraction > 1e-12 ? (double)life_table_event_time(rows, row_count, number + 1) : low;
    return low + fraction * (high - low);
}
