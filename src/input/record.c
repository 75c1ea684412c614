#include "referlens/input/record.h"

#include "referlens/base/memory.h"
#include "referlens/input/split.h"

#include <string.h>

static bool is_blank(char character)
{
    return character == ' ' || character == '\t';
}

/* Room for twice as many fields; kept out of the way of the loop that adds them. */
static __attribute__((noinline)) void grow_fields(struct record_reader *reader)
{
    reader->field_capacity = reader->field_capacity == 0 ? 32 : reader->field_capacity * 2;
    reader->fields = memory_resize(reader->fields, reader->field_capacity, sizeof *reader->fields);
    reader->offsets = memory_resize(reader->offsets, reader->field_capacity, sizeof *reader->offsets);
}

/* Called by libcsv for each field. Without quotes the field lies in the text as it is, at the cursor. */
static void on_field(void *bytes, size_t length, void *context)
{
    struct record_reader *reader = context;
    if (reader->field_count == reader->field_capacity) {
        if (reader->field_count >= RECORD_FIELDS_MAX) {
            reader->fault = RECORD_TOO_MANY_FIELDS;
            return;
        }
        grow_fields(reader);
    }
    struct text *added = &reader->fields[reader->field_count];
    if (reader->has_quotes) {
        reader->offsets[reader->field_count++] = reader->unquoted.length;
        added->length = length;
        buffer_add(&reader->unquoted, bytes, length);
        return;
    }
    const char *field = reader->cursor;
    while (field < reader->end && is_blank(*field) && *field != reader->delimiter)
        field++;
    const char *behind = field + length;
    while (behind < reader->end && is_blank(*behind) && *behind != reader->delimiter)
        behind++;
    reader->cursor = behind + 1;
    *added = (struct text){field, length};
    reader->field_count++;
}

static void on_row(int terminator, void *context)
{
    (void)terminator;
    struct record_reader *reader = context;
    reader->row_done = true;
}

/* realloc for libcsv, under the one policy for memory. */
static void *resize_bytes(void *block, size_t size)
{
    return memory_resize(block, size, 1);
}

static void open_parser(struct record_reader *reader)
{
    csv_init(&reader->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL);
    csv_set_realloc_func(&reader->parser, resize_bytes);
    csv_set_delim(&reader->parser, (unsigned char)reader->delimiter);
    csv_set_blk_size(&reader->parser, 4096);
}

void record_reader_open(struct record_reader *reader, struct text bytes, char delimiter, bool recover)
{
    *reader = (struct record_reader){
        .next = bytes.bytes,
        .end = bytes.bytes + bytes.length,
        .next_line = 1,
        .recover = recover,
        .delimiter = delimiter,
        .unquoted = buffer_with_maximum(2 * RECORD_BYTES_MAX),
    };
    /* One look at the whole text spares most files a look at every record. */
    reader->check_quotes = bytes.length > 0 && memchr(bytes.bytes, '"', bytes.length) != NULL;
    reader->check_returns = reader->check_quotes && memchr(bytes.bytes, '\r', bytes.length) != NULL;
    reader->check_bytes = !text_is_utf8(bytes, NULL);
    open_parser(reader);
    grow_fields(reader);
}

void record_reader_close(struct record_reader *reader)
{
    if (reader == NULL)
        return;
    csv_free(&reader->parser);
    buffer_release(&reader->unquoted);
    memory_free(reader->fields);
    memory_free(reader->offsets);
    reader->fields = NULL;
    reader->offsets = NULL;
}

/* The first newline from `line` on, or NULL. Remembered in a text with carriage returns: where these alone end the
 * lines, looking for a newline at each would go over the whole text each time. */
static const char *find_newline(struct record_reader *reader, const char *line)
{
    if (!reader->check_returns)
        return memchr(line, '\n', (size_t)(reader->end - line));
    if (reader->newline == NULL || line < reader->newline_from || line > reader->newline) {
        const char *found = memchr(line, '\n', (size_t)(reader->end - line));
        reader->newline_from = line;
        reader->newline = found != NULL ? found : reader->end;
    }
    return reader->newline < reader->end ? reader->newline : NULL;
}

/* The end of the physical line that starts at `line`, and the start of the one behind it. */
static const char *end_of_line(struct record_reader *reader, const char *line, const char **behind)
{
    const char *newline = find_newline(reader, line);
    const char *end = newline != NULL ? newline : reader->end;
    *behind = newline != NULL ? newline + 1 : reader->end;
    if (reader->check_returns) {
        const char *carriage_return = memchr(line, '\r', (size_t)(end - line));
        if (carriage_return != NULL) {
            /* A lone one ends a line just as CR LF does. */
            end = carriage_return;
            *behind = carriage_return + 1 == newline ? newline + 1 : carriage_return + 1;
        }
    }
    return end;
}

static void reset_parser(struct record_reader *reader)
{
    csv_free(&reader->parser);
    open_parser(reader);
}

/* Marks the record as faulty and puts the reader behind its first line, where reading goes on. */
static void refuse(struct record_reader *reader, enum record_fault fault, size_t offset)
{
    const char *behind;
    const char *end = end_of_line(reader, reader->begin, &behind);
    reader->fault = fault;
    reader->fault_offset = offset;
    reader->length = (size_t)(end - reader->begin);
    reader->next = behind;
    reader->next_line = reader->line + 1;
    reader->field_count = 0;
    reset_parser(reader);
    if (!reader->recover)
        reader->stopped = true;
}

/* Offset of the quote that is open at the end of a record's first line: libcsv took the line, so quotes stand only
 * around fields and doubled inside them. */
static size_t opening_quote(const struct record_reader *reader, const char *line, size_t length)
{
    size_t opened = 0;
    bool open = false, at_start = true;
    for (size_t i = 0; i < length; i++) {
        if (line[i] == '"') {
            open = !open;
            opened = open && at_start ? i : opened;
        }
        at_start = !open && (line[i] == reader->delimiter || (at_start && is_blank(line[i])));
    }
    return opened;
}

/* Splits the line of a record, with more room where it is needed. False where it has too many fields or bytes. */
static bool split_line(struct record_reader *reader, const char **end)
{
    const struct text rest = {reader->begin, (size_t)(reader->end - reader->begin)};
    while ((reader->field_count = split_plain_line(rest, reader->delimiter, reader->fields, reader->field_capacity,
                                                   end)) > reader->field_capacity) {
        if (reader->field_capacity >= RECORD_FIELDS_MAX) {
            const char *behind;
            *end = end_of_line(reader, reader->begin, &behind);
            reader->field_count = RECORD_FIELDS_MAX;
            reader->fault = RECORD_TOO_MANY_FIELDS;
            break;
        }
        grow_fields(reader);
    }
    if (*end - reader->begin > RECORD_BYTES_MAX) {
        reader->field_count = 0;
        reader->fault = RECORD_TOO_LONG;
    }
    return reader->fault == RECORD_SOUND;
}

/* A record of a text that has no quotes at all: one line, split without libcsv. */
static void read_plain_record(struct record_reader *reader)
{
    const char *end;
    const bool is_sound = split_line(reader, &end);
    reader->length = (size_t)(end - reader->begin);
    reader->next = end;
    if (reader->next < reader->end && *reader->next == '\r')
        reader->next++; /* a lone one ends a line just as CR LF does */
    if (reader->next < reader->end && *reader->next == '\n')
        reader->next++;
    reader->next_line++;
    if (is_sound && reader->field_count == 0)
        reader->length = 0; /* a blank line */
}

/* Feeds lines until the record is whole. */
static void read_record(struct record_reader *reader)
{
    const char *line = reader->begin;
    size_t opened = 0; /* offset of the quote that is open at the end of the first line */
    for (;;) {
        const char *behind;
        const char *end = end_of_line(reader, line, &behind);
        if ((size_t)(end - reader->begin) > RECORD_BYTES_MAX) {
            /* A long line is a fault of its own; a short one whose quote runs on is an unclosed quote. */
            refuse(reader, line == reader->begin ? RECORD_TOO_LONG : RECORD_UNCLOSED_QUOTE, opened);
            return;
        }
        const size_t length = (size_t)(end - line);
        if (reader->check_quotes && !reader->has_quotes)
            reader->has_quotes = memchr(line, '"', length) != NULL;
        /* The newline goes along where it is one byte behind the line; otherwise it is given apart. */
        const bool with_newline = behind == end + 1 && *end == '\n';
        const size_t taken =
            csv_parse(&reader->parser, line, length + (with_newline ? 1 : 0), on_field, on_row, reader);
        if (taken < length) {
            const bool first = line == reader->begin;
            refuse(reader, first ? RECORD_STRAY_QUOTE : RECORD_UNCLOSED_QUOTE, first ? taken : opened);
            return;
        }
        if (!with_newline)
            csv_parse(&reader->parser, "\n", 1, on_field, on_row, reader);
        reader->next = behind;
        reader->next_line++;
        if (reader->row_done || !reader->parser.quoted) {
            reader->length = reader->row_done ? (size_t)(end - reader->begin) : 0; /* 0: a blank line */
            return;
        }
        if (line == reader->begin)
            opened = opening_quote(reader, line, length);
        line = behind;
        if (line >= reader->end) {
            refuse(reader, RECORD_UNCLOSED_QUOTE, opened);
            return;
        }
    }
}

/* Looks at the bytes of a record that libcsv took. */
static void check_bytes(struct record_reader *reader)
{
    const char *nul = memchr(reader->begin, '\0', reader->length);
    size_t offset;
    if (nul != NULL) {
        reader->fault = RECORD_NUL_BYTE;
        reader->fault_offset = (size_t)(nul - reader->begin);
    } else if (!text_is_utf8((struct text){reader->begin, reader->length}, &offset)) {
        reader->fault = RECORD_BAD_UTF8;
        reader->fault_offset = offset;
    }
}

bool record_reader_next(struct record_reader *reader)
{
    while (reader->next < reader->end && !reader->stopped) {
        reader->begin = reader->cursor = reader->next;
        reader->line = reader->next_line;
        reader->field_count = 0;
        reader->has_quotes = reader->row_done = false;
        reader->fault = RECORD_SOUND;
        reader->fault_offset = 0;
        if (reader->check_quotes)
            read_record(reader);
        else
            read_plain_record(reader);
        if (reader->stopped)
            return false;
        if (reader->fault == RECORD_SOUND && reader->length == 0)
            continue;
        if (reader->check_bytes && (reader->fault == RECORD_SOUND || reader->fault == RECORD_TOO_MANY_FIELDS))
            check_bytes(reader);
        if (reader->has_quotes && reader->field_count > 0) {
            const char *unquoted = reader->unquoted.bytes != NULL ? reader->unquoted.bytes : ""; /* all empty */
            for (size_t i = 0; i < reader->field_count; i++)
                reader->fields[i].bytes = unquoted + reader->offsets[i];
        }
        reader->unquoted.length = 0;
        return true;
    }
    return false;
}

void record_offset_position(const struct record_reader *reader, size_t offset, int64_t *line, int64_t *column)
{
    *line = reader->line;
    const char *start = reader->begin;
    for (const char *at = reader->begin; at < reader->begin + offset; at++) {
        const bool ends = *at == '\n' || (*at == '\r' && at[1] != '\n');
        if (ends) {
            (*line)++;
            start = at + 1;
        }
    }
    *column = reader->begin + offset - start + 1;
}

/* Offset at which a field's bytes begin (behind its opening quote, if any), and where they end. */
static size_t field_offset(const struct record_reader *reader, size_t index, size_t *end, bool *quoted, bool *doubled)
{
    size_t at = 0;
    for (size_t field = 0;; field++) {
        while (at < reader->length && is_blank(reader->begin[at]) && reader->begin[at] != reader->delimiter)
            at++;
        const size_t begin = at;
        bool open = at < reader->length && reader->begin[at] == '"';
        *quoted = open;
        *doubled = false;
        *end = at;
        for (at += open ? 1 : 0; at < reader->length && (open || reader->begin[at] != reader->delimiter); at++) {
            if (*quoted && reader->begin[at] == '"') {
                if (open && at + 1 < reader->length && reader->begin[at + 1] == '"') {
                    *doubled = true;
                    at++;
                } else if (open) {
                    open = false;
                    *end = at;
                }
            }
        }
        if (!*quoted)
            *end = at;
        if (field == index || at >= reader->length)
            return field == index ? begin + (*quoted ? 1 : 0) : reader->length;
        at++;
    }
}

void record_field_position(const struct record_reader *reader, size_t index, int64_t *line, int64_t *column)
{
    size_t end;
    bool quoted, doubled;
    size_t offset = field_offset(reader, index, &end, &quoted, &doubled);
    record_offset_position(reader, quoted && offset > 0 && index < reader->field_count ? offset - 1 : offset, line,
                           column);
}

size_t record_find_field(const struct record_reader *reader, struct text text)
{
    for (size_t i = 0; i < reader->field_count; i++) {
        if (text_equal(reader->fields[i], text))
            return i;
    }
    return SIZE_MAX;
}

struct text record_field_in_place(const struct record_reader *reader, size_t index)
{
    if (!reader->has_quotes)
        return reader->fields[index];
    size_t end;
    bool quoted, doubled;
    const size_t offset = field_offset(reader, index, &end, &quoted, &doubled);
    if (doubled || end < offset)
        return (struct text){0};
    const struct text in_place = {reader->begin + offset, reader->fields[index].length};
    return text_equal(in_place, reader->fields[index]) ? in_place : (struct text){0};
}
