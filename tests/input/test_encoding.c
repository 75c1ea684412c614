#include "referlens/input/encoding.h"

#include "referlens/base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The bytes in UTF-8, to be released by the caller. */
static struct text decode(enum encoding encoding, struct text bytes, size_t *reserved)
{
    struct text decoded;
    struct error error = {""};
    if (!encoding_decode(encoding, bytes, &decoded, reserved, &error))
        fail_msg("%s", error.message);
    return decoded;
}

static void assert_decodes(enum encoding encoding, struct text bytes, struct text expected)
{
    size_t reserved;
    const struct text decoded = decode(encoding, bytes, &reserved);
    assert_int_equal(decoded.length, expected.length);
    assert_memory_equal(decoded.bytes, expected.bytes, expected.length);
    memory_release_reserved((void *)(uintptr_t)decoded.bytes, reserved);
}

static void assert_refused(enum encoding encoding, struct text bytes, const char *message)
{
    struct text decoded = {0};
    size_t reserved = 7;
    struct error error = {""};
    assert_false(encoding_decode(encoding, bytes, &decoded, &reserved, &error));
    assert_string_equal(error.message, message);
    assert_null(decoded.bytes);
    assert_int_equal(reserved, 7);
}

static void an_encoding_is_known_by_its_name_in_any_case(void **state)
{
    (void)state;
    for (size_t i = 0; i < ENCODING_COUNT; i++) {
        enum encoding encoding = ENCODING_COUNT;
        assert_true(encoding_parse(text_of(encoding_names[i]), &encoding));
        assert_int_equal(encoding, i);
    }
    enum encoding encoding = ENCODING_COUNT;
    assert_null(encoding_names[ENCODING_COUNT]);
    assert_true(encoding_parse(TEXT("Windows-1252"), &encoding));
    assert_int_equal(encoding, ENCODING_WINDOWS_1252);
    assert_false(encoding_parse(TEXT("latin1"), &encoding));
    assert_false(encoding_parse(TEXT(""), &encoding));
    assert_int_equal(encoding, ENCODING_WINDOWS_1252);
}

static void a_mark_at_the_start_says_what_the_encoding_is(void **state)
{
    (void)state;
    enum encoding encoding = ENCODING_WINDOWS_1252;
    assert_int_equal(encoding_mark(TEXT("\xEF\xBB\xBFid"), &encoding), 3);
    assert_int_equal(encoding, ENCODING_UTF8);
    assert_int_equal(encoding_mark(TEXT("\xFF\xFEi\0"), &encoding), 2);
    assert_int_equal(encoding, ENCODING_UTF16LE);
    const struct text none[] = {TEXT(""), TEXT("id"), TEXT("\xEF\xBB"), TEXT("\xFF"), TEXT("\xFE\xFF"), {NULL, 0}};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        encoding = ENCODING_WINDOWS_1252;
        assert_int_equal(encoding_mark(none[i], &encoding), 0);
        assert_int_equal(encoding, ENCODING_WINDOWS_1252);
    }
}

/* Unicode's own table, MAPPINGS/VENDORS/MICSFT/WINDOWS/CP1252.TXT: what 0x80 to 0x9F stand for; 0 where nothing. */
static const uint16_t high_controls[32] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,
};

static void every_byte_of_windows_1252_is_what_its_table_says(void **state)
{
    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        const char source = (char)byte;
        const uint32_t point = byte >= 0x80 && byte < 0xA0 ? high_controls[byte - 0x80] : byte;
        struct text decoded;
        size_t reserved;
        struct error error;
        if (point == 0 && byte != 0) {
            assert_false(
                encoding_decode(ENCODING_WINDOWS_1252, (struct text){&source, 1}, &decoded, &reserved, &error));
            continue;
        }
        decoded = decode(ENCODING_WINDOWS_1252, (struct text){&source, 1}, &reserved);
        uint32_t back = (unsigned char)decoded.bytes[0];
        if (decoded.length == 2)
            back = (back & 0x1F) << 6 | ((unsigned char)decoded.bytes[1] & 0x3F);
        else if (decoded.length == 3)
            back = (back & 0x0F) << 12 | ((uint32_t)(unsigned char)decoded.bytes[1] & 0x3F) << 6 |
                   ((unsigned char)decoded.bytes[2] & 0x3F);
        assert_int_equal(back, point);
        memory_release_reserved((void *)(uintptr_t)decoded.bytes, reserved);
    }
}

static void texts_come_out_as_utf_8(void **state)
{
    (void)state;
    assert_decodes(ENCODING_WINDOWS_1252, TEXT("caf\xE9;\xA3 5\r\n\x80"),
                   TEXT("caf\xC3\xA9;\xC2\xA3 5\r\n\xE2\x82\xAC"));
    assert_decodes(ENCODING_WINDOWS_1252, TEXT(""), TEXT(""));
    assert_decodes(ENCODING_UTF16LE, TEXT(""), TEXT(""));
    assert_decodes(ENCODING_UTF16LE, TEXT("a\0\xA3\0\xAC\x20\n\0"), TEXT("a\xC2\xA3\xE2\x82\xAC\n"));
    /* U+1F600 is the pair D83D DE00. */
    assert_decodes(ENCODING_UTF16LE, TEXT("\x3D\xD8\x00\xDE"), TEXT("\xF0\x9F\x98\x80"));
}

static void a_byte_that_is_no_character_is_named_with_its_place(void **state)
{
    (void)state;
    assert_refused(ENCODING_WINDOWS_1252, TEXT("\x81"), "line 1, column 1: byte 0x81 is no character of windows-1252");
    assert_refused(ENCODING_WINDOWS_1252, TEXT("id;caf\xE9\r\n1;\x80\x9D;x"),
                   "line 2, column 4: byte 0x9D is no character of windows-1252");
}

static void lines_end_with_either_character_or_both(void **state)
{
    (void)state;
    assert_refused(ENCODING_WINDOWS_1252, TEXT("a\rb\rc\x8D"),
                   "line 3, column 2: byte 0x8D is no character of windows-1252");
    assert_refused(ENCODING_WINDOWS_1252, TEXT("a\n\n\x8D"),
                   "line 3, column 1: byte 0x8D is no character of windows-1252");
    assert_refused(ENCODING_WINDOWS_1252, TEXT("a\r\n\r\n\n\r\x8D"),
                   "line 5, column 1: byte 0x8D is no character of windows-1252");
}

static void half_a_character_of_utf_16_is_refused(void **state)
{
    (void)state;
    assert_refused(ENCODING_UTF16LE, TEXT("a\0\n\0b\0\x3D\xD8x\0"),
                   "line 2, column 2: 0xD83D is half a character of utf-16le");
    assert_refused(ENCODING_UTF16LE,
                   TEXT("\x00\xDE"
                        "a\0"),
                   "line 1, column 1: 0xDE00 is half a character of utf-16le");
    assert_refused(ENCODING_UTF16LE, TEXT("a\0\x3D\xD8"), "line 1, column 2: 0xD83D is half a character of utf-16le");
    assert_refused(ENCODING_UTF16LE, TEXT("a\0b\0c"), "line 1, column 3: the text ends within a character of utf-16le");
    assert_refused(ENCODING_UTF16LE, TEXT("a"), "line 1, column 1: the text ends within a character of utf-16le");
}

/* A column is one of characters: the euro's three bytes of UTF-8 and a pair of surrogates are one each. */
static void a_column_counts_characters(void **state)
{
    (void)state;
    assert_refused(ENCODING_UTF16LE, TEXT("\xAC\x20\x3D\xD8\x00\xDE\x00\xDC"),
                   "line 1, column 3: 0xDC00 is half a character of utf-16le");
}

/* Every character grows to three bytes: the most that is set aside. */
static void a_long_text_is_decoded_whole(void **state)
{
    (void)state;
    const size_t length = 5000001;
    char *const euros = memory_allocate(length);
    memset(euros, '\x80', length);
    size_t reserved;
    const struct text decoded = decode(ENCODING_WINDOWS_1252, (struct text){euros, length}, &reserved);
    assert_int_equal(decoded.length, length * 3);
    for (size_t i = 0; i < decoded.length; i += 3)
        assert_memory_equal(decoded.bytes + i, "\xE2\x82\xAC", 3);
    memory_release_reserved((void *)(uintptr_t)decoded.bytes, reserved);
    memory_free(euros);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_encoding_is_known_by_its_name_in_any_case),
        cmocka_unit_test(a_mark_at_the_start_says_what_the_encoding_is),
        cmocka_unit_test(every_byte_of_windows_1252_is_what_its_table_says),
        cmocka_unit_test(texts_come_out_as_utf_8),
        cmocka_unit_test(a_byte_that_is_no_character_is_named_with_its_place),
        cmocka_unit_test(lines_end_with_either_character_or_both),
        cmocka_unit_test(half_a_character_of_utf_16_is_refused),
        cmocka_unit_test(a_column_counts_characters),
        cmocka_unit_test(a_long_text_is_decoded_whole),
    };
    return cmocka_run_group_tests_name("input/encoding", tests, NULL, NULL);
}
