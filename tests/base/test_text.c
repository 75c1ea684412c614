#include "referlens/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "referlens/base/random.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct text nothing = {NULL, 0};

static void texts_are_equal_when_their_bytes_are(void **state)
{
    (void)state;
    assert_true(text_equal(text_of("abc"), TEXT("abc")));
    assert_false(text_equal(TEXT("abc"), TEXT("abd")));
    assert_false(text_equal(TEXT("abc"), TEXT("ab")));
    assert_true(text_equal(nothing, TEXT("")));
}

static void case_is_ignored_for_ascii_letters_only(void **state)
{
    (void)state;
    assert_true(text_equal_ignoring_case(TEXT("Referral_ID"), TEXT("rEFERRAL_id")));
    assert_false(text_equal_ignoring_case(TEXT("a"), TEXT("ab")));
    assert_false(text_equal_ignoring_case(TEXT("@["), TEXT("`{")));
    assert_false(text_equal_ignoring_case(TEXT("É"), TEXT("é")));
}

static void the_order_is_that_of_the_bytes(void **state)
{
    (void)state;
    assert_true(text_compare(TEXT("a"), TEXT("b")) < 0);
    assert_true(text_compare(TEXT("b"), TEXT("a")) > 0);
    assert_true(text_compare(TEXT("Z"), TEXT("a")) < 0);
    assert_true(text_compare(TEXT("ab"), TEXT("abc")) < 0);
    assert_true(text_compare(TEXT("z"), TEXT("é")) < 0);
    assert_true(text_compare(TEXT("\xef\xbf\xbf"), TEXT("\xf0\x90\x80\x80")) < 0); /* U+FFFF, U+10000 */
    assert_int_equal(text_compare(nothing, TEXT("")), 0);
    assert_true(text_compare(nothing, TEXT("a")) < 0);
}

static void spaces_and_tabs_are_trimmed_at_the_ends_only(void **state)
{
    (void)state;
    assert_true(text_equal(text_trim(TEXT(" \ta b\t ")), TEXT("a b")));
    assert_int_equal(text_trim(TEXT(" \t ")).length, 0);
    assert_int_equal(text_trim(nothing).length, 0);
    assert_true(text_equal(text_trim(TEXT("\na")), TEXT("\na")));
}

static void whole_numbers_are_read_to_their_limits(void **state)
{
    (void)state;
    const struct {
        const char *text;
        int64_t value;
    } good[] = {{"0", 0},
                {"-0", 0},
                {"+7", 7},
                {"007", 7},
                {"-12", -12},
                {"9223372036854775807", INT64_MAX},
                {"-9223372036854775808", INT64_MIN}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int64_t value = 99;
        assert_true(text_to_integer(text_of(good[i].text), &value));
        assert_true(value == good[i].value);
    }
}

static void what_is_no_whole_number_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    const char *const bad[] = {"",
                               "-",
                               "+",
                               " 1",
                               "1 ",
                               "1.0",
                               "0x10",
                               "1e3",
                               "--1",
                               "+-1",
                               "٣",
                               "9223372036854775808",
                               "1,000",
                               "-9223372036854775809",
                               "99999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t value = 99;
        assert_false(text_to_integer(text_of(bad[i]), &value));
        assert_int_equal(value, 99);
    }
    int64_t value = 99;
    assert_false(text_to_integer((struct text){"1\0002", 3}, &value));
    assert_false(text_to_integer(nothing, &value));
}

static void decimal_numbers_are_read(void **state)
{
    (void)state;
    const struct {
        const char *text;
        double value;
    } good[] = {{"12", 12.0},
                {"0.5", 0.5},
                {"1e-3", 1e-3},
                {"-1.25E+2", -125.0},
                {"+.5", 0.5},
                {"5.", 5.0},
                {"0.1", 0.1},
                {"123456789012345678901234567890", 123456789012345678901234567890.0},
                {"0.30000000000000004", 0.30000000000000004},
                {"1e308", 1e308},
                {"5e-324", 5e-324},
                {"1e-999", 0.0},
                {"0e99999999999999999999", 0.0},
                {"2.2250738585072014e-308", 2.2250738585072014e-308}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        double value = 99;
        assert_true(text_to_number(text_of(good[i].text), &value));
        assert_true(value == good[i].value);
    }
}

static void what_is_no_finite_number_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    const char *const bad[] = {"",
                               ".",
                               "-",
                               "e5",
                               "1e",
                               "1e+",
                               "nan",
                               "inf",
                               "infinity",
                               "0x1p3",
                               "1.2.3",
                               " 1",
                               "1 ",
                               "1,5",
                               "1e5x",
                               "1e400",
                               "1e99999999999999999999",
                               "1f",
                               "- 1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        double value = 99;
        assert_false(text_to_number(text_of(bad[i]), &value));
        assert_true(value == 99);
    }
}

static void numbers_are_read_as_strtod_reads_them_in_the_c_locale(void **state)
{
    (void)state;
    struct random_stream random = random_seed(1, 0);
    for (int i = 0; i < 200000; i++) {
        char text[64];
        int exponent = (int)random_below(&random, 640) - 330;
        snprintf(text, sizeof text, "%.*fe%d", (int)random_below(&random, 18),
                 (double)random_below(&random, UINT64_C(1) << 53) / 1048576.0, i % 2 == 0 ? exponent : exponent / 20);
        double expected = strtod(text, NULL), value = -1;
        if (isfinite(expected)) {
            assert_true(text_to_number(text_of(text), &value));
            assert_true(value == expected);
        } else {
            assert_false(text_to_number(text_of(text), &value));
        }
    }
}

static void a_number_of_many_digits_is_read_to_its_last(void **state)
{
    (void)state;
    char text[3000]; /* 1 + 2^-53, halfway between two doubles, and a last digit that decides */
    const char halfway[] = "1.00000000000000011102230246251565404236316680908203125";
    memcpy(text, halfway, sizeof halfway - 1);
    memset(text + sizeof halfway - 1, '0', sizeof text - sizeof halfway + 1);
    double value;
    assert_true(text_to_number((struct text){text, sizeof text}, &value));
    assert_true(value == 1.0);
    text[sizeof text - 1] = '1';
    assert_true(text_to_number((struct text){text, sizeof text}, &value));
    assert_true(value == 1.0 + 0x1p-52);
}

static void well_formed_utf8_is_told_from_the_rest(void **state)
{
    (void)state;
    const char *const good[] = {"",
                                "plain ASCII that is longer than eight bytes",
                                "\x7f",
                                "\xc2\x80",
                                "\xdf\xbf",
                                "\xe0\xa0\x80",
                                "\xed\x9f\xbf",
                                "\xee\x80\x80",
                                "\xef\xbf\xbf",
                                "\xf0\x90\x80\x80",
                                "\xf4\x8f\xbf\xbf",
                                "Tŷ Hafan, 1234567 – é"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(text_is_utf8(text_of(good[i]), NULL));
    const struct {
        const char *text;
        size_t offset;
    } bad[] = {{"\x80", 0},
               {"a\xc0\x80", 1},
               {"12345678\xc1\xbf", 8},
               {"\xe0\x9f\xbf", 0},
               {"\xed\xa0\x80", 0},
               {"1234567\xed\xbf\xbf", 7},
               {"\xf0\x8f\xbf\xbf", 0},
               {"\xf4\x90\x80\x80", 0},
               {"\xf5\x80\x80\x80", 0},
               {"\xff", 0},
               {"\xe2\x82", 0},
               {"é\xc3", 2},
               {"\xe2\x28\xa1", 0},
               {"\xf0\x9f\x98", 0},
               {"\xf0\x9f\x98 ", 0}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        size_t offset = 99;
        assert_false(text_is_utf8(text_of(bad[i].text), &offset));
        assert_int_equal(offset, bad[i].offset);
    }
}

static void a_nul_is_at_fault_wherever_it_stands(void **state)
{
    (void)state;
    char text[40];
    for (size_t place = 0; place < sizeof text; place++) {
        memset(text, 'a', sizeof text);
        text[place] = '\0';
        size_t offset = 99;
        assert_false(text_is_utf8((struct text){text, sizeof text}, &offset));
        assert_int_equal(offset, place);
        assert_true(text_is_utf8((struct text){text, place}, NULL));
    }
}

/* Every code point, by the encoding's definition: the surrogates and NUL are refused, all others accepted. */
static void every_code_point_is_judged_rightly(void **state)
{
    (void)state;
    for (uint32_t point = 0; point < 0x120000; point++) {
        unsigned char bytes[4];
        size_t length = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
        for (size_t i = length; i-- > 1;)
            bytes[i] = (unsigned char)(0x80 | (point >> 6 * (length - 1 - i) & 0x3F));
        static const unsigned char marks[] = {0, 0, 0xC0, 0xE0, 0xF0};
        bytes[0] = (unsigned char)(marks[length] | point >> 6 * (length - 1));
        bool right = point != 0 && (point < 0xD800 || point > 0xDFFF) && point <= 0x10FFFF;
        assert_int_equal(text_is_utf8((struct text){(char *)bytes, length}, NULL), right);
    }
}

/* XXH3_64bits with seed 0: of nothing as in the reference implementation's own test vectors; of "a" and "abc" from
 * `python3 -c 'import xxhash; print(xxhash.xxh3_64_hexdigest(b"abc"))'`. */
static void hashes_are_those_of_xxh3(void **state)
{
    (void)state;
    assert_true(text_hash(nothing) == UINT64_C(0x2D06800538D394C2));
    assert_true(text_hash(TEXT("")) == UINT64_C(0x2D06800538D394C2));
    assert_true(text_hash(TEXT("a")) == UINT64_C(0xE6C632B61E964E1F));
    assert_true(text_hash(TEXT("abc")) == UINT64_C(0x78AF5F94892F3950));
}

static void what_steers_a_terminal_or_turns_text_is_scrubbed(void **state)
{
    (void)state;
    static const struct {
        const char *text, *scrubbed;
    } cases[] = {
        {"", ""},
        {"plain – é €", "plain – é €"},
        {"a\nb\tc\033[31m\x7f", "a?b?c?[31m?"},
        {"\xC2\x85\xC2\x9B\xC2\xA0", "??\xC2\xA0"}, /* C1; a no-break space is text */
        {"\xE2\x80\xA8\xE2\x80\xA9\xE2\x80\xAE\xE2\x81\xA6\xE2\x80\x8F\xD8\x9C",
         "??????"}, /* U+2028 2029 202E 2066 200F 061C */
        {"\xE2\x80\xAF\xE2\x81\xA5\xE2\x80\x8D", "\xE2\x80\xAF\xE2\x81\xA5\xE2\x80\x8D"}, /* their neighbours */
        {"\x9B\xC3(\xE2\x80", "?\?(?\?"},                                                   /* no UTF-8 */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[64];
        const size_t length = strlen(cases[i].text);
        memcpy(text, cases[i].text, length);
        const size_t scrubbed = text_scrub(text, length);
        assert_int_equal(scrubbed, strlen(cases[i].scrubbed));
        assert_memory_equal(text, cases[i].scrubbed, scrubbed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_equal_when_their_bytes_are),
        cmocka_unit_test(case_is_ignored_for_ascii_letters_only),
        cmocka_unit_test(the_order_is_that_of_the_bytes),
        cmocka_unit_test(spaces_and_tabs_are_trimmed_at_the_ends_only),
        cmocka_unit_test(whole_numbers_are_read_to_their_limits),
        cmocka_unit_test(what_is_no_whole_number_is_refused_and_changes_nothing),
        cmocka_unit_test(decimal_numbers_are_read),
        cmocka_unit_test(what_is_no_finite_number_is_refused_and_changes_nothing),
        cmocka_unit_test(numbers_are_read_as_strtod_reads_them_in_the_c_locale),
        cmocka_unit_test(a_number_of_many_digits_is_read_to_its_last),
        cmocka_unit_test(well_formed_utf8_is_told_from_the_rest),
        cmocka_unit_test(a_nul_is_at_fault_wherever_it_stands),
        cmocka_unit_test(every_code_point_is_judged_rightly),
        cmocka_unit_test(hashes_are_those_of_xxh3),
        cmocka_unit_test(what_steers_a_terminal_or_turns_text_is_scrubbed),
    };
    return cmocka_run_group_tests_name("base/text", tests, NULL, NULL);
}
