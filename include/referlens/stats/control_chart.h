/* Control charts of one value a period: XmR, and Laney's P′ for proportions with large denominators.
 *
 * A signal is one of four rules, tried in this order, and the first that holds for a point names it. Points that
 * together make up a signal all carry it. What a signal means depends on which way is better, which only the measure
 * knows: chart_meaning.
 */
#ifndef REFERLENS_STATS_CONTROL_CHART_H
#define REFERLENS_STATS_CONTROL_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum chart_signal {
    CHART_NO_SIGNAL,
    CHART_OUTSIDE,      /* beyond a limit */
    CHART_TREND,        /* one of 7 or more in a row, each above (or each below) the one before */
    CHART_TWO_OF_THREE, /* one of 2 out of 3 in a row that lie beyond 2σ on the same side */
    CHART_SHIFT,        /* one of 7 or more in a row on the same side of the mean; a point on it ends the row */
};

enum { CHART_RUN_LENGTH = 7, CHART_POINTS_MIN = 13 };

/* Fewer points than CHART_POINTS_MIN give limits too loose to rely on: use run_chart.h. */
struct control_chart {
    size_t points;
    double mean;
    double mean_range; /* moving range after the screen, if there was one */
    double lower;      /* mean ∓ 2.66 × mean_range; not held at 0 */
    double upper;
    bool screened;          /* the screen was asked for */
    size_t ranges_screened; /* how many ranges it left out */
    const char *reason;     /* why there are no limits; NULL where there are */
};

struct chart_point {
    double value; /* NAN where a period has none */
    double lower;
    double upper;
    enum chart_signal signal;
    int side; /* −1 low or falling, 1 high or rising, 0 without a signal */
};

/* XmR: needs two values. With `screen`, ranges of at least 3.267 × the mean range are left out once and the mean range
 * taken again. `points` has room for `count`; values must be finite. Sources: Shewhart 1931; Wheeler 1993. */
struct control_chart xmr_chart(const double *values, size_t count, bool screen, struct chart_point *points);

struct pprime_chart {
    size_t points;  /* periods with a denominator */
    double mean;    /* pooled proportion */
    double sigma_z; /* mean moving range of the z-scores / 1.128; 1 means binomial variation alone */
    const char *reason;
};

/* P′: limits p̄ ∓ 3·√(p̄(1 − p̄)/n)·σz, held inside 0–1. A period with total 0 is left out and its neighbours are
 * taken as following each other. Needs two periods and a pooled proportion that is neither 0 nor 1. Source: Laney 2002,
 * Quality Engineering 14:531. */
struct pprime_chart pprime_chart(const int64_t *counts, const int64_t *totals, size_t count,
                                 struct chart_point *points);

/* "outside", "trend", "two_of_three", "shift"; NULL for none. */
const char *chart_signal_name(enum chart_signal signal);

/* "improvement" or "concern" for a signal on this side, where `better` is −1 (lower is better), 1 (higher is better);
 * "change" where `better` is 0; NULL where `side` is 0. */
const char *chart_meaning(int side, int better);

#endif
