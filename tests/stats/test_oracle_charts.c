#include "oracle.h"

#include "referlens/stats/control_chart.h"
#include "referlens/stats/funnel.h"
#include "referlens/stats/run_chart.h"

static void assert_limits(const struct funnel_point *points, const size_t *used, size_t count, const cJSON *answer,
                          bool adjusted)
{
    static const char *const keys[] = {"lower95", "upper95", "lower998", "upper998"};
    const cJSON *limits = cJSON_GetObjectItemCaseSensitive(answer, adjusted ? "adjusted" : "plain");
    double *column = memory_allocate_zeroed(count, sizeof *column);

    for (size_t k = 0; k < 4; k++) {
        for (size_t i = 0; i < count; i++) {
            const struct funnel_point *point = &points[used[i]];
            const struct finding_limits *all = adjusted ? &point->limits : &point->plain;
            const double values[] = {all->lower95, all->upper95, all->lower998, all->upper998};
            column[i] = values[k];
        }
        assert_all_near(column, limits, keys[k]);
    }
    memory_free(column);
}

static void assert_funnel(const struct funnel *funnel, const struct funnel_point *points, const size_t *used,
                          size_t count, const cJSON *answer)
{
    assert_null(funnel->reason);
    assert_int_equal(funnel->used, count);
    assert_near(funnel->phi, oracle_number(answer, "phi"), "phi");
    assert_near(funnel->tau2, oracle_number(answer, "tau2"), "tau2");
    assert_limits(points, used, count, answer, true);
    assert_limits(points, used, count, answer, false);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(finding_text(points[used[i]].finding), oracle_text(answer, "flag", i));
    }
    double *p = memory_allocate_zeroed(count, sizeof *p);
    for (size_t i = 0; i < count; i++) {
        p[i] = points[used[i]].p;
    }
    assert_all_near(p, answer, "p");
    memory_free(p);
}

static void check_funnel(const cJSON *input, const cJSON *answer)
{
    size_t count = 0;
    size_t used_count = 0;
    int64_t *counts = oracle_counts(input, "count", &count);
    int64_t *totals = oracle_counts(input, "n", &count);
    int64_t *indexes = oracle_counts(answer, "used", &used_count);
    size_t *used = memory_allocate_zeroed(used_count, sizeof *used);
    struct funnel_point *points = memory_allocate_zeroed(count, sizeof *points);

    for (size_t i = 0; i < used_count; i++) {
        used[i] = (size_t)indexes[i];
    }
    struct funnel funnel = funnel_of_proportions(counts, totals, count, points);
    assert_near(funnel.target, oracle_number(answer, "target"), "target");
    assert_funnel(&funnel, points, used, used_count, answer);
    memory_free(counts);
    memory_free(totals);
    memory_free(indexes);
    memory_free(used);
    memory_free(points);
}

static void funnels_of_proportions_follow_spiegelhalter(void **state)
{
    (void)state;
    for_each_case("charts", "funnel", check_funnel);
}

static void check_hidden(const cJSON *input, const cJSON *answer)
{
    size_t count = 0, hidden_count = 0;
    double *counts = oracle_numbers(input, "count", &count);
    double *sizes = oracle_numbers(input, "n", &count);
    double *hidden = oracle_numbers(input, "hidden", &hidden_count);
    const char *kind = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(input, "kind"));
    const struct funnel_units units = {
        .scale = strcmp(kind, "ratio") == 0 ? FUNNEL_OF_RATIOS : FUNNEL_OF_PROPORTIONS,
        .target = oracle_number(input, "target"),
        .counts = counts,
        .sizes = sizes,
        .count = count,
        .hidden = {hidden, hidden_count, 7},
    };
    const struct funnel_spread spread = funnel_spread_of(&units);
    assert_int_equal(spread.used, count + hidden_count);
    assert_near(spread.phi, oracle_number(answer, "phi"), "phi");
    assert_near(spread.tau2, oracle_number(answer, "tau2"), "tau2");
    memory_free(counts);
    memory_free(sizes);
    memory_free(hidden);
}

static void hidden_counts_stand_for_what_they_may_be(void **state)
{
    (void)state;
    for_each_case("charts", "hidden", check_hidden);
}

static void check_ratio_funnel(const cJSON *input, const cJSON *answer)
{
    size_t count = 0;
    double *observed = oracle_numbers(input, "observed", &count);
    double *expected = oracle_numbers(input, "expected", &count);
    size_t *used = memory_allocate_zeroed(count, sizeof *used);
    struct funnel_point *points = memory_allocate_zeroed(count, sizeof *points);

    for (size_t i = 0; i < count; i++) {
        used[i] = i;
    }
    struct funnel funnel = funnel_of_ratios(observed, expected, count, points);
    assert_funnel(&funnel, points, used, count, answer);
    memory_free(observed);
    memory_free(expected);
    memory_free(used);
    memory_free(points);
}

static void funnels_of_ratios_follow_spiegelhalter(void **state)
{
    (void)state;
    for_each_case("charts", "ratio_funnel", check_ratio_funnel);
}

static void assert_signals(const struct chart_point *points, const size_t *used, size_t count, const cJSON *answer)
{
    size_t sides = 0;
    int64_t *side = oracle_counts(answer, "side", &sides);
    for (size_t i = 0; i < count; i++) {
        const struct chart_point *point = &points[used == NULL ? i : used[i]];
        const char *name = chart_signal_name(point->signal);
        assert_string_equal(name == NULL ? "" : name, oracle_text(answer, "signal", i));
        assert_int_equal(point->side, side[i]);
    }
    memory_free(side);
}

static void check_xmr(const cJSON *input, const cJSON *answer)
{
    size_t count = 0;
    double *values = oracle_numbers(input, "value", &count);
    bool screen = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(input, "screen"));
    struct chart_point *points = memory_allocate_zeroed(count, sizeof *points);
    struct control_chart chart = xmr_chart(values, count, screen, points);

    assert_near(chart.mean, oracle_number(answer, "mean"), "mean");
    assert_near(chart.mean_range, oracle_number(answer, "range"), "range");
    assert_near(chart.lower, oracle_number(answer, "lower"), "lower");
    assert_near(chart.upper, oracle_number(answer, "upper"), "upper");
    assert_signals(points, NULL, count, answer);
    assert_true(chart.screened == screen);
    memory_free(values);
    memory_free(points);
}

static void xmr_charts_follow_their_definition(void **state)
{
    (void)state;
    for_each_case("charts", "xmr", check_xmr);
}

static void check_pprime(const cJSON *input, const cJSON *answer)
{
    size_t count = 0;
    size_t used_count = 0;
    int64_t *counts = oracle_counts(input, "count", &count);
    int64_t *totals = oracle_counts(input, "n", &count);
    int64_t *indexes = oracle_counts(answer, "used", &used_count);
    size_t *used = memory_allocate_zeroed(used_count, sizeof *used);
    double *limits = memory_allocate_zeroed(2 * used_count, sizeof *limits);
    struct chart_point *points = memory_allocate_zeroed(count, sizeof *points);
    struct pprime_chart chart = pprime_chart(counts, totals, count, points);

    assert_near(chart.mean, oracle_number(answer, "mean"), "mean");
    assert_near(chart.sigma_z, oracle_number(answer, "sigma_z"), "sigma_z");
    for (size_t i = 0; i < used_count; i++) {
        used[i] = (size_t)indexes[i];
        limits[i] = points[used[i]].lower;
        limits[used_count + i] = points[used[i]].upper;
    }
    assert_all_near(limits, answer, "lower");
    assert_all_near(&limits[used_count], answer, "upper");
    assert_signals(points, used, used_count, answer);
    memory_free(counts);
    memory_free(totals);
    memory_free(indexes);
    memory_free(used);
    memory_free(limits);
    memory_free(points);
}

static void pprime_charts_follow_laney(void **state)
{
    (void)state;
    for_each_case("charts", "pprime", check_pprime);
}

static void check_run(const cJSON *input, const cJSON *answer)
{
    size_t count = 0;
    double *values = oracle_numbers(input, "value", &count);
    struct run_chart chart = run_chart(values, count);
    assert_near(chart.median, oracle_number(answer, "median"), "median");
    assert_int_equal(chart.useful, (int64_t)oracle_number(answer, "useful"));
    assert_int_equal(chart.longest_run, (int64_t)oracle_number(answer, "longest_run"));
    assert_int_equal(chart.longest_run_max, (int64_t)oracle_number(answer, "longest_run_max"));
    assert_int_equal(chart.crossings, (int64_t)oracle_number(answer, "crossings"));
    assert_int_equal(chart.crossings_min, (int64_t)oracle_number(answer, "crossings_min"));
    assert_true(chart.signal == (bool)cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(answer, "signal")));
    memory_free(values);
}

static void run_charts_follow_anhoej(void **state)
{
    (void)state;
    for_each_case("charts", "run", check_run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(funnels_of_proportions_follow_spiegelhalter),
        cmocka_unit_test(funnels_of_ratios_follow_spiegelhalter),
        cmocka_unit_test(hidden_counts_stand_for_what_they_may_be),
        cmocka_unit_test(xmr_charts_follow_their_definition),
        cmocka_unit_test(pprime_charts_follow_laney),
        cmocka_unit_test(run_charts_follow_anhoej),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
