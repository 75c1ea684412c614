#include "referlens/measure/delay.h"

#include "../support/plain_fact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { AS_OF = 20000, REFERRED = 19900 };

static struct fact plain(void)
{
    return plain_fact(AS_OF, REFERRED);
}

static void assert_ends(struct delay delay, enum delay_end end, int32_t days)
{
    assert_int_equal(delay.end, end);
    assert_int_equal(delay.days, days);
}

static void who_has_not_ended_is_censored_at_the_as_of_date(void **state)
{
    (void)state;
    const struct fact fact = plain();
    assert_ends(delay_decision(&fact), DELAY_CENSORED, 100);
    assert_ends(delay_first_attendance(&fact), DELAY_CENSORED, 100);
    assert_ends(delay_treatment(&fact), DELAY_CENSORED, 100);
    assert_ends(delay_advice(&fact), DELAY_CENSORED, 100);
    assert_ends(delay_journey(&fact), DELAY_CENSORED, 100);
}

static void a_decision_competes_with_an_exit_only_if_that_is_earlier(void **state)
{
    (void)state;
    struct fact fact = plain();
    fact.decision = EVENT_ACCEPTED;
    fact.decided = REFERRED + 10;
    assert_ends(delay_decision(&fact), DELAY_EVENT, 10);
    fact.left = REFERRED + 11;
    assert_ends(delay_decision(&fact), DELAY_EVENT, 10);
    fact.left = REFERRED + 10; /* the same day is not earlier */
    assert_ends(delay_decision(&fact), DELAY_EVENT, 10);
    fact.left = REFERRED + 9;
    assert_ends(delay_decision(&fact), DELAY_COMPETING, 9);
    fact.decision = EVENT_NONE;
    fact.decided = DAY_UNKNOWN;
    assert_ends(delay_decision(&fact), DELAY_COMPETING, 9);
    fact.decision = EVENT_REJECTED;
    fact.decided = REFERRED;
    fact.left = DAY_UNKNOWN;
    assert_ends(delay_decision(&fact), DELAY_EVENT, 0);
}

static void an_attendance_counts_whatever_came_before_it(void **state)
{
    (void)state;
    struct fact fact = plain();
    fact.decision = EVENT_REJECTED;
    fact.decided = REFERRED + 5;
    fact.left = REFERRED + 3;
    assert_ends(delay_first_attendance(&fact), DELAY_COMPETING, 3); /* the earliest of the two */
    fact.left = REFERRED + 7;
    assert_ends(delay_first_attendance(&fact), DELAY_COMPETING, 5);
    fact.decision = EVENT_RETURNED_WITH_ADVICE;
    assert_ends(delay_first_attendance(&fact), DELAY_COMPETING, 5);
    fact.decision = EVENT_REDIRECTED; /* does not turn away */
    assert_ends(delay_first_attendance(&fact), DELAY_COMPETING, 7);
    fact.discharged = REFERRED + 1; /* does not compete with attendance */
    assert_ends(delay_first_attendance(&fact), DELAY_COMPETING, 7);
    fact.attended = REFERRED + 50;
    assert_ends(delay_first_attendance(&fact), DELAY_EVENT, 50);
    fact.decision = EVENT_REJECTED;
    assert_ends(delay_first_attendance(&fact), DELAY_EVENT, 50);
}

static void a_first_attendance_on_an_unknown_day_has_no_wait(void **state)
{
    (void)state;
    struct fact fact = plain();
    fact.flags = FLAG_SEEN_UNDATED;
    fact.left = REFERRED + 90;
    assert_int_equal(delay_first_attendance(&fact).end, DELAY_UNKNOWN);
    assert_ends(delay_treatment(&fact), DELAY_COMPETING, 90); /* does not rest on it */
    assert_int_equal(delay_journey(&fact).end, DELAY_CENSORED);
    fact.journey_undated = true;
    fact.journey_attended = REFERRED + 20;
    assert_int_equal(delay_journey(&fact).end, DELAY_UNKNOWN);
    fact.flags = FLAG_FOLLOWS;
    assert_int_equal(delay_journey(&fact).end, DELAY_OUTSIDE);
}

static void treatment_competes_with_discharge_too(void **state)
{
    (void)state;
    struct fact fact = plain();
    fact.discharged = REFERRED + 20;
    assert_ends(delay_treatment(&fact), DELAY_COMPETING, 20);
    fact.left = REFERRED + 19;
    assert_ends(delay_treatment(&fact), DELAY_COMPETING, 19);
    fact.decision = EVENT_RETURNED_WITH_ADVICE;
    fact.decided = REFERRED + 18;
    assert_ends(delay_treatment(&fact), DELAY_COMPETING, 18);
    fact.treated = REFERRED + 60;
    assert_ends(delay_treatment(&fact), DELAY_EVENT, 60);
}

static void advice_competes_with_an_exit_only_if_never_answered(void **state)
{
    (void)state;
    struct fact fact = plain();
    fact.left = REFERRED + 1;
    assert_ends(delay_advice(&fact), DELAY_COMPETING, 1);
    fact.responded = REFERRED + 2;
    assert_ends(delay_advice(&fact), DELAY_EVENT, 2);
}

static void a_journey_is_the_heads(void **state)
{
    (void)state;
    struct fact fact = plain();
    fact.flags = FLAG_FOLLOWS;
    assert_int_equal(delay_journey(&fact).end, DELAY_OUTSIDE);
    fact.flags = 0;
    fact.journey_ended = REFERRED + 30;
    assert_ends(delay_journey(&fact), DELAY_COMPETING, 30);
    fact.journey_attended = REFERRED + 80;
    assert_ends(delay_journey(&fact), DELAY_EVENT, 80);
}

static void a_hidden_delay_is_known_where_the_receipt_is_possible(void **state)
{
    (void)state;
    struct fact fact = plain();
    assert_int_equal(delay_hidden(&fact).end, DELAY_UNKNOWN);
    fact.received = REFERRED;
    assert_ends(delay_hidden(&fact), DELAY_EVENT, 0);
    fact.received = AS_OF;
    assert_ends(delay_hidden(&fact), DELAY_EVENT, 100);
    fact.received = REFERRED - 1;
    assert_int_equal(delay_hidden(&fact).end, DELAY_UNKNOWN);
    fact.received = AS_OF + 1;
    assert_int_equal(delay_hidden(&fact).end, DELAY_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_has_not_ended_is_censored_at_the_as_of_date),
        cmocka_unit_test(a_decision_competes_with_an_exit_only_if_that_is_earlier),
        cmocka_unit_test(an_attendance_counts_whatever_came_before_it),
        cmocka_unit_test(a_first_attendance_on_an_unknown_day_has_no_wait),
        cmocka_unit_test(treatment_competes_with_discharge_too),
        cmocka_unit_test(advice_competes_with_an_exit_only_if_never_answered),
        cmocka_unit_test(a_journey_is_the_heads),
        cmocka_unit_test(a_hidden_delay_is_known_where_the_receipt_is_possible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
