#include "oracle.h"

#include "referlens/stats/aalen_johansen.h"
#include "referlens/stats/logrank.h"
#include "referlens/stats/survival.h"

/* The subjects of a case as a life table with `states` kinds of end. */
struct table {
    double *times;
    int64_t *counts;
    size_t rows;
};

static struct table table_of(const cJSON *input, const char *state_key, int32_t states)
{
    size_t count = 0;
    double *time = oracle_numbers(input, "time", &count);
    double *state = oracle_numbers(input, state_key, &count);
    int32_t *codes = memory_allocate_zeroed(count, sizeof *codes);
    struct table table = {memory_allocate_zeroed(count, sizeof(double)),
                          memory_allocate_zeroed(count * ((size_t)states + 1), sizeof(int64_t)), 0};
    for (size_t i = 0; i < count; i++) {
        codes[i] = (int32_t)state[i];
    }
    table.rows = life_table_of_subjects(time, codes, count, states, table.times, table.counts);
    memory_free(time);
    memory_free(state);
    memory_free(codes);
    return table;
}

static void check_km(const cJSON *input, const cJSON *answer)
{
    struct table table = table_of(input, "event", 1);
    struct survival_row *rows = memory_allocate_zeroed(table.rows, sizeof *rows);
    struct survival_step *steps = memory_allocate_zeroed(table.rows, sizeof *steps);
    struct survival_summary summary;
    double z = normal_quantile_two_sided(oracle_number(input, "level"));
    double *columns = memory_allocate_zeroed(6 * table.rows, sizeof *columns);

    for (size_t i = 0; i < table.rows; i++) {
        rows[i] = (struct survival_row){table.times[i], table.counts[2 * i + 1], table.counts[2 * i]};
    }
    kaplan_meier(rows, table.rows, z, steps, &summary);
    for (size_t i = 0; i < table.rows; i++) {
        columns[i] = steps[i].time;
        columns[table.rows + i] = (double)steps[i].at_risk;
        columns[2 * table.rows + i] = steps[i].survival;
        columns[3 * table.rows + i] = steps[i].se;
        columns[4 * table.rows + i] = steps[i].lower;
        columns[5 * table.rows + i] = steps[i].upper;
    }
    static const char *const keys[] = {"time", "at_risk", "survival", "se", "lower", "upper"};
    for (size_t k = 0; k < 6; k++) {
        assert_all_near(&columns[k * table.rows], answer, keys[k]);
    }
    assert_near(summary.median, oracle_number(answer, "median"), "median");
    assert_near(summary.median_lower, oracle_number(answer, "median_lower"), "median lower");
    assert_near(summary.median_upper, oracle_number(answer, "median_upper"), "median upper");

    size_t count = 0;
    double *horizons = oracle_numbers(input, "horizons", &count);
    double *means = oracle_numbers(answer, "mean", &count);
    double *errors = oracle_numbers(answer, "mean_se", &count);
    for (size_t i = 0; i < count; i++) {
        struct restricted_mean mean = survival_restricted_mean(steps, table.rows, horizons[i]);
        assert_near(mean.value, means[i], "restricted mean");
        assert_near(mean.se, errors[i], "its error");
    }
    memory_free(horizons);
    memory_free(means);
    memory_free(errors);
    memory_free(table.times);
    memory_free(table.counts);
    memory_free(rows);
    memory_free(steps);
    memory_free(columns);
}

static void kaplan_meier_is_survfit(void **state)
{
    (void)state;
    for_each_case("survival", "km", check_km);
}

static void check_aj(const cJSON *input, const cJSON *answer)
{
    int32_t states = (int32_t)oracle_number(input, "states");
    struct table table = table_of(input, "state", states);
    size_t cells = table.rows * (size_t)states;
    struct incidence_point *points = memory_allocate_zeroed(cells, sizeof *points);
    double *columns = memory_allocate_zeroed(4 * cells, sizeof *columns);

    aalen_johansen(table.counts, table.rows, states, normal_quantile_two_sided(oracle_number(input, "level")), points);
    for (size_t i = 0; i < cells; i++) {
        columns[i] = points[i].incidence;
        columns[cells + i] = points[i].se;
        columns[2 * cells + i] = points[i].lower;
        columns[3 * cells + i] = points[i].upper;
    }
    assert_all_near(table.times, answer, "time");
    assert_all_near(columns, answer, "incidence");
    assert_all_near(&columns[cells], answer, "se");
    assert_all_near(&columns[2 * cells], answer, "lower");
    assert_all_near(&columns[3 * cells], answer, "upper");
    memory_free(table.times);
    memory_free(table.counts);
    memory_free(points);
    memory_free(columns);
}

static void aalen_johansen_is_survfit_of_several_states(void **state)
{
    (void)state;
    for_each_case("survival", "aj", check_aj);
}

static void check_logrank(const cJSON *input, const cJSON *answer)
{
    size_t count = 0;
    size_t groups = 0;
    double *time = oracle_numbers(input, "time", &count);
    int64_t *event = oracle_counts(input, "event", &count);
    int64_t *group = oracle_counts(input, "group", &count);
    int64_t *stratum = oracle_counts(input, "stratum", &count);
    double *expected = oracle_numbers(answer, "expected", &groups);
    double *observed = memory_allocate_zeroed(2 * groups, sizeof *observed);
    struct logrank_subject *subjects = memory_allocate_zeroed(count, sizeof *subjects);

    for (size_t i = 0; i < count; i++) {
        subjects[i] = (struct logrank_subject){time[i], event[i] != 0, (int32_t)group[i], (int32_t)stratum[i]};
    }
    struct logrank_result actual = logrank(subjects, count, (int32_t)groups, observed, &observed[groups]);
    assert_near(actual.chisq, oracle_number(answer, "chisq"), "chisq");
    assert_int_equal(actual.degrees, (int32_t)oracle_number(answer, "df"));
    assert_near(actual.p, oracle_number(answer, "p"), "p");
    assert_all_near(observed, answer, "observed");
    assert_all_near(&observed[groups], answer, "expected");
    memory_free(time);
    memory_free(event);
    memory_free(group);
    memory_free(stratum);
    memory_free(expected);
    memory_free(observed);
    memory_free(subjects);
}

static void logrank_is_survdiff(void **state)
{
    (void)state;
    for_each_case("survival", "logrank", check_logrank);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kaplan_meier_is_survfit),
        cmocka_unit_test(aalen_johansen_is_survfit_of_several_states),
        cmocka_unit_test(logrank_is_survdiff),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
