#include "referlens/output/sheet_reader.h"

#include "referlens/output/chart_sheet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_text(struct text text, const char *expected)
{
    assert_true(text_equal(text, text_of(expected)));
}

static void what_was_written_is_read_back(void **state)
{
    (void)state;
    struct chart_sheet sheet;
    chart_sheet_open(&sheet);
    chart_sheet_title(&sheet, TEXT("A finding"));
    chart_sheet_subtitle(&sheet, TEXT("A\tmethod\n# table"));
    chart_sheet_block(&sheet, "points", "x");
    chart_sheet_row(&sheet, (double[]){1}, 1);
    chart_sheet_tip(&sheet, 1, 2.345, 7, TEXT("this \"practice\"\n# tips"), TEXT("../x"));
    chart_sheet_table(&sheet, "Name\tRate");
    chart_sheet_cell(&sheet, TEXT("# grid"));
    chart_sheet_cell_string(&sheet, "");
    chart_sheet_end_cells(&sheet);
    chart_sheet_foot(&sheet, 100, TEXT("A remark"));
    chart_sheet_close(&sheet);
    const struct text text = buffer_text(&sheet.content);
    assert_text(sheet_value(text, "about", "title"), "A finding");
    assert_text(sheet_value(text, "about", "subtitle"), "A method # table");
    assert_text(sheet_value(text, "about", "other"), "");
    assert_text(sheet_rows(text, "points"), "1\n");
    struct text rows = sheet_rows(text, "tips"), row;
    assert_true(sheet_next_row(&rows, &row));
    assert_text(sheet_next_field(&row), "1");
    assert_text(sheet_next_field(&row), "2.35");
    assert_text(sheet_next_field(&row), "7");
    assert_text(sheet_next_field(&row), "this \"practice\" # tips");
    assert_text(sheet_next_field(&row), "../x");
    assert_text(sheet_next_field(&row), "");
    assert_false(sheet_next_row(&rows, &row));
    assert_text(sheet_rows(text, "table"), "0\tName\tRate\n1\t# grid\t\n");
    assert_text(sheet_rows(text, "grid"), "");
    chart_sheet_release(&sheet);
}

static void an_empty_sheet_has_no_rows(void **state)
{
    (void)state;
    assert_text(sheet_rows(TEXT(""), "table"), "");
    assert_text(sheet_rows(TEXT("# table"), "table"), "");
    assert_text(sheet_rows(TEXT("# table\n# (cells)\n1\t2"), "table"), "1\t2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read_back),
        cmocka_unit_test(an_empty_sheet_has_no_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
