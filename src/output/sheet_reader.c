#include "referlens/output/sheet_reader.h"

#include "referlens/output/csv_cell.h"

#include <string.h>

static struct text behind(struct text text, size_t length)
{
    return (struct text){text.bytes + length, text.length - length};
}

/* Takes off all up to a byte, which goes with it. */
static struct text take(struct text *text, char end)
{
    const char *found = text->length == 0 ? NULL : memchr(text->bytes, end, text->length);
    const size_t length = found == NULL ? text->length : (size_t)(found - text->bytes);
    const struct text taken = {text->bytes, length};
    *text = behind(*text, found == NULL ? length : length + 1);
    return taken;
}

bool sheet_next_row(struct text *rows, struct text *row)
{
    if (rows->length == 0)
        return false;
    *row = take(rows, '\n');
    return true;
}

/* A text without the apostrophe that keeps a spreadsheet from running it. */
static struct text plain(struct text field)
{
    return field.length > 0 && field.bytes[0] == '\'' && csv_is_formula(field) ? behind(field, 1) : field;
}

struct text sheet_next_field(struct text *row)
{
    return plain(take(row, '\t'));
}

/* Whether a line is "# NAME". */
static bool heads(struct text line, const char *block)
{
    const size_t length = strlen(block);
    return line.length == length + 2 && memcmp(line.bytes, "# ", 2) == 0 && memcmp(line.bytes + 2, block, length) == 0;
}

struct text sheet_rows(struct text sheet, const char *block)
{
    struct text line;
    while (sheet_next_row(&sheet, &line)) {
        if (!heads(line, block))
            continue;
        (void)sheet_next_row(&sheet, &line); /* its columns */
        struct text rest = sheet;
        while (rest.length > 0 && rest.bytes[0] != '\n')
            (void)sheet_next_row(&rest, &line);
        return (struct text){sheet.bytes, sheet.length - rest.length};
    }
    return (struct text){sheet.bytes, 0};
}

struct text sheet_value(struct text sheet, const char *block, const char *key)
{
    struct text rows = sheet_rows(sheet, block), row;
    while (sheet_next_row(&rows, &row)) {
        if (text_equal(sheet_next_field(&row), text_of(key)))
            return plain(row);
    }
    return (struct text){rows.bytes, 0};
}
