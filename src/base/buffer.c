#include "referlens/base/buffer.h"

#include "referlens/base/memory.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
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

bool buffer_add_integer(struct buffer *buffer, int64_t value)
{
    char digits[20]; /* a sign and 19 digits */
    char *first = digits + sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        *--first = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        *--first = '-';
    return buffer_add(buffer, first, (size_t)(digits + sizeof digits - first));
}

enum { DIGITS_ENOUGH = 17 }; /* significant digits that tell any two doubles apart */

/* A positive number as digits × 10^exponent. */
struct decimal {
    uint64_t digits;
    int exponent;
};

/* The first 17 significant digits. The decimal point is that of the user's locale, and may have several bytes: what is
 * not a digit is skipped. */
static struct decimal decimal_of(double value)
{
    char text[64];
    struct decimal decimal = {0};
    snprintf(text, sizeof text, "%.*e", DIGITS_ENOUGH - 1, value);
    const char *place = text;
    for (; *place != 'e'; place++)
        if (*place >= '0' && *place <= '9')
            decimal.digits = decimal.digits * 10 + (uint64_t)(*place - '0');
    decimal.exponent = (int)strtol(place + 1, NULL, 10) - (DIGITS_ENOUGH - 1);
    return decimal;
}

static bool reads_back(struct decimal decimal, double value)
{
    static const double power_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                          1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (FLT_EVAL_METHOD == 0 && decimal.digits <= UINT64_C(1) << 53 && abs(decimal.exponent) <= 22) {
        /* Both operands are exact, so the one rounding is the one that reading does (Clinger 1990). */
        double power = power_of_ten[abs(decimal.exponent)];
        double digits = (double)decimal.digits;
        return (decimal.exponent < 0 ? digits / power : digits * power) == value;
    }
    char text[48]; /* without a decimal point strtod reads alike in every locale */
    snprintf(text, sizeof text, "%" PRIu64 "e%d", decimal.digits, decimal.exponent);
    return strtod(text, NULL) == value;
}

/* The shortest decimal that reads back to `value`. Fifteen digits are kept by every normal number, so fewer are found
 * by dropping zeros; a subnormal one may need as few as one. Of the two neighbours with a number of digits the nearer
 * goes first, but the other may be the one that reads back: a power of two has a nearer double below than above. */
static struct decimal shortest_decimal(double value)
{
    struct decimal exact = decimal_of(value);
    uint64_t dropped = value < DBL_MIN ? UINT64_C(10000000000000000) : 100;
    int dropped_count = value < DBL_MIN ? DIGITS_ENOUGH - 1 : DIGITS_ENOUGH - 15;
    for (; dropped_count > 0; dropped_count--, dropped /= 10) {
        struct decimal below = {exact.digits / dropped, exact.exponent + dropped_count};
        struct decimal above = {below.digits + 1, below.exponent};
        bool nearer_above = exact.digits % dropped >= dropped / 2;
        if (reads_back(nearer_above ? above : below, value))
            return nearer_above ? above : below;
        if (reads_back(nearer_above ? below : above, value))
            return nearer_above ? below : above;
    }
    return exact;
}

/* Lays the digits out as %g does: with an exponent below 1e-04 and from 1e+15 (1e+16, 1e+17 with as many digits) on. */
static bool add_decimal(struct buffer *buffer, struct decimal decimal)
{
    char digits[24], text[48];
    while (decimal.digits % 10 == 0) {
        decimal.digits /= 10;
        decimal.exponent++;
    }
    int count = snprintf(digits, sizeof digits, "%" PRIu64, decimal.digits);
    int point = count + decimal.exponent; /* digits before the decimal point */
    if (point < -3 || point > (count > 15 ? count : 15))
        snprintf(text, sizeof text, "%c%s%se%+03d", digits[0], count > 1 ? "." : "", digits + 1, point - 1);
    else if (point <= 0)
        snprintf(text, sizeof text, "0.%.*s%s", -point, "000", digits);
    else if (point < count)
        snprintf(text, sizeof text, "%.*s.%s", point, digits, digits + point);
    else
        snprintf(text, sizeof text, "%s%.*s", digits, point - count, "000000000000000");
    return buffer_add_string(buffer, text);
}

bool buffer_add_number(struct buffer *buffer, double value)
{
    if (fabs(value) < 0x1p53 && value == floor(value) && (value != 0 || !signbit(value)))
        return buffer_add_integer(buffer, (int64_t)value);
    if (signbit(value) && !buffer_add_character(buffer, '-'))
        return false;
    return value == 0 ? buffer_add_character(buffer, '0') : add_decimal(buffer, shortest_decimal(fabs(value)));
}

struct text buffer_text(const struct buffer *buffer)
{
    return (struct text){buffer->bytes, buffer->length};
}
