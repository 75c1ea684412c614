#include "referlens/input/row_counts.h"

#include "referlens/base/memory.h"

#include <string.h>

struct row_counts row_counts_none(void)
{
    struct row_counts counts = {0};
    for (size_t i = 0; i < COLUMN_COUNT_MAX; i++) {
        counts.latest[i] = DAY_UNKNOWN;
        counts.unread_since[i] = QUALITY_NEVER;
        for (size_t word = 0; word < WORD_COUNT_MAX; word++)
            counts.rejected_since[i][word] = QUALITY_NEVER;
    }
    return counts;
}

bool day_is_plausible(day date)
{
    enum { FIRST = 7305, LAST = 47846 }; /* 1990-01-01 and 2100-12-31 */
    return date >= FIRST && date <= LAST;
}

static void add_value(struct unmapped_values *unmapped, struct text value, int64_t count)
{
    const uint32_t code = dictionary_add(&unmapped->values, value);
    if (code >= unmapped->capacity) {
        const size_t before = unmapped->capacity;
        unmapped->counts =
            memory_grow(unmapped->counts, &unmapped->capacity, (size_t)code + 1, sizeof *unmapped->counts);
        memset(unmapped->counts + before, 0, (unmapped->capacity - before) * sizeof *unmapped->counts);
    }
    unmapped->counts[code] += count;
}

static struct unmapped_values *unmapped_of(struct row_counts *counts, size_t column)
{
    if (counts->unmapped == NULL)
        counts->unmapped = memory_allocate_zeroed(COLUMN_COUNT_MAX, sizeof *counts->unmapped);
    return &counts->unmapped[column];
}

void row_counts_add_unmapped(struct row_counts *counts, size_t column, struct text value, bool shown)
{
    struct unmapped_values *unmapped = unmapped_of(counts, column);
    if (shown)
        add_value(unmapped, value, 1);
    else
        unmapped->hidden++;
}

static void join_unmapped(struct row_counts *to, const struct row_counts *from)
{
    for (size_t column = 0; column < COLUMN_COUNT_MAX; column++) {
        const struct unmapped_values *values = &from->unmapped[column];
        if (values->values.count == 0 && values->hidden == 0)
            continue;
        struct unmapped_values *sum = unmapped_of(to, column);
        sum->hidden += values->hidden;
        for (size_t code = 0; code < values->values.count; code++)
            add_value(sum, dictionary_text(&values->values, (uint32_t)code), values->counts[code]);
    }
}

static day earlier(day a, day b)
{
    return a < b ? a : b;
}

void row_counts_add_unread(struct row_counts *counts, size_t column, day since)
{
    counts->unread_since[column] = earlier(counts->unread_since[column], since);
}

void row_counts_add_rejected(struct row_counts *counts, size_t column, size_t word, day since)
{
    counts->rejected[column][word]++;
    counts->rejected_since[column][word] = earlier(counts->rejected_since[column][word], since);
}

void row_counts_join(struct row_counts *to, struct row_counts *from)
{
    to->rows += from->rows;
    for (size_t column = 0; column < COLUMN_COUNT_MAX; column++) {
        to->missing[column] += from->missing[column];
        to->implausible[column] += from->implausible[column];
        to->nhs_numbers[column] += from->nhs_numbers[column];
        to->unread_since[column] = earlier(to->unread_since[column], from->unread_since[column]);
        for (size_t word = 0; word < WORD_COUNT_MAX; word++) {
            to->words[column][word] += from->words[column][word];
            to->rejected[column][word] += from->rejected[column][word];
            to->rejected_since[column][word] =
                earlier(to->rejected_since[column][word], from->rejected_since[column][word]);
        }
        if (from->latest[column] == DAY_UNKNOWN)
            continue;
        if (to->latest[column] == DAY_UNKNOWN || from->earliest[column] < to->earliest[column])
            to->earliest[column] = from->earliest[column];
        if (from->latest[column] > to->latest[column])
            to->latest[column] = from->latest[column];
    }
    if (from->unmapped != NULL)
        join_unmapped(to, from);
    row_counts_release(from);
}

void row_counts_release(struct row_counts *counts)
{
    if (counts == NULL)
        return;
    for (size_t column = 0; counts->unmapped != NULL && column < COLUMN_COUNT_MAX; column++) {
        dictionary_release(&counts->unmapped[column].values);
        memory_free(counts->unmapped[column].counts);
    }
    memory_free(counts->unmapped);
    *counts = row_counts_none();
}
