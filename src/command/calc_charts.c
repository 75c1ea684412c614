#include "referlens/command/calc_charts.h"

#include "referlens/base/memory.h"
#include "referlens/stats/control_chart.h"
#include "referlens/stats/funnel.h"
#include "referlens/stats/run_chart.h"
#include "referlens/stats/shrinkage.h"

#include <math.h>

/* A file of counts and totals, or of observed and expected counts, or of values; what was not asked for is NULL. */
struct series {
    struct calc_table table;
    int64_t *counts;
    int64_t *totals;
    double *observed;
    double *expected;
    double *values;
    int label; /* column, or −1 */
};

static void release_series(struct series *series)
{
    memory_free(series->counts);
    memory_free(series->totals);
    memory_free(series->observed);
    memory_free(series->expected);
    memory_free(series->values);
    calc_table_release(&series->table);
}

static bool read_totals(struct series *series, struct error *error)
{
    const struct calc_table *table = &series->table;
    if (!calc_table_counts(table, "count", &series->counts, error) ||
        !calc_table_counts(table, "n", &series->totals, error)) {
        return false;
    }
    for (size_t i = 0; i < table->row_count; i++) {
        if (series->counts[i] > series->totals[i]) {
            return calc_table_fault(table, i, error, "count is %lld, more than n, %lld", (long long)series->counts[i],
                                    (long long)series->totals[i]);
        }
    }
    return true;
}

static bool read_ratios(struct series *series, struct error *error)
{
    const struct calc_table *table = &series->table;
    if (!calc_table_numbers(table, "observed", &series->observed, error) ||
        !calc_table_numbers(table, "expected", &series->expected, error)) {
        return false;
    }
    for (size_t i = 0; i < table->row_count; i++) {
        if (series->observed[i] < 0 || series->expected[i] < 0) {
            return calc_table_fault(table, i, error, "observed or expected is below 0");
        }
    }
    return true;
}

static bool read_values(struct series *series, struct error *error)
{
    return calc_table_numbers(&series->table, "value", &series->values, error);
}

static bool read_series(const char *path, bool (*read)(struct series *series, struct error *error),
                        struct series *series, struct error *error)
{
    *series = (struct series){0};
    if (calc_table_read(path, &series->table, error) && read(series, error)) {
        series->label = calc_table_find(&series->table, "label");
        return true;
    }
    release_series(series);
    return false;
}

static void write_limits(struct json_writer *json, const struct finding_limits *limits, const char *const names[4])
{
    json_member_number(json, names[0], limits->lower95);
    json_member_number(json, names[1], limits->upper95);
    json_member_number(json, names[2], limits->lower998);
    json_member_number(json, names[3], limits->upper998);
}

/* What each point was made from. */
static void write_inputs(struct json_writer *json, const struct series *series, size_t row)
{
    calc_write_label(json, &series->table, series->label, row);
    if (series->counts != NULL) {
        json_member_integer(json, "count", series->counts[row]);
        json_member_integer(json, "n", series->totals[row]);
    }
    if (series->observed != NULL) {
        json_member_number(json, "observed", series->observed[row]);
        json_member_number(json, "expected", series->expected[row]);
    }
}

static void write_funnel(struct json_writer *json, const struct series *series, const struct funnel *funnel,
                         const struct funnel_point *points)
{
    static const char *const adjusted[] = {"lower95", "upper95", "lower998", "upper998"};
    static const char *const plain[] = {"plain_lower95", "plain_upper95", "plain_lower998", "plain_upper998"};

    json_member_number(json, "target", funnel->target);
    json_member_number(json, "phi", funnel->phi);
    json_member_number(json, "tau2", funnel->tau2);
    calc_write_reason(json, funnel->reason);
    json_key(json, "points");
    json_begin_array(json);
    for (size_t i = 0; i < series->table.row_count; i++) {
        json_begin_object(json);
        write_inputs(json, series, i);
        json_member_number(json, "value", points[i].value);
        write_limits(json, &points[i].limits, adjusted);
        write_limits(json, &points[i].plain, plain);
        json_member_number(json, "p", points[i].p);
        json_member_string(json, "flag", finding_text(points[i].finding));
        json_end_object(json);
    }
    json_end_array(json);
}

int calc_funnel(const struct calc_request *request, struct json_writer *json, struct error *error)
{
    struct series series;
    if (!read_series(request->arguments[0], read_totals, &series, error)) {
        return COMMAND_FAILED;
    }
    struct funnel_point *points = memory_allocate_zeroed(series.table.row_count, sizeof *points);
    struct funnel funnel = funnel_of_proportions(series.counts, series.totals, series.table.row_count, points);
    write_funnel(json, &series, &funnel, points);
    memory_free(points);
    release_series(&series);
    return COMMAND_DONE;
}

int calc_ratio_funnel(const struct calc_request *request, struct json_writer *json, struct error *error)
{
    struct series series;
    if (!read_series(request->arguments[0], read_ratios, &series, error)) {
        return COMMAND_FAILED;
    }
    struct funnel_point *points = memory_allocate_zeroed(series.table.row_count, sizeof *points);
    struct funnel funnel = funnel_of_ratios(series.observed, series.expected, series.table.row_count, points);
    write_funnel(json, &series, &funnel, points);
    memory_free(points);
    release_series(&series);
    return COMMAND_DONE;
}

static void write_chart_points(struct json_writer *json, const struct series *series, const struct chart_point *points,
                               bool with_limits)
{
    static const char *const sides[] = {"low", NULL, "high"};

    json_key(json, "points");
    json_begin_array(json);
    for (size_t i = 0; i < series->table.row_count; i++) {
        json_begin_object(json);
        write_inputs(json, series, i);
        json_member_number(json, "value", points[i].value);
        if (with_limits) {
            json_member_number(json, "lower", points[i].lower);
            json_member_number(json, "upper", points[i].upper);
        }
        json_member_string(json, "signal", chart_signal_name(points[i].signal));
        json_member_string(json, "side", sides[points[i].side + 1]);
        json_end_object(json);
    }
    json_end_array(json);
}

static const char *short_series(size_t points)
{
    return points < CHART_POINTS_MIN ? "fewer than 13 points: use the run chart" : NULL;
}

int calc_xmr(const struct calc_request *request, struct json_writer *json, struct error *error)
{
    struct series series;
    if (!read_series(request->arguments[0], read_values, &series, error)) {
        return COMMAND_FAILED;
    }
    struct chart_point *points = memory_allocate_zeroed(series.table.row_count, sizeof *points);
    struct control_chart chart = xmr_chart(series.values, series.table.row_count, request->screen, points);
    json_member_integer(json, "n", (int64_t)chart.points);
    json_member_number(json, "mean", chart.mean);
    json_member_number(json, "mean_range", chart.mean_range);
    json_member_number(json, "lower", chart.lower);
    json_member_number(json, "upper", chart.upper);
    json_member_boolean(json, "screened", chart.screened);
    json_member_integer(json, "ranges_screened", (int64_t)chart.ranges_screened);
    json_member_string(json, "warning", short_series(chart.points));
    calc_write_reason(json, chart.reason);
    write_chart_points(json, &series, points, false);
    memory_free(points);
    release_series(&series);
    return COMMAND_DONE;
}

int calc_pprime(const struct calc_request *request, struct json_writer *json, struct error *error)
{
    struct series series;
    if (!read_series(request->arguments[0], read_totals, &series, error)) {
        return COMMAND_FAILED;
    }
    struct chart_point *points = memory_allocate_zeroed(series.table.row_count, sizeof *points);
    struct pprime_chart chart = pprime_chart(series.counts, series.totals, series.table.row_count, points);
    json_member_number(json, "mean", chart.mean);
    json_member_number(json, "sigma_z", chart.sigma_z);
    json_member_string(json, "warning", short_series(chart.points));
    calc_write_reason(json, chart.reason);
    write_chart_points(json, &series, points, true);
    memory_free(points);
    release_series(&series);
    return COMMAND_DONE;
}

int calc_run(const struct calc_request *request, struct json_writer *json, struct error *error)
{
    struct series series;
    if (!read_series(request->arguments[0], read_values, &series, error)) {
        return COMMAND_FAILED;
    }
    struct run_chart chart = run_chart(series.values, series.table.row_count);
    json_member_integer(json, "n", (int64_t)series.table.row_count);
    json_member_number(json, "median", chart.median);
    json_member_integer(json, "useful", chart.useful);
    json_member_integer(json, "longest_run", chart.longest_run);
    json_member_integer(json, "longest_run_max", chart.longest_run_max);
    json_member_integer(json, "crossings", chart.crossings);
    json_member_integer(json, "crossings_min", chart.crossings_min);
    json_member_boolean(json, "signal", chart.signal);
    calc_write_reason(json, chart.reason);
    release_series(&series);
    return COMMAND_DONE;
}

int calc_shrink(const struct calc_request *request, struct json_writer *json, struct error *error)
{
    struct series series;
    if (!read_series(request->arguments[0], read_totals, &series, error)) {
        return COMMAND_FAILED;
    }
    size_t rows = series.table.row_count;
    struct estimate *points = memory_allocate_zeroed(rows, sizeof *points);
    struct shrinkage result = beta_binomial_shrinkage(series.counts, series.totals, rows, request->level, points);
    json_member_number(json, "alpha", result.alpha);
    json_member_number(json, "beta", result.beta);
    json_member_number(json, "mean", result.mean);
    json_member_boolean(json, "pooled", result.pooled);
    calc_write_reason(json, result.reason);
    json_key(json, "points");
    json_begin_array(json);
    for (size_t i = 0; i < rows; i++) {
        double total = (double)series.totals[i];
        json_begin_object(json);
        write_inputs(json, &series, i);
        json_member_number(json, "raw", total > 0 ? (double)series.counts[i] / total : NAN);
        json_member_number(json, "value", points[i].value);
        json_member_number(json, "lower", points[i].lower);
        json_member_number(json, "upper", points[i].upper);
        json_end_object(json);
    }
    json_end_array(json);
    memory_free(points);
    release_series(&series);
    return COMMAND_DONE;
}
