#include "referlens/input/chunk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A canonical file with that body. */
static struct input_file file_of(const char *bytes)
{
    return (struct input_file){.body = text_of(bytes), .delimiter = ','};
}

/* The chunks' texts, joined by "|". */
static void assert_cut(const char *bytes, size_t chunk_bytes, const char *expected)
{
    struct chunk_list list = {0};
    struct buffer joined = buffer_with_maximum(1 << 10);
    const struct input_file file = file_of(bytes);
    chunk_list_add_file(&list, 3, &file, FILE_REFERRALS, chunk_bytes);
    for (size_t i = 0; i < list.count; i++) {
        assert_int_equal(list.chunks[i].file, 3);
        assert_false(list.chunks[i].in_order);
        assert_int_equal(list.chunks[i].dates.latest, DAY_UNKNOWN);
        buffer_add_string(&joined, i > 0 ? "|" : "");
        buffer_add_text(&joined, list.chunks[i].text);
    }
    assert_string_equal(joined.bytes != NULL ? joined.bytes : "", expected);
    buffer_release(&joined);
    chunk_list_release(&list);
}

static void a_file_is_cut_behind_line_ends_only(void **state)
{
    (void)state;
    assert_cut("", 4, "");
    assert_cut("ab\ncd\nef\n", 100, "ab\ncd\nef\n");
    assert_cut("ab\ncd\nef\n", 9, "ab\ncd\nef\n");
    assert_cut("ab\ncd\nef\n", 4, "ab\ncd\n|ef\n");
    assert_cut("ab\ncd\nef\n", 1, "ab\n|cd\n|ef\n");
    assert_cut("abcdefgh", 2, "abcdefgh");
    assert_cut("abcdefgh\nx", 2, "abcdefgh\n|x");
    assert_cut("a\r\nb\r\nc", 1, "a\r\n|b\r\n|c");
    assert_cut("a\rb\rc", 1, "a\rb\rc"); /* lone carriage returns: in one piece */
}

static void a_file_in_order_is_one_chunk(void **state)
{
    (void)state;
    struct chunk_list list = {0};
    const struct input_file file = file_of("a\nb\n");
    chunk_list_add_in_order(&list, 1, &file);
    assert_int_equal(list.count, 1);
    assert_true(list.chunks[0].in_order);
    assert_int_equal(list.chunks[0].text.length, 4);
    chunk_list_release(&list);
    assert_int_equal(list.count, 0);
    chunk_list_release(&list);
}

static void rejected_rows_are_kept_with_their_words(void **state)
{
    (void)state;
    struct chunk_list list = {0};
    const struct input_file file = file_of("a\n");
    chunk_list_add_in_order(&list, 0, &file);
    struct problem problem = {.category = problem_date, .line = 7, .column = 3, .message = "first"};
    chunk_reject(&list.chunks[0], &problem);
    memcpy(problem.message, "other", 6);
    problem.line = 8;
    chunk_reject(&list.chunks[0], &problem);
    assert_int_equal(list.chunks[0].reject_count, 2);
    assert_string_equal(list.chunks[0].rejects[0].message, "first");
    assert_string_equal(list.chunks[0].rejects[1].message, "other");
    assert_int_equal(list.chunks[0].rejects[1].line, 8);
    assert_ptr_equal(list.chunks[0].rejects[0].category, problem_date);
    chunk_list_release(&list);
}

/* Columns in the order of the header that is thought of: id, practice, date, specialty. */
static struct input_file referrals_file(const char *bytes)
{
    struct input_file file = file_of(bytes);
    file.kind = FILE_REFERRALS;
    file.header_count = file.named_count = 4;
    file.text = file.body;
    for (size_t i = 0; i < COLUMN_COUNT_MAX; i++)
        file.columns[i] = i < 4 ? i : FIELD_ABSENT;
    return file;
}

static void count_row(void *context, size_t row, const struct made_row *made)
{
    size_t *rows = context;
    assert_int_equal(row, (*rows)++);
    assert_true(text_equal(made->decoded.referral.row.practice, TEXT("A")));
}

/* A cohort with room for the referrals of one chunk, its batch opened in it. */
static struct cohort *open_batch(struct chunk *chunk)
{
    struct cohort *cohort = cohort_new();
    const size_t room = chunk_line_maximum(chunk);
    cohort_reserve_referrals(cohort, room);
    referral_batch_open(&chunk->referrals, cohort, 0, room);
    return cohort;
}

static void referrals_go_into_the_chunks_batch(void **state)
{
    (void)state;
    static char bytes[] =
        "R1,A,2024-01-05,330\nbad\n\"R\"\"2\",A,2024-01-09,330\nR3,A,2024-02-30,330\n\"R4\",A,2024-01-02,330\n";
    const struct input_file file = referrals_file(bytes);
    struct chunk_list list = {0};
    chunk_list_add_file(&list, 0, &file, FILE_REFERRALS, sizeof bytes);
    struct chunk *chunk = &list.chunks[0];
    char room[64];
    struct escaped_texts escaped = {.bytes = room, .begin = 10, .end = sizeof room, .source = 1};
    atomic_init(&escaped.next, 10);
    const struct chunk_context context = {.file = &file, .source = 0, .escaped = &escaped};
    struct cohort *cohort = open_batch(chunk);
    chunk_read_referrals(chunk, &context);
    assert_int_equal(chunk->read, 5);
    assert_int_equal(chunk->line_count, 5);
    assert_int_equal(chunk->reject_count, 2);
    assert_int_equal(chunk->rejects[0].line, 2);
    assert_int_equal(chunk->rejects[1].line, 4);
    assert_false(chunk->refused);
    assert_int_equal(chunk->referrals.count, 3);
    day expected;
    assert_true(day_parse(TEXT("2024-01-09"), &expected));
    assert_int_equal(chunk->dates.latest, expected);
    assert_true(day_parse(TEXT("2024-01-05"), &expected));
    assert_int_equal(chunk->dates.next, expected);
    const text_reference *id = chunk->referrals.columns->id;
    assert_true(id[0] == text_reference_make(0, 0, 2));
    assert_true(id[1] == text_reference_make(1, 10, 3)); /* unescaped, in the file's part */
    assert_memory_equal(room + 10, "R\"2", 3);
    assert_true(id[2] == text_reference_make(0, (uint64_t)(strstr(bytes, "R4") - bytes), 2));
    size_t rows = 0;
    chunk_visit_referrals(chunk, &file, count_row, &rows);
    assert_int_equal(rows, 3);
    chunk_list_release(&list);
    cohort_free(cohort);
}

static void no_chunk_has_more_records_than_its_maximum(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t maximum;
    } cases[] = {
        {"", 0},        {"a\n", 1},        {"a", 1},
        {"\n\na\n", 3}, {"a\r\nb\r\n", 2}, {"a\r\nb", 2},
        {"a\rb\r", 2},  {"a\rb", 2},       {"a\rb\r\nc\nd\r", 4},
        {"\r", 1},      {"\r\r\n\r", 3},   {"\"a\nb\",c\nd\n", 3}, /* two records at most, but lines tell no more */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct chunk chunk = {.text = text_of(cases[i].text)};
        struct record_reader reader;
        size_t records = 0;
        assert_int_equal(chunk_line_maximum(&chunk), cases[i].maximum);
        record_reader_open(&reader, chunk.text, ',', true);
        while (record_reader_next(&reader))
            records++;
        record_reader_close(&reader);
        assert_true(records <= cases[i].maximum);
    }
}

static void a_chunk_cut_within_quotes_is_refused(void **state)
{
    (void)state;
    static char bytes[] = "R1,A,2024-01-05,330\nR2,A,2024-01-05,\"33\n";
    const struct input_file file = referrals_file(bytes);
    struct chunk_list list = {0};
    chunk_list_add_file(&list, 0, &file, FILE_REFERRALS, sizeof bytes);
    const struct chunk_context context = {.file = &file};
    struct cohort *cohort = open_batch(&list.chunks[0]);
    chunk_read_referrals(&list.chunks[0], &context);
    assert_true(list.chunks[0].refused);
    chunk_list_release(&list);
    chunk_list_add_in_order(&list, 0, &file);
    referral_batch_open(&list.chunks[0].referrals, cohort, 0, 2);
    chunk_read_referrals(&list.chunks[0], &context);
    assert_false(list.chunks[0].refused);
    assert_int_equal(list.chunks[0].read, 2);
    assert_int_equal(list.chunks[0].reject_count, 1);
    assert_ptr_equal(list.chunks[0].rejects[0].category, problem_unclosed_quote);
    chunk_list_release(&list);
    cohort_free(cohort);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_cut_behind_line_ends_only),
        cmocka_unit_test(a_file_in_order_is_one_chunk),
        cmocka_unit_test(rejected_rows_are_kept_with_their_words),
        cmocka_unit_test(referrals_go_into_the_chunks_batch),
        cmocka_unit_test(a_chunk_cut_within_quotes_is_refused),
        cmocka_unit_test(no_chunk_has_more_records_than_its_maximum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
