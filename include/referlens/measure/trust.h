/* What a report's numbers cannot bear: the remarks that belong above them, each by a fixed rule.
 *
 * Rests on the ledger and on masked results. Called by pages; pure.
 */
#ifndef REFERLENS_MEASURE_TRUST_H
#define REFERLENS_MEASURE_TRUST_H

#include "referlens/cohort/vocabulary.h"
#include "referlens/measure/report.h"

#include <stddef.h>

enum trust_kind {
    TRUST_NO_REFERRALS,    /* there were rows, and no referral could be used of them */
    TRUST_NO_OUTCOMES,     /* no decision, attendance or treatment of a referral, and no answer to an advice request */
    TRUST_NO_DECISIONS,    /* no decision, though something else */
    TRUST_NO_ATTENDANCES,  /* no attendance, though something else */
    TRUST_PERIOD_EMPTY,    /* a quarter was asked for in which nothing was requested */
    TRUST_EVENTS_LOST,     /* more than TRUST_ROWS_SHARE of the rows that say an event type could not be used */
    TRUST_ROWS_REJECTED,   /* more than TRUST_ROWS_SHARE of a kind's rows could not be used */
    TRUST_EVENTS_LEFT_OUT, /* likewise events left out: orphans, dated before their referral */
    TRUST_SEEN_UNDATED,    /* more than TRUST_ROWS_SHARE of the referrals were seen, when first is not recorded */
    TRUST_NOT_RECORDED,    /* nothing in the input tells a measure */
    TRUST_UNKNOWN,         /* more than TRUST_UNKNOWN_SHARE of those in question are not known */
    TRUST_BANDS_DIFFER,    /* practices' lists have finer bands than rates can be standardised by */
    TRUST_DATE_ASSUMED,    /* the as-of date is only the latest date in the data */
};

#define TRUST_ROWS_SHARE    0.01
#define TRUST_UNKNOWN_SHARE 0.2

struct trust_remark {
    enum trust_kind kind;
    size_t measure;   /* of SEEN_UNDATED, NOT_RECORDED, UNKNOWN and BANDS_DIFFER; index into measure_table */
    enum event_type type; /* of EVENTS_LOST */
    const char *file; /* kind of file, of the two about rows: "outcomes" */
    double count, total; /* rows or referrals that it concerns, of how many; NAN where that may not be shown */
};

enum { TRUST_REMARKS_MAX = 64 };

/* Fills `remarks` for a slice whose results over everything `results` holds, the gravest kind first. Returns how many.
 */
size_t trust_remarks_of(const struct report *report, const struct result_list *results, struct slice slice,
                        struct trust_remark remarks[TRUST_REMARKS_MAX]);

#endif
