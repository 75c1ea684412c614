#include "referlens/measure/practice_funnel.h"

#include "referlens/base/random.h"
#include "referlens/measure/disclosure.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance))
        fail_msg("%.17g is not %.17g", value, expected);
}

static struct result *add(struct result_list *list, uint32_t practice, quarter period, const char *measure)
{
    struct slice slice = slice_all();
    slice.practice = practice;
    slice.period = period;
    return result_list_add(list, slice, (uint16_t)measure_index(measure));
}

static void set_rate(struct result *result, double numerator, double denominator)
{
    result->status = denominator > 0 ? RESULT_OK : RESULT_INSUFFICIENT;
    result->numerator = numerator;
    result->denominator = denominator;
    result->value = denominator > 0 ? numerator / denominator : NAN;
}

/* Twelve practices: one far above the others, one a little, one empty, one hidden. */
static const double counts[] = {12, 8, 11, 60, 9, 10, 19, 7, 10, 12, 0, NAN};
static const double totals[] = {100, 100, 100, 100, 100, 80, 120, 100, 60, 100, 0, NAN};
enum { PRACTICES = sizeof counts / sizeof counts[0], SHOWN = 10 };

static void fill(struct report *report, size_t practices)
{
    for (size_t i = 0; i < practices; i++) {
        struct result *result = add(&report->practices, (uint32_t)i, PERIOD_ALL, "rejection_rate");
        set_rate(result, counts[i], totals[i]);
        if (isnan(counts[i]))
            result->status = RESULT_SUPPRESSED;
        /* The report's quarter and other measures lie in the same list and must not count. */
        set_rate(add(&report->practices, (uint32_t)i, 8100, "rejection_rate"), 90, 100);
        set_rate(add(&report->practices, (uint32_t)i, PERIOD_ALL, "dna_rate"), 90, 100);
    }
    /* Five more rejections than those of the practices shown: the hidden ones. */
    set_rate(add(&report->aggregates, SLICE_ALL, PERIOD_ALL, "rejection_rate"), 163, 1100);
}

static void a_funnel_holds_the_practices_that_may_be_shown(void **state)
{
    (void)state;
    struct report report = {.audience = AUDIENCE_SHARED};
    fill(&report, PRACTICES);
    struct practice_funnel funnel = practice_funnel_of(&report, "rejection_rate");
    assert_int_equal(funnel.count, SHOWN);
    assert_int_equal(funnel.suppressed, 1);
    assert_int_equal(funnel.empty, 1);
    assert_int_equal(funnel.status, RESULT_OK);
    assert_true(funnel.has_limits);
    assert_near(funnel.denominator_maximum, 120, 0);
    assert_near(funnel.value_maximum, 0.6, 1e-15);
    assert_near(funnel.overall, 163.0 / 1100.0, 1e-15);
    assert_near(funnel.model.target, funnel.overall, 0);
    practice_funnel_release(&funnel);
    report_release(&report);
}

/* R, with x and n the counts and totals above, the last two left out:
 * p0 <- 163/1100; z <- (asin(sqrt(x/n))-asin(sqrt(p0)))*2*sqrt(n); q <- quantile(z,c(.1,.9)); zw <-
 * pmin(pmax(z,q[1]),q[2]) k <- 10; phi <- sum(zw^2)/k; w <- 4*n; tau2 <- (k*phi-(k-1))/(sum(w)-sum(w^2)/sum(w))
 * tail <- ifelse(x/n<p0,pbinom(x,n,p0),pbinom(x-1,n,p0,lower.tail=FALSE))
 * p.adjust(pmax(2*pnorm(-abs((asin(sqrt(x/n))-asin(sqrt(p0)))/sqrt(1/(4*n)+tau2))),pmin(1,2*tail)),"BH")
 * sin(pmax(asin(sqrt(p0))+qnorm(c(.025,.975,.001,.999))*sqrt(1/(4*100)+tau2),0))^2 */
static void a_funnel_has_the_numbers_of_r(void **state)
{
    (void)state;
    static const double q[SHOWN] = {
        8.02152920695995e-01, 4.28456313548021e-01, 8.02152920695995e-01, 5.81840807902221e-11, 5.11647335805536e-01,
        8.36610754245686e-01, 8.36610754245686e-01, 3.70311896107499e-01, 8.36610754245686e-01, 8.02152920695995e-01};
    struct report report = {.audience = AUDIENCE_SHARED};
    fill(&report, PRACTICES);
    struct practice_funnel funnel = practice_funnel_of(&report, "rejection_rate");
    assert_near(funnel.model.phi, 1.79121861650110015, 1e-12);
    assert_near(funnel.model.tau2, 0.00258574066683104, 1e-14);
    for (size_t i = 0; i < SHOWN; i++)
        assert_near(funnel.points[i].q, q[i], 1e-9 * q[i]);
    for (size_t i = 0; i <= 3; i += 3) {
        assert_near(funnel.points[i].limits.lower95, 0.0638101728212599, 1e-12);
        assert_near(funnel.points[i].limits.upper95, 0.2598682995981140, 1e-12);
        assert_near(funnel.points[i].limits.lower998, 0.0302345036619994, 1e-12);
        assert_near(funnel.points[i].limits.upper998, 0.3333760849682735, 1e-12);
    }
    assert_near(practice_funnel_limits(&funnel, 50, false).upper998, 0.331618310298268, 1e-12);
    practice_funnel_release(&funnel);
    report_release(&report);
}

static void a_flag_in_a_funnel_agrees_with_its_limits(void **state)
{
    (void)state;
    struct report report = {.audience = AUDIENCE_SHARED};
    fill(&report, PRACTICES);
    struct practice_funnel funnel = practice_funnel_of(&report, "rejection_rate");
    size_t conversations = 0;
    for (size_t i = 0; i < funnel.count; i++) {
        const struct practice_point *point = &funnel.points[i];
        const struct finding_limits limits = practice_funnel_limits(&funnel, point->denominator, true);
        const bool beyond = point->value > limits.upper998 || point->value < limits.lower998;
        assert_memory_equal(&limits, &point->limits, sizeof limits);
        assert_int_equal(point->finding == FINDING_CONVERSATION, beyond);
        conversations += beyond;
    }
    assert_int_equal(conversations, 1);
    assert_int_equal(funnel.points[3].finding, FINDING_CONVERSATION);
    assert_int_equal(funnel.points[3].side, 1);
    practice_funnel_release(&funnel);
    report_release(&report);
}

static void a_practice_of_its_own_is_judged_by_the_same_limits(void **state)
{
    (void)state;
    struct report report = {.audience = AUDIENCE_PRACTICE};
    fill(&report, PRACTICES);
    struct practice_funnel funnel = practice_funnel_of(&report, "rejection_rate");
    struct result_list own = {0};
    set_rate(add(&own, 11, PERIOD_ALL, "rejection_rate"), 58, 97);
    struct practice_point point = practice_funnel_place(&funnel, &own.results[0]);
    assert_int_equal(point.practice, 11);
    assert_int_equal(point.finding, FINDING_CONVERSATION);
    assert_true(isnan(point.q));
    assert_int_equal(practice_funnel_place(&funnel, NULL).finding, FINDING_NO_NUMBER);
    result_list_release(&own);
    practice_funnel_release(&funnel);
    report_release(&report);
}

/* Forty practices at one half, so that the limits at n are sin²(π/4 ± z/(2√n)). By those for its own size each of the
 * others is beyond the 99.8 % ones: 10 of 10 (0.914), 20 of 25 (0.790), 90 of 100 (0.653), and chance gives as many in
 * 2⁻¹⁰ = 0.098 %, 0.204 % (so that this one is worth watching) and next to never. But 10 of 10 may have been 8
 * of 12, which is 0.667 and inside 0.768, and 20 of 25 may have been 18 of 27, 0.667 and inside 0.684; 88 of 102 is
 * still beyond 0.651. */
static void rounding_alone_sets_no_practice_apart(void **state)
{
    (void)state;
    static const double others[][2] = {{10, 10}, {20, 25}, {90, 100}};
    for (int masked = 0; masked < 2; masked++) {
        struct report report = {.audience = AUDIENCE_SHARED};
        for (uint32_t i = 0; i < 40; i++)
            set_rate(add(&report.practices, i, PERIOD_ALL, "rejection_rate"), 200, 400);
        for (uint32_t i = 0; i < 3; i++) {
            struct result *result = add(&report.practices, 40 + i, PERIOD_ALL, "rejection_rate");
            set_rate(result, others[i][0], others[i][1]);
            result->is_masked = masked == 1;
        }
        set_rate(add(&report.aggregates, SLICE_ALL, PERIOD_ALL, "rejection_rate"), 8000, 16000);
        struct practice_funnel funnel = practice_funnel_of(&report, "rejection_rate");
        for (uint32_t i = 0; i < 3; i++) {
            const enum finding exact = i == 1 ? FINDING_WATCH : FINDING_CONVERSATION;
            const bool apart = masked == 0 || i == 2;
            const struct practice_point *point = &funnel.points[40 + i];
            assert_int_equal(point->finding, apart ? exact : FINDING_CHANCE);
            assert_int_equal(point->side, apart ? 1 : 0);
        }
        practice_funnel_release(&funnel);
        report_release(&report);
    }
}

/* Six practices below 30 % and six above, of 200 each: z = (asin √p − asin √0.3) · 2√200. With 40 and 80 rejected it is
 * −3.28 and 2.97, so that only the lower ones are beyond 3.09; their counts may as well have been 42 of 198, which is
 * −2.84. With 30 and 90 it is −5.15 and 4.40, and at the nearest 32 of 198 and 88 of 202, −4.67 and 4.01. The spread of
 * them all puts either pair inside the limits that allow for it: τ² is 0.012 and 0.029, 1.96 √(1/800 + τ²) is 0.23 and
 * 0.34, and asin √p lies no more than 0.12 and 0.18 from asin √0.3. */
static void what_chance_alone_would_not_bear_out_is_told_from_chance(void **state)
{
    (void)state;
    static const double rejected[][2] = {{40, 80}, {30, 90}};
    static const bool beyond[2][2][2] = {{{true, false}, {true, true}}, {{false, false}, {true, true}}};
    for (size_t masked = 0; masked < 2; masked++) {
        for (size_t pair = 0; pair < 2; pair++) {
            struct report report = {.audience = AUDIENCE_SHARED};
            for (uint32_t i = 0; i < 12; i++) {
                struct result *result = add(&report.practices, i, PERIOD_ALL, "rejection_rate");
                set_rate(result, rejected[pair][i % 2], 200);
                result->is_masked = masked == 1;
            }
            set_rate(add(&report.aggregates, SLICE_ALL, PERIOD_ALL, "rejection_rate"), 720, 2400);
            struct practice_funnel funnel = practice_funnel_of(&report, "rejection_rate");
            for (size_t i = 0; i < 12; i++) {
                const struct practice_point placed = practice_funnel_place(&funnel, &report.practices.results[i]);
                assert_int_equal(funnel.points[i].finding, FINDING_CHANCE);
                assert_int_equal(funnel.points[i].beyond_chance_alone, beyond[masked][pair][i % 2]);
                assert_int_equal(placed.beyond_chance_alone, beyond[masked][pair][i % 2]);
                assert_int_equal(practice_point_note(&placed) != NULL, placed.beyond_chance_alone);
            }
            practice_funnel_release(&funnel);
            report_release(&report);
        }
    }
}

/* Practices with rates about one tenth, masked or not. */
static void fill_at_random(struct report *report, uint64_t seed, size_t practices, bool exact)
{
    struct random_stream random = random_seed(seed, 0);
    double hits = 0, total = 0;
    for (uint32_t i = 0; i < practices; i++) {
        double of = floor(20 + 400 * random_uniform(&random)), hit = 0;
        for (double k = 0; k < of; k++)
            hit += random_uniform(&random) < 0.1;
        struct result *result = add(&report->practices, i, PERIOD_ALL, "dna_rate");
        set_rate(result, hit, of);
        disclosure_apply(result, exact);
        hits += hit;
        total += of;
    }
    struct result *all = add(&report->aggregates, SLICE_ALL, PERIOD_ALL, "dna_rate");
    set_rate(all, hits, total);
    disclosure_apply(all, exact);
}

/* So many practices of one rate, masked, and one more with 28 of 127. */
static void fill_at_rate(struct report *report, uint64_t seed, size_t practices, double rate)
{
    struct random_stream random = random_seed(seed, 0);
    double hits = 28, total = 127;
    for (uint32_t i = 0; i <= practices; i++) {
        double hit = 0;
        for (size_t k = 0; k < 100; k++)
            hit += random_uniform(&random) < rate;
        struct result *result = add(&report->practices, i, PERIOD_ALL, "dna_rate");
        set_rate(result, i < practices ? hit : 28, i < practices ? 100 : 127);
        disclosure_apply(result, false);
        hits += i < practices ? hit : 0;
        total += i < practices ? 100 : 0;
    }
    struct result *all = add(&report->aggregates, SLICE_ALL, PERIOD_ALL, "dna_rate");
    set_rate(all, hits, total);
    disclosure_apply(all, false);
}

/* Two hundred practices of 100 referrals, all with a true rate of 4 %: of most, the count is hidden. With the exact
 * counts φ is about 0.7 and τ² 0; of the shown alone, which are those with 0 or with 8 and more, φ would be above 4.
 * One more has 28 of 127, which chance gives in 1 of 10^13. */
static void hidden_practices_make_no_spread(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct report report = {.audience = AUDIENCE_SHARED};
        fill_at_rate(&report, seed, 200, 0.04);
        struct practice_funnel funnel = practice_funnel_of(&report, "dna_rate");
        assert_true(funnel.hidden > 150 && funnel.hidden == funnel.suppressed);
        assert_true(funnel.model.phi > 0.5 && funnel.model.phi < 1.3);
        assert_true(funnel.model.tau2 < 5e-4);
        size_t small = 0;
        for (size_t i = 0; i < funnel.count; i++) {
            const struct practice_point *point = &funnel.points[i];
            if (point->practice == 200)
                assert_true(point->finding == FINDING_CONVERSATION && point->q < 0.001);
            else
                small += point->q < 0.05;
        }
        assert_true(small <= 1);
        practice_funnel_release(&funnel);
        report_release(&report);
    }
}

static void too_few_practices_give_points_and_no_limits(void **state)
{
    (void)state;
    struct report report = {.audience = AUDIENCE_SHARED};
    double grid[FUNNEL_GRID_MAX];
    fill(&report, FUNNEL_PRACTICES_MIN - 1);
    struct practice_funnel funnel = practice_funnel_of(&report, "rejection_rate");
    assert_int_equal(funnel.count, FUNNEL_PRACTICES_MIN - 1);
    assert_int_equal(funnel.status, RESULT_INSUFFICIENT);
    assert_false(funnel.has_limits);
    assert_int_equal(funnel.points[3].finding, FINDING_NO_NUMBER);
    assert_true(isnan(funnel.points[3].q) && isnan(funnel.points[3].limits.upper95));
    assert_true(isnan(practice_funnel_limits(&funnel, 100, true).upper998));
    assert_int_equal(practice_funnel_grid(&funnel, grid), 0);
    practice_funnel_release(&funnel);
    report_release(&report);
}

static void a_report_without_results_has_an_empty_funnel(void **state)
{
    (void)state;
    struct report report = {.audience = AUDIENCE_SHARED};
    struct practice_funnel funnel = practice_funnel_of(&report, "rejection_rate");
    assert_int_equal(funnel.count, 0);
    assert_int_equal(funnel.status, RESULT_INSUFFICIENT);
    assert_true(isnan(funnel.overall));
    practice_funnel_release(&funnel);
    practice_funnel_release(NULL);
    add(&report.aggregates, SLICE_ALL, PERIOD_ALL, "rejection_rate")->status = RESULT_NOT_RECORDED;
    funnel = practice_funnel_of(&report, "rejection_rate");
    assert_int_equal(funnel.status, RESULT_NOT_RECORDED);
    report_release(&report);
}

/* R: O <- c(120,95,210,60,105,330); E <- c(100,100,150,80,110,300), then as above with z <- log(O/E)*sqrt(E), w <- E.
 * The expected numbers follow from lists of E × 10 person-years and a rate of 100 per 1,000. */
static void a_rate_is_compared_as_observed_over_expected(void **state)
{
    (void)state;
    static const double observed[] = {120, 95, 210, 60, 105, 330}, expected[] = {100, 100, 150, 80, 110, 300};
    static const double q[] = {0.574178403624425, 0.782603490155979, 0.221484592005542,
                               0.320627058480865, 0.782603490155979, 0.782603490155979};
    struct report report = {.audience = AUDIENCE_ANALYST};
    for (uint32_t i = 0; i <= 6; i++) {
        struct result *result =
            add(i < 6 ? &report.practices : &report.aggregates, i < 6 ? i : SLICE_ALL, PERIOD_ALL, "referral_rate");
        result->status = RESULT_OK;
        result->numerator = i < 6 ? observed[i] : 840;
        result->denominator = i < 6 ? expected[i] * 10 : 8400;
        result->factor = 1 / result->denominator;
        result->value = 1000 * result->numerator * result->factor;
        result->lower = result->value / 2;
        result->upper = result->value * 2;
    }
    struct practice_funnel funnel = practice_funnel_of(&report, "referral_rate");
    assert_int_equal(funnel.status, RESULT_OK);
    assert_near(funnel.model.target, 1, 0);
    assert_near(funnel.model.phi, 2.9607654808231421, 1e-12);
    assert_near(funnel.model.tau2, 0.0193333177485551, 1e-13);
    assert_near(practice_funnel_limits(&funnel, 150, true).upper998, 1.64589586991759, 1e-12);
    for (size_t i = 0; i < 6; i++) {
        assert_near(funnel.points[i].numerator, observed[i], 0);
        assert_near(funnel.points[i].denominator, expected[i], 1e-11);
        assert_near(funnel.points[i].value, observed[i] / expected[i], 1e-14);
        assert_near(funnel.points[i].lower, observed[i] / expected[i] / 2, 1e-14);
        assert_near(funnel.points[i].q, q[i], 1e-12);
    }
    practice_funnel_release(&funnel);
    report_release(&report);
}

static void a_masked_funnel_holds_multiples_of_five_only(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct report report = {.audience = AUDIENCE_SHARED};
        fill_at_random(&report, seed, 60, false);
        struct practice_funnel funnel = practice_funnel_of(&report, "dna_rate");
        assert_int_equal(funnel.count + funnel.suppressed + funnel.empty, 60);
        assert_true(funnel.suppressed > 0);
        for (size_t i = 0; i < funnel.count; i++) {
            const struct practice_point *point = &funnel.points[i];
            assert_near(fmod(point->numerator, 5), 0, 0);
            assert_near(fmod(point->denominator, 5), 0, 0);
            assert_near(point->value, point->numerator / point->denominator, 0);
        }
        practice_funnel_release(&funnel);
        report_release(&report);
    }
}

static void the_order_of_practices_does_not_matter(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 50; seed++) {
        struct report report = {.audience = AUDIENCE_ANALYST};
        fill_at_random(&report, seed, 40, true);
        struct practice_funnel funnel = practice_funnel_of(&report, "dna_rate");
        for (size_t i = 0; i < 20; i++) {
            const struct result other = report.practices.results[i];
            report.practices.results[i] = report.practices.results[39 - i];
            report.practices.results[39 - i] = other;
        }
        struct practice_funnel reversed = practice_funnel_of(&report, "dna_rate");
        assert_near(reversed.model.tau2, funnel.model.tau2, 1e-15);
        for (size_t i = 0; i < 40; i++) {
            const struct practice_point *a = &funnel.points[i], *b = &reversed.points[39 - i];
            assert_int_equal(a->practice, b->practice);
            assert_int_equal(a->finding, b->finding);
            assert_near(a->q, b->q, 1e-12);
        }
        practice_funnel_release(&funnel);
        practice_funnel_release(&reversed);
        report_release(&report);
    }
}

static void all_funnels_at_once_are_those_one_by_one(void **state)
{
    (void)state;
    struct report report = {.audience = AUDIENCE_SHARED};
    fill(&report, PRACTICES);
    set_rate(add(&report.aggregates, SLICE_ALL, PERIOD_ALL, "dna_rate"), 1080, 1200);
    struct practice_funnel *funnels = practice_funnels_of(&report, 3);
    for (size_t i = 0; i < measure_count; i++) {
        struct practice_funnel one = practice_funnel_of(&report, measure_table[i].id);
        assert_int_equal(funnels[i].measure, i);
        assert_int_equal(funnels[i].status, one.status);
        assert_int_equal(funnels[i].count, one.count);
        for (size_t k = 0; k < one.count; k++) {
            assert_int_equal(funnels[i].points[k].practice, one.points[k].practice);
            assert_int_equal(funnels[i].points[k].finding, one.points[k].finding);
            assert_memory_equal(&funnels[i].points[k].q, &one.points[k].q, sizeof one.points[k].q);
        }
        practice_funnel_release(&one);
        practice_funnel_release(&funnels[i]);
    }
    free(funnels);
    report_release(&report);
}

static void the_grid_runs_from_the_smallest_practice_to_the_largest(void **state)
{
    (void)state;
    static const double expected[] = {60, 80, 100, 150};
    struct report report = {.audience = AUDIENCE_SHARED};
    double grid[FUNNEL_GRID_MAX];
    fill(&report, PRACTICES);
    struct practice_funnel funnel = practice_funnel_of(&report, "rejection_rate");
    assert_int_equal(practice_funnel_grid(&funnel, grid), 4);
    assert_memory_equal(grid, expected, sizeof expected);
    funnel.points[0].denominator = 0.3;
    funnel.denominator_maximum = 1e7;
    assert_int_equal(practice_funnel_grid(&funnel, grid), 7 * 8);
    assert_near(grid[0], 1, 0);
    assert_near(grid[1], 2, 0);
    assert_near(grid[7 * 8 - 1], 1e7, 0);
    practice_funnel_release(&funnel);
    report_release(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_funnel_holds_the_practices_that_may_be_shown),
        cmocka_unit_test(a_funnel_has_the_numbers_of_r),
        cmocka_unit_test(a_flag_in_a_funnel_agrees_with_its_limits),
        cmocka_unit_test(a_practice_of_its_own_is_judged_by_the_same_limits),
        cmocka_unit_test(rounding_alone_sets_no_practice_apart),
        cmocka_unit_test(what_chance_alone_would_not_bear_out_is_told_from_chance),
        cmocka_unit_test(hidden_practices_make_no_spread),
        cmocka_unit_test(too_few_practices_give_points_and_no_limits),
        cmocka_unit_test(a_report_without_results_has_an_empty_funnel),
        cmocka_unit_test(a_rate_is_compared_as_observed_over_expected),
        cmocka_unit_test(a_masked_funnel_holds_multiples_of_five_only),
        cmocka_unit_test(the_order_of_practices_does_not_matter),
        cmocka_unit_test(all_funnels_at_once_are_those_one_by_one),
        cmocka_unit_test(the_grid_runs_from_the_smallest_practice_to_the_largest),
    };
    return cmocka_run_group_tests_name("practice funnel", tests, NULL, NULL);
}
