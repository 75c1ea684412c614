#include "referlens/command/calc_intervals.h"

#include "referlens/base/memory.h"
#include "referlens/stats/interval.h"
#include "referlens/stats/quantile.h"
#include "referlens/stats/standardise.h"

#include <math.h>

static void write_estimate(struct json_writer *json, const char *name, double value, struct interval limits)
{
    json_member_number(json, name, value);
    json_member_number(json, "lower", limits.lower);
    json_member_number(json, "upper", limits.upper);
}

/* Reads X and N from two arguments: 0 ≤ X ≤ N. */
static bool read_proportion(const struct calc_request *request, size_t first, int64_t *count, int64_t *total,
                            struct error *error)
{
    if (!calc_count_argument(request, first, "X", count, error) ||
        !calc_count_argument(request, first + 1, "N", total, error)) {
        return false;
    }
    return *count <= *total ? true
                            : error_set(error, "X is %lld, more than N, %lld", (long long)*count, (long long)*total);
}

static int proportion(const struct calc_request *request, struct json_writer *json, struct error *error,
                      struct interval (*interval)(int64_t count, int64_t total, double level))
{
    int64_t count = 0;
    int64_t total = 0;
    if (!read_proportion(request, 0, &count, &total, error)) {
        return COMMAND_BAD_USAGE;
    }
    json_member_integer(json, "count", count);
    json_member_integer(json, "n", total);
    write_estimate(json, "estimate", total > 0 ? (double)count / (double)total : NAN,
                   interval(count, total, request->level));
    calc_write_reason(json, total > 0 ? NULL : "n is 0");
    return COMMAND_DONE;
}

int calc_wilson(const struct calc_request *request, struct json_writer *json, struct error *error)
{
    return proportion(request, json, error, wilson_interval);
}

int calc_clopper_pearson(const struct calc_request *request, struct json_writer *json, struct error *error)
{
    return proportion(request, json, error, clopper_pearson_interval);
}

int calc_newcombe(const struct calc_request *request, struct json_writer *json, struct error *error)
{
    int64_t counts[2] = {0};
    int64_t totals[2] = {0};
    for (size_t i = 0; i < 2; i++) {
        if (!read_proportion(request, 2 * i, &counts[i], &totals[i], error)) {
            return COMMAND_BAD_USAGE;
        }
    }
    struct estimate result = newcombe_difference(counts[0], totals[0], counts[1], totals[1], request->level);
    static const char *const names[] = {"count1", "n1", "count2", "n2"};
    for (size_t i = 0; i < 2; i++) {
        json_member_integer(json, names[2 * i], counts[i]);
        json_member_integer(json, names[2 * i + 1], totals[i]);
    }
    write_estimate(json, "difference", result.value, (struct interval){result.lower, result.upper});
    calc_write_reason(json, isnan(result.value) ? "n is 0" : NULL);
    return COMMAND_DONE;
}

static int rate(const struct calc_request *request, struct json_writer *json, struct error *error,
                struct interval (*interval)(double count, double level))
{
    int64_t count = 0;
    double time = 1;
    if (!calc_count_argument(request, 0, "X", &count, error) ||
        (request->argument_count > 1 && !calc_number_argument(request, 1, "T", &time, error))) {
        return COMMAND_BAD_USAGE;
    }
    if (time <= 0) {
        error_set(error, "T must be above 0");
        return COMMAND_BAD_USAGE;
    }
    struct interval limits = interval((double)count, request->level);
    json_member_integer(json, "count", count);
    json_member_number(json, "time", time);
    write_estimate(json, "estimate", (double)count / time, (struct interval){limits.lower / time, limits.upper / time});
    calc_write_reason(json, isnan(limits.lower) ? "Byar's approximation has no lower limit at 0" : NULL);
    return COMMAND_DONE;
}

int calc_rate(const struct calc_request *request, struct json_writer *json, struct error *error)
{
    return rate(request, json, error, rate_interval);
}

int calc_poisson_exact(const struct calc_request *request, struct json_writer *json, struct error *error)
{
    return rate(request, json, error, poisson_exact_interval);
}

int calc_byar(const struct calc_request *request, struct json_writer *json, struct error *error)
{
    return rate(request, json, error, byar_interval);
}

static bool read_strata(const struct calc_table *table, struct stratum *strata, struct error *error)
{
    int64_t *counts = NULL;
    double *populations = NULL;
    double *weights = NULL;
    bool done = calc_table_counts(table, "count", &counts, error) &&
                calc_table_numbers(table, "population", &populations, error) &&
                calc_table_numbers(table, "weight", &weights, error);

    for (size_t i = 0; done && i < table->row_count; i++) {
        if (populations[i] < 0 || weights[i] < 0) {
            done = calc_table_fault(table, i, error, "a population or weight is below 0");
        }
        strata[i] = (struct stratum){counts[i], populations[i], weights[i]};
    }
    memory_free(counts);
    memory_free(populations);
    memory_free(weights);
    return done;
}

int calc_dsr(const struct calc_request *request, struct json_writer *json, struct error *error)
{
    struct calc_table table;
    if (!calc_table_read(request->arguments[0], &table, error)) {
        return COMMAND_FAILED;
    }
    struct stratum *strata = memory_allocate_zeroed(table.row_count, sizeof *strata);
    bool done = read_strata(&table, strata, error);
    if (done) {
        struct standardised_rate result = direct_standardisation(strata, table.row_count, request->level);
        json_member_string(json, "status", result.reason == NULL ? "ok" : "insufficient");
        json_member_integer(json, "count", result.count);
        json_member_integer(json, "strata", (int64_t)table.row_count);
        write_estimate(json, "estimate", result.value, (struct interval){result.lower, result.upper});
        calc_write_reason(json, result.reason);
    }
    memory_free(strata);
    calc_table_release(&table);
    return done ? COMMAND_DONE : COMMAND_FAILED;
}

int calc_isr(const struct calc_request *request, struct json_writer *json, struct error *error)
{
    struct calc_table table;
    if (!calc_table_read(request->arguments[0], &table, error)) {
        return COMMAND_FAILED;
    }
    int64_t *observed = NULL;
    double *expected = NULL;
    int64_t observed_sum = 0;
    double expected_sum = 0;
    bool done = calc_table_counts(&table, "observed", &observed, error) &&
                calc_table_numbers(&table, "expected", &expected, error);
    for (size_t i = 0; done && i < table.row_count; i++) {
        if (expected[i] < 0) {
            done = calc_table_fault(&table, i, error, "expected is below 0");
        }
        observed_sum += observed[i];
        expected_sum += expected[i];
    }
    if (done) {
        struct standardised_ratio result = indirect_standardisation((double)observed_sum, expected_sum, request->level);
        json_member_integer(json, "observed", observed_sum);
        json_member_number(json, "expected", expected_sum);
        write_estimate(json, "estimate", result.value, (struct interval){result.lower, result.upper});
        calc_write_reason(json, result.reason);
    }
    memory_free(observed);
    memory_free(expected);
    calc_table_release(&table);
    return done ? COMMAND_DONE : COMMAND_FAILED;
}

int calc_quantile(const struct calc_request *request, struct json_writer *json, struct error *error)
{
    double p = 0;
    if (!calc_number_argument(request, 1, "P", &p, error)) {
        return COMMAND_BAD_USAGE;
    }
    if (p < 0 || p > 1) {
        error_set(error, "P must lie between 0 and 1");
        return COMMAND_BAD_USAGE;
    }
    struct calc_table table;
    double *values = NULL;
    if (!calc_table_read(request->arguments[0], &table, error)) {
        return COMMAND_FAILED;
    }
    bool done = calc_table_numbers(&table, "value", &values, error);
    if (done) {
        json_member_number(json, "p", p);
        json_member_integer(json, "n", (int64_t)table.row_count);
        json_member_number(json, "value", quantile_of(values, table.row_count, p));
    }
    memory_free(values);
    calc_table_release(&table);
    return done ? COMMAND_DONE : COMMAND_FAILED;
}
