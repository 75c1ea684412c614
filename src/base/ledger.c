#include "referlens/base/ledger.h"

#include <string.h>

const char ledger_orphan[] = "event without its referral";
const char ledger_before_referral[] = "event dated before its referral";
const char ledger_after_as_of[] = "dated after the as-of date";

/* The place of the reason in the list, or where it would go. */
static size_t reason_place(const struct ledger_reason *reasons, size_t count, const char *reason)
{
    size_t place = 0;
    while (place < count && strcmp(reasons[place].reason, reason) != 0)
        place++;
    return place;
}

void ledger_count_reason(struct ledger_reason *reasons, size_t *reason_count, const char *reason, int64_t count)
{
    if (count == 0)
        return;
    size_t place = reason_place(reasons, *reason_count, reason);
    if (place + 1 >= LEDGER_REASON_MAX) {
        place = LEDGER_REASON_MAX - 1;
        reason = LEDGER_OTHER_REASONS;
    }
    if (place == *reason_count)
        reasons[(*reason_count)++] = (struct ledger_reason){.reason = reason};
    reasons[place].count += count;
}

static int64_t sum_of_reasons(const struct ledger_reason *reasons, size_t count)
{
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += reasons[i].count;
    return sum;
}

int64_t ledger_reason_rows(const struct ledger_reason *reasons, size_t reason_count, const char *reason)
{
    for (size_t i = 0; i < reason_count; i++) {
        if (strcmp(reasons[i].reason, reason) == 0)
            return reasons[i].count;
    }
    return 0;
}

void ledger_add_duplicates(struct ledger *ledger, const char *reason, int64_t count)
{
    ledger->duplicates += count;
    if (count > 0)
        ledger_count_reason(ledger->duplicates_for, &ledger->duplicates_reason_count, reason, count);
}

bool ledger_balances(const struct ledger *ledger)
{
    return ledger->read == ledger->used + ledger->rejected + ledger->duplicates + ledger->left_out &&
           ledger->rejected == sum_of_reasons(ledger->rejected_for, ledger->rejected_reason_count) &&
           ledger->duplicates == sum_of_reasons(ledger->duplicates_for, ledger->duplicates_reason_count) &&
           ledger->left_out == sum_of_reasons(ledger->left_out_for, ledger->left_out_reason_count);
}

int ledger_compare(const struct ledger *a, const struct ledger *b)
{
    int order = strcmp(a->name, b->name);
    if (order == 0)
        order = strcmp(a->kind, b->kind);
    if (order == 0)
        order = strcmp(a->sha256, b->sha256);
    return order;
}
