#include "referlens/output/results_by_measure.h"

#include "referlens/base/memory.h"
#include "referlens/base/sqlite_record.h"
#include "referlens/measure/measure.h"

#include <string.h>

enum { ENTRY_BYTES_MAX = 128 }; /* ids of measures are far shorter */

void results_by_measure_release(struct results_by_measure *index)
{
    if (index == NULL)
        return;
    memory_free(index->entries);
    *index = (struct results_by_measure){0};
}

void results_by_measure_gather(struct results_by_measure *index, const struct result_list *results, int64_t first_id)
{
    index->entries =
        memory_grow(index->entries, &index->capacity, index->count + results->count, sizeof *index->entries);
    for (size_t i = 0; i < results->count; i++) {
        const struct result *result = &results->results[i];
        if (result->slice.specialty == SLICE_ALL)
            index->entries[index->count++] =
                (struct measure_entry){first_id + (int64_t)i, result->slice.period, result->measure};
    }
}

/* The entries' order: a bucket for each measure, in the order of the ids' bytes, and in it for each period, that of no
 * period first, as NULL is. */
struct buckets {
    size_t *places; /* by measure, in the order of the ids */
    quarter first_period;
    size_t period_count; /* with that of none */
    size_t *ends;        /* by bucket, among all ids; owned, as the rest */
    int64_t *ids;
};

static size_t bucket_of(const struct buckets *buckets, const struct measure_entry *entry)
{
    const size_t period = entry->period == PERIOD_ALL ? 0 : (size_t)(entry->period - buckets->first_period) + 1;
    return buckets->places[entry->measure] * buckets->period_count + period;
}

static void order_measures(struct buckets *buckets)
{
    buckets->places = memory_allocate_zeroed(measure_count, sizeof *buckets->places);
    for (size_t i = 0; i < measure_count; i++)
        for (size_t other = 0; other < measure_count; other++)
            buckets->places[i] += strcmp(measure_table[other].id, measure_table[i].id) < 0;
}

static void find_periods(struct buckets *buckets, const struct results_by_measure *index)
{
    quarter first = INT32_MAX, last = INT32_MIN;
    for (size_t i = 0; i < index->count; i++) {
        const quarter period = index->entries[i].period;
        if (period == PERIOD_ALL)
            continue;
        first = period < first ? period : first;
        last = period > last ? period : last;
    }
    buckets->first_period = first;
    buckets->period_count = first <= last ? (size_t)(last - first) + 2 : 1;
}

/* Sorts by counting: within a bucket the ids rise as they did. */
static void sort(struct buckets *buckets, const struct results_by_measure *index)
{
    const size_t bucket_count = measure_count * buckets->period_count;
    buckets->ends = memory_allocate_zeroed(bucket_count, sizeof *buckets->ends);
    buckets->ids = memory_allocate(index->count * sizeof *buckets->ids);
    for (size_t i = 0; i < index->count; i++)
        buckets->ends[bucket_of(buckets, &index->entries[i])]++;
    for (size_t i = 0, start = 0; i < bucket_count; i++) {
        start += buckets->ends[i];
        buckets->ends[i] = start - buckets->ends[i];
    }
    for (size_t i = 0; i < index->count; i++)
        buckets->ids[buckets->ends[bucket_of(buckets, &index->entries[i])]++] = index->entries[i].id;
}

static bool write_bucket(const int64_t *ids, size_t count, struct text measure, struct text period,
                         struct sqlite_tree *tree, struct error *error)
{
    struct sqlite_record record = {0};
    uint8_t bytes[ENTRY_BYTES_MAX];
    bool done = true;
    for (size_t i = 0; done && i < count; i++) {
        sqlite_record_clear(&record);
        sqlite_record_add_text(&record, measure);
        if (period.length == 0)
            sqlite_record_add_nulls(&record, 1);
        else
            sqlite_record_add_text(&record, period);
        sqlite_record_add_integer(&record, ids[i]);
        sqlite_record_copy(&record, bytes);
        done = sqlite_tree_add(tree, 0, bytes, sqlite_record_length(&record), error);
    }
    sqlite_record_release(&record);
    return done;
}

static bool write_measure(const struct buckets *buckets, size_t measure, struct sqlite_tree *tree, struct error *error)
{
    const struct text id = text_of(measure_table[measure].id);
    bool done = true;
    for (size_t i = 0; done && i < buckets->period_count; i++) {
        char period[QUARTER_TEXT_SIZE] = "";
        const size_t bucket = buckets->places[measure] * buckets->period_count + i;
        const size_t start = bucket == 0 ? 0 : buckets->ends[bucket - 1];
        if (i > 0)
            quarter_format(buckets->first_period + (quarter)i - 1, period);
        done = write_bucket(buckets->ids + start, buckets->ends[bucket] - start, id, text_of(period), tree, error);
    }
    return done;
}

bool results_by_measure_write(const struct results_by_measure *index, struct sqlite_tree *tree, struct error *error)
{
    struct buckets buckets = {0};
    bool done = true;
    order_measures(&buckets);
    find_periods(&buckets, index);
    sort(&buckets, index);
    for (size_t place = 0; done && place < measure_count; place++)
        for (size_t measure = 0; done && measure < measure_count; measure++)
            if (buckets.places[measure] == place)
                done = write_measure(&buckets, measure, tree, error);
    memory_free(buckets.places);
    memory_free(buckets.ends);
    memory_free(buckets.ids);
    return done;
}
