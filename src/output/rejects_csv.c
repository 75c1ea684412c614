#include "referlens/output/rejects_csv.h"

#include "referlens/output/csv_cell.h"
#include "referlens/output/input_order.h"

enum { LINE_BYTES_MAX = 1 << 20 };

static bool add_row(struct folder_file *file, struct buffer *line, const char *name, const struct reject *reject,
                    struct error *error)
{
    buffer_clear(line);
    csv_add_cell(line, text_of(name));
    buffer_add_formatted(line, ",%lld,%lld,", (long long)reject->line, (long long)reject->column);
    csv_add_cell(line, text_of(reject->category));
    buffer_add_character(line, ',');
    csv_add_cell(line, text_of(reject->message));
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
