#include "referlens/base/calendar.h"

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { YEAR_FIRST = 1, YEAR_LAST = 9999 };

/* Days before each month of a year that begins in March, so that the leap day is its last. */
static const int32_t days_before_month[12] = {306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275};

static const int8_t month_lengths[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

static bool is_leap_year(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int month_length(int year, int month)
{
    return month_lengths[month - 1] + (month == 2 && is_leap_year(year));
}

/* The day of a date that exists. 719468 is the number of days from 0000-03-01 to 1970-01-01. */
static day day_of_valid_date(int year, int month, int day_of_month)
{
    int march_year = month > 2 ? year : year - 1;
    return march_year * 365 + march_year / 4 - march_year / 100 + march_year / 400 + days_before_month[month - 1] +
           day_of_month - 1 - 719468;
}

bool day_from_date(int year, int month, int day_of_month, day *result)
{
    if (year < YEAR_FIRST || year > YEAR_LAST || month < 1 || month > 12 || day_of_month < 1 ||
        (day_of_month > 28 && day_of_month > month_length(year, month)))
        return false;
    *result = day_of_valid_date(year, month, day_of_month);
    return true;
}

/* After Hinnant's civil_from_days: 400-year eras of 146097 days, years that begin in March. Division rounds towards
 * minus infinity by way of int64_t sums that are never negative for any 32-bit day. */
void day_to_date(day value, int *year, int *month, int *day_of_month)
{
    const int64_t shift_eras = 16000; /* more eras than any 32-bit day goes back */
    int64_t days = (int64_t)value + 719468 + shift_eras * 146097;
    int64_t era = days / 146097;
    int day_of_era = (int)(days % 146097);
    int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int march_month = (5 * day_of_year + 2) / 153; /* 0 is March */
    *day_of_month = day_of_year - (153 * march_month + 2) / 5 + 1;
    *month = march_month < 10 ? march_month + 3 : march_month - 9;
    *year = (int)((era - shift_eras) * 400) + year_of_era + (*month <= 2);
}

/* The value of two digits, or a number above 99 where one is none. */
static unsigned two_digits(const char *digits)
{
    unsigned tens = (unsigned)(unsigned char)digits[0] - '0', units = (unsigned)(unsigned char)digits[1] - '0';
    return tens * 10 + units + (tens > 9 ? 1000 : 0) + (units > 9 ? 1000 : 0);
}

/* The eight bytes of "YYYY-MM-", one a byte from the lowest on. */
static uint64_t load_year_and_month(const char *bytes)
{
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return le64toh(word);
}

/* Dates are read by the million, so the year and the month are checked and put together as one number: with the bytes of
 * "0000-00-" taken off, digits are 0 to 9 and hyphens 0; what is more than that sets the top bit of its byte. */
bool day_parse(struct text text, day *result)
{
    if (text.length != 10)
        return false;
    const uint64_t digits = load_year_and_month(text.bytes) ^ UINT64_C(0x2d30302d30303030);
    const uint64_t beyond = digits | (digits + UINT64_C(0x7f76767f76767676));
    const unsigned day_of_month = two_digits(text.bytes + 8);
    if ((beyond & UINT64_C(0x8080808080808080)) != 0 || day_of_month > 31)
        return false;
    const uint64_t pairs = digits * 10 + (digits >> 8); /* each byte: ten times its digit and the one behind it */
    const int year = (int)(pairs & 0xff) * 100 + (int)(pairs >> 16 & 0xff), month = (int)(pairs >> 40 & 0xff);
    return day_from_date(year, month, (int)day_of_month, result);
}

/* Writes `value` as `count` digits with zeros in front. */
static void write_digits(char *place, int value, int count)
{
    for (int i = count - 1; i >= 0; i--) {
        place[i] = (char)('0' + value % 10);
        value /= 10;
    }
}

void day_format(day value, char text[DAY_TEXT_SIZE])
{
    int year, month, day_of_month;
    day_to_date(value, &year, &month, &day_of_month);
    text[0] = '\0';
    if (year < YEAR_FIRST || year > YEAR_LAST)
        return;
    write_digits(text, year, 4);
    text[4] = '-';
    write_digits(text + 5, month, 2);
    text[7] = '-';
    write_digits(text + 8, day_of_month, 2);
    text[10] = '\0';
}

quarter quarter_of_day(day value)
{
    int year, month, day_of_month;
    day_to_date(value, &year, &month, &day_of_month);
    return year * 4 + (month - 1) / 3;
}

day quarter_first_day(quarter value)
{
    return day_of_valid_date(value / 4, value % 4 * 3 + 1, 1);
}

day quarter_last_day(quarter value)
{
    int month = value % 4 * 3 + 3;
    return day_of_valid_date(value / 4, month, month_length(value / 4, month));
}

bool quarter_parse(struct text text, quarter *result)
{
    bool financial = text.length == 10 && text.bytes[4] == '/';
    if (!financial && text.length != 7)
        return false;
    unsigned century = two_digits(text.bytes), year_of_century = two_digits(text.bytes + 2);
    if (century > 99 || year_of_century > 99)
        return false;
    int year = (int)(century * 100 + year_of_century);
    const char *ending = text.bytes + text.length - 3;
    if (year < YEAR_FIRST || ending[0] != '-' || ending[1] != 'Q' || ending[2] < '1' || ending[2] > '4')
        return false;
    quarter value = year * 4 + (ending[2] - '1');
    if (financial) {
        if (two_digits(text.bytes + 5) != (unsigned)(year + 1) % 100)
            return false;
        value++; /* April to June, the first of the financial year, is the second of the calendar's */
    }
    if (value / 4 > YEAR_LAST)
        return false;
    *result = value;
    return true;
}

void quarter_format(quarter value, char text[QUARTER_TEXT_SIZE])
{
    text[0] = '\0';
    if (value < YEAR_FIRST * 4 || value / 4 > YEAR_LAST)
        return;
    write_digits(text, value / 4, 4);
    text[4] = '-';
    text[5] = 'Q';
    text[6] = (char)('1' + value % 4);
    text[7] = '\0';
}
