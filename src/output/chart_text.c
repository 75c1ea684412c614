#include "referlens/output/chart_text.h"

#include "referlens/output/page_format.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Advance widths of DejaVu Sans and DejaVu Sans Bold from U+0020 to U+007E, in hundredths of the font size, rounded up. */
static const uint8_t ascii_widths[2][0x7F - 0x20] = {
    {32, 41, 46, 84, 64, 96, 78, 28, 40, 40, 50, 84, 32, 37, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34,
     34, 84, 84, 84, 54, 100, 69, 69, 70, 78, 64, 58, 78, 76, 30, 30, 66, 56, 87, 75, 79, 61, 79, 70, 64, 62, 74,
     69, 99, 69, 62, 69, 40, 34, 40, 84, 50, 50, 62, 64, 55, 64, 62, 36, 64, 64, 28, 28, 58, 28, 98, 64, 62, 64,
     64, 42, 53, 40, 64, 60, 82, 60, 60, 53, 64, 34, 64, 84},
    {35, 46, 53, 84, 70, 101, 88, 31, 46, 46, 53, 84, 38, 42, 38, 37, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 40,
     40, 84, 84, 84, 59, 100, 78, 77, 74, 84, 69, 69, 83, 84, 38, 38, 78, 64, 100, 84, 86, 74, 86, 78, 73, 69,
     82, 78, 111, 78, 73, 73, 46, 37, 46, 84, 50, 50, 68, 72, 60, 72, 68, 44, 72, 72, 35, 35, 67, 35, 105, 72,
     69, 72, 72, 50, 60, 48, 72, 66, 93, 65, 66, 59, 72, 37, 72, 84},
};

#define ELLIPSIS "…"

/* The bytes of the character that starts with this byte, in well-formed UTF-8. */
static size_t character_length(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first < 0xE0)
        return 2;
    return first < 0xF0 ? 3 : 4;
}

/* In pixels. Scripts with wide characters start at U+1100, which takes three bytes from 0xE1 on. */
static double character_width(unsigned char first, struct chart_type type)
{
    if (first >= 0x20 && first < 0x7F)
        return ascii_widths[type.bold][first - 0x20] * type.size / 100.0;
    return (first >= 0xE1 ? 1.05 : type.bold ? 0.9 : 0.8) * type.size;
}

size_t chart_text_fitting(struct text text, struct chart_type type, double width)
{
    size_t length = 0;
    double used = 0.0;
    while (length < text.length) {
        unsigned char first = (unsigned char)text.bytes[length];
        used += character_width(first, type);
        size_t next = length + character_length(first);
        if (used > width || next > text.length)
            break;
        length = next;
    }
    return length;
}

double chart_text_width(struct text text, struct chart_type type)
{
    double width = 0.0;
    for (size_t i = 0; i < text.length; i += character_length((unsigned char)text.bytes[i]))
        width += character_width((unsigned char)text.bytes[i], type);
    return width;
}

void chart_text_cut(struct text text, struct chart_type type, double width, struct buffer *output)
{
    enum { PLAIN_MAX = 4 * LABEL_CHARACTERS_MAX + 8 };
    struct buffer plain = buffer_with_maximum(PLAIN_MAX);
    display_label(text, LABEL_CHARACTERS_MAX, &plain);
    struct text whole = buffer_text(&plain);
    if (chart_text_width(whole, type) <= width) {
        buffer_add_text(output, whole);
    } else {
        double room = width - chart_text_width(TEXT(ELLIPSIS), type);
        struct text start = {whole.bytes, chart_text_fitting(whole, type, room)};
        while (start.length > 0 && start.bytes[start.length - 1] == ' ')
            start.length--;
        buffer_add_text(output, start);
        buffer_add_string(output, ELLIPSIS);
    }
    buffer_release(&plain);
}

/* Between words, but not between a number and its unit, nor inside brackets. */
static bool may_break(struct text text, size_t place)
{
    static const char *const units[] = {"%", "day"};
    if (text.bytes[place] != ' ')
        return false;
    int depth = 0;
    for (size_t i = 0; i < place; i++)
        depth += (text.bytes[i] == '(') - (text.bytes[i] == ')');
    bool after_digit = place > 0 && text.bytes[place - 1] >= '0' && text.bytes[place - 1] <= '9';
    for (size_t i = 0; after_digit && i < sizeof units / sizeof units[0]; i++) {
        size_t length = strlen(units[i]);
        if (text.length - place > length && memcmp(text.bytes + place + 1, units[i], length) == 0)
            return false;
    }
    return depth <= 0;
}

size_t chart_text_wrap(struct text text, struct chart_type type, double width, struct text *lines, size_t room)
{
    size_t count = 0;
    while (count < room) {
        while (text.length > 0 && *text.bytes == ' ')
            text = (struct text){text.bytes + 1, text.length - 1};
        if (text.length == 0)
            break;
        size_t fitting = chart_text_fitting(text, type, width);
        size_t length = fitting;
        if (fitting < text.length) {
            while (length > 0 && !may_break(text, length))
                length--;
            length = length > 0 ? length : fitting;
        }
        if (length == 0)
            break;
        lines[count++] = text_trim((struct text){text.bytes, length});
        text = (struct text){text.bytes + length, text.length - length};
    }
    return count;
}

bool chart_text_is_whole(struct text text, const struct text *lines, size_t count)
{
    text = text_trim(text);
    return text.length == 0 || (count > 0 && lines[count - 1].bytes + lines[count - 1].length == text.bytes + text.length);
}

size_t chart_text_wrap_evenly(struct text text, struct chart_type type, double width, struct text *lines, size_t room)
{
    size_t count = chart_text_wrap(text, type, width, lines, room);
    if (count < 2 || !chart_text_is_whole(text, lines, count))
        return count;
    struct text narrower[CHART_TEXT_LINES_MAX];
    for (int percent = 97; percent > 50; percent -= 3) {
        size_t narrow_count = chart_text_wrap(text, type, width * percent / 100.0, narrower, count);
        if (narrow_count > count || !chart_text_is_whole(text, narrower, narrow_count))
            break;
        memcpy(lines, narrower, count * sizeof *lines);
    }
    return count;
}

void chart_text_reason(struct text reason, struct buffer *output)
{
    for (size_t i = 0; i < reason.length; i++) {
        char byte = reason.bytes[i];
        if ((byte < 'a' || byte > 'z') && byte != '_') {
            buffer_add_text(output, reason);
            return;
        }
    }
    for (size_t i = 0; i < reason.length; i++) {
        char byte = reason.bytes[i];
        if (i == 0 && byte != '_')
            byte = (char)(byte - 'a' + 'A');
        buffer_add_character(output, byte == '_' ? ' ' : byte);
    }
}
