#include "near.h"

#include "referlens/stats/aalen_johansen.h"
#include "referlens/stats/logrank.h"
#include "referlens/stats/survival.h"

enum { TRIALS = 1500, ROWS = 25, STATES = 3, SUBJECTS = 60 };

static const double z95 = 1.959963984540054;

static void random_counts(struct random_stream *random, int64_t *counts, size_t columns)
{
    int64_t most = 1 + random_count(random, 8);
    for (size_t i = 0; i < ROWS * columns; i++) {
        counts[i] = random_count(random, most);
    }
    counts[0]++; /* never empty */
}

static void incidences_of_all_ends_and_survival_add_up_to_1(void **state)
{
    (void)state;
    struct random_stream random = random_seed(21, 0);
    for (int trial = 0; trial < TRIALS; trial++) {
        int64_t counts[ROWS * (STATES + 1)];
        struct incidence_point points[ROWS * STATES];
        struct survival_row rows[ROWS];
        struct survival_step steps[ROWS];
        struct survival_summary summary;
        random_counts(&random, counts, STATES + 1);
        aalen_johansen(counts, ROWS, STATES, z95, points);
        for (size_t i = 0; i < ROWS; i++) {
            const int64_t *row = &counts[i * (STATES + 1)];
            rows[i] = (struct survival_row){(double)i, row[1] + row[2] + row[3], row[0]};
        }
        kaplan_meier(rows, ROWS, z95, steps, &summary);
        double before = 0;
        for (size_t i = 0; i < ROWS; i++) {
            const struct incidence_point *point = &points[i * STATES];
            double sum = point[0].incidence + point[1].incidence + point[2].incidence;
            assert_same(sum + steps[i].survival, 1, 1e-12);
            assert_true(sum >= before);
            before = sum;
        }
    }
}

/* With one end there is nothing to compete: 1 − Kaplan–Meier, and the jackknife's variance is Greenwood's. */
static void one_end_gives_one_less_kaplan_meier(void **state)
{
    (void)state;
    struct random_stream random = random_seed(22, 0);
    for (int trial = 0; trial < TRIALS; trial++) {
        int64_t counts[ROWS * 2];
        struct incidence_point points[ROWS];
        struct survival_row rows[ROWS];
        struct survival_step steps[ROWS];
        struct survival_summary summary;
        random_counts(&random, counts, 2);
        aalen_johansen(counts, ROWS, 1, z95, points);
        for (size_t i = 0; i < ROWS; i++) {
            rows[i] = (struct survival_row){(double)i, counts[2 * i + 1], counts[2 * i]};
        }
        kaplan_meier(rows, ROWS, z95, steps, &summary);
        for (size_t i = 0; i < ROWS; i++) {
            assert_same(points[i].incidence, 1 - steps[i].survival, 1e-12);
            if (steps[i].survival > 0) {
                assert_same(points[i].se, steps[i].se, 1e-10);
            } else {
                assert_true(points[i].se < 1e-12);
            }
        }
    }
}

static void nobody_turned_away_is_lost_from_a_cumulative_incidence(void **state)
{
    (void)state;
    /* 60 attend on day 10, 40 were rejected on day 5: 60 % ever attend. 1 − KM would say everybody does. */
    const struct life_table_row rows[] = {{5, 0, 40, 0}, {10, 60, 0, 0}};
    const int32_t horizons[] = {4, 9, 10, 365};
    struct incidence_point points[4];
    struct incidence_summary summary;
    incidence_of_life_table(rows, 2, z95, horizons, 4, points, &summary);
    assert_true(points[0].incidence == 0 && points[1].incidence == 0);
    assert_same(points[2].incidence, 0.6, 1e-12);
    assert_same(points[3].incidence, 0.6, 1e-12);
    assert_same(points[3].se, sqrt(0.6 * 0.4 / 100), 1e-12); /* without censoring, a plain proportion */
    assert_int_equal(summary.median, 10);
    assert_int_equal(summary.p90, INCIDENCE_NEVER);
    assert_true(isnan(points[0].lower) && isnan(points[0].upper));
}

static void a_median_on_a_plateau_is_where_the_plateau_begins(void **state)
{
    (void)state;
    const struct life_table_row half[] = {{3, 5, 0, 0}, {8, 0, 0, 2}, {20, 1, 0, 2}};
    struct incidence_summary summary;
    incidence_of_life_table(half, 3, z95, NULL, 0, NULL, &summary);
    assert_int_equal(summary.median, 3);

    const struct survival_row rows[] = {{3, 5, 0}, {8, 0, 2}, {20, 1, 2}};
    struct survival_step steps[3];
    struct survival_summary survival;
    kaplan_meier(rows, 3, z95, steps, &survival);
    assert_true(survival.median == 3);

    /* One half in ten steps of a tenth, which do not add up to one half in binary. */
    struct life_table_row tenths[10];
    for (int32_t i = 0; i < 10; i++) {
        tenths[i] = (struct life_table_row){i + 1, 1, 0, 0};
    }
    incidence_of_life_table(tenths, 10, z95, NULL, 0, NULL, &summary);
    assert_int_equal(summary.median, 5);
    assert_int_equal(summary.p90, 9);
}

static void scaling_time_scales_the_waits_and_nothing_else(void **state)
{
    (void)state;
    struct random_stream random = random_seed(23, 0);
    for (int trial = 0; trial < TRIALS; trial++) {
        struct life_table_row rows[ROWS];
        struct life_table_row scaled[ROWS];
        struct incidence_summary one;
        struct incidence_summary seven;
        for (int32_t i = 0; i < ROWS; i++) {
            rows[i] = (struct life_table_row){i + 1, random_count(&random, 5), random_count(&random, 2),
                                              random_count(&random, 3)};
            scaled[i] = rows[i];
            scaled[i].time *= 7;
        }
        incidence_of_life_table(rows, ROWS, z95, NULL, 0, NULL, &one);
        incidence_of_life_table(scaled, ROWS, z95, NULL, 0, NULL, &seven);
        const int32_t a[] = {one.median, one.median_lower, one.median_upper, one.p90};
        const int32_t b[] = {seven.median, seven.median_lower, seven.median_upper, seven.p90};
        for (size_t i = 0; i < 4; i++) {
            assert_int_equal(a[i] == INCIDENCE_NEVER ? INCIDENCE_NEVER : 7 * a[i], b[i]);
        }
        if (one.median != INCIDENCE_NEVER && one.median_lower != INCIDENCE_NEVER) {
            assert_true(one.median_lower <= one.median);
        }
        if (one.median_upper != INCIDENCE_NEVER) {
            assert_true(one.median_upper >= one.median);
        }
    }
}

/* A million times the subjects: the same incidence, a thousandth of the error. */
static void counts_of_millions_keep_their_digits(void **state)
{
    (void)state;
    struct random_stream random = random_seed(24, 0);
    for (int trial = 0; trial < TRIALS; trial++) {
        int64_t counts[ROWS * (STATES + 1)];
        struct incidence_point small[ROWS * STATES];
        struct incidence_point large[ROWS * STATES];
        random_counts(&random, counts, STATES + 1);
        aalen_johansen(counts, ROWS, STATES, z95, small);
        for (size_t i = 0; i < ROWS * (STATES + 1); i++) {
            counts[i] *= 1000000;
        }
        aalen_johansen(counts, ROWS, STATES, z95, large);
        for (size_t i = 0; i < ROWS * STATES; i++) {
            assert_same(large[i].incidence, small[i].incidence, 1e-12);
            assert_same(large[i].se * 1000, small[i].se, 1e-9);
        }
    }
}

static void events_are_numbered_from_1_on(void **state)
{
    (void)state;
    const struct life_table_row rows[] = {{3, 2, 0, 1}, {8, 0, 5, 2}, {20, 1, 0, 2}};
    const int32_t times[] = {3, 3, 20, INCIDENCE_NEVER};
    for (int64_t i = 0; i < 4; i++) {
        assert_int_equal(life_table_event_time(rows, 3, i + 1), times[i]);
    }
    assert_int_equal(life_table_event_time(NULL, 0, 1), INCIDENCE_NEVER);
}

static void an_empty_table_has_no_numbers(void **state)
{
    (void)state;
    const int32_t horizon = 14;
    struct incidence_point point;
    struct incidence_summary summary;
    incidence_of_life_table(NULL, 0, z95, &horizon, 1, &point, &summary);
    assert_true(isnan(point.incidence) && isnan(point.lower));
    assert_int_equal(summary.median, INCIDENCE_NEVER);
    assert_int_equal(summary.subjects, 0);
    assert_true(isnan(life_table_completed_quantile(NULL, 0, 0.5)));

    const struct life_table_row censored = {9, 0, 0, 4};
    incidence_of_life_table(&censored, 1, z95, &horizon, 1, &point, &summary);
    assert_true(point.incidence == 0 && point.se == 0 && isnan(point.upper));
    assert_int_equal(summary.median_lower, INCIDENCE_NEVER);
}

static void a_mean_beyond_the_follow_up_is_refused(void **state)
{
    (void)state;
    const struct survival_row rows[] = {{2, 1, 0}, {6, 0, 1}};
    const struct survival_row finished[] = {{2, 1, 0}, {6, 1, 0}};
    struct survival_step steps[2];
    struct survival_summary summary;
    kaplan_meier(rows, 2, z95, steps, &summary);
    assert_same(survival_restricted_mean(steps, 2, 1).value, 1, 1e-12);
    assert_same(survival_restricted_mean(steps, 2, 6).value, 2 + 0.5 * 4, 1e-12);
    assert_true(isnan(survival_restricted_mean(steps, 2, 7).value));
    assert_true(isnan(survival_restricted_mean(steps, 2, 0).value));
    assert_true(isnan(survival_at(steps, 2, 7).survival));
    assert_true(survival_at(steps, 2, 1).survival == 1);
    kaplan_meier(finished, 2, z95, steps, &summary);
    assert_same(survival_restricted_mean(steps, 2, 100).value, 4, 1e-12);
    assert_true(survival_at(steps, 2, 100).survival == 0);
}

static void random_subjects(struct random_stream *random, struct logrank_subject *subjects, int32_t groups)
{
    for (size_t i = 0; i < SUBJECTS; i++) {
        subjects[i] =
            (struct logrank_subject){(double)random_count(random, 30), random_uniform(random) < 0.7,
                                     (int32_t)random_below(random, (uint64_t)groups), (int32_t)random_below(random, 3)};
    }
}

static void logrank_ignores_the_order_of_rows_and_the_names_of_groups(void **state)
{
    (void)state;
    struct random_stream random = random_seed(25, 0);
    for (int trial = 0; trial < TRIALS; trial++) {
        struct logrank_subject subjects[SUBJECTS];
        struct logrank_subject moved[SUBJECTS];
        struct logrank_subject renamed[SUBJECTS];
        size_t order[SUBJECTS];
        double sums[8];
        int32_t groups = 2 + (int32_t)random_below(&random, 3);
        random_subjects(&random, subjects, groups);
        shuffle(&random, order, SUBJECTS);
        for (size_t i = 0; i < SUBJECTS; i++) {
            moved[i] = subjects[order[i]];
            renamed[i] = subjects[i];
            renamed[i].group = (subjects[i].group + 1) % groups;
            renamed[i].time = 3 * subjects[i].time + 1; /* only the order of the times counts */
        }
        struct logrank_result plain = logrank(subjects, SUBJECTS, groups, sums, sums + 4);
        struct logrank_result shuffled = logrank(moved, SUBJECTS, groups, sums, sums + 4);
        struct logrank_result other = logrank(renamed, SUBJECTS, groups, sums, sums + 4);
        assert_true(plain.chisq == shuffled.chisq); /* to the last bit */
        assert_same(plain.chisq, other.chisq, 1e-9);
        double observed = 0;
        double expected = 0;
        for (int32_t g = 0; g < groups; g++) {
            observed += sums[g];
            expected += sums[4 + g];
        }
        assert_same(observed, expected, 1e-12);
    }
}

static void logrank_says_why_there_is_no_answer(void **state)
{
    (void)state;
    double sums[4];
    struct logrank_subject alone[] = {{1, true, 0, 0}, {2, true, 0, 0}};
    struct logrank_subject apart[] = {{1, true, 0, 0}, {2, true, 0, 0}, {1, true, 1, 1}, {2, true, 1, 1}};
    struct logrank_subject censored[] = {{1, false, 0, 0}, {2, false, 1, 0}};
    assert_non_null(logrank(alone, 2, 2, sums, sums + 2).reason);
    assert_non_null(logrank(apart, 4, 2, sums, sums + 2).reason);
    assert_non_null(logrank(censored, 2, 2, sums, sums + 2).reason);
    assert_non_null(logrank(NULL, 0, 2, sums, sums + 2).reason);
    assert_true(isnan(logrank(apart, 4, 2, sums, sums + 2).chisq));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(incidences_of_all_ends_and_survival_add_up_to_1),
        cmocka_unit_test(one_end_gives_one_less_kaplan_meier),
        cmocka_unit_test(nobody_turned_away_is_lost_from_a_cumulative_incidence),
        cmocka_unit_test(a_median_on_a_plateau_is_where_the_plateau_begins),
        cmocka_unit_test(scaling_time_scales_the_waits_and_nothing_else),
        cmocka_unit_test(counts_of_millions_keep_their_digits),
        cmocka_unit_test(events_are_numbered_from_1_on),
        cmocka_unit_test(an_empty_table_has_no_numbers),
        cmocka_unit_test(a_mean_beyond_the_follow_up_is_refused),
        cmocka_unit_test(logrank_ignores_the_order_of_rows_and_the_names_of_groups),
        cmocka_unit_test(logrank_says_why_there_is_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
