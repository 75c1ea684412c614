#include "referlens/cohort/chain.h"

#include "../support/small_cohort.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static struct small_cohort *linked(const struct small_referral *referrals, size_t count,
                                   const struct small_event *events, size_t event_count)
{
    struct small_cohort *small = small_cohort_new(referrals, count, 2, 2);
    small_fold(small, events, event_count, 1, "2025-12-31", 2);
    return small;
}

static void assert_followed_by(const struct small_cohort *small, const char *id, const char *successor)
{
    char text[64];
    assert_string_equal(small_successor(small, id, text), successor);
}

static void a_rejected_referral_is_followed_by_the_earliest_of_patient_and_specialty(void **state)
{
    (void)state;
    static const struct small_referral referrals[] = {
        {"A", "2024-01-01", "P1", NULL, "330", NULL, false}, {"B", "2024-01-31", "P1", NULL, "330", NULL, false},
        {"C", "2024-01-20", "P1", NULL, "330", NULL, false}, {"D", "2024-01-15", "P1", NULL, "100", NULL, false},
        {"E", "2024-01-15", "P2", NULL, "330", NULL, false}, {"F", "2024-01-15", "P1", NULL, "330", NULL, true},
        {"G", "2024-01-15", NULL, NULL, "330", NULL, false},
    };
    static const struct small_event events[] = {{"A", "2024-01-10", EVENT_REJECTED, 0, NULL, 0, 0}};
    struct small_cohort *small = linked(referrals, COUNT_OF(referrals), events, 1);
    assert_followed_by(small, "A", "C");
    assert_int_equal(small_fact(small, "A").next_days, 10);
    assert_true(small_fact(small, "C").flags & FLAG_FOLLOWS);
    assert_false(small_fact(small, "B").flags & FLAG_FOLLOWS);
    assert_false(small_fact(small, "A").flags & FLAG_FOLLOWS);
    assert_followed_by(small, "C", "");
    small_cohort_free(small);
}

/* A was rejected on 2024-01-10; the next is `days` later (2024-04-09 is day 90). */
static void assert_next(const char *date, int32_t days, bool follows)
{
    const struct small_referral referrals[] = {{"A", "2024-01-01", "P1", NULL, NULL, NULL, false},
                                               {"B", date, "P1", NULL, NULL, NULL, false}};
    static const struct small_event events[] = {{"A", "2024-01-10", EVENT_REJECTED, 0, NULL, 0, 0}};
    struct small_cohort *small = linked(referrals, 2, events, 1);
    assert_int_equal(small_fact(small, "A").next_days, days);
    assert_followed_by(small, "A", follows ? "B" : "");
    small_cohort_free(small);
}

static void the_next_comes_0_to_90_days_after_the_rejection(void **state)
{
    (void)state;
    assert_next("2024-01-09", NEXT_NONE, false); /* while the first was still undecided */
    assert_next("2024-01-10", 0, true);
    assert_next("2024-04-09", 90, true);
    assert_next("2024-04-10", 91, false);
    assert_next("2024-07-08", 180, false); /* for who is lost, later ones count too */
}

static void two_of_one_day_are_never_each_others_next(void **state)
{
    (void)state;
    /* Both rejected on the day that both were made: only the one whose id sorts first is followed. */
    static const struct small_referral referrals[] = {{"R10", "2024-01-01", "P1", NULL, NULL, NULL, false},
                                                      {"R9", "2024-01-01", "P1", NULL, NULL, NULL, false}};
    static const struct small_event events[] = {{"R9", "2024-01-01", EVENT_REJECTED, 0, NULL, 0, 0},
                                                {"R10", "2024-01-01", EVENT_REJECTED, 0, NULL, 0, 0}};
    struct small_cohort *small = linked(referrals, 2, events, 2);
    assert_followed_by(small, "R10", "R9");
    assert_followed_by(small, "R9", "");
    assert_int_equal(small_fact(small, "R10").next_days, 0);
    assert_int_equal(small_fact(small, "R9").next_days, NEXT_NONE);
    small_cohort_free(small);
}

static void two_rejected_may_be_followed_by_one(void **state)
{
    (void)state;
    static const struct small_referral referrals[] = {{"A", "2024-01-01", "P1", NULL, NULL, NULL, false},
                                                      {"B", "2024-01-02", "P1", NULL, NULL, NULL, false},
                                                      {"C", "2024-02-01", "P1", NULL, NULL, NULL, false}};
    static const struct small_event events[] = {{"A", "2024-01-10", EVENT_REJECTED, 0, NULL, 0, 0},
                                                {"B", "2024-01-11", EVENT_REJECTED, 0, NULL, 0, 0},
                                                {"C", "2024-03-01", EVENT_FIRST_ATTENDED, 0, NULL, 0, 0}};
    struct small_cohort *small = linked(referrals, 3, events, 3);
    assert_followed_by(small, "A", "C");
    assert_followed_by(small, "B", "C");
    assert_false(small_fact(small, "A").flags & FLAG_FOLLOWS);
    assert_false(small_fact(small, "B").flags & FLAG_FOLLOWS);
    assert_int_equal(small_fact(small, "A").journey_attended, small_day("2024-03-01"));
    assert_int_equal(small_fact(small, "B").journey_attended, small_day("2024-03-01"));
    small_cohort_free(small);
}

static void a_journey_is_unknown_where_a_member_was_first_seen_on_an_unknown_day(void **state)
{
    (void)state;
    static const struct small_referral referrals[] = {{"A", "2024-01-01", "P1", NULL, NULL, NULL, false},
                                                      {"B", "2024-02-01", "P1", NULL, NULL, NULL, false}};
    static const struct small_event events[] = {{"A", "2024-01-10", EVENT_REJECTED, 0, NULL, 0, 0},
                                                {"B", "2024-03-01", EVENT_FOLLOWUP_ATTENDED, 0, NULL, 0, 0}};
    struct small_cohort *small = linked(referrals, 2, events, 2);
    assert_followed_by(small, "A", "B");
    assert_false(small_fact(small, "A").flags & FLAG_SEEN_UNDATED);
    assert_true(small_fact(small, "A").journey_undated);
    small_cohort_free(small);
}

static void a_journey_goes_to_the_last_member(void **state)
{
    (void)state;
    /* A rejected, B rejected, C returned: the journey of A ends with C's return, 2024-03-20. */
    static const struct small_referral referrals[] = {{"A", "2024-01-01", "P1", NULL, NULL, NULL, false},
                                                      {"B", "2024-02-01", "P1", NULL, NULL, NULL, false},
                                                      {"C", "2024-03-01", "P1", NULL, NULL, NULL, false}};
    static const struct small_event events[] = {
        {"A", "2024-01-10", EVENT_REJECTED, 0, NULL, 0, 0},
        {"B", "2024-02-10", EVENT_REJECTED, 0, NULL, 0, 0},
        {"C", "2024-03-20", EVENT_RETURNED_WITH_ADVICE, 0, NULL, 0, 0},
        {"A", "2024-03-01", EVENT_DIED, 0, NULL, 0, 0}, /* of A, not of the last one */
    };
    struct small_cohort *small = linked(referrals, 3, events, 4);
    assert_int_equal(small_fact(small, "A").journey_attended, DAY_UNKNOWN);
    assert_int_equal(small_fact(small, "A").journey_ended, small_day("2024-03-20"));
    assert_true(small_fact(small, "B").flags & FLAG_FOLLOWS);
    assert_true(small_fact(small, "C").flags & FLAG_FOLLOWS);
    small_cohort_free(small);
}

static void the_one_that_names_it_wins_over_an_earlier_one(void **state)
{
    (void)state;
    /* D names A long after 90 days, for another patient and specialty: it wins; E names it too, later. */
    static const struct small_referral referrals[] = {{"A", "2024-01-01", "P1", NULL, NULL, NULL, false},
                                                      {"B", "2024-01-20", "P1", NULL, NULL, NULL, false},
                                                      {"D", "2024-09-01", "P2", "A", "100", NULL, false},
                                                      {"E", "2024-09-02", "P1", "A", NULL, NULL, false}};
    static const struct small_event events[] = {{"A", "2024-01-10", EVENT_REJECTED, 0, NULL, 0, 0}};
    struct small_cohort *small = linked(referrals, 4, events, 1);
    assert_followed_by(small, "A", "D");
    assert_true(small_fact(small, "D").flags & FLAG_FOLLOWS);
    assert_false(small_fact(small, "B").flags & FLAG_FOLLOWS);
    assert_false(small_fact(small, "E").flags & FLAG_FOLLOWS);
    assert_int_equal(small_fact(small, "A").next_days, 10); /* of the patient: names play no part in re-referral */
    small_cohort_free(small);
}

static void a_name_counts_only_for_a_rejection_on_or_before_its_day(void **state)
{
    (void)state;
    static const struct small_referral referrals[] = {
        {"A", "2024-01-01", NULL, NULL, NULL, NULL, false}, {"B", "2024-01-10", NULL, "A", NULL, NULL, false},
        {"C", "2024-01-01", NULL, NULL, NULL, NULL, false}, {"D", "2024-01-09", NULL, "C", NULL, NULL, false},
        {"E", "2024-01-01", NULL, NULL, NULL, NULL, false}, {"F", "2024-02-01", NULL, "E", NULL, NULL, false},
        {"G", "2024-01-01", NULL, "G", NULL, NULL, false},  {"H", "2024-02-01", NULL, "nobody", NULL, NULL, false},
        {"I", "2024-01-01", NULL, NULL, NULL, NULL, false}, {"J", "2024-02-01", NULL, "I", NULL, NULL, true},
    };
    static const struct small_event events[] = {{"A", "2024-01-10", EVENT_REJECTED, 0, NULL, 0, 0},
                                                {"C", "2024-01-10", EVENT_REJECTED, 0, NULL, 0, 0},
                                                {"E", "2024-01-10", EVENT_RETURNED_WITH_ADVICE, 0, NULL, 0, 0},
                                                {"G", "2024-01-01", EVENT_REJECTED, 0, NULL, 0, 0},
                                                {"I", "2024-01-10", EVENT_REJECTED, 0, NULL, 0, 0}};
    struct small_cohort *small = linked(referrals, COUNT_OF(referrals), events, COUNT_OF(events));
    assert_followed_by(small, "A", "B"); /* the same day */
    assert_followed_by(small, "C", "");  /* named before it was rejected */
    assert_followed_by(small, "E", "");  /* not rejected */
    assert_followed_by(small, "G", "");  /* names itself */
    assert_followed_by(small, "I", "");  /* an advice request follows nothing */
    small_cohort_free(small);
}

static void two_that_name_each_other_make_no_circle(void **state)
{
    (void)state;
    static const struct small_referral referrals[] = {{"A", "2024-01-01", NULL, "B", NULL, NULL, false},
                                                      {"B", "2024-01-01", NULL, "A", NULL, NULL, false}};
    static const struct small_event events[] = {{"A", "2024-01-01", EVENT_REJECTED, 0, NULL, 0, 0},
                                                {"B", "2024-01-01", EVENT_REJECTED, 0, NULL, 0, 0}};
    struct small_cohort *small = linked(referrals, 2, events, 2);
    assert_followed_by(small, "A", "B");
    assert_followed_by(small, "B", "");
    assert_int_equal(small_fact(small, "A").journey_ended, small_day("2024-01-01"));
    small_cohort_free(small);
}

static void an_advice_request_looks_for_the_referral_after_its_answer(void **state)
{
    (void)state;
    static const struct small_referral referrals[] = {{"A", "2024-01-01", "P1", NULL, NULL, NULL, true},
                                                      {"B", "2024-01-03", "P1", NULL, NULL, NULL, false},
                                                      {"C", "2024-01-04", "P1", NULL, NULL, NULL, true},
                                                      {"D", "2024-02-03", "P1", NULL, NULL, NULL, false}};
    static const struct small_event events[] = {{"A", "2024-01-04", EVENT_ADVICE_RESPONSE, 0, NULL, 0, 0}};
    struct small_cohort *small = linked(referrals, 4, events, 1);
    assert_int_equal(small_fact(small, "A").next_days, 30);
    assert_followed_by(small, "A", "");                            /* no chain */
    assert_int_equal(small_fact(small, "B").next_days, NEXT_NONE); /* asks for none: it was not rejected */
    small_cohort_free(small);
}

static void a_returned_referral_looks_for_the_next_one_without_a_chain(void **state)
{
    (void)state;
    static const struct small_referral referrals[] = {{"A", "2024-01-01", "P1", NULL, NULL, NULL, false},
                                                      {"B", "2024-02-03", "P1", "A", NULL, NULL, false}};
    static const struct small_event events[] = {{"A", "2024-01-04", EVENT_RETURNED_WITH_ADVICE, 0, NULL, 0, 0}};
    struct small_cohort *small = linked(referrals, 2, events, 1);
    assert_int_equal(small_fact(small, "A").next_days, 30);
    assert_followed_by(small, "A", "");
    small_cohort_free(small);
}

static void what_is_dated_after_the_as_of_date_takes_no_part(void **state)
{
    (void)state;
    static const struct small_referral referrals[] = {{"A", "2025-12-01", "P1", NULL, NULL, NULL, false},
                                                      {"B", "2026-01-01", "P1", "A", NULL, NULL, false}};
    static const struct small_event events[] = {{"A", "2025-12-31", EVENT_REJECTED, 0, NULL, 0, 0}};
    struct small_cohort *small = linked(referrals, 2, events, 1);
    assert_followed_by(small, "A", "");
    assert_int_equal(small_fact(small, "A").next_days, NEXT_NONE);
    assert_true(small_fact(small, "B").flags & FLAG_LEFT_OUT);
    assert_false(small_fact(small, "A").flags & FLAG_LEFT_OUT);
    small_cohort_free(small);
}

/* The definition again, row by row: the earliest by (date, id) among the later ones of the patient and specialty. */
static void a_crowd_of_patients_agrees_with_the_definition(void **state)
{
    (void)state;
    enum { CROWD = 400 };
    static char ids[CROWD][8], patients[CROWD][8], dates[CROWD][12], decisions[CROWD][12];
    static struct small_referral referrals[CROWD];
    static struct small_event events[CROWD];
    uint64_t bits = 12345;
    for (size_t i = 0; i < CROWD; i++) {
        bits = bits * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        snprintf(ids[i], sizeof ids[i], "R%d", (int)((i * 7919) % CROWD));
        snprintf(patients[i], sizeof patients[i], "P%d", (int)(bits >> 60));
        const day date = 19700 + (day)(bits >> 40 & 255);
        day_format(date, dates[i]);
        day_format(date + (day)(bits >> 50 & 31), decisions[i]);
        referrals[i] =
            (struct small_referral){ids[i], dates[i], patients[i], NULL, bits >> 33 & 1 ? "330" : "100", NULL, false};
        events[i] =
            (struct small_event){ids[i], decisions[i], bits >> 35 & 1 ? EVENT_REJECTED : EVENT_ACCEPTED, 0, NULL, 0, 0};
    }
    struct small_cohort *small = linked(referrals, CROWD, events, CROWD);
    size_t found = 0;
    for (size_t i = 0; i < CROWD; i++) {
        const struct small_referral *best = NULL;
        for (size_t k = 0; k < CROWD && events[i].type == EVENT_REJECTED; k++) {
            const struct small_referral *a = &referrals[i], *b = &referrals[k];
            const int later = strcmp(b->date, a->date) != 0 ? strcmp(b->date, a->date) : strcmp(b->id, a->id);
            if (strcmp(a->patient, b->patient) != 0 || strcmp(a->specialty, b->specialty) != 0 || later <= 0 ||
                small_day(b->date) < small_day(decisions[i]) || small_day(b->date) > small_day(decisions[i]) + 90)
                continue;
            if (best == NULL || strcmp(b->date, best->date) < 0 ||
                (strcmp(b->date, best->date) == 0 && strcmp(b->id, best->id) < 0))
                best = b;
        }
        assert_followed_by(small, ids[i], best != NULL ? best->id : "");
        found += best != NULL;
    }
    assert_true(found > 100);
    small_cohort_free(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rejected_referral_is_followed_by_the_earliest_of_patient_and_specialty),
        cmocka_unit_test(the_next_comes_0_to_90_days_after_the_rejection),
        cmocka_unit_test(two_of_one_day_are_never_each_others_next),
        cmocka_unit_test(two_rejected_may_be_followed_by_one),
        cmocka_unit_test(a_journey_is_unknown_where_a_member_was_first_seen_on_an_unknown_day),
        cmocka_unit_test(a_journey_goes_to_the_last_member),
        cmocka_unit_test(the_one_that_names_it_wins_over_an_earlier_one),
        cmocka_unit_test(a_name_counts_only_for_a_rejection_on_or_before_its_day),
        cmocka_unit_test(two_that_name_each_other_make_no_circle),
        cmocka_unit_test(an_advice_request_looks_for_the_referral_after_its_answer),
        cmocka_unit_test(a_returned_referral_looks_for_the_next_one_without_a_chain),
        cmocka_unit_test(what_is_dated_after_the_as_of_date_takes_no_part),
        cmocka_unit_test(a_crowd_of_patients_agrees_with_the_definition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
