#include "referlens/command/calc_comparisons.h"

#include "referlens/base/memory.h"
#include "referlens/stats/balance.h"
#include "referlens/stats/mantel_haenszel.h"
#include "referlens/stats/multiplicity.h"
#include "referlens/stats/random_effects.h"

#include <math.h>

static bool read_tables(const struct calc_table *table, struct two_by_two *tables, struct error *error)
{
    static const char *const names[] = {"a", "b", "c", "d"};
    int64_t *cells[4] = {NULL};
    int32_t *codes = NULL;
    struct dictionary strata = {0};
    bool done = calc_table_labels(table, "stratum", &codes, &strata, error);

    for (size_t k = 0; done && k < 4; k++) {
        done = calc_table_counts(table, names[k], &cells[k], error);
    }
    if (done && strata.count < table->row_count) {
        done = error_set(error, "%s: a stratum is there twice", table->name);
    }
    for (size_t i = 0; done && i < table->row_count; i++) {
        tables[i] = (struct two_by_two){cells[0][i], cells[1][i], cells[2][i], cells[3][i]};
    }
    for (size_t k = 0; k < 4; k++) {
        memory_free(cells[k]);
    }
    memory_free(codes);
    dictionary_release(&strata);
    return done;
}

static void write_mh(struct json_writer *json, const struct mantel_haenszel *result)
{
    json_member_integer(json, "strata", result->strata);
    json_member_number(json, "or", result->odds_ratio);
    json_member_number(json, "or_lower", result->odds_ratio_lower);
    json_member_number(json, "or_upper", result->odds_ratio_upper);
    json_member_number(json, "log_or_se", result->log_odds_ratio_se);
    json_member_number(json, "rd", result->risk_difference);
    json_member_number(json, "rd_se", result->risk_difference_se);
    json_member_number(json, "rd_lower", result->risk_difference_lower);
    json_member_number(json, "rd_upper", result->risk_difference_upper);
    json_member_number(json, "chisq", result->chisq);
    json_member_number(json, "chisq_corrected", result->chisq_corrected);
    json_member_number(json, "p", result->p);
    json_member_number(json, "q", result->q);
    json_member_integer(json, "q_df", result->degrees);
    json_member_number(json, "q_p", result->q_p);
    calc_write_reason(json, result->reason);
}

int calc_mh(const struct calc_request *request, struct json_writer *json, struct error *error)
{
    struct calc_table table;
    if (!calc_table_read(request->arguments[0], &table, error)) {
        return COMMAND_FAILED;
    }
    struct two_by_two *tables = memory_allocate_zeroed(table.row_count, sizeof *tables);
    bool done = read_tables(&table, tables, error);
    if (done) {
        struct mantel_haenszel result = mantel_haenszel(tables, table.row_count, request->level);
        write_mh(json, &result);
    }
    memory_free(tables);
    calc_table_release(&table);
    return done ? COMMAND_DONE : COMMAND_FAILED;
}

int calc_dl(const struct calc_request *request, struct json_writer *json, struct error *error)
{
    struct calc_table table;
    double *estimates = NULL;
    double *errors = NULL;
    if (!calc_table_read(request->arguments[0], &table, error)) {
        return COMMAND_FAILED;
    }
    bool done =
        calc_table_numbers(&table, "estimate", &estimates, error) && calc_table_numbers(&table, "se", &errors, error);
    for (size_t i = 0; done && i < table.row_count; i++) {
        done = errors[i] > 0 ? true : calc_table_fault(&table, i, error, "se is not above 0");
    }
    if (done) {
        struct random_effects result = random_effects(estimates, errors, table.row_count, request->level);
        json_member_integer(json, "n", (int64_t)table.row_count);
        json_member_number(json, "tau2", result.tau2);
        json_member_number(json, "pooled", result.pooled);
        json_member_number(json, "se", result.se);
        json_member_number(json, "lower", result.lower);
        json_member_number(json, "upper", result.upper);
        json_member_number(json, "q", result.q);
        json_member_number(json, "p", result.p);
        json_member_number(json, "i2", result.i2);
    }
    memory_free(estimates);
    memory_free(errors);
    calc_table_release(&table);
    return done ? COMMAND_DONE : COMMAND_FAILED;
}

static void write_numbers(struct json_writer *json, const char *key, const double *numbers, size_t count)
{
    json_key(json, key);
    json_begin_array(json);
    for (size_t i = 0; i < count; i++) {
        json_number(json, numbers[i]);
    }
    json_end_array(json);
}

static int adjust(const struct calc_request *request, struct json_writer *json, struct error *error, const char *key,
                  void (*method)(const double *p, size_t count, double *adjusted))
{
    struct calc_table table;
    double *p = NULL;
    if (!calc_table_read(request->arguments[0], &table, error)) {
        return COMMAND_FAILED;
    }
    bool done = calc_table_numbers(&table, "p", &p, error);
    for (size_t i = 0; done && i < table.row_count; i++) {
        done = p[i] >= 0 && p[i] <= 1 ? true : calc_table_fault(&table, i, error, "p lies outside 0 to 1");
    }
    if (done) {
        double *adjusted = memory_allocate_zeroed(table.row_count, sizeof *adjusted);
        method(p, table.row_count, adjusted);
        write_numbers(json, "p", p, table.row_count);
        write_numbers(json, key, adjusted, table.row_count);
        memory_free(adjusted);
    }
    memory_free(p);
    calc_table_release(&table);
    return done ? COMMAND_DONE : COMMAND_FAILED;
}

int calc_bh(const struct calc_request *request, struct json_writer *json, struct error *error)
{
    return adjust(request, json, error, "q", adjust_benjamini_hochberg);
}

int calc_holm(const struct calc_request *request, struct json_writer *json, struct error *error)
{
    return adjust(request, json, error, "adjusted", adjust_holm);
}

/* The categories of one variable: the shares of each and all of them at once. */
static bool write_categories(const struct calc_table *table, struct json_writer *json, struct error *error)
{
    int64_t *first = NULL;
    int64_t *second = NULL;
    int64_t totals[2] = {0};
    int category = calc_table_find(table, "category");
    bool done = calc_table_counts(table, "count1", &first, error) && calc_table_counts(table, "count2", &second, error);

    for (size_t i = 0; done && i < table->row_count; i++) {
        totals[0] += first[i];
        totals[1] += second[i];
    }
    if (done) {
        json_member_number(json, "overall", standardised_difference_of_categories(first, second, table->row_count));
        json_key(json, "categories");
        json_begin_array(json);
        for (size_t i = 0; i < table->row_count; i++) {
            json_begin_object(json);
            if (category >= 0) {
                json_member_text(json, "category", calc_table_cell(table, category, i));
            }
            json_member_integer(json, "count1", first[i]);
            json_member_integer(json, "count2", second[i]);
            json_member_number(json, "smd",
                               standardised_difference_of_shares(first[i], totals[0], second[i], totals[1]));
            json_end_object(json);
        }
        json_end_array(json);
    }
    memory_free(first);
    memory_free(second);
    return done;
}

static bool write_means(const struct calc_table *table, struct json_writer *json, struct error *error)
{
    static const char *const names[] = {"mean1", "sd1", "mean2", "sd2"};
    double *columns[4] = {NULL};
    int variable = calc_table_find(table, "variable");
    bool done = true;

    for (size_t k = 0; done && k < 4; k++) {
        done = calc_table_numbers(table, names[k], &columns[k], error);
    }
    for (size_t i = 0; done && i < table->row_count; i++) {
        done = columns[1][i] >= 0 && columns[3][i] >= 0 ? true : calc_table_fault(table, i, error, "sd is below 0");
    }
    if (done) {
        json_key(json, "variables");
        json_begin_array(json);
        for (size_t i = 0; i < table->row_count; i++) {
            json_begin_object(json);
            if (variable >= 0) {
                json_member_text(json, "variable", calc_table_cell(table, variable, i));
            }
            for (size_t k = 0; k < 4; k++) {
                json_member_number(json, names[k], columns[k][i]);
            }
            json_member_number(json, "smd",
                               standardised_difference(columns[0][i], columns[1][i], columns[2][i], columns[3][i]));
            json_end_object(json);
        }
        json_end_array(json);
    }
    for (size_t k = 0; k < 4; k++) {
        memory_free(columns[k]);
    }
    return done;
}

int calc_smd(const struct calc_request *request, struct json_writer *json, struct error *error)
{
    struct calc_table table;
    if (!calc_table_read(request->arguments[0], &table, error)) {
        return COMMAND_FAILED;
    }
    bool done = calc_table_find(&table, "count1") >= 0 ? write_categories(&table, json, error)
                                                       : write_means(&table, json, error);
    calc_table_release(&table);
    return done ? COMMAND_DONE : COMMAND_FAILED;
}
