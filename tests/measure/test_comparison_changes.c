#include "referlens/measure/comparison_changes.h"

#include "../support/measured.h"
#include "referlens/base/buffer.h"

#include <math.h>
#include <string.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Twelve practices over the 24 months of 2022 and 2023, in whole numbers that R can make too:
 *   n <- function(p, m) 20 + (7*p + 3*m) %% 5
 *   x <- function(p, m, moved) 2 + (5*p + 2*m + 3*((p*m) %% 4)) %% 4 + ifelse(moved, 3, 0)
 * are the referrals and, of these, the rejections of practice p in month m, all made on the 2nd and decided next day.
 * Practices 0 to 4 change on 1 January 2023, practice 5 on 15 February 2023, so that its February is on neither side. */
enum { PRACTICES = 12, MONTHS = 24, CHANGED = 6, LATE = 5 };

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

static bool has_changed(int practice, int month)
{
    return practice < LATE ? month >= 12 : practice == LATE && month >= 13;
}

struct county {
    struct buffer referrals, outcomes, other;
};

static void add_month(struct county *county, int practice, int month)
{
    const int count = 20 + (7 * practice + 3 * month) % 5;
    const int rejected = 2 + (5 * practice + 2 * month + 3 * (practice * month % 4)) % 4 +
                         (has_changed(practice, month) ? 3 : 0);
    const int year = 2022 + month / 12, of = month % 12 + 1;
    for (int i = 0; i < count; i++) {
        buffer_add_formatted(&county->referrals, "%d-%d-%d,P%02d,%d-%02d-02,330,referral,,,%d-%d-%d\n", practice, month, i,
                             practice, year, of, practice, month, i);
        buffer_add_formatted(&county->outcomes, "%d-%d-%d,%d-%02d-03,%s,,,,\n", practice, month, i, year, of,
                             i < rejected ? "rejected" : "accepted");
    }
}

static struct county county_of(const char *other)
{
    struct county county = {buffer_with_maximum(1 << 24), buffer_with_maximum(1 << 24), buffer_with_maximum(1 << 20)};
    buffer_add_string(&county.referrals, FROM_CSV_REFERRALS);
    buffer_add_string(&county.outcomes, FROM_CSV_OUTCOMES);
    buffer_add_string(&county.other, other);
    for (int practice = 0; practice < PRACTICES; practice++) {
        for (int month = 0; month < MONTHS; month++)
            add_month(&county, practice, month);
    }
    return county;
}

static struct county moving_county(void)
{
    struct county county = county_of("practice_code,scheme,start_date,end_date\n");
    for (int practice = 0; practice < PRACTICES; practice++) {
        buffer_add_formatted(&county.other, "P%02d,none,2020-01-01,\n", practice);
        if (practice < CHANGED)
            buffer_add_formatted(&county.other, "P%02d,rmc,%s,\n", practice,
                                 practice < LATE ? "2023-01-01" : "2023-02-15");
    }
    return county;
}

static struct county meeting_county(void)
{
    struct county county = county_of("practice_code,session_date,topic\n");
    for (int practice = 0; practice < CHANGED; practice++) {
        const char *first = practice < LATE ? "2023-01-01" : "2023-02-15";
        buffer_add_formatted(&county.other, "P%02d,%s,Headache\nP%02d,2023-06-01,Dyspepsia\n", practice, first, practice);
    }
    return county;
}

struct followed {
    struct measured measured;
    struct report report;
    struct comparison_changes changes;
};

static struct followed follow(struct county *county, enum audience audience, const char *as_of, size_t workers)
{
    assert_false(county->referrals.full || county->outcomes.full || county->other.full);
    struct followed followed = {.measured = measured_from(county->referrals.bytes, county->outcomes.bytes,
                                                          county->other.bytes, as_of, NULL, workers)};
    followed.report = (struct report){.audience = audience,
                                      .as_of = cohort_as_of(followed.measured.input.cohort),
                                      .cohort = followed.measured.input.cohort,
                                      .evaluation = followed.measured.evaluation};
    followed.changes = comparison_changes_of(&followed.report, workers);
    buffer_release(&county->referrals);
    buffer_release(&county->outcomes);
    buffer_release(&county->other);
    return followed;
}

static void followed_release(struct followed *followed)
{
    comparison_changes_release(&followed->changes);
    measured_release(&followed->measured);
}

static void assert_near(double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-9 * fmax(1, fabs(expected))))
        fail_msg("%.17g is not %.17g", value, expected);
}

static void assert_estimate(struct change_estimate change, double value, double lower, double upper)
{
    assert_null(change.reason);
    assert_near(change.estimate.value, value);
    assert_near(change.estimate.lower, lower);
    assert_near(change.estimate.upper, upper);
}

/* The limits lie as many errors away as is simulated for 11 and 10 months: between 3.6 (12 and 12) and 4.1 (10 and 10) for
 * levels, and less than 4.1 for slopes. */
static void assert_with_error(struct change_estimate change, double value, double error)
{
    assert_null(change.reason);
    assert_near(change.estimate.value, value);
    const double below = (value - change.estimate.lower) / error, above = (change.estimate.upper - value) / error;
    assert_near(below, above);
    assert_true(above > 3.5 && above < 4.1);
}

/* The answers of R 4.2 with sandwich 3.0 on the frame d of the functions above, T0 <- c(rep(12, 5), 14, rep(Inf, 6)):
 *   t <- -12:9 without -1; y: sums of x over sums of n of practices 0 to 5 in months T0 + t; D <- t >= 0
 *   f <- lm(y ~ t + D + pmax(0, t)); NeweyWest(f, lag = 3, prewhite = FALSE, adjust = FALSE)
 *   use <- d without practice 5 in month 13; treated <- m >= T0[p]; y <- x / n
 *   f <- lm(y ~ factor(p) + factor(m) + treated, use); vcovCL(f, cluster = use$p, type = "HC1"), t on 5 degrees
 *   early: without treated rows of m - T0 >= 3; later: without those of m - T0 < 3; pre: rows of m < 12, m as treatment */
static void assert_as_r_has_it(const struct change *change)
{
    assert_int_equal(change->status, RESULT_OK);
    assert_int_equal(change->practices, 6);
    assert_int_equal(change->comparators, 6);
    assert_int_equal(change->months_before, 11);
    assert_int_equal(change->months_after, 10);
    assert_int_equal(change->months_unsettled, 0);
    assert_true(change->short_series);
    assert_true(change->few_practices);
    assert_with_error(change->level, 0.153258487769257851, 0.003242148850916823);
    assert_with_error(change->slope, -0.000357878676049868, 0.000432675318312824);
    assert_with_error(change->level_change, 0.140196605634488936, 0.004788033950191771);
    assert_with_error(change->slope_change, 0.000302098221363616, 0.000725287545287269);
    assert_estimate(change->difference, 0.137257355803074, 0.133025342276677, 0.141489369329472);
    assert_estimate(change->early, 0.130519625534009, 0.106533209476188, 0.154506041591830);
    assert_estimate(change->later, 0.138921433523451, 0.130175170756533, 0.147667696290370);
    assert_estimate(change->pre_trend, 0.00102850322711983, -0.00297262997403813, 0.00502963642827782);
}

static void a_move_is_followed_as_r_follows_it(void **state)
{
    (void)state;
    struct county county = moving_county();
    struct followed followed = follow(&county, AUDIENCE_ANALYST, "2024-03-31", 2);
    const struct comparison_changes *changes = &followed.changes;
    assert_int_equal(changes->switch_count, change_outcome_count);
    assert_int_equal(changes->session_count, 0);
    assert_true(changes->has_schemes);
    assert_false(changes->has_sessions);
    const struct change *change =
        change_find(changes->switches, changes->switch_count, SCHEME_NONE, SCHEME_RMC, "rejection_rate");
    assert_non_null(change);
    assert_as_r_has_it(change);
    assert_int_equal(change->points[0].month, -12);
    assert_near(change->points[0].denominator, 131); /* n of practices 0 to 4 in month 0, and of practice 5 in month 2 */
    assert_true(isnan(change->points[0].counterfactual));
    const struct change_point *last = &change->points[change->point_count - 1];
    assert_int_equal(last->month, 9);
    assert_near(last->counterfactual, 0.153258487769257851 - 9 * 0.000357878676049868);
    assert_near(last->fitted, last->counterfactual + 0.140196605634488936 + 9 * 0.000302098221363616);
    followed_release(&followed);
}

static void meetings_are_followed_the_same_way(void **state)
{
    (void)state;
    struct county county = meeting_county();
    struct followed followed = follow(&county, AUDIENCE_ANALYST, "2024-03-31", 1);
    const struct comparison_changes *changes = &followed.changes;
    assert_int_equal(changes->switch_count, 0);
    assert_int_equal(changes->session_count, change_outcome_count);
    assert_int_equal(changes->meetings, 12);
    assert_as_r_has_it(
        change_find(changes->sessions, changes->session_count, SCHEME_COUNT, SCHEME_COUNT, "rejection_rate"));
    followed_release(&followed);
}

static void what_is_not_recorded_or_settled_has_no_number(void **state)
{
    (void)state;
    struct county county = moving_county();
    struct followed followed = follow(&county, AUDIENCE_ANALYST, "2024-02-15", 2);
    const struct comparison_changes *changes = &followed.changes;
    const struct change *treated =
        change_find(changes->switches, changes->switch_count, SCHEME_NONE, SCHEME_RMC, "treatment_conversion");
    assert_int_equal(treated->status, RESULT_NOT_RECORDED);
    assert_true(isnan(treated->level_change.estimate.value));
    /* Of the rejections of 3 December 2023, practice 5's tenth month, it is not known before 2 March who came back. */
    const struct change *again =
        change_find(changes->switches, changes->switch_count, SCHEME_NONE, SCHEME_RMC, "re_referral_rate");
    assert_int_equal(again->status, RESULT_OK);
    assert_int_equal(again->months_unsettled, 1);
    assert_int_equal(again->months_after, 9);
    followed_release(&followed);
}

/* Three more of each practice and month, of 24 or fewer, are cancelled before anybody decided. */
static void what_was_cancelled_unsettles_no_month(void **state)
{
    (void)state;
    struct county county = moving_county();
    for (int i = 0; i < PRACTICES * MONTHS * 3; i++) {
        const int month = i / 3 % MONTHS, year = 2022 + month / 12, of = month % 12 + 1;
        buffer_add_formatted(&county.referrals, "C%d,P%02d,%d-%02d-02,330,referral,,,C%d\n", i, i / 3 / MONTHS, year,
                             of, i);
        buffer_add_formatted(&county.outcomes, "C%d,%d-%02d-03,cancelled_referral,,,,\n", i, year, of);
    }
    struct followed followed = follow(&county, AUDIENCE_ANALYST, "2024-06-30", 2);
    assert_as_r_has_it(change_find(followed.changes.switches, followed.changes.switch_count, SCHEME_NONE, SCHEME_RMC,
                                   "rejection_rate"));
    followed_release(&followed);
}

static void too_few_months_give_no_series(void **state)
{
    (void)state;
    struct county county = moving_county();
    struct followed followed = follow(&county, AUDIENCE_ANALYST, "2023-07-31", 2);
    const struct change *change =
        change_find(followed.changes.switches, followed.changes.switch_count, SCHEME_NONE, SCHEME_RMC, "rejection_rate");
    assert_string_equal(change->level_change.reason, "fewer than 8 points before or after the change");
    assert_true(isnan(change->level_change.estimate.value));
    assert_null(change->difference.reason);
    assert_int_equal(change->status, RESULT_OK);
    followed_release(&followed);
}

/* All moved in one month, and of the practice that stayed no decision is recorded: whatever else came with that month
 * looks the same. */
static void where_all_moved_at_once_the_effect_cannot_be_told(void **state)
{
    (void)state;
    struct county county = county_of("practice_code,scheme,start_date,end_date\n");
    for (int practice = 0; practice < PRACTICES; practice++)
        buffer_add_formatted(&county.other, "P%02d,none,2020-01-01,2022-12-31\nP%02d,rmc,2023-01-01,\n", practice,
                             practice);
    buffer_add_string(&county.other, "P90,none,2020-01-01,\n");
    for (int month = 0; month < MONTHS; month++)
        buffer_add_formatted(&county.referrals, "90-%d,P90,%d-%02d-02,330,referral,,,90-%d\n", month, 2022 + month / 12,
                             month % 12 + 1, month);
    struct followed followed = follow(&county, AUDIENCE_ANALYST, "2024-03-31", 2);
    const struct change *change = change_find(followed.changes.switches, followed.changes.switch_count, SCHEME_NONE,
                                              SCHEME_RMC, "rejection_rate");
    assert_true(isnan(change->difference.estimate.value));
    assert_string_equal(change->difference.reason, "the effect of the change cannot be told from practice and period");
    followed_release(&followed);
}

static void with_few_practices_the_interval_is_withheld(void **state)
{
    (void)state;
    struct county county = county_of("practice_code,scheme,start_date,end_date\n");
    for (int practice = 0; practice < PRACTICES; practice++)
        buffer_add_formatted(&county.other, "P%02d,none,2020-01-01,%s\n", practice, practice < 4 ? "2022-12-31" : "");
    for (int practice = 0; practice < 4; practice++)
        buffer_add_formatted(&county.other, "P%02d,peer_review,2023-01-01,\n", practice);
    struct followed followed = follow(&county, AUDIENCE_ANALYST, "2024-03-31", 2);
    const struct change *change = change_find(followed.changes.switches, followed.changes.switch_count, SCHEME_NONE,
                                              SCHEME_PEER_REVIEW, "rejection_rate");
    assert_true(isfinite(change->difference.estimate.value));
    assert_true(isnan(change->difference.estimate.lower));
    assert_string_equal(change->difference.reason, "fewer than 5 practices changed: no interval");
    assert_null(change->level_change.reason);
    followed_release(&followed);
}

/* Whether the referrer was told is known of practices 0 to 3 and of those that stayed: four that changed are too few. */
static void practices_without_data_make_no_interval(void **state)
{
    (void)state;
    struct county county = moving_county();
    struct buffer told = buffer_with_maximum(1 << 24);
    for (char *line = county.outcomes.bytes, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        *end = '\0';
        char *rejected = strstr(line, "rejected,");
        const bool known = rejected != NULL && strncmp(line, "4-", 2) != 0 && strncmp(line, "5-", 2) != 0;
        if (known)
            *rejected = '\0';
        buffer_add_formatted(&told, "%s%s\n", line, known ? "rejected,,,no," : "");
    }
    buffer_release(&county.outcomes);
    county.outcomes = told;
    struct followed followed = follow(&county, AUDIENCE_ANALYST, "2024-03-31", 2);
    const struct change *change = change_find(followed.changes.switches, followed.changes.switch_count, SCHEME_NONE,
                                              SCHEME_RMC, "rejected_without_dialogue");
    assert_int_equal(change->practices, 6);
    assert_string_equal(change->difference.reason, "fewer than 5 practices changed: no interval");
    assert_true(isfinite(change->difference.estimate.value) && isnan(change->difference.estimate.lower));
    followed_release(&followed);
}

/* Of the masked numbers none is exact: counts are multiples of 5 and estimates lie on a grid, limits not inside. */
static void a_shared_report_is_masked(void **state)
{
    (void)state;
    struct county county = moving_county();
    struct followed exact = follow(&county, AUDIENCE_ANALYST, "2024-03-31", 2);
    county = moving_county();
    struct followed shared = follow(&county, AUDIENCE_SHARED, "2024-03-31", 2);
    const struct change *from =
        change_find(exact.changes.switches, exact.changes.switch_count, SCHEME_NONE, SCHEME_RMC, "rejection_rate");
    const struct change *to =
        change_find(shared.changes.switches, shared.changes.switch_count, SCHEME_NONE, SCHEME_RMC, "rejection_rate");
    assert_int_equal(to->status, RESULT_OK);
    for (size_t i = 0; i < to->point_count; i++) {
        assert_near(fmod(to->points[i].numerator, 5), 0);
        assert_near(to->points[i].value, to->points[i].numerator / to->points[i].denominator);
    }
    /* The smaller side: 10 months of six practices. */
    double total = 0;
    for (size_t i = 0; i < from->point_count; i++)
        total += from->points[i].month >= 0 ? from->points[i].denominator : 0;
    const double grid = 5 / total;
    const double steps = to->level_change.estimate.value / grid;
    assert_near(steps, round(steps));
    assert_true(fabs(to->level_change.estimate.value - from->level_change.estimate.value) <= grid);
    assert_true(to->level_change.estimate.lower <= from->level_change.estimate.lower);
    assert_true(to->difference.estimate.upper >= from->difference.estimate.upper);
    followed_release(&exact);
    followed_release(&shared);
}

static void workers_change_nothing(void **state)
{
    (void)state;
    struct county county = moving_county();
    struct followed one = follow(&county, AUDIENCE_SHARED, "2024-03-31", 1);
    county = moving_county();
    struct followed many = follow(&county, AUDIENCE_SHARED, "2024-03-31", 5);
    assert_int_equal(one.changes.switch_count, many.changes.switch_count);
    for (size_t i = 0; i < one.changes.switch_count; i++) {
        const struct change *a = &one.changes.switches[i], *b = &many.changes.switches[i];
        assert_memory_equal(&a->level_change.estimate, &b->level_change.estimate, sizeof a->level_change.estimate);
        assert_memory_equal(&a->difference.estimate, &b->difference.estimate, sizeof a->difference.estimate);
    }
    followed_release(&one);
    followed_release(&many);
}

static void without_referrals_nothing_changes(void **state)
{
    (void)state;
    struct county county = {buffer_with_maximum(1 << 10), buffer_with_maximum(1 << 10), buffer_with_maximum(1 << 10)};
    buffer_add_string(&county.referrals, FROM_CSV_REFERRALS);
    buffer_add_string(&county.outcomes, FROM_CSV_OUTCOMES);
    buffer_add_string(&county.other, "practice_code,scheme,start_date\nP1,rmc,2024-01-01\n");
    struct followed followed = follow(&county, AUDIENCE_SHARED, "2024-03-31", 2);
    assert_int_equal(followed.changes.switch_count, 0);
    assert_int_equal(followed.changes.session_count, 0);
    followed_release(&followed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_move_is_followed_as_r_follows_it, enter, leave),
        cmocka_unit_test_setup_teardown(meetings_are_followed_the_same_way, enter, leave),
        cmocka_unit_test_setup_teardown(what_is_not_recorded_or_settled_has_no_number, enter, leave),
        cmocka_unit_test_setup_teardown(what_was_cancelled_unsettles_no_month, enter, leave),
        cmocka_unit_test_setup_teardown(too_few_months_give_no_series, enter, leave),
        cmocka_unit_test_setup_teardown(where_all_moved_at_once_the_effect_cannot_be_told, enter, leave),
        cmocka_unit_test_setup_teardown(with_few_practices_the_interval_is_withheld, enter, leave),
        cmocka_unit_test_setup_teardown(practices_without_data_make_no_interval, enter, leave),
        cmocka_unit_test_setup_teardown(a_shared_report_is_masked, enter, leave),
        cmocka_unit_test_setup_teardown(workers_change_nothing, enter, leave),
        cmocka_unit_test_setup_teardown(without_referrals_nothing_changes, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
