/* What charts need beyond results, curves and funnels: reasons in order, quarters in a row, meetings by date.
 *
 * Charts draw and never compute; this module computes for them, from masked results alone, so that a chart shows nothing
 * that a table would hide. All functions are pure and may run in several threads on one report.
 */
#ifndef REFERLENS_MEASURE_CHART_DATA_H
#define REFERLENS_MEASURE_CHART_DATA_H

#include "referlens/measure/report.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Rejections for one reason, or for several that are too rare for a line of their own. */
struct reason_row {
    struct text reason; /* empty: none given, or several */
    size_t folded;      /* 0, or how many reasons the row stands for */
    double count;
    double share;      /* of all rejections, 0–1 */
    double cumulative; /* share of this row and those above it */
    double share_of_all; /* the same reasons' share among all practices; NAN where not known or not asked for */
};

enum { REASON_NAMED_MAX = 9, REASON_ROWS_MAX = REASON_NAMED_MAX + 1 };

/* Reasons, largest first, ties by text, the rarest folded into one row, "none given" last. */
struct reason_table {
    struct reason_row rows[REASON_ROWS_MAX];
    size_t count;
    size_t suppressed;         /* reasons whose counts may not be shown */
    double rejections;         /* NAN: may not be shown, or nothing is recorded */
    enum result_status status; /* of the number of rejections */
};

/* The reasons of all (practice SLICE_ALL) or one practice. `results` holds the rejection rate of that slice. `all`, NULL
 * for none, holds report_reasons of everybody: `all_count` of them, making up `all_rejections`. */
struct reason_table reason_table_of(const struct report *report, uint32_t practice, bool own,
                                    const struct result_list *results, const struct report_reason *all, size_t all_count,
                                    double all_rejections);

/* How many reasons report_reasons may give. */
size_t reason_room(const struct report *report);

/* One quarter of referral dates. Counts and rates are NAN where there is no number or it may not be shown. */
struct period_row {
    quarter period;
    double referrals;
    double rejected;
    struct incidence rate; /* of rejection among the decided, with its interval */
    enum result_status status; /* of the rate */
    bool unfinished;       /* the quarter was not over by the as-of date */
    bool provisional;      /* the rate will still move: see series_is_provisional */
};

/* Fills `rows` with up to `room` quarters, the latest ones, in the order of time. `results` holds the slice by period.
 * Returns how many. */
size_t period_rows_of(const struct report *report, uint32_t practice, const struct result_list *results,
                      struct period_row *rows, size_t room);

/* The peer-review meetings of a practice by their dates, ascending; up to `room` of the latest. Returns how many. */
size_t session_days_of(const struct report *report, uint32_t practice, day *days, size_t room);

/* Reads a curve at a day: the cumulative incidence by then (0 before the first point), and how many were still at risk
 * just before. NAN for a curve without points, and where that number may not be shown. */
double curve_incidence(const struct curve *curve, int32_t days);
double curve_at_risk(const struct curve *curve, int32_t days);

/* What a curve says of a delay as a whole: median with its interval, 90th percentile and the shares by the horizons, as a
 * result of `measure` has them. For curves of which there is no result. Insufficient where the curve has no points. */
struct result curve_result(const struct curve *curve, size_t measure);

/* The result of a measure, by its id, in a slice; NULL where the list has none. */
const struct result *chart_result(const struct result_list *results, struct slice slice, const char *measure);

#endif
