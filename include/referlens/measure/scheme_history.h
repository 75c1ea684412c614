/* Who was under which scheme when, as schemes.csv has it: what is in force on a day, and who moved.
 *
 * Of two rows that hold on one day the later start counts, as in the assignment of referrals, so that a row without an
 * end is over when the next one begins. Called by the comparison's modules; read-only once made.
 */
#ifndef REFERLENS_MEASURE_SCHEME_HISTORY_H
#define REFERLENS_MEASURE_SCHEME_HISTORY_H

#include "referlens/cohort/cohort.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scheme_history {
    const struct scheme_row *rows; /* practice after practice, those for one specialty first; borrowed */
    size_t row_count;
    size_t *first; /* of each practice's rows, and one more; owned */
    size_t practice_count;
};

struct scheme_history scheme_history_of(const struct cohort *cohort);
void scheme_history_release(struct scheme_history *history);

/* The row in force for a practice on a day among those that cover the specialty alone, or every specialty
 * (DICTIONARY_NONE); NULL where there is none. */
const struct scheme_row *scheme_row_in_force(const struct scheme_history *history, uint32_t practice,
                                             uint32_t specialty, day date);

/* Fills `own`, by specialty: whether any row of the practice covers it alone. */
void scheme_history_own(const struct scheme_history *history, uint32_t practice, bool *own, size_t specialty_count);

/* What a practice as a whole (rows for every specialty) did between two days, both included. */
enum scheme_course {
    COURSE_UNKNOWN, /* some day before the first known scheme, or a gap of more than SCHEME_GAP_DAYS */
    COURSE_STAYED,  /* one scheme throughout */
    COURSE_MOVED,   /* from one to another, once */
    COURSE_MOVED_AGAIN
};

/* Days without a scheme that do not make it unknown: the scheme before goes on. */
enum { SCHEME_GAP_DAYS = 31 };

struct scheme_move {
    enum scheme_course course;
    enum scheme from, to; /* the same where it stayed */
    day date;             /* the first day under `to`; DAY_UNKNOWN unless it moved once */
};

struct scheme_move scheme_history_move(const struct scheme_history *history, uint32_t practice, day begin, day end);

#endif
