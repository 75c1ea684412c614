#include "referlens/base/arena.h"

#include "referlens/base/memory.h"

#include <stdint.h>
#include <string.h>

enum { BLOCK_SIZE_FIRST = 4 * 1024, BLOCK_SIZE_MAX = 1024 * 1024 };

struct arena_block {
    struct arena_block *older; /* owned */
    size_t used;               /* in bytes, a multiple of the alignment */
    size_t capacity;           /* in bytes */
    max_align_t bytes[];
};

static struct arena_block *block_with_capacity(size_t capacity)
{
    if (capacity > SIZE_MAX - sizeof(struct arena_block))
        memory_exhausted();
    struct arena_block *block = memory_allocate(sizeof *block + capacity);
    *block = (struct arena_block){.capacity = capacity};
    return block;
}

/* A block with room for `size` bytes, made the newest unless it is a large one for that allocation alone, which goes
 * behind the newest so that the room left there is still used. */
static struct arena_block *add_block(struct arena *arena, size_t size)
{
    struct arena_block *newest = arena->newest;
    size_t capacity = newest == NULL ? BLOCK_SIZE_FIRST : newest->capacity * 2;
    if (capacity > BLOCK_SIZE_MAX)
        capacity = BLOCK_SIZE_MAX;
    if (newest != NULL && size > capacity / 4) {
        struct arena_block *block = block_with_capacity(size);
        block->older = newest->older;
        newest->older = block;
        return block;
    }
    struct arena_block *block = block_with_capacity(size > capacity ? size : capacity);
    block->older = newest;
    arena->newest = block;
    return block;
}

void *arena_allocate(struct arena *arena, size_t size)
{
    const size_t alignment = _Alignof(max_align_t);
    if (size > SIZE_MAX - alignment)
        memory_exhausted();
    size = (size + alignment - 1) / alignment * alignment;
    struct arena_block *block = arena->newest;
    if (block == NULL || block->capacity - block->used < size)
        block = add_block(arena, size);
    void *allocation = (char *)block->bytes + block->used;
    block->used += size;
    return allocation;
}

struct text arena_copy_text(struct arena *arena, struct text text)
{
    char *copy = arena_allocate(arena, text.length + 1);
    if (text.length > 0)
        memcpy(copy, text.bytes, text.length);
    copy[text.length] = '\0';
    return (struct text){copy, text.length};
}

void arena_release(struct arena *arena)
{
    if (arena == NULL)
        return;
    struct arena_block *block = arena->newest;
    while (block != NULL) {
        struct arena_block *older = block->older;
        memory_free(block);
        block = older;
    }
    arena->newest = NULL;
}
