#include "referlens/input/shown_value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static const struct format_column *column_of(enum file_kind kind, const char *name)
{
    for (size_t i = 0; i < format_kinds[kind].column_count; i++) {
        if (strcmp(format_kinds[kind].columns[i].name, name) == 0)
            return &format_kinds[kind].columns[i];
    }
    abort();
}

/* NULL: nothing is shown. */
static void assert_shown(const struct format_column *column, const char *value, const char *expected)
{
    char shown[SHOWN_VALUE_SIZE] = "";
    const bool any = shown_value(column, text_of(value), shown);
    if (any != (expected != NULL))
        fail_msg("'%s' is %s", value, any ? "shown" : "not shown");
    if (any)
        assert_string_equal(shown, expected);
}

static void a_date_that_could_be_one_of_birth_is_shown_by_its_form(void **state)
{
    (void)state;
    const struct format_column *date = column_of(FILE_REFERRALS, "referral_date");
    assert_shown(date, "12/03/1948", "##/##/####");
    assert_shown(date, "3.12.48", "#.##.##");
    assert_shown(date, "12/31/1948", "##/##/####"); /* the month first */
    assert_shown(date, "1948-03-12T10:30Z", "####-##-##T##:##Z");
    assert_shown(date, "1948/03/12", "####/##/##");
    /* No one was born on these. */
    assert_shown(date, "2023-02-30", "2023-02-30");
    assert_shown(date, "31/02/2023", "31/02/2023");
    /* In the form that is asked for: it is wrong by something else, or by its month. */
    assert_shown(date, "2025-13-01", "2025-13-01");
    assert_shown(date, "2024-01-01", "2024-01-01");
}

static void what_looks_like_no_date_may_be_a_key(void **state)
{
    (void)state;
    static const char *const values[] = {"12345678",       "943 476 5919",   "943-476-5919",
                                         "9434765919",     "1234/5678/9012", "R1234567",
                                         "2024-01-012345", "12-34-5678901",  "2024-01-01 R77"};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        assert_shown(column_of(FILE_REFERRALS, "referral_date"), values[i], NULL);
}

static void a_word_is_shown_where_it_is_no_name(void **state)
{
    (void)state;
    const struct format_column *type = column_of(FILE_OUTCOMES, "event_type");
    static const char *const words[] = {"refused", "TWO_WEEK_WAIT", "seen_again", "Accepted", "REJECTED"};
    static const char *const others[] = {"Jane Smith",       "Smith", "SMITH", "smith-jane", "Smith_Jane",
                                         "Two Week Wait",    "R1234", "a;b",   "QwErTy",     "943 476",
                                         "\xc3\xa9t\xc3\xa9"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        assert_shown(type, words[i], words[i]);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_shown(type, others[i], NULL);
}

static void a_number_is_shown_where_it_is_no_key(void **state)
{
    (void)state;
    const struct format_column *sequence = column_of(FILE_OUTCOMES, "event_seq");
    assert_shown(sequence, "1.5", "1.5");
    assert_shown(sequence, "-12", "-12");
    assert_shown(sequence, "1234", NULL);
    assert_shown(sequence, "12a", NULL);
}

static void values_to_map_are_words_and_short_codes(void **state)
{
    (void)state;
    const struct format_column *priority = &format_kinds[FILE_REFERRALS].columns[REFERRALS_PRIORITY];
    static const char *const listed[] = {"soon", "USC", "Routine", "301", "7", "FURTHER_INFORMATION_REQUIRED"};
    static const char *const others[] = {"Mary Smith", "Jane Doe", "mary smith", "Mary", "1423",
                                         "9434765919", "R1234",    "JSMITH",     "RMC"}; /* RMC is no priority */
    for (size_t i = 0; i < sizeof listed / sizeof listed[0]; i++)
        assert_true(shown_value_is_of_a_list(priority, text_of(listed[i])));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_false(shown_value_is_of_a_list(priority, text_of(others[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_date_that_could_be_one_of_birth_is_shown_by_its_form),
        cmocka_unit_test(what_looks_like_no_date_may_be_a_key),
        cmocka_unit_test(a_word_is_shown_where_it_is_no_name),
        cmocka_unit_test(a_number_is_shown_where_it_is_no_key),
        cmocka_unit_test(values_to_map_are_words_and_short_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
