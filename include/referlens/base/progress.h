/* How far a long piece of work has come, counted by those who do it and read by whoever shows it, in any threads. */
#ifndef REFERLENS_BASE_PROGRESS_H
#define REFERLENS_BASE_PROGRESS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* In units that both sides know: bytes, packs, facts. */
struct progress {
    _Atomic int64_t done, in_all;     /* in all 0: it is not counted */
    _Atomic(const char *) instead_of; /* what is being done while nothing is counted; NULL: things are counted */
};

/* Text must last; NULL ends it. */
static inline void progress_say(struct progress *progress, const char *text)
{
    if (progress != NULL)
        atomic_store_explicit(&progress->instead_of, text, memory_order_relaxed);
}

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
