/* Twenty practices with 200 decided referrals each, 20 ± 2 of them rejected; the last has what each test says. */
#include "referlens/measure/talking_point.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { PRACTICES = 20, TOTAL = 200 };

static void add(struct result_list *list, uint32_t practice, const char *measure, double hits, double total)
{
    struct slice slice = slice_all();
    slice.practice = practice;
    struct result *result = result_list_add(list, slice, (uint16_t)measure_index(measure));
    result->status = RESULT_OK;
    result->numerator = hits;
    result->denominator = total;
    result->value = hits / total;
    result->lower = result->value * 0.9;
    result->upper = fmin(result->value * 1.1, 1);
}

/* A report with these measures, each alike but in the last practice. */
struct last {
    const char *measure;
    double hits;
};

static struct report report_of(const struct last *last, size_t count, size_t practices)
{
    struct report report = {.audience = AUDIENCE_ANALYST};
    for (size_t m = 0; m < count; m++) {
        double sum = 0;
        for (uint32_t i = 0; i < practices; i++) {
            const double hits = i == practices - 1 ? last[m].hits : 18 + i % 5;
            add(&report.practices, i, last[m].measure, hits, TOTAL);
            sum += hits;
        }
        add(&report.aggregates, SLICE_ALL, last[m].measure, sum, TOTAL * (double)practices);
    }
    return report;
}

static size_t points_of(const struct last *last, size_t count, size_t practices,
                        struct talking_point points[TALKING_POINTS_MAX], size_t *compared)
{
    struct report report = report_of(last, count, practices);
    struct practice_funnel *funnels = practice_funnels_of(&report, 1);
    struct slice slice = slice_all();
    slice.practice = (uint32_t)practices - 1;
    const size_t found = talking_points_of(&report.practices, slice, funnels, points, compared);
    for (size_t i = 0; i < found; i++)
        points[i].result = NULL; /* goes with the report */
    for (size_t i = 0; i < measure_count; i++)
        practice_funnel_release(&funnels[i]);
    free(funnels);
    result_list_release(&report.aggregates);
    result_list_release(&report.practices);
    return found;
}

static void assert_points(const struct talking_point *points, size_t count, const char *const *expected)
{
    for (size_t i = 0; i < count; i++)
        assert_string_equal(measure_table[points[i].measure].id, expected[i]);
}

static void what_stands_out_comes_first_then_what_concerns_patients_most(void **state)
{
    (void)state;
    static const struct last last[] = {{"dna_rate", 90}, {"rejection_rate", 60}, {"lost_after_rejection", 20},
                                       {"asi_rate", 20}};
    static const char *const expected[] = {"rejection_rate", "dna_rate", "lost_after_rejection"};
    struct talking_point points[TALKING_POINTS_MAX];
    size_t compared;
    assert_int_equal(points_of(last, 4, PRACTICES, points, &compared), 3);
    assert_int_equal(compared, 4);
    assert_points(points, 3, expected);
    assert_int_equal(points[0].own.finding, FINDING_CONVERSATION);
    assert_int_equal(points[0].own.side, 1);
    assert_int_equal(points[2].own.finding, FINDING_CHANCE);
}

static void five_are_enough(void **state)
{
    (void)state;
    static const struct last last[] = {{"dna_rate", 90},         {"rejection_rate", 90}, {"lost_after_rejection", 90},
                                       {"asi_rate", 90},         {"redirected_rate", 90}, {"discharged_at_first", 90},
                                       {"treatment_conversion", 90}};
    static const char *const expected[] = {"lost_after_rejection", "rejection_rate", "asi_rate", "dna_rate",
                                           "redirected_rate"};
    struct talking_point points[TALKING_POINTS_MAX];
    size_t compared;
    assert_int_equal(points_of(last, 7, PRACTICES, points, &compared), TALKING_POINTS_MAX);
    assert_int_equal(compared, 7);
    assert_points(points, TALKING_POINTS_MAX, expected);
}

static void with_few_practices_nothing_is_compared_and_something_is_named(void **state)
{
    (void)state;
    static const struct last last[] = {{"rejection_rate", 90}, {"dna_rate", 90}};
    static const char *const expected[] = {"rejection_rate"};
    struct talking_point points[TALKING_POINTS_MAX];
    size_t compared;
    assert_int_equal(points_of(last, 2, 4, points, &compared), 1);
    assert_int_equal(compared, 0);
    assert_points(points, 1, expected);
    assert_int_equal(points[0].own.finding, FINDING_NO_NUMBER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_stands_out_comes_first_then_what_concerns_patients_most),
        cmocka_unit_test(five_are_enough),
        cmocka_unit_test(with_few_practices_nothing_is_compared_and_something_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
