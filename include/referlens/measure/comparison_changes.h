/* Changes over time: practices that moved from one scheme to another, and practices that began to hold peer-review
 * meetings, before and after, against practices that did neither.
 *
 * Two ways to ask, side by side. The interrupted series pools the practices of one change month by month, counted from
 * each one's own change: did level or slope change at that moment? It has no control, so whatever else happened then is
 * in it too. The difference in differences takes a practice's month as its unit and asks whether those practices
 * changed more than the others did meanwhile; it rests on trends that would have been parallel, which the pre-trend can
 * only speak against. Neither is an experiment: practices were not drawn by lot.
 *
 * A practice that comes or goes is no change: each counts only in the months from its own first referral to its last,
 * must have some before its change and after it, and the series pools the same practices in all its months.
 *
 * A practice moved where the rows of schemes.csv for every specialty say so, once between the first and the last month
 * of the data; it met where sessions.csv has a first meeting in that time and none before. Whoever did both, or moved
 * more than once, or whose scheme is not known throughout, is in neither group; comparators are those who stayed and,
 * for meetings, have none recorded. The month in which a change came, unless it came on the first, is on neither side.
 * Months that are not settled (monthly.h) are left out and counted.
 *
 * Everything is masked for the audience: points like any other result; estimates, which rest on exact months, are moved
 * to a grid as coarse as the counts' own, limits outwards. NAN stands for "no number".
 */
#ifndef REFERLENS_MEASURE_COMPARISON_CHANGES_H
#define REFERLENS_MEASURE_COMPARISON_CHANGES_H

#include "referlens/measure/monthly.h"
#include "referlens/measure/report.h"
#include "referlens/stats/interval.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CHANGE_PRACTICES_MIN = 5, /* fewer on either side: no interval of a difference in differences */
    CHANGE_MONTHS_MIN = 3,    /* before the change, for a practice to have a before; and after it */
    CHANGE_EARLY_MONTHS = 3,  /* the first 90 days; what comes after them says whether it lasted */
};

/* One month before (negative) or after the change, all practices that changed together. */
struct change_point {
    int32_t month; /* 0: the first whole month after the change */
    double numerator, denominator;
    double value;          /* of a rate, per 1,000 person-years; NAN where it may not be shown */
    double fitted;         /* by the interrupted series */
    double counterfactual; /* what level and slope before the change would have led to; NAN before it */
};

/* A number with its interval and the reason why one of them is missing. */
struct change_estimate {
    struct estimate estimate;
    const char *reason; /* NULL: nothing is missing */
};

/* What one change did to one outcome. */
struct change {
    struct monthly_outcome outcome;
    size_t measure;    /* index into measure_table */
    uint32_t from, to; /* enum scheme; SCHEME_COUNT for both where it is meetings that began */
    enum result_status status;
    size_t practices, comparators;
    size_t pooled;                      /* of the practices, those in the series: with data in all its months */
    size_t months_before, months_after; /* in the series */
    size_t months_unsettled;            /* left out */
    struct change_point *points;        /* ascending; owned */
    size_t point_count;

    /* The interrupted series: the level before it, its slope a month, and how both changed. */
    struct change_estimate level, slope, level_change, slope_change;
    bool short_series; /* fewer than 12 months on a side */

    /* The difference in differences, over all months after, over the first three, and over those behind them. */
    struct change_estimate difference, early, later;
    struct change_estimate pre_trend; /* a month */
    bool few_practices;               /* fewer than 15 changed, or did not: see difference_in_differences.h */
};

/* Why practices are in none of the groups. */
struct change_exclusions {
    size_t unknown_scheme, moved_again, moved_and_met;
    size_t near_an_end;  /* fewer than CHANGE_MONTHS_MIN months before or after the change */
    size_t came_or_went; /* fewer of its own, from its first referral to its last */
};

struct comparison_changes {
    struct change *switches; /* (from, to) after (from, to), outcomes in a fixed order; owned */
    size_t switch_count;
    struct change *sessions; /* owned */
    size_t session_count;
    size_t meetings;                /* held by the practices of `sessions` within the months */
    bool has_schemes, has_sessions; /* whether the input has any row of schemes.csv, of sessions.csv */
    struct change_exclusions left_out;
};

/* The same for any number of workers. Release with comparison_changes_release; NULL is allowed there. */
struct comparison_changes comparison_changes_of(const struct report *report, size_t worker_count);
void comparison_changes_release(struct comparison_changes *changes);

/* The change of that measure among `count`; NULL where there is none. */
const struct change *change_find(const struct change *changes, size_t count, uint32_t from, uint32_t to,
                                 const char *measure);

/* The outcomes that are followed, in their order. */
extern const struct monthly_outcome change_outcomes[];
extern const size_t change_outcome_count;

#endif
