#include "referlens/output/rejects_csv.h"

#include "../support/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define HEADER "file,line,column,reason,message\n"

static char scratch[SCRATCH_PATH_SIZE];

static int enter(void **state)
{
    (void)state;
    scratch_enter(scratch);
    return 0;
}

static int leave(void **state)
{
    (void)state;
    scratch_leave(scratch);
    return 0;
}

static void assert_written(const struct ledger *ledgers, size_t ledger_count, const struct reject *rejects,
                           size_t reject_count, const char *expected)
{
    struct report report = {
        .ledgers = ledgers, .ledger_count = ledger_count, .rejects = rejects, .reject_count = reject_count};
    struct folder *folder;
    struct error error = {""};
    assert_true(folder_open("out", true, &folder, NULL));
    if (!rejects_csv_write(&report, folder, &error))
        fail_msg("%s", error.message);
    char *text = scratch_read("out.referlens-partial/rejects.csv", NULL);
    assert_non_null(text);
    assert_string_equal(text, expected);
    free(text);
    folder_close(folder);
}

static void the_header_stands_alone_where_nothing_was_rejected(void **state)
{
    (void)state;
    assert_written(NULL, 0, NULL, 0, HEADER);
}

static void rows_are_sorted_by_file_line_and_column_whatever_their_order(void **state)
{
    (void)state;
    const struct ledger ledgers[] = {{.name = "b.csv", .kind = "referrals"}, {.name = "a.csv", .kind = "outcomes"}};
    const struct reject rejects[] = {
        {0, 10, 1, "not a date", "one"},   {0, 9, 5, "not a date", "two"},  {0, 9, 1, "not a date", "three"},
        {1, 800, 1, "not a date", "four"}, {0, 9, 5, "not a date", "five"},
    };
    const struct ledger swapped[] = {ledgers[1], ledgers[0]};
    const struct reject turned[] = {
        {1, 9, 5, "not a date", "five"}, {0, 800, 1, "not a date", "four"}, {1, 9, 1, "not a date", "three"},
        {1, 9, 5, "not a date", "two"},  {1, 10, 1, "not a date", "one"},
    };
    const char *expected = HEADER "a.csv,800,1,not a date,four\n"
                                  "b.csv,9,1,not a date,three\n"
                                  "b.csv,9,5,not a date,five\n"
                                  "b.csv,9,5,not a date,two\n"
                                  "b.csv,10,1,not a date,one\n";
    assert_written(ledgers, 2, rejects, 5, expected);
    assert_written(swapped, 2, turned, 5, expected);
}

/* RFC 4180, section 2, rules 5 to 7. */
static void commas_quotes_and_line_ends_are_quoted(void **state)
{
    (void)state;
    const struct ledger ledger = {.name = "a \"b\".csv", .kind = "referrals"};
    const struct reject rejects[] = {
        {0, 1, 1, "bad", "'1,2' is not a number"},
        {0, 2, 1, "bad", "two\nlines"},
        {0, 3, 1, "bad", "plain 'quotes'"},
        {0, 4, 1, "bad", ""},
    };
    assert_written(&ledger, 1, rejects, 4,
                   HEADER "\"a \"\"b\"\".csv\",1,1,bad,\"'1,2' is not a number\"\n"
                          "\"a \"\"b\"\".csv\",2,1,bad,\"two\nlines\"\n"
                          "\"a \"\"b\"\".csv\",3,1,bad,plain 'quotes'\n"
                          "\"a \"\"b\"\".csv\",4,1,bad,\n");
}

static void what_a_spreadsheet_would_run_gets_an_apostrophe(void **state)
{
    (void)state;
    const struct ledger ledger = {.name = "=cmd.csv", .kind = "referrals"};
    const struct reject rejects[] = {
        {0, 1, 1, "bad", "=1+1"}, {0, 2, 1, "bad", "+1"},        {0, 3, 1, "bad", "-1"},  {0, 4, 1, "bad", "@SUM(1)"},
        {0, 5, 1, "bad", "\t=1"}, {0, 6, 1, "bad", "=A1,\"x\""}, {0, 7, 1, "bad", "a=1"},
    };
    assert_written(&ledger, 1, rejects, 7,
                   HEADER "'=cmd.csv,1,1,bad,'=1+1\n'=cmd.csv,2,1,bad,'+1\n'=cmd.csv,3,1,bad,'-1\n"
                          "'=cmd.csv,4,1,bad,'@SUM(1)\n'=cmd.csv,5,1,bad,'\t=1\n"
                          "'=cmd.csv,6,1,bad,\"'=A1,\"\"x\"\"\"\n'=cmd.csv,7,1,bad,a=1\n");
}

int main(void)
{
#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, enter, leave)
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(the_header_stands_alone_where_nothing_was_rejected),
        IN_SCRATCH(rows_are_sorted_by_file_line_and_column_whatever_their_order),
        IN_SCRATCH(commas_quotes_and_line_ends_are_quoted),
        IN_SCRATCH(what_a_spreadsheet_would_run_gets_an_apostrophe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
