#include "referlens/input/input.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/described_input.h"

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

static struct input read_files(const char *const *names, const char *as_of, size_t chunk_bytes, size_t workers)
{
    struct input input;
    struct error error = {""};
    if (!from_csv_files(&input, names, as_of, chunk_bytes, workers, &error))
        fail_msg("%s", error.message);
    return input;
}

static const char *const both[] = {"referrals.csv", "outcomes.csv", NULL};

/* Referrals and events of all sorts. `quotes` puts in newlines within quotes, at which a file is easily cut. */
static void write_mixture(bool quotes)
{
    struct buffer referrals = buffer_with_maximum(1 << 20), outcomes = buffer_with_maximum(1 << 20);
    buffer_add_string(&referrals, FROM_CSV_REFERRALS);
    buffer_add_string(&outcomes, FROM_CSV_OUTCOMES);
    for (int i = 0; i < 200; i++) {
        const bool quoted = quotes && i % 9 == 0;
        buffer_add_formatted(&referrals,
                             quoted ? "\"R\"\"%d\",\"A\n%d\",2024-%02d-%02d,%d,,,,P%d\n"
                                    : "R%d,A%d,2024-%02d-%02d,%d,,,,P%d\n",
                             i, i % 7, i % 12 + 1, i % 28 + 1, i % 3 * 10 + 100, i % 40);
        if (i % 11 == 0)
            buffer_add_formatted(&referrals, "R%d,A1,2024-02-30,330,,,,\n\n", i + 1000);
        if (i % 23 == 0)
            buffer_add_formatted(&referrals, "R%d,A%d,2024-%02d-%02d,%d,,,,P%d\n", i, i % 7, i % 12 + 1, i % 28 + 1,
                                 i % 3 * 10 + 100, i % 40);
        if (i % 31 == 0)
            buffer_add_formatted(&referrals, "R%d,A0,2024-01-01,999,,urgent,,\r\n", i);
        buffer_add_formatted(
            &outcomes, quoted ? "\"R\"\"%d\",2024-%02d-%02d,%s,,\"WHY\nNOT\",no,\n" : "R%d,2024-%02d-%02d,%s,,,,\n", i,
            i % 12 + 1, i % 28 + 1, i % 2 == 0 ? "rejected" : "accepted");
        buffer_add_formatted(&outcomes, "R%d,2024-12-%02d,first_attended,%d,,,\nlost%d,2024-01-01,dna,,,,\n", i,
                             i % 28 + 1, i % 5, i);
        if (i % 13 == 0)
            buffer_add_string(&outcomes, "R1,2024-01-01,unheard of,,,,\nR1,x\n");
    }
    from_csv_write("referrals.csv", referrals.bytes, referrals.length);
    from_csv_write("outcomes.csv", outcomes.bytes, outcomes.length);
    buffer_release(&referrals);
    buffer_release(&outcomes);
}

static void chunks_and_workers_make_no_difference(void **state)
{
    (void)state;
    for (int quotes = 0; quotes < 2; quotes++) {
        write_mixture(quotes == 1);
        struct input whole = read_files(both, "2024-10-01", 0, 1);
        char *expected = describe_input(&whole);
        assert_true(whole.reject_count > 40);
        static const size_t chunk_bytes[] = {1, 17, 64, 1000, 4096};
        for (size_t i = 0; i < sizeof chunk_bytes / sizeof chunk_bytes[0]; i++) {
            struct input cut = read_files(both, "2024-10-01", chunk_bytes[i], 1 + i);
            char *found = describe_input(&cut);
            assert_string_equal(found, expected);
            free(found);
            input_release(&cut);
        }
        free(expected);
        input_release(&whole);
    }
}

static void a_cut_inside_a_quoted_field_is_read_again_in_order(void **state)
{
    (void)state;
    static const char rows[] = FROM_CSV_REFERRALS
        "R1,A,2024-01-01,330,,,,\nR2,\"A\nR9,A,2024-01-01,330,,,,\nB\",2024-01-02,330,,,,\nR3,A,2024-02-30,330,,,,\n";
    from_csv_write("referrals.csv", rows, sizeof rows - 1);
    static const char *const names[] = {"referrals.csv", NULL};
    for (size_t chunk = 0; chunk < 80; chunk += 3) {
        struct input input = read_files(names, NULL, chunk, 2);
        assert_int_equal(cohort_count(input.cohort), 2); /* what stands inside the quotes is no row */
        assert_int_equal(input.ledgers[0].read, 3);
        assert_int_equal(input.reject_count, 1);
        assert_int_equal(input.rejects[0].line, 6);
        assert_int_equal(input.rejects[0].column, 6);
        assert_string_equal(input.rejects[0].category, "not a date");
        input_release(&input);
    }
}

static void files_named_in_another_order_make_no_difference(void **state)
{
    (void)state;
    write_mixture(true);
    static const char *const turned[] = {"outcomes.csv", "referrals.csv", NULL};
    struct input a = read_files(both, NULL, 0, 1), b = read_files(turned, NULL, 0, 1);
    char *first = describe_input(&a), *other = describe_input(&b);
    assert_string_equal(first, other);
    assert_string_equal(a.ledgers[0].name, "outcomes.csv");
    free(first);
    free(other);
    input_release(&a);
    input_release(&b);
}

static void the_same_file_twice_doubles_nothing(void **state)
{
    (void)state;
    write_mixture(true);
    static const char *const twice[] = {"referrals.csv", "outcomes.csv", "outcomes.csv", "referrals.csv", NULL};
    struct input once = read_files(both, "2024-12-31", 0, 2), again = read_files(twice, "2024-12-31", 0, 2);
    assert_int_equal(cohort_count(once.cohort), cohort_count(again.cohort));
    assert_int_equal(again.file_count, 4);
    int64_t used = 0, used_again = 0;
    for (size_t i = 0; i < once.file_count; i++)
        used += once.ledgers[i].used;
    for (size_t i = 0; i < again.file_count; i++) {
        used_again += again.ledgers[i].used;
        assert_true(ledger_balances(&again.ledgers[i]));
    }
    assert_int_equal(used, used_again);
    input_release(&once);
    input_release(&again);
}

static void the_as_of_date_is_the_latest_in_the_data_unless_it_is_given(void **state)
{
    (void)state;
    struct input input = from_csv(
        FROM_CSV_REFERRALS "R1,A,2024-01-01,330,,,,\n",
        FROM_CSV_OUTCOMES "R1,2024-02-01,dna,,,,\nlost,2024-03-01,dna,,,,\nR1,2024-02-30,dna,,,,\n", NULL, NULL);
    assert_int_equal(cohort_as_of(input.cohort), from_csv_day("2024-03-01")); /* an orphan's date is a date */
    assert_true(input.as_of_assumed);
    input_release(&input);
    input = from_csv("referral_id,practice_code,referral_date,specialty_code,received_date\n"
                     "R1,A,2024-01-01,330,2024-04-01\n",
                     NULL, "practice_code,session_date\nA,2025-01-01\n", NULL);
    assert_int_equal(cohort_as_of(input.cohort), from_csv_day("2024-04-01"));
    input_release(&input);
    input = from_csv(FROM_CSV_REFERRALS "R1,A,2024-01-01,330,,,,\n", NULL, NULL, "2020-01-01");
    assert_int_equal(cohort_as_of(input.cohort), from_csv_day("2020-01-01"));
    assert_false(input.as_of_assumed);
    assert_int_equal(input.ledgers[0].left_out, 1);
    input_release(&input);
    input = from_csv(FROM_CSV_REFERRALS, FROM_CSV_OUTCOMES, NULL, NULL);
    assert_int_equal(cohort_as_of(input.cohort), DAY_UNKNOWN);
    assert_int_equal(cohort_count(input.cohort), 0);
    input_release(&input);
}

static void what_is_left_out_is_counted_in_its_own_file(void **state)
{
    (void)state;
    /* Ids with doubled quotes lie in no file as they are. */
    static const char first[] = FROM_CSV_REFERRALS "R1,A,2024-01-01,330,,,,\n\"R\"\"2\",A,2024-06-01,330,,,,\n";
    static const char second[] = FROM_CSV_REFERRALS
        "\"R\"\"3\",A,2024-06-01,330,,,,\n\"R\"\"4\",A,2024-06-02,330,,,,\n\"R\"\"5\",A,2024-01-01,330,,,,\n";
    from_csv_write("a.csv", first, sizeof first - 1);
    from_csv_write("c.csv", second, sizeof second - 1);
    static const char events[] = FROM_CSV_OUTCOMES "\"R\"\"5\",2024-01-01,dna,,,,\n\"R\"\"2\",2024-06-05,dna,,,,\n";
    from_csv_write("b.csv", events, sizeof events - 1);
    static const char *const names[] = {"a.csv", "b.csv", "c.csv", NULL};
    struct input input = read_files(names, "2024-05-31", 0, 1);
    assert_int_equal(from_csv_ledger(&input, "a.csv")->left_out, 1);
    assert_int_equal(from_csv_ledger(&input, "a.csv")->used, 1);
    assert_int_equal(from_csv_ledger(&input, "c.csv")->left_out, 2);
    assert_int_equal(from_csv_ledger(&input, "c.csv")->used, 1);
    assert_int_equal(from_csv_ledger(&input, "b.csv")->left_out, 1);
    assert_string_equal(from_csv_ledger(&input, "b.csv")->left_out_for[0].reason, "dated after the as-of date");
    input_release(&input);
}

static void reasons_stand_by_their_number_and_then_their_words(void **state)
{
    (void)state;
    struct input input = from_csv(FROM_CSV_REFERRALS "R1,,2024-01-01,330,,,,\nR2,A,x,330,,,,\nR3,A,x,330,,,,\nR4,\n",
                                  FROM_CSV_OUTCOMES "a,2024-01-01,dna,,,,\nb,2024-01-01,dna,,,,\n", NULL, NULL);
    const struct ledger *ledger = from_csv_ledger(&input, "referrals.csv");
    assert_int_equal(ledger->rejected_reason_count, 3);
    assert_string_equal(ledger->rejected_for[0].reason, "not a date");
    assert_int_equal(ledger->rejected_for[0].count, 2);
    assert_string_equal(ledger->rejected_for[1].reason, "no practice_code");
    assert_string_equal(ledger->rejected_for[2].reason, "too few fields");
    assert_string_equal(from_csv_ledger(&input, "outcomes.csv")->left_out_for[0].reason, "event without its referral");
    assert_int_equal(from_csv_ledger(&input, "outcomes.csv")->left_out, 2);
    input_release(&input);
}

static void what_was_not_yet_there_on_the_as_of_date_is_not_recorded(void **state)
{
    (void)state;
    static const char referrals[] =
        "referral_id,practice_code,referral_date,specialty_code,received_date,previous_referral_id\n"
        "R1,A,2024-01-01,330,2024-03-01,\nR2,A,2024-02-01,330,,R1\n";
    struct input input = from_csv(referrals, NULL, NULL, "2024-01-31");
    assert_int_equal(cohort_recorded(input.cohort), 0);
    input_release(&input);
    input = from_csv(referrals, NULL, NULL, "2024-03-01");
    assert_int_equal(cohort_recorded(input.cohort), RECORDED_RECEIVED | RECORDED_PREVIOUS);
    input_release(&input);
}

static void repeated_rows_of_small_tables_are_duplicates_or_conflicts(void **state)
{
    (void)state;
    struct input input = from_csv(NULL, NULL,
                                  "practice_code,practice_name,list_size,period\nA,Elm,10,\nA,Elm,10,\n"
                                  "A,Ash,11,\nA,Elm,12,2024-Q1\n",
                                  NULL);
    const struct ledger *ledger = &input.ledgers[0];
    assert_int_equal(ledger->read, 4);
    assert_int_equal(ledger->used, 2);
    /* "A,Ash…" sorts first; the other two are conflicts. */
    assert_int_equal(ledger->rejected, 2);
    assert_true(text_equal(cohort_practice_name(input.cohort, 0), TEXT("Elm"))); /* of the dated row */
    input_release(&input);
    input = from_csv(NULL, NULL,
                     "practice_code,session_date,topic\nA,2024-01-01,Coughs\nA,2024-01-01,Knees\n"
                     "A,2024-01-01,Knees\n",
                     NULL);
    assert_int_equal(input.ledgers[0].used, 2); /* two meetings of one day are two */
    assert_int_equal(input.ledgers[0].duplicates, 1);
    input_release(&input);
}

static void a_failure_leaves_nothing_to_release(void **state)
{
    (void)state;
    write_mixture(false);
    static const char *const names[] = {"referrals.csv", "missing.csv", "outcomes.csv", NULL};
    struct input input;
    struct error error = {""};
    assert_false(from_csv_files(&input, names, NULL, 0, 2, &error));
    assert_string_equal(error.message, "missing.csv: can't be opened: No such file or directory");
    assert_null(input.cohort);
    assert_null(input.files);
    input_release(&input);
    /* Deep in the reading: too many values. */
    struct buffer rows = buffer_with_maximum(1 << 20);
    buffer_add_string(&rows, "referral_id,practice_code,referral_date,specialty_code,sex\n");
    for (int i = 0; i < 300; i++)
        buffer_add_formatted(&rows, "R%d,A,2024-01-01,330,sex%d\n", i, i);
    from_csv_write("referrals.csv", rows.bytes, rows.length);
    buffer_release(&rows);
    for (size_t chunk = 0; chunk < 3000; chunk += 2000) {
        assert_false(from_csv_files(&input, both, NULL, chunk, 2, &error));
        assert_non_null(strstr(error.message, "right column"));
        input_release(&input);
    }
}

static void files_that_are_written_to_while_they_are_read_are_refused(void **state)
{
    (void)state;
    static const char message[] =
        "outcomes.csv: changed while it was being read; wait until the export is finished and run again";
    write_mixture(false);
    struct input input = read_files(both, NULL, 0, 2);
    struct error error = {""};
    assert_true(input_hash(&input, 2, &error));
    FILE *outcomes = fopen("outcomes.csv", "ab");
    fputs("R1,2024-01-01,dna,,,,\n", outcomes);
    fclose(outcomes);
    assert_false(input_check_unchanged(&input, &error));
    assert_string_equal(error.message, message);
    error.message[0] = '\0';
    assert_false(input_hash(&input, 2, &error));
    assert_string_equal(error.message, message);
    input_release(&input);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks_and_workers_make_no_difference),
        cmocka_unit_test(a_cut_inside_a_quoted_field_is_read_again_in_order),
        cmocka_unit_test(files_named_in_another_order_make_no_difference),
        cmocka_unit_test(the_same_file_twice_doubles_nothing),
        cmocka_unit_test(the_as_of_date_is_the_latest_in_the_data_unless_it_is_given),
        cmocka_unit_test(what_is_left_out_is_counted_in_its_own_file),
        cmocka_unit_test(reasons_stand_by_their_number_and_then_their_words),
        cmocka_unit_test(what_was_not_yet_there_on_the_as_of_date_is_not_recorded),
        cmocka_unit_test(repeated_rows_of_small_tables_are_duplicates_or_conflicts),
        cmocka_unit_test(a_failure_leaves_nothing_to_release),
        cmocka_unit_test(files_that_are_written_to_while_they_are_read_are_refused),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
