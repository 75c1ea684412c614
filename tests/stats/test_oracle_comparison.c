#include "oracle.h"

#include "referlens/stats/clustered_difference.h"
#include "referlens/stats/pseudo_values.h"

enum { TIME_MAX = 64 };

/* R numbers the ways to leave 0 censored, 1 event, 2 competing. */
static const enum pseudo_end ends[] = {PSEUDO_CENSORED, PSEUDO_EVENT, PSEUDO_COMPETING};

static void check_pseudo(const cJSON *input, const cJSON *answer)
{
    size_t count = 0;
    int64_t *time = oracle_counts(input, "time", &count);
    int64_t *state = oracle_counts(input, "state", &count);
    double *incidence = oracle_numbers(answer, "incidence", &count);
    double *mean = oracle_numbers(answer, "mean", &count);
    struct life_table_row rows[TIME_MAX];
    struct pseudo_value values[TIME_MAX][PSEUDO_END_COUNT];
    struct pseudo_value whole;
    double sums[2] = {0, 0};

    for (int32_t i = 0; i < TIME_MAX; i++) {
        rows[i] = (struct life_table_row){.time = i};
    }
    for (size_t i = 0; i < count; i++) {
        struct life_table_row *row = &rows[time[i]];
        row->events += state[i] == 1;
        row->competing += state[i] == 2;
        row->censored += state[i] == 0;
    }
    pseudo_values(rows, TIME_MAX, (int32_t)oracle_number(input, "horizon"), values, &whole);
    for (size_t i = 0; i < count; i++) {
        const struct pseudo_value *value = &values[time[i]][ends[state[i]]];
        assert_near(value->incidence, incidence[i], "incidence");
        assert_near(value->mean, mean[i], "mean");
        sums[0] += value->incidence;
        sums[1] += value->mean;
    }
    assert_near(sums[0] / (double)count, whole.incidence, "the mean of the incidences");
    assert_near(sums[1] / (double)count, whole.mean, "the mean of the means");
    memory_free(time);
    memory_free(state);
    memory_free(incidence);
    memory_free(mean);
}

static void pseudo_values_are_those_of_survival(void **state)
{
    (void)state;
    for_each_case("comparison", "pseudo", check_pseudo);
}

/* Who is not censored before the horizon has the very thing that is estimated for a pseudo-value. */
static void without_censoring_a_pseudo_value_is_the_outcome_itself(void **state)
{
    (void)state;
    const struct life_table_row rows[] = {{0, 1, 0, 0}, {3, 2, 1, 0}, {9, 1, 0, 4}};
    struct pseudo_value values[3][PSEUDO_END_COUNT];
    struct pseudo_value whole;
    pseudo_values(rows, 3, 7, values, &whole);
    assert_near(whole.incidence, 3.0 / 9, "three of nine by day 7");
    assert_near(whole.mean, (0 + 2 * 3 + 6 * 7) / 9.0, "days until then");
    assert_near(values[0][PSEUDO_EVENT].incidence, 1, "on day 0");
    assert_near(values[0][PSEUDO_EVENT].mean, 0, "on day 0");
    assert_near(values[1][PSEUDO_EVENT].mean, 3, "on day 3");
    assert_near(values[1][PSEUDO_COMPETING].incidence, 0, "turned away");
    assert_near(values[1][PSEUDO_COMPETING].mean, 7, "turned away");
    assert_near(values[2][PSEUDO_EVENT].incidence, 0, "behind the horizon");
    assert_near(values[2][PSEUDO_CENSORED].mean, 7, "censored behind the horizon");
}

static void without_subjects_there_are_no_pseudo_values(void **state)
{
    (void)state;
    const struct life_table_row row = {0, 0, 0, 0};
    struct pseudo_value values[1][PSEUDO_END_COUNT];
    struct pseudo_value whole;
    pseudo_values(&row, 1, 7, values, &whole);
    assert_true(isnan(whole.incidence) && isnan(values[0][PSEUDO_EVENT].mean));
}

static void check_estimate(const struct clustered_estimate *actual, const cJSON *answer, const char *key)
{
    const double numbers[] = {actual->value, actual->lower, actual->upper};
    assert_all_near(numbers, answer, key);
}

static void check_clustered(const cJSON *input, const cJSON *answer)
{
    size_t count = 0;
    int64_t *cluster = oracle_counts(input, "cluster", &count);
    int64_t *side = oracle_counts(input, "side", &count);
    double *weight = oracle_numbers(input, "weight", &count);
    double *value = oracle_numbers(input, "value", &count);
    double *covariate = oracle_numbers(input, "covariate", &count);
    struct clustered_row *rows = memory_allocate_zeroed(count, sizeof *rows);

    for (size_t i = 0; i < count; i++) {
        rows[i] = (struct clustered_row){(uint32_t)cluster[i], (uint8_t)side[i], weight[i], value[i], covariate[i]};
    }
    const bool with_covariate = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(input, "with_covariate"));
    const struct clustered_difference difference = clustered_difference(rows, count, with_covariate, 0.95);
    assert_null(difference.reason);
    check_estimate(&difference.sides[0], answer, "first");
    check_estimate(&difference.sides[1], answer, "second");
    check_estimate(&difference.difference, answer, "difference");
    memory_free(cluster);
    memory_free(side);
    memory_free(weight);
    memory_free(value);
    memory_free(covariate);
    memory_free(rows);
}

static void differences_between_clusters_are_those_of_sandwich(void **state)
{
    (void)state;
    for_each_case("comparison", "clustered", check_clustered);
}

/* Equal weights, one row a cluster, no covariate: Welch's test, with variances s²/n. Degrees of freedom when both sides
 * have m rows: tr² / tr² of two projections of rank m − 1 is 2(m − 1), what Student's pooled test has. */
static void with_equal_clusters_it_is_students_test(void **state)
{
    (void)state;
    static const double values[] = {3, 5, 4, 8, 9, 13};
    struct clustered_row rows[6];
    for (uint32_t i = 0; i < 6; i++) {
        rows[i] = (struct clustered_row){i, i >= 3, 2, values[i], NAN};
    }
    rows[0].covariate = 0;
    const struct clustered_difference difference = clustered_difference(rows, 6, false, 0.95);
    assert_near(difference.difference.value, -6, "difference");
    assert_near(difference.difference.se, sqrt(1.0 / 3 + 7.0 / 3), "error");
    assert_near(difference.difference.degrees, 4, "degrees of freedom");
    /* qt(0.975, 4) in R */
    assert_near(difference.difference.upper, -6 + 2.7764451051977934 * sqrt(8.0 / 3), "upper limit");
}

static void too_few_clusters_have_no_interval(void **state)
{
    (void)state;
    const struct clustered_row rows[] = {{0, 0, 1, 2, 0}, {1, 1, 1, 3, 0}, {2, 1, 1, 4, 0}};
    struct clustered_difference difference = clustered_difference(rows, 3, false, 0.95);
    assert_near(difference.difference.value, -1.5, "difference");
    assert_true(isnan(difference.difference.lower));
    assert_non_null(difference.reason);
    difference = clustered_difference(rows, 1, false, 0.95);
    assert_true(isnan(difference.difference.value));
    assert_non_null(difference.reason);
}

static void a_covariate_that_never_varies_is_refused(void **state)
{
    (void)state;
    const struct clustered_row rows[] = {{0, 0, 1, 2, 7}, {1, 0, 1, 5, 7}, {2, 1, 1, 3, 7}, {3, 1, 1, 4, 7}};
    const struct clustered_difference difference = clustered_difference(rows, 4, true, 0.95);
    assert_true(isnan(difference.difference.value));
    assert_non_null(difference.reason);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pseudo_values_are_those_of_survival),
        cmocka_unit_test(without_censoring_a_pseudo_value_is_the_outcome_itself),
        cmocka_unit_test(without_subjects_there_are_no_pseudo_values),
        cmocka_unit_test(differences_between_clusters_are_those_of_sandwich),
        cmocka_unit_test(with_equal_clusters_it_is_students_test),
        cmocka_unit_test(too_few_clusters_have_no_interval),
        cmocka_unit_test(a_covariate_that_never_varies_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
