#include "near.h"

#include "referlens/stats/bootstrap.h"

enum { CLUSTERS = 40 };

struct sample {
    double counts[CLUSTERS];
    double totals[CLUSTERS];
    int32_t strata[CLUSTERS];
};

/* The pooled proportion, the number of clusters drawn, and the number drawn from stratum 1. */
static void pooled(const void *context, const int32_t *times, size_t cluster_count, size_t worker, double *values)
{
    const struct sample *sample = context;
    double count = 0;
    double total = 0;
    (void)worker;
    values[1] = 0;
    values[2] = 0;
    for (size_t i = 0; i < cluster_count; i++) {
        count += times[i] * sample->counts[i];
        total += times[i] * sample->totals[i];
        values[1] += times[i];
        values[2] += sample->strata[i] == 1 ? times[i] : 0;
    }
    values[0] = count / total;
}

static struct sample make_sample(uint64_t seed)
{
    struct random_stream random = random_seed(seed, 0);
    struct sample sample;
    for (size_t i = 0; i < CLUSTERS; i++) {
        double rate = 0.3 + 0.1 * random_normal(&random);
        sample.totals[i] = (double)(20 + random_below(&random, 200));
        sample.counts[i] = round(sample.totals[i] * fmin(1, fmax(0, rate)));
        sample.strata[i] = i % 4 == 0 ? 1 : 0;
    }
    return sample;
}

static void the_same_seed_gives_the_same_digits_for_any_number_of_workers(void **state)
{
    (void)state;
    struct sample sample = make_sample(1);
    struct bootstrap_plan plan = {
        .cluster_count = CLUSTERS, .value_count = 3, .draws = 700, .seed = 9, .workers = 1, .level = 0.95};
    struct bootstrap_interval one[3];
    struct bootstrap_interval many[3];
    cluster_bootstrap(&plan, pooled, &sample, one);
    for (size_t workers = 2; workers <= 5; workers += 3) {
        plan.workers = workers;
        cluster_bootstrap(&plan, pooled, &sample, many);
        for (size_t i = 0; i < 3; i++) {
            assert_true(many[i].lower == one[i].lower && many[i].upper == one[i].upper && many[i].se == one[i].se);
        }
    }
    plan.seed = 10;
    cluster_bootstrap(&plan, pooled, &sample, many);
    assert_true(many[0].lower != one[0].lower);
    assert_true(one[0].lower < one[0].estimate && one[0].estimate < one[0].upper);
}

static void each_draw_has_as_many_clusters_and_of_each_stratum_as_many_as_there_are(void **state)
{
    (void)state;
    struct sample sample = make_sample(2);
    struct bootstrap_plan plan = {.cluster_count = CLUSTERS,
                                  .value_count = 3,
                                  .draws = 200,
                                  .seed = 3,
                                  .workers = 2,
                                  .level = 0.95,
                                  .strata = sample.strata,
                                  .stratum_count = 2};
    struct bootstrap_interval results[3];
    cluster_bootstrap(&plan, pooled, &sample, results);
    assert_true(results[1].lower == CLUSTERS && results[1].upper == CLUSTERS);
    assert_true(results[2].lower == 10 && results[2].upper == 10);
    plan.strata = NULL;
    cluster_bootstrap(&plan, pooled, &sample, results);
    assert_true(results[1].lower == CLUSTERS && results[2].lower < 10 && results[2].upper > 10);
}

/* For a plain mean of equal clusters the bootstrap's error is the textbook's, up to (n − 1)/n and chance. */
static void its_error_is_that_of_a_mean_of_clusters(void **state)
{
    (void)state;
    struct sample sample = make_sample(3);
    double mean = 0;
    double squares = 0;
    for (size_t i = 0; i < CLUSTERS; i++) {
        sample.totals[i] = 1;
        mean += sample.counts[i] / CLUSTERS;
    }
    for (size_t i = 0; i < CLUSTERS; i++) {
        squares += (sample.counts[i] - mean) * (sample.counts[i] - mean);
    }
    struct bootstrap_plan plan = {
        .cluster_count = CLUSTERS, .value_count = 3, .draws = 20000, .seed = 5, .workers = 2, .level = 0.95};
    struct bootstrap_interval results[3];
    cluster_bootstrap(&plan, pooled, &sample, results);
    double expected = sqrt(squares) / CLUSTERS;
    assert_true(fabs(results[0].se / expected - 1) < 0.03);
    assert_true(fabs((results[0].upper - results[0].lower) / (2 * 1.96 * expected) - 1) < 0.05);
}

static void never(const void *context, const int32_t *times, size_t cluster_count, size_t worker, double *values)
{
    (void)context;
    (void)cluster_count;
    (void)worker;
    values[0] = times[0] == 1 ? 0.5 : NAN; /* a number in about a third of the draws */
}

static void too_few_answers_give_no_interval(void **state)
{
    (void)state;
    struct bootstrap_plan plan = {
        .cluster_count = 10, .value_count = 1, .draws = 300, .seed = 5, .workers = 1, .level = 0.95};
    struct bootstrap_interval result;
    cluster_bootstrap(&plan, never, NULL, &result);
    assert_true(result.answers > 0 && result.answers < 200);
    assert_true(isnan(result.lower) && isnan(result.se) && result.estimate == 0.5);
    plan.cluster_count = 0;
    cluster_bootstrap(&plan, never, NULL, &result);
    assert_true(isnan(result.estimate));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_gives_the_same_digits_for_any_number_of_workers),
        cmocka_unit_test(each_draw_has_as_many_clusters_and_of_each_stratum_as_many_as_there_are),
        cmocka_unit_test(its_error_is_that_of_a_mean_of_clusters),
        cmocka_unit_test(too_few_answers_give_no_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
