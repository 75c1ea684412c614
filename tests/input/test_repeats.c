#include "referlens/input/repeats.h"

#include "../support/from_csv.h"
#include "referlens/cohort/columns.h"

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

#define HEADER "referral_id,practice_code,referral_date,specialty_code,sex,age_band\n"

static struct text practice_of(const struct input *input, size_t row)
{
    return dictionary_text(cohort_practices(input->cohort), cohort_fact(input->cohort, row).practice);
}

static void a_repeated_row_is_a_duplicate_however_it_is_written(void **state)
{
    (void)state;
    struct input input =
        from_csv(HEADER "R1,A,2024-01-01,330,F,0-4\n\"R1\", A ,2024-01-01,\"330\",F,0-4\nR2,A,2024-01-01,330,,\n"
                        "R1,A,2024-01-01,330,F,0-4\n",
                 NULL, NULL, NULL);
    assert_int_equal(cohort_count(input.cohort), 2);
    assert_int_equal(input.ledgers[0].duplicates, 2);
    assert_int_equal(input.reject_count, 0);
    input_release(&input);
}

static void of_rows_that_differ_the_one_whose_text_sorts_first_is_used(void **state)
{
    (void)state;
    static const char *const orders[] = {
        HEADER "R1,B,2024-01-01,330,,\nR1,A,2024-01-01,330,,\nR1,C,2024-01-01,330,,\n",
        HEADER "R1,A,2024-01-01,330,,\nR1,C,2024-01-01,330,,\nR1,B,2024-01-01,330,,\n",
        HEADER "R1,C,2024-01-01,330,,\nR1,B,2024-01-01,330,,\nR1,A,2024-01-01,330,,\n",
    };
    static const int64_t first_lines[] = {2, 3, 2}, other_lines[] = {4, 4, 3};
    for (size_t i = 0; i < 3; i++) {
        struct input input = from_csv(orders[i], NULL, NULL, NULL);
        assert_int_equal(cohort_count(input.cohort), 1);
        assert_true(text_equal(practice_of(&input, 0), TEXT("A")));
        assert_int_equal(input.reject_count, 2);
        assert_int_equal(input.rejects[0].line, first_lines[i]);
        assert_int_equal(input.rejects[1].line, other_lines[i]);
        assert_int_equal(input.rejects[0].column, 1);
        assert_string_equal(input.rejects[0].category, "conflict: another row of the same key differs");
        input_release(&input);
    }
}

static void rows_of_other_columns_and_files_are_compared_by_value(void **state)
{
    (void)state;
    static const char one[] = HEADER "R1,A,2024-01-01,330,F,\nR2,A,2024-01-01,330,F,\n";
    static const char two[] =
        "sex,specialty_code,note,referral_date,practice_code,referral_id\nF,330,x,2024-01-01,A,R1\n"
        "M,330,x,2024-01-01,A,R2\n";
    from_csv_write("one.csv", one, sizeof one - 1);
    from_csv_write("two.csv", two, sizeof two - 1);
    static const char *const names[] = {"two.csv", "one.csv", NULL};
    struct input input;
    assert_true(from_csv_files(&input, names, NULL, 20, 2, NULL));
    assert_int_equal(cohort_count(input.cohort), 2);
    assert_int_equal(from_csv_ledger(&input, "two.csv")->duplicates, 1); /* of the file whose name sorts later */
    assert_int_equal(from_csv_ledger(&input, "two.csv")->rejected, 1);
    assert_int_equal(from_csv_ledger(&input, "one.csv")->used, 2);
    input_release(&input);
}

static void values_with_commas_are_not_taken_for_others(void **state)
{
    (void)state;
    /* Joined by commas both rows read "R1,X,Y,…": they differ all the same. */
    static const char header[] = "referral_id,practice_code,referral_date,specialty_code,age_band,sex\n";
    char rows[300];
    for (int turn = 0; turn < 2; turn++) {
        snprintf(rows, sizeof rows, "%s%s%s", header,
                 turn == 0 ? "R1,A,2024-01-01,330,\"a,b\",c\n" : "R1,A,2024-01-01,330,a,\"b,c\"\n",
                 turn == 0 ? "R1,A,2024-01-01,330,a,\"b,c\"\n" : "R1,A,2024-01-01,330,\"a,b\",c\n");
        struct input input = from_csv(rows, NULL, NULL, NULL);
        assert_int_equal(input.reject_count, 1);
        assert_int_equal(input.ledgers[0].duplicates, 0);
        const struct fact fact = cohort_fact(input.cohort, 0);
        /* The first length that differs is the age band's: 1 before 3. */
        assert_true(text_equal(dictionary_text(cohort_age_bands(input.cohort), fact.age_band), TEXT("a")));
        assert_true(text_equal(dictionary_text(cohort_sexes(input.cohort), fact.sex), TEXT("b,c")));
        input_release(&input);
    }
}

static void events_go_to_the_row_that_is_used(void **state)
{
    (void)state;
    struct input input = from_csv(HEADER "R1,B,2024-01-01,330,,\nR2,B,2024-01-01,330,,\nR1,A,2024-01-02,330,,\n",
                                  FROM_CSV_OUTCOMES "R1,2024-01-01,dna,,,,\nR1,2024-01-02,accepted,,,,\n", NULL, NULL);
    assert_int_equal(cohort_count(input.cohort), 2);
    for (size_t i = 0; i < 2; i++) {
        const bool used = text_equal(practice_of(&input, i), TEXT("A"));
        assert_int_equal(cohort_fact(input.cohort, i).decision, used ? EVENT_ACCEPTED : EVENT_NONE);
    }
    /* The dna is dated before the row that is used, though not before the other. */
    assert_int_equal(from_csv_ledger(&input, "outcomes.csv")->left_out, 1);
    input_release(&input);
}

static void a_bad_row_is_no_rival(void **state)
{
    (void)state;
    struct input input = from_csv(HEADER "R1,B,2024-01-01,330,,\nR1,A,2024-02-30,330,,\n", NULL, NULL, NULL);
    assert_int_equal(input.reject_count, 1);
    assert_string_equal(input.rejects[0].category, "not a date");
    assert_true(text_equal(practice_of(&input, 0), TEXT("B")));
    input_release(&input);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_repeated_row_is_a_duplicate_however_it_is_written),
        cmocka_unit_test(of_rows_that_differ_the_one_whose_text_sorts_first_is_used),
        cmocka_unit_test(rows_of_other_columns_and_files_are_compared_by_value),
        cmocka_unit_test(values_with_commas_are_not_taken_for_others),
        cmocka_unit_test(events_go_to_the_row_that_is_used),
        cmocka_unit_test(a_bad_row_is_no_rival),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
