#include "referlens/output/csv_cell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void cells_are_quoted_and_defused(void **state)
{
    (void)state;
    static const struct {
        const char *content, *cell;
    } cases[] = {
        {"", ""},
        {"plain", "plain"},
        {"a,b", "\"a,b\""},
        {"a\"b", "\"a\"\"b\""},
        {"a\nb", "\"a\nb\""},
        {"a\rb", "\"a\rb\""},
        {"=1+1", "'=1+1"},
        {"+44", "'+44"},
        {"-7", "'-7"},
        {"@x", "'@x"},
        {"\tx", "'\tx"},
        {"=a,b", "\"'=a,b\""},
        {"a=b", "a=b"},
        {"\n=1", "\"'\n=1\""},
        {"＝1", "'＝1"},
        {"－1", "'－1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buffer line = buffer_with_maximum(64);
        csv_add_cell(&line, text_of(cases[i].content));
        assert_true(text_equal(buffer_text(&line), text_of(cases[i].cell)));
        buffer_release(&line);
    }
}

static void a_text_that_is_read_back_tells_whether_an_apostrophe_is_to_go(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool formula;
    } cases[] = {
        {"", false},   {"plain", false},  {"=1+1", true},     {"'=1+1", true}, {"''@x", true},  {"-x", true},
        {"-1", false}, {"+1.5e3", false}, {"-1+cmd()", true}, {"＝1", true},   {"' =1", false}, {"'tis", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(csv_is_formula(text_of(cases[i].text)), cases[i].formula);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cells_are_quoted_and_defused),
                                       cmocka_unit_test(a_text_that_is_read_back_tells_whether_an_apostrophe_is_to_go)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
