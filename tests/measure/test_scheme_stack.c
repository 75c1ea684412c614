#include "referlens/measure/scheme_stack.h"

#include "../support/measured.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

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

static void assert_near(double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-12))
        fail_msg("%.17g is not %.17g", value, expected);
}

static const char referrals[] = FROM_CSV_REFERRALS "R1,P1,2023-01-01,330,,,rmc,\n"
                                                   "R2,P1,2023-01-01,330,,,rmc,\n"
                                                   "R3,P1,2023-01-01,330,,,rmc,\n"
                                                   "R4,P1,2023-01-01,330,,,rmc,\n"
                                                   "R5,P1,2023-01-01,330,advice,,rmc,\n"
                                                   "R8,P1,2023-01-01,330,,,rmc,\n"
                                                   "R6,P1,2023-12-01,330,,,none,\n"
                                                   "R7,P1,2023-12-11,330,,,none,\n";
static const char outcomes[] = FROM_CSV_OUTCOMES "R1,2023-01-21,first_attended,,,,\n"
                                                 "R2,2023-01-06,rejected,,,,\n"
                                                 "R3,2023-01-11,cancelled_referral,,,,\n"
                                                 "R3,2023-01-12,rejected,,,,\n"          /* it had left by then */
                                                 "R8,2023-06-01,followup_attended,,,,\n" /* when first is not known */
                                                 "R7,2023-12-16,first_attended,,,,\n";

static size_t stacks_of(struct scheme_stack stacks[SCHEME_COUNT], enum audience audience, struct measured *measured)
{
    *measured = measured_from(referrals, outcomes, NULL, "2023-12-31", NULL, 1);
    const struct report report = {.audience = audience,
                                  .as_of = cohort_as_of(measured->input.cohort),
                                  .cohort = measured->input.cohort,
                                  .evaluation = measured->evaluation};
    return scheme_stacks_of(&report, stacks);
}

/* Of the four under rmc whose first attendance is known nobody is censored before day 364, so shares are plain ones:
 * rejected on day 5, cancelled on day 10, seen on day 20, one waiting still. Of the two with none, one is seen on day
 * 5, and the one of 1 December waits on day 30. */
static void shares_are_those_of_all_submitted(void **state)
{
    (void)state;
    struct scheme_stack stacks[SCHEME_COUNT];
    struct measured measured;
    assert_int_equal(stacks_of(stacks, AUDIENCE_ANALYST, &measured), 2);
    assert_int_equal(stacks[0].scheme, SCHEME_NONE);
    assert_int_equal(stacks[0].count, 3); /* days 0, 14 and 28 */
    assert_near(stacks[0].share[1][STACK_SEEN], 0.5);
    assert_int_equal(stacks[1].scheme, SCHEME_RMC);
    assert_near(stacks[1].n, 4);
    assert_near(stacks[1].share[0][STACK_TURNED_AWAY], 0);
    assert_near(stacks[1].share[1][STACK_TURNED_AWAY], 0.25);
    assert_near(stacks[1].share[1][STACK_LEFT], 0.25);
    assert_near(stacks[1].share[1][STACK_SEEN], 0);
    assert_near(stacks[1].share[2][STACK_SEEN], 0.25);
    assert_near(stacks[1].share[26][STACK_SEEN] + stacks[1].share[26][STACK_TURNED_AWAY] +
                    stacks[1].share[26][STACK_LEFT],
                0.75);
    measured_release(&measured);
}

static void too_few_referrals_are_not_shown(void **state)
{
    (void)state;
    struct scheme_stack stacks[SCHEME_COUNT];
    struct measured measured;
    assert_int_equal(stacks_of(stacks, AUDIENCE_SHARED, &measured), 2);
    assert_true(isnan(stacks[1].n));
    assert_int_equal(stacks[1].count, 0);
    measured_release(&measured);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(shares_are_those_of_all_submitted, enter, leave),
        cmocka_unit_test_setup_teardown(too_few_referrals_are_not_shown, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
