#include "referlens/base/worker.h"

#include "referlens/base/memory.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

enum { PROCESSORS_MAX = 1 << 16 };

size_t worker_default_count(void)
{
    /* The kernel refuses a set smaller than its own, so a larger one is tried until it fits. */
    for (size_t processors = 1024; processors <= PROCESSORS_MAX; processors *= 2) {
        cpu_set_t *set = CPU_ALLOC(processors);
        if (set == NULL)
            break;
        size_t size = CPU_ALLOC_SIZE(processors);
        int count = sched_getaffinity(0, size, set) == 0 ? CPU_COUNT_S(size, set) : 0;
        CPU_FREE(set);
        if (count > 0)
            return (size_t)count;
    }
    return 1;
}

/* Tasks that are handed out in order. */
struct range {
    atomic_size_t next;
    size_t end;
};

/* What all workers of one run share. */
struct run {
    worker_function *function;
    void *context;
    struct range *ranges;
    size_t range_count;
};

struct worker {
    struct run *run;
    size_t number;
    pthread_t thread;
};

/* A worker does the tasks of its own range, then helps with those of others. */
static void *work(void *argument)
{
    struct worker *worker = argument;
    struct run *run = worker->run;
    for (size_t i = 0; i < run->range_count; i++) {
        struct range *range = &run->ranges[(worker->number + i) % run->range_count];
        for (size_t task; (task = atomic_fetch_add(&range->next, 1)) < range->end;)
            run->function(run->context, task, worker->number);
    }
    return NULL;
}

static void run_ranges(size_t worker_count, size_t task_count, size_t range_count, worker_function *function,
                       void *context)
{
    struct range *ranges = memory_allocate_zeroed(range_count, sizeof *ranges);
    struct worker *workers = memory_allocate_zeroed(worker_count, sizeof *workers);
    struct run run = {function, context, ranges, range_count};
    for (size_t i = 0; i < range_count; i++) {
        atomic_init(&ranges[i].next, i == 0 ? 0 : ranges[i - 1].end);
        ranges[i].end = task_count / range_count * (i + 1) + task_count % range_count * (i + 1) / range_count;
    }
    workers[0].run = &run; /* the caller's thread is the first worker */
    size_t started = 1;
    for (; started < worker_count; started++) {
        workers[started].run = &run;
        workers[started].number = started;
        if (pthread_create(&workers[started].thread, NULL, work, &workers[started]) != 0)
            break;
    }
    work(&workers[0]);
    for (size_t i = 1; i < started; i++)
        pthread_join(workers[i].thread, NULL);
    memory_free(workers);
    memory_free(ranges);
}

static size_t useful_workers(size_t worker_count, size_t task_count)
{
    const size_t useful = worker_count < task_count ? worker_count : task_count;
    return useful > 0 ? useful : 1;
}

void worker_run(size_t worker_count, size_t task_count, worker_function *function, void *context)
{
    const size_t workers = useful_workers(worker_count, task_count);
    run_ranges(workers, task_count, workers, function, context);
}

void worker_run_in_order(size_t worker_count, size_t task_count, worker_function *function, void *context)
{
    run_ranges(useful_workers(worker_count, task_count), task_count, 1, function, context);
}
