#include "referlens/output/in_order.h"

#include "referlens/base/worker.h"

#include <pthread.h>

struct order {
    in_order_make_function *make;
    in_order_take_function *take;
    void *context;
    struct error *error;
    pthread_mutex_t mutex; /* guards what follows */
    pthread_cond_t advanced;
    size_t next; /* the task to be taken next */
    bool failed;
};

/* Waits until it is this task's turn; true where it is still worth taking. Workers get tasks in order, so the one
 * that all others wait for is always being made. */
static bool wait_for_turn(struct order *order, size_t task)
{
    pthread_mutex_lock(&order->mutex);
    while (order->next != task)
        pthread_cond_wait(&order->advanced, &order->mutex);
    bool wanted = !order->failed;
    pthread_mutex_unlock(&order->mutex);
    return wanted;
}

static void end_turn(struct order *order, bool taken)
{
    pthread_mutex_lock(&order->mutex);
    order->next++;
    order->failed = order->failed || !taken;
    pthread_cond_broadcast(&order->advanced);
    pthread_mutex_unlock(&order->mutex);
}

static bool has_failed(struct order *order)
{
    pthread_mutex_lock(&order->mutex);
    bool failed = order->failed;
    pthread_mutex_unlock(&order->mutex);
    return failed;
}

static void run_task(void *context, size_t task, size_t worker)
{
    struct order *order = context;
    if (!has_failed(order))
        order->make(order->context, task, worker);
    end_turn(order, wait_for_turn(order, task) && order->take(order->context, task, worker, order->error));
}

bool in_order_run(size_t worker_count, size_t task_count, in_order_make_function *make, in_order_take_function *take,
                  void *context, struct error *error)
{
    struct order order = {.make = make,
                          .take = take,
                          .context = context,
                          .error = error,
                          .mutex = PTHREAD_MUTEX_INITIALIZER,
                          .advanced = PTHREAD_COND_INITIALIZER};
    worker_run_in_order(worker_count, task_count, run_task, &order);
    pthread_cond_destroy(&order.advanced);
    pthread_mutex_destroy(&order.mutex);
    return !order.failed;
}
