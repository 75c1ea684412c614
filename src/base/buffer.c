#include "referlens/base/buffer.h"

#include "referlens/base/decimal.h"
#include "referlens/base/memory.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct buffer buffer_with_maximum(size_t maximum)
{
    return (struct buffer){.maximum = maximum};
}

void buffer_release(struct buffer *buffer)
{
    if (buffer == NULL)
        return;
    memory_free(buffer->bytes);
    *buffer = (struct buffer){.maximum = buffer->maximum};
}

void buffer_clear(struct buffer *buffer)
{
    buffer->length = 0;
    buffer->full = false;
    if (buffer->bytes != NULL)
        buffer->bytes[0] = '\0';
}

/* Makes room for `length` more bytes and a NUL. Once something was refused all is: what a buffer holds is then always
 * the beginning of what it should have held. */
static bool reserve(struct buffer *buffer, size_t length)
{
    if (buffer->full || length > buffer->maximum - buffer->length) {
        buffer->full = true;
        return false;
    }
    if (length == SIZE_MAX - buffer->length)
        memory_exhausted();
    buffer->bytes = memory_grow(buffer->bytes, &buffer->capacity, buffer->length + length + 1, 1);
    return true;
}

bool buffer_add(struct buffer *buffer, const void *bytes, size_t length)
{
    if (length == 0)
        return !buffer->full;
    if (!reserve(buffer, length))
        return false;
    memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
    buffer->bytes[buffer->length] = '\0';
    return true;
}

bool buffer_add_text(struct buffer *buffer, struct text text)
{
    return buffer_add(buffer, text.bytes, text.length);
}

bool buffer_add_string(struct buffer *buffer, const char *string)
{
    return buffer_add(buffer, string, strlen(string));
}

bool buffer_add_character(struct buffer *buffer, char character)
{
    return buffer_add(buffer, &character, 1);
}

bool buffer_add_formatted(struct buffer *buffer, const char *format, ...)
{
    char few_bytes[256];
    va_list arguments;
    va_start(arguments, format);
    int wanted = vsnprintf(few_bytes, sizeof few_bytes, format, arguments);
    va_end(arguments);
    if (wanted < 0) {
        buffer->full = true;
        return false;
    }
    size_t length = (size_t)wanted;
    if (length < sizeof few_bytes)
        return buffer_add(buffer, few_bytes, length);
    if (!reserve(buffer, length))
        return false;
    va_start(arguments, format);
    vsnprintf(buffer->bytes + buffer->length, length + 1, format, arguments);
    va_end(arguments);
    buffer->length += length;
    return true;
}

/* Writes the digits of a number before `end`; returns where they begin. */
static char *write_digits_before(char *end, uint64_t value)
{
    do {
        *--end = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    return end;
}

bool buffer_add_integer(struct buffer *buffer, int64_t value)
{
    char digits[20]; /* a sign and 19 digits */
    char *first = write_digits_before(digits + sizeof digits, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
    if (value < 0)
        *--first = '-';
    return buffer_add(buffer, first, (size_t)(digits + sizeof digits - first));
}

/* Lays the digits out as %g does: with an exponent below 1e-04 and from 1e+15 (1e+16, 1e+17 with as many digits) on. */
static bool add_decimal(struct buffer *buffer, struct decimal decimal)
{
    static const char zeros[] = "0.000000000000000";
    while (decimal.digits % 10 == 0) {
        decimal.digits /= 10;
        decimal.exponent++;
    }
    char room[20];
    const char *end = room + sizeof room, *digits = write_digits_before(room + sizeof room, decimal.digits);
    int count = (int)(end - digits);
    int point = count + decimal.exponent; /* digits before the decimal point */
    if (point < -3 || point > (count > 15 ? count : 15)) {
        const char *dot = count > 1 ? "." : "";
        return buffer_add_formatted(buffer, "%c%s%.*se%+03d", digits[0], dot, count - 1, digits + 1, point - 1);
    }
    if (point <= 0)
        return buffer_add(buffer, zeros, (size_t)(2 - point)) && buffer_add(buffer, digits, (size_t)count);
    if (point < count)
        return buffer_add(buffer, digits, (size_t)point) && buffer_add_character(buffer, '.') &&
               buffer_add(buffer, digits + point, (size_t)(count - point));
    return buffer_add(buffer, digits, (size_t)count) && buffer_add(buffer, zeros + 2, (size_t)(point - count));
}

bool buffer_add_number(struct buffer *buffer, double value)
{
    if (fabs(value) < 0x1p53 && value == floor(value) && (value != 0 || !signbit(value)))
        return buffer_add_integer(buffer, (int64_t)value);
    size_t length_before = buffer->length;
    if ((!signbit(value) || buffer_add_character(buffer, '-')) &&
        (value == 0 ? buffer_add_character(buffer, '0') : add_decimal(buffer, decimal_shortest(fabs(value)))))
        return true;
    buffer->length = length_before; /* without the parts that there was room for */
    if (buffer->bytes != NULL)
        buffer->bytes[length_before] = '\0';
    return false;
}

struct text buffer_text(const struct buffer *buffer)
{
    return (struct text){buffer->bytes, buffer->length};
}
