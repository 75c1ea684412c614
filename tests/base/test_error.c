#include "referlens/base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

static void a_message_is_formatted_and_false_is_returned(void **state)
{
    (void)state;
    struct error error = {""};
    assert_false(error_set(&error, "%s has %d columns", "referrals.csv", 3));
    assert_string_equal(error.message, "referrals.csv has 3 columns");
}

static void no_error_to_fill_is_allowed(void **state)
{
    (void)state;
    assert_false(error_set(NULL, "x"));
    assert_false(error_set_system(NULL, ENOENT, "x"));
    assert_false(error_prefix(NULL, "x"));
}

static void the_system_says_why(void **state)
{
    (void)state;
    struct error error = {""};
    assert_false(error_set_system(&error, ENOENT, "cannot open %s", "a.csv"));
    assert_string_equal(error.message, "cannot open a.csv: No such file or directory");
}

static void a_prefix_says_where(void **state)
{
    (void)state;
    struct error error = {""};
    error_set(&error, "not a date");
    assert_false(error_prefix(&error, "line %d", 7));
    assert_string_equal(error.message, "line 7: not a date");
}

static void a_message_may_quote_the_one_it_replaces(void **state)
{
    (void)state;
    struct error error = {""};
    error_set(&error, "inner");
    error_set(&error, "outer (%s)", error.message);
    assert_string_equal(error.message, "outer (inner)");
    error_prefix(&error, "%s", error.message);
    assert_string_equal(error.message, "outer (inner): outer (inner)");
}

static void control_characters_cannot_reach_a_terminal(void **state)
{
    (void)state;
    struct error error = {""};
    error_set(&error, "a%sb", "\x1b[31m\n\t\x7f");
    assert_string_equal(error.message, "a?[31m???b");
    error_set(&error, "a\xc2\x9b"
                      "31mb"); /* U+009B, a control sequence's start */
    assert_string_equal(error.message, "a?31mb");
    error_set(&error, "%s", "a\x9b\xff\xc3");
    assert_string_equal(error.message, "a???");
}

static void other_characters_are_kept(void **state)
{
    (void)state;
    struct error error = {""};
    error_set(&error, "%s", "Ysbyty Tŷ Hafan – £5 \U0001F600");
    assert_string_equal(error.message, "Ysbyty Tŷ Hafan – £5 \U0001F600");
}

static void a_long_message_is_cut_at_a_character(void **state)
{
    (void)state;
    for (int ahead = 0; ahead < 4; ahead++) {
        struct error error = {""};
        char text[1024] = "aaaa";
        for (size_t end = (size_t)ahead; end < 900; end += 4)
            memcpy(text + end, "\U0001F600", 5);
        error_set(&error, "%s", text);
        size_t length = strlen(error.message);
        assert_true(length < ERROR_MESSAGE_MAX && length >= ERROR_MESSAGE_MAX - 4);
        assert_int_equal((length - (size_t)ahead) % 4, 0);
        assert_memory_equal(error.message, text, length);
        error_prefix(&error, "%s", "here");
        assert_int_equal((strlen(error.message) - (size_t)ahead - strlen("here: ")) % 4, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_is_formatted_and_false_is_returned),
        cmocka_unit_test(no_error_to_fill_is_allowed),
        cmocka_unit_test(the_system_says_why),
        cmocka_unit_test(a_prefix_says_where),
        cmocka_unit_test(a_message_may_quote_the_one_it_replaces),
        cmocka_unit_test(control_characters_cannot_reach_a_terminal),
        cmocka_unit_test(other_characters_are_kept),
        cmocka_unit_test(a_long_message_is_cut_at_a_character),
    };
    return cmocka_run_group_tests_name("base/error", tests, NULL, NULL);
}
