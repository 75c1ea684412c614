/* A specialty that came under a scheme late, as specialties do: nothing is planted, so nothing may be claimed of waits,
 * and where nobody can have been followed for as long nothing is said.
 */
#include "referlens/measure/comparison.h"

#include "../support/measured.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { PRACTICES = 24, EACH = 40, DAYS = 730, JOINED = 580, SEEDS = 12 };

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

static uint32_t below(uint64_t *seed, uint32_t count)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((*seed >> 33) % count);
}

static void add_event(struct buffer *outcomes, size_t id, day date, day as_of, const char *type)
{
    char text[DAY_TEXT_SIZE];
    day_format(date, text);
    if (date <= as_of)
        buffer_add_formatted(outcomes, "R%zu,%s,%s,,,,\n", id, text, type);
}

/* What a practice refers to one specialty: waits of 5 to 40 days to 330, of 60 to 340 to 410, under any scheme. */
static void add_referrals(struct buffer *referrals, struct buffer *outcomes, size_t practice, bool long_waits,
                          uint64_t *seed, day as_of)
{
    for (size_t i = 0; i < EACH; i++) {
        const int32_t made = (int32_t)below(seed, DAYS + 1);
        const day referred = as_of - DAYS + made;
        const int32_t wait = long_waits ? 60 + (int32_t)below(seed, 281) : 5 + (int32_t)below(seed, 36);
        const bool managed = practice < PRACTICES / 2 && (!long_waits || made >= JOINED);
        const size_t id = (practice * 2 + long_waits) * EACH + i;
        char text[DAY_TEXT_SIZE];
        day_format(referred, text);
        buffer_add_formatted(referrals, "R%zu,P%zu,%s,%s,,routine,%s,\n", id, practice, text,
                             long_waits ? "410" : "330", managed ? "rmc" : "none");
        add_event(outcomes, id, referred + 2, as_of, "accepted");
        add_event(outcomes, id, referred + wait, as_of, "first_attended");
    }
}

struct late {
    struct measured measured;
    struct report report;
    struct comparison comparison;
};

static struct late late_of(uint64_t seed, enum audience audience)
{
    struct buffer referrals = buffer_with_maximum(1 << 20), outcomes = buffer_with_maximum(1 << 20);
    day as_of;
    assert_true(day_parse(TEXT("2025-06-30"), &as_of));
    buffer_add_string(&referrals, FROM_CSV_REFERRALS);
    buffer_add_string(&outcomes, FROM_CSV_OUTCOMES);
    for (size_t practice = 0; practice < PRACTICES; practice++) {
        add_referrals(&referrals, &outcomes, practice, false, &seed, as_of);
        add_referrals(&referrals, &outcomes, practice, true, &seed, as_of);
    }
    struct late late = {.measured = measured_from(referrals.bytes, outcomes.bytes, NULL, "2025-06-30", "2025-Q1", 2)};
    late.report = (struct report){.version = "",
                                  .as_of = as_of,
                                  .audience = audience,
                                  .cohort = late.measured.input.cohort,
                                  .evaluation = late.measured.evaluation};
    report_evaluate(&late.report, 2);
    late.comparison = comparison_of(&late.report, SCHEME_NONE, 2);
    buffer_release(&referrals);
    buffer_release(&outcomes);
    return late;
}

static void late_release(struct late *late)
{
    comparison_release(&late->comparison);
    report_release(&late->report);
    measured_release(&late->measured);
}

/* Of 410 rmc was followed for 150 days: by day 126 both specialties count, by day 365 only 330, whose referrals are all
 * seen by then. One in twenty intervals of nothing may miss; of the 3 × 12 that there are, qbinom(0.999, 36, 0.05) = 7.
 */
static void a_specialty_that_joined_late_claims_no_difference(void **state)
{
    (void)state;
    int claimed = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct late late = late_of(seed, AUDIENCE_ANALYST);
        const struct comparison_wait *wait =
            comparison_find_wait(&late.comparison, SCHEME_RMC, "wait_first_attendance");
        assert_int_equal(wait->status, RESULT_OK);
        claimed += wait->within[0].mean_side != 0;
        claimed += wait->within[1].side != 0;
        claimed += wait->within[2].mean_side != 0;
        assert_true(fabs(wait->within[1].difference.value) < 0.1);
        assert_true(fabs(wait->within[2].difference.value) < 1e-9); /* everybody is seen */
        late_release(&late);
    }
    assert_in_range(claimed, 0, 7);
}

static void strata_that_were_not_followed_as_long_are_left_out_and_counted(void **state)
{
    (void)state;
    struct late late = late_of(1, AUDIENCE_ANALYST);
    const struct comparison_wait *wait = comparison_find_wait(&late.comparison, SCHEME_RMC, "wait_first_attendance");
    assert_true(wait->left_out.strata == 0 && wait->within[1].left_out.strata == 0);
    assert_true(wait->within[1].left_out.strata_compared == 2);
    assert_true(wait->within[2].left_out.strata == 1 && wait->within[2].left_out.strata_compared == 1);
    assert_true(wait->within[2].left_out.referrals + wait->within[2].left_out.reference_referrals == PRACTICES * EACH);
    bool said = false;
    for (size_t i = 0; i < late.comparison.caution_count; i++)
        said = said || late.comparison.cautions[i].kind == CAUTION_LEFT_OUT;
    assert_true(said);
    late_release(&late);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_specialty_that_joined_late_claims_no_difference),
        cmocka_unit_test(strata_that_were_not_followed_as_long_are_left_out_and_counted),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
