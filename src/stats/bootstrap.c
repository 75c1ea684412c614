#include "referlens/stats/bootstrap.h"

#include "referlens/base/memory.h"
#include "referlens/base/random.h"
#include "referlens/base/worker.h"
#include "referlens/stats/quantile.h"

#include <math.h>
#include <string.h>

struct job {
    const struct bootstrap_plan *plan;
    bootstrap_statistic *statistic;
    const void *context;
    size_t *members; /* clusters, stratum by stratum */
    size_t *starts;  /* where each stratum starts among them, and one behind the last */
    size_t strata;
    int32_t *times; /* one row a worker */
    double *values; /* one row a draw */
};

static void draw(void *context, size_t task, size_t worker)
{
    const struct job *job = context;
    struct random_stream random = random_seed(job->plan->seed, task);
    int32_t *times = &job->times[worker * job->plan->cluster_count];

    memset(times, 0, job->plan->cluster_count * sizeof *times);
    for (size_t stratum = 0; stratum < job->strata; stratum++) {
        size_t first = job->starts[stratum];
        size_t size = job->starts[stratum + 1] - first;
        for (size_t i = 0; i < size; i++) {
            times[job->members[first + random_below(&random, size)]]++;
        }
    }
    job->statistic(job->context, times, job->plan->cluster_count, worker, &job->values[task * job->plan->value_count]);
}

static size_t stratum_of(const struct bootstrap_plan *plan, size_t cluster)
{
    return plan->strata == NULL ? 0 : (size_t)plan->strata[cluster];
}

static void group_members(struct job *job)
{
    const struct bootstrap_plan *plan = job->plan;
    size_t *next = memory_allocate_zeroed(job->strata + 1, sizeof *next);

    for (size_t i = 0; i < plan->cluster_count; i++) {
        job->starts[stratum_of(plan, i) + 1]++;
    }
    for (size_t i = 0; i < job->strata; i++) {
        job->starts[i + 1] += job->starts[i];
        next[i] = job->starts[i];
    }
    for (size_t i = 0; i < plan->cluster_count; i++) {
        job->members[next[stratum_of(plan, i)]++] = i;
    }
    memory_free(next);
}

/* Sums in the order of size, so that nothing depends on the order of the draws. */
static double standard_deviation(const double *sorted, size_t count)
{
    double mean = 0;
    double squares = 0;
    for (size_t i = 0; i < count; i++) {
        double distance = sorted[i] - mean;
        mean += distance / (double)(i + 1);
        squares += distance * (sorted[i] - mean);
    }
    return count > 1 ? sqrt(squares / ((double)count - 1)) : NAN;
}

static void summarise(const struct job *job, size_t column, double *sorted, struct bootstrap_interval *result)
{
    const struct bootstrap_plan *plan = job->plan;
    size_t answers = 0;

    for (size_t i = 0; i < plan->draws; i++) {
        double value = job->values[i * plan->value_count + column];
        if (isfinite(value)) {
            sorted[answers++] = value;
        }
    }
    sort_numbers(sorted, answers);
    result->answers = answers;
    if (answers > 0 && answers * 3 >= plan->draws * 2 && plan->level > 0 && plan->level < 1) {
        double tail = (1 - plan->level) / 2;
        result->lower = quantile_of_sorted(sorted, answers, tail);
        result->upper = quantile_of_sorted(sorted, answers, 1 - tail);
        result->se = standard_deviation(sorted, answers);
    }
}

void cluster_bootstrap(const struct bootstrap_plan *plan, bootstrap_statistic *statistic, const void *context,
                       struct bootstrap_interval *results)
{
    size_t clusters = plan->cluster_count;
    struct job job = {.plan = plan, .statistic = statistic, .context = context};

    for (size_t i = 0; i < plan->value_count; i++) {
        results[i] = (struct bootstrap_interval){NAN, NAN, NAN, NAN, 0};
    }
    if (clusters == 0 || plan->value_count == 0) {
        return;
    }
    job.strata = plan->strata == NULL ? 1 : (size_t)plan->stratum_count;
    job.members = memory_allocate_zeroed(clusters, sizeof *job.members);
    job.starts = memory_allocate_zeroed(job.strata + 1, sizeof *job.starts);
    job.times = memory_allocate_zeroed(clusters * plan->workers, sizeof *job.times);
    job.values = memory_allocate_zeroed((plan->draws + 1) * plan->value_count, sizeof *job.values);
    group_members(&job);

    for (size_t i = 0; i < clusters; i++) {
        job.times[i] = 1;
    }
    statistic(context, job.times, clusters, 0, job.values);
    for (size_t i = 0; i < plan->value_count; i++) {
        results[i].estimate = job.values[i];
    }
    worker_run(plan->workers, plan->draws, draw, &job);

    double *sorted = memory_allocate_zeroed(plan->draws, sizeof *sorted);
    for (size_t i = 0; i < plan->value_count; i++) {
        summarise(&job, i, sorted, &results[i]);
    }
    memory_free(sorted);
    memory_free(job.members);
    memory_free(job.starts);
    memory_free(job.times);
    memory_free(job.values);
}
