#include "referlens/cohort/vocabulary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *const *names;
    size_t count;
} vocabularies[] = {{event_type_names, EVENT_TYPE_COUNT},
                    {scheme_names, SCHEME_COUNT},
                    {priority_names, PRIORITY_COUNT},
                    {request_type_names, REQUEST_TYPE_COUNT}};

/* Both ways of looking must agree. */
static size_t find(const char *const *names, size_t count, struct text word)
{
    struct vocabulary_index index;
    vocabulary_index_make(&index, names, count);
    const size_t found = vocabulary_find(names, count, word);
    assert_int_equal(vocabulary_index_find(&index, word), found);
    return found;
}

static void every_word_is_found_and_only_to_the_letter(void **state)
{
    (void)state;
    for (size_t v = 0; v < sizeof vocabularies / sizeof vocabularies[0]; v++) {
        const char *const *names = vocabularies[v].names;
        const size_t count = vocabularies[v].count;
        for (size_t i = 0; i < count; i++) {
            if (names[i] == NULL)
                continue;
            const struct text word = text_of(names[i]);
            assert_int_equal(find(names, count, word), i);
            assert_int_equal(find(names, count, (struct text){word.bytes, word.length - 1}), count);
            char longer[40];
            memcpy(longer, word.bytes, word.length);
            longer[word.length] = 's';
            assert_int_equal(find(names, count, (struct text){longer, word.length + 1}), count);
            longer[0] = (char)(longer[0] - 'a' + 'A');
            assert_int_equal(find(names, count, (struct text){longer, word.length}), count);
        }
        assert_int_equal(find(names, count, TEXT("")), count);
        assert_int_equal(find(names, count, (struct text){0}), count);
        assert_int_equal(find(names, count, TEXT("\0")), count);
    }
}

static void decisions_come_first_in_the_order_that_settles_ties(void **state)
{
    (void)state;
    assert_string_equal(event_type_names[0], "rejected");
    assert_string_equal(event_type_names[1], "returned_with_advice");
    assert_string_equal(event_type_names[2], "redirected");
    assert_string_equal(event_type_names[3], "accepted");
    assert_int_equal(EVENT_TYPE_COUNT, 19);
}

static void every_event_type_has_a_bit_among_what_is_recorded(void **state)
{
    (void)state;
    assert_true(EVENT_TYPE_COUNT <= 24);
}

static void schemes_have_titles(void **state)
{
    (void)state;
    for (size_t i = 0; i < SCHEME_COUNT; i++)
        assert_true(strlen(scheme_titles[i]) > 0);
}

static void a_known_treatment_function_has_a_title_and_another_its_code(void **state)
{
    (void)state;
    assert_true(text_equal(specialty_title(TEXT("330")), TEXT("Dermatology")));
    assert_true(text_equal(specialty_title(TEXT("110")), TEXT("Trauma and orthopaedics")));
    assert_true(text_equal(specialty_title(TEXT("CAMHS")), TEXT("CAMHS")));
    assert_true(text_equal(specialty_title(TEXT("33")), TEXT("33")));
    assert_int_equal(specialty_title((struct text){0}).length, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_is_found_and_only_to_the_letter),
        cmocka_unit_test(decisions_come_first_in_the_order_that_settles_ties),
        cmocka_unit_test(every_event_type_has_a_bit_among_what_is_recorded),
        cmocka_unit_test(schemes_have_titles),
        cmocka_unit_test(a_known_treatment_function_has_a_title_and_another_its_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
