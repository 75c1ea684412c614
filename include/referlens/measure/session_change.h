/* Before and after a practice's last peer-review meeting: whole quarters on either side, beside all practices over the same
 * ones.
 *
 * Which meeting: the latest one with a whole, settled quarter behind it. Quarters before the observed window begins
 * (observed_window.h) are none. A difference shows that something moved, not what
 * moved it; outputs say so. Rests on masked results alone: a quarter that may not be shown leaves its row without a number.
 * Pure.
 */
#ifndef REFERLENS_MEASURE_SESSION_CHANGE_H
#define REFERLENS_MEASURE_SESSION_CHANGE_H

#include "referlens/measure/report.h"

#include <stddef.h>

/* Up to a year on either side. */
enum { SESSION_QUARTERS_MAX = 4, SESSION_ROWS_MAX = 8 };

/* One side of one measure. */
struct session_side {
    double numerator, denominator; /* summed over the quarters */
    double value, lower, upper;    /* with its 95 % interval; NAN without a number */
};

/* After minus before, with the interval of a difference (Newcombe). */
struct session_difference {
    double value, lower, upper;
};

struct session_change_row {
    size_t measure;            /* a proportion: index into measure_table */
    enum result_status status; /* of the practice's own difference; insufficient: nothing on one side */
    struct session_side before, after, all_before, all_after;
    struct session_difference own, all;
};

enum session_state {
    SESSION_NONE,           /* no meeting was held by the as-of date */
    SESSION_NOT_RECORDED,   /* one was, but decisions are not recorded, by which quarters are known to have settled */
    SESSION_TOO_EARLY,      /* no settled quarter lies behind any meeting */
    SESSION_NOTHING_BEFORE, /* no whole quarter lies before it */
    SESSION_COMPARED,
};

struct session_change {
    enum session_state state;
    day date;        /* of that meeting; the latest one where it is too early; DAY_UNKNOWN without any */
    day latest;      /* of the latest meeting of all, which may be a later one */
    struct text topic; /* borrowed from the cohort; empty where none is given */
    quarter before_first, before_last, after_first, after_last;
    struct session_change_row rows[SESSION_ROWS_MAX];
    size_t row_count;
};

/* `results`: the practice's own by quarter, as report_practice gives them. */
struct session_change session_change_of(const struct report *report, uint32_t practice,
                                        const struct result_list *results);

#endif
