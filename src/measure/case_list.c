#include "referlens/measure/case_list.h"

#include "referlens/base/memory.h"
#include "referlens/measure/delay.h"
#include "referlens/measure/proportion.h"

#include <stdlib.h>

struct case_list {
    struct case_row *rows; /* in their order */
    size_t count, capacity;
};

static void add(struct case_list *list, const struct cohort *cohort, size_t index, const struct fact *fact,
                enum case_reason reason, struct delay wait)
{
    list->rows = memory_grow(list->rows, &list->capacity, list->count + 1, sizeof *list->rows);
    list->rows[list->count++] = (struct case_row){
        .id = cohort_id(cohort, index),
        .practice = fact->practice,
        .specialty = fact->specialty,
        .referred = fact->referred,
        .reason = reason,
        .days = reason == CASE_LONG_WAIT ? wait.days : -1,
        .waits = reason == CASE_LONG_WAIT && wait.end == DELAY_CENSORED,
    };
}

static void pick(struct case_list *list, const struct cohort *cohort, size_t index)
{
    const struct fact fact = cohort_fact(cohort, index);
    const struct delay none = {0, DELAY_OUTSIDE};
    if (fact.flags & FLAG_LEFT_OUT)
        return;
    if (fact.flags & FLAG_ADVICE) {
        if ((fact.flags & FLAG_CONVERTED) || member_advice_diverted(&fact) == MEMBER_COUNTED)
            add(list, cohort, index, &fact, CASE_ADVICE_CONVERTED, none);
        return;
    }
    if (member_rejected_without_dialogue(&fact) == MEMBER_HIT)
        add(list, cohort, index, &fact, CASE_WITHOUT_DIALOGUE, none);
    if (member_re_referral(&fact) == MEMBER_HIT)
        add(list, cohort, index, &fact, CASE_REFERRED_AGAIN, none);
    if (member_lost_after_rejection(&fact) == MEMBER_HIT)
        add(list, cohort, index, &fact, CASE_LOST, none);
    const struct delay wait = delay_first_attendance(&fact);
    if ((wait.end == DELAY_EVENT || wait.end == DELAY_CENSORED) && wait.days > CASE_LONG_WAIT_DAYS)
        add(list, cohort, index, &fact, CASE_LONG_WAIT, wait);
}

/* By practice and reason; then the longest waits or the latest referrals first, ties by id. */
static int compare_rows(const void *left, const void *right)
{
    const struct case_row *a = left, *b = right;
    if (a->practice != b->practice)
        return a->practice < b->practice ? -1 : 1;
    if (a->reason != b->reason)
        return a->reason < b->reason ? -1 : 1;
    if (a->days != b->days)
        return a->days > b->days ? -1 : 1;
    if (a->referred != b->referred)
        return a->referred > b->referred ? -1 : 1;
    return text_compare(a->id, b->id);
}

/* Keeps the first few of each practice and reason. */
static void trim(struct case_list *list)
{
    size_t kept = 0, of_this = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct case_row row = list->rows[i];
        const bool same = i > 0 && kept > 0 && list->rows[kept - 1].practice == row.practice &&
                          list->rows[kept - 1].reason == row.reason;
        of_this = same ? of_this + 1 : 1;
        if (of_this <= CASES_OF_A_REASON_MAX)
            list->rows[kept++] = row;
    }
    list->count = kept;
}

struct case_list *case_list_of(const struct cohort *cohort)
{
    struct case_list *list = memory_allocate_zeroed(1, sizeof *list);
    for (size_t i = 0; i < cohort_count(cohort); i++)
        pick(list, cohort, i);
    if (list->count > 1)
        qsort(list->rows, list->count, sizeof *list->rows, compare_rows);
    trim(list);
    return list;
}

void case_list_free(struct case_list *list)
{
    if (list == NULL)
        return;
    memory_free(list->rows);
    memory_free(list);
}

size_t case_list_practice(const struct case_list *list, uint32_t practice, const struct case_row **rows)
{
    size_t low = 0, high = list->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (list->rows[middle].practice < practice)
            low = middle + 1;
        else
            high = middle;
    }
    size_t count = 0;
    while (low + count < list->count && list->rows[low + count].practice == practice)
        count++;
    *rows = list->rows + low;
    return count;
}

const char *case_reason_words(enum case_reason reason)
{
    static const char *const words[CASE_REASONS] = {
        "rejected without a word with the referrer",
        "rejected, and referred again within 90 days",
        "lost: neither seen nor referred again within 180 days of the rejection",
        "waited more than 18 weeks to be seen",
        "advice that became a referral",
    };
    return words[reason];
}

const char *case_reason_name(enum case_reason reason)
{
    static const char *const names[CASE_REASONS] = {"without_dialogue", "referred_again", "lost", "long_wait",
                                                    "advice_became_referral"};
    return names[reason];
}
