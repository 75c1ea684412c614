#include "referlens/output/in_order.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sched.h>
#include <stdatomic.h>
#include <string.h>

enum { TASKS = 5000, WORKERS = 5 };

struct work {
    size_t made[WORKERS]; /* what each worker has made and not had taken */
    size_t taken[TASKS];  /* in the order in which they were */
    size_t taken_count;
    atomic_size_t made_count, at_once;
    size_t fails_at;
    bool wrong;
};

static void make(void *context, size_t task, size_t worker)
{
    struct work *work = context;
    for (size_t i = 0; i < task % 7; i++)
        sched_yield(); /* so that workers overtake one another */
    work->made[worker] = task * task;
    atomic_fetch_add(&work->made_count, 1);
}

static bool take(void *context, size_t task, size_t worker, struct error *error)
{
    struct work *work = context;
    bool alone = atomic_fetch_add(&work->at_once, 1) == 0;
    if (!alone || work->made[worker] != task * task) /* cmocka's own checks belong in the first thread only */
        work->wrong = true;
    work->taken[work->taken_count++] = task;
    atomic_fetch_sub(&work->at_once, 1);
    return task != work->fails_at || error_set(error, "task %zu", task);
}

static void everything_is_taken_once_and_in_order(void **state)
{
    (void)state;
    static struct work work;
    for (size_t workers = 0; workers <= WORKERS; workers++) {
        memset(&work, 0, sizeof work);
        work.fails_at = SIZE_MAX;
        assert_true(in_order_run(workers, TASKS, make, take, &work, NULL));
        assert_false(work.wrong);
        assert_int_equal(work.taken_count, TASKS);
        for (size_t i = 0; i < TASKS; i++)
            assert_int_equal(work.taken[i], i);
    }
    assert_true(in_order_run(WORKERS, 0, make, take, &work, NULL));
}

static void nothing_is_taken_after_a_failure(void **state)
{
    (void)state;
    static struct work work;
    for (size_t workers = 1; workers <= WORKERS; workers++) {
        struct error error = {""};
        memset(&work, 0, sizeof work);
        work.fails_at = 100;
        assert_false(in_order_run(workers, TASKS, make, take, &work, &error));
        assert_string_equal(error.message, "task 100");
        assert_int_equal(work.taken_count, 101);
        assert_in_range(work.made_count, 101, 101 + WORKERS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_taken_once_and_in_order),
        cmocka_unit_test(nothing_is_taken_after_a_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
