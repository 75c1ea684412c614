/* The table of measures: what each one counts, of whom, and what it rests on.
 *
 * One row here, one short function in proportion.c or delay.c and one test make a measure.
 * Everything that lists measures reads this table: evaluation, outputs, `referlens list measures`, the manual.
 */
#ifndef REFERLENS_MEASURE_MEASURE_H
#define REFERLENS_MEASURE_MEASURE_H

#include "referlens/base/buffer.h"
#include "referlens/cohort/cohort.h"
#include "referlens/measure/result.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum measure_kind { MEASURE_PROPORTION, MEASURE_DELAY, MEASURE_RATE };

/* Whether a higher value is, other things equal, what patients would want; many measures have no such side. */
enum measure_direction { DIRECTION_NEUTRAL, DIRECTION_HIGHER, DIRECTION_LOWER };

/* Where one referral stands in a proportion. */
enum membership {
    MEMBER_OUTSIDE,  /* not in the measure's population */
    MEMBER_COUNTED,  /* in the denominator only */
    MEMBER_HIT,      /* in the numerator too */
    MEMBER_PENDING,  /* left out: not decided or answered, and may yet be */
    MEMBER_CLOSED,   /* left out: not decided or answered, and no longer open */
    MEMBER_IMMATURE, /* left out: follow-up too short */
    MEMBER_UNKNOWN,  /* left out: the value or the patient is not known */
    MEMBERSHIP_COUNT
};

/* How one referral's clock ended. */
enum delay_end { DELAY_OUTSIDE, DELAY_EVENT, DELAY_COMPETING, DELAY_CENSORED, DELAY_UNKNOWN };

struct delay {
    int32_t days; /* from the referral's date; 0 or more unless DELAY_OUTSIDE or DELAY_UNKNOWN */
    enum delay_end end;
};

enum { SHIFTED_BY_MAX = 3 };

struct measure {
    const char *id;
    const char *title;
    enum measure_kind kind;
    const char *unit; /* "proportion", "days", "referrals per 1,000 registered patients a year" */
    enum measure_direction direction;
    const char *numerator;   /* in words; of a delay: the event that ends the clock */
    const char *denominator; /* in words; of a delay: from when, and which ends compete */
    const char *ci_method;
    bool of_advice;     /* over advice requests instead of referrals */
    uint32_t rests_on;  /* set of RECORDED_… bits: the measure is not recorded where one of these is missing */
    uint32_t rests_on_any; /* … or where all of these are missing, if any is named */
    uint32_t shifted_by[SHIFTED_BY_MAX]; /* sets of event types (RECORDED_EVENT) of which a loss of rows shifts the
                                            number, each to be judged as a whole: see lost_rows.h */
    enum membership (*member)(const struct fact *fact); /* proportions; the fact is of the right request type */
    struct delay (*delay)(const struct fact *fact);     /* delays */
    int32_t settled_days; /* how long after a quarter's end what its number counts may well yet happen; 0 where the
                             exclusions tell by themselves whether it is settled */
    bool completed_only; /* a delay without curve: only completed_median and completed_p90 */
};

extern const struct measure measure_table[];
extern const size_t measure_count;

/* The index of a measure by its id; measure_count where there is none. */
size_t measure_index(const char *id);

/* Whether the input records what the measure rests on; `recorded` as cohort_recorded gives it. */
bool measure_is_recorded(const struct measure *measure, uint32_t recorded);

/* Why there is no number of a measure that is not recorded: what it rests on was there, and could not be used
 * (`unread`, as cohort_unread gives it), or was not there at all. */
enum result_status measure_status_unrecorded(const struct measure *measure, uint32_t recorded, uint32_t unread);

/* `referlens list measures`: a tab-separated line a measure. */
void measure_list(struct buffer *text);

/* "proportion", "delay" or "rate"; "neutral", "higher" or "lower". */
const char *measure_kind_name(enum measure_kind kind);
const char *measure_direction_name(enum measure_direction direction);

#endif
