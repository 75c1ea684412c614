#include "referlens/input/nhs_number.h"

enum { DIGITS = 10, SEPARATED_LENGTH = 12, MODULUS = 11 };

bool nhs_number_is_valid(struct text text)
{
    const bool separated = text.length == SEPARATED_LENGTH;
    if (!separated && text.length != DIGITS)
        return false;
    const char separator = separated ? text.bytes[3] : '\0';
    if (separated && ((separator != ' ' && separator != '-') || text.bytes[7] != separator))
        return false;
    int digits[DIGITS], count = 0, sum = 0;
    for (size_t i = 0; i < text.length; i++) {
        const char c = text.bytes[i];
        if (separated && (i == 3 || i == 7))
            continue;
        if (c < '0' || c > '9')
            return false;
        digits[count++] = c - '0';
    }
    for (int i = 0; i < DIGITS - 1; i++)
        sum += digits[i] * (DIGITS - i);
    const int check = (MODULUS - sum % MODULUS) % MODULUS;
    return check == digits[DIGITS - 1]; /* a check of 10 is no digit: such numbers are not given out */
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool stands_at(struct text text, size_t offset, size_t length)
{
    const size_t end = offset + length;
    return end <= text.length && (end == text.length || !is_digit(text.bytes[end])) &&
           nhs_number_is_valid((struct text){text.bytes + offset, length});
}

bool nhs_number_stands_in(struct text text)
{
    for (size_t i = 0; i + DIGITS <= text.length; i++) {
        if (is_digit(text.bytes[i]) && (i == 0 || !is_digit(text.bytes[i - 1])) &&
            (stands_at(text, i, DIGITS) || stands_at(text, i, SEPARATED_LENGTH)))
            return true;
    }
    return false;
}
