/* Memory for SQLite that is refused on demand. */
#ifndef REFERLENS_TESTS_SUPPORT_FAILING_MEMORY_H
#define REFERLENS_TESTS_SUPPORT_FAILING_MEMORY_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>

/* Pieces that are still given before one is refused, −1: none will be. One test program has one of these. */
static struct failing_memory {
    long left;
    sqlite3_mem_methods real;
} failing_memory = {.left = -1};

static inline bool failing_memory_refuses(void)
{
    return failing_memory.left >= 0 && failing_memory.left-- == 0;
}

static void *failing_memory_allocate(int size)
{
    return failing_memory_refuses() ? NULL : failing_memory.real.xMalloc(size);
}

static void *failing_memory_resize(void *block, int size)
{
    return failing_memory_refuses() ? NULL : failing_memory.real.xRealloc(block, size);
}

/* To be called before SQLite does anything. */
static inline void failing_memory_install(void)
{
    sqlite3_config(SQLITE_CONFIG_GETMALLOC, &failing_memory.real);
    sqlite3_mem_methods failing = failing_memory.real;
    failing.xMalloc = failing_memory_allocate;
    failing.xRealloc = failing_memory_resize;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &failing);
    sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0);
    sqlite3_initialize();
}

#endif
