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
#include "referlens/input/file.h"
#include "referlens/input/record.h"

enum { PROBLEM_MESSAGE_MAX = 200 };

/* Why a row was rejected. */
struct problem {
    const char *category; /* of a fixed set, as the ledger counts it */
    int64_t line, column; /* in the text given to the reader */
    char message[PROBLEM_MESSAGE_MAX];
};

/* The fixed set; each is a constant string. */
extern const char problem_missing[], problem_date[], problem_word[], problem_number[], problem_period[],
    problem_few_fields[], problem_many_fields[], problem_stray_quote[], problem_unclosed_quote[], problem_nul[],
    problem_utf8[], problem_too_long[], problem_id_too_long[], problem_conflict[], problem_dates_reversed[];

/* Whether the record is sound and has as many fields as the header. */
bool decode_record(const struct input_file *file, const struct record_reader *record, struct problem *problem);

/* Texts in the rows are views into the record. The referral's `id` and `id_hash` are left to the caller, which knows
 * where the bytes lie; `id` and `previous` give the texts. */
bool decode_referral(const struct input_file *file, const struct record_reader *record, struct referral_row *row,
                     struct text *id, struct text *previous, struct problem *problem);
bool decode_event(const struct input_file *file, const struct record_reader *record, struct event_row *row,
                  struct text *id, struct problem *problem);
bool decode_practice(const struct input_file *file, const struct record_reader *record, struct practice_input *row,
                     struct problem *problem);
bool decode_scheme(const struct input_file *file, const struct record_reader *record, struct scheme_input *row,
                   struct problem *problem);
bool decode_session(const struct input_file *file, const struct record_reader *record, struct session_input *row,
                    struct problem *problem);

/* The record's values in the order of the kind's columns, joined by commas: what decides between two rows that differ.
 * Blank for columns that the file has not. Where a value holds a comma itself, the lengths of all follow, so
 * that two rows that differ never have one text. */
void decode_canonical_text(const struct input_file *file, const struct record_reader *record, struct buffer *text);

#endif
