#include "referlens/base/sqlite_record.h"

#include "referlens/base/memory.h"

#include <math.h>
#include <string.h>

/* Serial types of the format. */
enum { TYPE_NULL = 0, TYPE_REAL = 7, TYPE_ZERO = 8, TYPE_ONE = 9, TYPE_TEXT = 13 };

enum { WORD_BYTES = 8 };

size_t sqlite_varint_put(uint8_t *bytes, uint64_t value)
{
    if (value < 0x80) {
        bytes[0] = (uint8_t)value;
        return 1;
    }
    if (value > UINT64_MAX >> 8) {
        bytes[8] = (uint8_t)value;
        value >>= 8;
        for (size_t i = 8; i-- > 0; value >>= 7)
            bytes[i] = (uint8_t)(value | 0x80);
        return 9;
    }
    size_t length = 1;
    for (uint64_t rest = value >> 7; rest != 0; rest >>= 7)
        length++;
    for (size_t i = length; i-- > 0; value >>= 7)
        bytes[i] = (uint8_t)((value & 0x7f) | (i + 1 < length ? 0x80 : 0));
    return length;
}

void sqlite_record_release(struct sqlite_record *record)
{
    memory_free(record->types);
    memory_free(record->body);
    *record = (struct sqlite_record){0};
}

void sqlite_record_clear(struct sqlite_record *record)
{
    record->types_length = record->body_length = 0;
}

/* Room for the types and the bodies of so many more values that are not text. */
static void reserve(struct sqlite_record *record, size_t count)
{
    record->types = memory_grow(record->types, &record->types_capacity, record->types_length + count, 1);
    record->body = memory_grow(record->body, &record->body_capacity, record->body_length + count * WORD_BYTES, 1);
}

/* Adds the last `length` bytes of the word; there must be room for a whole one, which is written in one piece. */
static void put_word(struct sqlite_record *record, uint8_t type, uint64_t word, size_t length)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    word = __builtin_bswap64(word << (8 * (WORD_BYTES - length)));
#else
    word <<= 8 * (WORD_BYTES - length);
#endif
    record->types[record->types_length++] = type;
    memcpy(record->body + record->body_length, &word, sizeof word);
    record->body_length += length;
}

static void put_integer(struct sqlite_record *record, int64_t value)
{
    static const uint8_t lengths[] = {1, 2, 3, 4, 6, 8}; /* of the serial types from 1 on */
    if (value == 0 || value == 1) {
        record->types[record->types_length++] = value == 0 ? TYPE_ZERO : TYPE_ONE;
        return;
    }
    const uint64_t magnitude = (uint64_t)(value < 0 ? ~value : value);
    size_t type = 0;
    while (lengths[type] < 8 && magnitude >> (8 * lengths[type] - 1) != 0)
        type++;
    put_word(record, (uint8_t)(type + 1), (uint64_t)value, lengths[type]);
}

static void put_double(struct sqlite_record *record, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put_word(record, TYPE_REAL, bits, sizeof bits);
}

static void put_real(struct sqlite_record *record, double value)
{
    const double limit = 140737488355328; /* 2^47: what six bytes hold */
    if (value > -limit && value < limit && value == (double)(int64_t)value)
        put_integer(record, (int64_t)value);
    else
        put_double(record, value);
}

static void put_nulls(struct sqlite_record *record, size_t count)
{
    memset(record->types + record->types_length, TYPE_NULL, count);
    record->types_length += count;
}

void sqlite_record_add_nulls(struct sqlite_record *record, size_t count)
{
    reserve(record, count);
    put_nulls(record, count);
}

void sqlite_record_add_integer(struct sqlite_record *record, int64_t value)
{
    reserve(record, 1);
    put_integer(record, value);
}

void sqlite_record_add_double(struct sqlite_record *record, double value)
{
    reserve(record, 1);
    put_double(record, value);
}

void sqlite_record_add_reals(struct sqlite_record *record, const double *values, size_t count)
{
    reserve(record, count);
    for (size_t i = 0; i < count; i++) {
        if (isfinite(values[i]))
            put_real(record, values[i]);
        else
            put_nulls(record, 1);
    }
}

void sqlite_record_add_text(struct sqlite_record *record, struct text value)
{
    const uint64_t type = TYPE_TEXT + 2 * (uint64_t)value.length;
    record->types = memory_grow(record->types, &record->types_capacity, record->types_length + SQLITE_VARINT_MAX, 1);
    record->body = memory_grow(record->body, &record->body_capacity, record->body_length + value.length, 1);
    record->types_length += sqlite_varint_put(record->types + record->types_length, type);
    if (value.length > 0)
        memcpy(record->body + record->body_length, value.bytes, value.length);
    record->body_length += value.length;
}

/* The header's length counts itself. */
static size_t header_length(const struct sqlite_record *record)
{
    uint8_t bytes[SQLITE_VARINT_MAX];
    size_t length = record->types_length + 1;
    while (record->types_length + sqlite_varint_put(bytes, length) > length)
        length++;
    return length;
}

size_t sqlite_record_length(const struct sqlite_record *record)
{
    return header_length(record) + record->body_length;
}

void sqlite_record_copy(const struct sqlite_record *record, uint8_t *bytes)
{
    bytes += sqlite_varint_put(bytes, header_length(record));
    memcpy(bytes, record->types, record->types_length);
    if (record->body_length > 0)
        memcpy(bytes + record->types_length, record->body, record->body_length);
}
