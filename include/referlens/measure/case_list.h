/* Cases to look at: referrals of a practice that a meeting may learn from, by fixed rules, with their ids.
 *
 * The only thing in this room that holds a referral id, and made only where somebody asked for it. It must be made before
 * the cohort forgets its facts; ids are views of the files read, which must outlive it.
 */
#ifndef REFERLENS_MEASURE_CASE_LIST_H
#define REFERLENS_MEASURE_CASE_LIST_H

#include "referlens/cohort/cohort.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Why a case was picked: what the measure of that name counts. */
enum case_reason {
    CASE_WITHOUT_DIALOGUE, /* rejected, and the referrer was not contacted */
    CASE_REFERRED_AGAIN,   /* rejected, and referred again within 90 days */
    CASE_LOST,             /* neither attended nor referred again within 180 days of the rejection */
    CASE_LONG_WAIT,        /* seen after more than 126 days (18 weeks), or waiting that long still */
    CASE_ADVICE_CONVERTED, /* an advice request that became a referral */
    CASE_REASONS
};

/* So many of each reason for a practice: the longest waits, otherwise the latest. */
enum { CASES_OF_A_REASON_MAX = 20, CASE_LONG_WAIT_DAYS = 126 };

struct case_row {
    struct text id;
    uint32_t practice, specialty; /* dictionary codes */
    day referred;
    enum case_reason reason;
    int32_t days; /* waited for the first attendance, or by the as-of date; −1 for other reasons */
    bool waits;   /* still */
};

struct case_list;

/* Picks the cases of every practice. Release with case_list_free; NULL is allowed there. */
struct case_list *case_list_of(const struct cohort *cohort);
void case_list_free(struct case_list *list);

/* The rows of one practice: reason after reason, within one as picked, ties by id. Returns how many; `*rows` is the
 * list's. */
size_t case_list_practice(const struct case_list *list, uint32_t practice, const struct case_row **rows);

/* "rejected without a word with the referrer", and what the case is called in data: "without_dialogue". */
const char *case_reason_words(enum case_reason reason);
const char *case_reason_name(enum case_reason reason);

#endif
