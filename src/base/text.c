#include "referlens/base/text.h"

#include "referlens/base/decimal.h"
#include "referlens/base/memory.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

struct text text_of(const char *string)
{
    return (struct text){string, strlen(string)};
}

static unsigned char lower(char character)
{
    unsigned char byte = (unsigned char)character;
    return byte >= 'A' && byte <= 'Z' ? (unsigned char)(byte | 0x20) : byte;
}

bool text_equal_ignoring_case(struct text a, struct text b)
{
    if (a.length != b.length)
        return false;
    for (size_t i = 0; i < a.length; i++)
        if (lower(a.bytes[i]) != lower(b.bytes[i]))
            return false;
    return true;
}

int text_compare(struct text a, struct text b)
{
    size_t shared = a.length < b.length ? a.length : b.length;
    int order = shared > 0 ? memcmp(a.bytes, b.bytes, shared) : 0;
    return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

static bool is_blank(char character)
{
    return character == ' ' || character == '\t';
}

struct text text_trim(struct text text)
{
    while (text.length > 0 && is_blank(text.bytes[text.length - 1]))
        text.length--;
    while (text.length > 0 && is_blank(text.bytes[0])) {
        text.bytes++;
        text.length--;
    }
    return text;
}

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

/* Takes a sign from the front; true for minus. */
static bool take_sign(struct text *text)
{
    if (text->length == 0 || (text->bytes[0] != '-' && text->bytes[0] != '+'))
        return false;
    bool negative = text->bytes[0] == '-';
    text->bytes++;
    text->length--;
    return negative;
}

bool text_to_integer(struct text text, int64_t *value)
{
    bool negative = take_sign(&text);
    if (text.length == 0)
        return false;
    int64_t total = 0; /* kept negative: INT64_MIN has no positive counterpart */
    for (size_t i = 0; i < text.length; i++) {
        if (!is_digit(text.bytes[i]) || __builtin_mul_overflow(total, 10, &total) ||
            __builtin_sub_overflow(total, text.bytes[i] - '0', &total))
            return false;
    }
    if (!negative && total == INT64_MIN)
        return false;
    *value = negative ? total : -total;
    return true;
}

enum { EXPONENT_TEXT_SIZE = 24 }; /* "e", a sign, 19 digits, and a NUL */

/* A decimal number taken apart: its digits without the point, and the power of ten that they are multiplied by. */
struct decimal_text {
    char *digits; /* room for all of them, and for the exponent behind them */
    size_t digit_count;
    int64_t exponent;
};

/* Reads what stands behind the "e". */
static bool read_exponent(struct text text, int64_t *exponent)
{
    bool negative = take_sign(&text);
    int64_t value = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (!is_digit(text.bytes[i]))
            return false;
        if (value < INT32_MAX) /* far beyond any double, whatever stands before it */
            value = value * 10 + (text.bytes[i] - '0');
    }
    *exponent = negative ? -value : value;
    return text.length > 0;
}

/* Reads "12", ".5", "1.5e-3" to the end of the text. */
static bool read_decimal(struct text text, struct decimal_text *decimal)
{
    size_t i = 0;
    bool point = false;
    for (; i < text.length && (is_digit(text.bytes[i]) || (text.bytes[i] == '.' && !point)); i++) {
        if (text.bytes[i] == '.') {
            point = true;
            continue;
        }
        decimal->digits[decimal->digit_count++] = text.bytes[i];
        decimal->exponent -= point ? 1 : 0;
    }
    if (decimal->digit_count == 0)
        return false;
    if (i == text.length)
        return true;
    int64_t exponent;
    if (lower(text.bytes[i]) != 'e' ||
        !read_exponent((struct text){text.bytes + i + 1, text.length - i - 1}, &exponent))
        return false;
    decimal->exponent += exponent;
    return true;
}

/* The double nearest to a decimal. Without a decimal point strtod reads alike in every locale. */
static double nearest_double(struct decimal_text *decimal)
{
    int64_t whole;
    double value;
    if (decimal->digit_count <= 15 && text_to_integer((struct text){decimal->digits, decimal->digit_count}, &whole) &&
        decimal_read_quickly((uint64_t)whole, decimal->exponent, &value))
        return value;
    snprintf(decimal->digits + decimal->digit_count, EXPONENT_TEXT_SIZE, "e%" PRId64, decimal->exponent);
    return strtod(decimal->digits, NULL);
}

bool text_to_number(struct text text, double *value)
{
    bool negative = take_sign(&text);
    char few_digits[96];
    struct decimal_text decimal = {.digits = few_digits};
    if (text.length > sizeof few_digits - EXPONENT_TEXT_SIZE)
        decimal.digits = memory_allocate(text.length + EXPONENT_TEXT_SIZE);
    double number = read_decimal(text, &decimal) ? nearest_double(&decimal) : HUGE_VAL;
    if (decimal.digits != few_digits)
        memory_free(decimal.digits);
    if (!isfinite(number))
        return false;
    *value = negative ? -number : number;
    return true;
}

/* The length of the well-formed character at the front, or 0. The table is Unicode's own (15.0, table 3-7): only the
 * second byte has bounds that depend on the first. */
static size_t character_length(const unsigned char *bytes, size_t available)
{
    unsigned char lead = bytes[0];
    if (lead < 0x80)
        return lead != 0;
    if (lead < 0xC2 || lead > 0xF4)
        return 0;
    size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (available < length)
        return 0;
    unsigned char lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned char highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (bytes[1] < lowest || bytes[1] > highest)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
    return length;
}

bool text_is_utf8(struct text text, size_t *offset)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), highs = UINT64_C(0x8080808080808080);
    const unsigned char *bytes = (const unsigned char *)text.bytes;
    size_t i = 0;
    while (i < text.length) {
        /* Eight at a time while none is above 0x7F (its high bit) or 0 (which borrows one from it). */
        for (uint64_t word; text.length - i >= sizeof word; i += sizeof word) {
            memcpy(&word, bytes + i, sizeof word);
            if (((word | (word - ones)) & highs) != 0)
                break;
        }
        if (i == text.length)
            break;
        size_t length = character_length(bytes + i, text.length - i);
        if (length == 0) {
            if (offset != NULL)
                *offset = i;
            return false;
        }
        i += length;
    }
    return true;
}

/* Whether a well-formed character is none to print. */
static bool is_steering(const unsigned char *bytes, size_t length)
{
    if (length == 1)
        return bytes[0] < 0x20 || bytes[0] == 0x7F;
    if (length == 2)
        return (bytes[0] == 0xC2 && bytes[1] < 0xA0) || (bytes[0] == 0xD8 && bytes[1] == 0x9C);
    if (length != 3 || bytes[0] != 0xE2)
        return false;
    return (bytes[1] == 0x80 && (bytes[2] == 0x8E || bytes[2] == 0x8F || (bytes[2] >= 0xA8 && bytes[2] <= 0xAE))) ||
           (bytes[1] == 0x81 && bytes[2] >= 0xA6 && bytes[2] <= 0xA9);
}

size_t text_scrub(char *bytes, size_t length)
{
    size_t kept = 0;
    for (size_t i = 0; i < length;) {
        const unsigned char *character = (const unsigned char *)bytes + i;
        const size_t taken = character_length(character, length - i);
        if (taken == 0 || is_steering(character, taken)) {
            bytes[kept++] = '?';
            i += taken == 0 ? 1 : taken;
        } else {
            memmove(bytes + kept, character, taken);
            kept += taken;
            i += taken;
        }
    }
    return kept;
}

uint64_t text_hash(struct text text)
{
    return XXH3_64bits(text.length > 0 ? text.bytes : "", text.length);
}
