/* Series: one measure of one slice over the quarters, and whether it has changed by more than chance.
 *
 * They rest on masked results alone. With CHART_POINTS_MIN usable quarters or more a proportion gets a P′ chart and
 * a rate or an incidence an XmR chart (without the screen). With fewer, or where too few are expected in a quarter to
 * have got there or not to have, it is a run chart, and always for medians in whole days. A quarter is usable where it
 * has a number, is not provisional and not over before the observed window begins (observed_window.h): such ones are
 * shown, and count neither for the limits nor as a signal, since they will still move or hold next to nobody. Pure; several threads may ask for series of one report.
 */
#ifndef REFERLENS_MEASURE_SERIES_H
#define REFERLENS_MEASURE_SERIES_H

#include "referlens/measure/report.h"
#include "referlens/stats/control_chart.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the values are: of a proportion or a rate, its own; of a delay, the cumulative incidence within SERIES_WITHIN_DAYS,
 * since a median may never be reached; of a delay without a curve, the median of those completed, in days. */
enum series_quantity { SERIES_PROPORTION, SERIES_RATE, SERIES_WITHIN, SERIES_COMPLETED_MEDIAN };
enum { SERIES_WITHIN_DAYS = 42 };

/* Only so many quarters, the latest: ten years, so that one referral dated 1901 costs nothing. */
enum { SERIES_QUARTERS_MAX = 40 };

enum series_method { SERIES_NONE, SERIES_P_PRIME, SERIES_XMR, SERIES_RUN };

/* A quarter of referral dates is provisional where it was not over by the as-of date, or where its follow-up was not:
 * the as-of date is no more than the measure's settled_days behind its end, or more than this share of its rows may yet
 * be decided or answered, or had too little follow-up. What ended without a decision will not move it any more. */
#define PROVISIONAL_SHARE_MAX 0.05

struct series_point {
    quarter period;
    enum result_status status;       /* insufficient where the slice had no rows in that quarter */
    double numerator, denominator;   /* of a delay: none, and the number of subjects */
    double value, lower, upper;      /* with the 95 % interval */
    double lower_limit, upper_limit; /* of the control chart; NAN in a run chart, and where the quarter is not usable */
    const char *signal;              /* the rule of the control chart, as chart_signal_name has it; NULL without */
    const char *meaning;             /* "improvement", "concern" or "change"; NULL without a signal */
    bool provisional;
    bool before_window; /* over before the observed window begins */
};

struct series {
    struct slice slice; /* period: PERIOD_ALL */
    size_t measure;     /* index into measure_table */
    enum series_quantity quantity;
    enum measure_direction direction; /* of the quantity: more patients seen within 42 days is better, though less of a
                                         wait is */
    enum series_method method;
    enum result_status status;   /* insufficient: no quarter is usable */
    size_t used;                 /* usable quarters */
    const char *no_limits;       /* why there is no control chart; NULL where there is one, and without a usable quarter */
    double mean;                 /* the centre of a control chart; NAN in a run chart */
    double sigma_z;              /* of P′; NAN otherwise */
    double median;               /* the centre of a run chart; NAN in a control chart */
    int64_t longest_run, longest_run_max, crossings, crossings_min; /* of a run chart; 0 otherwise */
    const char *no_verdict;      /* why no rule could hold, as with few quarters those of a run chart never do; NULL where
                                    one could, and without a usable quarter */
    bool signal;                 /* whether any rule says that it has changed */
    const char *meaning;         /* of a run chart with a signal: "improvement" or "concern" where it ends on the other side
                                    of the median than it began, otherwise "change"; NULL otherwise */
    struct series_point *points; /* quarter after quarter up to the report's last, in the order of time; owned */
    size_t count;
};

/* The series of a measure (index into measure_table) of a slice, of which `results` holds the quarters; the slice's own
 * period does not matter. The caller releases it; NULL is allowed there. */
struct series series_of(const struct report *report, const struct result_list *results, struct slice slice,
                        size_t measure);
void series_release(struct series *series);

/* The series of every measure: of all, of each specialty and of each scheme that has referrals. */
struct series_list {
    struct series *series;
    size_t count;
};
struct series_list series_list_of(const struct report *report);
void series_list_release(struct series_list *list);

/* Whether the number of a quarter is provisional, by the rule above. A masked count of 1 to 7 is taken as 4. */
bool series_is_provisional(const struct report *report, const struct result *result);

/* "p_prime", "xmr", "run"; NULL for none. */
const char *series_method_name(enum series_method method);

/* "proportion", "rate", "within_42_days", "completed_median". */
const char *series_quantity_name(enum series_quantity quantity);

#endif
