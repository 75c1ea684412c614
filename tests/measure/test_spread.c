/* Six practices with 20 decided referrals each, of which 0, 2, 4, 6, 8 and 10 were rejected: rates of 0, 0.1 … 0.5. The
 * type 7 deciles of these six numbers are 0.05 apart: at (6 − 1) × 0.1 × 0.1. A seventh has 19 referrals and does not
 * count. */
#include "referlens/measure/spread.h"

#include "../support/measured.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static char folder[SCRATCH_PATH_SIZE];

static int enter(void **state)
{
    (void)state;
    scratch_enter(folder);
    return 0;
}

static int leave(void **state)
{
    (void)state;
    scratch_leave(folder);
    return 0;
}

/* Practices with 20 referrals each, of which so many were rejected; one with a number below 0 has 19, and none. */
static struct measured practices_with(const int *rejected, int count)
{
    struct buffer referrals = buffer_with_maximum(1 << 16), outcomes = buffer_with_maximum(1 << 16);
    buffer_add_string(&referrals, FROM_CSV_REFERRALS);
    buffer_add_string(&outcomes, FROM_CSV_OUTCOMES);
    for (int practice = 0; practice < count; practice++) {
        for (int i = 0; i < (rejected[practice] < 0 ? 19 : 20); i++) {
            buffer_add_formatted(&referrals, "R%d-%d,A%d,2024-01-01,330,,,,\n", practice, i, practice);
            buffer_add_formatted(&outcomes, "R%d-%d,2024-01-02,%s,,,,\n", practice, i,
                                 i < rejected[practice] ? "rejected" : "accepted");
        }
    }
    /* One specialty and one quarter in which nobody has enough. */
    buffer_add_string(&referrals, "X,A0,2024-07-01,100,,,,\n");
    buffer_add_string(&outcomes, "X,2024-07-02,accepted,,,,\n");
    struct measured measured = measured_from(referrals.bytes, outcomes.bytes, NULL, "2024-12-31", "2024-Q1", 1);
    buffer_release(&referrals);
    buffer_release(&outcomes);
    return measured;
}

static struct measured seven_practices(void)
{
    static const int rejected[] = {0, 2, 4, 6, 8, 10, -1};
    return practices_with(rejected, 7);
}

static struct report report_on(const struct measured *measured, enum audience audience)
{
    return (struct report){.as_of = cohort_as_of(measured->input.cohort),
                           .audience = audience,
                           .cohort = measured->input.cohort,
                           .evaluation = measured->evaluation};
}

static void deciles_are_those_of_practices_with_enough(void **state)
{
    (void)state;
    struct measured measured = seven_practices();
    const struct report report = report_on(&measured, AUDIENCE_ANALYST);
    const uint32_t dermatology = measured_slice(&measured, NULL, "330", NULL, NULL).specialty;
    size_t specialties, quarters;
    struct spread *by_specialty = spread_by_specialty(&report, measure_index("rejection_rate"), &specialties);
    struct spread *by_quarter = spread_by_quarter(&report, measure_index("rejection_rate"), &quarters);
    assert_int_equal(specialties, 2);
    assert_int_equal(quarters, 3);
    assert_int_equal(by_specialty[dermatology].practices, 6);
    for (int i = 0; i < DECILES; i++) {
        assert_true(fabs(by_specialty[dermatology].deciles[i] - 0.05 * (i + 1)) < 1e-12);
        assert_true(fabs(by_quarter[0].deciles[i] - 0.05 * (i + 1)) < 1e-12);
    }
    assert_true(isnan(by_specialty[1 - dermatology].deciles[4]));
    assert_int_equal(by_quarter[1].practices, 0);
    assert_true(isnan(by_quarter[1].deciles[0]));
    free(by_specialty);
    free(by_quarter);
    measured_release(&measured);
}

static void others_see_only_masked_rates(void **state)
{
    (void)state;
    struct measured measured = seven_practices();
    const struct report report = report_on(&measured, AUDIENCE_SHARED);
    size_t count;
    struct spread *spreads = spread_by_specialty(&report, measure_index("rejection_rate"), &count);
    const uint32_t dermatology = measured_slice(&measured, NULL, "330", NULL, NULL).specialty;
    /* 2, 4 and 6 rejections may not be shown, 8 becomes 10: of 20, 0, 1, 1, 1, 10, 10 for the lower deciles, and 0, 7,
     * 7, 7, 10, 10 for the upper ones. The middle lies between the third and the fourth: from 1 to 7. */
    static const double expected[DECILES] = {0.025, 0.05, 0.05, 0.05, NAN, 0.35, 0.425, 0.5, 0.5};
    const struct spread *spread = &spreads[dermatology];
    assert_int_equal(spread->practices, 6);
    assert_int_equal(spread->hidden, 3);
    assert_true(spread_is_known(spread) && spread_is_widened(spread));
    for (int i = 0; i < DECILES; i++)
        assert_true(isnan(expected[i]) ? isnan(spread->deciles[i]) : fabs(spread->deciles[i] - expected[i]) < 1e-12);
    assert_true(fabs(spread->middle_lower - 0.05) < 1e-12);
    assert_true(fabs(spread->middle_upper - 0.35) < 1e-12);
    free(spreads);
    measured_release(&measured);
}

/* With 1, 3, 5, 7, 9 and 11 of 20, four of six are hidden: more than half. With 0, 0, 2, 8, 8 and 8 one is, and the
 * middle is between the 2 and an 8; with 0, 0, 0, 0, 2 and 8 it is 0 whatever the 2 is. */
static void a_range_that_is_mostly_hidden_is_not_given(void **state)
{
    (void)state;
    static const struct {
        int rejected[6];
        bool known;
        double middle_lower, middle_upper;
    } cases[] = {
        {{1, 3, 5, 7, 9, 11}, false, NAN, NAN},
        {{0, 0, 2, 8, 8, 8}, true, (1 + 10) / 40.0, (7 + 10) / 40.0},
        {{0, 0, 0, 0, 2, 8}, true, 0, 0},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct measured measured = practices_with(cases[c].rejected, 6);
        const struct report report = report_on(&measured, AUDIENCE_SHARED);
        size_t count;
        struct spread *spreads = spread_by_quarter(&report, measure_index("rejection_rate"), &count);
        assert_int_equal(spread_is_known(&spreads[0]), cases[c].known);
        if (cases[c].known) {
            assert_true(fabs(spreads[0].middle_lower - cases[c].middle_lower) < 1e-12);
            assert_true(fabs(spreads[0].middle_upper - cases[c].middle_upper) < 1e-12);
            assert_int_equal(isnan(spreads[0].deciles[DECILE_50]), cases[c].middle_lower < cases[c].middle_upper);
        } else {
            assert_string_equal(spread_why_none(&spreads[0]), "mostly hidden");
        }
        free(spreads);
        measured_release(&measured);
    }
}

static void where_nothing_is_hidden_nothing_is_widened(void **state)
{
    (void)state;
    struct measured measured = seven_practices();
    const struct report report = report_on(&measured, AUDIENCE_ANALYST);
    size_t count;
    struct spread *spreads = spread_by_quarter(&report, measure_index("rejection_rate"), &count);
    assert_true(spread_is_known(&spreads[0]) && !spread_is_widened(&spreads[0]));
    assert_true(fabs(spreads[0].middle_lower - 0.25) < 1e-12 && fabs(spreads[0].middle_upper - 0.25) < 1e-12);
    assert_false(spread_is_known(&spreads[1]));
    assert_string_equal(spread_why_none(&spreads[1]), "too few practices");
    free(spreads);
    measured_release(&measured);
}

static void what_is_not_recorded_has_no_spread(void **state)
{
    (void)state;
    struct measured measured = seven_practices();
    const struct report report = report_on(&measured, AUDIENCE_ANALYST);
    size_t count;
    assert_null(spread_by_specialty(&report, measure_index("attendance_conversion"), &count));
    assert_int_equal(count, 0);
    measured_release(&measured);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(deciles_are_those_of_practices_with_enough, enter, leave),
        cmocka_unit_test_setup_teardown(others_see_only_masked_rates, enter, leave),
        cmocka_unit_test_setup_teardown(a_range_that_is_mostly_hidden_is_not_given, enter, leave),
        cmocka_unit_test_setup_teardown(where_nothing_is_hidden_nothing_is_widened, enter, leave),
        cmocka_unit_test_setup_teardown(what_is_not_recorded_has_no_spread, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
