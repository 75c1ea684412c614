#include "referlens/measure/scheme_history.h"

#include "../support/measured.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static char folder[SCRATCH_PATH_SIZE];
static struct input input;
static struct scheme_history history;

static int enter(void **state)
{
    (void)state;
    scratch_enter(folder);
    input = from_csv(FROM_CSV_REFERRALS "R1,MOVED,2023-01-01,330,,,,\n", NULL,
                     "practice_code,scheme,start_date,end_date,specialty_code\n"
                     "MOVED,none,2020-01-01,,\n" /* over when the next begins */
                     "MOVED,rmc,2023-06-15,,\n"
                     "MOVED,local_expertise,2020-01-01,,330\n"
                     "STAYED,peer_review,2020-01-01,2022-12-31,\n"
                     "STAYED,peer_review,2023-01-01,,\n"
                     "AGAIN,none,2020-01-01,2023-03-31,\n"
                     "AGAIN,rmc,2023-04-01,2023-06-30,\n"
                     "AGAIN,none,2023-07-01,,\n"
                     "SHORTGAP,none,2020-01-01,2023-03-31,\n"
                     "SHORTGAP,rmc,2023-05-02,,\n"
                     "LONGGAP,none,2020-01-01,2023-03-31,\n"
                     "LONGGAP,rmc,2023-05-03,,\n"
                     "LATE,rmc,2023-02-01,,\n",
                     "2023-12-31");
    history = scheme_history_of(input.cohort);
    return 0;
}

static int leave(void **state)
{
    (void)state;
    scheme_history_release(&history);
    input_release(&input);
    scratch_leave(folder);
    return 0;
}

static uint32_t practice(const char *code)
{
    return dictionary_find(cohort_practices(input.cohort), text_of(code));
}

static struct scheme_move move_of(const char *code)
{
    return scheme_history_move(&history, practice(code), from_csv_day("2023-01-01"), from_csv_day("2023-12-31"));
}

static void the_later_start_is_in_force(void **state)
{
    (void)state;
    const uint32_t moved = practice("MOVED");
    assert_int_equal(scheme_row_in_force(&history, moved, DICTIONARY_NONE, from_csv_day("2023-06-14"))->scheme, SCHEME_NONE);
    assert_int_equal(scheme_row_in_force(&history, moved, DICTIONARY_NONE, from_csv_day("2023-06-15"))->scheme, SCHEME_RMC);
    assert_null(scheme_row_in_force(&history, moved, DICTIONARY_NONE, from_csv_day("2019-12-31")));
    const uint32_t again = practice("AGAIN"); /* the last day belongs to it, and the next to what follows */
    assert_int_equal(scheme_row_in_force(&history, again, DICTIONARY_NONE, from_csv_day("2023-06-30"))->scheme, SCHEME_RMC);
    assert_int_equal(scheme_row_in_force(&history, again, DICTIONARY_NONE, from_csv_day("2023-07-01"))->scheme, SCHEME_NONE);
    assert_null(scheme_row_in_force(&history, practice("LONGGAP"), DICTIONARY_NONE, from_csv_day("2023-04-01")));
    const uint32_t specialty = dictionary_find(cohort_specialties(input.cohort), TEXT("330"));
    assert_int_equal(scheme_row_in_force(&history, moved, specialty, from_csv_day("2023-06-15"))->scheme,
                     SCHEME_LOCAL_EXPERTISE);
    const size_t specialty_count = cohort_specialties(input.cohort)->count;
    bool *own = memory_resize(NULL, specialty_count, sizeof *own);
    scheme_history_own(&history, moved, own, specialty_count);
    for (size_t i = 0; i < specialty_count; i++)
        assert_int_equal(own[i], i == specialty);
    scheme_history_own(&history, practice("STAYED"), own, specialty_count);
    for (size_t i = 0; i < specialty_count; i++)
        assert_false(own[i]);
    memory_free(own);
}

static void a_move_is_one_change_of_the_whole_practice(void **state)
{
    (void)state;
    const struct scheme_move move = move_of("MOVED");
    assert_int_equal(move.course, COURSE_MOVED);
    assert_int_equal(move.from, SCHEME_NONE);
    assert_int_equal(move.to, SCHEME_RMC);
    assert_int_equal(move.date, from_csv_day("2023-06-15"));
    assert_int_equal(move_of("STAYED").course, COURSE_STAYED);
    assert_int_equal(move_of("STAYED").from, SCHEME_PEER_REVIEW);
    assert_int_equal(move_of("AGAIN").course, COURSE_MOVED_AGAIN);
    assert_int_equal(move_of("AGAIN").date, DAY_UNKNOWN);
}

/* April has 30 days: from its 1st to 1 May are 31, to 2 May 32. */
static void a_gap_of_31_days_is_no_gap_and_a_longer_one_unknown(void **state)
{
    (void)state;
    assert_int_equal(move_of("SHORTGAP").course, COURSE_MOVED);
    assert_int_equal(move_of("SHORTGAP").date, from_csv_day("2023-05-02"));
    assert_int_equal(move_of("LONGGAP").course, COURSE_UNKNOWN);
    assert_int_equal(move_of("LATE").course, COURSE_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_later_start_is_in_force, enter, leave),
        cmocka_unit_test_setup_teardown(a_move_is_one_change_of_the_whole_practice, enter, leave),
        cmocka_unit_test_setup_teardown(a_gap_of_31_days_is_no_gap_and_a_longer_one_unknown, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
