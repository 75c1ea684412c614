#include "referlens/input/encoding.h"

#include "referlens/base/memory.h"

#include <errno.h>
#include <iconv.h>
#include <inttypes.h>
#include <stdint.h>
#include <string.h>

/* No character of either encoding takes more bytes in UTF-8 than this: three for one byte of windows-1252, three for
 * two bytes of UTF-16, four for a pair of surrogates. */
enum { UTF8_BYTES_PER_UNIT = 3 };

const char *const encoding_names[ENCODING_COUNT + 1] = {
    [ENCODING_UTF8] = "utf-8",
    [ENCODING_WINDOWS_1252] = "windows-1252",
    [ENCODING_UTF16LE] = "utf-16le",
};

static const char *const iconv_names[ENCODING_COUNT] = {
    [ENCODING_UTF8] = "UTF-8",
    [ENCODING_WINDOWS_1252] = "CP1252",
    [ENCODING_UTF16LE] = "UTF-16LE",
};

bool encoding_parse(struct text name, enum encoding *encoding)
{
    for (size_t i = 0; i < ENCODING_COUNT; i++) {
        if (text_equal_ignoring_case(name, text_of(encoding_names[i]))) {
            *encoding = (enum encoding)i;
            return true;
        }
    }
    return false;
}

size_t encoding_mark(struct text bytes, enum encoding *encoding)
{
    static const struct {
        struct text mark;
        enum encoding encoding;
    } marks[] = {
        {{"\xEF\xBB\xBF", 3}, ENCODING_UTF8},
        {{"\xFF\xFE", 2}, ENCODING_UTF16LE},
    };
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        const struct text mark = marks[i].mark;
        if (bytes.length >= mark.length && memcmp(bytes.bytes, mark.bytes, mark.length) == 0) {
            *encoding = marks[i].encoding;
            return mark.length;
        }
    }
    return 0;
}

/* Where the character behind this text stands: its line, and its place in that line in characters, both from 1. LF, CR
 * and the two together end a line. */
static void position_behind(struct text text, int64_t *line, int64_t *column)
{
    *line = 1;
    *column = 1;
    for (size_t i = 0; i < text.length; i++) {
        const char byte = text.bytes[i];
        if (byte == '\n' && i > 0 && text.bytes[i - 1] == '\r')
            continue;
        if (byte == '\n' || byte == '\r') {
            ++*line;
            *column = 1;
        } else if (((unsigned char)byte & 0xC0) != 0x80) {
            ++*column;
        }
    }
}

/* Says what is wrong with the first bytes of `rest`, which stand behind what was decoded. */
static bool fail_at(enum encoding encoding, struct text decoded, struct text rest, struct error *error)
{
    int64_t line, column;
    position_behind(decoded, &line, &column);
    const unsigned first = (unsigned char)rest.bytes[0];
    if (encoding != ENCODING_UTF16LE)
        return error_set(error, "line %" PRId64 ", column %" PRId64 ": byte 0x%02X is no character of %s", line, column,
                         first, encoding_names[encoding]);
    if (rest.length == 1)
        return error_set(error, "line %" PRId64 ", column %" PRId64 ": the text ends within a character of %s", line,
                         column, encoding_names[encoding]);
    return error_set(error, "line %" PRId64 ", column %" PRId64 ": 0x%02X%02X is half a character of %s", line, column,
                     (unsigned)(unsigned char)rest.bytes[1], first, encoding_names[encoding]);
}

bool encoding_decode(enum encoding encoding, struct text bytes, struct text *decoded, size_t *reserved,
                     struct error *error)
{
    const size_t unit_size = encoding == ENCODING_UTF16LE ? 2 : 1;
    size_t room;
    if (__builtin_mul_overflow(bytes.length / unit_size + 1, (size_t)UTF8_BYTES_PER_UNIT, &room))
        memory_exhausted();
    const iconv_t converter = iconv_open(iconv_names[ENCODING_UTF8], iconv_names[encoding]);
    if (converter == (iconv_t)-1)
        return error_set(error, "this system's iconv has no %s", encoding_names[encoding]);

    char *const output = memory_reserve(room);
    char *from = (char *)(uintptr_t)bytes.bytes; /* iconv only reads there, whatever its type says */
    char *to = output;
    size_t from_left = bytes.length, to_left = room;
    const bool whole = iconv(converter, &from, &from_left, &to, &to_left) != (size_t)-1;
    iconv_close(converter);

    const struct text converted = {output, (size_t)(to - output)};
    if (!whole) {
        fail_at(encoding, converted, (struct text){from, from_left}, error);
        memory_release_reserved(output, room);
        return false;
    }
    *decoded = converted;
    *reserved = room;
    return true;
}
