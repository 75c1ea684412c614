#include "referlens/base/worker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "referlens/base/random.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

enum { TASKS = 1000, WORKERS_MAX = 64 };

struct record {
    uint64_t results[TASKS];
    atomic_int times_done[TASKS];
    atomic_int busy[WORKERS_MAX]; /* runs under way by worker number */
    atomic_bool overlapped;
    size_t worker_limit;
    atomic_bool beyond_limit;
};

static void do_task(void *context, size_t task, size_t worker)
{
    struct record *record = context;
    if (worker >= record->worker_limit)
        atomic_store(&record->beyond_limit, true);
    else if (atomic_fetch_add(&record->busy[worker], 1) != 0)
        atomic_store(&record->overlapped, true);
    struct random_stream random = random_seed(7, task);
    uint64_t sum = 0;
    for (int i = 0; i < 200; i++)
        sum += random_bits(&random);
    record->results[task] = sum;
    atomic_fetch_add(&record->times_done[task], 1);
    if (worker < record->worker_limit)
        atomic_fetch_sub(&record->busy[worker], 1);
}

static void results_are_the_same_for_any_number_of_workers(void **state)
{
    (void)state;
    static struct record one, many;
    one.worker_limit = 1;
    worker_run(1, TASKS, do_task, &one);
    for (size_t workers = 2; workers <= WORKERS_MAX; workers *= 2) {
        for (int in_order = 0; in_order < 2; in_order++) {
            memset(&many, 0, sizeof many);
            many.worker_limit = workers;
            (in_order ? worker_run_in_order : worker_run)(workers, TASKS, do_task, &many);
            assert_memory_equal(one.results, many.results, sizeof one.results);
            for (size_t task = 0; task < TASKS; task++)
                assert_int_equal(atomic_load(&many.times_done[task]), 1);
            assert_false(atomic_load(&many.beyond_limit));
            assert_false(atomic_load(&many.overlapped)); /* a worker's scratch space is its own */
        }
    }
}

static void count_task(void *context, size_t task, size_t worker)
{
    (void)worker;
    atomic_int *times_done = context;
    atomic_fetch_add(&times_done[task], 1);
}

static void no_task_is_lost_between_the_workers_shares(void **state)
{
    (void)state;
    for (size_t tasks = 0; tasks < 40; tasks++) {
        for (size_t workers = 0; workers < 12; workers++) {
            atomic_int times_done[40] = {0};
            worker_run(workers, tasks, count_task, times_done);
            for (size_t task = 0; task < 40; task++)
                assert_int_equal(atomic_load(&times_done[task]), task < tasks);
        }
    }
}

/* Every task waits for the one before it: this ends only where tasks are handed out in order. */
static void wait_for_the_one_before(void *context, size_t task, size_t worker)
{
    (void)worker;
    atomic_size_t *done = context;
    while (atomic_load(done) != task)
        sched_yield();
    atomic_fetch_add(done, 1);
}

static void tasks_in_order_may_wait_for_those_before(void **state)
{
    (void)state;
    for (size_t workers = 1; workers <= 8; workers *= 2) {
        atomic_size_t done = 0;
        worker_run_in_order(workers, 200, wait_for_the_one_before, &done);
        assert_int_equal(atomic_load(&done), 200);
    }
}

struct caller {
    pthread_t thread;
    size_t tasks;
    bool elsewhere;
};

static void note_thread(void *context, size_t task, size_t worker)
{
    struct caller *caller = context;
    caller->elsewhere |= !pthread_equal(pthread_self(), caller->thread) || worker != 0 || task != caller->tasks;
    caller->tasks++;
}

static void one_worker_runs_in_the_callers_thread_in_order(void **state)
{
    (void)state;
    struct caller caller = {.thread = pthread_self()};
    worker_run(1, 10, note_thread, &caller);
    worker_run(0, 0, note_thread, &caller);
    assert_int_equal(caller.tasks, 10);
    caller.tasks = 0;
    worker_run(8, 1, note_thread, &caller);
    assert_int_equal(caller.tasks, 1);
    caller.tasks = 0;
    worker_run(0, 3, note_thread, &caller);
    assert_int_equal(caller.tasks, 3);
    assert_false(caller.elsewhere);
}

static void no_task_calls_nothing(void **state)
{
    (void)state;
    struct caller caller = {.thread = pthread_self()};
    worker_run(4, 0, note_thread, &caller);
    assert_int_equal(caller.tasks, 0);
}

static void there_is_at_least_one_processor(void **state)
{
    (void)state;
    assert_true(worker_default_count() >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_task_is_lost_between_the_workers_shares),
        cmocka_unit_test(tasks_in_order_may_wait_for_those_before),
        cmocka_unit_test(results_are_the_same_for_any_number_of_workers),
        cmocka_unit_test(one_worker_runs_in_the_callers_thread_in_order),
        cmocka_unit_test(no_task_calls_nothing),
        cmocka_unit_test(there_is_at_least_one_processor),
    };
    return cmocka_run_group_tests_name("base/worker", tests, NULL, NULL);
}
