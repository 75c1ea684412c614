#include "referlens/output/rejects_csv.h"

#include "referlens/output/input_order.h"

#include <string.h>

enum { LINE_BYTES_MAX = 1 << 20 };

/* A cell that starts so is run as a formula, or hides one behind a blank, when a spreadsheet opens the file. */
static const char formula_starts[] = "=+-@\t\r";

static void add_cell(struct buffer *line, const char *content)
{
    bool formula = *content != '\0' && strchr(formula_starts, *content) != NULL;
    bool quoted = strpbrk(content, ",\"\r\n") != NULL;
    if (quoted)
        buffer_add_character(line, '"');
    if (formula)
        buffer_add_character(line, '\'');
    for (const char *byte = content; *byte != '\0'; byte++) {
        if (*byte == '"')
            buffer_add_character(line, '"');
        buffer_add_character(line, *byte);
    }
    if (quoted)
        buffer_add_character(line, '"');
}

static bool add_row(struct folder_file *file, struct buffer *line, const char *name, const struct reject *reject,
                    struct error *error)
{
    buffer_clear(line);
    add_cell(line, name);
    buffer_add_formatted(line, ",%lld,%lld,", (long long)reject->line, (long long)reject->column);
    add_cell(line, reject->category);
    buffer_add_character(line, ',');
    add_cell(line, reject->message);
    buffer_add_character(line, '\n');
    if (line->full)
        return error_set(error, "can't write 'rejects.csv': a line is too long");
    return folder_file_add(file, buffer_text(line), error);
}

bool rejects_csv_write(const struct report *report, struct folder *folder, struct error *error)
{
    struct folder_file *file;
    if (!folder_file_open(folder, "rejects.csv", &file, error))
        return false;
    struct input_order order = input_order_of(report);
    struct buffer line = buffer_with_maximum(LINE_BYTES_MAX);
    bool done = folder_file_add(file, TEXT("file,line,column,reason,message\n"), error);
    for (size_t i = 0; done && i < order.reject_count; i++) {
        const struct reject *reject = order.rejects[i];
        done = add_row(file, &line, report->ledgers[reject->ledger].name, reject, error);
    }
    buffer_release(&line);
    input_order_release(&order);
    return folder_file_close(file, done ? error : NULL) && done;
}
