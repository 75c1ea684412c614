/* The sample county compared, against what R makes of its files: tests/oracle/comparison.R reads the CSVs itself. */
#include "../stats/oracle.h"

#include "referlens/input/input.h"
#include "referlens/measure/comparison.h"

static const char *const files[] = {"sample-data/referrals.csv", "sample-data/outcomes.csv",
                                    "sample-data/practices.csv", "sample-data/schemes.csv"};
enum { FILES = sizeof files / sizeof *files };

struct county {
    struct input input;
    struct evaluation *evaluation;
    struct report report;
    struct comparison exact;
};

/* For the checks of one case, which are handed nothing else. */
static const struct comparison *compared;

static int read_county(void **state)
{
    struct county *county = memory_allocate_zeroed(1, sizeof *county);
    const struct input_options options = {.as_of = DAY_UNKNOWN, .worker_count = 2};
    struct error error;
    if (!input_read(&county->input, files, FILES, &options, &error))
        return -1;
    const day as_of = cohort_as_of(county->input.cohort);
    county->evaluation = evaluation_prepare(county->input.cohort, quarter_of_day(as_of), 2);
    county->report = (struct report){.version = "",
                                     .as_of = as_of,
                                     .period = quarter_of_day(as_of),
                                     .audience = AUDIENCE_ANALYST,
                                     .cohort = county->input.cohort,
                                     .evaluation = county->evaluation};
    evaluate_aggregates(county->evaluation, 2, &county->report.aggregates);
    county->exact = comparison_of(&county->report, SCHEME_COUNT, 2);
    compared = &county->exact;
    *state = county;
    return 0;
}

static int release_county(void **state)
{
    struct county *county = *state;
    comparison_release(&county->exact);
    report_release(&county->report);
    evaluation_free(county->evaluation);
    input_release(&county->input);
    memory_free(county);
    return 0;
}

static void check_estimate(const struct estimate *actual, const cJSON *answer, const char *key)
{
    const double numbers[] = {actual->value, actual->lower, actual->upper};
    assert_all_near(numbers, answer, key);
}

static void check_crude(const struct comparison_side *side, const cJSON *answer, const char *key)
{
    const double numbers[] = {side->numerator, side->denominator, side->crude.value, side->crude.lower,
                              side->crude.upper};
    assert_all_near(numbers, answer, key);
}

static void check_proportion(const cJSON *input, const cJSON *answer)
{
    const char *measure = cJSON_GetObjectItemCaseSensitive(input, "measure")->valuestring;
    const struct comparison_outcome *outcome = comparison_find_outcome(compared, SCHEME_RMC, measure);
    assert_non_null(outcome);
    assert_int_equal(outcome->status, RESULT_OK);
    check_crude(&outcome->own, answer, "crude");
    check_crude(&outcome->reference, answer, "reference_crude");
    check_estimate(&outcome->odds_ratio, answer, "odds_ratio");
    check_estimate(&outcome->own.standardised, answer, "own");
    check_estimate(&outcome->reference.standardised, answer, "reference");
    check_estimate(&outcome->difference, answer, "difference");
    assert_near(outcome->left_out.strata, oracle_number(answer, "left_out"), "strata left out");
}

static void proportions_are_what_r_makes_of_the_files(void **state)
{
    (void)state;
    for_each_case("comparison", "county_proportion", check_proportion);
}

static void check_wait(const cJSON *input, const cJSON *answer)
{
    const char *measure = cJSON_GetObjectItemCaseSensitive(input, "measure")->valuestring;
    const struct comparison_wait *wait = comparison_find_wait(compared, SCHEME_RMC, measure);
    assert_non_null(wait);
    assert_near(wait->logrank_chisq, oracle_number(answer, "chisq"), "log-rank");
    assert_near(wait->logrank_p, oracle_number(answer, "p"), "its p");
    for (int i = 0; i < COMPARISON_HORIZONS; i++) {
        const struct comparison_horizon *horizon = &wait->within[i];
        const cJSON *of = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(answer, "within"), i);
        const cJSON *incidence = cJSON_GetObjectItemCaseSensitive(of, "incidence");
        const cJSON *mean = cJSON_GetObjectItemCaseSensitive(of, "mean");
        assert_int_equal(horizon->days, (int32_t)oracle_number(of, "days"));
        check_estimate(&horizon->standardised, incidence, "own");
        check_estimate(&horizon->reference_standardised, incidence, "reference");
        check_estimate(&horizon->difference, incidence, "difference");
        check_estimate(&horizon->mean, mean, "own");
        check_estimate(&horizon->reference_mean, mean, "reference");
        check_estimate(&horizon->mean_difference, mean, "difference");
        assert_near(horizon->crude_mean, oracle_number(of, "crude_mean"), "crude mean");
        assert_near(horizon->left_out.strata, oracle_number(incidence, "left_out"), "strata left out");
    }
}

static void waits_are_what_r_makes_of_the_files(void **state)
{
    (void)state;
    for_each_case("comparison", "county_wait", check_wait);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proportions_are_what_r_makes_of_the_files),
        cmocka_unit_test(waits_are_what_r_makes_of_the_files),
    };
    return cmocka_run_group_tests(tests, read_county, release_county);
}
