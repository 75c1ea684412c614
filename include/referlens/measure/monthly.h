/* Months: each practice's numerators and denominators of some outcomes by the month of the referral date.
 *
 * Results go by quarter; a change that came on a day wants finer steps. Exact, so that masking is left to whoever calls
 * it: comparison_changes.c. A month that still moves (see series.h, whose rule it is) is not settled, and is for nobody
 * to use. Requests of a specialty that a practice has under a scheme of its own are left out, since what the practice
 * as a whole did says nothing of them.
 */
#ifndef REFERLENS_MEASURE_MONTHLY_H
#define REFERLENS_MEASURE_MONTHLY_H

#include "referlens/measure/evaluation.h"
#include "referlens/measure/scheme_history.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Months are numbered year × 12 + 0 to 11. */
int32_t month_of_day(day value);
day month_first_day(int32_t month);
day month_last_day(int32_t month);

/* Only so many months, the latest: five years. */
enum { MONTHLY_MONTHS_MAX = 60 };

/* Referrals that begin this late in a month, or end this early, do not make it a whole one. */
enum { MONTHLY_LATE_DAYS = 7 };

/* What is followed: a proportion; a rate; of a delay, the share that got there within so many days, of all who could be
 * followed for as long. */
struct monthly_outcome {
    const char *measure;
    int32_t within_days; /* 0 unless of a delay */
};

struct monthly_cell {
    double hits, total; /* of a rate: referrals, and person-years */
};

struct monthly {
    int32_t first;
    size_t month_count, practice_count;
    struct monthly_cell *cells; /* practice by practice, month by month; owned */
    bool *settled;              /* by month; owned */
};

/* The whole months from the first request of the observed window (observed_window.h) to the last, both included, none
 * after the as-of date; the latest if there are too many. False without any. */
struct month_span {
    int32_t first, last;
};
bool monthly_span(const struct evaluation *evaluation, struct month_span *span);

/* Those of these months from a practice's first referral of the observed window to its last, whatever lies between: the
 * months in which it is known to have been there. An end that falls within the span is, as for all together, a whole
 * month only with referrals close to it. None (the first behind the last) without referrals. */
struct month_span monthly_observed(const struct evaluation *evaluation, size_t practice, struct month_span span);

/* Fills `monthly`, one for each of the outcomes (MONTHLY_OUTCOMES_MAX at most), over such a span. The same for any
 * number of workers. Release each with monthly_release. */
enum { MONTHLY_OUTCOMES_MAX = 16 };
void monthly_of(const struct evaluation *evaluation, const struct scheme_history *history, struct month_span span,
                const struct monthly_outcome *outcomes, size_t outcome_count, size_t worker_count,
                struct monthly *monthly);
void monthly_release(struct monthly *monthly);

static inline struct monthly_cell monthly_at(const struct monthly *monthly, uint32_t practice, int32_t month)
{
    return monthly->cells[practice * monthly->month_count + (size_t)(month - monthly->first)];
}

#endif
