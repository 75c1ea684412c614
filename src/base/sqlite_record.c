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
    if (record == NULL)
        return;
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

/* Each of these writes the serial type of a value and its body, for which there must be room for a whole word, and
 * returns the body's length. */

/* The body is the last `length` bytes of the word, which is written in one piece. */
static size_t put_word(uint8_t *type, uint8_t *body, uint8_t word_type, uint64_t word, size_t length)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    word = __builtin_bswap64(word << (8 * (WORD_BYTES - length)));
#else
    word <<= 8 * (WORD_BYTES - length);
#endif
    *type = word_type;
    memcpy(body, &word, sizeof word);
    return length;
}

static size_t put_integer(uint8_t *type, uint8_t *body, int64_t value)
{
    static const uint8_t types[] = {0, 1, 2, 3, 4, 5, 5, 6, 6};   /* by the bytes that the value needs */
    static const uint8_t lengths[] = {0, 1, 2, 3, 4, 6, 6, 8, 8}; /* that it gets then */
    if (value == 0 || value == 1) {
        *type = value == 0 ? TYPE_ZERO : TYPE_ONE;
        return 0;
    }
    const uint64_t magnitude = (uint64_t)(value < 0 ? ~value : value);
    const size_t bits = 1 + 64 - (size_t)__builtin_clzll(magnitude | 1); /* with that of the sign */
    const size_t bytes = (bits + 7) / 8;
    return put_word(type, body, types[bytes], (uint64_t)value, lengths[bytes]);
}

static size_t put_double(uint8_t *type, uint8_t *body, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return put_word(type, body, TYPE_REAL, bits, sizeof bits);
}

static size_t put_real(uint8_t *type, uint8_t *body, double value)
{
    const double limit = 140737488355328; /* 2^47: what six bytes hold */
    if (value > -limit && value < limit && value == (double)(int64_t)value)
        return put_integer(type, body, (int64_t)value);
    if (isfinite(value))
        return put_double(type, body, value);
    *type = TYPE_NULL;
    return 0;
}

void sqlite_record_add_nulls(struct sqlite_record *record, size_t count)
{
    reserve(record, count);
    memset(record->types + record->types_length, TYPE_NULL, count);
    record->types_length += count;
}

void sqlite_record_add_integer(struct sqlite_record *record, int64_t value)
{
    reserve(record, 1);
    record->body_length +=
        put_integer(record->types + record->types_length++, record->body + record->body_length, value);
}

void sqlite_record_add_double(struct sqlite_record *record, double value)
{
    reserve(record, 1);
    record->body_length +=
        put_double(record->types + record->types_length++, record->body + record->body_length, value);
}

void sqlite_record_add_reals(struct sqlite_record *record, const double *values, size_t count)
{
    reserve(record, count);
    uint8_t *types = record->types + record->types_length, *body = record->body + record->body_length;
    for (size_t i = 0; i < count; i++)
        body += put_real(types + i, body, values[i]);
    record->types_length += count;
    record->body_length = (size_t)(body - record->body);
}

void sqlite_record_add_values(struct sqlite_record *record, const struct sqlite_record *values)
{
    record->types = memory_grow(record->types, &record->types_capacity, record->types_length + values->types_length, 1);
    record->body = memory_grow(record->body, &record->body_capacity, record->body_length + values->body_length, 1);
    memcpy(record->types + record->types_length, values->types, values->types_length);
    if (values->body_length > 0)
        memcpy(record->body + record->body_length, values->body, values->body_length);
    record->types_length += values->types_length;
    record->body_length += values->body_length;
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
