/* Text as a view: bytes that somebody else owns, with their length, not ended by a NUL.
 *
 * A view is only as long-lived as what it looks at. The order is that of the bytes (memcmp), which for
 * UTF-8 is the order of the code points, in every locale.
 */
#ifndef REFERLENS_BASE_TEXT_H
#define REFERLENS_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct text {
    const char *bytes; /* may be NULL where length is 0 */
    size_t length;     /* in bytes */
};

/* A view of a NUL-ended string. */
struct text text_of(const char *string);

/* A view of a string literal, usable in tables. */
#define TEXT(literal) ((struct text){("" literal), sizeof(literal) - 1})

/* Whether two runs of `length` bytes are the same; keys and words are short, and spared a call. */
static inline bool text_bytes_equal(const char *a, const char *b, size_t length)
{
    uint64_t first[2], last[2];
    if (length > 2 * sizeof first[0])
        return memcmp(a, b, length) == 0;
    if (length >= sizeof first[0]) { /* two words that may overlap */
        memcpy(&first[0], a, sizeof first[0]);
        memcpy(&first[1], b, sizeof first[0]);
        memcpy(&last[0], a + length - sizeof last[0], sizeof last[0]);
        memcpy(&last[1], b + length - sizeof last[0], sizeof last[0]);
        return first[0] == first[1] && last[0] == last[1];
    }
    for (size_t i = 0; i < length; i++) {
        if (a[i] != b[i])
            return false;
    }
    return true;
}

static inline bool text_equal(struct text a, struct text b)
{
    return a.length == b.length && text_bytes_equal(a.bytes, b.bytes, a.length);
}

/* As text_equal, with ASCII letters of either case alike. */
bool text_equal_ignoring_case(struct text a, struct text b);

/* Negative, zero or positive as `a` sorts before, with or behind `b` by bytes; a prefix sorts first. */
int text_compare(struct text a, struct text b);

/* The view without spaces and tabs at its two ends. */
struct text text_trim(struct text text);

/* A whole decimal number with an optional sign and nothing else around it, within int64_t. */
bool text_to_integer(struct text text, int64_t *value);

/* A finite decimal number ("12", "0.5", "1e-3") with nothing else around it, read as in the C locale
 * whatever the user's locale is. NaN, infinities and hexadecimal are refused. */
bool text_to_number(struct text text, double *value);

/* True where the bytes are well-formed UTF-8 (no surrogates, no overlong forms, at most U+10FFFF) without
 * a NUL byte. Otherwise `*offset` (NULL is allowed) is that of the first byte at fault. */
bool text_is_utf8(struct text text, size_t *offset);

/* Puts one '?' for each character that steers a terminal or makes text read otherwise than it is written: C0 and C1 control
 * characters, U+2028 and U+2029, those that turn the direction (U+200E and F, U+202A to E, U+2066 to 9, U+061C), and for each
 * byte that is not UTF-8 (a lone 0x9B may start a control sequence). Returns the new length, at most the old one. */
size_t text_scrub(char *bytes, size_t length);

/* A 64-bit hash (XXH3) of the bytes; the same on every machine. */
uint64_t text_hash(struct text text);

#endif
