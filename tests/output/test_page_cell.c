/* One result as a page shows it. The expected texts are written out by hand after page_cell.h and page_format.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "referlens/output/page_cell.h"

#include <math.h>
#include <stdlib.h>

static struct result_list list;

static struct result *result_of(const char *measure)
{
    result_list_release(&list);
    return result_list_add(&list, slice_all(), (uint16_t)measure_index(measure));
}

static cJSON *cell_of(const struct result *result)
{
    return page_cell(result, result->measure, false);
}

static void check_text(const cJSON *cell, const char *key, const char *expected)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(cell, key);
    assert_non_null(item);
    if (expected == NULL) {
        assert_true(cJSON_IsNull(item));
    } else {
        assert_true(cJSON_IsString(item));
        assert_string_equal(item->valuestring, expected);
    }
}

static void a_proportion_has_a_value_a_range_and_its_counts(void **state)
{
    (void)state;
    struct result *result = result_of("rejection_rate");
    result->numerator = 31;
    result->denominator = 252;
    result->value = 0.123;
    result->lower = 0.101;
    result->upper = 0.149;
    result->excluded = (struct exclusions){12, 0, 4};
    cJSON *cell = cell_of(result);
    check_text(cell, "status", "ok");
    check_text(cell, "status_text", NULL);
    check_text(cell, "value_text", "12.3 %");
    check_text(cell, "range_text", "10.1–14.9 %");
    check_text(cell, "interval_text", "95 % CI 10.1–14.9 %");
    check_text(cell, "count_text", "31 of 252");
    check_text(cell, "left_out_text", "12 not decided, 4 not known");
    cJSON_Delete(cell);
}

static void a_masked_count_of_those_left_out_is_not_zero(void **state)
{
    (void)state;
    struct result *result = result_of("advice_response_2d");
    result->excluded = (struct exclusions){NAN, 15, 0};
    cJSON *cell = cell_of(result);
    check_text(cell, "left_out_text", "fewer than 8 not answered, 15 too recent to tell");
    cJSON_Delete(cell);
}

static void check_status(enum result_status status, struct exclusions excluded, const char *expected)
{
    struct result *result = result_of("attendance_conversion");
    result->status = status;
    result->excluded = excluded;
    cJSON *cell = cell_of(result);
    check_text(cell, "status_text", expected);
    check_text(cell, "value_text", NULL);
    check_text(cell, "range_text", NULL);
    check_text(cell, "count_text", NULL);
    cJSON_Delete(cell);
}

static void where_there_is_no_number_the_reason_stands(void **state)
{
    (void)state;
    check_status(RESULT_SUPPRESSED, (struct exclusions){0, 0, 0}, "too few to show");
    check_status(RESULT_NOT_RECORDED, (struct exclusions){0, 0, 0}, "not recorded");
    check_status(RESULT_INSUFFICIENT, (struct exclusions){0, 0, 0}, "not enough data");
    check_status(RESULT_INSUFFICIENT, (struct exclusions){0, 40, 0}, "too recent to tell");
    check_status(RESULT_INSUFFICIENT, (struct exclusions){0, NAN, 0}, "too recent to tell");
    check_status(RESULT_INSUFFICIENT, (struct exclusions){9, 0, 0}, "not decided");
}

static void a_slice_with_nothing_in_it_has_not_enough_data(void **state)
{
    (void)state;
    cJSON *cell = page_cell(NULL, measure_index("rejection_rate"), true);
    check_text(cell, "status", "insufficient");
    check_text(cell, "status_text", "not enough data");
    check_text(cell, "value_text", NULL);
    cJSON_Delete(cell);
}

static void a_delay_has_a_median_or_says_that_it_was_not_reached(void **state)
{
    (void)state;
    struct result *result = result_of("wait_first_attendance");
    result->n = 252;
    result->median = 43;
    result->median_lower = 40;
    result->median_upper = 47;
    result->within[1] = (struct incidence){0.25, 0.2, 0.3};
    cJSON *cell = cell_of(result);
    check_text(cell, "value_text", "43 days");
    check_text(cell, "interval_text", "95 % CI 40–47 days");
    check_text(cell, "p90_text", "not reached");
    check_text(cell, "count_text", "252 referrals");
    const cJSON *within = cJSON_GetObjectItemCaseSensitive(cell, "within");
    assert_int_equal(cJSON_GetArraySize(within), HORIZON_COUNT);
    check_text(cJSON_GetArrayItem(within, 0), "value_text", NULL);
    check_text(cJSON_GetArrayItem(within, 1), "value_text", "25.0 %");
    cJSON_Delete(cell);

    result->n = 1;
    result->median = result->median_upper = NAN;
    cell = cell_of(result);
    check_text(cell, "value_text", "not reached");
    check_text(cell, "range_text", "40 days or more");
    check_text(cell, "count_text", "1 referral");
    cJSON_Delete(cell);
}

/* The numbers of a median that hangs on a few are left out, so that nothing is drawn of it. */
static void a_median_that_rests_on_too_few_is_too_recent_to_tell(void **state)
{
    (void)state;
    struct result *result = result_of("wait_first_attendance");
    result->n = 76;
    result->median = result->median_upper = 82;
    result->median_lower = 70;
    result->p90 = 90;
    result->followed_until = 75;
    cJSON *cell = cell_of(result);
    check_text(cell, "value_text", "too recent to tell");
    check_text(cell, "range_text", "70 days or more");
    check_text(cell, "p90_text", "too recent to tell");
    assert_true(cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(cell, "too_recent")));
    assert_true(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(cell, "median")));
    assert_true(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(cell, "median_upper")));
    assert_float_equal(cJSON_GetObjectItemCaseSensitive(cell, "median_lower")->valuedouble, 70, 0);
    cJSON_Delete(cell);

    result->median = 72;
    cell = cell_of(result);
    check_text(cell, "value_text", "72 days");
    check_text(cell, "range_text", "70 days or more");
    cJSON_Delete(cell);
}

static void a_delay_without_a_curve_shows_the_median_of_what_is_recorded(void **state)
{
    (void)state;
    struct result *result = result_of("hidden_delay");
    result->completed_median = 6.5;
    result->completed_p90 = 13;
    cJSON *cell = cell_of(result);
    check_text(cell, "value_text", "6.5 days");
    check_text(cell, "p90_text", "13 days");
    assert_null(cJSON_GetObjectItemCaseSensitive(cell, "within"));
    cJSON_Delete(cell);
}

static void a_rate_names_its_person_years(void **state)
{
    (void)state;
    struct result *result = result_of("referral_rate");
    result->numerator = 1270;
    result->denominator = 22289.4;
    result->value = 56.98;
    result->lower = 53.9;
    result->upper = 60.2;
    cJSON *cell = cell_of(result);
    check_text(cell, "value_text", "57.0");
    check_text(cell, "interval_text", "95 % CI 53.9–60.2");
    check_text(cell, "count_text", "1,270 in 22,289 person-years");
    cJSON_Delete(cell);
}

static void an_axis_is_round_and_holds_every_limit(void **state)
{
    (void)state;
    cJSON *rows = cJSON_Parse("[{\"a\":{\"rejection_rate\":{\"value\":0.1,\"upper\":0.21}}},"
                              "{\"a\":{\"rejection_rate\":{\"value\":null,\"upper\":null}}}]");
    assert_float_equal(page_axis(rows, "a", "rejection_rate"), 0.25, 0);
    assert_true(isnan(page_axis(rows, "a", "wait_decision")));
    assert_true(isnan(page_axis(rows, NULL, "rejection_rate")));
    assert_true(isnan(page_axis(NULL, NULL, "rejection_rate")));
    cJSON_Delete(rows);
    rows = cJSON_Parse(
        "[{\"wait\":{\"median\":108,\"median_upper\":110}},{\"wait\":{\"median\":3,\"median_upper\":null}}]");
    assert_float_equal(page_axis(rows, NULL, "wait"), 150, 0);
    cJSON_Delete(rows);
}

static void results_are_found_by_slice_and_measure(void **state)
{
    (void)state;
    struct result_list results = {0};
    struct slice slice = slice_all();
    for (uint32_t specialty = 3; specialty > 0; specialty--) {
        slice.specialty = specialty;
        result_list_add(&results, slice, 1)->value = specialty;
        result_list_add(&results, slice, 0)->value = 10 * specialty;
    }
    slice.period = 8000;
    result_list_add(&results, slice, 0);
    struct page_index index = page_index_of(&results);
    slice.period = PERIOD_ALL;
    slice.specialty = 2;
    assert_float_equal(page_index_find(&index, slice, 0)->value, 20, 0);
    assert_float_equal(page_index_find(&index, slice, 1)->value, 2, 0);
    assert_null(page_index_find(&index, slice_all(), 0));

    uint32_t *values;
    assert_int_equal(page_index_values(&index, slice_all(), PART_SPECIALTY, &values), 3);
    assert_int_equal(values[0], 1);
    assert_int_equal(values[2], 3);
    free(values);
    assert_int_equal(page_index_values(&index, slice_all(), PART_PRACTICE, &values), 0);
    free(values);
    page_index_release(&index);
    result_list_release(&results);
}

static int release(void **state)
{
    (void)state;
    result_list_release(&list);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_proportion_has_a_value_a_range_and_its_counts, release),
        cmocka_unit_test_teardown(a_masked_count_of_those_left_out_is_not_zero, release),
        cmocka_unit_test_teardown(where_there_is_no_number_the_reason_stands, release),
        cmocka_unit_test(a_slice_with_nothing_in_it_has_not_enough_data),
        cmocka_unit_test_teardown(a_delay_has_a_median_or_says_that_it_was_not_reached, release),
        cmocka_unit_test_teardown(a_median_that_rests_on_too_few_is_too_recent_to_tell, release),
        cmocka_unit_test_teardown(a_delay_without_a_curve_shows_the_median_of_what_is_recorded, release),
        cmocka_unit_test_teardown(a_rate_names_its_person_years, release),
        cmocka_unit_test(an_axis_is_round_and_holds_every_limit),
        cmocka_unit_test(results_are_found_by_slice_and_measure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
