/* The inside of a cohort, for the modules of this room that fill it.
 *
 * Every column has room for `capacity` entries, of which the cohort uses the first `count`. An id is kept as a
 * reference into the bytes that it was read from (a mapped file, or text that had to be unescaped), so those bytes must
 * outlive the cohort.
 */
#ifndef REFERLENS_COHORT_COLUMNS_H
#define REFERLENS_COHORT_COLUMNS_H

#include "referlens/cohort/cohort.h"

/* Where a text lies: 12 bits of source, 40 of offset in bytes, 12 of length in bytes. */
typedef uint64_t text_reference;

enum { SOURCE_MAX = 4096, REFERENCE_LENGTH_MAX = 4095 };
#define REFERENCE_OFFSET_MAX ((UINT64_C(1) << 40) - 1)
#define ROW_NONE             UINT32_MAX

struct columns {
    size_t capacity; /* rows that each column has room for; memory is used as they are written */
    text_reference *id;
    uint64_t *id_hash; /* text_hash of the id; released once the ids are indexed */
    uint64_t *patient; /* hash of the patient key, 0 where unknown; released once chains are linked */
    day *referred, *received;
    day *decided, *attended, *treated, *responded, *left, *discharged;
    int32_t *next_days;
    uint32_t *successor; /* the row that follows this rejected one, or ROW_NONE */
    uint32_t *practice;
    uint16_t *specialty;
    uint16_t *reason; /* code + 1; 0: none */
    uint16_t *flags;
    uint8_t *decision;
    uint8_t *answers; /* enum answer of contacted, plus 4 × that of consulted */
    uint8_t *priority, *scheme, *imd_decile;
    uint8_t *age_band, *sex; /* code + 1; 0: none */
};

struct cohort {
    size_t count;
    day as_of;
    uint32_t recorded;
    uint32_t unread; /* what only values tell that could not be used, by the same bits */
    struct columns columns;
    struct dictionary practices, specialties, reasons, age_bands, sexes;
    struct text sources[SOURCE_MAX]; /* borrowed */
    size_t source_count;
    struct practice_row *practice_rows;
    size_t practice_row_count, practice_row_capacity;
    struct scheme_row *scheme_rows;
    size_t scheme_row_count, scheme_row_capacity;
    struct session_row *session_rows;
    size_t session_row_count, session_row_capacity;
    struct text *practice_names, *practice_localities; /* by practice code; views into practice_rows */
    struct arena arena;                                /* texts of the small tables */
};

/* When a column is filled: while referrals are read, from their events, or from their chains. */
enum column_stage { COLUMNS_GIVEN, COLUMNS_OF_EVENTS, COLUMNS_OF_CHAINS };

/* Makes room for `capacity` rows in the columns given, keeping the rows that they have room for already. */
void columns_reserve(struct columns *columns, size_t capacity);

/* Makes room for as many in the columns of a later stage. */
void columns_reserve_stage(struct columns *columns, enum column_stage stage);

/* Moves `count` rows of the columns given from row `from` on to row `to` before it. */
void columns_move(struct columns *columns, size_t to, size_t from, size_t count);

/* Moves the rows of the columns given that are not marked in `dropped`, one byte a row, to the front. */
void columns_drop(struct columns *columns, const uint8_t *dropped, size_t count);

/* Releases one column, by the offset of its pointer; the pointer is NULL then. */
void columns_forget(struct columns *columns, size_t offset);

/* Releases every column and zeroes the pointers. */
void columns_release(struct columns *columns);

static inline text_reference text_reference_make(uint32_t source, uint64_t offset, uint32_t length)
{
    return (uint64_t)source << 52 | offset << 12 | length;
}

static inline struct text text_reference_text(const struct cohort *cohort, text_reference reference)
{
    const struct text source = cohort->sources[reference >> 52];
    return (struct text){source.bytes + ((reference >> 12) & REFERENCE_OFFSET_MAX), reference & 0xfff};
}

#endif
