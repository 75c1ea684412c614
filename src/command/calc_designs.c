#include "referlens/command/calc_designs.h"

#include "referlens/base/memory.h"
#include "referlens/stats/bootstrap.h"
#include "referlens/stats/difference_in_differences.h"
#include "referlens/stats/interrupted_series.h"

#include <math.h>
#include <stdlib.h>

enum { PERIODS_MAX = 2000, CELLS_MAX = 20000000 };

static void write_four(struct json_writer *json, const char *key, const double numbers[4])
{
    json_key(json, key);
    json_begin_array(json);
    for (size_t i = 0; i < 4; i++) {
        json_number(json, numbers[i]);
    }
    json_end_array(json);
}

static void write_its(struct json_writer *json, const struct interrupted_series *result)
{
    write_four(json, "beta", result->beta);
    write_four(json, "se", result->se);
    write_four(json, "lower", result->lower);
    write_four(json, "upper", result->upper);
    json_member_integer(json, "before", (int64_t)result->before);
    json_member_integer(json, "after", (int64_t)result->after);
    json_member_string(json, "warning", result->few ? "fewer than 12 points before or after the change" : NULL);
}

int calc_its(const struct calc_request *request, struct json_writer *json, struct error *error)
{
    if (isnan(request->at)) {
        error_set(error, "its needs --at T0, the t at which the change came");
        return COMMAND_BAD_USAGE;
    }
    struct calc_table table;
    double *t = NULL;
    double *y = NULL;
    if (!calc_table_read(request->arguments[0], &table, error)) {
        return COMMAND_FAILED;
    }
    bool done = calc_table_numbers(&table, "t", &t, error) && calc_table_numbers(&table, "y", &y, error);
    if (done) {
        struct interrupted_point *points = memory_allocate_zeroed(table.row_count, sizeof *points);
        for (size_t i = 0; i < table.row_count; i++) {
            points[i] = (struct interrupted_point){t[i], y[i]};
        }
        struct interrupted_series result =
            interrupted_series(points, table.row_count, request->at, (size_t)request->lag, request->level);
        done = result.reason == NULL ? true : error_set(error, "%s: %s", table.name, result.reason);
        if (done) {
            json_member_number(json, "at", request->at);
            json_member_integer(json, "lag", request->lag);
            write_its(json, &result);
        }
        memory_free(points);
    }
    memory_free(t);
    memory_free(y);
    calc_table_release(&table);
    return done ? COMMAND_DONE : COMMAND_FAILED;
}

/* The place of each label among them in order of time: as numbers where all of them are numbers ("01" and "1" share a
 * place), else as the texts sort ("2025-Q2"). */
static void order_periods(const struct dictionary *labels, int32_t *places)
{
    double *numbers = memory_allocate_zeroed(labels->count, sizeof *numbers);
    bool all_numbers = true;

    for (uint32_t i = 0; i < labels->count; i++) {
        all_numbers = all_numbers && text_to_number(dictionary_text(labels, i), &numbers[i]);
    }
    for (size_t i = 0; i < labels->count; i++) {
        places[i] = all_numbers ? 0 : (int32_t)i;
        for (size_t j = 0; all_numbers && j < labels->count; j++) {
            places[i] += numbers[j] < numbers[i] ? 1 : 0;
        }
    }
    memory_free(numbers);
}

static bool read_periods(const struct calc_table *table, int32_t **codes, int32_t *count, struct error *error)
{
    struct dictionary labels = {0};
    bool done = calc_table_labels(table, "period", codes, &labels, error);

    if (done && labels.count > PERIODS_MAX) {
        done = error_set(error, "%s: has more than %d periods", table->name, (int)PERIODS_MAX);
    }
    if (done) {
        int32_t *places = memory_allocate_zeroed(labels.count, sizeof *places);
        order_periods(&labels, places);
        for (size_t i = 0; i < table->row_count; i++) {
            (*codes)[i] = places[(*codes)[i]];
        }
        memory_free(places);
        *count = (int32_t)labels.count;
    }
    dictionary_release(&labels);
    return done;
}

/* A panel from a file; NULL, with the error, on a fault. */
static struct panel_row *read_panel(const struct calc_table *table, int32_t *units, int32_t *periods,
                                    struct error *error)
{
    struct dictionary labels = {0};
    int32_t *unit = NULL;
    int32_t *period = NULL;
    double *treated = NULL;
    double *y = NULL;
    struct panel_row *rows = NULL;

    if (calc_table_labels(table, "unit", &unit, &labels, error) && read_periods(table, &period, periods, error) &&
        calc_table_numbers(table, "treated", &treated, error) && calc_table_numbers(table, "y", &y, error)) {
        bool done = (double)labels.count * *periods <= CELLS_MAX
                        ? true
                        : error_set(error, "%s: has too many units and periods", table->name);
        rows = memory_allocate_zeroed(table->row_count, sizeof *rows);
        for (size_t i = 0; done && i < table->row_count; i++) {
            rows[i] = (struct panel_row){unit[i], period[i], treated[i], y[i]};
            done = treated[i] >= 0 && treated[i] <= 1
                       ? true
                       : calc_table_fault(table, i, error, "treated lies outside 0 to 1");
        }
        if (!done) {
            memory_free(rows);
            rows = NULL;
        }
    }
    *units = (int32_t)labels.count;
    memory_free(unit);
    memory_free(period);
    memory_free(treated);
    memory_free(y);
    dictionary_release(&labels);
    return rows;
}

static void write_did(struct json_writer *json, const struct difference_in_differences *result)
{
    json_member_number(json, "estimate", result->estimate);
    json_member_number(json, "se", result->se);
    json_member_number(json, "lower", result->lower);
    json_member_number(json, "upper", result->upper);
    json_member_integer(json, "rows", (int64_t)result->rows);
    json_member_integer(json, "units", (int64_t)result->units);
    json_member_integer(json, "treated_units", (int64_t)result->treated_units);
    calc_write_reason(json, result->reason);
}

int calc_did(const struct calc_request *request, struct json_writer *json, struct error *error)
{
    struct calc_table table;
    int32_t units = 0;
    int32_t periods = 0;
    if (!calc_table_read(request->arguments[0], &table, error)) {
        return COMMAND_FAILED;
    }
    struct panel_row *rows = read_panel(&table, &units, &periods, error);
    if (rows != NULL) {
        struct difference_in_differences result =
            difference_in_differences(rows, table.row_count, units, periods, request->level);
        struct difference_in_differences before =
            difference_pre_trend(rows, table.row_count, units, periods, request->level);
        json_member_string(json, "design", "observational");
        write_did(json, &result);
        json_member_string(json, "warning", result.few ? "few units on a side: the interval is too narrow" : NULL);
        json_key(json, "pre_trend");
        json_begin_object(json);
        write_did(json, &before);
        json_end_object(json);
    }
    bool done = rows != NULL;
    memory_free(rows);
    calc_table_release(&table);
    return done ? COMMAND_DONE : COMMAND_FAILED;
}

/* Units for the bootstrap: the sums of their rows, and the group that each belongs to. */
struct clusters {
    double *counts;
    double *totals;
    int32_t *groups;
    size_t count;
    size_t group_count; /* 1 or 2 */
};

/* The pooled proportion; with two groups, that of the first less that of the second. */
static void pooled_proportion(const void *context, const int32_t *times, size_t cluster_count, size_t worker,
                              double *values)
{
    const struct clusters *clusters = context;
    double counts[2] = {0};
    double totals[2] = {0};

    (void)worker;
    for (size_t i = 0; i < cluster_count; i++) {
        counts[clusters->groups[i]] += times[i] * clusters->counts[i];
        totals[clusters->groups[i]] += times[i] * clusters->totals[i];
    }
    values[0] = counts[0] / totals[0];
    if (clusters->group_count > 1) {
        values[0] -= counts[1] / totals[1];
    }
}

static bool add_rows(const struct calc_table *table, const int32_t *units, const int32_t *groups,
                     struct clusters *clusters, struct error *error)
{
    int64_t *counts = NULL;
    int64_t *totals = NULL;
    bool done = calc_table_counts(table, "count", &counts, error) && calc_table_counts(table, "n", &totals, error);

    for (size_t i = 0; done && i < table->row_count; i++) {
        int32_t group = groups == NULL ? 0 : groups[i];
        int32_t *known = &clusters->groups[units[i]];
        if (counts[i] > totals[i]) {
            done = calc_table_fault(table, i, error, "count is more than n");
        } else if (*known >= 0 && *known != group) {
            done = calc_table_fault(table, i, error, "a unit is in two groups");
        }
        *known = group;
        clusters->counts[units[i]] += (double)counts[i];
        clusters->totals[units[i]] += (double)totals[i];
    }
    memory_free(counts);
    memory_free(totals);
    return done;
}

static bool read_clusters(const struct calc_table *table, struct clusters *clusters, struct error *error)
{
    struct dictionary units = {0};
    struct dictionary groups = {0};
    int32_t *unit = NULL;
    int32_t *group = NULL;
    bool done = calc_table_labels(table, "unit", &unit, &units, error);

    if (done && calc_table_find(table, "group") >= 0) {
        done = calc_table_labels(table, "group", &group, &groups, error);
        if (done && groups.count != 2) {
            done = error_set(error, "%s: has %zu groups; two can be compared", table->name, groups.count);
        }
    }
    if (done) {
        clusters->count = units.count;
        clusters->group_count = group == NULL ? 1 : 2;
        clusters->counts = memory_allocate_zeroed(units.count, sizeof *clusters->counts);
        clusters->totals = memory_allocate_zeroed(units.count, sizeof *clusters->totals);
        clusters->groups = memory_allocate_zeroed(units.count, sizeof *clusters->groups);
        for (size_t i = 0; i < units.count; i++) {
            clusters->groups[i] = -1;
        }
        done = add_rows(table, unit, group, clusters, error);
    }
    memory_free(unit);
    memory_free(group);
    dictionary_release(&units);
    dictionary_release(&groups);
    return done;
}

int calc_bootstrap(const struct calc_request *request, struct json_writer *json, struct error *error)
{
    struct calc_table table;
    struct clusters clusters = {0};
    if (!calc_table_read(request->arguments[0], &table, error)) {
        return COMMAND_FAILED;
    }
    bool done = read_clusters(&table, &clusters, error);
    if (done) {
        struct bootstrap_plan plan = {
            .cluster_count = clusters.count,
            .strata = clusters.groups,
            .stratum_count = (int32_t)clusters.group_count,
            .value_count = 1,
            .draws = (size_t)request->draws,
            .seed = (uint64_t)request->seed,
            .workers = (size_t)request->jobs,
            .level = request->level,
        };
        struct bootstrap_interval result;
        cluster_bootstrap(&plan, pooled_proportion, &clusters, &result);
        json_member_integer(json, "units", (int64_t)clusters.count);
        json_member_integer(json, "draws", request->draws);
        json_member_integer(json, "seed", request->seed);
        json_member_number(json, clusters.group_count > 1 ? "difference" : "estimate", result.estimate);
        json_member_number(json, "lower", result.lower);
        json_member_number(json, "upper", result.upper);
        json_member_number(json, "se", result.se);
        calc_write_reason(json, isnan(result.lower) ? "too many draws have no denominator" : NULL);
    }
    memory_free(clusters.counts);
    memory_free(clusters.totals);
    memory_free(clusters.groups);
    calc_table_release(&table);
    return done ? COMMAND_DONE : COMMAND_FAILED;
}
