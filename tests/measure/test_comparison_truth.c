/* Planted counties: the adjusted intervals hold the truth as often as they say, the crude ones do not. `make bench`
 * plants many more. Seeds are fixed, so the counts below are always the same; the bounds are those of a binomial at 95
 * %. */
#include "../support/planted_county.h"
#include "../support/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { COUNTIES = 30, WORKERS = 2 };

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

struct held {
    int crude, adjusted, flagged, trials;
};

static bool holds(const struct estimate *estimate, double truth)
{
    return estimate->lower <= truth && truth <= estimate->upper;
}

/* The difference in rejection of both schemes, in counties of 24 practices: 8 under each. */
static struct held count_held(enum synth_effect effect)
{
    static const uint32_t schemes[] = {SCHEME_RMC, SCHEME_SPECIALIST_ADVICE};
    const struct planted_kind kind = {effect, 24, 8000};
    struct planted planted = {.folder = "county"};
    struct held held = {0};
    for (uint64_t seed = 1; seed <= COUNTIES; seed++) {
        planted_make(&planted, &kind, seed, WORKERS);
        for (size_t i = 0; i < 2; i++) {
            const struct planted_mix mix = planted_mix(&planted, schemes[i]);
            const double truth = planted_truth(&planted, &mix, schemes[i], "rejection_rate");
            const struct comparison_outcome *outcome =
                comparison_find_outcome(&planted.comparison, schemes[i], "rejection_rate");
            held.trials++;
            held.adjusted += holds(&outcome->difference, truth);
            held.crude += holds(&outcome->crude_difference, truth);
            held.flagged += outcome->side != 0;
        }
        planted_release(&planted);
    }
    return held;
}

static void adjusted_intervals_hold_what_is_planted_and_crude_ones_do_not(void **state)
{
    (void)state;
    const struct held held = count_held(SYNTH_EFFECT_CONFOUNDED);
    assert_int_equal(held.trials, 2 * COUNTIES);
    assert_in_range(held.adjusted, 53, 60); /* qbinom(0.025, 60, 0.95) = 53 */
    assert_in_range(held.crude, 0, 40);
}

static void where_nothing_is_planted_hardly_anything_is_flagged(void **state)
{
    (void)state;
    const struct held held = count_held(SYNTH_EFFECT_CONFOUNDED_NONE);
    assert_in_range(held.flagged, 0, 7);
    assert_in_range(held.crude, 0, 40);
}

static void simpsons_paradox_is_found_and_said(void **state)
{
    (void)state;
    const struct planted_kind kind = {SYNTH_EFFECT_PARADOX, 60, 180000};
    struct planted planted = {.folder = "county"};
    planted_make(&planted, &kind, 1, WORKERS);
    const struct comparison_outcome *outcome =
        comparison_find_outcome(&planted.comparison, SCHEME_RMC, "rejection_rate");
    assert_true(outcome->crude_difference.lower > 0);
    assert_true(outcome->difference.upper < 0);
    assert_true(outcome->sign_change);
    bool said = false;
    for (size_t i = 0; i < planted.comparison.caution_count; i++)
        said = said || (planted.comparison.cautions[i].kind == CAUTION_SIGN_CHANGE &&
                        planted.comparison.cautions[i].scheme == SCHEME_RMC);
    assert_true(said);
    planted_release(&planted);
}

/* Every number, so that none depends on who worked it out. */
static void the_number_of_workers_changes_nothing(void **state)
{
    (void)state;
    const struct planted_kind kind = {SYNTH_EFFECT_PLAIN, 24, 4000};
    struct planted planted = {.folder = "county"};
    planted_make(&planted, &kind, 5, 1);
    struct comparison by_three = comparison_of(&planted.report, SCHEME_NONE, 3);
    assert_int_equal(by_three.outcome_count, planted.comparison.outcome_count);
    for (size_t i = 0; i < by_three.outcome_count; i++) {
        const struct comparison_outcome *a = &by_three.outcomes[i], *b = &planted.comparison.outcomes[i];
        assert_memory_equal(&a->difference, &b->difference, sizeof a->difference);
        assert_memory_equal(&a->own, &b->own, sizeof a->own);
    }
    for (size_t i = 0; i < by_three.wait_count; i++) {
        for (size_t h = 0; h < COMPARISON_HORIZONS; h++)
            assert_memory_equal(&by_three.waits[i].within[h].mean_difference,
                                &planted.comparison.waits[i].within[h].mean_difference, sizeof(struct estimate));
    }
    comparison_release(&by_three);
    planted_release(&planted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adjusted_intervals_hold_what_is_planted_and_crude_ones_do_not),
        cmocka_unit_test(where_nothing_is_planted_hardly_anything_is_flagged),
        cmocka_unit_test(simpsons_paradox_is_found_and_said),
        cmocka_unit_test(the_number_of_workers_changes_nothing),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
