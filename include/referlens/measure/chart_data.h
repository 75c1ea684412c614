/* What charts need beyond results and curves: funnels over practices, reasons in order, quarters in a row.
 *
 * Charts draw and never compute; this module computes for them, from masked results alone, so that a chart shows nothing
 * that a table would hide. Pages may use it too, so that a flag in a table and a mark in a chart are the same thing. All
 * functions are pure and may run in several threads on one report.
 */
#ifndef REFERLENS_MEASURE_CHART_DATA_H
#define REFERLENS_MEASURE_CHART_DATA_H

#include "referlens/measure/report.h"
#include "referlens/stats/funnel.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* With fewer practices than this there is nothing to be different from, and a funnel has no limits. */
enum { FUNNEL_PRACTICES_MIN = 5 };

/* One practice in a funnel. */
struct practice_point {
    uint32_t practice;
    double denominator;
    double value, lower, upper; /* the practice's own rate and interval, 0–1 */
    enum finding finding;       /* by the limits that allow for overdispersion */
    int side;                   /* −1 below, 1 above, 0 inside */
};

/* All practices' rates of one proportion, over everything. */
struct practice_funnel {
    struct practice_point *points; /* those that may be shown, in the order of codes; owned */
    size_t count;
    size_t suppressed; /* practices whose numbers may not be shown */
    size_t empty;      /* practices with nothing in the denominator */
    double overall;    /* the rate of all together; NAN where there is none */
    bool has_limits;   /* false with too few practices or no overall rate */
    struct funnel model;
    double denominator_maximum, value_maximum; /* of the points; 0 without any */
};

/* The funnel of a proportion by its measure's id. The target is the overall rate as published; the overdispersion is that
 * of the practices shown. Release with practice_funnel_release; NULL is allowed there. */
struct practice_funnel practice_funnel_of(const struct report *report, const char *measure);
void practice_funnel_release(struct practice_funnel *funnel);

/* Where a result of the same measure stands in the funnel: for a practice's own, exact numbers. A result without a number
 * gives a point of NANs and no finding. */
struct practice_point practice_funnel_place(const struct practice_funnel *funnel, const struct result *result);

/* The limits at a denominator above 0, all NAN where the funnel has none. `adjusted`: with the allowance for
 * overdispersion. */
struct finding_limits practice_funnel_limits(const struct practice_funnel *funnel, double denominator, bool adjusted);

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
    bool unfinished;       /* the quarter was not over by the as-of date */
    bool provisional;      /* more than PENDING_SHARE_MAX of its referrals were not decided by then */
};

#define PENDING_SHARE_MAX 0.05

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

/* The result of a measure, by its id, in a slice; NULL where the list has none. */
const struct result *chart_result(const struct result_list *results, struct slice slice, const char *measure);

#endif
