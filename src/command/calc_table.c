#include "referlens/command/calc_table.h"

#include "referlens/base/memory.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { TABLE_BYTES_MAX = 1 << 28 };

static bool read_stream(FILE *stream, struct calc_table *table, struct error *error)
{
    char chunk[1 << 14];
    size_t got = 0;

    while ((got = fread(chunk, 1, sizeof chunk, stream)) > 0) {
        if (!buffer_add(&table->bytes, chunk, got)) {
            return error_set(error, "%s: is too large", table->name);
        }
    }
    return ferror(stream) ? error_set_system(error, errno, "%s", table->name) : true;
}

static bool read_bytes(const char *path, struct calc_table *table, struct error *error)
{
    table->bytes = buffer_with_maximum(TABLE_BYTES_MAX);
    if (strcmp(path, "-") == 0) {
        table->name = "standard input";
        return read_stream(stdin, table, error);
    }
    table->name = path;
    FILE *file = fopen(path, "rbe");
    if (file == NULL) {
        return error_set_system(error, errno, "%s", path);
    }
    bool done = read_stream(file, table, error);
    (void)fclose(file);
    return done;
}

/* Where the splitter stands. */
struct cursor {
    char *at;
    const char *end;
    size_t line;
};

static bool is_field_end(const struct cursor *cursor)
{
    return cursor->at == cursor->end || *cursor->at == ',' || *cursor->at == '\n' ||
           (*cursor->at == '\r' && (cursor->at + 1 == cursor->end || cursor->at[1] == '\n'));
}

/* A field in quotes, taken out of them in place. */
static bool read_quoted(const struct calc_table *table, struct cursor *cursor, struct text *field, struct error *error)
{
    size_t start_line = cursor->line;
    char *to = cursor->at++;
    field->bytes = to;
    while (cursor->at < cursor->end) {
        char character = *cursor->at++;
        if (character != '"') {
            cursor->line += character == '\n' ? 1 : 0;
            *to++ = character;
        } else if (cursor->at < cursor->end && *cursor->at == '"') {
            *to++ = *cursor->at++;
        } else if (is_field_end(cursor)) {
            field->length = (size_t)(to - field->bytes);
            return true;
        } else {
            return error_set(error, "%s:%zu: text behind a closing quote", table->name, cursor->line);
        }
    }
    return error_set(error, "%s:%zu: a quote is not closed", table->name, start_line);
}

static bool read_field(const struct calc_table *table, struct cursor *cursor, struct text *field, struct error *error)
{
    if (cursor->at < cursor->end && *cursor->at == '"') {
        return read_quoted(table, cursor, field, error);
    }
    field->bytes = cursor->at;
    while (!is_field_end(cursor)) {
        if (*cursor->at == '"') {
            return error_set(error, "%s:%zu: a quote inside a field", table->name, cursor->line);
        }
        cursor->at++;
    }
    field->length = (size_t)(cursor->at - field->bytes);
    *field = text_trim(*field);
    return true;
}

static void end_line(struct cursor *cursor)
{
    if (cursor->at < cursor->end && *cursor->at == '\r') {
        cursor->at++;
    }
    if (cursor->at < cursor->end && *cursor->at == '\n') {
        cursor->at++;
    }
    cursor->line++;
}

/* One row, the header included; its cells are added to the table. */
static bool read_row(struct calc_table *table, struct cursor *cursor, size_t rows, struct error *error)
{
    size_t first = table->cell_count;
    table->lines = memory_grow(table->lines, &table->line_capacity, rows + 1, sizeof *table->lines);
    table->lines[rows] = cursor->line;
    for (;;) {
        struct text field = {0};
        if (!read_field(table, cursor, &field, error)) {
            return false;
        }
        table->cells = memory_grow(table->cells, &table->cell_capacity, table->cell_count + 1, sizeof *table->cells);
        table->cells[table->cell_count++] = field;
        if (cursor->at == cursor->end || *cursor->at != ',') {
            break;
        }
        cursor->at++;
    }
    size_t fields = table->cell_count - first;
    if (rows == 0) {
        table->column_count = fields;
    } else if (fields != table->column_count) {
        return error_set(error, "%s:%zu: has %zu fields where the header has %zu", table->name, table->lines[rows],
                         fields, table->column_count);
    }
    end_line(cursor);
    return true;
}

static bool split(struct calc_table *table, struct error *error)
{
    static const char mark[] = "\xEF\xBB\xBF"; /* the byte order mark of UTF-8 */
    size_t skip = table->bytes.length >= 3 && memcmp(table->bytes.bytes, mark, 3) == 0 ? 3 : 0;
    struct cursor cursor = {.line = 1};
    size_t rows = 0;

    if (table->bytes.length > 0) {
        cursor.at = table->bytes.bytes + skip;
        cursor.end = table->bytes.bytes + table->bytes.length;
    }
    while (cursor.at != cursor.end) {
        if (*cursor.at == '\n' || (*cursor.at == '\r' && is_field_end(&cursor))) {
            end_line(&cursor);
        } else if (!read_row(table, &cursor, rows++, error)) {
            return false;
        }
    }
    if (rows == 0) {
        return error_set(error, "%s: is empty", table->name);
    }
    table->row_count = rows - 1;
    return rows > 1 ? true : error_set(error, "%s: has a header and no rows", table->name);
}

bool calc_table_read(const char *path, struct calc_table *table, struct error *error)
{
    struct calc_table read = {0};
    if (!read_bytes(path, &read, error) || !split(&read, error)) {
        calc_table_release(&read);
        return false;
    }
    size_t offset = 0;
    if (!text_is_utf8(buffer_text(&read.bytes), &offset)) {
        error_set(error, "%s: is not UTF-8 text (byte %zu)", read.name, offset + 1);
        calc_table_release(&read);
        return false;
    }
    *table = read;
    return true;
}

void calc_table_release(struct calc_table *table)
{
    if (table == NULL)
        return;
    buffer_release(&table->bytes);
    memory_free(table->cells);
    memory_free(table->lines);
    *table = (struct calc_table){0};
}

int calc_table_find(const struct calc_table *table, const char *name)
{
    for (size_t i = 0; i < table->column_count; i++) {
        if (text_equal_ignoring_case(table->cells[i], text_of(name))) {
            return (int)i;
        }
    }
    return -1;
}

bool calc_table_column(const struct calc_table *table, const char *name, int *column, struct error *error)
{
    int found = calc_table_find(table, name);
    if (found < 0) {
        return error_set(error, "%s: has no column '%s'", table->name, name);
    }
    for (size_t i = (size_t)found + 1; i < table->column_count; i++) {
        if (text_equal_ignoring_case(table->cells[i], text_of(name))) {
            return error_set(error, "%s: has the column '%s' twice", table->name, name);
        }
    }
    *column = found;
    return true;
}

struct text calc_table_cell(const struct calc_table *table, int column, size_t row)
{
    return table->cells[(row + 1) * table->column_count + (size_t)column];
}

bool calc_table_fault(const struct calc_table *table, size_t row, struct error *error, const char *format, ...)
{
    char message[ERROR_MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return error_set(error, "%s:%zu: %s", table->name, table->lines[row + 1], message);
}

static bool refuse_cell(const struct calc_table *table, const char *name, int column, size_t row, const char *wanted,
                        struct error *error)
{
    struct text cell = calc_table_cell(table, column, row);
    int shown = cell.length < 60 ? (int)cell.length : 60;
    return calc_table_fault(table, row, error, "%s '%.*s' is not %s", name, shown, cell.bytes, wanted);
}

bool calc_table_numbers(const struct calc_table *table, const char *name, double **numbers, struct error *error)
{
    int column = 0;
    if (!calc_table_column(table, name, &column, error)) {
        return false;
    }
    double *values = memory_resize(NULL, table->row_count, sizeof *values);
    for (size_t i = 0; i < table->row_count; i++) {
        if (!text_to_number(calc_table_cell(table, column, i), &values[i])) {
            memory_free(values);
            return refuse_cell(table, name, column, i, "a number", error);
        }
    }
    *numbers = values;
    return true;
}

bool calc_table_counts(const struct calc_table *table, const char *name, int64_t **counts, struct error *error)
{
    /* As many of these as a file can hold still add up within an int64_t. */
    const int64_t maximum = INT64_C(100000000000);
    int column = 0;
    if (!calc_table_column(table, name, &column, error)) {
        return false;
    }
    int64_t *values = memory_resize(NULL, table->row_count, sizeof *values);
    for (size_t i = 0; i < table->row_count; i++) {
        bool whole = text_to_integer(calc_table_cell(table, column, i), &values[i]);
        if (!whole || values[i] < 0 || values[i] > maximum) {
            memory_free(values);
            return refuse_cell(table, name, column, i, "a count: a whole number from 0 to 10^11", error);
        }
    }
    *counts = values;
    return true;
}

bool calc_table_labels(const struct calc_table *table, const char *name, int32_t **codes, struct dictionary *labels,
                       struct error *error)
{
    int column = 0;
    if (!calc_table_column(table, name, &column, error)) {
        return false;
    }
    int32_t *values = memory_resize(NULL, table->row_count, sizeof *values);
    for (size_t i = 0; i < table->row_count; i++) {
        struct text cell = calc_table_cell(table, column, i);
        if (cell.length == 0) {
            memory_free(values);
            return calc_table_fault(table, i, error, "%s is blank", name);
        }
        values[i] = (int32_t)dictionary_add(labels, cell);
    }
    uint32_t *new_codes = memory_resize(NULL, labels->count, sizeof *new_codes);
    dictionary_sort(labels, new_codes);
    for (size_t i = 0; i < table->row_count; i++) {
        values[i] = (int32_t)new_codes[values[i]];
    }
    memory_free(new_codes);
    *codes = values;
    return true;
}
