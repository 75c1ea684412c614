#include "referlens/input/decode.h"

#include "referlens/input/row_maker.h"

#include "../support/from_csv.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

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

/* A file with one row, its reader at that row. */
struct opened {
    struct input_file file;
    struct record_reader reader;
};

static void open_row(struct opened *opened, const char *header, const char *row)
{
    struct buffer text = buffer_with_maximum(1 << 16);
    buffer_add_formatted(&text, "%s\n%s\n", header, row);
    from_csv_write("one.csv", text.bytes, text.length);
    buffer_release(&text);
    struct error error;
    if (!input_file_open(&opened->file, "one.csv", &as_canonical, &error))
        fail_msg("%s", error.message);
    record_reader_open(&opened->reader, opened->file.body, ',', true);
    assert_true(record_reader_next(&opened->reader));
}

static void close_row(struct opened *opened)
{
    record_reader_close(&opened->reader);
    input_file_close(&opened->file);
}

static struct row_view view_of(const struct opened *opened)
{
    return (struct row_view){
        .kind = opened->file.kind,
        .values = opened->reader.fields,
        .columns = opened->file.columns,
        .fields = opened->file.columns,
        .record = &opened->reader,
    };
}

/* Decodes as the file's kind has it. */
static bool decode(const struct opened *opened, struct problem *problem)
{
    union {
        struct referral_row referral;
        struct event_row event;
        struct practice_input practice;
        struct scheme_input scheme;
        struct session_input session;
    } row;
    struct text id, previous;
    const struct row_view view = view_of(opened);
    if (!decode_record(opened->file.named_count, opened->file.header_count, &opened->reader, problem))
        return false;
    switch (opened->file.kind) {
    case FILE_REFERRALS:
        return decode_referral(&view, &row.referral, &id, &previous, problem);
    case FILE_OUTCOMES:
        return decode_event(&view, &row.event, &id, problem);
    case FILE_PRACTICES:
        return decode_practice(&view, &row.practice, problem);
    case FILE_SCHEMES:
        return decode_scheme(&view, &row.scheme, problem);
    default:
        return decode_session(&view, &row.session, problem);
    }
}

static void assert_accepts(const char *header, const char *row)
{
    struct opened opened;
    struct problem problem = {.message = "?"};
    open_row(&opened, header, row);
    if (!decode(&opened, &problem))
        fail_msg("%s: %s", row, problem.message);
    close_row(&opened);
}

static void assert_refuses(const char *header, const char *row, const char *category, int column, const char *message)
{
    struct opened opened;
    struct problem problem;
    open_row(&opened, header, row);
    if (decode(&opened, &problem))
        fail_msg("accepted: %s", row);
    assert_string_equal(problem.message, message);
    assert_string_equal(problem.category, category);
    assert_int_equal(problem.line, 1);
    assert_int_equal(problem.column, column);
    close_row(&opened);
}

#define ALL_REFERRALS                                                                                                  \
    "referral_id,practice_code,referral_date,specialty_code,request_type,priority,scheme,patient_key,referrer_key,"    \
    "previous_referral_id,received_date,provider_code,age_band,sex,imd_decile"

static void a_full_referral_is_decoded_field_by_field(void **state)
{
    (void)state;
    struct opened opened;
    struct problem problem;
    struct referral_row row;
    struct text id, previous;
    open_row(&opened, ALL_REFERRALS,
             "R1,A81001,2024-02-29,330,advice,usc,peer_review,P1,G1,R0,2024-03-01,RZA,5-14,F,10");
    const struct row_view view = view_of(&opened);
    assert_true(decode_record(opened.file.named_count, opened.file.header_count, &opened.reader, &problem));
    assert_true(decode_referral(&view, &row, &id, &previous, &problem));
    assert_true(text_equal(id, TEXT("R1")));
    assert_true(text_equal(previous, TEXT("R0")));
    assert_true(text_equal(row.practice, TEXT("A81001")));
    assert_true(text_equal(row.specialty, TEXT("330")));
    assert_true(text_equal(row.patient, TEXT("P1")));
    assert_true(text_equal(row.age_band, TEXT("5-14")));
    assert_true(text_equal(row.sex, TEXT("F")));
    assert_int_equal(row.referred, from_csv_day("2024-02-29"));
    assert_int_equal(row.received, from_csv_day("2024-03-01"));
    assert_int_equal(row.request_type, REQUEST_ADVICE);
    assert_int_equal(row.priority, PRIORITY_USC);
    assert_int_equal(row.scheme, SCHEME_PEER_REVIEW);
    assert_int_equal(row.imd_decile, 10);
    close_row(&opened);
}

static void what_is_blank_or_absent_is_unknown(void **state)
{
    (void)state;
    static const char *const headers[] = {ALL_REFERRALS, "specialty_code,referral_date,practice_code,referral_id"};
    static const char *const rows[] = {"R1,A81001,2024-01-01,0330,,,,,,,,,,,", "0330,2024-01-01,A81001,R1"};
    for (size_t i = 0; i < 2; i++) {
        struct opened opened;
        struct problem problem;
        struct referral_row row;
        struct text id, previous;
        open_row(&opened, headers[i], rows[i]);
        const struct row_view view = view_of(&opened);
        assert_true(decode_referral(&view, &row, &id, &previous, &problem));
        assert_true(text_equal(id, TEXT("R1")));
        assert_true(text_equal(row.specialty, TEXT("0330"))); /* leading zeros are part of a code */
        assert_int_equal(row.request_type, REQUEST_REFERRAL);
        assert_int_equal(row.priority, PRIORITY_UNKNOWN);
        assert_int_equal(row.scheme, SCHEME_UNKNOWN);
        assert_int_equal(row.received, DAY_UNKNOWN);
        assert_int_equal(row.imd_decile, 0);
        assert_int_equal(row.patient.length + row.age_band.length + row.sex.length + previous.length, 0);
        close_row(&opened);
    }
}

static void of_several_problems_the_first_in_the_row_is_told(void **state)
{
    (void)state;
    assert_refuses("referral_id,practice_code,referral_date,specialty_code", ",,x,",
                   format_kinds[FILE_REFERRALS].columns[REFERRALS_ID].missing, 1, "referral_id is empty");
    assert_refuses("specialty_code,referral_date,practice_code,referral_id", "330,2023-02-29,,", problem_date, 5,
                   "referral_date '2023-02-29' is not a date (expected YYYY-MM-DD)");
}

static void numbers_have_their_ranges(void **state)
{
    (void)state;
    static const char header[] = "referral_id,practice_code,referral_date,specialty_code,imd_decile";
    assert_accepts(header, "R1,A,2024-01-01,330,1");
    assert_refuses(header, "R1,A,2024-01-01,330,0", problem_number, 21,
                   "imd_decile '0' is not a number in range (expected 1 to 10)");
    assert_refuses(header, "R1,A,2024-01-01,330,11", problem_number, 21,
                   "imd_decile '11' is not a number in range (expected 1 to 10)");
    assert_refuses("practice_code,list_size", "A,-1", problem_number, 3,
                   "list_size '-1' is not a number in range (expected a number of at least 0)");
    assert_refuses("practice_code,list_size", "A,nan", problem_number, 3,
                   "list_size is not a number in range (expected a number of at least 0; value not shown)");
    assert_accepts("practice_code,list_size", "A,0");
    assert_accepts("practice_code,list_size", "A,1234.5");
    assert_refuses("referral_id,event_date,event_type,event_seq", "R1,2024-01-01,dna,1.5", problem_number, 19,
                   "event_seq '1.5' is not a number in range (expected a whole number)");
    assert_accepts("referral_id,event_date,event_type,event_seq", "R1,2024-01-01,dna,-9223372036854775808");
}

static void small_tables_are_checked_too(void **state)
{
    (void)state;
    assert_accepts("practice_code,period", "A,2024-Q1");
    assert_accepts("practice_code,period", "A,2024/25-Q1");
    assert_refuses("practice_code,period", "A,2024-Q5", problem_period, 3,
                   "period is not a quarter (expected 2025-Q2 or 2025/26-Q1; value not shown)");
    static const char schemes[] = "practice_code,scheme,start_date,end_date";
    assert_accepts(schemes, "A,rmc,2024-01-01,2024-01-01");
    assert_accepts(schemes, "A,rmc,2024-01-01,");
    assert_refuses(schemes, "A,rmc,2024-01-02,2024-01-01", problem_dates_reversed, 18,
                   "end_date '2024-01-01' is before the start_date (expected a day on or after start_date)");
    assert_refuses(schemes, "A,,2024-01-02,", format_kinds[FILE_SCHEMES].columns[SCHEMES_SCHEME].missing, 3,
                   "scheme is empty");
    assert_refuses("practice_code,session_date,topic", "A,,Coughs",
                   format_kinds[FILE_SESSIONS].columns[SESSIONS_DATE].missing, 3, "session_date is empty");
}

static void an_id_too_long_to_keep_is_refused(void **state)
{
    (void)state;
    char row[REFERENCE_LENGTH_MAX + 64];
    static const char header[] = "referral_id,practice_code,referral_date,specialty_code";
    memset(row, 'R', REFERENCE_LENGTH_MAX);
    memcpy(row + REFERENCE_LENGTH_MAX, ",A,2024-01-01,330", 18);
    assert_accepts(header, row);
    row[REFERENCE_LENGTH_MAX] = 'R';
    memcpy(row + REFERENCE_LENGTH_MAX + 1, ",A,2024-01-01,330", 18);
    assert_refuses(header, row, problem_id_too_long, 1,
                   "referral_id is an id longer than 4,095 bytes (expected at most that; value not shown)");
}

/* In whichever column of text, but not in one of keys, which is never printed. */
static void text_that_holds_an_nhs_number_is_refused(void **state)
{
    (void)state;
    static const char header[] = "referral_id,practice_code,referral_date,specialty_code,patient_key,provider_code,sex";
    assert_accepts(header, "9434765919,A81001,2024-01-01,Trauma & Orthopaedics,943 476 5919,RZA01 12345678901,F");
    assert_refuses(header, "R1,A81001,2024-01-01,Jane Smith 9434765919,P1,RZA01,F", problem_nhs_number, 22,
                   "specialty_code is text that holds an NHS number (expected a code or a name; value not shown)");
    assert_refuses(header, "R1,943 476 5919,2024-01-01,330,P1,RZA01,F", problem_nhs_number, 4,
                   "practice_code is text that holds an NHS number (expected a code or a name; value not shown)");
    assert_refuses(header, "R1,A81001,2024-01-01,330,P1,for 4010232137,F", problem_nhs_number, 29,
                   "provider_code is text that holds an NHS number (expected a code or a name; value not shown)");
    assert_refuses("referral_id,event_date,event_type,reason_code", "R1,2024-01-01,rejected,(943-476-5919)",
                   problem_nhs_number, 24,
                   "reason_code is text that holds an NHS number (expected a code or a name; value not shown)");
    assert_refuses("practice_code,practice_name", "A,Elm 9434765919", problem_nhs_number, 3,
                   "practice_name is text that holds an NHS number (expected a code or a name; value not shown)");
    assert_refuses("practice_code,scheme,start_date,specialty_code", "A,rmc,2024-01-01,9434765919", problem_nhs_number,
                   18, "specialty_code is text that holds an NHS number (expected a code or a name; value not shown)");
    assert_refuses("practice_code,session_date,topic", "A,2024-01-01,J. Smith 9434765919", problem_nhs_number, 14,
                   "topic is text that holds an NHS number (expected a code or a name; value not shown)");
}

static void a_value_that_could_be_a_name_or_a_key_is_not_in_the_message(void **state)
{
    (void)state;
    struct opened opened;
    struct problem problem;
    open_row(&opened, "referral_id,event_date,event_type", "R1,2024-01-01,Jane Smith");
    assert_false(decode(&opened, &problem));
    assert_null(strstr(problem.message, "Smith"));
    assert_non_null(strstr(problem.message, "value not shown"));
    close_row(&opened);
    open_row(&opened, "referral_id,practice_code,specialty_code,referral_date", "R1,A,330,12/03/1948");
    assert_false(decode(&opened, &problem));
    assert_string_equal(problem.message,
                        "referral_date '##/##/####' is not a date (expected YYYY-MM-DD; where days come "
                        "first, give --date-format DD/MM/YYYY)");
    close_row(&opened);
}

static void assert_canonical(const char *header, const char *row, const char *expected, size_t length)
{
    struct opened opened;
    struct buffer text = buffer_with_maximum(1 << 12);
    open_row(&opened, header, row);
    const struct row_view view = view_of(&opened);
    decode_canonical_text(&view, &text);
    assert_int_equal(text.length, length);
    assert_memory_equal(text.bytes, expected, length);
    buffer_release(&text);
    close_row(&opened);
}
#define ASSERT_CANONICAL(header, row, literal) assert_canonical(header, row, literal, sizeof(literal) - 1)

static void the_canonical_text_depends_on_values_alone(void **state)
{
    (void)state;
    ASSERT_CANONICAL("practice_code,practice_name,list_size", "A,Elm,10", "A,Elm,,10,,,");
    ASSERT_CANONICAL("list_size,note,practice_name,practice_code", " 10 ,not used,\"Elm\",A", "A,Elm,,10,,,");
    /* Two rows of the same bytes once joined, with different values. */
    ASSERT_CANONICAL("practice_code,practice_name,locality", "A,\"b,c\",d",
                     "A,b,c,d,,,,\0"
                     "1\0"
                     "3\0"
                     "1\0"
                     "0\0"
                     "0\0"
                     "0\0"
                     "0");
    ASSERT_CANONICAL("practice_code,practice_name,locality", "A,b,\"c,d\"",
                     "A,b,c,d,,,,\0"
                     "1\0"
                     "1\0"
                     "3\0"
                     "0\0"
                     "0\0"
                     "0\0"
                     "0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_referral_is_decoded_field_by_field),
        cmocka_unit_test(what_is_blank_or_absent_is_unknown),
        cmocka_unit_test(of_several_problems_the_first_in_the_row_is_told),
        cmocka_unit_test(numbers_have_their_ranges),
        cmocka_unit_test(small_tables_are_checked_too),
        cmocka_unit_test(an_id_too_long_to_keep_is_refused),
        cmocka_unit_test(a_value_that_could_be_a_name_or_a_key_is_not_in_the_message),
        cmocka_unit_test(text_that_holds_an_nhs_number_is_refused),
        cmocka_unit_test(the_canonical_text_depends_on_values_alone),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
