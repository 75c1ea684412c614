/* Splitting lines without quotes, held to libcsv: whatever libcsv makes of a line, the split must make of it too. */
#include "referlens/base/random.h"
#include "referlens/input/split.h"

#include <csv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { LINE_BYTES_MAX = 64, FIELDS_MAX = 80 };

/* What libcsv finds in one line. */
struct found {
    char fields[FIELDS_MAX][LINE_BYTES_MAX + 1];
    size_t lengths[FIELDS_MAX];
    size_t count, rows;
};

static void on_field(void *bytes, size_t length, void *context)
{
    struct found *found = context;
    memcpy(found->fields[found->count], bytes, length);
    found->lengths[found->count++] = length;
}

static void on_row(int terminator, void *context)
{
    (void)terminator;
    ((struct found *)context)->rows++;
}

static void parse(const char *line, size_t length, char delimiter, struct found *found)
{
    struct csv_parser parser;
    memset(found, 0, sizeof *found);
    assert_int_equal(csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL), 0);
    csv_set_delim(&parser, (unsigned char)delimiter);
    assert_int_equal(csv_parse(&parser, line, length, on_field, on_row, found), length);
    assert_int_equal(csv_parse(&parser, "\n", 1, on_field, on_row, found), 1);
    assert_int_equal(csv_fini(&parser, on_field, on_row, found), 0);
    csv_free(&parser);
}

static void assert_same(const char *line, size_t length, char delimiter)
{
    struct found found;
    struct text fields[FIELDS_MAX];
    parse(line, length, delimiter, &found);
    /* The line ends with its text, or with any line end, whatever follows. */
    static const char *const behind[] = {"", "\n", "\r", "\r\n", "\na,b;c\td\n", "\ra,b;c\td\re"};
    for (size_t i = 0; i < sizeof behind / sizeof behind[0]; i++) {
        /* In a block of its own, so that the sanitizer sees a look behind it. */
        const size_t behind_length = strlen(behind[i]);
        char *bytes = test_malloc(length + behind_length + 1);
        memcpy(bytes, line, length);
        memcpy(bytes + length, behind[i], behind_length);
        const struct text text = {bytes, length + behind_length};
        const char *end = NULL;
        assert_int_equal(split_plain_line(text, delimiter, fields, FIELDS_MAX, &end), found.count);
        assert_ptr_equal(end, bytes + length);
        for (size_t k = 0; k < found.count; k++) {
            assert_int_equal(fields[k].length, found.lengths[k]);
            assert_memory_equal(fields[k].bytes, found.fields[k], found.lengths[k]);
        }
        test_free(bytes);
    }
}

static void random_lines_split_as_libcsv_has_them(void **state)
{
    (void)state;
    static const char alphabet[] = ",,,,;; \t\tabc\x01\x7f\x80\xff-0";
    static const char delimiters[] = {',', ';', '\t'};
    struct random_stream random = random_seed(1, 0);
    for (int round = 0; round < 50000; round++) {
        char line[LINE_BYTES_MAX];
        const size_t length = random_below(&random, LINE_BYTES_MAX);
        for (size_t i = 0; i < length; i++)
            line[i] = alphabet[random_below(&random, sizeof alphabet - 1)];
        assert_same(line, length, delimiters[round % 3]);
    }
}

static void blank_lines_have_no_fields(void **state)
{
    (void)state;
    struct text fields[2];
    const char *end = NULL;
    assert_int_equal(split_plain_line(TEXT(""), ',', fields, 2, &end), 0);
    assert_int_equal(split_plain_line(TEXT("\na,b"), ',', fields, 2, &end), 0);
    assert_int_equal(split_plain_line(TEXT(" \t "), ',', fields, 2, &end), 0);
    assert_int_equal(split_plain_line(TEXT("\t"), '\t', fields, 2, &end), 2);
}

static void more_fields_than_room_are_told(void **state)
{
    (void)state;
    struct text fields[2];
    const char *end = NULL;
    assert_int_equal(split_plain_line(TEXT("a,b\nc"), ',', fields, 2, &end), 2);
    assert_int_equal(split_plain_line(TEXT("a,b,c"), ',', fields, 2, &end), 3);
    assert_int_equal(split_plain_line(TEXT("a,b,c,d,e,f,g,h,i,j"), ',', fields, 2, &end), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_lines_split_as_libcsv_has_them),
        cmocka_unit_test(blank_lines_have_no_fields),
        cmocka_unit_test(more_fields_than_room_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
