/* Records of a CSV text, one at a time, with exact positions, on top of libcsv in strict mode.
 *
 * A text without any quote is split by input/split.h; whatever has quotes goes through libcsv.
 *
 * libcsv keeps no positions, so it is fed one physical line a call; a record ends with the line unless a quoted field
 * is open. Spaces and tabs around a field are not part of it unless quoted, as libcsv has it. Blank lines are no
 * records. A record that libcsv refuses, that holds a NUL byte or bad UTF-8, or that is too long is handed out as
 * faulty, alone; where a quote never closes, the line that opened it is faulty and reading goes on with the next line.
 */
#ifndef REFERLENS_INPUT_RECORD_H
#define REFERLENS_INPUT_RECORD_H

#include "referlens/base/buffer.h"
#include "referlens/base/text.h"

#include <csv.h>
#include <stdbool.h>
#include <stdint.h>

enum { RECORD_BYTES_MAX = 1 << 20, RECORD_FIELDS_MAX = 16384 };

enum record_fault {
    RECORD_SOUND,
    RECORD_STRAY_QUOTE,   /* a quote in an unquoted field, or text behind a closing quote */
    RECORD_UNCLOSED_QUOTE, /* opened on this line and never closed, or not within RECORD_BYTES_MAX */
    RECORD_NUL_BYTE,
    RECORD_BAD_UTF8,
    RECORD_TOO_LONG,
    RECORD_TOO_MANY_FIELDS
};

struct record_reader {
    /* What is read; set by record_reader_open, the rest is private. */
    const char *next, *end;
    int64_t next_line;  /* number of the line at `next`, from 1 at the start of the text given */
    bool recover;       /* go on after a fault that libcsv sees; otherwise stop there */
    bool stopped;       /* such a fault was met and `recover` was off */

    /* The record at hand. Fields are views into the text, or into `unquoted` where the record has quotes. */
    const char *begin; /* of its first line */
    size_t length;     /* up to the end of its last line, the terminator apart */
    int64_t line;      /* of its first line */
    struct text *fields;
    size_t field_count;
    bool has_quotes;
    enum record_fault fault;
    size_t fault_offset; /* byte in the record at which the fault lies */

    struct csv_parser parser;
    struct buffer unquoted;
    size_t *offsets; /* of the fields in `unquoted` */
    size_t field_capacity;
    const char *cursor;
    const char *newline, *newline_from; /* the first newline from `newline_from` on, or the end; NULL: not looked for */
    char delimiter;
    bool row_done, check_quotes, check_returns, check_bytes;
};

/* Opens a reader on bytes that must outlive it. */
void record_reader_open(struct record_reader *reader, struct text bytes, char delimiter, bool recover);

/* Moves to the next record, sound or faulty. False at the end, or where it stopped. */
bool record_reader_next(struct record_reader *reader);

void record_reader_close(struct record_reader *reader);

/* Where field number `index` of the record at hand lies in its bytes: line from 1 as in `line`, column in bytes from
 * 1. An index past the last field gives the end of the record. For messages: it walks the record. */
void record_field_position(const struct record_reader *reader, size_t index, int64_t *line, int64_t *column);

/* The same for a byte of the record. */
void record_offset_position(const struct record_reader *reader, size_t offset, int64_t *line, int64_t *column);

/* The first field of the record at hand that is this text; SIZE_MAX where there is none. For headers. */
size_t record_find_field(const struct record_reader *reader, struct text text);

/* The bytes of a field as they lie in the text where they are the field's value to the letter (no doubled quotes);
 * `bytes` is NULL otherwise. */
struct text record_field_in_place(const struct record_reader *reader, size_t index);

#endif
