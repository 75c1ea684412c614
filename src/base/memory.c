#include "referlens/base/memory.h"

#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { LARGE_BYTES = 4 << 20 };

/* A mutable global, since nothing can be passed to where memory runs out: set once, before any worker starts, and only
 * read from then on. */
static memory_exhausted_function *exhausted_handler;

void memory_set_exhausted(memory_exhausted_function *handler)
{
    exhausted_handler = handler;
}

void memory_exhausted(void)
{
    if (exhausted_handler != NULL)
        exhausted_handler();
    abort();
}

static size_t checked_product(size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        memory_exhausted();
    return bytes;
}

void *memory_allocate(size_t size)
{
    void *block = malloc(size > 0 ? size : 1);
    if (block == NULL)
        memory_exhausted();
    return block;
}

void *memory_allocate_zeroed(size_t count, size_t size)
{
    void *block = checked_product(count, size) > 0 ? calloc(count, size) : calloc(1, 1);
    if (block == NULL)
        memory_exhausted();
    return block;
}

void *memory_resize(void *block, size_t count, size_t size)
{
    size_t bytes = checked_product(count, size);
    void *resized = realloc(block, bytes > 0 ? bytes : 1);
    if (resized == NULL)
        memory_exhausted();
    return resized;
}

void *memory_grow(void *block, size_t *capacity, size_t needed, size_t size)
{
    if (needed <= *capacity)
        return block;
    size_t wanted = *capacity + *capacity / 2; /* cannot wrap: a block is below half the address space */
    if (wanted < needed)
        wanted = needed;
    if (wanted < 8)
        wanted = 8;
    block = memory_resize(block, wanted, size);
    *capacity = wanted;
    return block;
}

char *memory_copy_text(const char *bytes, size_t length)
{
    if (length == SIZE_MAX)
        memory_exhausted();
    char *copy = memory_allocate(length + 1);
    if (length > 0)
        memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

void memory_free(void *block)
{
    free(block);
}

/* A small one is an ordinary block, where the tools that look for writes out of bounds see it. */
static bool is_mapped(size_t size)
{
    return size >= LARGE_BYTES;
}

void *memory_reserve(size_t size)
{
    if (!is_mapped(size))
        return memory_allocate_zeroed(1, size);
    void *block = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (block == MAP_FAILED)
        memory_exhausted();
    return block;
}

void *memory_reserve_for_random_access(size_t size)
{
    void *block = memory_reserve(size);
    if (is_mapped(size))
        madvise(block, size, MADV_HUGEPAGE); /* a hint only */
    return block;
}

void memory_release_reserved(void *block, size_t size)
{
    if (block != NULL && is_mapped(size))
        munmap(block, size);
    else
        free(block);
}

void memory_give_back(void)
{
    malloc_trim(0);
}
