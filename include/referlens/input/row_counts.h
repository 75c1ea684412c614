/* What the columns of a file held, counted while its rows are read: missing values, dates, words, values that mean nothing.
 *
 * One struct for each chunk and each thing that its rows are made into, so that workers share nothing; added up when all are
 * read. Counted are all sound records that the profile does not leave out, whether the row could be used or not. A sum does
 * not depend on how the rows were shared out.
 */
#ifndef REFERLENS_INPUT_ROW_COUNTS_H
#define REFERLENS_INPUT_ROW_COUNTS_H

#include "referlens/base/calendar.h"
#include "referlens/base/dictionary.h"
#include "referlens/base/quality.h"
#include "referlens/input/format.h"

enum { WORD_COUNT_MAX = 20 }; /* words of any vocabulary */

/* Values that a column of words or a map does not know. */
struct unmapped_values {
    struct dictionary values; /* those that may be shown */
    int64_t *counts;          /* by code */
    size_t capacity;
    int64_t hidden; /* rows whose value may not be shown: it could be somebody's key */
};

struct row_counts {
    int64_t rows;
    int64_t missing[COLUMN_COUNT_MAX]; /* by the kind's column, as everything here */
    int64_t implausible[COLUMN_COUNT_MAX];
    int64_t nhs_numbers[COLUMN_COUNT_MAX]; /* of columns of keys and of text */
    day earliest[COLUMN_COUNT_MAX], latest[COLUMN_COUNT_MAX]; /* DAY_UNKNOWN in `latest`: no date yet */
    int64_t words[COLUMN_COUNT_MAX][WORD_COUNT_MAX];          /* by the word's number in its vocabulary */
    day unread_since[COLUMN_COUNT_MAX];                       /* see quality.h */
    int64_t rejected[COLUMN_COUNT_MAX][WORD_COUNT_MAX];       /* rows that say a word and were rejected */
    day rejected_since[COLUMN_COUNT_MAX][WORD_COUNT_MAX];
    struct unmapped_values *unmapped; /* COLUMN_COUNT_MAX of them, owned; NULL until there is one */
};

/* A date before 1990 or after 2100 is an error or a filler, not a day of a referral. */
bool day_is_plausible(day date);

static inline void row_counts_add_date(struct row_counts *counts, size_t column, day date)
{
    if (counts->latest[column] == DAY_UNKNOWN || date < counts->earliest[column])
        counts->earliest[column] = date;
    if (date > counts->latest[column])
        counts->latest[column] = date;
    counts->implausible[column] += !day_is_plausible(date);
}

struct row_counts row_counts_none(void);

/* `shown`: the value may be shown. */
void row_counts_add_unmapped(struct row_counts *counts, size_t column, struct text value, bool shown);

/* A value that could not be used, in a row of the day `since`, and a word that a rejected row says. */
void row_counts_add_unread(struct row_counts *counts, size_t column, day since);
void row_counts_add_rejected(struct row_counts *counts, size_t column, size_t word, day since);

/* Adds `from` to `to`, and releases `from`. */
void row_counts_join(struct row_counts *to, struct row_counts *from);

void row_counts_release(struct row_counts *counts);

#endif
