/* Work made in parallel and taken in order.
 *
 * Each task is first made, by any worker, and then taken by that same worker when all tasks before it have been. What
 * has been made and not yet taken is thus one task a worker, and what is written does not depend on their number.
 * Between take and the next take everything that the first wrote is seen by the second.
 */
#ifndef REFERLENS_OUTPUT_IN_ORDER_H
#define REFERLENS_OUTPUT_IN_ORDER_H

#include "referlens/base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* Makes task number `task` in the scratch space of `worker`, a number below the count of workers. */
typedef void in_order_make_function(void *context, size_t task, size_t worker);

/* Takes what `worker` has made of the task; never runs twice at once. */
typedef bool in_order_take_function(void *context, size_t task, size_t worker, struct error *error);

/* Runs tasks 0 to task_count − 1. After the first that can't be taken no other is made or taken, and false is
 * returned with its error. */
bool in_order_run(size_t worker_count, size_t task_count, in_order_make_function *make, in_order_take_function *take,
                  void *context, struct error *error);

#endif
