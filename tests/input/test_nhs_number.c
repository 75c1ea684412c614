#include "referlens/input/nhs_number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* Numbers printed as examples: 943 476 5919 and 943 476 5870 by the NHS's own guides, 401 023 2137 by Wikipedia. */
static void published_numbers_are_valid_however_they_are_written(void **state)
{
    (void)state;
    const char *const valid[] = {"9434765919",   "943 476 5919", "943-476-5919", "9434765870",
                                 "943 476 5870", "4010232137",   "401-023-2137"};
    for (size_t i = 0; i < sizeof valid / sizeof *valid; i++)
        assert_true(nhs_number_is_valid(text_of(valid[i])));
}

static void what_is_not_written_as_one_is_none(void **state)
{
    (void)state;
    const char *const bad[] = {"",
                               "943476591",
                               "94347659190",
                               "943 476-5919",
                               "943/476/5919",
                               "9434 76 5919",
                               "94347 65919",
                               " 9434765919",
                               "9434765919 ",
                               "943476591X",
                               "PF9CFJLQC1",
                               "943 476 591 ",
                               "943  4765919 ",
                               "+434765919",
                               "9434765919\n",
                               "943 4765919"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(nhs_number_is_valid(text_of(bad[i])));
    assert_false(nhs_number_is_valid((struct text){NULL, 0}));
    assert_false(nhs_number_is_valid((struct text){"943476591\0", 10}));
}

static void one_is_found_wherever_it_stands_in_a_text(void **state)
{
    (void)state;
    const char *const with[] = {"9434765919",        "Jane Smith 9434765919", "943 476 5919 cardiology",
                                "NHS:943-476-5919.", "A9434765919B",          "0113 496 0000, 4010232137",
                                "(9434765870)"};
    const char *const without[] = {"",
                                   "330",
                                   "Trauma & Orthopaedics",
                                   "94347659190",
                                   "19434765919",
                                   "9434765918 and more",
                                   "1943 476 5919",
                                   "943 476 59190",
                                   "943 476",
                                   "1239434765919123456"};
    for (size_t i = 0; i < sizeof with / sizeof *with; i++)
        assert_true(nhs_number_stands_in(text_of(with[i])));
    for (size_t i = 0; i < sizeof without / sizeof *without; i++)
        assert_false(nhs_number_stands_in(text_of(without[i])));
    assert_false(nhs_number_stands_in((struct text){NULL, 0}));
}

/* Weights below 11 and a prime modulus: no wrong digit and no two swapped ones go unseen. */
static void any_other_last_digit_is_wrong(void **state)
{
    (void)state;
    char number[] = "9434765919";
    for (int place = 0; place < 10; place++) {
        const char right = number[place];
        for (char digit = '0'; digit <= '9'; digit++) {
            number[place] = digit;
            assert_int_equal(nhs_number_is_valid(text_of(number)), digit == right);
        }
        number[place] = right;
    }
    assert_false(nhs_number_is_valid(TEXT("4934765919")));
    assert_false(nhs_number_is_valid(TEXT("9434765991")));
}

/* By hand: 100000001 has the weighted sum 10 + 2 = 12, so its check is 11 - 1 = 10, which is no digit; 000000000 has 0,
 * so 11, which is written 0. */
static void the_two_checks_that_are_no_digit_follow_the_rule(void **state)
{
    (void)state;
    char number[24];
    for (int last = 0; last <= 9; last++) {
        snprintf(number, sizeof number, "100000001%d", last);
        assert_false(nhs_number_is_valid(text_of(number)));
        snprintf(number, sizeof number, "000000000%d", last);
        assert_int_equal(nhs_number_is_valid(text_of(number)), last == 0);
    }
}

/* Each nine digits have one check digit or, one time in eleven, none: 10 / 11 of a hundred thousand. */
static void one_number_in_eleven_is_valid(void **state)
{
    (void)state;
    char number[24];
    int valid = 0;
    for (int i = 0; i < 1000000; i++) {
        snprintf(number, sizeof number, "9434%06d", i);
        valid += nhs_number_is_valid(text_of(number));
    }
    assert_in_range(valid, 90900, 90920);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_numbers_are_valid_however_they_are_written),
        cmocka_unit_test(what_is_not_written_as_one_is_none),
        cmocka_unit_test(one_is_found_wherever_it_stands_in_a_text),
        cmocka_unit_test(any_other_last_digit_is_wrong),
        cmocka_unit_test(the_two_checks_that_are_no_digit_follow_the_rule),
        cmocka_unit_test(one_number_in_eleven_is_valid),
    };
    return cmocka_run_group_tests_name("input/nhs_number", tests, NULL, NULL);
}
