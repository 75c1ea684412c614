#include "referlens/base/sqlite_record.h"

#include "referlens/base/memory.h"

#include <string.h>

/* Serial types of the format. */
enum { TYPE_NULL = 0, TYPE_REAL = 7, TYPE_ZERO = 8, TYPE_ONE = 9, TYPE_TEXT = 13 };

size_t sqlite_varint_put(uint8_t *bytes, uint64_t value)
{
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

static void add_type(struct sqlite_record *record, uint64_t type)
{
    record->types = memory_grow(record->types, &record->types_capacity, record->types_length + SQLITE_VARINT_MAX, 1);
    if (type < 0x80)
        record->types[record->types_length++] = (uint8_t)type;
    else
        record->types_length += sqlite_varint_put(record->types + record->types_length, type);
}

/* Room for `length` bytes at the body's end, which grows by them. */
static uint8_t *extend_body(struct sqlite_record *record, size_t length)
{
    record->body = memory_grow(record->body, &record->body_capacity, record->body_length + length, 1);
    record->body_length += length;
    return record->body + record->body_length - length;
}

static void add_big_endian(struct sqlite_record *record, uint64_t bits, size_t length)
{
    uint8_t *bytes = extend_body(record, length);
    for (size_t i = length; i-- > 0; bits >>= 8)
        bytes[i] = (uint8_t)bits;
}

void sqlite_record_add_null(struct sqlite_record *record)
{
    add_type(record, TYPE_NULL);
}

void sqlite_record_add_integer(struct sqlite_record *record, int64_t value)
{
    static const uint8_t lengths[] = {1, 2, 3, 4, 6, 8}; /* of the serial types from 1 on */
    if (value == 0 || value == 1) {
        add_type(record, value == 0 ? TYPE_ZERO : TYPE_ONE);
        return;
    }
    const uint64_t magnitude = (uint64_t)(value < 0 ? ~value : value);
    size_t type = 0;
    while (lengths[type] < 8 && magnitude >> (8 * lengths[type] - 1) != 0)
        type++;
    add_type(record, type + 1);
    add_big_endian(record, (uint64_t)value, lengths[type]);
}

void sqlite_record_add_real(struct sqlite_record *record, double value)
{
    const double limit = 140737488355328; /* 2^47: what six bytes hold */
    if (value > -limit && value < limit && value == (double)(int64_t)value) {
        sqlite_record_add_integer(record, (int64_t)value);
        return;
    }
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    add_type(record, TYPE_REAL);
    add_big_endian(record, bits, sizeof bits);
}

void sqlite_record_add_text(struct sqlite_record *record, struct text value)
{
    add_type(record, TYPE_TEXT + 2 * (uint64_t)value.length);
    if (value.length > 0)
        memcpy(extend_body(record, value.length), value.bytes, value.length);
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
