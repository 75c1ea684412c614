/* How often the 95 % intervals hold the truth, on invented data of which the truth is known; seeded, so the same table
 * each time. Prints one line for each method and size: coverage in per cent and the mean width. */
#include "referlens/base/memory.h"
#include "referlens/base/random.h"
#include "referlens/base/worker.h"
#include "referlens/stats/bootstrap.h"
#include "referlens/stats/difference_in_differences.h"
#include "referlens/stats/incidence.h"
#include "referlens/stats/interrupted_series.h"
#include "referlens/stats/interval.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static const double level = 0.95;

struct tally {
    int64_t trials;
    int64_t held;
    int64_t without; /* gave no interval; counted as not holding the truth */
    int64_t closed;  /* have an upper end; `width` is theirs */
    double width;
};

static void count_trial(struct tally *tally, double lower, double upper, double truth)
{
    tally->trials++;
    if (isnan(lower) || isnan(upper)) {
        tally->without++;
        return;
    }
    tally->held += lower <= truth && truth <= upper ? 1 : 0;
    if (isfinite(upper)) {
        tally->width += upper - lower;
        tally->closed++;
    }
}

static void print_tally(const char *method, const char *setting, const struct tally *tally)
{
    printf("%-34s %-34s %6.1f %% %10.4f %8lld %8lld\n", method, setting,
           100 * (double)tally->held / (double)tally->trials, tally->width / (double)tally->closed,
           (long long)tally->trials, (long long)tally->without);
}

static int64_t random_binomial(struct random_stream *random, int64_t n, double p)
{
    int64_t count = 0;
    for (int64_t i = 0; i < n; i++) {
        count += random_uniform(random) < p ? 1 : 0;
    }
    return count;
}

static void cover_wilson(struct random_stream *random)
{
    static const int64_t sizes[] = {10, 50, 500};
    static const double rates[] = {0.02, 0.1, 0.3};
    for (size_t i = 0; i < 3; i++) {
        for (size_t j = 0; j < 3; j++) {
            struct tally tally = {0};
            char setting[64];
            for (int trial = 0; trial < 20000; trial++) {
                struct interval interval =
                    wilson_interval(random_binomial(random, sizes[i], rates[j]), sizes[i], level);
                count_trial(&tally, interval.lower, interval.upper, rates[j]);
            }
            (void)snprintf(setting, sizeof setting, "n = %lld, p = %g", (long long)sizes[i], rates[j]);
            print_tally("Wilson", setting, &tally);
        }
    }
}

static void cover_newcombe(struct random_stream *random)
{
    static const int64_t sizes[] = {15, 60, 400};
    for (size_t i = 0; i < 3; i++) {
        struct tally tally = {0};
        char setting[64];
        for (int trial = 0; trial < 20000; trial++) {
            struct estimate difference =
                newcombe_difference(random_binomial(random, sizes[i], 0.3), sizes[i],
                                    random_binomial(random, 2 * sizes[i], 0.15), 2 * sizes[i], level);
            count_trial(&tally, difference.lower, difference.upper, 0.15);
        }
        (void)snprintf(setting, sizeof setting, "n = %lld and %lld, 0.3 and 0.15", (long long)sizes[i],
                       (long long)(2 * sizes[i]));
        print_tally("Newcombe", setting, &tally);
    }
}

static void cover_rate(struct random_stream *random)
{
    static const double means[] = {1, 4, 9, 15, 100};
    for (size_t i = 0; i < sizeof means / sizeof means[0]; i++) {
        struct tally tally = {0};
        char setting[64];
        for (int trial = 0; trial < 20000; trial++) {
            struct interval interval = rate_interval((double)random_poisson(random, means[i]), level);
            count_trial(&tally, interval.lower, interval.upper, means[i]);
        }
        (void)snprintf(setting, sizeof setting, "%g expected", means[i]);
        print_tally("rate (exact below 10, then Byar)", setting, &tally);
    }
}

enum { DAYS = 400 };

/* Attendance at rate 1/60 a day, rejection at 1/120, and an as-of date that falls evenly over 400 days. */
static void draw_life_table(struct random_stream *random, int subjects, struct life_table_row *rows)
{
    for (int32_t i = 0; i <= DAYS; i++) {
        rows[i] = (struct life_table_row){.time = i};
    }
    for (int i = 0; i < subjects; i++) {
        double attended = 60 * random_exponential(random);
        double rejected = 120 * random_exponential(random);
        double seen = DAYS * random_uniform(random);
        if (seen < attended && seen < rejected) {
            rows[(int32_t)seen].censored++;
        } else if (attended < rejected) {
            rows[(int32_t)attended].events++;
        } else {
            rows[(int32_t)rejected].competing++;
        }
    }
}

static double day_or(int32_t time, double otherwise)
{
    return time == INCIDENCE_NEVER ? otherwise : (double)time;
}

static void cover_incidence(struct random_stream *random)
{
    static const int sizes[] = {30, 100, 1000};
    const double z = normal_quantile_two_sided(level);
    const double total = 1.0 / 60 + 1.0 / 120;
    const double share = (1.0 / 60) / total;
    const int32_t horizons[] = {41, 125}; /* day 41 ends at 42 */
    const double true_median = -log(1 - 0.5 / share) / total;
    for (size_t i = 0; i < 3; i++) {
        struct tally tallies[3] = {{0}, {0}, {0}};
        for (int trial = 0; trial < 4000; trial++) {
            struct life_table_row rows[DAYS + 1];
            struct incidence_point points[2];
            struct incidence_summary summary;
            draw_life_table(random, sizes[i], rows);
            incidence_of_life_table(rows, DAYS + 1, z, horizons, 2, points, &summary);
            for (size_t j = 0; j < 2; j++) {
                double truth = share * (1 - exp(-total * ((double)horizons[j] + 1)));
                count_trial(&tallies[j], points[j].lower, points[j].upper, truth);
            }
            count_trial(&tallies[2], day_or(summary.median_lower, NAN), day_or(summary.median_upper, INFINITY),
                        floor(true_median));
        }
        static const char *const what[] = {"by day 42", "by day 126", "median"};
        for (size_t j = 0; j < 3; j++) {
            char setting[64];
            (void)snprintf(setting, sizeof setting, "n = %d, %s", sizes[i], what[j]);
            print_tally("Aalen-Johansen", setting, &tallies[j]);
        }
    }
}

enum { PRACTICES_MAX = 60 };

struct practices {
    double counts[PRACTICES_MAX];
    double totals[PRACTICES_MAX];
};

static void pooled(const void *context, const int32_t *times, size_t cluster_count, size_t worker, double *values)
{
    const struct practices *practices = context;
    double count = 0;
    double total = 0;
    (void)worker;
    for (size_t i = 0; i < cluster_count; i++) {
        count += times[i] * practices->counts[i];
        total += times[i] * practices->totals[i];
    }
    values[0] = count / total;
}

/* Practices differ: their own rates lie evenly between 0.1 and 0.3. */
static void cover_bootstrap(struct random_stream *random)
{
    static const size_t sizes[] = {10, 20, 60};
    for (size_t i = 0; i < 3; i++) {
        struct tally clustered = {0};
        struct tally ignored = {0};
        char setting[64];
        for (int trial = 0; trial < 1000; trial++) {
            struct practices practices;
            double count = 0;
            double total = 0;
            for (size_t j = 0; j < sizes[i]; j++) {
                int64_t n = 20 + (int64_t)random_below(random, 180);
                practices.totals[j] = (double)n;
                practices.counts[j] = (double)random_binomial(random, n, 0.1 + 0.2 * random_uniform(random));
                count += practices.counts[j];
                total += practices.totals[j];
            }
            struct bootstrap_plan plan = {.cluster_count = sizes[i],
                                          .value_count = 1,
                                          .draws = 500,
                                          .seed = (uint64_t)trial,
                                          .workers = worker_default_count(),
                                          .level = level};
            struct bootstrap_interval result;
            cluster_bootstrap(&plan, pooled, &practices, &result);
            count_trial(&clustered, result.lower, result.upper, 0.2);
            struct interval wilson = wilson_interval((int64_t)count, (int64_t)total, level);
            count_trial(&ignored, wilson.lower, wilson.upper, 0.2);
        }
        (void)snprintf(setting, sizeof setting, "%zu practices", sizes[i]);
        print_tally("cluster bootstrap", setting, &clustered);
        print_tally("  Wilson, ignoring the practices", setting, &ignored);
    }
}

/* Half the practices are treated from the middle of 12 periods on; the noise of a practice has a memory of ½. */
static void cover_differences(struct random_stream *random)
{
    enum { PERIODS = 12 };
    static const int32_t sizes[] = {10, 20, 60};
    for (size_t i = 0; i < 3; i++) {
        struct tally tally = {0};
        struct tally trend = {0};
        char setting[64];
        for (int trial = 0; trial < 2000; trial++) {
            static struct panel_row rows[PRACTICES_MAX * PERIODS];
            size_t count = 0;
            for (int32_t unit = 0; unit < sizes[i]; unit++) {
                double own = random_normal(random);
                double noise = random_normal(random);
                for (int32_t period = 0; period < PERIODS; period++) {
                    bool treated = unit < sizes[i] / 2 && period >= PERIODS / 2;
                    noise = 0.5 * noise + random_normal(random);
                    rows[count++] = (struct panel_row){unit, period, treated ? 1 : 0,
                                                       own + 0.1 * period + noise + (treated ? 0.7 : 0)};
                }
            }
            struct difference_in_differences result = difference_in_differences(rows, count, sizes[i], PERIODS, level);
            count_trial(&tally, result.lower, result.upper, 0.7);
            result = difference_pre_trend(rows, count, sizes[i], PERIODS, level);
            count_trial(&trend, result.lower, result.upper, 0);
        }
        (void)snprintf(setting, sizeof setting, "%d practices, half treated", (int)sizes[i]);
        print_tally("difference in differences", setting, &tally);
        print_tally("  its pre-trend", setting, &trend);
    }
}

/* Months without any change about a slope, each with some memory of the one before. */
static void cover_interrupted(struct random_stream *random)
{
    enum { POINTS_MAX = 48 };
    static const size_t sides[] = {8, 12, 24};
    static const double memories[] = {0, 0.3};
    for (size_t i = 0; i < 3; i++) {
        for (size_t m = 0; m < 2; m++) {
            struct tally tally = {0};
            char setting[64];
            for (int trial = 0; trial < 4000; trial++) {
                struct interrupted_point points[POINTS_MAX];
                double noise = random_normal(random) / sqrt(1 - memories[m] * memories[m]);
                for (size_t t = 0; t < 2 * sides[i]; t++) {
                    points[t] = (struct interrupted_point){(double)t, 10 + 0.1 * (double)t + noise};
                    noise = memories[m] * noise + random_normal(random);
                }
                const struct interrupted_series series =
                    interrupted_series(points, 2 * sides[i], (double)sides[i], INTERRUPTED_LAG, level);
                count_trial(&tally, series.lower[2], series.upper[2], 0);
            }
            (void)snprintf(setting, sizeof setting, "%zu and %zu months, memory %s", sides[i], sides[i],
                           m == 0 ? "none" : "0.3");
            print_tally("interrupted series, level", setting, &tally);
        }
    }
}

/* Few of many practices treated, or few of them not, as where some of a county moved: shares of about 30 referrals a month. */
static void cover_few_treated(struct random_stream *random)
{
    enum { PERIODS = 24, PRACTICES = 200 };
    static const int32_t counts[][2] = {{1, 19}, {2, 18},  {5, 5},   {5, 15}, {5, 35},  {5, 95},
                                        {5, 195}, {10, 10}, {10, 90}, {8, 92}, {20, 80}, {35, 5}, {95, 5}};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        struct tally all = {0}, smaller = {0}, trend = {0};
        const int32_t practices = counts[i][0] + counts[i][1];
        char setting[64];
        for (int trial = 0; trial < 1000; trial++) {
            static struct panel_row rows[PRACTICES * PERIODS];
            size_t count = 0;
            for (int32_t unit = 0; unit < practices; unit++) {
                const double size = 30 * exp(0.5 * random_normal(random)), own = -2.2 + 0.3 * random_normal(random);
                for (int32_t period = 0; period < PERIODS; period++) {
                    const bool treated = unit < counts[i][0] && period >= PERIODS / 2;
                    const int64_t n = 1 + (int64_t)random_poisson(random, size);
                    const double rate = 1 / (1 + exp(-own - 0.2 * random_normal(random)));
                    rows[count++] = (struct panel_row){unit, period, treated ? 1 : 0,
                                                       (double)random_binomial(random, n, rate) / (double)n};
                }
            }
            struct difference_in_differences result = difference_in_differences(rows, count, practices, PERIODS, level);
            count_trial(&all, result.lower, result.upper, 0);
            result = difference_by_smaller_side(result, level);
            count_trial(&smaller, result.lower, result.upper, 0);
            result = difference_by_smaller_side(difference_pre_trend(rows, count, practices, PERIODS, level), level);
            count_trial(&trend, result.lower, result.upper, 0);
        }
        (void)snprintf(setting, sizeof setting, "%d treated, %d not", (int)counts[i][0], (int)counts[i][1]);
        print_tally("difference in differences, G - 1", setting, &all);
        print_tally("  on the smaller side's degrees", setting, &smaller);
        print_tally("  its pre-trend", setting, &trend);
    }
}

int main(void)
{
    struct random_stream random = random_seed(20260106, 0);
    printf("%-34s %-34s %8s %10s %8s %8s\n", "95 % interval", "setting", "coverage", "width", "trials", "none");
    cover_wilson(&random);
    cover_newcombe(&random);
    cover_rate(&random);
    cover_incidence(&random);
    cover_bootstrap(&random);
    cover_differences(&random);
    cover_interrupted(&random);
    cover_few_treated(&random);
    return 0;
}
