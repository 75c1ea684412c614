/* How far a long piece of work has come, counted by those who do it and read by whoever shows it, in any threads. */
#ifndef REFERLENS_BASE_PROGRESS_H
#define REFERLENS_BASE_PROGRESS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
    _Atomic int64_t bytes_done, bytes_in_all;
};

/* NULL is allowed: nobody looks. */
static inline void progress_expect(struct progress *progress, size_t bytes)
{
    if (progress != NULL)
        atomic_fetch_add_explicit(&progress->bytes_in_all, (int64_t)bytes, memory_order_relaxed);
}

static inline void progress_add(struct progress *progress, size_t bytes)
{
    if (progress != NULL)
        atomic_fetch_add_explicit(&progress->bytes_done, (int64_t)bytes, memory_order_relaxed);
}

#endif
