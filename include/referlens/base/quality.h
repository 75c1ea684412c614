/* Data quality of one input file, as data: what each column was taken for and what it held.
 *
 * Filled by the input room, printed by outputs as it is. It holds no referral id and no patient key: values are shown only
 * where they are words or short codes.
 */
#ifndef REFERLENS_BASE_QUALITY_H
#define REFERLENS_BASE_QUALITY_H

#include "referlens/base/calendar.h"

#include <stddef.h>
#include <stdint.h>

/* How many rows held a value. */
struct quality_value {
    const char *value;
    int64_t count;
};

enum { QUALITY_VALUES_MAX = 10, QUALITY_DATE_SIZE = 12 };

/* The commonest of some values, largest first, ties by text. */
struct quality_values {
    struct quality_value values[QUALITY_VALUES_MAX];
    size_t count;
    int64_t others; /* rows with values that are not among them, or that may not be shown */
};

/* A known word, and how many rows said it; those that were rejected are among them, the earliest of the day `since`. */
struct quality_word {
    const char *word;
    int64_t rows, rejected;
    day since;
};

/* Later than any day: there is none. */
#define QUALITY_NEVER INT32_MAX

/* A canonical column and where it came from. */
struct quality_column {
    const char *column;      /* as the file's header has it, scrubbed, several joined by " + "; NULL: not in the file */
    const char *taken_for;   /* "referral_date" */
    const char *content;     /* "key", "text", "date", "word", "number" */
    const char *date_format; /* "DD/MM/YYYY"; NULL where it holds no dates */
    char earliest[QUALITY_DATE_SIZE], latest[QUALITY_DATE_SIZE]; /* two examples, in that format; empty: none */
    int64_t rows, missing, implausible; /* implausible: dates before 1990 or after 2100 */
    int64_t unmapped;                   /* rows whose value is none that is known */
    day unread_since; /* of the earliest row that held a value here which could not be used, being not understood or in
                         a row that was rejected: DAY_UNKNOWN where that has no day of its own, QUALITY_NEVER where none
                         is */
    struct quality_values words;          /* what the values were taken for, of columns of words */
    const struct quality_word *all_words; /* each of these words that a row said, in the vocabulary's order */
    size_t all_word_count;
    struct quality_values unmapped_values;
};

/* What was made of the rows of a file by one rule of its profile; a canonical file has one. */
struct quality_part {
    const char *name, *kind; /* kind: "referrals" … */
    int64_t made;
    int64_t used, duplicates, orphans, before_referral, after_as_of; /* of outcomes only; they sum to `made` */
    const struct quality_column *columns; /* by the kind's column */
    size_t column_count;
};

struct file_quality {
    const struct quality_part *parts;
    size_t part_count;
    const char *encoding;  /* "utf-8" */
    const char *delimiter; /* "," */
    const char *unused;    /* the names of the columns that nothing uses; NULL: none */
};

#endif
