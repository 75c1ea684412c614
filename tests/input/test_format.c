/* The tables of the canonical files against the vocabularies that decoding reads. */
#include "referlens/cohort/vocabulary.h"
#include "referlens/input/format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char *meaning_of(enum file_kind kind, const char *name)
{
    const struct format_kind *of = &format_kinds[kind];
    for (size_t i = 0; i < of->column_count; i++) {
        if (strcmp(of->columns[i].name, name) == 0)
            return of->columns[i].meaning;
    }
    return "";
}

static void assert_names_all(const char *meaning, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (words[i] != NULL && strstr(meaning, words[i]) == NULL)
            fail_msg("'%s' is not in \"%s\"", words[i], meaning);
    }
}

static void each_column_of_words_names_every_word(void **state)
{
    (void)state;
    assert_names_all(meaning_of(FILE_OUTCOMES, "event_type"), event_type_names, EVENT_TYPE_COUNT);
    assert_names_all(meaning_of(FILE_REFERRALS, "scheme"), scheme_names, SCHEME_COUNT);
    assert_names_all(meaning_of(FILE_SCHEMES, "scheme"), scheme_names, SCHEME_COUNT);
    assert_names_all(meaning_of(FILE_REFERRALS, "priority"), priority_names, PRIORITY_COUNT);
    assert_names_all(meaning_of(FILE_REFERRALS, "request_type"), request_type_names, REQUEST_TYPE_COUNT);
}

static void every_kind_has_a_required_column_and_no_name_twice(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < FILE_KIND_COUNT; kind++) {
        const struct format_kind *of = &format_kinds[kind];
        assert_in_range(of->column_count, 1, COLUMN_COUNT_MAX);
        assert_true(of->columns[0].missing != NULL);
        for (size_t i = 0; i < of->column_count; i++) {
            const enum column_content content = of->columns[i].content;
            assert_int_equal(of->free_columns >> i & 1, content == CONTENT_KEY || content == CONTENT_TEXT);
            assert_true(of->columns[i].meaning[0] != '\0');
            for (size_t k = 0; k < i; k++)
                assert_string_not_equal(of->columns[i].name, of->columns[k].name);
        }
    }
}

static void the_list_has_one_line_a_column_below_its_head(void **state)
{
    (void)state;
    struct buffer text = buffer_with_maximum(1 << 20);
    format_list(&text);
    size_t columns = 0, lines = 0;
    for (size_t kind = 0; kind < FILE_KIND_COUNT; kind++)
        columns += format_kinds[kind].column_count;
    for (size_t i = 0; i < text.length; i++)
        lines += text.bytes[i] == '\n';
    assert_int_equal(lines, columns + 1);
    buffer_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_column_of_words_names_every_word),
        cmocka_unit_test(every_kind_has_a_required_column_and_no_name_twice),
        cmocka_unit_test(the_list_has_one_line_a_column_below_its_head),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
