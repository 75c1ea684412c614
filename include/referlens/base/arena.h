/* An arena: many small allocations that end together.
 *
 * Addresses stay good until the arena is released. Not for several threads at once: each worker has its own.
 */
#ifndef REFERLENS_BASE_ARENA_H
#define REFERLENS_BASE_ARENA_H

#include "referlens/base/text.h"

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *newest; /* owned; NULL until something is allocated */
};

/* `size` bytes aligned for any type, content undefined. A zeroed struct arena is an empty arena. */
void *arena_allocate(struct arena *arena, size_t size);

/* A copy of the bytes, with a NUL behind them. */
struct text arena_copy_text(struct arena *arena, struct text text);

/* Releases all of it; an empty arena is allowed, and the arena is empty afterwards. */
void arena_release(struct arena *arena);

#endif
