#include "referlens/stats/control_chart.h"

#include "referlens/base/memory.h"

#include <math.h>

/* 3 / d2 and D4 for ranges of two, to the digits in which they are always quoted. */
static const double limit_factor = 2.66;
static const double range_limit_factor = 3.267;
static const double range_to_sigma = 1.128;

/* Differences smaller than this share of the values are rounding, not variation. */
static const double rounding = 1e-12;

/* Sets the signal of every point that has none yet. */
static void mark(struct chart_point **points, size_t first, size_t last, enum chart_signal signal, int side)
{
    for (size_t i = first; i <= last; i++) {
        if (points[i]->signal == CHART_NO_SIGNAL) {
            points[i]->signal = signal;
            points[i]->side = side;
        }
    }
}

static int sign_beyond(double score, double limit)
{
    return score > limit ? 1 : score < -limit ? -1 : 0;
}

/* Calls mark for each longest row of equal non-zero signs that has at least `length` of them; a row of n steps between
 * points covers `extra` = 1 point more than it has signs. */
static void mark_rows(struct chart_point **points, const int *signs, size_t count, size_t length, size_t extra,
                      enum chart_signal signal)
{
    for (size_t start = 0; start < count;) {
        size_t end = start + 1;
        while (end < count && signs[end] == signs[start]) {
            end++;
        }
        if (signs[start] != 0 && end - start >= length) {
            mark(points, start, end - 1 + extra, signal, signs[start]);
        }
        start = end;
    }
}

static void mark_two_of_three(struct chart_point **points, const double *scores, size_t count)
{
    for (size_t i = 0; i + 1 < count; i++) {
        int side = sign_beyond(scores[i], 2 + rounding);
        for (size_t j = i + 1; side != 0 && j < count && j <= i + 2; j++) {
            if (sign_beyond(scores[j], 2 + rounding) == side) {
                mark(points, i, i, CHART_TWO_OF_THREE, side);
                mark(points, j, j, CHART_TWO_OF_THREE, side);
            }
        }
    }
}

/* `scores` are the distances from the mean in σ; `points` are the periods that have a value, in order of time. */
static void find_signals(struct chart_point **points, const double *scores, size_t count)
{
    int *signs = memory_allocate_zeroed(count, sizeof *signs);

    for (size_t i = 0; i < count; i++) {
        int side = sign_beyond(scores[i], 3 + rounding);
        if (side != 0) {
            mark(points, i, i, CHART_OUTSIDE, side);
        }
    }
    for (size_t i = 0; i + 1 < count; i++) {
        signs[i] = (points[i + 1]->value > points[i]->value) - (points[i + 1]->value < points[i]->value);
    }
    mark_rows(points, signs, count - 1, CHART_RUN_LENGTH - 1, 1, CHART_TREND);
    mark_two_of_three(points, scores, count);
    for (size_t i = 0; i < count; i++) {
        signs[i] = sign_beyond(scores[i], 0);
    }
    mark_rows(points, signs, count, CHART_RUN_LENGTH, 0, CHART_SHIFT);
    memory_free(signs);
}

/* A distance in σ; where nothing varies any real distance is beyond all limits, and a rounding is none. */
static double score_of(double distance, double sigma, double scale)
{
    if (fabs(distance) <= rounding * scale) {
        return 0;
    }
    return distance / sigma;
}

static double mean_range_of(const double *values, size_t count, double ceiling, size_t *left_out)
{
    double sum = 0;
    size_t kept = 0;

    *left_out = 0;
    for (size_t i = 0; i + 1 < count; i++) {
        double range = fabs(values[i + 1] - values[i]);
        if (range >= ceiling) {
            (*left_out)++;
        } else {
            sum += range;
            kept++;
        }
    }
    return sum / (double)kept;
}

struct control_chart xmr_chart(const double *values, size_t count, bool screen, struct chart_point *points)
{
    struct control_chart chart = {count, NAN, NAN, NAN, NAN, screen, 0, NULL};
    double scale = 0;
    double sum = 0;

    for (size_t i = 0; i < count; i++) {
        points[i] = (struct chart_point){.value = values[i], .lower = NAN, .upper = NAN};
        sum += values[i];
        scale = fmax(scale, fabs(values[i]));
    }
    if (count < 2) {
        chart.reason = "fewer than two values";
        return chart;
    }
    chart.mean = sum / (double)count;
    chart.mean_range = mean_range_of(values, count, INFINITY, &chart.ranges_screened);
    if (screen && chart.mean_range > 0) {
        /* The mean of what is left cannot be empty: not every range is 3.267 times their mean. */
        chart.mean_range = mean_range_of(values, count, range_limit_factor * chart.mean_range, &chart.ranges_screened);
    }
    chart.lower = chart.mean - limit_factor * chart.mean_range;
    chart.upper = chart.mean + limit_factor * chart.mean_range;

    struct chart_point **present = memory_allocate_zeroed(count, sizeof *present);
    double *scores = memory_allocate_zeroed(count, sizeof *scores);
    for (size_t i = 0; i < count; i++) {
        points[i].lower = chart.lower;
        points[i].upper = chart.upper;
        present[i] = &points[i];
        scores[i] = score_of(values[i] - chart.mean, limit_factor * chart.mean_range / 3, scale);
    }
    find_signals(present, scores, count);
    memory_free(present);
    memory_free(scores);
    return chart;
}

static const char *pprime_fault(const int64_t *counts, const int64_t *totals, size_t count, struct pprime_chart *chart)
{
    double events = 0;
    double total = 0;

    for (size_t i = 0; i < count; i++) {
        if (counts[i] < 0 || totals[i] < counts[i]) {
            return "a count lies outside its total";
        }
        chart->points += totals[i] > 0 ? 1 : 0;
        events += (double)counts[i];
        total += (double)totals[i];
    }
    if (chart->points < 2) {
        return "fewer than two periods with a denominator";
    }
    chart->mean = events / total;
    return events > 0 && events < total ? NULL : "the proportion is 0 or 1 throughout";
}

struct pprime_chart pprime_chart(const int64_t *counts, const int64_t *totals, size_t count, struct chart_point *points)
{
    struct pprime_chart chart = {.mean = NAN, .sigma_z = NAN};

    for (size_t i = 0; i < count; i++) {
        bool present = totals[i] > 0 && counts[i] >= 0;
        points[i] = (struct chart_point){
            .value = present ? (double)counts[i] / (double)totals[i] : NAN, .lower = NAN, .upper = NAN};
    }
    chart.reason = pprime_fault(counts, totals, count, &chart);
    if (chart.reason != NULL) {
        return chart;
    }
    struct chart_point **present = memory_allocate_zeroed(count, sizeof *present);
    double *scores = memory_allocate_zeroed(count, sizeof *scores);
    double variance = chart.mean * (1 - chart.mean);
    size_t found = 0;
    size_t left_out = 0;
    for (size_t i = 0; i < count; i++) {
        if (totals[i] > 0) {
            present[found] = &points[i];
            scores[found++] = score_of(points[i].value - chart.mean, sqrt(variance / (double)totals[i]), 1);
        }
    }
    chart.sigma_z = mean_range_of(scores, found, INFINITY, &left_out) / range_to_sigma;
    for (size_t i = 0; i < count; i++) {
        if (totals[i] > 0) {
            double reach = 3 * sqrt(variance / (double)totals[i]) * chart.sigma_z;
            points[i].lower = fmax(0, chart.mean - reach);
            points[i].upper = fmin(1, chart.mean + reach);
        }
    }
    for (size_t i = 0; i < found; i++) {
        scores[i] = scores[i] == 0 ? 0 : scores[i] / chart.sigma_z;
    }
    find_signals(present, scores, found);
    memory_free(present);
    memory_free(scores);
    return chart;
}

const char *chart_signal_name(enum chart_signal signal)
{
    static const char *const names[] = {
        [CHART_NO_SIGNAL] = NULL, [CHART_OUTSIDE] = "outside",
        [CHART_TREND] = "trend",  [CHART_TWO_OF_THREE] = "two_of_three",
        [CHART_SHIFT] = "shift",
    };
    return names[signal];
}

const char *chart_meaning(int side, int better)
{
    if (side == 0) {
        return NULL;
    }
    if (better == 0) {
        return "change";
    }
    return (side > 0) == (better > 0) ? "improvement" : "concern";
}
