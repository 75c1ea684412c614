#include "referlens/output/page_index.h"

#include "referlens/base/memory.h"

#include <stdbool.h>
#include <stdlib.h>

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_slices(struct slice a, struct slice b)
{
    int order = compare_numbers(a.practice, b.practice);
    order = order != 0 ? order : compare_numbers(a.specialty, b.specialty);
    order = order != 0 ? order : compare_numbers(a.scheme, b.scheme);
    return order != 0 ? order : compare_numbers(a.period, b.period);
}

static int compare_results(const void *left, const void *right)
{
    const struct result *a = *(const struct result *const *)left;
    const struct result *b = *(const struct result *const *)right;
    int order = compare_slices(a->slice, b->slice);
    return order != 0 ? order : compare_numbers(a->measure, b->measure);
}

struct page_index page_index_of(const struct result_list *list)
{
    struct page_index index = {.count = list->count};
    index.results = memory_resize(NULL, list->count + 1, sizeof *index.results);
    for (size_t i = 0; i < list->count; i++) {
        index.results[i] = &list->results[i];
    }
    qsort(index.results, index.count, sizeof *index.results, compare_results);
    return index;
}

void page_index_release(struct page_index *index)
{
    if (index == NULL)
        return;
    free(index->results);
    *index = (struct page_index){0};
}

const struct result *page_index_find(const struct page_index *index, struct slice slice, size_t measure)
{
    struct result wanted = {.slice = slice, .measure = (uint16_t)measure};
    const struct result *key = &wanted;
    const struct result **found =
        index->count == 0 ? NULL : bsearch(&key, index->results, index->count, sizeof *index->results, compare_results);
    return found == NULL ? NULL : *found;
}

static uint32_t part_of(struct slice slice, enum slice_part part)
{
    switch (part) {
    case PART_PRACTICE:
        return slice.practice;
    case PART_SPECIALTY:
        return slice.specialty;
    case PART_SCHEME:
        return slice.scheme;
    case PART_PERIOD:
        return slice.period == PERIOD_ALL ? SLICE_ALL : (uint32_t)slice.period;
    }
    return SLICE_ALL;
}

struct slice page_slice_with(struct slice base, enum slice_part part, uint32_t value)
{
    switch (part) {
    case PART_PRACTICE:
        base.practice = value;
        break;
    case PART_SPECIALTY:
        base.specialty = value;
        break;
    case PART_SCHEME:
        base.scheme = value;
        break;
    case PART_PERIOD:
        base.period = value == SLICE_ALL ? PERIOD_ALL : (quarter)value;
        break;
    }
    return base;
}

static int compare_values(const void *left, const void *right)
{
    return compare_numbers(*(const uint32_t *)left, *(const uint32_t *)right);
}

size_t page_index_values(const struct page_index *index, struct slice base, enum slice_part part, uint32_t **values)
{
    uint32_t *found = NULL;
    size_t count = 0, capacity = 0;
    for (size_t i = 0; i < index->count; i++) {
        struct slice slice = index->results[i]->slice;
        uint32_t value = part_of(slice, part);
        bool fits = compare_slices(page_slice_with(base, part, value), slice) == 0;
        if (value == SLICE_ALL || !fits || (count > 0 && found[count - 1] == value)) {
            continue;
        }
        found = memory_grow(found, &capacity, count + 1, sizeof *found);
        found[count++] = value;
    }
    if (count > 1) {
        qsort(found, count, sizeof *found, compare_values);
    }
    size_t distinct = 0;
    for (size_t i = 0; i < count; i++) {
        if (distinct == 0 || found[distinct - 1] != found[i]) {
            found[distinct++] = found[i];
        }
    }
    *values = found;
    return distinct;
}
