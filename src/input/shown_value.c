#include "referlens/input/shown_value.h"

#include "referlens/base/calendar.h"
#include "referlens/cohort/vocabulary.h"

#include <string.h>

enum { SHOWN_MAX = SHOWN_VALUE_SIZE - 1, PARTS = 3, CODE_MAX = 4, DIGITS_MAX = 3, CENTURY = 2000 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The three numbers of a date and how many digits each has. */
struct date_parts {
    int numbers[PARTS];
    size_t lengths[PARTS];
};

/* Three numbers between two like separators, four digits in the first or last and two at most in the others; a time of
 * day may follow. */
static bool read_date(struct text value, struct date_parts *parts)
{
    size_t part = 0, i = 0;
    char separator = '\0';
    *parts = (struct date_parts){{0}, {0}};
    for (; i < value.length && part < PARTS; i++) {
        const char c = value.bytes[i];
        if (is_digit(c)) {
            if (++parts->lengths[part] > CODE_MAX)
                return false;
            parts->numbers[part] = parts->numbers[part] * 10 + (c - '0');
        } else if (part < 2 && (c == '/' || c == '-' || c == '.') && (part == 0 || c == separator)) {
            separator = c;
            part++;
        } else {
            break;
        }
    }
    for (size_t k = i; k < value.length; k++) {
        if (strchr("0123456789:. TZ", value.bytes[k]) == NULL)
            return false;
    }
    const size_t *lengths = parts->lengths;
    const size_t longer = lengths[0] > lengths[2] ? lengths[0] : lengths[2];
    const size_t shorter = lengths[0] > lengths[2] ? lengths[2] : lengths[0];
    const bool time_follows = i == value.length || value.bytes[i] == ' ' || value.bytes[i] == 'T';
    return part == 2 && time_follows && shorter >= 1 && shorter <= 2 && (longer == 4 || longer == 2) &&
           lengths[1] >= 1 && lengths[1] <= 2;
}

static bool is_day(int year, int month, int day_of_month)
{
    day found;
    return day_from_date(year < 100 ? CENTURY + year : year, month, day_of_month, &found);
}

/* Whether there is such a day, whichever of the numbers is the year, the month and the day. */
static bool may_be_day(const struct date_parts *parts)
{
    const int first = parts->numbers[0], second = parts->numbers[1], third = parts->numbers[2];
    return (parts->lengths[2] <= 2 && (is_day(first, second, third) || is_day(first, third, second))) ||
           (parts->lengths[0] <= 2 && (is_day(third, second, first) || is_day(third, first, second)));
}

/* Words of small letters, each perhaps with a capital at its start, or capitals joined by "_", as code lists have them.
 */
static bool looks_like_words(struct text value)
{
    bool capitals = false, joined = false;
    for (size_t i = 0; i < value.length; i++) {
        const char c = value.bytes[i];
        const bool starts = i == 0 || strchr(" -_", value.bytes[i - 1]) != NULL;
        const bool capital = c >= 'A' && c <= 'Z';
        if (!capital && !(c >= 'a' && c <= 'z') && c != ' ' && c != '-' && c != '_')
            return false;
        joined = joined || c == '_';
        capitals = capitals || (capital && !starts);
    }
    return !capitals || joined;
}

/* One word of small letters, or of capitals joined by "_": not a name as exports write them. */
static bool looks_like_code_word(struct text value)
{
    bool small = false, capital = false, joined = false;
    for (size_t i = 0; i < value.length; i++) {
        const char c = value.bytes[i];
        small = small || (c >= 'a' && c <= 'z');
        capital = capital || (c >= 'A' && c <= 'Z');
        joined = joined || c == '_';
        if (c == ' ' || c == '-')
            return false;
    }
    return looks_like_words(value) && !(small && capital) && (!capital || joined);
}

const char *shown_value_but_for_capitals(const struct format_column *column, struct text value)
{
    char small[SHOWN_MAX];
    if (value.length > SHOWN_MAX)
        return NULL;
    for (size_t i = 0; i < value.length; i++) {
        const char c = value.bytes[i];
        small[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    const size_t word = vocabulary_find(column->words, column->word_count, (struct text){small, value.length});
    return word < column->word_count ? column->words[word] : NULL;
}

static bool looks_like_number(struct text value)
{
    size_t digits = 0;
    for (size_t i = 0; i < value.length; i++) {
        if (!is_digit(value.bytes[i]) && value.bytes[i] != '.' && value.bytes[i] != '-')
            return false;
        digits += is_digit(value.bytes[i]);
    }
    return digits <= DIGITS_MAX;
}

/* YYYY-MM-DD, as dates of birth that slipped in are not: those are read as dates. */
static bool is_written_as_expected(struct text value, const struct date_parts *parts)
{
    return value.length == DAY_TEXT_SIZE - 1 && value.bytes[4] == '-' && parts->lengths[0] == 4 &&
           parts->lengths[1] == 2;
}

static bool is_shown_word(const struct format_column *column, struct text value)
{
    return looks_like_code_word(value) || shown_value_but_for_capitals(column, value) != NULL;
}

bool shown_value(const struct format_column *column, struct text value, char shown[SHOWN_VALUE_SIZE])
{
    struct date_parts parts;
    if (value.length > SHOWN_MAX)
        return false;
    const bool is_date = column->content == CONTENT_DATE && read_date(value, &parts);
    const bool is_word = column->content == CONTENT_WORD && is_shown_word(column, value);
    const bool is_number = column->content == CONTENT_NUMBER && looks_like_number(value);
    if (!is_date && !is_word && !is_number)
        return false;
    const bool hide_digits = is_date && may_be_day(&parts) && !is_written_as_expected(value, &parts);
    for (size_t i = 0; i < value.length; i++)
        shown[i] = hide_digits && is_digit(value.bytes[i]) ? '#' : value.bytes[i];
    shown[value.length] = '\0';
    return true;
}

bool shown_value_is_of_a_list(const struct format_column *column, struct text value)
{
    return (value.length <= CODE_MAX && looks_like_number(value)) ||
           (value.length <= SHOWN_MAX && is_shown_word(column, value));
}
