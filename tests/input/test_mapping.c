#include "referlens/input/mapping.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/one_record.h"
#include "../support/scratch.h"
#include "referlens/input/decode.h"

#define HEADER      "Ref,Surgery,Clinic,Sent,A,B\n"
#define START       "R1,A81001,330,01/02/2025,"
#define REFERRAL(f) PROFILE("'missing': ['n/a'], ", RULE("", FIELDS ", " f))

/* What the field makes of A and B: its text, or "fault: …" or "nothing". */
static void assert_makes(const char *field, const char *a_and_b, size_t column, const char *expected, bool unmapped)
{
    char profile[1000], text[300], found[300];
    snprintf(profile, sizeof profile, REFERRAL("%s"), field);
    snprintf(text, sizeof text, HEADER START "%s\n", a_and_b);
    struct one_record one = one_record_open(profile, text, NULL);
    const enum mapped mapped = mapping_make(&one.mapping, 0, &one.reader, &one.row);
    if (mapped == MAPPED_NOTHING)
        snprintf(found, sizeof found, "nothing");
    else if (one.row.faults[column] != NULL)
        snprintf(found, sizeof found, "fault: %s", one.row.faults[column]);
    else
        snprintf(found, sizeof found, "%.*s", (int)one.row.values[column].length, one.row.values[column].bytes);
    assert_string_equal(found, expected);
    assert_int_equal(one.row.unmapped[column], unmapped);
    assert_int_equal(one.row.has_faults, one.row.faults[column] != NULL);
    one_record_close(&one);
}

struct made {
    const char *field, *a_and_b, *expected;
    bool unmapped;
};

static void assert_all(const struct made *cases, size_t count, size_t column)
{
    for (size_t i = 0; i < count; i++)
        assert_makes(cases[i].field, cases[i].a_and_b, column, cases[i].expected, cases[i].unmapped);
}
#define ASSERT_ALL(cases, column) assert_all(cases, sizeof cases / sizeof *cases, column)

static void a_column_is_taken_as_it_is_unless_it_is_missing(void **state)
{
    (void)state;
    static const struct made cases[] = {
        {"'sex': 'A'", "F,", "F", false},
        {"'sex': 'A'", "\"F \"\"x\"\"\",", "F \"x\"", false},
        {"'sex': 'A'", ",", "", false},
        {"'sex': 'A'", "n/a,", "", false},
        {"'sex': 'A'", "N/A,", "N/A", false}, /* letters of either case are told apart */
        {"'sex': {'column': 'A', 'missing': ['?']}", "?,", "", false},
        {"'sex': {'column': 'A', 'missing': ['?']}", "n/a,", "", false}, /* the file's list holds as well */
        {"'sex': 'A'", "?,", "?", false},
        {"'sex': {'constant': 'F'}", "M,", "F", false},
    };
    ASSERT_ALL(cases, REFERRALS_SEX);
}

static void a_value_as_it_is_can_be_found_in_the_record(void **state)
{
    (void)state;
    struct one_record one =
        one_record_open(REFERRAL("'sex': 'B', 'priority': {'constant': 'usc'}"), HEADER START "x,F\n", NULL);
    assert_int_equal(mapping_make(&one.mapping, 0, &one.reader, &one.row), MAPPED_ROW);
    assert_true(one.row.as_it_is[REFERRALS_ID] && one.row.as_it_is[REFERRALS_SEX]);
    assert_false(one.row.as_it_is[REFERRALS_DATE] || one.row.as_it_is[REFERRALS_PRIORITY]);
    assert_int_equal(one.row.fields[REFERRALS_ID], 0);
    assert_int_equal(one.row.fields[REFERRALS_DATE], 3);
    assert_int_equal(one.row.fields[REFERRALS_SEX], 5);
    assert_true(one.row.fields[REFERRALS_PRIORITY] == FIELD_ABSENT && one.row.fields[REFERRALS_SCHEME] == FIELD_ABSENT);
    assert_text(mapping_column_name(&one.mapping, 0, REFERRALS_DATE), "Sent");
    assert_int_equal(mapping_column_name(&one.mapping, 0, REFERRALS_PRIORITY).length, 0);
    one_record_close(&one);
}

static void dates_become_those_of_the_canonical_files(void **state)
{
    (void)state;
#define RECEIVED "'received_date': {'column': 'A', 'date': 'DD/MM/YYYY', 'missing': ['01/01/1800']}"
    static const struct made cases[] = {
        {RECEIVED, "31/03/2025,", "2025-03-31", false},
        {RECEIVED, "31/03/2025 23:59:59,", "2025-03-31", false},
        {RECEIVED, "29/02/2024,", "2024-02-29", false},
        {RECEIVED, "29/02/2023,", "fault: not a date", false},
        {RECEIVED, "2025-03-31,", "fault: not a date", false},
        {RECEIVED, "01/01/1800,", "", false},
        {RECEIVED, ",", "", false},
        {"'received_date': {'column': 'A', 'date': 'DD-MMM-YYYY'}", "07-MAR-2025,", "2025-03-07", false},
    };
    ASSERT_ALL(cases, REFERRALS_RECEIVED);
}

static void a_value_that_a_map_does_not_name_becomes_what_the_profile_says(void **state)
{
    (void)state;
#define MAP(otherwise) "'sex': {'column': 'A', 'map': {'1': 'M', '2': 'F'}" otherwise "}"
    static const struct made cases[] = {
        {MAP(""), "1,", "M", false},
        {MAP(""), "9,", "fault: not one of the known words", true},
        {MAP(""), ",", "", false}, /* missing is not unknown */
        {MAP(""), "n/a,", "", false},
        {MAP(", 'otherwise': 'reject'"), "9,", "fault: not one of the known words", true},
        {MAP(", 'otherwise': 'missing'"), "9,", "", true},
        {MAP(", 'otherwise': 'keep'"), "9,", "9", false},
        {MAP(", 'otherwise': 'leave_out'"), "9,", "nothing", true},
        {MAP(", 'otherwise': 'leave_out'"), ",", "nothing", true},
        {MAP(", 'otherwise': 'leave_out'"), "2,", "F", false},
        {"'sex': {'column': 'A', 'map': {'': 'X', 'n/a': 'Y'}}", ",", "X", false},
        {"'sex': {'column': 'A', 'map': {'': 'X', 'n/a': 'Y'}}", "n/a,", "Y", false},
    };
    ASSERT_ALL(cases, REFERRALS_SEX);
}

static void two_columns_are_mapped_together(void **state)
{
    (void)state;
#define TWO "'sex': {'columns': ['A', 'B'], 'map': {'1': 'all', '2': {'x': 'two-x', 'y': 'two-y', '': 'two-blank'}}}"
    static const struct made cases[] = {
        {TWO, "1,", "all", false},
        {TWO, "1,whatever", "all", false},
        {TWO, "2,x", "two-x", false},
        {TWO, "2,y", "two-y", false},
        {TWO, "2,", "two-blank", false},
        {TWO, "2,z", "fault: not one of the known words", true},
        {TWO, "3,x", "fault: not one of the known words", true},
        {TWO, ",x", "", false},
    };
    ASSERT_ALL(cases, REFERRALS_SEX);
}

static void numbers_fall_into_bands(void **state)
{
    (void)state;
#define BANDS(more) "'age_band': {'column': 'A', 'bands': [0, 18, 65]" more "}"
    static const struct made cases[] = {
        {BANDS(""), "0,", "0-17", false},
        {BANDS(""), "17,", "0-17", false},
        {BANDS(""), "17.9,", "0-17", false},
        {BANDS(""), "18,", "18-64", false},
        {BANDS(""), "64,", "18-64", false},
        {BANDS(""), "65,", "65+", false},
        {BANDS(""), "120,", "65+", false},
        {BANDS(""), "-1,", "fault: not a number in range", true},
        {BANDS(""), "old,", "fault: not a number in range", true},
        {BANDS(""), ",", "", false},
        {BANDS(", 'otherwise': 'missing'"), "old,", "", true},
        {BANDS(", 'otherwise': 'keep'"), "old,", "old", false},
        {BANDS(", 'otherwise': 'leave_out'"), "old,", "nothing", true},
    };
    ASSERT_ALL(cases, REFERRALS_AGE_BAND);
}

static void joined_columns_are_missing_where_one_of_them_is(void **state)
{
    (void)state;
#define JOIN "'patient_key': {'columns': ['A', 'B'], 'join': '/'}"
    static const struct made cases[] = {
        {JOIN, "x,y", "x/y", false},
        {JOIN, "\"x\"\"\",y", "x\"/y", false},
        {JOIN, ",y", "", false},
        {JOIN, "x,n/a", "", false},
        {"'patient_key': {'columns': ['A', 'B', 'Ref'], 'join': ' + '}", "x,y", "x + y + R1", false},
    };
    ASSERT_ALL(cases, REFERRALS_PATIENT);
    struct one_record one = one_record_open(REFERRAL(JOIN), HEADER START "x,\n", NULL);
    assert_int_equal(mapping_make(&one.mapping, 0, &one.reader, &one.row), MAPPED_ROW);
    assert_int_equal(one.row.fields[REFERRALS_PATIENT], 5); /* the part that is not there */
    one_record_close(&one);
}

/* Whether the rule, with this in front of its fields, makes a row of A and B. */
static void assert_applies(const char *more, const char *a_and_b, bool expected)
{
    char profile[1000], text[300];
    snprintf(profile, sizeof profile, PROFILE("'missing': ['n/a'], ", RULE("%s, ", FIELDS)), more);
    snprintf(text, sizeof text, HEADER START "%s\n", a_and_b);
    struct one_record one = one_record_open(profile, text, NULL);
    assert_int_equal(mapping_make(&one.mapping, 0, &one.reader, &one.row), expected ? MAPPED_ROW : MAPPED_NOTHING);
    one_record_close(&one);
}

static void conditions_say_to_which_rows_a_rule_applies(void **state)
{
    (void)state;
#define DATED(test) "'when': [{'column': 'A', '" test "': '2025-01-31', 'date': 'DD/MM/YYYY'}]"
#define UNLESS      "'unless_empty': 'A'"
#define BOTH        "'when': [{'column': 'A', 'is': ['1']}, {'column': 'B', 'is_not': ['x']}]"
    static const struct {
        const char *more, *a_and_b;
        bool applies;
    } cases[] = {
        {"'when': [{'column': 'A', 'is': ['1', '2']}]", "2,", true},
        {"'when': [{'column': 'A', 'is': ['1', '2']}]", "3,", false},
        {"'when': [{'column': 'A', 'is': ['1', '2']}]", ",", false},
        {"'when': [{'column': 'A', 'is': ['']}]", ",", true},
        {"'when': [{'column': 'A', 'is_not': ['1', '2']}]", "2,", false},
        {"'when': [{'column': 'A', 'is_not': ['1', '2']}]", ",", true},
        {BOTH, "1,y", true},
        {BOTH, "1,x", false},
        {BOTH, "2,y", false},
        {DATED("before"), "30/01/2025,", true},
        {DATED("before"), "31/01/2025,", false},
        {DATED("before"), "31/01/2025 00:01,", false},
        {DATED("before"), ",", false},
        {DATED("before"), "n/a,", false},
        {DATED("before"), "soon,", false},
        {DATED("after"), "01/02/2025,", true},
        {DATED("after"), "01/01/9202,", true},
        {DATED("after"), "31/01/2025,", false},
        {DATED("after"), ",", false},
        {UNLESS, "x,", true},
        {UNLESS, ",", false},
        {UNLESS, "n/a,", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_applies(cases[i].more, cases[i].a_and_b, cases[i].applies);
}

static void the_first_condition_that_holds_says_why_a_row_is_left_out(void **state)
{
    (void)state;
    static const char profile[] = PROFILE(
        "'leave_out': [{'column': 'A', 'is': ['t'], 'reason': 'a test'}, {'column': 'B', 'after': '2100-12-31', "
        "'date': 'YYYY-MM-DD', 'reason': 'far away'}], ",
        RULE("", FIELDS));
    static const struct {
        const char *text, *reason;
    } cases[] = {
        {HEADER START "t,9202-01-01\n", "a test"},
        {HEADER START "x,9202-01-01\n", "far away"},
        {HEADER START "x,2100-12-31\n", NULL},
        {HEADER START ",\n", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct one_record one = one_record_open(profile, cases[i].text, NULL);
        const char *reason = mapping_leaves_out(&one.mapping, &one.reader);
        assert_true((reason == NULL) == (cases[i].reason == NULL));
        if (reason != NULL)
            assert_string_equal(reason, cases[i].reason);
        one_record_close(&one);
    }
}

static int64_t order_of(const char *a, size_t rule)
{
    static const char profile[] =
        PROFILE("", "{'name': 'one', 'kind': 'referrals', 'first_by': 'A', 'fields': {" FIELDS "}}, "
                    "{'name': 'two', 'kind': 'referrals', 'first_by': 'A', 'fields': {" FIELDS "}}, "
                    "{'name': 'three', 'kind': 'referrals', 'fields': {" FIELDS "}}");
    char text[300];
    snprintf(text, sizeof text, HEADER START "%s,\n", a);
    struct one_record one = one_record_open(profile, text, NULL);
    assert_int_equal(mapping_make(&one.mapping, rule, &one.reader, &one.row), MAPPED_ROW);
    const int64_t order = one.row.order;
    one_record_close(&one);
    return order;
}

static void the_first_row_is_that_of_the_earlier_rule_then_of_the_smaller_number(void **state)
{
    (void)state;
    static const char *const rising[] = {"0", "1", "2", "10", "700000000000", "what"}; /* by number, not by text */
    for (size_t rule = 0; rule < 2; rule++) {
        for (size_t i = 1; i < sizeof rising / sizeof *rising; i++)
            assert_true(order_of(rising[i - 1], rule) < order_of(rising[i], rule));
    }
    assert_true(order_of("what", 0) < order_of("0", 1));
    assert_int_equal(order_of("-3", 0), order_of("what", 0)); /* what is no whole number comes last of its rule */
    assert_int_equal(order_of("1.5", 0), order_of("what", 0));
    assert_int_equal(order_of("99999999999999999999", 0), order_of("what", 0));
    assert_true(order_of("1", 2) == INT64_MAX);
}

/* python3 -c 'import hmac; print(hmac.new(b"0123456789abcdef", b"R1", "sha256").hexdigest())', and "R1/P 7". */
static const char pseudonym_r1[] = "e558ef155f5fa68d74b4dbf1a695bfead4147e6a7d6f808aa828ef6a696c5719";
static const char pseudonym_joined[] = "c2b877b9508a77017c4c3864b4139ff0b3cbedff322df0dda0e3e228b4ad8802";

static void keys_are_replaced_and_nothing_else_is(void **state)
{
    (void)state;
    char folder[SCRATCH_PATH_SIZE];
    struct pseudonym_key *key = NULL;
    scratch_enter(folder);
    scratch_write("secret", "0123456789abcdef");
    assert_true(pseudonym_key_read("secret", &key, NULL));
    scratch_leave(folder);
    struct one_record one = one_record_open(REFERRAL("'patient_key': {'columns': ['Ref', 'A'], 'join': '/'}, "
                                                     "'referrer_key': 'B', 'previous_referral_id': 'Ref', "
                                                     "'received_date': {'column': 'Sent', 'date': 'DD/MM/YYYY'}"),
                                            HEADER START "P 7,\n", key);
    for (int again = 0; again < 2; again++) { /* a row may be used again */
        assert_int_equal(mapping_make(&one.mapping, 0, &one.reader, &one.row), MAPPED_ROW);
        assert_text(one.row.values[REFERRALS_ID], pseudonym_r1);
        assert_text(one.row.values[REFERRALS_PREVIOUS], pseudonym_r1); /* linkage is the same */
        assert_text(one.row.values[REFERRALS_PATIENT], pseudonym_joined);
        assert_int_equal(one.row.values[REFERRALS_REFERRER].length, 0); /* missing stays missing */
        assert_text(one.row.values[REFERRALS_PRACTICE], "A81001");
        assert_text(one.row.values[REFERRALS_DATE], "2025-02-01");
        assert_text(one.row.values[REFERRALS_RECEIVED], "2025-02-01");
        assert_text(one.row.replaced[REFERRALS_ID], "R1");
        assert_text(one.row.replaced[REFERRALS_PATIENT], "R1/P 7");
        assert_int_equal(one.row.replaced[REFERRALS_REFERRER].length + one.row.replaced[REFERRALS_DATE].length, 0);
        assert_false(one.row.as_it_is[REFERRALS_ID]);
    }
    one_record_close(&one);
    pseudonym_key_free(key);
}

static void a_header_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *header, *message;
    } cases[] = {
        {"Ref,Surgery,Sent\n", "the column Clinic is not in the header"},
        {"Ref,Surgery,Clinic,Sent,Ref\n", "the column Ref stands twice in the header"},
        {"ref,Surgery,Clinic,Sent\n", "the column Ref is not in the header"},
    };
    struct profile *profile = parsed(PROFILE("", RULE("", FIELDS)));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct record_reader header;
        struct mapping mapping;
        struct error error = {""};
        record_reader_open(&header, text_of(cases[i].header), ',', false);
        assert_true(record_reader_next(&header));
        assert_false(mapping_bind(&mapping, profile, &header, NULL, &error));
        assert_string_equal(error.message, cases[i].message);
        record_reader_close(&header);
    }
    profile_free(profile);
}

static void a_column_that_may_lack_is_missing_in_every_row(void **state)
{
    (void)state;
    struct one_record one = one_record_open(
        PROFILE("'optional': ['Sex', 'Date', 'Age', 'Part'], ",
                RULE("", FIELDS
                     ", 'sex': {'column': 'Sex', 'map': {'1': 'M'}}, 'received_date': {'column': 'Date', 'date': "
                     "'YYYYMMDD'}, 'age_band': {'column': 'Age', 'bands': [0]}, 'patient_key': {'columns': ['Ref', "
                     "'Part'], 'join': '-'}")),
        HEADER START ",\n", NULL);
    assert_int_equal(mapping_make(&one.mapping, 0, &one.reader, &one.row), MAPPED_ROW);
    static const size_t columns[] = {REFERRALS_SEX, REFERRALS_RECEIVED, REFERRALS_AGE_BAND, REFERRALS_PATIENT};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        assert_int_equal(one.row.values[columns[i]].length, 0);
        assert_true(one.row.fields[columns[i]] == FIELD_ABSENT);
    }
    assert_false(one.row.has_faults);
    one_record_close(&one);
}

static void values_outlive_one_another_in_a_long_row(void **state)
{
    (void)state;
    /* Made texts share bytes that grow and move: none may be left behind. */
    static char text[200000];
    size_t length = (size_t)snprintf(text, sizeof text, HEADER START);
    memset(text + length, 'x', 90000);
    snprintf(text + length + 90000, sizeof text - length - 90000, ",y\n");
    struct one_record one = one_record_open(REFERRAL("'patient_key': {'columns': ['B', 'Ref'], 'join': '/'}, "
                                                     "'referrer_key': {'columns': ['A', 'B'], 'join': '/'}, "
                                                     "'received_date': {'column': 'Sent', 'date': 'DD/MM/YYYY'}"),
                                            text, NULL);
    assert_int_equal(mapping_make(&one.mapping, 0, &one.reader, &one.row), MAPPED_ROW);
    assert_text(one.row.values[REFERRALS_DATE], "2025-02-01");
    assert_text(one.row.values[REFERRALS_PATIENT], "y/R1");
    assert_int_equal(one.row.values[REFERRALS_REFERRER].length, 90002);
    assert_text(one.row.values[REFERRALS_RECEIVED], "2025-02-01");
    one_record_close(&one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_column_is_taken_as_it_is_unless_it_is_missing),
        cmocka_unit_test(a_value_as_it_is_can_be_found_in_the_record),
        cmocka_unit_test(dates_become_those_of_the_canonical_files),
        cmocka_unit_test(a_value_that_a_map_does_not_name_becomes_what_the_profile_says),
        cmocka_unit_test(two_columns_are_mapped_together),
        cmocka_unit_test(numbers_fall_into_bands),
        cmocka_unit_test(joined_columns_are_missing_where_one_of_them_is),
        cmocka_unit_test(conditions_say_to_which_rows_a_rule_applies),
        cmocka_unit_test(the_first_condition_that_holds_says_why_a_row_is_left_out),
        cmocka_unit_test(the_first_row_is_that_of_the_earlier_rule_then_of_the_smaller_number),
        cmocka_unit_test(keys_are_replaced_and_nothing_else_is),
        cmocka_unit_test(a_header_that_does_not_fit_is_refused),
        cmocka_unit_test(a_column_that_may_lack_is_missing_in_every_row),
        cmocka_unit_test(values_outlive_one_another_in_a_long_row),
    };
    return cmocka_run_group_tests_name("input/mapping", tests, NULL, NULL);
}
