#include "referlens/measure/comparison.h"
#include "referlens/measure/comparison_mask.h"

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

/* Referrals of one scheme and specialty, dealt out to its practices in turn; the first ones are rejected, the others
 * accepted and all seen after ten days. */
struct lot {
    const char *scheme, *specialty;
    int referrals, rejected, practices;
};

struct made {
    struct buffer referrals, outcomes;
};

static void add_lots(struct made *made, const struct lot *lots, size_t count)
{
    int id = 0;
    made->referrals = buffer_with_maximum(1 << 20);
    made->outcomes = buffer_with_maximum(1 << 20);
    buffer_add_string(&made->referrals, FROM_CSV_REFERRALS);
    buffer_add_string(&made->outcomes, FROM_CSV_OUTCOMES);
    for (size_t i = 0; i < count; i++) {
        for (int k = 0; k < lots[i].referrals; k++, id++) {
            const bool rejected = k < lots[i].rejected;
            buffer_add_formatted(&made->referrals, "R%d,%c%d,2024-01-01,%s,,routine,%s,\n", id, lots[i].scheme[0],
                                 k % lots[i].practices, lots[i].specialty, lots[i].scheme);
            buffer_add_formatted(&made->outcomes, "R%d,2024-01-03,%s,,,,\n", id, rejected ? "rejected" : "accepted");
            if (!rejected)
                buffer_add_formatted(&made->outcomes, "R%d,2024-01-11,first_attended,,,,\n", id);
        }
    }
}

struct compared {
    struct measured measured;
    struct report report;
    struct comparison comparison;
};

static void compare_measured(struct compared *compared, enum audience audience, uint32_t reference)
{
    compared->report = (struct report){.version = "",
                                       .as_of = cohort_as_of(compared->measured.input.cohort),
                                       .audience = audience,
                                       .cohort = compared->measured.input.cohort,
                                       .evaluation = compared->measured.evaluation};
    report_evaluate(&compared->report, 2);
    compared->comparison = comparison_of(&compared->report, reference, 2);
}

static struct compared compare(const struct lot *lots, size_t count, const char *practices, enum audience audience,
                               uint32_t reference)
{
    struct made made;
    add_lots(&made, lots, count);
    struct compared compared = {
        .measured = measured_from(made.referrals.bytes, made.outcomes.bytes, practices, "2025-12-31", "2024-Q1", 2)};
    compare_measured(&compared, audience, reference);
    buffer_release(&made.referrals);
    buffer_release(&made.outcomes);
    return compared;
}

static void compared_release(struct compared *compared)
{
    comparison_release(&compared->comparison);
    report_release(&compared->report);
    measured_release(&compared->measured);
}

static void assert_close(double actual, double expected)
{
    if (!(fabs(actual - expected) <= 1e-12))
        fail_msg("%.17g where %.17g was expected", actual, expected);
}

static bool has_caution(const struct comparison *comparison, enum comparison_caution_kind kind, uint32_t scheme)
{
    for (size_t i = 0; i < comparison->caution_count; i++) {
        if (comparison->cautions[i].kind == kind && comparison->cautions[i].scheme == scheme)
            return true;
    }
    return false;
}

/* Like for like the centre rejects fewer; its referrals lie where many are rejected. Nobody else refers to 300. */
static const struct lot two_schemes[] = {
    {"none", "100", 100, 10, 6}, {"none", "330", 50, 20, 6}, {"rmc", "100", 20, 4, 6},
    {"rmc", "330", 80, 24, 6},   {"rmc", "300", 10, 5, 6},
};
enum { TWO_SCHEMES = sizeof two_schemes / sizeof *two_schemes };

/* Both specialties at (100 + 20) and (50 + 80) of 250: none 0.1 and 0.4, rmc 0.2 and 0.3. */
static void schemes_are_compared_at_their_pooled_mix(void **state)
{
    (void)state;
    struct compared compared = compare(two_schemes, TWO_SCHEMES, NULL, AUDIENCE_ANALYST, SCHEME_COUNT);
    const struct comparison_outcome *outcome =
        comparison_find_outcome(&compared.comparison, SCHEME_RMC, "rejection_rate");
    assert_int_equal(compared.comparison.reference, SCHEME_NONE);
    assert_int_equal(outcome->status, RESULT_OK);
    assert_close(outcome->own.crude.value, 33.0 / 110);
    assert_close(outcome->reference.crude.value, 30.0 / 150);
    assert_close(outcome->own.standardised.value, (120 * 0.2 + 130 * 0.3) / 250);
    assert_close(outcome->reference.standardised.value, (120 * 0.1 + 130 * 0.4) / 250);
    assert_close(outcome->difference.value, -0.004);
    assert_true(outcome->difference.lower < -0.004 && outcome->difference.upper > -0.004);
    assert_int_equal(outcome->side, 0);
    assert_false(outcome->sign_change); /* it may be chance */
    assert_close(outcome->own.practices, 6);
    /* (4 × 90 / 120 + 24 × 30 / 130) / (16 × 10 / 120 + 56 × 20 / 130) */
    assert_close(outcome->odds_ratio.value, (3 + 720.0 / 130) / (160.0 / 120 + 1120.0 / 130));
    assert_true(has_caution(&compared.comparison, CAUTION_OBSERVATIONAL, SLICE_ALL));
    assert_false(has_caution(&compared.comparison, CAUTION_SIGN_CHANGE, SCHEME_RMC));
    assert_true(has_caution(&compared.comparison, CAUTION_SIZE_UNKNOWN, SCHEME_RMC));
    compared_release(&compared);
}

static void strata_of_one_side_are_counted_and_left_out(void **state)
{
    (void)state;
    struct compared compared = compare(two_schemes, TWO_SCHEMES, NULL, AUDIENCE_ANALYST, SCHEME_COUNT);
    const struct comparison_outcome *outcome =
        comparison_find_outcome(&compared.comparison, SCHEME_RMC, "rejection_rate");
    assert_close(outcome->left_out.strata, 1);
    assert_close(outcome->left_out.strata_compared, 2);
    assert_close(outcome->left_out.referrals, 10);
    assert_close(outcome->left_out.reference_referrals, 0);
    compared_release(&compared);
}

static void without_a_stratum_in_common_there_is_no_difference(void **state)
{
    (void)state;
    static const struct lot lots[] = {{"none", "100", 60, 10, 6}, {"rmc", "330", 60, 10, 6}};
    struct compared compared = compare(lots, 2, NULL, AUDIENCE_ANALYST, SCHEME_COUNT);
    const struct comparison_outcome *outcome =
        comparison_find_outcome(&compared.comparison, SCHEME_RMC, "rejection_rate");
    assert_int_equal(outcome->status, RESULT_INSUFFICIENT);
    assert_non_null(outcome->reason);
    assert_true(isnan(outcome->difference.value));
    assert_close(outcome->own.crude.value, 1.0 / 6);
    const struct comparison_wait *wait = comparison_find_wait(&compared.comparison, SCHEME_RMC, "wait_decision");
    assert_int_equal(wait->status, RESULT_INSUFFICIENT);
    compared_release(&compared);
}

static void fewer_than_five_practices_have_no_interval(void **state)
{
    (void)state;
    static const struct lot lots[] = {{"none", "100", 90, 10, 6}, {"rmc", "100", 80, 20, 4}};
    struct compared compared = compare(lots, 2, NULL, AUDIENCE_ANALYST, SCHEME_COUNT);
    const struct comparison_outcome *outcome =
        comparison_find_outcome(&compared.comparison, SCHEME_RMC, "rejection_rate");
    assert_int_equal(outcome->status, RESULT_OK);
    assert_close(outcome->difference.value, 20.0 / 80 - 10.0 / 90);
    assert_true(isnan(outcome->difference.lower) && isnan(outcome->difference.upper));
    assert_non_null(strstr(outcome->reason, "fewer than 5 practices"));
    assert_true(has_caution(&compared.comparison, CAUTION_FEW_PRACTICES, SCHEME_RMC));
    assert_false(has_caution(&compared.comparison, CAUTION_FEW_PRACTICES, SCHEME_NONE));
    compared_release(&compared);
}

static bool turns(struct estimate crude, struct estimate adjusted)
{
    struct comparison_outcome outcome = {
        .measure = measure_index("rejection_rate"), .crude_difference = crude, .difference = adjusted};
    comparison_finish_outcome(&outcome, true);
    return outcome.sign_change;
}

/* Both must exclude 0: what may be chance, or has no interval, has no side to turn from. */
static void a_sign_changes_only_where_both_intervals_exclude_none(void **state)
{
    (void)state;
    const struct estimate above = {0.05, 0.02, 0.08}, below = {-0.02, -0.03, -0.01};
    const struct estimate maybe_above = {0.05, -0.01, 0.11}, maybe_below = {-0.02, -0.05, 0.01};
    const struct estimate bare_above = {0.05, NAN, NAN}, bare_below = {-0.02, NAN, NAN};
    assert_true(turns(above, below));
    assert_true(turns(below, above));
    assert_false(turns(above, above));
    assert_false(turns(above, maybe_below));
    assert_false(turns(maybe_above, below));
    assert_false(turns(above, bare_below));
    assert_false(turns(bare_above, below));
    assert_false(turns(bare_above, bare_below));
}

static bool wait_turns(struct estimate own, struct estimate reference, struct estimate adjusted)
{
    struct comparison_wait wait = {.measure = measure_index("wait_decision")};
    for (size_t i = 0; i < COMPARISON_HORIZONS; i++)
        wait.within[i] =
            (struct comparison_horizon){.crude = own, .reference_crude = reference, .difference = adjusted};
    comparison_finish_wait(&wait, true);
    return wait.within[0].sign_change;
}

/* The difference of crude incidences has no interval: they must lie apart. */
static void a_wait_changes_its_sign_only_where_the_crude_intervals_do_not_meet(void **state)
{
    (void)state;
    const struct estimate low = {0.4, 0.35, 0.45}, high = {0.6, 0.5, 0.7}, between = {0.5, 0.42, 0.58};
    const struct estimate above = {0.05, 0.02, 0.08}, below = {-0.05, -0.08, -0.02}, bare = {-0.05, NAN, NAN};
    assert_true(wait_turns(high, low, below));
    assert_true(wait_turns(low, high, above));
    assert_false(wait_turns(high, low, above));
    assert_false(wait_turns(high, between, below));
    assert_false(wait_turns(high, low, bare));
    assert_false(wait_turns((struct estimate){0.6, NAN, NAN}, low, below));
}

/* What is shown as 0.0 points nowhere. */
static void a_difference_too_small_to_show_has_no_sign(void **state)
{
    (void)state;
    struct comparison_outcome outcome = {.measure = measure_index("rejection_rate"),
                                         .crude_difference = {0.05, 0.04, 0.06},
                                         .difference = {-0.00049, -0.0006, -0.0001}};
    comparison_finish_outcome(&outcome, true);
    assert_false(outcome.sign_change);
    outcome.difference.value = -0.00051;
    comparison_finish_outcome(&outcome, true);
    assert_true(outcome.sign_change);
    outcome.measure = measure_index("referral_rate");
    comparison_finish_outcome(&outcome, true);
    assert_false(outcome.sign_change);
}

/* Ten of 25 and of 50: to two decimals their odds ratio would tell how many each ten stands for. Masked, it moves by no
 * less than e^(5/10), and with no event to be seen there is none. */
static void a_masked_odds_ratio_is_as_coarse_as_its_smallest_count(void **state)
{
    (void)state;
    struct comparison_outcome outcome = {.measure = measure_index("rejection_rate"),
                                         .own = {.numerator = 10, .denominator = 25},
                                         .reference = {.numerator = 10, .denominator = 50},
                                         .odds_ratio = {2.6, 0.9, 7.3}};
    struct comparison_outcome empty = outcome;
    comparison_finish_outcome(&outcome, false);
    assert_close(outcome.odds_ratio.value, exp(1));
    assert_close(outcome.odds_ratio.lower, exp(-0.5));
    assert_close(outcome.odds_ratio.upper, exp(2));
    empty.own.numerator = 0;
    comparison_finish_outcome(&empty, false);
    assert_true(isnan(empty.odds_ratio.value));
}

/* Six practices are under the centre, but only four refer to what the others refer to as well. */
static void practices_with_nothing_to_compare_do_not_count(void **state)
{
    (void)state;
    static const struct lot lots[] = {{"none", "100", 90, 10, 6}, {"rmc", "100", 80, 20, 4}, {"rmc", "300", 60, 6, 6}};
    struct compared compared = compare(lots, 3, NULL, AUDIENCE_ANALYST, SCHEME_COUNT);
    const struct comparison_outcome *outcome =
        comparison_find_outcome(&compared.comparison, SCHEME_RMC, "rejection_rate");
    assert_close(outcome->own.practices, 6);
    assert_true(isnan(outcome->difference.lower));
    assert_non_null(strstr(outcome->reason, "fewer than 5 practices"));
    compared_release(&compared);
}

/* Of the reference's 150 referrals 100 are for what nobody refers to under the centre. */
static void what_the_reference_alone_has_is_cautioned_too(void **state)
{
    (void)state;
    static const struct lot lots[] = {{"none", "100", 50, 5, 6}, {"none", "300", 100, 10, 6}, {"rmc", "100", 60, 6, 6}};
    struct compared compared = compare(lots, 3, NULL, AUDIENCE_ANALYST, SCHEME_COUNT);
    assert_true(has_caution(&compared.comparison, CAUTION_LEFT_OUT, SCHEME_RMC));
    compared_release(&compared);
}

/* Everybody was decided on the third day: nothing differs, and an interval of no width would claim to be sure of it. */
static void where_no_practice_differs_there_is_no_interval(void **state)
{
    (void)state;
    struct compared compared = compare(two_schemes, TWO_SCHEMES, NULL, AUDIENCE_ANALYST, SCHEME_COUNT);
    const struct comparison_wait *wait = comparison_find_wait(&compared.comparison, SCHEME_RMC, "wait_decision");
    assert_int_equal(wait->within[0].days, 42);
    assert_close(wait->within[0].standardised.value, 1);
    assert_close(wait->within[0].mean.value, 2);
    assert_true(isnan(wait->within[0].difference.lower));
    assert_false(wait->within[0].sign_change);
    compared_release(&compared);
}

/* Those rejected never get there: by day 42 the share seen is 1 less the share rejected, and the mean is 10 days for
 * the one and 42 for the other. */
static void waits_count_those_turned_away_as_waiting(void **state)
{
    (void)state;
    struct compared compared = compare(two_schemes, TWO_SCHEMES, NULL, AUDIENCE_ANALYST, SCHEME_COUNT);
    const struct comparison_wait *wait =
        comparison_find_wait(&compared.comparison, SCHEME_RMC, "wait_first_attendance");
    assert_close(wait->within[0].standardised.value, 1 - 0.252);
    assert_close(wait->within[0].reference_standardised.value, 1 - 0.256);
    assert_close(wait->within[0].mean.value, 10 * 0.748 + 42 * 0.252);
    assert_close(wait->within[2].mean.value, 10 * 0.748 + 365 * 0.252);
    compared_release(&compared);
}

static void the_reference_is_none_or_else_the_largest(void **state)
{
    (void)state;
    static const struct lot lots[] = {
        {"rmc", "100", 60, 10, 5}, {"peer_review", "100", 90, 10, 5}, {"local_expertise", "100", 30, 5, 5}};
    struct compared compared = compare(lots, 3, NULL, AUDIENCE_ANALYST, SCHEME_COUNT);
    assert_int_equal(compared.comparison.reference, SCHEME_PEER_REVIEW);
    assert_true(compared.comparison.reference_assumed);
    assert_non_null(comparison_find_outcome(&compared.comparison, SCHEME_RMC, "rejection_rate"));
    assert_null(comparison_find_outcome(&compared.comparison, SCHEME_PEER_REVIEW, "rejection_rate"));
    struct comparison other = comparison_of(&compared.report, SCHEME_RMC, 1);
    assert_int_equal(other.reference, SCHEME_RMC);
    assert_non_null(comparison_find_outcome(&other, SCHEME_PEER_REVIEW, "rejection_rate"));
    comparison_release(&other);
    other = comparison_of(&compared.report, SCHEME_NONE, 1);
    assert_int_equal(other.reference, SCHEME_COUNT);
    assert_int_equal(other.outcome_count, 0);
    comparison_release(&other);
    compared_release(&compared);
}

static void one_scheme_alone_is_compared_with_nothing(void **state)
{
    (void)state;
    static const struct lot lots[] = {{"rmc", "100", 60, 10, 5}};
    struct compared compared = compare(lots, 1, NULL, AUDIENCE_ANALYST, SCHEME_COUNT);
    assert_int_equal(compared.comparison.reference, SCHEME_COUNT);
    assert_int_equal(compared.comparison.outcome_count + compared.comparison.wait_count, 0);
    compared_release(&compared);
}

static bool on_grid(double value, double step)
{
    return isnan(value) || fabs(value / step - round(value / step)) < 1e-6;
}

/* 33 of 110 are shown as 35 of 110, 30 of 150 as they are: whatever follows lies on grids of 5 of 110 and 5 of 150. */
static void what_is_shared_lies_on_the_grid_of_rounded_counts(void **state)
{
    (void)state;
    struct compared compared = compare(two_schemes, TWO_SCHEMES, NULL, AUDIENCE_SHARED, SCHEME_COUNT);
    const struct comparison_outcome *outcome =
        comparison_find_outcome(&compared.comparison, SCHEME_RMC, "rejection_rate");
    assert_close(outcome->own.crude.value, 35.0 / 110);
    assert_close(outcome->reference.crude.value, 30.0 / 150);
    assert_close(outcome->own.standardised.value, 30.0 / 110);       /* 0.252 × 110 = 27.7 */
    assert_close(outcome->reference.standardised.value, 40.0 / 150); /* 0.256 × 150 = 38.4 */
    assert_close(outcome->difference.value, 30.0 / 110 - 40.0 / 150);
    assert_true(on_grid(outcome->difference.lower, 5.0 / 110) && on_grid(outcome->difference.upper, 5.0 / 110));
    assert_close(outcome->left_out.referrals, 10);
    for (size_t i = 0; i < compared.comparison.balance_count; i++) {
        const struct comparison_balance *row = &compared.comparison.balance[i];
        if (row->variable == COMPARISON_SPECIALTY)
            assert_true(on_grid(row->own, 5.0 / 110) && on_grid(row->reference, 5.0 / 150));
    }
    compared_release(&compared);
}

static void a_few_cases_suppress_the_comparison(void **state)
{
    (void)state;
    static const struct lot lots[] = {{"none", "100", 90, 20, 6}, {"rmc", "100", 80, 7, 6}};
    struct compared compared = compare(lots, 2, NULL, AUDIENCE_SHARED, SCHEME_COUNT);
    const struct comparison_outcome *outcome =
        comparison_find_outcome(&compared.comparison, SCHEME_RMC, "rejection_rate");
    assert_int_equal(outcome->status, RESULT_SUPPRESSED);
    assert_true(isnan(outcome->own.crude.value) && isnan(outcome->own.numerator));
    assert_true(isnan(outcome->own.standardised.value) && isnan(outcome->difference.value));
    assert_true(isnan(outcome->odds_ratio.value) && isnan(outcome->own.phi));
    compared_release(&compared);
}

/* Shares of 20, 80 and 10 of 110 against 100, 50 and 0 of 150; of 330: (8/11 − 1/3) / √((8/11 · 3/11 + 2/9) / 2). */
static void balance_is_in_standard_deviations(void **state)
{
    (void)state;
    struct compared compared = compare(two_schemes, TWO_SCHEMES, NULL, AUDIENCE_ANALYST, SCHEME_COUNT);
    size_t found = 0;
    for (size_t i = 0; i < compared.comparison.balance_count; i++) {
        const struct comparison_balance *row = &compared.comparison.balance[i];
        if (row->variable != COMPARISON_SPECIALTY || !text_equal(row->label, TEXT("330")))
            continue;
        found++;
        assert_close(row->own, 80.0 / 110);
        assert_close(row->reference, 50.0 / 150);
        assert_close(row->smd, (8.0 / 11 - 1.0 / 3) / sqrt((24.0 / 121 + 2.0 / 9) / 2));
    }
    assert_int_equal(found, 1);
    compared_release(&compared);
}

/* 150 referrals of six practices of 1,000 patients against 110 of six of 2,000, all in one quarter. */
static void rates_are_over_the_lists_of_the_schemes_practices(void **state)
{
    (void)state;
    struct buffer practices = buffer_with_maximum(1 << 12);
    buffer_add_string(&practices, "practice_code,practice_name,list_size\n");
    for (int i = 0; i < 6; i++)
        buffer_add_formatted(&practices, "n%d,,%d\nr%d,,%d\n", i, 1000, i, 2000);
    struct compared compared = compare(two_schemes, TWO_SCHEMES, practices.bytes, AUDIENCE_ANALYST, SCHEME_COUNT);
    const struct comparison_outcome *outcome =
        comparison_find_outcome(&compared.comparison, SCHEME_RMC, "referral_rate");
    const double years = 91 / 365.25; /* the first quarter of 2024 */
    assert_close(outcome->own.practices, 6);
    assert_close(outcome->own.numerator, 110);
    assert_true(fabs(outcome->own.denominator - 12000 * years) < 1e-9);
    assert_true(fabs(outcome->own.crude.value - 1000 * 110 / (12000 * years)) < 1e-9);
    assert_true(fabs(outcome->reference.crude.value - 1000 * 150 / (6000 * years)) < 1e-9);
    assert_true(isfinite(outcome->crude_difference.lower) && outcome->crude_difference.upper < 0);
    /* R: rates by practice, weighted by the lists, vcovHC(type = "HC2"), and the delta method for ln(b1 / b2). */
    assert_true(fabs(outcome->odds_ratio.value - 11.0 / 30) < 1e-9);
    assert_true(fabs(outcome->odds_ratio.lower - 0.340105918106622) < 1e-9);
    assert_true(fabs(outcome->odds_ratio.upper - 0.395301690699474) < 1e-9);
    buffer_release(&practices);
    compared_release(&compared);
}

/* Six practices of 12,000 and six of 6,000: what size does and what the scheme does can not be told apart. Means are
 * exact, and there is no deviation to measure their difference in. */
static void size_that_is_tied_to_the_scheme_is_not_adjusted_for_and_said(void **state)
{
    (void)state;
    const int sizes[][2] = {{12000, 0}, {6000, 0}, {6000, 100}}; /* of rmc, and what each practice has more */
    for (size_t i = 0; i < 3; i++) {
        struct buffer practices = buffer_with_maximum(1 << 12);
        buffer_add_string(&practices, "practice_code,practice_name,list_size\n");
        for (int k = 0; k < 6; k++)
            buffer_add_formatted(&practices, "n%d,,%d\nr%d,,%d\n", k, 6000 + k * sizes[i][1], k,
                                 sizes[i][0] + k * sizes[i][1]);
        struct compared compared = compare(two_schemes, TWO_SCHEMES, practices.bytes, AUDIENCE_ANALYST, SCHEME_COUNT);
        const struct comparison_outcome *outcome =
            comparison_find_outcome(&compared.comparison, SCHEME_RMC, "rejection_rate");
        const struct comparison_balance *balance = &compared.comparison.balance[compared.comparison.balance_count - 1];
        assert_true(isfinite(outcome->difference.lower));
        assert_int_equal(outcome->at_one_size, i != 0);
        assert_int_equal(has_caution(&compared.comparison, CAUTION_SIZE_TIED, SCHEME_RMC), i == 0);
        assert_false(has_caution(&compared.comparison, CAUTION_SIZE_UNKNOWN, SCHEME_RMC));
        assert_int_equal(balance->variable, COMPARISON_LIST_SIZE);
        if (i == 0)
            assert_true(balance->own == 12 && balance->reference == 6 && isnan(balance->smd));
        else
            assert_true(balance->smd == 0);
        buffer_release(&practices);
        compared_release(&compared);
    }
}

/* Everybody moved on 1 April: every referral of rmc would have had to be made in another quarter. Then the same, half
 * of the referrals with no scheme coming after that day too: 1 − min(0, ½) − min(1, ½). */
static void referrals_of_different_times_are_cautioned(void **state)
{
    (void)state;
    for (int stay = 0; stay < 2; stay++) {
        struct buffer referrals = buffer_with_maximum(1 << 20), outcomes = buffer_with_maximum(1 << 20);
        buffer_add_string(&referrals, FROM_CSV_REFERRALS);
        buffer_add_string(&outcomes, FROM_CSV_OUTCOMES);
        for (int i = 0; i < 300; i++) {
            const bool later = i % 3 == 0 || (stay && i % 3 == 1);
            buffer_add_formatted(&referrals, "R%d,P%d,%s,100,,routine,%s,\n", i, i % 7,
                                 later ? "2024-04-01" : "2024-01-01", i % 3 == 0 ? "rmc" : "none");
            buffer_add_formatted(&outcomes, "R%d,2024-05-01,%s,,,,\n", i, i % 5 == 0 ? "rejected" : "accepted");
        }
        struct compared compared = {
            .measured = measured_from(referrals.bytes, outcomes.bytes, NULL, "2025-12-31", "2024-Q1", 2)};
        compare_measured(&compared, AUDIENCE_SHARED, SCHEME_COUNT);
        const struct comparison_caution *caution =
            comparison_find_caution(&compared.comparison, SCHEME_RMC, CAUTION_DIFFERENT_TIMES);
        assert_non_null(caution);
        assert_close(caution->number, stay ? 0.5 : 1);
        compared_release(&compared);
        buffer_release(&referrals);
        buffer_release(&outcomes);
    }
}

static void referrals_of_one_time_are_not_cautioned_for_it(void **state)
{
    (void)state;
    struct compared compared = compare(two_schemes, TWO_SCHEMES, NULL, AUDIENCE_ANALYST, SCHEME_COUNT);
    assert_null(comparison_find_caution(&compared.comparison, SCHEME_RMC, CAUTION_DIFFERENT_TIMES));
    compared_release(&compared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schemes_are_compared_at_their_pooled_mix),
        cmocka_unit_test(strata_of_one_side_are_counted_and_left_out),
        cmocka_unit_test(without_a_stratum_in_common_there_is_no_difference),
        cmocka_unit_test(fewer_than_five_practices_have_no_interval),
        cmocka_unit_test(a_sign_changes_only_where_both_intervals_exclude_none),
        cmocka_unit_test(a_wait_changes_its_sign_only_where_the_crude_intervals_do_not_meet),
        cmocka_unit_test(a_difference_too_small_to_show_has_no_sign),
        cmocka_unit_test(a_masked_odds_ratio_is_as_coarse_as_its_smallest_count),
        cmocka_unit_test(practices_with_nothing_to_compare_do_not_count),
        cmocka_unit_test(what_the_reference_alone_has_is_cautioned_too),
        cmocka_unit_test(where_no_practice_differs_there_is_no_interval),
        cmocka_unit_test(waits_count_those_turned_away_as_waiting),
        cmocka_unit_test(the_reference_is_none_or_else_the_largest),
        cmocka_unit_test(one_scheme_alone_is_compared_with_nothing),
        cmocka_unit_test(what_is_shared_lies_on_the_grid_of_rounded_counts),
        cmocka_unit_test(a_few_cases_suppress_the_comparison),
        cmocka_unit_test(balance_is_in_standard_deviations),
        cmocka_unit_test(rates_are_over_the_lists_of_the_schemes_practices),
        cmocka_unit_test(size_that_is_tied_to_the_scheme_is_not_adjusted_for_and_said),
        cmocka_unit_test(referrals_of_different_times_are_cautioned),
        cmocka_unit_test(referrals_of_one_time_are_not_cautioned_for_it),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
