/* From a record to a typed row: required fields, dates, words and numbers, each with a reason where it is none.
 *
 * A value is shown in a message only where it can't be a key that slipped into the wrong column: dates that look like
 * dates, words of letters.
 */
#ifndef REFERLENS_INPUT_DECODE_H
#define REFERLENS_INPUT_DECODE_H

#include "referlens/cohort/events.h"
#include "referlens/cohort/builder.h"
#include "referlens/cohort/tables.h"
#include "referlens/input/mapping.h"
#include "referlens/input/record.h"
#include "referlens/input/row_counts.h"

enum { PROBLEM_MESSAGE_MAX = 320 };

/* Why a row was rejected. */
struct problem {
    const char *category; /* of a fixed set, as the ledger counts it */
    int64_t line, column; /* in the text given to the reader */
    char message[PROBLEM_MESSAGE_MAX];
};

/* The fixed set, besides the `missing` of each column that a row must have; each is a constant string. */
extern const char problem_date[], problem_word[], problem_number[], problem_period[],
    problem_few_fields[], problem_many_fields[], problem_stray_quote[], problem_unclosed_quote[], problem_nul[],
    problem_utf8[], problem_too_long[], problem_id_too_long[], problem_conflict[], problem_nhs_number[],
    problem_dates_reversed[];

/* One row of a canonical kind, wherever its values come from: the fields of a record as they are, or what a mapping made of
 * one. */
struct row_view {
    enum file_kind kind;
    const struct text *values;
    const size_t *columns; /* by the kind's column: number of its value, or FIELD_ABSENT */
    const size_t *fields;  /* by the kind's column: number of the record's field that it comes from, or FIELD_ABSENT */
    const struct record_reader *record;
    const struct mapping *mapping; /* NULL: the values are the record's */
    size_t rule;                   /* of the mapping */
    const struct mapped_row *mapped;
    struct row_counts *counts; /* what the row adds to; NULL: it has been counted before */
    const struct vocabulary_index *words; /* by the kind's column: of its words; NULL: none is made */
};

/* Whether the record is sound and has as many fields as the header. More are allowed where they are empty, and as few as the
 * `named_count` up to the header's last name. */
bool decode_record(size_t named_count, size_t header_count, const struct record_reader *record, struct problem *problem);

/* Whether a sound record holds nothing but delimiters, as spreadsheets end their files with. */
bool decode_is_blank(const struct record_reader *record);

/* Texts in the rows are views into the view's values. The referral's `id` and `id_hash` are left to the caller, which knows
 * where the bytes lie; `id` and `previous` give the texts. */
bool decode_referral(const struct row_view *view, struct referral_row *row, struct text *id, struct text *previous,
                     struct problem *problem);
bool decode_event(const struct row_view *view, struct event_row *row, struct text *id, struct problem *problem);
bool decode_practice(const struct row_view *view, struct practice_input *row, struct problem *problem);
bool decode_scheme(const struct row_view *view, struct scheme_input *row, struct problem *problem);
bool decode_session(const struct row_view *view, struct session_input *row, struct problem *problem);

/* Counts the values that a mapping does not know where it made nothing of the row because of them. */
void decode_count_unmapped(const struct row_view *view);

/* Counts what a row says that is rejected. */
void decode_count_rejected(const struct row_view *view);

/* The row's values in the order of the kind's columns, joined by commas: what decides between two rows that differ.
 * Blank for columns that the file has not. Where a value holds a comma itself, the lengths of all follow, so
 * that two rows that differ never have one text. */
void decode_canonical_text(const struct row_view *view, struct buffer *text);

/* What a sound row says, whichever way it is written: equal for rows that say the same (a number as 1 or 01, a quarter
 * as 2025-Q1 or 2024/25-Q4, a request type as blank or referral). Each column's value ends with a NUL. */
void decode_meaning(const struct row_view *view, struct buffer *text);

/* Which column two rows that say different things differ in first: its name. */
const char *decode_difference(enum file_kind kind, struct text meaning, struct text other);

#endif
