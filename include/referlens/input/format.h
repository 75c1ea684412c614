/* The canonical files: their kinds, their columns, and what each column holds.
 *
 * One row a column; recognition of a file, decoding, `referlens list columns` and the manual read the same tables.
 */
#ifndef REFERLENS_INPUT_FORMAT_H
#define REFERLENS_INPUT_FORMAT_H

#include "referlens/base/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum file_kind { FILE_REFERRALS, FILE_OUTCOMES, FILE_PRACTICES, FILE_SCHEMES, FILE_SESSIONS, FILE_KIND_COUNT };

enum referrals_column {
    REFERRALS_ID,
    REFERRALS_PRACTICE,
    REFERRALS_DATE,
    REFERRALS_SPECIALTY,
    REFERRALS_REQUEST_TYPE,
    REFERRALS_PRIORITY,
    REFERRALS_SCHEME,
    REFERRALS_PATIENT,
    REFERRALS_REFERRER,
    REFERRALS_PREVIOUS,
    REFERRALS_RECEIVED,
    REFERRALS_PROVIDER,
    REFERRALS_AGE_BAND,
    REFERRALS_SEX,
    REFERRALS_IMD_DECILE,
    REFERRALS_COLUMN_COUNT
};

enum outcomes_column {
    OUTCOMES_ID,
    OUTCOMES_DATE,
    OUTCOMES_TYPE,
    OUTCOMES_SEQUENCE,
    OUTCOMES_REASON,
    OUTCOMES_CONTACTED,
    OUTCOMES_CONSULTED,
    OUTCOMES_COLUMN_COUNT
};

enum practices_column {
    PRACTICES_CODE,
    PRACTICES_NAME,
    PRACTICES_LOCALITY,
    PRACTICES_LIST_SIZE,
    PRACTICES_AGE_BAND,
    PRACTICES_SEX,
    PRACTICES_PERIOD,
    PRACTICES_COLUMN_COUNT
};

enum schemes_column {
    SCHEMES_PRACTICE,
    SCHEMES_SCHEME,
    SCHEMES_START,
    SCHEMES_END,
    SCHEMES_SPECIALTY,
    SCHEMES_ANNUAL_COST,
    SCHEMES_COST_PER_REFERRAL,
    SCHEMES_COLUMN_COUNT
};

enum sessions_column {
    SESSIONS_PRACTICE,
    SESSIONS_DATE,
    SESSIONS_TOPIC,
    SESSIONS_SPECIALTY,
    SESSIONS_COLUMN_COUNT
};

enum { COLUMN_COUNT_MAX = 16 }; /* of any kind */

/* What a column holds; it decides how much of a bad value a message may show. */
enum column_content {
    CONTENT_KEY,  /* identifies a person or a referral: never shown */
    CONTENT_TEXT, /* codes and names */
    CONTENT_DATE,
    CONTENT_WORD, /* one of a fixed list */
    CONTENT_NUMBER
};

struct format_column {
    const char *name;
    enum column_content content;
    const char *missing; /* why a row without it is rejected; NULL: it may be empty */
    const char *meaning;
    const char *const *words; /* of a column of words, by their value, NULL for one that stands for "unknown"; else NULL */
    size_t word_count;
};

struct format_kind {
    const char *name; /* "referrals" */
    const char *meaning;
    const struct format_column *columns;
    size_t column_count;
    uint32_t free_columns; /* bit n: column n holds keys or text, and so may hold anything */
};

extern const struct format_kind format_kinds[FILE_KIND_COUNT];

/* "key", "text", "date", "word" or "number". */
const char *format_content_name(enum column_content content);

/* `referlens list columns`: a tab-separated line a column. */
void format_list(struct buffer *text);

#endif
