/* Doubles as decimal digits, in no locale: what buffer_add_number writes and text_to_number reads. */
#ifndef REFERLENS_BASE_DECIMAL_H
#define REFERLENS_BASE_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

/* digits × 10^exponent */
struct decimal {
    uint64_t digits;
    int exponent;
};

/* The decimal with the fewest significant digits, 17 at most, that reads back to `value`, which must be positive and
 * finite; among those nearest to it. The digits may end in zeros. */
struct decimal decimal_shortest(double value);

/* The double nearest to digits × 10^exponent, where that takes one operation on exact numbers: up to 2^53 and within
 * 22 powers of ten. Elsewhere returns false and leaves `*value` alone. */
bool decimal_read_quickly(uint64_t digits, int64_t exponent, double *value);

#endif
