/* Memory, and the one policy for having none.
 *
 * No function here returns NULL: where memory runs out, the handler given to memory_set_exhausted is
 * called (it must not return; command/ installs one that says so in one line, removes the half-written
 * output and exits 1). Without a handler the process aborts. The same functions are given to cJSON and
 * libcsv, so there is one policy in the whole program. All sizes are in bytes; all products are checked
 * for overflow. Memory is released with free() or memory_free.
 */
#ifndef REFERLENS_BASE_MEMORY_H
#define REFERLENS_BASE_MEMORY_H

#include <stddef.h>

/* Called once when memory has run out; must not return. */
typedef void memory_exhausted_function(void);

/* Installs the handler; call it before any worker starts. */
void memory_set_exhausted(memory_exhausted_function *handler);

/* Calls the handler: for a caller whose own limit is passed, such as a count that no longer fits its type. */
_Noreturn void memory_exhausted(void);

/* A block of at least `size` bytes (1 where `size` is 0), its content undefined. */
void *memory_allocate(size_t size) __attribute__((returns_nonnull));

/* An array of `count` elements of `size` bytes, all zero. */
void *memory_allocate_zeroed(size_t count, size_t size) __attribute__((returns_nonnull));

/* Resizes an array to `count` elements of `size` bytes, keeping its content; NULL allocates. */
void *memory_resize(void *block, size_t count, size_t size) __attribute__((returns_nonnull));

/* Makes room for at least `needed` elements, growing by half as much again each time, so that adding one
 * by one costs a constant each. `*capacity` is in elements and is updated. Returns the block. */
void *memory_grow(void *block, size_t *capacity, size_t needed, size_t size);

/* Address space for `size` bytes, all zero: a page takes memory when it is first written to, so that an upper bound may
 * be asked for. Given back with memory_release_reserved and the same size; NULL is allowed there. */
void *memory_reserve(size_t size) __attribute__((returns_nonnull));

/* The same in large pages where the system has them: for what is read and written at random. */
void *memory_reserve_for_random_access(size_t size) __attribute__((returns_nonnull));
void memory_release_reserved(void *block, size_t size);

/* A copy of `length` bytes with a NUL behind them. */
char *memory_copy_text(const char *bytes, size_t length) __attribute__((returns_nonnull));

/* free(), for places that want a function pointer; NULL is allowed. */
void memory_free(void *block);

/* Lets the system have what was freed and lies between blocks still in use. */
void memory_give_back(void);

#endif
