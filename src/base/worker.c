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

/* What all workers of one run share. */
struct run {
    worker_function *function;
    void *context;
    size_t task_count;
    atomic_size_t next_task;
};

struct worker {
    struct run *run;
    size_t number;
    pthread_t thread;
};

static void *work(void *argument)
{
    struct worker *worker = argument;
    struct run *run = worker->run;
    for (size_t task; (task = atomic_fetch_add(&run->next_task, 1)) < run->task_count;)
        run->function(run->context, task, worker->number);
    return NULL;
}

void worker_run(size_t worker_count, size_t task_count, worker_function *function, void *context)
{
    struct run run = {.function = function, .context = context, .task_count = task_count};
    if (worker_count > task_count)
        worker_count = task_count;
    if (worker_count <= 1) {
        work(&(struct worker){.run = &run});
        return;
    }
    struct worker *workers = memory_allocate_zeroed(worker_count, sizeof *workers);
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
}
