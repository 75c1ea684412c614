/* Results: a number with its uncertainty and its status, and the slice of referrals that it speaks of.
 *
 * This is the product of the measure room and all that an output reads. Numbers are doubles throughout, counts
 * too; NAN stands for "no number" and is written as null, never as zero. Practice, specialty and scheme are codes of
 * the cohort's dictionaries, which are in the order of their texts.
 */
#ifndef REFERLENS_MEASURE_RESULT_H
#define REFERLENS_MEASURE_RESULT_H

#include "referlens/base/calendar.h"

#include <stddef.h>
#include <stdint.h>

/* In a slice: not restricted in that respect. */
#define SLICE_ALL UINT32_MAX
#define PERIOD_ALL INT32_MIN

struct slice {
    uint32_t practice;  /* dictionary code, or SLICE_ALL */
    uint32_t specialty; /* dictionary code, or SLICE_ALL */
    uint32_t scheme;    /* enum scheme, or SLICE_ALL */
    quarter period;     /* of the referral date, or PERIOD_ALL */
};

enum result_status { RESULT_OK, RESULT_SUPPRESSED, RESULT_INSUFFICIENT, RESULT_NOT_RECORDED };

/* How many rows of the measure's population were left out of the denominator, by reason; NAN where suppressed. */
struct exclusions {
    double pending;  /* not decided, or not answered, by the as-of date */
    double immature; /* follow-up too short to tell */
    double unknown;  /* the value, or the patient, is not known */
};

enum { HORIZON_COUNT = 7 };

/* The days at which a delay's incidence is reported: 2, 14, 28, 42, 126, 180, 365. */
extern const int32_t horizon_days[HORIZON_COUNT];

/* Cumulative incidence by a day, with its limits, in 0–1. */
struct incidence {
    double value, lower, upper;
};

struct result {
    struct slice slice;
    uint16_t measure; /* index into measure_table */
    enum result_status status;
    bool is_untrusted; /* too many rows of what it counts could not be used (see lost_rows.h) */
    bool is_masked; /* its counts are rounded (see disclosure.h) */
    double referrals; /* how many the slice has, advice requests aside, whatever is recorded of them: the same in every
                         measure of it; never written with one */
    struct exclusions excluded;
    double open; /* of those pending, those who may yet be decided or answered; for series, never written */

    /* Proportions and rates. A rate's denominator is in person-years, its value and limits per 1,000 of them. */
    double numerator, denominator, value, lower, upper;
    double expected; /* of a rate by age and sex: the numerator that the rates of all would give; NAN where the value is
                        crude, or not shown */
    double factor; /* of a rate: value = 1,000 × numerator × factor; for masking, never written */

    /* Delays, in days. */
    double n, events, competing, censored; /* subjects, and how they ended */
    double median, median_lower, median_upper, p90;
    struct incidence within[HORIZON_COUNT];
    double followed_until; /* the last day up to which what is said rests on enough, INFINITY where that is to the end: see
                              result_quantile */
    double masked_followed_until;           /* the same by masked counts; takes its place where a result is masked */
    double completed_median, completed_p90; /* of those who ended in the event: biased short */
    /* The same by rounded counts: the first day on which what is shown has got so far. Whether and when the exact ones get
     * there tells how many there were. These take the place of the exact ones where a result is masked; the first four are
     * only there where the evaluation is (see evaluation_mask). */
    double masked_median, masked_median_lower, masked_median_upper, masked_p90;
    double masked_completed_median, masked_completed_p90;
};

/* A growing list of results, owned by whoever zeroed it. */
struct result_list {
    struct result *results;
    size_t count;
    size_t capacity;
};

void result_list_release(struct result_list *list);

/* Adds a result for the slice with every number NAN, and returns it; good until the next one is added. */
struct result *result_list_add(struct result_list *list, struct slice slice, uint16_t measure);

/* Moves all results of `from` behind those of `to`; `from` is empty afterwards. */
void result_list_append(struct result_list *to, struct result_list *from);

/* The first result of that measure and slice, or NULL. */
const struct result *result_list_find(const struct result_list *list, struct slice slice, uint16_t measure);

/* Where fewer than this were still at risk, and more had been censored before than that, one patient stands for others
 * of whom nothing is known, and the estimate leaps. */
enum { AT_RISK_MIN = 10 };

/* A quantile of a delay, or a limit of one, where it is fit to be said: NAN where it lies behind followed_until. */
double result_quantile(const struct result *result, double days);

/* The incidence by a horizon, likewise. */
double result_share_within(const struct result *result, size_t horizon);

/* The word that JSON and SQLite use. */
const char *result_status_name(enum result_status status);

/* The whole slice: every field unrestricted. */
struct slice slice_all(void);

#endif
