#include "referlens/measure/proportion.h"

#include "../support/plain_fact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { AS_OF = 20000, REFERRED = 19000 }; /* 1,000 days of follow-up */

static struct fact plain(void)
{
    return plain_fact(AS_OF, REFERRED);
}

static struct fact decided(enum event_type decision, day date)
{
    struct fact fact = plain();
    fact.decision = (uint8_t)decision;
    fact.decided = date;
    return fact;
}

static void decisions_are_shares_of_the_decided_with_the_pending_apart(void **state)
{
    (void)state;
    struct fact fact = plain_fact(AS_OF, AS_OF);
    assert_int_equal(member_rejection(&fact), MEMBER_PENDING);
    assert_int_equal(member_returned_with_advice(&fact), MEMBER_PENDING);
    assert_int_equal(member_redirected(&fact), MEMBER_PENDING);
    fact = decided(EVENT_REJECTED, REFERRED);
    assert_int_equal(member_rejection(&fact), MEMBER_HIT);
    assert_int_equal(member_returned_with_advice(&fact), MEMBER_COUNTED);
    assert_int_equal(member_redirected(&fact), MEMBER_COUNTED);
    fact = decided(EVENT_RETURNED_WITH_ADVICE, REFERRED);
    assert_int_equal(member_rejection(&fact), MEMBER_COUNTED);
    assert_int_equal(member_returned_with_advice(&fact), MEMBER_HIT);
    fact = decided(EVENT_REDIRECTED, REFERRED);
    assert_int_equal(member_redirected(&fact), MEMBER_HIT);
    fact = decided(EVENT_ACCEPTED, REFERRED);
    assert_int_equal(member_rejection(&fact), MEMBER_COUNTED);
}

static void what_has_ended_or_lain_for_a_year_is_no_longer_open(void **state)
{
    (void)state;
    static const size_t ends[] = {offsetof(struct fact, left), offsetof(struct fact, attended),
                                  offsetof(struct fact, treated), offsetof(struct fact, discharged)};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct fact fact = plain_fact(AS_OF, AS_OF - 10);
        *(day *)((char *)&fact + ends[i]) = AS_OF;
        assert_int_equal(member_rejection(&fact), MEMBER_CLOSED);
        assert_int_equal(member_returned_with_advice(&fact), MEMBER_CLOSED);
        assert_int_equal(member_redirected(&fact), MEMBER_CLOSED);
        assert_int_equal(member_advice_diverted(&fact), MEMBER_CLOSED);
        fact.decision = EVENT_REJECTED;
        fact.decided = AS_OF;
        assert_int_equal(member_rejection(&fact), MEMBER_HIT);
    }
    struct fact fact = plain_fact(AS_OF, AS_OF - 365);
    assert_int_equal(member_rejection(&fact), MEMBER_PENDING);
    assert_int_equal(member_advice_diverted(&fact), MEMBER_PENDING);
    fact = plain_fact(AS_OF, AS_OF - 366);
    assert_int_equal(member_rejection(&fact), MEMBER_CLOSED);
    assert_int_equal(member_advice_diverted(&fact), MEMBER_CLOSED);
}

static void dialogue_is_a_share_of_rejections_with_a_known_answer(void **state)
{
    (void)state;
    struct fact fact = decided(EVENT_ACCEPTED, REFERRED);
    fact.contacted = fact.consulted = ANSWER_NO;
    assert_int_equal(member_rejected_without_dialogue(&fact), MEMBER_OUTSIDE);
    assert_int_equal(member_rejected_without_patient(&fact), MEMBER_OUTSIDE);
    fact = plain();
    assert_int_equal(member_rejected_without_dialogue(&fact), MEMBER_OUTSIDE);
    fact = decided(EVENT_REJECTED, REFERRED);
    assert_int_equal(member_rejected_without_dialogue(&fact), MEMBER_UNKNOWN);
    assert_int_equal(member_rejected_without_patient(&fact), MEMBER_UNKNOWN);
    fact.contacted = ANSWER_NO;
    fact.consulted = ANSWER_YES;
    assert_int_equal(member_rejected_without_dialogue(&fact), MEMBER_HIT);
    assert_int_equal(member_rejected_without_patient(&fact), MEMBER_COUNTED);
}

/* A rejection `follow_up` days before the as-of date, with the next referral after so many days. */
static struct fact rejected(int32_t follow_up, int32_t next_days)
{
    struct fact fact = decided(EVENT_REJECTED, AS_OF - follow_up);
    fact.flags = FLAG_PATIENT_KNOWN;
    fact.next_days = next_days;
    return fact;
}

static void a_re_referral_comes_within_90_days_and_is_waited_for_90(void **state)
{
    (void)state;
    struct fact fact = rejected(89, 0);
    assert_int_equal(member_re_referral(&fact), MEMBER_IMMATURE);
    fact = rejected(90, NEXT_NONE);
    assert_int_equal(member_re_referral(&fact), MEMBER_COUNTED);
    fact = rejected(90, 0);
    assert_int_equal(member_re_referral(&fact), MEMBER_HIT);
    fact = rejected(90, 90);
    assert_int_equal(member_re_referral(&fact), MEMBER_HIT);
    fact = rejected(91, 91);
    assert_int_equal(member_re_referral(&fact), MEMBER_COUNTED);
    fact.flags = 0;
    assert_int_equal(member_re_referral(&fact), MEMBER_UNKNOWN);
    fact = rejected(10, 0);
    fact.flags = 0;
    assert_int_equal(member_re_referral(&fact), MEMBER_UNKNOWN); /* unknown before immature */
    fact.decision = EVENT_RETURNED_WITH_ADVICE;
    assert_int_equal(member_re_referral(&fact), MEMBER_OUTSIDE);
}

static void the_lost_are_neither_seen_nor_referred_again_within_180_days(void **state)
{
    (void)state;
    struct fact fact = rejected(179, NEXT_NONE);
    assert_int_equal(member_lost_after_rejection(&fact), MEMBER_IMMATURE);
    fact = rejected(180, NEXT_NONE);
    assert_int_equal(member_lost_after_rejection(&fact), MEMBER_HIT);
    fact.next_days = 180;
    assert_int_equal(member_lost_after_rejection(&fact), MEMBER_COUNTED);
    fact.next_days = 181;
    assert_int_equal(member_lost_after_rejection(&fact), MEMBER_HIT);
    fact.next_days = NEXT_NONE;
    fact.attended = fact.decided + 180;
    assert_int_equal(member_lost_after_rejection(&fact), MEMBER_COUNTED);
    fact.attended = fact.decided + 181;
    assert_int_equal(member_lost_after_rejection(&fact), MEMBER_HIT);
    fact.attended = fact.decided - 5; /* seen before it was rejected */
    assert_int_equal(member_lost_after_rejection(&fact), MEMBER_COUNTED);
    fact.flags = 0;
    assert_int_equal(member_lost_after_rejection(&fact), MEMBER_UNKNOWN);
}

static void attendance_is_within_180_days_of_all_followed_for_180(void **state)
{
    (void)state;
    struct fact fact = plain();
    fact.referred = AS_OF - 179;
    fact.attended = fact.referred;
    assert_int_equal(member_attendance_conversion(&fact), MEMBER_IMMATURE);
    fact.referred = AS_OF - 180;
    fact.attended = fact.referred;
    assert_int_equal(member_attendance_conversion(&fact), MEMBER_HIT);
    fact.attended = DAY_UNKNOWN;
    assert_int_equal(member_attendance_conversion(&fact), MEMBER_COUNTED);
    fact = decided(EVENT_REJECTED, REFERRED); /* the rejected are in it too */
    assert_int_equal(member_attendance_conversion(&fact), MEMBER_COUNTED);
    fact.attended = REFERRED + 180;
    assert_int_equal(member_attendance_conversion(&fact), MEMBER_HIT);
    fact.attended = REFERRED + 181;
    assert_int_equal(member_attendance_conversion(&fact), MEMBER_COUNTED);
}

static void treatment_is_within_365_days_of_all_followed_for_365(void **state)
{
    (void)state;
    struct fact fact = plain();
    fact.referred = AS_OF - 364;
    fact.treated = fact.referred;
    assert_int_equal(member_treatment_conversion(&fact), MEMBER_IMMATURE);
    fact.referred = AS_OF - 365;
    fact.treated = AS_OF;
    assert_int_equal(member_treatment_conversion(&fact), MEMBER_HIT);
    fact = plain();
    fact.treated = REFERRED + 366;
    assert_int_equal(member_treatment_conversion(&fact), MEMBER_COUNTED);
    fact.treated = DAY_UNKNOWN;
    assert_int_equal(member_treatment_conversion(&fact), MEMBER_COUNTED);
}

static void discharged_at_first_means_that_day_and_untreated_by_then(void **state)
{
    (void)state;
    struct fact fact = plain();
    fact.flags = FLAG_DISCHARGED_WHEN_ATTENDED;
    assert_int_equal(member_discharged_at_first(&fact), MEMBER_OUTSIDE);
    fact.attended = REFERRED + 10;
    assert_int_equal(member_discharged_at_first(&fact), MEMBER_HIT);
    fact.treated = REFERRED + 11;
    assert_int_equal(member_discharged_at_first(&fact), MEMBER_HIT);
    fact.treated = REFERRED + 10;
    assert_int_equal(member_discharged_at_first(&fact), MEMBER_COUNTED);
    fact.treated = REFERRED + 9;
    assert_int_equal(member_discharged_at_first(&fact), MEMBER_COUNTED);
    fact.treated = DAY_UNKNOWN;
    fact.flags = 0;
    assert_int_equal(member_discharged_at_first(&fact), MEMBER_COUNTED);
}

static void missed_appointments_are_of_the_attended_or_missing(void **state)
{
    (void)state;
    struct fact fact = plain();
    assert_int_equal(member_dna(&fact), MEMBER_OUTSIDE);
    fact.attended = REFERRED + 10;
    assert_int_equal(member_dna(&fact), MEMBER_COUNTED);
    fact.flags = FLAG_DNA;
    assert_int_equal(member_dna(&fact), MEMBER_COUNTED); /* only after the first attendance */
    fact.flags = FLAG_DNA | FLAG_DNA_BEFORE_ATTENDED;
    assert_int_equal(member_dna(&fact), MEMBER_HIT);
    fact.attended = DAY_UNKNOWN;
    assert_int_equal(member_dna(&fact), MEMBER_HIT);
}

static void without_the_first_attendance_a_follow_up_tells_nothing_that_rests_on_it(void **state)
{
    (void)state;
    struct fact fact = plain();
    fact.flags = FLAG_SEEN_UNDATED | FLAG_DNA | FLAG_DNA_BEFORE_ATTENDED;
    assert_int_equal(member_attendance_conversion(&fact), MEMBER_UNKNOWN);
    assert_int_equal(member_discharged_at_first(&fact), MEMBER_UNKNOWN);
    assert_int_equal(member_dna(&fact), MEMBER_UNKNOWN);
    assert_int_equal(member_cancer_conversion(&fact), MEMBER_OUTSIDE);
    fact.priority = PRIORITY_USC;
    assert_int_equal(member_cancer_conversion(&fact), MEMBER_UNKNOWN);
    assert_int_equal(member_rejection(&fact), MEMBER_CLOSED); /* it was seen: no decision will come */
    fact.referred = AS_OF - 179;
    assert_int_equal(member_attendance_conversion(&fact), MEMBER_IMMATURE);
    fact = rejected(180, NEXT_NONE);
    fact.flags |= FLAG_SEEN_UNDATED;
    assert_int_equal(member_lost_after_rejection(&fact), MEMBER_UNKNOWN);
    fact.next_days = 180; /* referred again: not lost, whenever it was seen */
    assert_int_equal(member_lost_after_rejection(&fact), MEMBER_COUNTED);
}

static void slot_issues_are_of_all_and_cancers_of_the_suspected_and_attended(void **state)
{
    (void)state;
    struct fact fact = plain();
    assert_int_equal(member_asi(&fact), MEMBER_COUNTED);
    fact.flags = FLAG_ASI;
    assert_int_equal(member_asi(&fact), MEMBER_HIT);
    fact.flags = FLAG_CANCER;
    fact.priority = PRIORITY_USC;
    assert_int_equal(member_cancer_conversion(&fact), MEMBER_OUTSIDE);
    fact.attended = REFERRED;
    assert_int_equal(member_cancer_conversion(&fact), MEMBER_HIT);
    fact.priority = PRIORITY_URGENT;
    assert_int_equal(member_cancer_conversion(&fact), MEMBER_OUTSIDE);
    fact.priority = PRIORITY_USC;
    fact.flags = 0;
    assert_int_equal(member_cancer_conversion(&fact), MEMBER_COUNTED);
}

static void advice_is_answered_within_2_days_of_those_followed_for_2(void **state)
{
    (void)state;
    struct fact fact = plain();
    fact.referred = AS_OF - 1;
    fact.responded = AS_OF;
    assert_int_equal(member_advice_response_2d(&fact), MEMBER_IMMATURE);
    fact.referred = AS_OF - 2;
    assert_int_equal(member_advice_response_2d(&fact), MEMBER_HIT);
    fact.referred = AS_OF - 3;
    assert_int_equal(member_advice_response_2d(&fact), MEMBER_COUNTED);
    fact.responded = DAY_UNKNOWN;
    assert_int_equal(member_advice_response_2d(&fact), MEMBER_COUNTED);
}

static void diverted_advice_is_neither_converted_nor_followed_within_90_days(void **state)
{
    (void)state;
    struct fact fact = plain_fact(AS_OF, AS_OF);
    assert_int_equal(member_advice_diverted(&fact), MEMBER_PENDING);
    fact = plain();
    fact.responded = AS_OF - 89;
    assert_int_equal(member_advice_diverted(&fact), MEMBER_UNKNOWN);
    fact.flags = FLAG_PATIENT_KNOWN;
    assert_int_equal(member_advice_diverted(&fact), MEMBER_IMMATURE);
    fact.responded = AS_OF - 90;
    assert_int_equal(member_advice_diverted(&fact), MEMBER_HIT);
    fact.next_days = 90;
    assert_int_equal(member_advice_diverted(&fact), MEMBER_COUNTED);
    fact.next_days = 91;
    assert_int_equal(member_advice_diverted(&fact), MEMBER_HIT);
    fact.flags |= FLAG_CONVERTED;
    assert_int_equal(member_advice_diverted(&fact), MEMBER_COUNTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decisions_are_shares_of_the_decided_with_the_pending_apart),
        cmocka_unit_test(what_has_ended_or_lain_for_a_year_is_no_longer_open),
        cmocka_unit_test(dialogue_is_a_share_of_rejections_with_a_known_answer),
        cmocka_unit_test(a_re_referral_comes_within_90_days_and_is_waited_for_90),
        cmocka_unit_test(the_lost_are_neither_seen_nor_referred_again_within_180_days),
        cmocka_unit_test(attendance_is_within_180_days_of_all_followed_for_180),
        cmocka_unit_test(treatment_is_within_365_days_of_all_followed_for_365),
        cmocka_unit_test(discharged_at_first_means_that_day_and_untreated_by_then),
        cmocka_unit_test(missed_appointments_are_of_the_attended_or_missing),
        cmocka_unit_test(without_the_first_attendance_a_follow_up_tells_nothing_that_rests_on_it),
        cmocka_unit_test(slot_issues_are_of_all_and_cancers_of_the_suspected_and_attended),
        cmocka_unit_test(advice_is_answered_within_2_days_of_those_followed_for_2),
        cmocka_unit_test(diverted_advice_is_neither_converted_nor_followed_within_90_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
