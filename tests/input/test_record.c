#include "referlens/input/record.h"

#include "referlens/base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const fault_words[] = {"sound", "stray", "unclosed", "nul", "utf8", "long", "many"};

/* What a reader gives, in words: "1[a|b]" for a sound record of line 1 with its fields, "2!stray@2:5" for a faulty one
 * with its place; a "." at the end where it stopped. */
static void describe(struct text bytes, bool recover, struct buffer *words)
{
    struct record_reader reader;
    record_reader_open(&reader, bytes, ',', recover);
    while (record_reader_next(&reader)) {
        int64_t line, column;
        if (reader.fault != RECORD_SOUND) {
            record_offset_position(&reader, reader.fault_offset, &line, &column);
            buffer_add_formatted(words, "%d!%s@%d:%d ", (int)reader.line, fault_words[reader.fault], (int)line,
                                 (int)column);
            continue;
        }
        buffer_add_formatted(words, "%d[", (int)reader.line);
        for (size_t i = 0; i < reader.field_count; i++) {
            buffer_add_string(words, i > 0 ? "|" : "");
            buffer_add_text(words, reader.fields[i]);
        }
        buffer_add_string(words, "] ");
    }
    buffer_add_formatted(words, "%d%s", (int)reader.next_line, reader.stopped ? "." : "");
    record_reader_close(&reader);
}

static void assert_records(struct text bytes, bool recover, const char *expected)
{
    struct buffer words = buffer_with_maximum(1 << 16);
    describe(bytes, recover, &words);
    assert_string_equal(words.bytes, expected);
    buffer_release(&words);
}
#define READS(literal, expected) assert_records(TEXT(literal), true, expected)

static void every_line_end_ends_a_line(void **state)
{
    (void)state;
    READS("a,b\nc,d\n", "1[a|b] 2[c|d] 3");
    READS("a,b\r\nc,d\r\n", "1[a|b] 2[c|d] 3");
    READS("a,b\rc,d\r", "1[a|b] 2[c|d] 3");
    READS("a,b\nc,d\re,f\r\ng,h", "1[a|b] 2[c|d] 3[e|f] 4[g|h] 5");
    /* The same where quotes send it through libcsv. */
    READS("\"a\",b\r\nc,d\re,f\ng,\"h\"", "1[a|b] 2[c|d] 3[e|f] 4[g|h] 5");
    READS("a\n\rb\n", "1[a] 3[b] 4");
}

static void blank_lines_are_no_records_but_are_counted(void **state)
{
    (void)state;
    READS("", "1");
    READS("\n", "2");
    READS("\n\na\n\n  \t\nb\n", "3[a] 6[b] 7");
    READS("\r\n\r\n\"a\"\r\n \r\nb\r\n", "3[a] 5[b] 6");
    READS(",\n", "1[|] 2");
}

static void blanks_around_a_field_are_not_part_of_it_unless_quoted(void **state)
{
    (void)state;
    READS(" a , b\t,\tc d \n", "1[a|b|c d] 2");
    READS(" \" a \" , b \n", "1[ a |b] 2");
    READS("a, ,b\n", "1[a||b] 2");
}

static void quoted_fields_may_hold_commas_quotes_and_newlines(void **state)
{
    (void)state;
    READS("\"a,b\",c\n", "1[a,b|c] 2");
    READS("\"a\"\"b\",\"\"\"\",\"\"\n", "1[a\"b|\"|] 2");
    READS("a,\"b\nc\",d\ne\n", "1[a|b\nc|d] 3[e] 4");
    READS("a,\"b\r\nc\rd\",e\nf\n", "1[a|b\nc\nd|e] 4[f] 5");
    READS("\"\n\n\n\"\nf\n", "1[\n\n\n] 5[f] 6");
    READS("\"\",\"\"\n", "1[|] 2"); /* nothing in them: the fuzzer found a NULL pointer at work */
}

static void a_stray_quote_spoils_its_row_alone(void **state)
{
    (void)state;
    READS("a,b\nc\"d,e\nf,g\n", "1[a|b] 2!stray@2:2 3[f|g] 4");
    READS("a,\"b\"c\nf,g\n", "1!stray@1:6 2[f|g] 3");
    READS("a,\"b\" c\nf,g\n", "1!stray@1:7 2[f|g] 3");
    READS("a,b\"\nf,\"g\"\n", "1!stray@1:4 2[f|g] 3");
}

static void a_quote_that_never_closes_spoils_the_line_that_opened_it(void **state)
{
    (void)state;
    READS("a,\"b\nc,d\ne,f\n", "1!unclosed@1:3 2[c|d] 3[e|f] 4");
    READS("a,\"b\nc,\"d\"\ne,f\n", "1!unclosed@1:3 2[c|d] 3[e|f] 4");
    READS("a,\"b\r\nc,d\r\n", "1!unclosed@1:3 2[c|d] 3");
    READS("\"", "1!unclosed@1:1 2");
    READS("a,b\n\"", "1[a|b] 2!unclosed@2:1 3");
    /* It opened before the doubled quotes inside it, and behind those of another field. */
    READS("\"x\"\"y\", \"b\"\"c\"\"\nd\n", "1!unclosed@1:9 2[d] 3");
}

static void nul_and_bad_utf8_spoil_their_row_alone(void **state)
{
    (void)state;
    READS("a,b\nc,d\0e\nf\n", "1[a|b] 2!nul@2:4 3[f] 4");
    READS("a,b\nc,d\xff"
          "e\nf\n",
          "1[a|b] 2!utf8@2:4 3[f] 4");
    READS("a,\"b\nc\xc3\"\nf,\xc3\xa9\n", "1!utf8@2:2 3[f|\xc3\xa9] 4");
    READS("\"a\0\"\nf\n", "1!nul@1:3 2[f] 3");
    READS("\xed\xa0\x80\nf\n", "1!utf8@1:1 2[f] 3"); /* a surrogate */
}

static void without_recovery_it_stops_at_a_fault_of_quotes(void **state)
{
    (void)state;
    assert_records(TEXT("a\n\"b\nc\n"), false, "1[a] 3.");
    assert_records(TEXT("a\nb\"\nc\n"), false, "1[a] 3.");
    assert_records(TEXT("a\nb\0\nc\n"), false, "1[a] 2!nul@2:2 3[c] 4");
}

static char *repeated(char character, size_t count, const char *before, const char *behind)
{
    const size_t length = strlen(before);
    char *bytes = memory_allocate(length + count + strlen(behind) + 1);
    memcpy(bytes, before, length);
    memset(bytes + length, character, count);
    memcpy(bytes + length + count, behind, strlen(behind) + 1);
    return bytes;
}

static void a_line_longer_than_the_maximum_is_refused_alone(void **state)
{
    (void)state;
    char *bytes = repeated('x', RECORD_BYTES_MAX + 1, "a\n", "\nb\n");
    assert_records(text_of(bytes), true, "1[a] 2!long@2:1 3[b] 4");
    free(bytes);
    bytes = repeated('x', RECORD_BYTES_MAX + 1, "\"a\"\n", "\nb\n");
    assert_records(text_of(bytes), true, "1[a] 2!long@2:1 3[b] 4");
    free(bytes);
    bytes = repeated('x', RECORD_BYTES_MAX, "", "\nb\n");
    struct record_reader reader;
    record_reader_open(&reader, text_of(bytes), ',', true);
    assert_true(record_reader_next(&reader));
    assert_int_equal(reader.fault, RECORD_SOUND);
    assert_int_equal(reader.fields[0].length, RECORD_BYTES_MAX);
    record_reader_close(&reader);
    free(bytes);
    /* Over many lines: the quote is what is wrong. */
    bytes = repeated('\n', RECORD_BYTES_MAX + 5, "a,\"", "");
    struct buffer words = buffer_with_maximum(1 << 10);
    describe(text_of(bytes), true, &words);
    assert_memory_equal(words.bytes, "1!unclosed@1:3 ", 15);
    buffer_release(&words);
    free(bytes);
}

static void ten_thousand_columns_are_read_and_too_many_refused(void **state)
{
    (void)state;
    static const char *const begins[] = {"", "\"q\""};
    for (size_t i = 0; i < 2; i++) {
        char *bytes = repeated(',', 9999, begins[i], "\nb\n");
        struct record_reader reader;
        record_reader_open(&reader, text_of(bytes), ',', true);
        assert_true(record_reader_next(&reader));
        assert_int_equal(reader.fault, RECORD_SOUND);
        assert_int_equal(reader.field_count, 10000);
        record_reader_close(&reader);
        free(bytes);
        bytes = repeated(',', RECORD_FIELDS_MAX, begins[i], "\nb\n");
        record_reader_open(&reader, text_of(bytes), ',', true);
        assert_true(record_reader_next(&reader));
        assert_int_equal(reader.fault, RECORD_TOO_MANY_FIELDS);
        assert_true(record_reader_next(&reader));
        assert_int_equal(reader.fault, RECORD_SOUND);
        assert_int_equal(reader.line, 2);
        record_reader_close(&reader);
        free(bytes);
    }
}

/* The place of each field of the first record and of what would come behind the last: "1:1 1:3 …". */
static void assert_places(struct text bytes, const char *expected)
{
    struct record_reader reader;
    struct buffer words = buffer_with_maximum(1 << 10);
    record_reader_open(&reader, bytes, ',', true);
    assert_true(record_reader_next(&reader));
    for (size_t i = 0; i <= reader.field_count; i++) {
        int64_t line, column;
        record_field_position(&reader, i, &line, &column);
        buffer_add_formatted(&words, "%s%d:%d", i > 0 ? " " : "", (int)line, (int)column);
    }
    assert_string_equal(words.bytes, expected);
    buffer_release(&words);
    record_reader_close(&reader);
}

static void each_field_has_its_line_and_column_in_bytes(void **state)
{
    (void)state;
    assert_places(TEXT("a,bc,d\n"), "1:1 1:3 1:6 1:7");
    assert_places(TEXT("a,,\n"), "1:1 1:3 1:4 1:4");
    assert_places(TEXT("  a , b\n"), "1:3 1:7 1:8");
    assert_places(TEXT("\xc3\xa9,b\r\n"), "1:1 1:4 1:5");
    assert_places(TEXT("\"a,\"\"b\",c\n"), "1:1 1:9 1:10");
    assert_places(TEXT("\"a\nbc\",d,\"e\r\nf\rg\",h\n"), "1:1 2:5 2:7 4:4 4:5");
    assert_places(TEXT("\n\nx,y\n"), "3:1 3:3 3:4");
}

static void a_field_is_in_place_where_its_bytes_are_its_value(void **state)
{
    (void)state;
    static const char bytes[] = "\"a\",b, \"c d\" ,\"e\"\"f\",\"g\nh\",\"i\r\nj\",\"\"\n";
    static const size_t offsets[] = {1, 4, 8, 0, 22, 0, 35};
    struct record_reader reader;
    record_reader_open(&reader, text_of(bytes), ',', true);
    assert_true(record_reader_next(&reader));
    assert_int_equal(reader.field_count, 7);
    for (size_t i = 0; i < 7; i++) {
        const struct text in_place = record_field_in_place(&reader, i);
        if (offsets[i] == 0) {
            assert_null(in_place.bytes);
            continue;
        }
        assert_ptr_equal(in_place.bytes, bytes + offsets[i]);
        assert_true(text_equal(in_place, reader.fields[i]));
    }
    record_reader_close(&reader);
    record_reader_open(&reader, TEXT(" a ,b\n"), ',', true);
    assert_true(record_reader_next(&reader));
    assert_true(text_equal(record_field_in_place(&reader, 0), TEXT("a")));
    record_reader_close(&reader);
}

/* Any bytes at all: nothing hangs, lines only rise, and every physical line is in one record or blank. */
static void noise_is_read_to_its_end(void **state)
{
    (void)state;
    static const char alphabet[] = "ab,,\"\"\n\n\r \0\xff\xc3\xa9";
    uint64_t bits = 99;
    for (size_t turn = 0; turn < 3000; turn++) {
        char bytes[64];
        size_t lines = 0, length = turn % sizeof bytes;
        for (size_t i = 0; i < length; i++) {
            bits = bits * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            bytes[i] = alphabet[(bits >> 33) % (sizeof alphabet - 1)];
        }
        for (size_t i = 0; i < length; i++)
            lines += bytes[i] == '\n' || (bytes[i] == '\r' && !(i + 1 < length && bytes[i + 1] == '\n'));
        lines += length > 0 && bytes[length - 1] != '\n' && bytes[length - 1] != '\r';
        char *copy = memory_allocate(length + 1); /* exactly as long, for the address sanitizer */
        if (length > 0)
            memcpy(copy, bytes, length);
        struct record_reader reader;
        record_reader_open(&reader, (struct text){copy, length}, ',', true);
        int64_t last = 0;
        while (record_reader_next(&reader)) {
            assert_true(reader.line > last);
            last = reader.line;
            for (size_t i = 0; reader.fault == RECORD_SOUND && i <= reader.field_count; i++) {
                int64_t line, column;
                record_field_position(&reader, i, &line, &column);
                assert_true(line >= reader.line && column >= 1);
                if (i < reader.field_count)
                    record_field_in_place(&reader, i);
            }
        }
        assert_int_equal(reader.next_line, lines + 1);
        record_reader_close(&reader);
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_end_ends_a_line),
        cmocka_unit_test(blank_lines_are_no_records_but_are_counted),
        cmocka_unit_test(blanks_around_a_field_are_not_part_of_it_unless_quoted),
        cmocka_unit_test(quoted_fields_may_hold_commas_quotes_and_newlines),
        cmocka_unit_test(a_stray_quote_spoils_its_row_alone),
        cmocka_unit_test(a_quote_that_never_closes_spoils_the_line_that_opened_it),
        cmocka_unit_test(nul_and_bad_utf8_spoil_their_row_alone),
        cmocka_unit_test(without_recovery_it_stops_at_a_fault_of_quotes),
        cmocka_unit_test(a_line_longer_than_the_maximum_is_refused_alone),
        cmocka_unit_test(ten_thousand_columns_are_read_and_too_many_refused),
        cmocka_unit_test(each_field_has_its_line_and_column_in_bytes),
        cmocka_unit_test(a_field_is_in_place_where_its_bytes_are_its_value),
        cmocka_unit_test(noise_is_read_to_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
