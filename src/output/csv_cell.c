#include "referlens/output/csv_cell.h"

#include <stdbool.h>
#include <string.h>

/* A cell that starts so is run as a formula, or hides one behind a blank, when a spreadsheet opens the file. */
static const char formula_starts[] = "=+-@\t\r";

static bool holds_one_of(struct text text, const char *bytes)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.bytes[i] != '\0' && strchr(bytes, text.bytes[i]) != NULL)
            return true;
    }
    return false;
}

void csv_add_cell(struct buffer *line, struct text content)
{
    const bool formula = content.length > 0 && holds_one_of((struct text){content.bytes, 1}, formula_starts);
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
