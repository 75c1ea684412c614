#include "referlens/cohort/tables.h"

#include "../support/small_cohort.h"
#include "referlens/cohort/builder.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* A cohort of one referral, of A on 2024-06-15 in 330, behind whatever tables were filled. */
static void take_one(struct cohort *cohort, const char *practice, const char *specialty, const char *date,
                     enum scheme scheme)
{
    struct referral_batch batch;
    const struct referral_row row = {.practice = text_of(practice),
                                     .specialty = text_of(specialty),
                                     .referred = small_day(date),
                                     .received = DAY_UNKNOWN,
                                     .scheme = (uint8_t)scheme};
    struct previous_reference *previous;
    size_t previous_count;
    cohort_reserve_referrals(cohort, 1);
    referral_batch_open(&batch, cohort, 0, 1);
    assert_true(referral_batch_add(&batch, &row, NULL, NULL));
    assert_true(cohort_take_referrals(cohort, &batch, 1, 1, &previous, &previous_count, NULL));
    cohort_sort_tables(cohort);
    memory_free(previous);
}

struct scheme_case {
    const char *practice, *specialty;
    enum scheme scheme;
    const char *start, *end;
};

static void add_scheme(struct cohort *cohort, const struct scheme_case *row)
{
    cohort_add_scheme(cohort, &(struct scheme_input){small_text(row->practice), small_text(row->specialty), row->scheme,
                                                     small_day(row->start), small_day(row->end), NAN, NAN});
}

/* The scheme of a referral of practice A, 2024-06-15, specialty 330, with these rows, in either order. */
static enum scheme assigned(const struct scheme_case *rows, size_t count)
{
    enum scheme found[2];
    for (size_t turn = 0; turn < 2; turn++) {
        struct cohort *cohort = cohort_new();
        for (size_t i = 0; i < count; i++)
            add_scheme(cohort, &rows[turn == 0 ? i : count - 1 - i]);
        take_one(cohort, "A", "330", "2024-06-15", SCHEME_UNKNOWN);
        cohort_assign_schemes(cohort, 2);
        found[turn] = (enum scheme)cohort->columns.scheme[0];
        cohort_free(cohort);
    }
    assert_int_equal(found[0], found[1]);
    return found[0];
}
#define ASSIGNED(...)                                                                                                  \
    assigned((const struct scheme_case[]){__VA_ARGS__},                                                                \
             sizeof((const struct scheme_case[]){__VA_ARGS__}) / sizeof(struct scheme_case))

static void a_scheme_holds_from_its_first_day_to_its_last(void **state)
{
    (void)state;
    assert_int_equal(ASSIGNED({"A", NULL, SCHEME_RMC, "2024-06-15", NULL}), SCHEME_RMC);
    assert_int_equal(ASSIGNED({"A", NULL, SCHEME_RMC, "2024-06-16", NULL}), SCHEME_UNKNOWN);
    assert_int_equal(ASSIGNED({"A", NULL, SCHEME_RMC, "2024-01-01", "2024-06-15"}), SCHEME_RMC);
    assert_int_equal(ASSIGNED({"A", NULL, SCHEME_RMC, "2024-01-01", "2024-06-14"}), SCHEME_UNKNOWN);
    assert_int_equal(ASSIGNED({"B", NULL, SCHEME_RMC, "2024-01-01", NULL}), SCHEME_UNKNOWN);
    assert_int_equal(ASSIGNED({"A", "100", SCHEME_RMC, "2024-01-01", NULL}), SCHEME_UNKNOWN);
}

static void a_row_that_names_the_specialty_comes_first_then_the_latest_start(void **state)
{
    (void)state;
    assert_int_equal(
        ASSIGNED({"A", "330", SCHEME_PEER_REVIEW, "2020-01-01", NULL}, {"A", NULL, SCHEME_RMC, "2024-06-01", NULL}),
        SCHEME_PEER_REVIEW);
    assert_int_equal(ASSIGNED({"A", NULL, SCHEME_NONE, "2020-01-01", NULL}, {"A", NULL, SCHEME_RMC, "2024-06-01", NULL},
                              {"A", NULL, SCHEME_PEER_REVIEW, "2024-05-01", NULL}),
                     SCHEME_RMC);
    /* The named one has ended. */
    assert_int_equal(ASSIGNED({"A", "330", SCHEME_PEER_REVIEW, "2020-01-01", "2023-01-01"},
                              {"A", NULL, SCHEME_RMC, "2019-06-01", NULL}),
                     SCHEME_RMC);
    /* By name, "peer_review" before "rmc". */
    assert_int_equal(
        ASSIGNED({"A", NULL, SCHEME_RMC, "2024-01-01", NULL}, {"A", NULL, SCHEME_PEER_REVIEW, "2024-01-01", NULL}),
        SCHEME_PEER_REVIEW);
}

static void a_scheme_that_the_referral_has_stays(void **state)
{
    (void)state;
    struct cohort *cohort = cohort_new();
    add_scheme(cohort, &(struct scheme_case){"A", NULL, SCHEME_RMC, "2024-01-01", NULL});
    take_one(cohort, "A", "330", "2024-06-15", SCHEME_NONE);
    cohort_assign_schemes(cohort, 1);
    assert_int_equal(cohort->columns.scheme[0], SCHEME_NONE);
    cohort_free(cohort);
}

struct practice_case {
    const char *practice, *name, *locality, *band, *period;
};

static void add_practice(struct cohort *cohort, const struct practice_case *row)
{
    quarter period = PERIOD_NONE;
    if (row->period != NULL)
        assert_true(quarter_parse(text_of(row->period), &period));
    cohort_add_practice(cohort, &(struct practice_input){text_of(row->practice), small_text(row->name),
                                                         small_text(row->locality), small_text(row->band),
                                                         (struct text){0}, 100, period});
}

/* The name and locality of practice A with these rows, in either order. */
static void assert_named(const struct practice_case *rows, size_t count, const char *name, const char *locality)
{
    for (size_t turn = 0; turn < 2; turn++) {
        struct cohort *cohort = cohort_new();
        for (size_t i = 0; i < count; i++)
            add_practice(cohort, &rows[turn == 0 ? i : count - 1 - i]);
        take_one(cohort, "B", "330", "2024-06-15", SCHEME_UNKNOWN);
        const uint32_t practice = dictionary_find(cohort_practices(cohort), TEXT("A"));
        assert_true(text_equal(cohort_practice_name(cohort, practice), text_of(name)));
        assert_true(text_equal(cohort_practice_locality(cohort, practice), text_of(locality)));
        cohort_free(cohort);
    }
}
#define ASSERT_NAMED(name, locality, ...)                                                                              \
    assert_named((const struct practice_case[]){__VA_ARGS__},                                                          \
                 sizeof((const struct practice_case[]){__VA_ARGS__}) / sizeof(struct practice_case), name, locality)

static void a_practice_without_a_name_is_called_by_its_code(void **state)
{
    (void)state;
    ASSERT_NAMED("A", "", {"A", NULL, NULL, NULL, NULL});
    ASSERT_NAMED("Elm House", "North", {"A", "Elm House", "North", NULL, NULL});
}

static void the_name_of_the_latest_period_counts(void **state)
{
    (void)state;
    ASSERT_NAMED("New", "South", {"A", "Old", "North", NULL, "2024-Q1"}, {"A", "New", "South", NULL, "2024-Q2"},
                 {"A", "Undated", "East", NULL, NULL});
    ASSERT_NAMED("Old", "North", {"A", "Old", "North", NULL, "2024-Q1"}, {"A", NULL, NULL, NULL, "2024-Q2"});
    /* Bands of one period: the name that sorts first; never one of an earlier period that sorts before it. */
    ASSERT_NAMED("Birch", "", {"A", "Birch", NULL, "0-4", "2024-Q2"}, {"A", "Cedar", NULL, "5-14", "2024-Q2"},
                 {"A", "Apple", NULL, "0-4", "2024-Q1"}, {"A", "Alder", NULL, "5-14", "2024-Q1"});
}

static void small_tables_have_an_order_of_their_own_and_codes_of_sorted_dictionaries(void **state)
{
    (void)state;
    struct cohort *cohort = cohort_new();
    static const char *const dates[] = {"2024-02-01", "2024-01-01", "2024-03-01"};
    for (size_t i = 0; i < 3; i++)
        cohort_add_session(cohort, &(struct session_input){i == 2 ? TEXT("A") : TEXT("Z"), TEXT("330"), TEXT("Topic"),
                                                           small_day(dates[i])});
    take_one(cohort, "M", "100", "2024-06-15", SCHEME_UNKNOWN);
    size_t count;
    const struct session_row *rows = cohort_session_rows(cohort, &count);
    assert_int_equal(count, 3);
    assert_int_equal(rows[0].practice, dictionary_find(cohort_practices(cohort), TEXT("A")));
    assert_int_equal(rows[1].date, small_day("2024-01-01"));
    assert_int_equal(rows[2].date, small_day("2024-02-01"));
    assert_int_equal(rows[2].practice, dictionary_find(cohort_practices(cohort), TEXT("Z")));
    assert_int_equal(rows[2].specialty, dictionary_find(cohort_specialties(cohort), TEXT("330")));
    assert_int_equal(cohort->columns.practice[0], dictionary_find(cohort_practices(cohort), TEXT("M")));
    cohort_free(cohort);
}

static void a_list_size_is_recorded_where_any_row_has_one(void **state)
{
    (void)state;
    struct cohort *cohort = cohort_new();
    struct practice_input row = {.practice = TEXT("A"), .list_size = NAN, .period = PERIOD_NONE};
    cohort_add_practice(cohort, &row);
    assert_false(cohort_recorded(cohort) & RECORDED_LIST_SIZE);
    row.list_size = 0;
    cohort_add_practice(cohort, &row);
    assert_true(cohort_recorded(cohort) & RECORDED_LIST_SIZE);
    cohort_free(cohort);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scheme_holds_from_its_first_day_to_its_last),
        cmocka_unit_test(a_row_that_names_the_specialty_comes_first_then_the_latest_start),
        cmocka_unit_test(a_scheme_that_the_referral_has_stays),
        cmocka_unit_test(a_practice_without_a_name_is_called_by_its_code),
        cmocka_unit_test(the_name_of_the_latest_period_counts),
        cmocka_unit_test(small_tables_have_an_order_of_their_own_and_codes_of_sorted_dictionaries),
        cmocka_unit_test(a_list_size_is_recorded_where_any_row_has_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
