#include "referlens/base/ledger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static void a_reason_is_counted_once_under_its_text(void **state)
{
    (void)state;
    struct ledger_reason reasons[LEDGER_REASON_MAX] = {{0}};
    size_t count = 0;
    char same_text[] = "not a date"; /* another address */
    ledger_count_reason(reasons, &count, "not a date", 2);
    ledger_count_reason(reasons, &count, "column missing", 1);
    ledger_count_reason(reasons, &count, same_text, 3);
    ledger_count_reason(reasons, &count, "never happened", 0);
    assert_int_equal(count, 2);
    assert_string_equal(reasons[0].reason, "not a date");
    assert_int_equal(reasons[0].count, 5);
    assert_string_equal(reasons[1].reason, "column missing");
    assert_int_equal(reasons[1].count, 1);
}

static void reasons_beyond_the_list_are_kept_together(void **state)
{
    (void)state;
    static char texts[LEDGER_REASON_MAX + 8][16];
    struct ledger_reason reasons[LEDGER_REASON_MAX] = {{0}};
    size_t count = 0;
    for (size_t i = 0; i < LEDGER_REASON_MAX + 8; i++) {
        snprintf(texts[i], sizeof texts[i], "reason %zu", i);
        ledger_count_reason(reasons, &count, texts[i], 1);
    }
    ledger_count_reason(reasons, &count, "reason 3", 10);
    assert_int_equal(count, LEDGER_REASON_MAX);
    assert_string_equal(reasons[LEDGER_REASON_MAX - 2].reason, "reason 30");
    assert_string_equal(reasons[LEDGER_REASON_MAX - 1].reason, LEDGER_OTHER_REASONS);
    assert_int_equal(reasons[LEDGER_REASON_MAX - 1].count, 9);
    assert_int_equal(reasons[3].count, 11);
    int64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += reasons[i].count;
    assert_int_equal(sum, LEDGER_REASON_MAX + 8 + 10);
}

static void a_ledger_balances_only_where_every_row_has_its_reason(void **state)
{
    (void)state;
    struct ledger ledger = {.read = 10, .used = 4, .rejected = 3, .duplicates = 1, .left_out = 2};
    assert_false(ledger_balances(&ledger));
    ledger_count_reason(ledger.rejected_for, &ledger.rejected_reason_count, "not a date", 3);
    assert_false(ledger_balances(&ledger));
    ledger_count_reason(ledger.left_out_for, &ledger.left_out_reason_count, "dated after the as-of date", 2);
    assert_false(ledger_balances(&ledger));
    ledger_count_reason(ledger.duplicates_for, &ledger.duplicates_reason_count, "the same row again", 1);
    assert_true(ledger_balances(&ledger));
    ledger_add_duplicates(&ledger, "the same row again", 0);
    assert_true(ledger_balances(&ledger));
    ledger_add_duplicates(&ledger, "a later row", 2);
    assert_int_equal(ledger.duplicates, 3);
    assert_int_equal(ledger.duplicates_reason_count, 2);
    ledger.read = 11;
    assert_false(ledger_balances(&ledger));
    assert_true(ledger_balances(&(struct ledger){.name = "header only.csv"}));
}

static void files_have_an_order_of_their_own(void **state)
{
    (void)state;
    struct ledger a = {.name = "a.csv", .kind = "referrals", .sha256 = "0f"};
    struct ledger b = {.name = "b.csv", .kind = "outcomes", .sha256 = "0a"};
    struct ledger same_name = {.name = "a.csv", .kind = "referrals", .sha256 = "0a"};
    assert_true(ledger_compare(&a, &b) < 0);
    assert_true(ledger_compare(&b, &a) > 0);
    assert_true(ledger_compare(&a, &same_name) > 0);
    assert_int_equal(ledger_compare(&a, &a), 0);
    same_name.kind = "schemes";
    assert_true(ledger_compare(&a, &same_name) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reason_is_counted_once_under_its_text),
        cmocka_unit_test(reasons_beyond_the_list_are_kept_together),
        cmocka_unit_test(a_ledger_balances_only_where_every_row_has_its_reason),
        cmocka_unit_test(files_have_an_order_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
