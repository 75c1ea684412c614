#include "referlens/input/split.h"

#include <endian.h>
#include <string.h>

static bool is_blank(char character, char delimiter)
{
    return (character == ' ' || character == '\t') && character != delimiter;
}

/* The bytes between two delimiters, without the blanks around them. */
static inline struct text field_between(const char *begin, const char *end, char delimiter)
{
    while (begin < end && is_blank(*begin, delimiter))
        begin++;
    while (begin < end && is_blank(end[-1], delimiter))
        end--;
    return (struct text){begin, (size_t)(end - begin)};
}

/* A bit at the top of each byte of `word` that equals the byte repeated in `pattern`; exact, without carries from byte
 * to byte. */
static inline uint64_t equal_bytes(uint64_t word, uint64_t pattern)
{
    const uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f), differing = word ^ pattern;
    return ~(((differing & low) + low) | differing | low);
}

size_t split_plain_line(struct text line, char delimiter, struct text *fields, size_t room)
{
    const uint64_t pattern = (unsigned char)delimiter * UINT64_C(0x0101010101010101);
    const char *field = line.bytes;
    size_t count = 0, at = 0;
    for (; at + 8 <= line.length; at += 8) {
        uint64_t word;
        memcpy(&word, line.bytes + at, sizeof word);
        for (uint64_t found = equal_bytes(le64toh(word), pattern); found != 0; found &= found - 1) {
            const char *end = line.bytes + at + __builtin_ctzll(found) / 8;
            if (count == room)
                return room + 1;
            fields[count++] = field_between(field, end, delimiter);
            field = end + 1;
        }
    }
    for (; at < line.length; at++) {
        if (line.bytes[at] != delimiter)
            continue;
        if (count == room)
            return room + 1;
        fields[count++] = field_between(field, line.bytes + at, delimiter);
        field = line.bytes + at + 1;
    }
    if (count == room)
        return room + 1;
    fields[count] = field_between(field, line.bytes + line.length, delimiter);
    return count == 0 && fields[0].length == 0 ? 0 : count + 1;
}
