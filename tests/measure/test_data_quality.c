#include "referlens/measure/data_quality.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static const struct quality_values some = {
    .values = {{"beta", 31}, {"alpha", 29}, {"Jane Smith", 7}, {"gone", 3}}, .count = 4, .others = 2};

static void assert_value(const struct shown_value *shown, const char *value, double count)
{
    assert_string_equal(shown->value, value);
    assert_true(isnan(count) ? isnan(shown->count) : shown->count == count);
}

static void an_analyst_sees_the_values_as_they_are(void **state)
{
    (void)state;
    const struct shown_values shown = data_quality_values(&some, false, true);
    assert_int_equal(shown.count, 4);
    assert_value(&shown.values[0], "beta", 31);
    assert_value(&shown.values[2], "Jane Smith", 7);
    assert_true(shown.others == 2);
}

static void values_that_few_rows_hold_are_left_to_the_others(void **state)
{
    (void)state;
    const struct shown_values shown = data_quality_values(&some, false, false);
    assert_int_equal(shown.count, 2);
    assert_value(&shown.values[0], "alpha",
                 30); /* 31 and 29 are both shown as 30: the order must not tell them apart */
    assert_value(&shown.values[1], "beta", 30);
    assert_true(shown.others == 10); /* 2 + 7 + 3 */
}

static void known_words_are_shown_without_a_hidden_count_and_not_in_its_order(void **state)
{
    (void)state;
    const struct quality_values words = {.values = {{"rejected", 20}, {"died", 5}, {"asi", 3}}, .count = 3};
    const struct shown_values shown = data_quality_values(&words, true, false);
    assert_int_equal(shown.count, 3);
    assert_value(&shown.values[0], "rejected", 20);
    assert_value(&shown.values[1], "asi", NAN);
    assert_value(&shown.values[2], "died", NAN);
    assert_true(shown.others == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_analyst_sees_the_values_as_they_are),
        cmocka_unit_test(values_that_few_rows_hold_are_left_to_the_others),
        cmocka_unit_test(known_words_are_shown_without_a_hidden_count_and_not_in_its_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
