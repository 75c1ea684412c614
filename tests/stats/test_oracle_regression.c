#include "oracle.h"

#include "referlens/stats/difference_in_differences.h"
#include "referlens/stats/interrupted_series.h"

static void check_its(const cJSON *input, const cJSON *answer)
{
    size_t count = 0;
    double *t = oracle_numbers(input, "t", &count);
    double *y = oracle_numbers(input, "y", &count);
    struct interrupted_point *points = memory_allocate_zeroed(count, sizeof *points);
    for (size_t i = 0; i < count; i++) {
        points[i] = (struct interrupted_point){t[i], y[i]};
    }
    struct interrupted_series actual =
        interrupted_series(points, count, oracle_number(input, "at"), (size_t)oracle_number(input, "lag"), 0.95);
    assert_null(actual.reason);
    assert_all_near(actual.beta, answer, "beta");
    assert_all_near(actual.se, answer, "se");
    memory_free(t);
    memory_free(y);
    memory_free(points);
}

static void interrupted_series_have_the_errors_of_newey_and_west(void **state)
{
    (void)state;
    for_each_case("regression", "its", check_its);
}

static void check_did(const cJSON *input, const cJSON *answer)
{
    size_t count = 0;
    double *unit = oracle_numbers(input, "unit", &count);
    double *period = oracle_numbers(input, "period", &count);
    double *treated = oracle_numbers(input, "treated", &count);
    double *y = oracle_numbers(input, "y", &count);
    struct panel_row *rows = memory_allocate_zeroed(count, sizeof *rows);
    int32_t units = 0;
    int32_t periods = 0;
    for (size_t i = 0; i < count; i++) {
        rows[i] = (struct panel_row){(int32_t)unit[i], (int32_t)period[i], treated[i], y[i]};
        units = rows[i].unit >= units ? rows[i].unit + 1 : units;
        periods = rows[i].period >= periods ? rows[i].period + 1 : periods;
    }
    struct difference_in_differences actual = difference_in_differences(rows, count, units, periods, 0.95);
    double estimate = oracle_number(answer, "estimate");
    double se = oracle_number(answer, "se");
    assert_near(actual.estimate, estimate, "estimate");
    assert_near(actual.se, se, "se");
    assert_near(actual.lower, estimate - oracle_number(answer, "t") * se, "lower");
    assert_near(actual.upper, estimate + oracle_number(answer, "t") * se, "upper");

    struct difference_in_differences before = difference_pre_trend(rows, count, units, periods, 0.95);
    assert_near(before.estimate, oracle_number(answer, "pre"), "pre-trend");
    assert_near(before.se, oracle_number(answer, "pre_se"), "its error");
    memory_free(unit);
    memory_free(period);
    memory_free(treated);
    memory_free(y);
    memory_free(rows);
}

static void difference_in_differences_is_lm_with_clustered_errors(void **state)
{
    (void)state;
    for_each_case("regression", "did", check_did);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(interrupted_series_have_the_errors_of_newey_and_west),
        cmocka_unit_test(difference_in_differences_is_lm_with_clustered_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
