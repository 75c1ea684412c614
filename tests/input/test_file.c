#include "referlens/input/file.h"

#include "../support/from_csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

static const struct reading_options as_canonical = {0};
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

static struct input_file opened(const char *bytes, size_t length)
{
    struct input_file file;
    struct error error = {""};
    from_csv_write("file.csv", bytes, length);
    if (!input_file_open(&file, "file.csv", &as_canonical, &error))
        fail_msg("%s", error.message);
    return file;
}
#define OPENED(literal) opened(literal, sizeof(literal) - 1)

static void assert_refused(const char *path, const char *message)
{
    struct input_file file;
    struct error error = {""};
    if (input_file_open(&file, path, &as_canonical, &error)) {
        input_file_close(&file);
        fail_msg("taken: %s", path);
    }
    assert_string_equal(error.message, message);
}

static void assert_header_refused(const char *header, const char *message)
{
    from_csv_write("file.csv", header, strlen(header));
    assert_refused("file.csv", message);
}

static void a_kind_is_known_by_its_required_columns(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        enum file_kind kind;
    } cases[] = {
        {"specialty_code,referral_id,referral_date,practice_code\n", FILE_REFERRALS},
        {"referral_id,event_date,event_type,practice_code\n", FILE_OUTCOMES},
        {"practice_code,scheme,start_date\n", FILE_SCHEMES},
        {"practice_code,session_date\n", FILE_SESSIONS},
        {"practice_code\n", FILE_PRACTICES},
        {"practice_code,practice_name,commissioner_code,status\n", FILE_PRACTICES},
        {"\"practice_code\" , \"list_size\"\r\n", FILE_PRACTICES},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct input_file file = opened(cases[i].header, strlen(cases[i].header));
        assert_int_equal(file.kind, cases[i].kind);
        assert_string_equal(file.ledger.kind, format_kinds[cases[i].kind].name);
        assert_int_equal(file.body.length, 0);
        input_file_close(&file);
    }
}

static void names_behind_which_nothing_stands_may_lack_in_rows(void **state)
{
    (void)state;
    struct input_file file = OPENED("practice_code,,mine,,\nx\n");
    assert_int_equal(file.header_count, 5);
    assert_int_equal(file.named_count, 3);
    input_file_close(&file);
}

static void columns_are_found_wherever_they_stand(void **state)
{
    (void)state;
    struct input_file file = OPENED("topic,mine,practice_code,,session_date\nx\n");
    assert_int_equal(file.header_count, 5);
    assert_int_equal(file.columns[SESSIONS_TOPIC], 0);
    assert_int_equal(file.columns[SESSIONS_PRACTICE], 2);
    assert_int_equal(file.columns[SESSIONS_DATE], 4);
    assert_true(file.columns[SESSIONS_SPECIALTY] == FIELD_ABSENT);
    assert_string_equal(file.ignored, "mine");
    assert_int_equal(file.body_line, 2);
    assert_true(text_equal(file.body, TEXT("x\n")));
    input_file_close(&file);
}

static void the_body_begins_behind_the_header_whatever_ends_it(void **state)
{
    (void)state;
    struct input_file file = OPENED("\xef\xbb\xbf"
                                    "practice_code\r\nA\r\n");
    assert_true(text_equal(file.body, TEXT("A\r\n")));
    assert_null(file.ignored);
    assert_int_equal(file.ledger.bytes, 21);
    input_file_close(&file);
    file = OPENED("practice_code\rA\r");
    assert_true(text_equal(file.body, TEXT("A\r")));
    input_file_close(&file);
    file = OPENED("\n\npractice_code\nA\n");
    assert_int_equal(file.body_line, 4);
    input_file_close(&file);
    file = OPENED("practice_code");
    assert_int_equal(file.body.length, 0);
    input_file_close(&file);
    file = OPENED("practice_code,\"a\nb\"\nA,\n");
    assert_int_equal(file.body_line, 3);
    assert_string_equal(file.ignored, "a?b");
    input_file_close(&file);
}

static void a_header_that_is_none_of_ours_is_refused_in_one_line(void **state)
{
    (void)state;
    assert_header_refused("name,phone\n",
                          "file.csv:1: no known column is in this line: is there a title above the header? "
                          "Expected are referral_id, practice_code, referral_date, specialty_code … (see "
                          "'referlens list columns'); for other names write a profile (see 'referlens list profiles')");
    assert_header_refused(
        "Referral_ID,practice_code,referral_date,specialty_code\n",
        "file.csv:1: the column Referral_ID must be named referral_id: names are matched to the letter");
    assert_header_refused("practice_code,scheme,from\n",
                          "file.csv: unknown header: nearest to schemes, but without start_date");
    assert_header_refused("referral_id,event_date,event_type,practice_code,referral_date,specialty_code\n",
                          "file.csv: the header fits both referrals and outcomes: split the file");
    assert_header_refused("practice_code,list_size,list_size\n",
                          "file.csv:1: the column list_size stands twice in the header");
    assert_header_refused("practice_code,a,\xff\n",
                          "file.csv:1:17: the header holds a byte that is not UTF-8: if the file is in another "
                          "encoding, say which (--encoding windows-1252, say)");
    assert_header_refused("practice\"_code\n",
                          "file.csv:1: the header row can't be read: is this a CSV file in UTF-8?");
    assert_header_refused("\n\n", "file.csv:1: the header row can't be read: is this a CSV file in UTF-8?");
}

static void what_is_no_file_with_bytes_is_refused_in_one_line(void **state)
{
    (void)state;
    assert_refused("missing.csv", "missing.csv: can't be opened: No such file or directory");
    assert_int_equal(mkdir("folder.csv", 0700), 0);
    assert_refused("./folder.csv", "folder.csv: is a directory, not a CSV file");
    assert_refused("/dev/null", "null: is not a regular file; save it to one first");
    assert_int_equal(mkfifo("pipe.csv", 0600), 0);
    alarm(60); /* in place of waiting for ever */
    assert_refused("pipe.csv", "pipe.csv: is not a regular file; save it to one first");
    alarm(0);
    assert_header_refused("", "file.csv: is empty, without even a header row");
}

static void names_and_unused_columns_hold_no_control_characters(void **state)
{
    (void)state;
    static const char path[] = "a\n\033[31m\xc2\x9b\xc3\xa9.csv";
    static const char header[] = "practice_code,\033]0;x\007,\xc2\x85,\xc3\xa9\n";
    from_csv_write(path, header, sizeof header - 1);
    struct input_file file;
    assert_true(input_file_open(&file, path, &as_canonical, NULL));
    assert_string_equal(file.name, "a??[31m?\xc3\xa9.csv");
    assert_string_equal(file.ignored, "?]0;x?, ?, \xc3\xa9");
    input_file_close(&file);
}

static void nothing_is_shown_of_a_header_that_holds_an_nhs_number(void **state)
{
    (void)state;
    struct input_file file = OPENED("practice_code,Jane Smith,9434765919\n");
    assert_string_equal(file.ignored, "columns without a name that may be shown");
    input_file_close(&file);
    file = OPENED("practice_code,Jane Smith 943 476 5919\n");
    assert_string_equal(file.ignored, "columns without a name that may be shown");
    input_file_close(&file);
    file = OPENED("practice_code,9434765918\n");
    assert_string_equal(file.ignored, "9434765918");
    input_file_close(&file);
}

static void the_hash_is_that_of_the_bytes_on_disk(void **state)
{
    (void)state;
    /* printf 'practice_code\n' | sha256sum */
    struct input_file file = OPENED("practice_code\n");
    input_file_hash(&file);
    assert_string_equal(file.ledger.sha256, "1b07c3678fb8b6c20427dcbe7ad576cc860b12a9478616f5dc6ab08a1e87053d");
    input_file_close(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kind_is_known_by_its_required_columns),
        cmocka_unit_test(columns_are_found_wherever_they_stand),
        cmocka_unit_test(the_body_begins_behind_the_header_whatever_ends_it),
        cmocka_unit_test(a_header_that_is_none_of_ours_is_refused_in_one_line),
        cmocka_unit_test(what_is_no_file_with_bytes_is_refused_in_one_line),
        cmocka_unit_test(names_behind_which_nothing_stands_may_lack_in_rows),
        cmocka_unit_test(names_and_unused_columns_hold_no_control_characters),
        cmocka_unit_test(nothing_is_shown_of_a_header_that_holds_an_nhs_number),
        cmocka_unit_test(the_hash_is_that_of_the_bytes_on_disk),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
