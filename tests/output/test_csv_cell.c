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
        {"", ""},           {"plain", "plain"},     {"a,b", "\"a,b\""},     {"a\"b", "\"a\"\"b\""}, {"a\nb", "\"a\nb\""},
        {"=1+1", "'=1+1"},  {"+44", "'+44"},        {"-7", "'-7"},          {"@x", "'@x"},          {"\tx", "'\tx"},
        {"=a,b", "\"'=a,b\""}, {"a=b", "a=b"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buffer line = buffer_with_maximum(64);
        csv_add_cell(&line, text_of(cases[i].content));
        assert_true(text_equal(buffer_text(&line), text_of(cases[i].cell)));
        buffer_release(&line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(cells_are_quoted_and_defused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
