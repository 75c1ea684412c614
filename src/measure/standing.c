#include "referlens/measure/standing.h"

#include "referlens/base/dictionary.h"
#include "referlens/base/memory.h"

#include <pthread.h>

/* A dictionary behind a lock, and before it, in each thread's hands, nothing: callers remember the last code that they
 * got for a standing (see evaluation.c), so the lock is taken rarely. */
struct standing_table {
    pthread_mutex_t lock;
    struct dictionary standings;
};

struct standing_table *standing_table_new(void)
{
    struct standing_table *table = memory_allocate_zeroed(1, sizeof *table);
    pthread_mutex_init(&table->lock, NULL);
    return table;
}

void standing_table_free(struct standing_table *table)
{
    if (table == NULL)
        return;
    pthread_mutex_destroy(&table->lock);
    dictionary_release(&table->standings);
    memory_free(table);
}

uint32_t standing_table_add(struct standing_table *table, const struct standing *standing)
{
    pthread_mutex_lock(&table->lock);
    const uint32_t code =
        dictionary_add(&table->standings, (struct text){(const char *)standing, sizeof *standing});
    pthread_mutex_unlock(&table->lock);
    return code;
}

size_t standing_table_count(const struct standing_table *table)
{
    return table->standings.count;
}

const struct standing *standing_table_get(const struct standing_table *table, uint32_t code)
{
    /* Bytes only, so any address is aligned well enough. */
    return (const struct standing *)dictionary_text(&table->standings, code).bytes;
}
