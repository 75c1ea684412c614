#include "referlens/base/date_format.h"

#include <stddef.h>
#include <string.h>

enum { PART_COUNT = 3, YEAR_FIRST = 1000, YEAR_LAST = 9999, MONTHS = 12, MONTH_NAME_LENGTH = 3 };

static const char *const part_patterns[] = {
    [DATE_YEAR] = "YYYY", [DATE_MONTH] = "MM", [DATE_MONTH_NAME] = "MMM", [DATE_DAY] = "DD"};

/* Longer patterns before those that begin like them. */
static const enum date_part parts_by_length[] = {DATE_YEAR, DATE_MONTH_NAME, DATE_MONTH, DATE_DAY};

static const char month_names[MONTHS][MONTH_NAME_LENGTH + 1] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static const char separators[] = "-/. ";

/* Takes `length` bytes from the front, which must be there. */
static struct text take(struct text *text, size_t length)
{
    struct text taken = {text->bytes, length};
    text->bytes += length;
    text->length -= length;
    return taken;
}

/* Takes the character from the front if it stands there. */
static bool take_character(struct text *text, char character)
{
    if (text->length == 0 || text->bytes[0] != character)
        return false;
    take(text, 1);
    return true;
}

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

/* Takes a number of `least` to `most` digits, as many as there are. */
static bool take_number(struct text *text, size_t least, size_t most, int *value)
{
    size_t digits = 0;
    int number = 0;
    for (; digits < most && digits < text->length && is_digit(text->bytes[digits]); digits++)
        number = number * 10 + (text->bytes[digits] - '0');
    if (digits < least)
        return false;
    take(text, digits);
    *value = number;
    return true;
}

static bool take_part_pattern(struct text *pattern, enum date_part *part)
{
    for (size_t i = 0; i < sizeof parts_by_length / sizeof *parts_by_length; i++) {
        const struct text wanted = text_of(part_patterns[parts_by_length[i]]);
        if (pattern->length >= wanted.length && memcmp(pattern->bytes, wanted.bytes, wanted.length) == 0) {
            take(pattern, wanted.length);
            *part = parts_by_length[i];
            return true;
        }
    }
    return false;
}

bool date_format_parse(struct text pattern, struct date_format *format)
{
    struct date_format parsed = {0};
    unsigned seen = 0; /* a bit for the year, the month in either form, and the day */
    for (size_t i = 0; i < PART_COUNT; i++) {
        if (i == 1 && pattern.length > 0 && memchr(separators, pattern.bytes[0], sizeof separators - 1) != NULL)
            parsed.separator = pattern.bytes[0];
        if (i > 0 && parsed.separator != '\0' && !take_character(&pattern, parsed.separator))
            return false;
        if (!take_part_pattern(&pattern, &parsed.parts[i]))
            return false;
        seen |= 1U << (parsed.parts[i] == DATE_MONTH_NAME ? DATE_MONTH : parsed.parts[i]);
    }
    if (pattern.length > 0 || seen != (1U << DATE_YEAR | 1U << DATE_MONTH | 1U << DATE_DAY))
        return false;
    *format = parsed;
    return true;
}

static bool take_month_name(struct text *text, int *month)
{
    if (text->length < MONTH_NAME_LENGTH)
        return false;
    const struct text name = {text->bytes, MONTH_NAME_LENGTH};
    for (int i = 0; i < MONTHS; i++) {
        if (text_equal_ignoring_case(name, text_of(month_names[i]))) {
            take(text, MONTH_NAME_LENGTH);
            *month = i + 1;
            return true;
        }
    }
    return false;
}

/* What says in which zone, or which half of the day, a time is: "Z", "+01:00", "+0100", "+01", " PM", "pm"; or nothing.
 */
static bool take_time_ending(struct text *text)
{
    int hours, minutes;
    if (text->length == 0 || take_character(text, 'Z'))
        return true;
    if (take_character(text, '+') || take_character(text, '-')) {
        if (!take_number(text, 2, 2, &hours))
            return false;
        const bool colon = take_character(text, ':');
        return (text->length == 0 && !colon) || take_number(text, 2, 2, &minutes);
    }
    take_character(text, ' ');
    if (text->length != 2)
        return false;
    const struct text half = take(text, 2);
    return text_equal_ignoring_case(half, TEXT("am")) || text_equal_ignoring_case(half, TEXT("pm"));
}

/* "9:05", "09:05:30", "09:05:30.123", and an ending. */
static bool is_time(struct text text)
{
    int hour, minute, second = 0;
    if (!take_number(&text, 1, 2, &hour) || !take_character(&text, ':') || !take_number(&text, 2, 2, &minute))
        return false;
    if (take_character(&text, ':')) {
        if (!take_number(&text, 2, 2, &second))
            return false;
        if (take_character(&text, '.')) {
            size_t digits = 0;
            while (digits < text.length && is_digit(text.bytes[digits]))
                digits++;
            if (digits == 0)
                return false;
            take(&text, digits);
        }
    }
    return take_time_ending(&text) && text.length == 0 && hour <= 24 && minute < 60 && second <= 60;
}

bool date_format_read(const struct date_format *format, struct text text, day *result)
{
    const size_t least = format->separator == '\0' ? 2 : 1;
    int values[] = {[DATE_YEAR] = 0, [DATE_MONTH] = 0, [DATE_DAY] = 0};
    for (size_t i = 0; i < PART_COUNT; i++) {
        const enum date_part part = format->parts[i];
        if (i > 0 && format->separator != '\0' && !take_character(&text, format->separator))
            return false;
        if (part == DATE_MONTH_NAME
                ? !take_month_name(&text, &values[DATE_MONTH])
                : !take_number(&text, part == DATE_YEAR ? 4 : least, part == DATE_YEAR ? 4 : 2, &values[part]))
            return false;
    }
    if (text.length > 0 && !((take_character(&text, ' ') || take_character(&text, 'T')) && is_time(text)))
        return false;
    return values[DATE_YEAR] >= YEAR_FIRST &&
           day_from_date(values[DATE_YEAR], values[DATE_MONTH], values[DATE_DAY], result);
}

void date_format_pattern(const struct date_format *format, char text[DATE_PATTERN_SIZE])
{
    size_t length = 0;
    for (size_t i = 0; i < PART_COUNT; i++) {
        if (i > 0 && format->separator != '\0')
            text[length++] = format->separator;
        for (const char *letter = part_patterns[format->parts[i]]; *letter != '\0'; letter++)
            text[length++] = *letter;
    }
    text[length] = '\0';
}

void date_format_write(const struct date_format *format, day value, char text[DATE_FORMAT_TEXT_SIZE])
{
    int year, month, day_of_month;
    size_t length = 0;
    day_to_date(value, &year, &month, &day_of_month);
    for (size_t i = 0; i < PART_COUNT && year >= YEAR_FIRST && year <= YEAR_LAST; i++) {
        const enum date_part part = format->parts[i];
        if (i > 0 && format->separator != '\0')
            text[length++] = format->separator;
        if (part == DATE_MONTH_NAME) {
            memcpy(text + length, month_names[month - 1], MONTH_NAME_LENGTH);
            length += MONTH_NAME_LENGTH;
            continue;
        }
        int number = part == DATE_YEAR ? year : part == DATE_MONTH ? month : day_of_month;
        size_t digits = part == DATE_YEAR ? 4 : 2;
        for (size_t k = digits; k > 0; k--, number /= 10)
            text[length + k - 1] = (char)('0' + number % 10);
        length += digits;
    }
    text[length] = '\0';
}
