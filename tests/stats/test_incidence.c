#include "referlens/stats/incidence.h"

#include "referlens/base/memory.h"
#include "referlens/base/random.h"
#include "referlens/stats/distribution.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ROWS_MAX = 40 };

static void assert_close(double actual, double expected, double relative)
{
    if (isnan(expected)) {
        assert_true(isnan(actual));
        return;
    }
    if (!(fabs(actual - expected) <= 1e-12 + relative * fabs(expected))) {
        fail_msg("%.17g is not %.17g", actual, expected);
    }
}

/* One influence a subject, from the definition: dp' = dp·H + p·dH. */
static void brute_force(const struct life_table_row *rows, size_t count, double *incidence, double *se)
{
    int64_t subjects = 0;
    for (size_t i = 0; i < count; i++) {
        subjects += rows[i].events + rows[i].competing + rows[i].censored;
    }
    double *s = memory_allocate_zeroed((size_t)subjects + 1, sizeof *s);
    double *f = memory_allocate_zeroed((size_t)subjects + 1, sizeof *f);
    int64_t gone = 0;
    double survival = 1;
    double sum = 0;

    for (size_t i = 0; i < count; i++) {
        double n = (double)(subjects - gone);
        double h = n > 0 ? (double)rows[i].events / n : 0;
        double c = n > 0 ? (double)rows[i].competing / n : 0;
        for (int64_t j = 0; j < subjects; j++) {
            double own_event = j >= gone && j < gone + rows[i].events ? 1 : 0;
            double own_end = j >= gone && j < gone + rows[i].events + rows[i].competing ? 1 : 0;
            double df = h * s[j];
            double ds = -(h + c) * s[j];
            if (j >= gone) {
                df += survival * (own_event - h) / n;
                ds -= survival * (own_end - h - c) / n;
            }
            f[j] += df;
            s[j] += ds;
        }
        sum += survival * h;
        survival *= 1 - h - c;
        gone += rows[i].events + rows[i].competing + rows[i].censored;
        double variance = 0;
        for (int64_t j = 0; j < subjects; j++) {
            variance += f[j] * f[j];
        }
        incidence[i] = sum;
        se[i] = sqrt(variance);
    }
    memory_free(s);
    memory_free(f);
}

static size_t random_table(struct random_stream *random, struct life_table_row *rows)
{
    size_t count = 1 + (size_t)random_below(random, ROWS_MAX);
    uint64_t kinds = 1 + random_below(random, 3);
    uint64_t most = 1 + random_below(random, 12);
    int32_t time = 0;

    for (size_t i = 0; i < count; i++) {
        time += 1 + (int32_t)random_below(random, 9);
        rows[i] = (struct life_table_row){.time = time, .events = (int64_t)random_below(random, most)};
        rows[i].competing = kinds > 1 ? (int64_t)random_below(random, most) : 0;
        rows[i].censored = kinds > 2 ? (int64_t)random_below(random, most) : 0;
    }
    return count;
}

static void the_running_sums_equal_one_influence_a_subject(void **state)
{
    (void)state;
    struct random_stream random = random_seed(1, 0);
    const double z = normal_quantile_two_sided(0.95);

    for (int trial = 0; trial < 4000; trial++) {
        struct life_table_row rows[ROWS_MAX];
        double incidence[ROWS_MAX];
        double se[ROWS_MAX];
        int32_t horizons[ROWS_MAX];
        struct incidence_point points[ROWS_MAX];
        struct incidence_summary summary;
        size_t count = random_table(&random, rows);

        brute_force(rows, count, incidence, se);
        for (size_t i = 0; i < count; i++) {
            horizons[i] = rows[i].time;
        }
        incidence_of_life_table(rows, count, z, horizons, count, points, &summary);
        if (summary.subjects == 0) {
            assert_true(isnan(points[0].incidence));
            continue;
        }
        int32_t median = INCIDENCE_NEVER;
        int32_t lower = INCIDENCE_NEVER;
        int32_t upper = INCIDENCE_NEVER;
        int32_t p90 = INCIDENCE_NEVER;
        for (size_t i = 0; i < count; i++) {
            assert_close(points[i].incidence, incidence[i], 1e-10);
            if (incidence[i] < 1 - 1e-12) {
                assert_close(points[i].se, se[i], 1e-10);
            } else {
                assert_true(points[i].se < 1e-15);
            }
            struct interval limits = log_log_interval(incidence[i], se[i], z);
            if (incidence[i] >= 0.5 - 1e-9 && median == INCIDENCE_NEVER) {
                median = rows[i].time;
            }
            if (incidence[i] >= 0.9 - 1e-9 && p90 == INCIDENCE_NEVER) {
                p90 = rows[i].time;
            }
            if (limits.upper >= 0.5 - 1e-9 && lower == INCIDENCE_NEVER) {
                lower = rows[i].time;
            }
            if (limits.lower >= 0.5 - 1e-9 && upper == INCIDENCE_NEVER) {
                upper = rows[i].time;
            }
        }
        assert_int_equal(summary.median, median);
        assert_int_equal(summary.p90, p90);
        assert_int_equal(summary.median_lower, lower);
        assert_int_equal(summary.median_upper, upper);
    }
}

/* Everybody has the event, one a day: the steps are 1/n each, and their sum is 1 but for rounding. */
static void no_incidence_is_above_1_by_rounding(void **state)
{
    (void)state;
    enum { MOST = 300 };
    struct life_table_row rows[MOST];
    const int32_t end = MOST;
    for (int32_t n = 1; n <= MOST; n++) {
        struct incidence_point point;
        struct incidence_summary summary;
        for (int32_t i = 0; i < n; i++)
            rows[i] = (struct life_table_row){i, 1, 0, 0};
        incidence_of_life_table(rows, (size_t)n, 1.96, &end, 1, &point, &summary);
        assert_true(point.incidence <= 1);
        assert_close(point.incidence, 1, 1e-12);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_running_sums_equal_one_influence_a_subject),
        cmocka_unit_test(no_incidence_is_above_1_by_rounding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
