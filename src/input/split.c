#include "referlens/input/split.h"

#include "referlens/base/byte_block.h"

static bool is_blank(char character, char delimiter)
{
    return (character == ' ' || character == '\t') && character != delimiter;
}

/* Takes away the blanks around each field. */
static void trim_fields(struct text *fields, size_t count, char delimiter)
{
    for (size_t i = 0; i < count; i++) {
        struct text *field = &fields[i];
        while (field->length > 0 && is_blank(field->bytes[0], delimiter)) {
            field->bytes++;
            field->length--;
        }
        while (field->length > 0 && is_blank(field->bytes[field->length - 1], delimiter))
            field->length--;
    }
}

/* The block at a place of the text; behind its end stand newlines. */
static struct byte_block last_block(const char *bytes, size_t left, char delimiter)
{
    char block[BYTE_BLOCK_SIZE];
    memset(block, '\n', sizeof block);
    memcpy(block, bytes, left);
    struct byte_block found = byte_block_look(block, delimiter);
    found.wanted &= (UINT32_C(1) << left) - 1;
    return found;
}

size_t split_plain_line(struct text text, char delimiter, struct text *fields, size_t room, const char **end)
{
    const char *field = text.bytes, *line_end = NULL;
    bool has_blanks = false;
    size_t count = 0;
    for (size_t at = 0; line_end == NULL; at += BYTE_BLOCK_SIZE) {
        const char *bytes = text.bytes + at;
        const size_t left = text.length - at;
        struct byte_block found =
            left >= BYTE_BLOCK_SIZE ? byte_block_look(bytes, delimiter) : last_block(bytes, left, delimiter);
        for (; found.low != 0; found.low &= found.low - 1) {
            const unsigned place = (unsigned)__builtin_ctz(found.low);
            if (place >= left || bytes[place] == '\n' || bytes[place] == '\r') {
                line_end = bytes + place;
                found.wanted &= (UINT32_C(1) << place) - 1;
                break;
            }
            has_blanks = true; /* or another control character */
        }
        for (; found.wanted != 0; found.wanted &= found.wanted - 1) {
            const char *delimiting = bytes + __builtin_ctz(found.wanted);
            if (count == room)
                return room + 1;
            fields[count++] = (struct text){field, (size_t)(delimiting - field)};
            field = delimiting + 1;
        }
    }
    if (count == room)
        return room + 1;
    fields[count] = (struct text){field, (size_t)(line_end - field)};
    if (has_blanks)
        trim_fields(fields, count + 1, delimiter);
    *end = line_end;
    return count == 0 && fields[0].length == 0 ? 0 : count + 1;
}
