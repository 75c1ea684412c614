#include "referlens/command/spelling.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void changes_are_counted(void **state)
{
    (void)state;
    const struct {
        const char *a, *b;
        size_t distance;
    } known[] = {{"", "", 0},
                 {"report", "report", 0},
                 {"", "abc", 3},
                 {"reprot", "report", 1},
                 {"rport", "report", 1},
                 {"repport", "report", 1},
                 {"rebort", "report", 1},
                 {"kitten", "sitting", 3},
                 {"ca", "abc", 3},
                 {"abcd", "badc", 2}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        assert_int_equal(spelling_distance(known[i].a, known[i].b), known[i].distance);
        assert_int_equal(spelling_distance(known[i].b, known[i].a), known[i].distance);
    }
}

static void the_nearest_word_is_found(void **state)
{
    (void)state;
    const char *const words[] = {"report", "check", "ingest", "calc", "list", "synth", NULL};
    assert_string_equal(spelling_nearest("reprt", words), "report");
    assert_string_equal(spelling_nearest("lits", words), "list");
    assert_string_equal(spelling_nearest("cacl", words), "calc");
    assert_string_equal(spelling_nearest("ingset", words), "ingest");
}

static void a_word_far_from_all_is_not_guessed_at(void **state)
{
    (void)state;
    const char *const words[] = {"report", "list", NULL};
    assert_null(spelling_nearest("frobnicate", words));
    assert_null(spelling_nearest("x", words));
    assert_null(spelling_nearest("", words));
    assert_null(spelling_nearest("last", (const char *const[]){NULL}));
    char long_word[200];
    memset(long_word, 'a', sizeof long_word - 1);
    long_word[sizeof long_word - 1] = '\0';
    assert_null(spelling_nearest(long_word, words));
    assert_true(spelling_distance(long_word, "a") == SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes_are_counted),
        cmocka_unit_test(the_nearest_word_is_found),
        cmocka_unit_test(a_word_far_from_all_is_not_guessed_at),
    };
    return cmocka_run_group_tests_name("command/spelling", tests, NULL, NULL);
}
