#include "referlens/output/comparison_words.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_reading(struct estimate difference, enum comparison_unit unit, const char *reason, const char *words)
{
    struct buffer text = buffer_with_maximum(1000);
    comparison_add_reading(difference, unit, reason, &text);
    assert_string_equal(text.bytes, words);
    buffer_release(&text);
}

static void signs_are_shown_and_points_are_of_a_hundred(void **state)
{
    (void)state;
    assert_string_equal(comparison_signed(0.0541, UNIT_SHARE).text, "+5.4 points");
    assert_string_equal(comparison_signed(-0.031, UNIT_SHARE).text, "−3.1 points");
    assert_string_equal(comparison_signed(-0.0001, UNIT_SHARE).text, "0.0 points");
    assert_string_equal(comparison_signed(6.25, UNIT_DAYS).text, "+6.3 days");
    assert_string_equal(comparison_signed(-1234.5, UNIT_RATE).text, "−1,234.5");
    assert_string_equal(comparison_signed(NAN, UNIT_SHARE).text, "");
    assert_string_equal(comparison_signed_range((struct estimate){0, -0.01, 0.022}, UNIT_SHARE).text, "−1.0 to +2.2");
    assert_string_equal(comparison_signed_range((struct estimate){0, NAN, 0.022}, UNIT_SHARE).text, "");
}

static void pounds_have_pence_below_a_hundred(void **state)
{
    (void)state;
    assert_string_equal(comparison_value(3.684, UNIT_POUNDS).text, "£3.68");
    assert_string_equal(comparison_value(99.99, UNIT_POUNDS).text, "£99.99");
    assert_string_equal(comparison_value(99.996, UNIT_POUNDS).text, "£100");
    assert_string_equal(comparison_value(19062.4, UNIT_POUNDS).text, "£19,062");
    assert_string_equal(comparison_value(NAN, UNIT_POUNDS).text, "");
    assert_string_equal(comparison_range((struct estimate){5, 4.5, 1190}, UNIT_POUNDS).text, "£4.50–£1,190");
}

/* The rule: higher or lower only where the interval excludes none; no interval, no verdict. */
static void a_reading_says_no_more_than_the_interval(void **state)
{
    (void)state;
    assert_reading((struct estimate){0.054, 0.032, 0.076}, UNIT_SHARE, NULL, "5.4 points higher (95 % CI +3.2 to +7.6)");
    assert_reading((struct estimate){-2, -3, -1}, UNIT_DAYS, NULL, "2.0 days shorter (95 % CI −3.0 to −1.0)");
    assert_reading((struct estimate){0.006, -0.01, 0.022}, UNIT_SHARE, NULL,
                   "no more different than chance (+0.6 points; 95 % CI −1.0 to +2.2)");
    assert_reading((struct estimate){0.006, 0, 0.022}, UNIT_SHARE, NULL,
                   "no more different than chance (+0.6 points; 95 % CI 0.0 to +2.2)");
    assert_reading((struct estimate){0.006, NAN, NAN}, UNIT_SHARE, "too few practices", "+0.6 points; too few practices");
    assert_reading((struct estimate){NAN, NAN, NAN}, UNIT_SHARE, "too few to show", "too few to show");
    assert_reading((struct estimate){NAN, NAN, NAN}, UNIT_SHARE, NULL, "no number");
}

/* Nineteen alike on a side are too few, twenty are not; of 27 with a hidden count left out it may be 7, and 20 remain.
 */
static void a_difference_of_a_few_alike_is_told_only_with_its_interval(void **state)
{
    (void)state;
    const struct estimate bare = {0.648, NAN, NAN}, told = {0.648, 0.2, 0.9}, none = {NAN, NAN, NAN};
    struct comparison_side own = {.denominator = 30}, reference = {.denominator = 40};
    struct comparison_left_out left_out = {.referrals = 10, .reference_referrals = 20};
    assert_null(comparison_too_few_alike(bare, &own, &reference, &left_out));
    left_out.referrals = 11;
    assert_string_equal(comparison_too_few_alike(bare, &own, &reference, &left_out), "too few to compare");
    assert_null(comparison_too_few_alike(told, &own, &reference, &left_out));
    assert_null(comparison_too_few_alike(none, &own, &reference, &left_out));
    left_out = (struct comparison_left_out){.referrals = NAN, .reference_referrals = 21};
    assert_non_null(comparison_too_few_alike(bare, &own, &reference, &left_out));
    left_out.reference_referrals = 0;
    own.denominator = 27;
    assert_null(comparison_too_few_alike(bare, &own, &reference, &left_out));
    own.denominator = 26;
    assert_non_null(comparison_too_few_alike(bare, &own, &reference, &left_out));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_are_shown_and_points_are_of_a_hundred),
        cmocka_unit_test(pounds_have_pence_below_a_hundred),
        cmocka_unit_test(a_reading_says_no_more_than_the_interval),
        cmocka_unit_test(a_difference_of_a_few_alike_is_told_only_with_its_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
