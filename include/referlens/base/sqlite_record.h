/* A row in SQLite's record format, for rows that are written without SQLite (base/sqlite_tree.h).
 *
 * The values are added in the order of the table's columns. Format:
 * https://www.sqlite.org/fileformat2.html#record_format
 */
#ifndef REFERLENS_BASE_SQLITE_RECORD_H
#define REFERLENS_BASE_SQLITE_RECORD_H

#include "referlens/base/text.h"

#include <stddef.h>
#include <stdint.h>

struct sqlite_record {
    uint8_t *types; /* owned; the header without its own length */
    size_t types_length, types_capacity;
    uint8_t *body; /* owned */
    size_t body_length, body_capacity;
};

/* A zeroed record is an empty one. Releasing an empty one is allowed. */
void sqlite_record_release(struct sqlite_record *record);

/* Takes the values out, keeping the memory. */
void sqlite_record_clear(struct sqlite_record *record);

void sqlite_record_add_nulls(struct sqlite_record *record, size_t count);
void sqlite_record_add_integer(struct sqlite_record *record, int64_t value);

/* For columns declared REAL, where SQLite too keeps a whole number as an integer, and for those that hold whole
 * numbers; each that is not finite is NULL. */
void sqlite_record_add_reals(struct sqlite_record *record, const double *values, size_t count);

/* For a column declared ANY, in which what is kept as an integer is one. Not for NaN. */
void sqlite_record_add_double(struct sqlite_record *record, double value);

void sqlite_record_add_text(struct sqlite_record *record, struct text value);

/* Adds the values of another record, of which there must be one at least. */
void sqlite_record_add_values(struct sqlite_record *record, const struct sqlite_record *values);

/* The record in bytes: how many, and the bytes themselves. */
size_t sqlite_record_length(const struct sqlite_record *record);
void sqlite_record_copy(const struct sqlite_record *record, uint8_t *bytes);

/* SQLite's variable-length integer: at most 9 bytes are written. Returns how many. */
enum { SQLITE_VARINT_MAX = 9 };
size_t sqlite_varint_put(uint8_t *bytes, uint64_t value);

#endif
