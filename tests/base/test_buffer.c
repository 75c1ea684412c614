#include "referlens/base/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "referlens/base/random.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void text_is_added_behind_text(void **state)
{
    (void)state;
    struct buffer buffer = buffer_with_maximum(1000);
    assert_null(buffer.bytes);
    assert_true(buffer_add_string(&buffer, "a"));
    assert_true(buffer_add_text(&buffer, TEXT("bc")));
    assert_true(buffer_add_character(&buffer, 'd'));
    assert_true(buffer_add(&buffer, "ef", 2));
    assert_true(buffer_add_formatted(&buffer, "%d-%s", 7, "g"));
    assert_string_equal(buffer.bytes, "abcdef7-g");
    assert_true(text_equal(buffer_text(&buffer), TEXT("abcdef7-g")));
    buffer_release(&buffer);
    assert_null(buffer.bytes);
    buffer_release(&buffer);
    buffer_release(NULL);
}

static void the_maximum_can_be_reached_and_not_passed(void **state)
{
    (void)state;
    struct buffer buffer = buffer_with_maximum(5);
    assert_true(buffer_add_string(&buffer, "abc"));
    assert_true(buffer_add_string(&buffer, "de"));
    assert_false(buffer.full);
    assert_true(buffer_add_string(&buffer, ""));
    assert_false(buffer_add_character(&buffer, 'f'));
    assert_true(buffer.full);
    assert_string_equal(buffer.bytes, "abcde");
    buffer_release(&buffer);
}

static void a_full_buffer_takes_nothing_more_until_it_is_cleared(void **state)
{
    (void)state;
    struct buffer buffer = buffer_with_maximum(5);
    assert_true(buffer_add_string(&buffer, "abc"));
    assert_false(buffer_add_string(&buffer, "long"));
    assert_false(buffer_add_string(&buffer, "d"));
    assert_false(buffer_add_string(&buffer, ""));
    assert_false(buffer_add_formatted(&buffer, "%d", 1));
    assert_false(buffer_add_integer(&buffer, 1));
    assert_false(buffer_add_number(&buffer, 0.5));
    assert_string_equal(buffer.bytes, "abc");
    buffer_clear(&buffer);
    assert_false(buffer.full);
    assert_int_equal(buffer.length, 0);
    assert_string_equal(buffer.bytes, "");
    assert_true(buffer_add_string(&buffer, "12345"));
    buffer_release(&buffer);
}

static void a_number_is_added_whole_or_not_at_all(void **state)
{
    (void)state;
    const double numbers[] = {0.001, -0.5, 12.5, 1.5e300, 1e-7, 1e15 + 0.5, -1.25};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct buffer whole = buffer_with_maximum(64);
        assert_true(buffer_add_number(&whole, numbers[i]));
        for (size_t maximum = 2; maximum < whole.length + 2; maximum++) {
            struct buffer buffer = buffer_with_maximum(maximum);
            assert_true(buffer_add_string(&buffer, "ab"));
            assert_false(buffer_add_number(&buffer, numbers[i]));
            assert_string_equal(buffer.bytes, "ab");
            assert_int_equal(buffer.length, 2);
            buffer_release(&buffer);
        }
        buffer_release(&whole);
    }
}

static void a_buffer_for_nothing_holds_nothing(void **state)
{
    (void)state;
    struct buffer buffer = buffer_with_maximum(0);
    assert_true(buffer_add(&buffer, NULL, 0));
    assert_false(buffer_add_character(&buffer, 'a'));
    assert_int_equal(buffer_text(&buffer).length, 0);
    buffer_release(&buffer);
}

static void long_formatted_text_is_whole_or_absent(void **state)
{
    (void)state;
    char long_text[3000];
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    struct buffer buffer = buffer_with_maximum(5000);
    assert_true(buffer_add_formatted(&buffer, "<%s>", long_text));
    assert_int_equal(buffer.length, 3001);
    assert_int_equal(buffer.bytes[3000], '>');
    assert_false(buffer_add_formatted(&buffer, "<%s>", long_text));
    assert_int_equal(buffer.length, 3001);
    assert_int_equal(buffer.bytes[3001], '\0');
    buffer_release(&buffer);
}

static void bytes_may_be_nul(void **state)
{
    (void)state;
    struct buffer buffer = buffer_with_maximum(10);
    assert_true(buffer_add(&buffer, "a\0b", 3));
    assert_true(buffer_add_character(&buffer, '\0'));
    assert_int_equal(buffer.length, 4);
    assert_memory_equal(buffer.bytes, "a\0b\0", 5);
    buffer_release(&buffer);
}

static void whole_numbers_are_written_to_their_limits(void **state)
{
    (void)state;
    const struct {
        int64_t value;
        const char *text;
    } known[] = {{0, "0"},
                 {-7, "-7"},
                 {1234567890, "1234567890"},
                 {INT64_MAX, "9223372036854775807"},
                 {INT64_MIN, "-9223372036854775808"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct buffer buffer = buffer_with_maximum(20);
        assert_true(buffer_add_integer(&buffer, known[i].value));
        assert_string_equal(buffer.bytes, known[i].text);
        buffer_release(&buffer);
    }
}

static void write_number(struct buffer *buffer, double value)
{
    buffer_clear(buffer);
    assert_true(buffer_add_number(buffer, value));
}

static void known_numbers_are_written_as_known(void **state)
{
    (void)state;
    const struct {
        double value;
        const char *text;
    } known[] = {{0.1, "0.1"},
                 {1e-7, "1e-07"},
                 {3, "3"},
                 {0, "0"},
                 {-0.0, "-0"},
                 {-2.5, "-2.5"},
                 {0.1 + 0.2, "0.30000000000000004"},
                 {1.0 / 3, "0.3333333333333333"},
                 {2.0 / 3, "0.6666666666666666"},
                 {0.0001, "0.0001"},
                 {0.00001, "1e-05"},
                 {0.00012345, "0.00012345"},
                 {123456.789, "123456.789"},
                 {1e15, "1000000000000000"},
                 {9007199254740991, "9007199254740991"},
                 {9007199254740992, "9007199254740992"},
                 {-9007199254740994, "-9007199254740994"},
                 {1e16, "1e+16"},
                 {12345678901234568, "12345678901234568"},
                 {1.5e300, "1.5e+300"},
                 {DBL_MAX, "1.7976931348623157e+308"},
                 {DBL_MIN, "2.2250738585072014e-308"},
                 {0x1p-1074, "5e-324"},
                 {0x1p-1073, "1e-323"},
                 /* 2^-44: its own nearest 16 digits end in 1 and read back to another double */
                 {0x1p-44, "5.684341886080802e-14"}};
    struct buffer buffer = buffer_with_maximum(64);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        write_number(&buffer, known[i].value);
        assert_string_equal(buffer.bytes, known[i].text);
    }
    buffer_release(&buffer);
}

static int significant_digits(const char *text)
{
    int count = 0, zeros = 0;
    for (; *text != '\0' && *text != 'e'; text++) {
        if (*text < '0' || *text > '9')
            continue;
        if (*text == '0') {
            zeros += count > 0;
            continue;
        }
        count += zeros + 1;
        zeros = 0;
    }
    return count;
}

/* Reads back to the same bits, and no precision of printf with fewer digits does. */
static void check_number(struct buffer *buffer, double value)
{
    write_number(buffer, value);
    double back = strtod(buffer->bytes, NULL);
    if (memcmp(&back, &value, sizeof value) != 0)
        fail_msg("%a was written as %s", value, buffer->bytes);
    char shorter[64];
    int digits = significant_digits(buffer->bytes);
    if (digits <= 1)
        return;
    snprintf(shorter, sizeof shorter, "%.*e", digits - 2, value);
    if (strtod(shorter, NULL) == value)
        fail_msg("%s was written as %s", shorter, buffer->bytes);
}

static void random_doubles_read_back_and_are_shortest(void **state)
{
    (void)state;
    struct random_stream random = random_seed(20250601, 0);
    struct buffer buffer = buffer_with_maximum(64);
    for (int i = 0; i < 100000; i++) {
        uint64_t bits = random_bits(&random);
        double value;
        memcpy(&value, &bits, sizeof value);
        if (isfinite(value))
            check_number(&buffer, value);
        check_number(&buffer, random_uniform(&random));
        check_number(&buffer, (double)random_below(&random, 100000) / (double)(1 + random_below(&random, 100000)));
        check_number(&buffer, (double)random_below(&random, 1000000) / 1000);
    }
    buffer_release(&buffer);
}

static void powers_of_two_and_subnormals_read_back_and_are_shortest(void **state)
{
    (void)state;
    struct buffer buffer = buffer_with_maximum(64);
    for (int exponent = -1074; exponent < 1024; exponent++) {
        check_number(&buffer, ldexp(1, exponent));
        check_number(&buffer, -ldexp(1, exponent));
        check_number(&buffer, nextafter(ldexp(1, exponent), 0));
        check_number(&buffer, nextafter(ldexp(1, exponent), INFINITY));
        check_number(&buffer, ldexp(3, exponent < 1022 ? exponent : 1021));
    }
    for (int i = 1; i < 5000; i++)
        check_number(&buffer, i * 0x1p-1074);
    buffer_release(&buffer);
}

/* Sets a locale whose decimal point is not ".", compiling one in a folder of its own where none is installed. */
static bool set_locale_with_another_point(void)
{
    static const char *const names[] = {"ps_AF.UTF-8", "de_DE.UTF-8", "fr_FR.UTF-8", "cy_GB.UTF-8"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (setlocale(LC_ALL, names[i]) != NULL && strcmp(localeconv()->decimal_point, ".") != 0)
            return true;
    char folder[] = "/tmp/referlens-locale-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/ps_AF.UTF-8", folder);
    char *arguments[] = {"localedef", "--quiet", "-i", "ps_AF", "-f", "UTF-8", path, NULL};
    pid_t child;
    if (posix_spawnp(&child, arguments[0], NULL, NULL, arguments, environ) == 0)
        waitpid(child, NULL, 0);
    setenv("LOCPATH", folder, 1);
    bool set = setlocale(LC_ALL, "ps_AF.UTF-8") != NULL && strcmp(localeconv()->decimal_point, ".") != 0;
    char *remove[] = {"rm", "-r", folder, NULL};
    if (posix_spawnp(&child, remove[0], NULL, NULL, remove, environ) == 0)
        waitpid(child, NULL, 0);
    return set;
}

static void the_users_locale_changes_nothing(void **state)
{
    (void)state;
    if (!set_locale_with_another_point()) {
        print_message("no locale with another decimal point can be had\n");
        skip();
    }
    char text[32];
    snprintf(text, sizeof text, "%.1f", 0.5);
    bool other_point = strcmp(text, "0.5") != 0;
    struct buffer buffer = buffer_with_maximum(64);
    write_number(&buffer, 0.1 + 0.2);
    bool same = strcmp(buffer.bytes, "0.30000000000000004") == 0;
    double value = 0;
    bool read = text_to_number(TEXT("0.30000000000000004"), &value);
    setlocale(LC_ALL, "C");
    assert_true(other_point);
    assert_true(same);
    assert_true(read && value == 0.1 + 0.2);
    buffer_release(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_added_behind_text),
        cmocka_unit_test(the_maximum_can_be_reached_and_not_passed),
        cmocka_unit_test(a_full_buffer_takes_nothing_more_until_it_is_cleared),
        cmocka_unit_test(a_number_is_added_whole_or_not_at_all),
        cmocka_unit_test(a_buffer_for_nothing_holds_nothing),
        cmocka_unit_test(long_formatted_text_is_whole_or_absent),
        cmocka_unit_test(bytes_may_be_nul),
        cmocka_unit_test(whole_numbers_are_written_to_their_limits),
        cmocka_unit_test(known_numbers_are_written_as_known),
        cmocka_unit_test(random_doubles_read_back_and_are_shortest),
        cmocka_unit_test(powers_of_two_and_subnormals_read_back_and_are_shortest),
        cmocka_unit_test(the_users_locale_changes_nothing),
    };
    return cmocka_run_group_tests_name("base/buffer", tests, NULL, NULL);
}
