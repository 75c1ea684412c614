/* The report as data: all that an output reads, and nothing that an output would have to compute.
 *
 * Results held here are already masked for the audience. What belongs to one practice is evaluated when it is asked for
 * (report_practice, report_curve, report_reasons), so that memory stays flat however many practices there are; these
 * functions may be called from several threads.
 */
#ifndef REFERLENS_MEASURE_REPORT_H
#define REFERLENS_MEASURE_REPORT_H

#include "referlens/base/ledger.h"
#include "referlens/base/progress.h"
#include "referlens/measure/disclosure.h"
#include "referlens/measure/evaluation.h"
#include "referlens/measure/list_bands.h"
#include "referlens/measure/measure.h"
#include "referlens/measure/result.h"

#include <stdbool.h>
#include <stddef.h>

/* Practices that refer and are not in practices.csv. */
struct unlisted_practices {
    bool listed; /* whether there is a list at all; otherwise the rest is 0 */
    size_t practices;
    double referrals; /* theirs, advice requests too; NAN where that may not be shown */
};

/* A quarter of which rates and costs count only the days from `first` on: see person_years.h. */
struct late_quarter {
    quarter period;
    day first;
};

/* Requests dated before the observed window (observed_window.h), referrals and advice requests. */
struct early_requests {
    day before;   /* the first day of the window; DAY_UNKNOWN without any request at all */
    double count; /* NAN where it may not be shown */
};

struct case_list;

struct report {
    const char *version;
    day as_of;
    bool as_of_assumed; /* nobody gave it: it is the latest date in the data */
    quarter period;     /* the report's own */
    bool period_assumed;
    enum audience audience;
    const struct cohort *cohort;   /* for dictionaries, names and sessions; borrowed */
    struct evaluation *evaluation; /* borrowed; report_evaluate masks in it what the audience may not see */
    const struct ledger *ledgers;  /* by file; borrowed */
    size_t ledger_count;
    const struct reject *rejects; /* in the order of files, lines and columns; borrowed */
    size_t reject_count;
    struct progress *progress;          /* counts packs drawn, then packs made; NULL: nobody looks; borrowed */
    uint32_t untrusted; /* measures of which too many rows could not be used, see lost_rows.h; by report_evaluate */
    struct unlisted_practices unlisted; /* filled by report_evaluate */
    bool of_one_practice; /* likewise: nobody else has requests, so that all practices together are this one */
    struct late_quarter *late_quarters; /* likewise, in order; owned */
    size_t late_quarter_count;
    struct early_requests early; /* likewise */
    enum list_banding list_banding; /* what rates are standardised by; likewise, and the next */
    bool finer_bands_given;
    const struct case_list *cases; /* NULL: none were asked for; borrowed */
    struct result_list aggregates; /* all, specialty, scheme, scheme × specialty; each overall and by period */
    struct result_list practices;  /* practice after practice in the order of codes: overall, then for `period` */
};

/* Evaluates aggregates and practices and masks them. The other fields must be filled. The second leaves practices out.
 */
void report_evaluate(struct report *report, size_t worker_count);
void report_evaluate_aggregates(struct report *report, size_t worker_count);
void report_release(struct report *report);

/* Whether a quarter was asked for in which nothing was requested, though there are requests. */
bool report_period_is_empty(const struct report *report);

/* Whether numbers are shown as they are: to an analyst always, to a practice those of its own (`own`). */
bool report_is_exact(const struct report *report, bool own);

/* Whether enough rows of what a measure counts could be used for its number to be trusted. */
static inline bool report_is_trusted(const struct report *report, size_t measure)
{
    return (report->untrusted >> measure & 1) == 0;
}

/* One practice's results in full (see evaluate_practice), exact where the audience lets its own readers see
 * that (`own` true and the audience practice, or analyst), otherwise masked. Adds to the list. */
void report_practice(const struct report *report, uint32_t practice, bool own, struct result_list *results);

/* A curve, masked likewise. Release with curve_release. */
struct curve report_curve(const struct report *report, struct slice slice, const char *measure, bool own);

/* The whole journeys of those whose first referral was rejected (see evaluate_bounced_curve), masked likewise. */
struct curve report_bounced_curve(const struct report *report, uint32_t practice, bool own);

/* Rejection reasons of all (SLICE_ALL) or one practice, masked likewise: a masked count is NAN. Fills up to `room`
 * entries, largest first, ties by text, none given last. Returns how many. */
struct report_reason {
    struct text reason; /* empty: none given */
    double count;
};
size_t report_reasons(const struct report *report, uint32_t practice, bool own, struct report_reason *reasons,
                      size_t room);

/* Texts of slice codes: the practice's code and name, the specialty's code, the scheme's word; empty for SLICE_ALL. */
struct text report_practice_code(const struct report *report, uint32_t practice);
struct text report_practice_name(const struct report *report, uint32_t practice);
struct text report_specialty_code(const struct report *report, uint32_t specialty);
struct text report_scheme_word(uint32_t scheme);

/* A practice's locality, empty where it is not known; a specialty's title, its code where it has none; a scheme's
 * title, empty where it is none that we know. */
struct text report_practice_locality(const struct report *report, uint32_t practice);
struct text report_specialty_title(const struct report *report, uint32_t specialty);
struct text report_scheme_title(uint32_t scheme);

/* How many practices and specialties there are; their codes run from 0 in the order of their texts. */
size_t report_practice_count(const struct report *report);
size_t report_specialty_count(const struct report *report);

/* The quarters of the referral dates, first to last; false where there are no referrals. */
bool report_quarters(const struct report *report, quarter *first, quarter *last);

#endif
