#include "referlens/base/dictionary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "referlens/base/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void codes_follow_the_order_of_arrival(void **state)
{
    (void)state;
    struct dictionary dictionary = {0};
    assert_int_equal(dictionary_add(&dictionary, TEXT("b")), 0);
    assert_int_equal(dictionary_add(&dictionary, TEXT("a")), 1);
    assert_int_equal(dictionary_add(&dictionary, TEXT("b")), 0);
    assert_int_equal(dictionary_add(&dictionary, TEXT("")), 2);
    assert_int_equal(dictionary_add(&dictionary, (struct text){NULL, 0}), 2);
    assert_int_equal(dictionary.count, 3);
    assert_true(text_equal(dictionary_text(&dictionary, 1), TEXT("a")));
    dictionary_release(&dictionary);
}

static void what_was_not_added_is_not_found(void **state)
{
    (void)state;
    struct dictionary dictionary = {0};
    assert_int_equal(dictionary_find(&dictionary, TEXT("a")), DICTIONARY_NONE);
    dictionary_add(&dictionary, TEXT("a"));
    assert_int_equal(dictionary_find(&dictionary, TEXT("a")), 0);
    assert_int_equal(dictionary_find(&dictionary, TEXT("A")), DICTIONARY_NONE);
    assert_int_equal(dictionary_find(&dictionary, TEXT("")), DICTIONARY_NONE);
    dictionary_release(&dictionary);
    dictionary_release(&dictionary);
    dictionary_release(NULL);
}

static void texts_are_copied(void **state)
{
    (void)state;
    struct dictionary dictionary = {0};
    char text[] = "A81001";
    dictionary_add(&dictionary, text_of(text));
    text[0] = 'B';
    assert_true(text_equal(dictionary_text(&dictionary, 0), TEXT("A81001")));
    assert_int_equal(dictionary_find(&dictionary, text_of(text)), DICTIONARY_NONE);
    dictionary_release(&dictionary);
}

static void many_texts_keep_their_codes(void **state)
{
    (void)state;
    struct dictionary dictionary = {0};
    char text[32];
    for (uint32_t i = 0; i < 100000; i++) {
        snprintf(text, sizeof text, "patient %u", i * 7919);
        assert_int_equal(dictionary_add(&dictionary, text_of(text)), i);
    }
    for (uint32_t i = 0; i < 100000; i++) {
        snprintf(text, sizeof text, "patient %u", i * 7919);
        assert_int_equal(dictionary_find(&dictionary, text_of(text)), i);
        assert_true(text_equal(dictionary_text(&dictionary, i), text_of(text)));
    }
    dictionary_release(&dictionary);
}

static void sorting_gives_codes_in_the_order_of_the_bytes(void **state)
{
    (void)state;
    /* texts that differ only behind their eighth byte, prefixes, a NUL inside, and bytes above 0x7F */
    const struct text sorted[] = {TEXT(""),          TEXT("\0"),        TEXT("12345678"), TEXT("12345678\0"),
                                  TEXT("123456780"), TEXT("123456781"), TEXT("Z"),        TEXT("a"),
                                  TEXT("a\0"),       TEXT("ab"),        TEXT("é")};
    const uint32_t order[] = {5, 0, 10, 3, 8, 1, 7, 2, 9, 4, 6};
    enum { COUNT = sizeof order / sizeof *order };
    struct dictionary dictionary = {0};
    uint32_t new_codes[COUNT];
    for (uint32_t i = 0; i < COUNT; i++)
        assert_int_equal(dictionary_add(&dictionary, sorted[order[i]]), i);
    dictionary_sort(&dictionary, new_codes);
    for (uint32_t i = 0; i < COUNT; i++) {
        assert_int_equal(new_codes[i], order[i]);
        assert_true(text_equal(dictionary_text(&dictionary, i), sorted[i]));
        assert_int_equal(dictionary_find(&dictionary, sorted[i]), i);
        assert_int_equal(dictionary_add(&dictionary, sorted[i]), i);
    }
    assert_int_equal(dictionary_add(&dictionary, TEXT("new")), COUNT);
    dictionary_release(&dictionary);
}

static void sorting_an_empty_dictionary_is_allowed(void **state)
{
    (void)state;
    struct dictionary dictionary = {0};
    dictionary_sort(&dictionary, NULL);
    assert_int_equal(dictionary.count, 0);
}

static void a_sorted_dictionary_does_not_depend_on_arrival(void **state)
{
    (void)state;
    enum { COUNT = 5000 };
    struct dictionary forward = {0}, backward = {0};
    static uint32_t new_codes[COUNT];
    char text[32];
    for (int i = 0; i < COUNT; i++) {
        snprintf(text, sizeof text, "long common prefix %d", i);
        dictionary_add(&forward, text_of(text));
        snprintf(text, sizeof text, "long common prefix %d", COUNT - 1 - i);
        dictionary_add(&backward, text_of(text));
    }
    dictionary_sort(&forward, new_codes);
    dictionary_sort(&backward, new_codes);
    for (uint32_t i = 0; i < COUNT; i++) {
        assert_true(text_equal(dictionary_text(&forward, i), dictionary_text(&backward, i)));
        if (i > 0)
            assert_true(text_compare(dictionary_text(&forward, i - 1), dictionary_text(&forward, i)) < 0);
    }
    dictionary_release(&forward);
    dictionary_release(&backward);
}

/* Short texts are told apart by a number that they are packed into. */
static void texts_that_differ_in_one_byte_or_in_length_have_codes_of_their_own(void **state)
{
    (void)state;
    enum { LENGTH_MAX = 20 };
    struct dictionary dictionary = {0};
    char bytes[LENGTH_MAX] = {0};
    uint32_t expected = 0;
    for (size_t length = 0; length <= LENGTH_MAX; length++) {
        assert_int_equal(dictionary_add(&dictionary, (struct text){bytes, length}), expected++);
        for (size_t i = 0; i < length; i++) {
            for (int bit = 0; bit < 8; bit++) {
                bytes[i] = (char)(1u << bit);
                assert_int_equal(dictionary_add(&dictionary, (struct text){bytes, length}), expected++);
                assert_int_equal(dictionary_find(&dictionary, (struct text){bytes, length}), expected - 1);
            }
            bytes[i] = 0;
        }
    }
    dictionary_release(&dictionary);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_follow_the_order_of_arrival),
        cmocka_unit_test(what_was_not_added_is_not_found),
        cmocka_unit_test(texts_are_copied),
        cmocka_unit_test(many_texts_keep_their_codes),
        cmocka_unit_test(texts_that_differ_in_one_byte_or_in_length_have_codes_of_their_own),
        cmocka_unit_test(sorting_gives_codes_in_the_order_of_the_bytes),
        cmocka_unit_test(sorting_an_empty_dictionary_is_allowed),
        cmocka_unit_test(a_sorted_dictionary_does_not_depend_on_arrival),
    };
    return cmocka_run_group_tests_name("base/dictionary", tests, NULL, NULL);
}
