/* Workers: one function over many numbered tasks, spread over threads.
 *
 * A task must not depend on which worker runs it; what a run yields is then the same for any number of workers. With
 * one worker, or one task, everything runs in the caller's thread, in order.
 */
#ifndef REFERLENS_BASE_WORKER_H
#define REFERLENS_BASE_WORKER_H

#include <stddef.h>

/* Does task number `task`. `worker` is below the number of workers, for scratch space of its own. */
typedef void worker_function(void *context, size_t task, size_t worker);

/* The number of workers to use where the user gave none: the processors this process may run on, at least 1. */
size_t worker_default_count(void);

/* Runs tasks 0 to task_count − 1 and returns when all are done. Where a thread can't be started, the ones that
 * could do its share. Each worker has a run of neighbouring tasks, and helps others when these are done: what tasks
 * write side by side then lies apart for workers, in cache lines and pages of their own. */
void worker_run(size_t worker_count, size_t task_count, worker_function *function, void *context);

/* The same, with tasks handed out in order to whichever worker is free: a task may wait for those before it. */
void worker_run_in_order(size_t worker_count, size_t task_count, worker_function *function, void *context);

#endif
