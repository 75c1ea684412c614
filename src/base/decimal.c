#include "referlens/base/decimal.h"

#include "referlens/base/text.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { DIGITS_ENOUGH = 17 }; /* significant digits that tell any two doubles apart */

bool decimal_read_quickly(uint64_t digits, int64_t exponent, double *value)
{
    static const double power_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                          1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (FLT_EVAL_METHOD != 0 || digits > UINT64_C(1) << 53 || exponent < -22 || exponent > 22)
        return false;
    /* Both operands are exact, so the one rounding is the right one (Clinger 1990). */
    *value = exponent < 0 ? (double)digits / power_of_ten[-exponent] : (double)digits * power_of_ten[exponent];
    return true;
}

#ifdef __SIZEOF_INT128__

/* The common numbers, from 1e-05 to 2^53, in whole numbers of 128 bits and so exactly. With value = mantissa / 2^shift,
 * `scaled` is value × 10^places × 2^shift, and a decimal of so many places is compared with it as digits × 2^shift. */

__extension__ typedef unsigned __int128 wide;

struct scaled {
    wide scaled;
    wide power; /* 10^places: in this scale, the distance from one double to the next */
    int shift;
    int places;
    bool mantissa_even;
    bool power_of_two;
};

static struct scaled scale(double value)
{
    int exponent;
    uint64_t mantissa = (uint64_t)(frexp(value, &exponent) * 0x1p53);
    struct scaled number = {.power = 1,
                            .shift = 53 - exponent,
                            .mantissa_even = mantissa % 2 == 0,
                            .power_of_two = mantissa == UINT64_C(1) << 52};
    /* Seventeen digits: value × 10^places is in [10^16, 10^17). */
    static const double small_powers[] = {1e-5, 1e-4, 1e-3, 1e-2, 1e-1}; /* none is below what it stands for */
    int magnitude = -5;
    while (magnitude < 0 && (magnitude == -1 ? value >= 1 : value >= small_powers[magnitude + 6]))
        magnitude++;
    for (double power = 10; magnitude >= 0 && value >= power; power *= 10)
        magnitude++;
    number.places = DIGITS_ENOUGH - 1 - magnitude;
    uint64_t low = 1, high = 1; /* at most 10^19 and 10^2 */
    for (int i = 0; i < number.places; i++)
        *(i < 19 ? &low : &high) *= 10;
    number.power = (wide)low * high;
    number.scaled = mantissa * number.power;
    return number;
}

static wide distance(const struct scaled *number, uint64_t digits)
{
    wide candidate = (wide)digits << number->shift;
    return candidate > number->scaled ? candidate - number->scaled : number->scaled - candidate;
}

/* A decimal reads back where it is within half the distance to the next double; at exactly half, where the mantissa is
 * even. Below a power of two the next double is half as far. */
static bool is_read_back(const struct scaled *number, uint64_t digits)
{
    bool below = (wide)digits << number->shift < number->scaled;
    wide doubled = distance(number, digits) * (number->power_of_two && below ? 4 : 2);
    return doubled < number->power || (doubled == number->power && number->mantissa_even);
}

static struct decimal shortest_of_common(double value)
{
    struct scaled number = scale(value);
    uint64_t exact = (uint64_t)(number.scaled >> number.shift);
    for (uint64_t dropped = 100; dropped > 0; dropped /= 10) {
        uint64_t below = exact / dropped * dropped, above = below + dropped;
        wide to_above = distance(&number, above), to_below = distance(&number, below);
        bool below_is_odd =
            below / dropped % 2 != 0; /* halfway between the two the even one is taken, as printf does */
        bool above_is_nearer = to_above < to_below || (to_above == to_below && below_is_odd);
        uint64_t nearer = above_is_nearer ? above : below, other = above_is_nearer ? below : above;
        if (is_read_back(&number, nearer))
            return (struct decimal){nearer, -number.places};
        if (is_read_back(&number, other))
            return (struct decimal){other, -number.places};
    }
    return (struct decimal){exact, -number.places}; /* not reached: 17 digits are enough */
}

#endif

/* The first `count` significant digits. The decimal point is that of the user's locale, and may have several bytes:
 * what is not a digit is skipped. */
static struct decimal first_digits(double value, int count)
{
    char text[64];
    struct decimal decimal = {0};
    int length = snprintf(text, sizeof text, "%.*e", count - 1, value);
    int64_t exponent = 0;
    int place = 0;
    for (; text[place] != 'e'; place++)
        if (text[place] >= '0' && text[place] <= '9')
            decimal.digits = decimal.digits * 10 + (uint64_t)(text[place] - '0');
    text_to_integer((struct text){text + place + 1, (size_t)(length - place - 1)}, &exponent);
    decimal.exponent = (int)exponent - (count - 1);
    return decimal;
}

static bool reads_back(struct decimal decimal, double value)
{
    double back;
    char text[48]; /* without a decimal point strtod reads alike in every locale */
    if (decimal_read_quickly(decimal.digits, decimal.exponent, &back))
        return back == value;
    snprintf(text, sizeof text, "%" PRIu64 "e%d", decimal.digits, decimal.exponent);
    return strtod(text, NULL) == value;
}

/* Fifteen digits are kept by every normal number, so fewer are found as zeros at the end; a subnormal one may need as
 * few as one. The nearest decimal of so many digits is the one that reads back, if any does, but for a power of two:
 * there the next double below is nearer than the one above, and only the decimal above may read back. */
static struct decimal shortest_of_any(double value)
{
    for (int count = value < DBL_MIN ? 1 : 15; count < DIGITS_ENOUGH; count++) {
        struct decimal nearest = first_digits(value, count);
        struct decimal above = {nearest.digits + 1, nearest.exponent};
        if (reads_back(nearest, value))
            return nearest;
        if (reads_back(above, value))
            return above;
    }
    return first_digits(value, DIGITS_ENOUGH);
}

struct decimal decimal_shortest(double value)
{
#ifdef __SIZEOF_INT128__
    if (value >= 1e-5 && value < 0x1p53)
        return shortest_of_common(value);
#endif
    return shortest_of_any(value);
}
