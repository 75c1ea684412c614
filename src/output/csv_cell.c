#include "referlens/output/csv_cell.h"

#include <string.h>

/* A cell that starts so is run as a formula when a spreadsheet opens the file; the wide forms of the signs too, in some
 * languages. As OWASP lists them under "CSV injection". */
static const struct text signs[] = {
    {"=", 1}, {"+", 1}, {"-", 1}, {"@", 1}, {"＝", 3}, {"＋", 3}, {"－", 3}, {"＠", 3},
};

/* One of these at the start may hide a formula. */
static const char blanks[] = "\t\r\n";

static bool holds_one_of(struct text text, const char *bytes)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.bytes[i] != '\0' && strchr(bytes, text.bytes[i]) != NULL)
            return true;
    }
    return false;
}

static bool starts_with_sign(struct text content)
{
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (content.length >= signs[i].length && memcmp(content.bytes, signs[i].bytes, signs[i].length) == 0)
            return true;
    }
    return false;
}

bool csv_is_formula(struct text text)
{
    double number;
    while (text.length > 0 && text.bytes[0] == '\'')
        text = (struct text){text.bytes + 1, text.length - 1};
    return starts_with_sign(text) && !text_to_number(text, &number);
}

void csv_add_cell(struct buffer *line, struct text content)
{
    const bool formula =
        starts_with_sign(content) || (content.length > 0 && holds_one_of((struct text){content.bytes, 1}, blanks));
    const bool quoted = holds_one_of(content, ",\"\r\n");
    if (quoted)
        buffer_add_character(line, '"');
    if (formula)
        buffer_add_character(line, '\'');
    for (size_t i = 0; i < content.length; i++) {
        if (content.bytes[i] == '"')
            buffer_add_character(line, '"');
        buffer_add_character(line, content.bytes[i]);
    }
    if (quoted)
        buffer_add_character(line, '"');
}
