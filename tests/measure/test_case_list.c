#include "referlens/measure/case_list.h"

#include "../support/measured.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static char folder[SCRATCH_PATH_SIZE];

static int enter(void **state)
{
    (void)state;
    scratch_enter(folder);
    return 0;
}

static int leave(void **state)
{
    (void)state;
    scratch_leave(folder);
    return 0;
}

/* Each is picked, or not, for what is written beside it. */
static const char referrals[] = FROM_CSV_REFERRALS
    "silent,A,2024-01-01,330,,,,P1\n"  /* rejected without a word, never again: lost too */
    "spoken,A,2024-01-01,330,,,,\n"    /* rejected after a word, patient not known: not picked */
    "bounced,A,2024-01-01,330,,,,P3\n" /* rejected, referred again */
    "again,A,2024-02-01,330,,,,P3\n"   /* seen after 127 days: a long wait */
    "prompt,A,2024-02-01,330,,,,P4\n"  /* seen after 126 days: not picked */
    "waiting,A,2024-01-01,100,,,,P5\n" /* waits 366 days still */
    "asked,A,2024-01-01,330,advice,,,P6\n"  /* converted */
    "settled,A,2024-01-01,330,advice,,,P7\n" /* answered, and no more: not picked */
    "other,B,2024-01-01,330,,,,P8\n";  /* of another practice, rejected without a word */

static const char outcomes[] = FROM_CSV_OUTCOMES
    "silent,2024-01-02,rejected,,,no,\nspoken,2024-01-02,rejected,,,yes,\nbounced,2024-01-02,rejected,,,,\n"
    "again,2024-06-07,first_attended,,,,\nprompt,2024-06-06,first_attended,,,,\n"
    "asked,2024-01-02,converted,,,,\nsettled,2024-01-02,advice_response,,,,\nother,2024-12-30,rejected,,,no,\n";

static void each_rule_picks_its_cases(void **state)
{
    (void)state;
    struct measured measured = measured_from(referrals, outcomes, NULL, "2025-01-01", "2024-Q1", 1);
    struct case_list *list = case_list_of(measured.input.cohort);
    static const struct {
        const char *id;
        enum case_reason reason;
        int32_t days;
        bool waits;
    } expected[] = {
        {"silent", CASE_WITHOUT_DIALOGUE, -1, false}, {"bounced", CASE_REFERRED_AGAIN, -1, false},
        {"silent", CASE_LOST, -1, false},             {"waiting", CASE_LONG_WAIT, 366, true},
        {"again", CASE_LONG_WAIT, 127, false},        {"asked", CASE_ADVICE_CONVERTED, -1, false},
    };
    const struct case_row *rows;
    const size_t count =
        case_list_practice(list, measured_slice(&measured, "A", NULL, NULL, NULL).practice, &rows);
    assert_int_equal(count, sizeof expected / sizeof expected[0]);
    for (size_t i = 0; i < count; i++) {
        assert_true(text_equal(rows[i].id, text_of(expected[i].id)));
        assert_int_equal(rows[i].reason, expected[i].reason);
        assert_int_equal(rows[i].days, expected[i].days);
        assert_int_equal(rows[i].waits, expected[i].waits);
    }
    assert_int_equal(case_list_practice(list, measured_slice(&measured, "B", NULL, NULL, NULL).practice, &rows), 1);
    case_list_free(list);
    measured_release(&measured);
}

static void the_latest_twenty_of_a_reason_are_kept(void **state)
{
    (void)state;
    struct buffer many = buffer_with_maximum(1 << 16), events = buffer_with_maximum(1 << 16);
    buffer_add_string(&many, FROM_CSV_REFERRALS);
    buffer_add_string(&events, FROM_CSV_OUTCOMES);
    for (int i = 1; i <= 28; i++) {
        buffer_add_formatted(&many, "R%02d,A,2024-02-%02d,330,,,,\n", i, i > 26 ? 26 : i);
        buffer_add_formatted(&events, "R%02d,2024-03-01,rejected,,,no,\n", i);
    }
    struct measured measured = measured_from(many.bytes, events.bytes, NULL, "2024-03-31", "2024-Q1", 1);
    struct case_list *list = case_list_of(measured.input.cohort);
    const struct case_row *rows;
    assert_int_equal(case_list_practice(list, 0, &rows), CASES_OF_A_REASON_MAX);
    assert_true(text_equal(rows[0].id, TEXT("R26"))); /* three of one day, in the order of their ids */
    assert_true(text_equal(rows[2].id, TEXT("R28")));
    assert_true(text_equal(rows[19].id, TEXT("R09")));
    case_list_free(list);
    measured_release(&measured);
    buffer_release(&many);
    buffer_release(&events);
}

static void without_referrals_there_is_no_case(void **state)
{
    (void)state;
    struct measured measured = measured_from(FROM_CSV_REFERRALS, NULL, NULL, "2024-03-31", "2024-Q1", 1);
    struct case_list *list = case_list_of(measured.input.cohort);
    const struct case_row *rows;
    assert_int_equal(case_list_practice(list, 0, &rows), 0);
    case_list_free(list);
    measured_release(&measured);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_rule_picks_its_cases, enter, leave),
        cmocka_unit_test_setup_teardown(the_latest_twenty_of_a_reason_are_kept, enter, leave),
        cmocka_unit_test_setup_teardown(without_referrals_there_is_no_case, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
