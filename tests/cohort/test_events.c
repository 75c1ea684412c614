#include "referlens/cohort/events.h"

#include "../support/small_cohort.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct small_referral one[] = {{.id = "R1", .date = "2024-01-10"}};

/* The facts of one referral of 2024-01-10 with these events, as of 2024-12-31. */
static struct fact fold(const struct small_event *events, size_t count)
{
    struct small_cohort *small = small_cohort_new(one, 1, 1, 1);
    small_fold(small, events, count, 1, "2024-12-31", 1);
    const struct fact fact = small_fact(small, "R1");
    small_cohort_free(small);
    return fact;
}
#define FOLD(...)                                                                                                      \
    fold((const struct small_event[]){__VA_ARGS__},                                                                    \
         sizeof((const struct small_event[]){__VA_ARGS__}) / sizeof(struct small_event))

static void without_events_nothing_has_happened(void **state)
{
    (void)state;
    const struct fact fact = fold(NULL, 0);
    assert_int_equal(fact.decision, EVENT_NONE);
    assert_int_equal(fact.decided, DAY_UNKNOWN);
    assert_int_equal(fact.attended, DAY_UNKNOWN);
    assert_int_equal(fact.treated, DAY_UNKNOWN);
    assert_int_equal(fact.responded, DAY_UNKNOWN);
    assert_int_equal(fact.left, DAY_UNKNOWN);
    assert_int_equal(fact.discharged, DAY_UNKNOWN);
    assert_int_equal(fact.reason, DICTIONARY_NONE);
    assert_int_equal(fact.flags, 0);
}

static void the_first_decision_is_the_earliest_by_date(void **state)
{
    (void)state;
    const struct fact fact = FOLD({"R1", "2024-02-02", EVENT_REJECTED}, {"R1", "2024-02-01", EVENT_ACCEPTED, 9},
                                  {"R1", "2024-01-31", EVENT_BOOKED});
    assert_int_equal(fact.decision, EVENT_ACCEPTED);
    assert_int_equal(fact.decided, small_day("2024-02-01"));
}

static void on_one_day_the_lower_sequence_decides_and_a_missing_one_is_0(void **state)
{
    (void)state;
    assert_int_equal(FOLD({"R1", "2024-02-01", EVENT_REJECTED, 2}, {"R1", "2024-02-01", EVENT_ACCEPTED, 1}).decision,
                     EVENT_ACCEPTED);
    assert_int_equal(FOLD({"R1", "2024-02-01", EVENT_REJECTED, 1}, {"R1", "2024-02-01", EVENT_ACCEPTED, 0}).decision,
                     EVENT_ACCEPTED);
    assert_int_equal(FOLD({"R1", "2024-02-01", EVENT_REJECTED, 0}, {"R1", "2024-02-01", EVENT_ACCEPTED, -1}).decision,
                     EVENT_ACCEPTED);
    /* Sequences on both sides of what is held in two bytes. */
    assert_int_equal(
        FOLD({"R1", "2024-02-01", EVENT_REJECTED, 65535}, {"R1", "2024-02-01", EVENT_ACCEPTED, 65534}).decision,
        EVENT_ACCEPTED);
    assert_int_equal(FOLD({"R1", "2024-02-01", EVENT_REJECTED, INT64_MAX},
                          {"R1", "2024-02-01", EVENT_REDIRECTED, INT64_MIN},
                          {"R1", "2024-02-01", EVENT_ACCEPTED, 65536})
                         .decision,
                     EVENT_REDIRECTED);
}

static void on_one_day_and_sequence_the_order_is_rejected_returned_redirected_accepted(void **state)
{
    (void)state;
    static const enum event_type order[] = {EVENT_REJECTED, EVENT_RETURNED_WITH_ADVICE, EVENT_REDIRECTED,
                                            EVENT_ACCEPTED};
    for (size_t first = 0; first < 4; first++) {
        for (size_t other = 0; other < 4; other++) {
            const struct fact fact = FOLD({"R1", "2024-02-01", order[other]}, {"R1", "2024-02-01", order[first]});
            assert_int_equal(fact.decision, order[first < other ? first : other]);
        }
    }
}

static void each_thing_that_happened_has_its_earliest_day(void **state)
{
    (void)state;
    const struct fact fact =
        FOLD({"R1", "2024-05-02", EVENT_FIRST_ATTENDED}, {"R1", "2024-05-01", EVENT_FIRST_ATTENDED},
             {"R1", "2024-07-02", EVENT_TREATED}, {"R1", "2024-07-01", EVENT_TREATED},
             {"R1", "2024-08-02", EVENT_DISCHARGED}, {"R1", "2024-08-01", EVENT_DISCHARGED},
             {"R1", "2024-09-02", EVENT_DIED}, {"R1", "2024-09-01", EVENT_CANCELLED_REFERRAL},
             {"R1", "2024-10-01", EVENT_FOLLOWUP_ATTENDED}, {"R1", "2024-01-11", EVENT_CANCELLED_PATIENT});
    assert_int_equal(fact.attended, small_day("2024-05-01"));
    assert_int_equal(fact.treated, small_day("2024-07-01"));
    assert_int_equal(fact.discharged, small_day("2024-08-01"));
    assert_int_equal(fact.left, small_day("2024-09-01"));
    assert_int_equal(fact.responded, DAY_UNKNOWN);
    assert_int_equal(fact.decision, EVENT_NONE);
}

static void four_kinds_of_event_answer_an_advice_request(void **state)
{
    (void)state;
    static const enum event_type answers[] = {EVENT_ADVICE_RESPONSE, EVENT_RETURNED_WITH_ADVICE, EVENT_CONVERTED,
                                              EVENT_REJECTED};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(FOLD({"R1", "2024-01-12", answers[i]}, {"R1", "2024-01-20", EVENT_ADVICE_RESPONSE}).responded,
                         small_day("2024-01-12"));
    assert_int_equal(FOLD({"R1", "2024-01-12", EVENT_ACCEPTED}, {"R1", "2024-01-12", EVENT_REDIRECTED}).responded,
                     DAY_UNKNOWN);
}

static void a_dna_counts_on_or_before_the_day_first_attended(void **state)
{
    (void)state;
    const uint16_t both = FLAG_DNA | FLAG_DNA_BEFORE_ATTENDED;
    assert_int_equal(FOLD({"R1", "2024-03-01", EVENT_DNA}).flags & both, both);
    assert_int_equal(FOLD({"R1", "2024-03-01", EVENT_DNA}, {"R1", "2024-03-01", EVENT_FIRST_ATTENDED}).flags & both,
                     both);
    assert_int_equal(FOLD({"R1", "2024-03-02", EVENT_DNA}, {"R1", "2024-03-01", EVENT_FIRST_ATTENDED}).flags & both,
                     FLAG_DNA);
}

static void a_follow_up_without_a_first_attendance_leaves_the_first_day_unknown(void **state)
{
    (void)state;
    const struct fact undated = FOLD({"R1", "2024-03-01", EVENT_FOLLOWUP_ATTENDED});
    assert_int_equal(undated.attended, DAY_UNKNOWN);
    assert_int_equal(undated.flags, FLAG_SEEN_UNDATED);
    assert_true(undated.journey_undated);
    /* It has a first one, even if that is said to be the later. */
    assert_int_equal(
        FOLD({"R1", "2024-03-01", EVENT_FOLLOWUP_ATTENDED}, {"R1", "2024-04-01", EVENT_FIRST_ATTENDED}).flags, 0);
    /* Out of time. */
    assert_int_equal(
        FOLD({"R1", "2024-01-09", EVENT_FOLLOWUP_ATTENDED}, {"R1", "2025-01-01", EVENT_FOLLOWUP_ATTENDED}).flags, 0);
}

static void a_discharge_counts_where_it_falls_on_the_day_first_attended(void **state)
{
    (void)state;
    assert_true(FOLD({"R1", "2024-02-01", EVENT_DISCHARGED}, {"R1", "2024-03-01", EVENT_DISCHARGED},
                     {"R1", "2024-03-01", EVENT_FIRST_ATTENDED})
                    .flags &
                FLAG_DISCHARGED_WHEN_ATTENDED);
    assert_false(FOLD({"R1", "2024-02-01", EVENT_DISCHARGED}, {"R1", "2024-03-01", EVENT_FIRST_ATTENDED}).flags &
                 FLAG_DISCHARGED_WHEN_ATTENDED);
    assert_false(FOLD({"R1", "2024-02-01", EVENT_DISCHARGED}).flags & FLAG_DISCHARGED_WHEN_ATTENDED);
}

static void the_reason_and_the_answers_are_those_of_the_first_decision(void **state)
{
    (void)state;
    struct small_cohort *small = small_cohort_new(one, 1, 1, 1);
    static const struct small_event events[] = {
        {"R1", "2024-02-02", EVENT_REJECTED, 0, "LATER", ANSWER_YES, ANSWER_YES},
        {"R1", "2024-02-01", EVENT_REJECTED, 0, "FULL", ANSWER_NO, ANSWER_UNKNOWN},
        {"R1", "2024-01-20", EVENT_BOOKED, 0, "A BOOKING", ANSWER_YES, ANSWER_YES},
    };
    small_fold(small, events, 3, 1, "2024-12-31", 1);
    const struct fact fact = small_fact(small, "R1");
    assert_true(text_equal(dictionary_text(cohort_reasons(small->cohort), fact.reason), TEXT("FULL")));
    assert_int_equal(fact.contacted, ANSWER_NO);
    assert_int_equal(fact.consulted, ANSWER_UNKNOWN);
    /* Codes are in the order of the texts, whatever the order of reading. */
    assert_true(text_equal(dictionary_text(cohort_reasons(small->cohort), 0), TEXT("A BOOKING")));
    assert_true(text_equal(dictionary_text(cohort_reasons(small->cohort), 2), TEXT("LATER")));
    small_cohort_free(small);
}

static void every_event_is_counted_once_with_what_became_of_it(void **state)
{
    (void)state;
    struct small_cohort *small = small_cohort_new(one, 1, 1, 1);
    /* Chunk 0 has the even ones, chunk 1 the odd ones; the as-of date and the referral's own day are still inside. */
    static const struct small_event events[] = {
        {"R1", "2024-02-01", EVENT_ACCEPTED},
        {"R1", "2024-02-01", EVENT_ACCEPTED}, /* the later chunk's */
        {"R1", "2024-12-31", EVENT_TREATED},
        {"R1", "2025-01-01", EVENT_TREATED},
        {"R1", "2024-01-10", EVENT_BOOKED},
        {"R1", "2024-01-09", EVENT_DNA},
        {"R1", "2024-02-01", EVENT_ACCEPTED, 0, "WHY"},
        {"R1", "2024-02-01", EVENT_ACCEPTED, 1},
        {"R1", "2024-01-09", EVENT_DNA},
        {"R1", "1024-01-09", EVENT_DNA}, /* outside two bytes of days */
    };
    small_fold(small, events, 10, 2, "2024-12-31", 1);
    const struct event_tally *first = &small->tallies[0], *second = &small->tallies[1];
    assert_int_equal(first->used, 3);
    assert_int_equal(first->duplicates, 0);
    assert_int_equal(first->joined, 1); /* the blank one, told with its reason too */
    assert_int_equal(first->after_as_of, 0);
    assert_int_equal(first->before_referral, 1);
    assert_int_equal(second->used, 1);
    assert_int_equal(second->duplicates, 2);
    assert_int_equal(second->after_as_of, 1);
    assert_int_equal(second->before_referral, 1);
    const struct fact fact = small_fact(small, "R1");
    assert_int_equal(fact.treated, small_day("2024-12-31"));
    assert_false(fact.flags & FLAG_DNA);
    assert_int_equal(cohort_recorded(small->cohort),
                     RECORDED_EVENT(EVENT_ACCEPTED) | RECORDED_EVENT(EVENT_TREATED) | RECORDED_EVENT(EVENT_BOOKED));
    small_cohort_free(small);
}

/* Whichever row comes first, and whichever chunk it is in. */
static void rows_that_do_not_contradict_each_other_are_one_event(void **state)
{
    (void)state;
    static const struct {
        struct small_event rows[3];
        const char *reason;
        enum answer contacted, consulted;
        int64_t used, joined;
    } cases[] = {
#define AT "R1", "2024-02-01", EVENT_REJECTED, 0
        /* A thinner export beside a full one. */
        {{{AT}, {AT, "FULL", ANSWER_YES}, {AT, NULL, ANSWER_YES}}, "FULL", ANSWER_YES, ANSWER_UNKNOWN, 1, 2},
        /* Each knows what the others do not. */
        {{{AT, "FULL"}, {AT, NULL, ANSWER_NO}, {AT, NULL, ANSWER_UNKNOWN, ANSWER_YES}}, "FULL", ANSWER_NO,
         ANSWER_YES, 1, 2},
        /* Two that contradict each other stay two, in the order of their reasons; the third goes with what it fits. */
        {{{AT, "B", ANSWER_YES}, {AT, "A", ANSWER_NO}, {AT, NULL, ANSWER_YES, ANSWER_YES}}, "A", ANSWER_NO,
         ANSWER_UNKNOWN, 2, 1},
        {{{AT, "B", ANSWER_YES}, {AT, "A"}, {AT, NULL, ANSWER_YES}}, "A", ANSWER_YES, ANSWER_UNKNOWN, 2, 1},
        /* Another day, type or sequence is another event. */
        {{{AT}, {"R1", "2024-02-02", EVENT_REJECTED, 0, "FULL", ANSWER_YES},
          {"R1", "2024-02-01", EVENT_REJECTED, 1, "FULL"}}, NULL, ANSWER_UNKNOWN, ANSWER_UNKNOWN, 3, 0},
#undef AT
    };
    static const size_t orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0] * 6; i++) {
        struct small_cohort *small = small_cohort_new(one, 1, 1, 1);
        struct small_event rows[3];
        for (size_t k = 0; k < 3; k++)
            rows[k] = cases[i / 6].rows[orders[i % 6][k]];
        small_fold(small, rows, 3, 2, "2024-12-31", 1);
        const struct fact fact = small_fact(small, "R1");
        const struct dictionary *reasons = cohort_reasons(small->cohort);
        if (cases[i / 6].reason == NULL)
            assert_int_equal(fact.reason, DICTIONARY_NONE);
        else
            assert_true(text_equal(dictionary_text(reasons, fact.reason), text_of(cases[i / 6].reason)));
        assert_int_equal(fact.contacted, cases[i / 6].contacted);
        assert_int_equal(fact.consulted, cases[i / 6].consulted);
        assert_int_equal(small->tallies[0].used + small->tallies[1].used, cases[i / 6].used);
        assert_int_equal(small->tallies[0].joined + small->tallies[1].joined, cases[i / 6].joined);
        small_cohort_free(small);
    }
}

static void neither_order_nor_chunks_nor_workers_change_the_facts(void **state)
{
    (void)state;
    static const struct small_referral referrals[] = {{.id = "R1", .date = "2024-01-10"},
                                                      {.id = "R2", .date = "2024-01-11"}};
    static struct small_event events[40];
    for (size_t i = 0; i < 40; i++)
        events[i] = (struct small_event){i % 3 == 0 ? "R2" : "R1",
                                         i % 4 == 0 ? "2024-02-01" : "2024-02-02",
                                         (enum event_type)(i * 7 % EVENT_TYPE_COUNT),
                                         (int64_t)(i % 2),
                                         i % 5 == 0 ? "A" : "B",
                                         (enum answer)(i % 3),
                                         ANSWER_UNKNOWN};
    struct small_cohort *forward = small_cohort_new(referrals, 2, 2, 1);
    small_fold(forward, events, 40, 1, "2024-12-31", 1);
    static struct small_event backward_events[40];
    for (size_t i = 0; i < 40; i++)
        backward_events[i] = events[39 - i];
    struct small_cohort *backward = small_cohort_new(referrals, 2, 1, 3);
    small_fold(backward, backward_events, 40, 7, "2024-12-31", 3);
    for (size_t i = 0; i < 2; i++) {
        const char *id = referrals[i].id;
        const struct fact a = small_fact(forward, id), b = small_fact(backward, id);
        assert_int_equal(a.decision, b.decision);
        assert_int_equal(a.decided, b.decided);
        assert_int_equal(a.reason, b.reason);
        assert_int_equal(a.contacted, b.contacted);
        assert_int_equal(a.attended, b.attended);
        assert_int_equal(a.treated, b.treated);
        assert_int_equal(a.flags, b.flags);
    }
    small_cohort_free(forward);
    small_cohort_free(backward);
}

static void a_voided_chunk_counts_for_nothing(void **state)
{
    (void)state;
    struct small_cohort *small = small_cohort_new(one, 1, 1, 1);
    struct event_store *store = event_store_new(small->cohort, 4, 2, 1);
    for (size_t chunk = 0; chunk < 2; chunk++) {
        struct event_writer writer = event_writer_for(store, chunk, 0);
        const struct event_row row = {.date = small_day(chunk == 0 ? "2024-02-01" : "2024-03-01"),
                                      .type = chunk == 0 ? EVENT_REJECTED : EVENT_ACCEPTED,
                                      .reason = chunk == 0 ? TEXT("GONE") : TEXT("STAYS")};
        assert_true(event_writer_add(&writer, 0, &row, NULL));
    }
    event_store_void(store, 0);
    small->cohort->as_of = small_day("2024-12-31");
    assert_true(event_store_fold(store, small->cohort, 1, small->tallies, NULL));
    assert_int_equal(small->tallies[0].used, 0);
    assert_int_equal(small->tallies[1].used, 1);
    assert_int_equal(small->cohort->columns.decision[0], EVENT_ACCEPTED);
    assert_int_equal(cohort_reasons(small->cohort)->count, 1);
    assert_int_equal(cohort_recorded(small->cohort), RECORDED_EVENT(EVENT_ACCEPTED));
    event_store_free(store);
    small_cohort_free(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_events_nothing_has_happened),
        cmocka_unit_test(the_first_decision_is_the_earliest_by_date),
        cmocka_unit_test(on_one_day_the_lower_sequence_decides_and_a_missing_one_is_0),
        cmocka_unit_test(on_one_day_and_sequence_the_order_is_rejected_returned_redirected_accepted),
        cmocka_unit_test(each_thing_that_happened_has_its_earliest_day),
        cmocka_unit_test(four_kinds_of_event_answer_an_advice_request),
        cmocka_unit_test(a_dna_counts_on_or_before_the_day_first_attended),
        cmocka_unit_test(a_follow_up_without_a_first_attendance_leaves_the_first_day_unknown),
        cmocka_unit_test(a_discharge_counts_where_it_falls_on_the_day_first_attended),
        cmocka_unit_test(the_reason_and_the_answers_are_those_of_the_first_decision),
        cmocka_unit_test(every_event_is_counted_once_with_what_became_of_it),
        cmocka_unit_test(rows_that_do_not_contradict_each_other_are_one_event),
        cmocka_unit_test(neither_order_nor_chunks_nor_workers_change_the_facts),
        cmocka_unit_test(a_voided_chunk_counts_for_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
