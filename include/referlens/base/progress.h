/* How far a long piece of work has come, counted by those who do it and read by whoever shows it, in any threads. */
#ifndef REFERLENS_BASE_PROGRESS_H
#define REFERLENS_BASE_PROGRESS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* In units that both sides know: bytes, packs. */
struct progress {
    _Atomic int64_t done, in_all;
};

/* NULL is allowed: nobody looks. */
static inline void progress_expect(struct progress *progress, size_t amount)
{
    if (progress != NULL)
        atomic_fetch_add_explicit(&progress->in_all, (int64_t)amount, memory_order_relaxed);
}

static inline void progress_add(struct progress *progress, size_t amount)
{
    if (progress != NULL)
        atomic_fetch_add_explicit(&progress->done, (int64_t)amount, memory_order_relaxed);
}

#endif
