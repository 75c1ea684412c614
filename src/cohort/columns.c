#include "referlens/cohort/columns.h"

#include "referlens/base/memory.h"

#include <string.h>

#define COLUMN(name, stage)                                                                                            \
    {                                                                                                                  \
        offsetof(struct columns, name), sizeof *((struct columns *)NULL)->name, stage                                  \
    }

static const struct column {
    size_t offset; /* of its pointer */
    size_t size;   /* of an entry, in bytes */
    enum column_stage stage;
} table[] = {
    COLUMN(id, COLUMNS_GIVEN),
    COLUMN(id_hash, COLUMNS_GIVEN),
    COLUMN(patient, COLUMNS_GIVEN),
    COLUMN(referred, COLUMNS_GIVEN),
    COLUMN(received, COLUMNS_GIVEN),
    COLUMN(practice, COLUMNS_GIVEN),
    COLUMN(specialty, COLUMNS_GIVEN),
    COLUMN(flags, COLUMNS_GIVEN),
    COLUMN(priority, COLUMNS_GIVEN),
    COLUMN(scheme, COLUMNS_GIVEN),
    COLUMN(imd_decile, COLUMNS_GIVEN),
    COLUMN(age_band, COLUMNS_GIVEN),
    COLUMN(sex, COLUMNS_GIVEN),
    COLUMN(decided, COLUMNS_OF_EVENTS),
    COLUMN(attended, COLUMNS_OF_EVENTS),
    COLUMN(treated, COLUMNS_OF_EVENTS),
    COLUMN(responded, COLUMNS_OF_EVENTS),
    COLUMN(left, COLUMNS_OF_EVENTS),
    COLUMN(discharged, COLUMNS_OF_EVENTS),
    COLUMN(reason, COLUMNS_OF_EVENTS),
    COLUMN(decision, COLUMNS_OF_EVENTS),
    COLUMN(answers, COLUMNS_OF_EVENTS),
    COLUMN(next_days, COLUMNS_OF_CHAINS),
    COLUMN(successor, COLUMNS_OF_CHAINS),
};

enum { COLUMN_COUNT = sizeof table / sizeof table[0] };

/* The pointers are of several types, so they are read and written as bytes. */
static char *entries(const struct columns *columns, const struct column *column)
{
    char *block;
    memcpy(&block, (const char *)columns + column->offset, sizeof block);
    return block;
}

static void set_entries(struct columns *columns, const struct column *column, char *block)
{
    memcpy((char *)columns + column->offset, &block, sizeof block);
}

void columns_reserve(struct columns *columns, size_t capacity)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        if (table[i].stage != COLUMNS_GIVEN)
            continue;
        char *before = entries(columns, &table[i]), *block = memory_reserve(capacity * table[i].size);
        if (before != NULL) {
            memcpy(block, before, columns->capacity * table[i].size);
            memory_release_reserved(before, columns->capacity * table[i].size);
        }
        set_entries(columns, &table[i], block);
    }
    columns->capacity = capacity;
}

void columns_reserve_stage(struct columns *columns, enum column_stage stage)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        if (table[i].stage == stage)
            set_entries(columns, &table[i], memory_reserve(columns->capacity * table[i].size));
    }
}

void columns_move(struct columns *columns, size_t to, size_t from, size_t count)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        const size_t size = table[i].size;
        char *block = entries(columns, &table[i]);
        if (table[i].stage == COLUMNS_GIVEN)
            memmove(block + to * size, block + from * size, count * size);
    }
}

void columns_drop(struct columns *columns, const uint8_t *dropped, size_t count)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        const size_t size = table[i].size;
        char *block = entries(columns, &table[i]);
        size_t kept = 0;
        for (size_t row = 0; table[i].stage == COLUMNS_GIVEN && row < count; row++) {
            if (!dropped[row])
                memmove(block + kept++ * size, block + row * size, size);
        }
    }
}

void columns_forget(struct columns *columns, size_t offset)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        if (table[i].offset != offset)
            continue;
        memory_release_reserved(entries(columns, &table[i]), columns->capacity * table[i].size);
        set_entries(columns, &table[i], NULL);
    }
}

void columns_release(struct columns *columns)
{
    if (columns == NULL)
        return;
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        memory_release_reserved(entries(columns, &table[i]), columns->capacity * table[i].size);
    *columns = (struct columns){0};
}
