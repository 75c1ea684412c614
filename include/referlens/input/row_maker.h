/* From a record to the rows that it holds: one in a canonical file, any number in one that is read through a profile.
 *
 * Every kind of row is read in a pass of its own (referrals before events), and each pass sees every record of the
 * file. So that each record counts once in the ledger, it belongs to one pass, and in that to one row: the first made
 * of it, of the kind that is read first. Where none is made it belongs to the file's first pass. A record of which
 * anything is wrong is rejected whole. At most one referral is made of a record, by the first rule that makes one.
 */
#ifndef REFERLENS_INPUT_ROW_MAKER_H
#define REFERLENS_INPUT_ROW_MAKER_H

#include "referlens/input/decode.h"
#include "referlens/input/file.h"

/* A typed row, good until the next record. */
struct made_row {
    size_t rule;  /* of the file's profile; 0 for a canonical file */
    bool belongs; /* its fate is that of its record in the ledger */
    struct row_view view;
    union {
        struct {
            struct referral_row row;
            struct text id, previous;
        } referral;
        struct {
            struct event_row row;
            struct text id;
        } event;
        struct practice_input practice;
        struct scheme_input scheme;
        struct session_input session;
    } decoded;
};

enum record_outcome { RECORD_MADE, RECORD_LEFT_OUT, RECORD_REJECTED };

struct row_maker {
    const struct input_file *file;
    enum file_kind kind; /* of the pass */
    struct row_counts *
        *counts; /* by rule: where rows of the pass are counted; NULL: not at all. The caller sets them */

    /* The record at hand. */
    enum record_outcome outcome;
    bool belongs;           /* to this pass */
    const char *left_out;   /* RECORD_LEFT_OUT: why */
    struct problem problem; /* RECORD_REJECTED */
    struct made_row *made;  /* RECORD_MADE: of every kind; the caller takes those of its own */
    size_t made_count;

    struct mapped_row *mapped; /* by rule; NULL for a canonical file */
    /* Of a canonical file: the fields that hold dates; and a record with dates that are not written plainly, put right.
     */
    size_t date_fields[COLUMN_COUNT_MAX], date_columns[COLUMN_COUNT_MAX], date_count;
    bool put_right;
    struct text values[COLUMN_COUNT_MAX];
    char dates[COLUMN_COUNT_MAX][DAY_TEXT_SIZE];
    struct vocabulary_index words[FILE_KIND_COUNT][COLUMN_COUNT_MAX]; /* of the columns of words, for the views */
};

void row_maker_open(struct row_maker *maker, const struct input_file *file, enum file_kind kind);
void row_maker_close(struct row_maker *maker);

/* Decodes one row by its view; false where it is not sound. */
bool row_maker_decode(struct made_row *made, struct problem *problem);

/* Decodes a record. */
void row_maker_take(struct row_maker *maker, const struct record_reader *record);

/* How many rules a file's rows may be made by: 1 for a canonical file. */
size_t input_file_rule_count(const struct input_file *file);

#endif
