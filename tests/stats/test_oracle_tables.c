#include "oracle.h"

#include "referlens/stats/balance.h"
#include "referlens/stats/mantel_haenszel.h"
#include "referlens/stats/multiplicity.h"
#include "referlens/stats/random_effects.h"
#include "referlens/stats/shrinkage.h"

static void check_mh(const cJSON *input, const cJSON *answer)
{
    size_t count = 0;
    static const char *const names[] = {"a", "b", "c", "d"};
    int64_t *cells[4];
    for (size_t k = 0; k < 4; k++) {
        cells[k] = oracle_counts(input, names[k], &count);
    }
    struct two_by_two *tables = memory_allocate_zeroed(count, sizeof *tables);
    for (size_t i = 0; i < count; i++) {
        tables[i] = (struct two_by_two){cells[0][i], cells[1][i], cells[2][i], cells[3][i]};
    }
    struct mantel_haenszel actual = mantel_haenszel(tables, count, oracle_number(input, "level"));
    assert_near(actual.odds_ratio, oracle_number(answer, "or"), "or");
    assert_near(actual.odds_ratio_lower, oracle_number(answer, "or_lower"), "or lower");
    assert_near(actual.odds_ratio_upper, oracle_number(answer, "or_upper"), "or upper");
    assert_near(actual.risk_difference, oracle_number(answer, "rd"), "rd");
    assert_near(actual.risk_difference_se, oracle_number(answer, "rd_se"), "rd_se");
    assert_near(actual.chisq, oracle_number(answer, "chisq"), "chisq");
    assert_near(actual.chisq_corrected, oracle_number(answer, "chisq_corrected"), "chisq corrected");
    assert_near(actual.p, oracle_number(answer, "p"), "p");
    assert_near(actual.q, oracle_number(answer, "q"), "q");
    assert_int_equal(actual.degrees, (int32_t)oracle_number(answer, "df"));
    for (size_t k = 0; k < 4; k++) {
        memory_free(cells[k]);
    }
    memory_free(tables);
}

static void mantel_haenszel_is_mantelhaen_test(void **state)
{
    (void)state;
    for_each_case("tables", "mh", check_mh);
}

static void check_dl(const cJSON *input, const cJSON *answer)
{
    size_t count = 0;
    double *estimates = oracle_numbers(input, "estimate", &count);
    double *errors = oracle_numbers(input, "se", &count);
    struct random_effects actual = random_effects(estimates, errors, count, 0.95);
    assert_near(actual.tau2, oracle_number(answer, "tau2"), "tau2");
    assert_near(actual.pooled, oracle_number(answer, "pooled"), "pooled");
    assert_near(actual.se, oracle_number(answer, "se"), "se");
    assert_near(actual.q, oracle_number(answer, "q"), "q");
    assert_near(actual.i2, oracle_number(answer, "i2"), "i2");
    memory_free(estimates);
    memory_free(errors);
}

static void random_effects_follow_dersimonian_and_laird(void **state)
{
    (void)state;
    for_each_case("tables", "dl", check_dl);
}

static void check_adjust(const cJSON *input, const cJSON *answer)
{
    size_t count = 0;
    double *p = oracle_numbers(input, "p", &count);
    double *adjusted = memory_allocate_zeroed(count, sizeof *adjusted);
    adjust_benjamini_hochberg(p, count, adjusted);
    assert_all_near(adjusted, answer, "bh");
    adjust_holm(p, count, adjusted);
    assert_all_near(adjusted, answer, "holm");
    memory_free(p);
    memory_free(adjusted);
}

static void adjusted_p_values_are_p_adjust(void **state)
{
    (void)state;
    for_each_case("tables", "adjust", check_adjust);
}

static void check_smd(const cJSON *input, const cJSON *answer)
{
    size_t count = 0;
    double *mean = oracle_numbers(input, "mean", &count);
    double *sd = oracle_numbers(input, "sd", &count);
    assert_near(standardised_difference(mean[0], sd[0], mean[1], sd[1]), oracle_number(answer, "value"), "smd");
    memory_free(mean);
    memory_free(sd);
}

static void check_smd_categories(const cJSON *input, const cJSON *answer)
{
    size_t count = 0;
    int64_t *first = oracle_counts(input, "first", &count);
    int64_t *second = oracle_counts(input, "second", &count);
    double *shares = memory_allocate_zeroed(count, sizeof *shares);
    int64_t total1 = 0;
    int64_t total2 = 0;
    for (size_t i = 0; i < count; i++) {
        total1 += first[i];
        total2 += second[i];
    }
    for (size_t i = 0; i < count; i++) {
        shares[i] = standardised_difference_of_shares(first[i], total1, second[i], total2);
    }
    assert_all_near(shares, answer, "shares");
    assert_near(standardised_difference_of_categories(first, second, count), oracle_number(answer, "value"), "all");
    memory_free(first);
    memory_free(second);
    memory_free(shares);
}

static void standardised_differences_follow_yang_and_dalton(void **state)
{
    (void)state;
    for_each_case("tables", "smd", check_smd);
    for_each_case("tables", "smd_categories", check_smd_categories);
}

static void check_shrink(const cJSON *input, const cJSON *answer)
{
    size_t count = 0;
    int64_t *counts = oracle_counts(input, "count", &count);
    int64_t *totals = oracle_counts(input, "n", &count);
    struct estimate *points = memory_allocate_zeroed(count, sizeof *points);
    double *columns = memory_allocate_zeroed(3 * count, sizeof *columns);
    struct shrinkage actual = beta_binomial_shrinkage(counts, totals, count, oracle_number(input, "level"), points);

    assert_near(actual.alpha, oracle_number(answer, "alpha"), "alpha");
    assert_near(actual.beta, oracle_number(answer, "beta"), "beta");
    for (size_t i = 0; i < count; i++) {
        columns[i] = points[i].value;
        columns[count + i] = points[i].lower;
        columns[2 * count + i] = points[i].upper;
    }
    assert_all_near(columns, answer, "mean");
    assert_all_near(&columns[count], answer, "lower");
    assert_all_near(&columns[2 * count], answer, "upper");
    memory_free(counts);
    memory_free(totals);
    memory_free(points);
    memory_free(columns);
}

static void shrinkage_finds_the_top_of_the_marginal_likelihood(void **state)
{
    (void)state;
    for_each_case("tables", "shrink", check_shrink);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mantel_haenszel_is_mantelhaen_test),
        cmocka_unit_test(random_effects_follow_dersimonian_and_laird),
        cmocka_unit_test(adjusted_p_values_are_p_adjust),
        cmocka_unit_test(standardised_differences_follow_yang_and_dalton),
        cmocka_unit_test(shrinkage_finds_the_top_of_the_marginal_likelihood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
