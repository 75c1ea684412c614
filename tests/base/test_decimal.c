/* The judges are the C library: its strtod, and its digits wherever they are the only shortest ones. */
#include "referlens/base/decimal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "referlens/base/random.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Reads back; no fewer digits do; and of so many digits they are the nearest, as printf's are. */
static void check_shortest(double value)
{
    struct decimal decimal = decimal_shortest(value);
    char text[64], printed[64];
    while (decimal.digits % 10 == 0) {
        decimal.digits /= 10;
        decimal.exponent++;
    }
    int count = snprintf(text, sizeof text, "%" PRIu64 "e%d", decimal.digits, decimal.exponent);
    if (strtod(text, NULL) != value)
        fail_msg("%a became %s", value, text);
    count = (int)strcspn(text, "e");
    snprintf(printed, sizeof printed, "%.*e", count > 1 ? count - 2 : 0, value);
    if (count > 1 && strtod(printed, NULL) == value)
        fail_msg("%s became %s", printed, text);
    snprintf(printed, sizeof printed, "%.*e", count - 1, value);
    int exponent;
    if (strtod(printed, NULL) == value && frexp(value, &exponent) != 0.5) {
        char digits[64] = "";
        size_t length = 0;
        for (const char *place = printed; *place != 'e'; place++)
            if (*place != '.')
                digits[length++] = *place;
        if ((int)length != count || strncmp(digits, text, length) != 0)
            fail_msg("%s became %s", printed, text);
    }
}

static void numbers_of_every_size_are_shortest_and_nearest(void **state)
{
    (void)state;
    struct random_stream random = random_seed(11, 0);
    for (int exponent = -1073; exponent < 1024; exponent++) {
        for (int i = 0; i < 60; i++)
            check_shortest(ldexp(0.5 + random_uniform(&random) / 2, exponent));
        check_shortest(ldexp(0.5, exponent));
        check_shortest(nextafter(ldexp(0.5, exponent), INFINITY));
    }
}

static void quotients_of_counts_are_shortest_and_nearest(void **state)
{
    (void)state;
    for (int denominator = 1; denominator < 400; denominator++)
        for (int numerator = 1; numerator <= denominator; numerator++)
            check_shortest((double)numerator / denominator);
}

/* Around each power of ten, where the number of decimal places changes. */
static void numbers_beside_powers_of_ten_are_shortest_and_nearest(void **state)
{
    (void)state;
    for (int power = -12; power < 25; power++) {
        char text[16];
        snprintf(text, sizeof text, "1e%d", power);
        double value = strtod(text, NULL), below = value, above = value;
        for (int i = 0; i < 50; i++) {
            check_shortest(below);
            check_shortest(above);
            below = nextafter(below, 0);
            above = nextafter(above, INFINITY);
        }
    }
}

static void quick_reading_is_strtods_or_declined(void **state)
{
    (void)state;
    struct random_stream random = random_seed(12, 0);
    for (int i = 0; i < 100000; i++) {
        uint64_t digits = random_bits(&random) >> random_below(&random, 64);
        int exponent = (int)random_below(&random, 60) - 30;
        double value = -1;
        char text[64];
        snprintf(text, sizeof text, "%" PRIu64 "e%d", digits, exponent);
        if (decimal_read_quickly(digits, exponent, &value))
            assert_true(value == strtod(text, NULL));
        else
            assert_true(value == -1);
    }
    double value;
    assert_false(decimal_read_quickly((UINT64_C(1) << 53) + 1, 0, &value));
    assert_false(decimal_read_quickly(1, 23, &value));
    assert_false(decimal_read_quickly(1, -23, &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_of_every_size_are_shortest_and_nearest),
        cmocka_unit_test(quotients_of_counts_are_shortest_and_nearest),
        cmocka_unit_test(numbers_beside_powers_of_ten_are_shortest_and_nearest),
        cmocka_unit_test(quick_reading_is_strtods_or_declined),
    };
    return cmocka_run_group_tests_name("base/decimal", tests, NULL, NULL);
}
