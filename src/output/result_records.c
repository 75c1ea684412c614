#include "referlens/output/result_records.h"

#include "referlens/base/memory.h"
#include "referlens/base/sqlite_record.h"
#include "referlens/output/result_fields.h"

#include <math.h>
#include <string.h>

enum { INCIDENCE_BYTES_MAX = 64 };

static void add_text_or_null(struct sqlite_record *record, struct text text)
{
    if (text.length == 0)
        sqlite_record_add_nulls(record, 1);
    else
        sqlite_record_add_text(record, text);
}

/* The values that results share, so that they are not made for each. */
struct shared_values {
    struct sqlite_record *measures; /* owned: the place of the rowid, and the id */
    struct sqlite_record *statuses; /* owned; by kind and status: both */
    struct slice slice;             /* of the latest result: those of a slice mostly come one behind another */
    struct sqlite_record of_slice;
};

enum { STATUSES = RESULT_NOT_RECORDED + 1, KINDS = MEASURE_RATE + 1 };

static void set_slice(struct shared_values *values, const struct report *report, struct slice slice)
{
    struct slice_texts texts;
    slice_texts_of(report, slice, &texts);
    values->slice = slice;
    sqlite_record_clear(&values->of_slice);
    add_text_or_null(&values->of_slice, texts.practice);
    add_text_or_null(&values->of_slice, texts.specialty);
    add_text_or_null(&values->of_slice, texts.scheme);
    add_text_or_null(&values->of_slice, texts.period);
}

static struct shared_values shared_values_make(const struct report *report)
{
    struct shared_values values = {
        .measures = memory_allocate_zeroed(measure_count, sizeof *values.measures),
        .statuses = memory_allocate_zeroed((size_t)KINDS * STATUSES, sizeof *values.statuses),
    };
    for (size_t i = 0; i < measure_count; i++) {
        sqlite_record_add_nulls(&values.measures[i], 1);
        sqlite_record_add_text(&values.measures[i], text_of(measure_table[i].id));
    }
    for (size_t i = 0; i < (size_t)KINDS * STATUSES; i++) {
        sqlite_record_add_text(&values.statuses[i], text_of(measure_kind_name((enum measure_kind)(i / STATUSES))));
        sqlite_record_add_text(&values.statuses[i], text_of(result_status_name((enum result_status)(i % STATUSES))));
    }
    set_slice(&values, report, slice_all());
    return values;
}

static void shared_values_release(struct shared_values *values)
{
    for (size_t i = 0; i < measure_count; i++)
        sqlite_record_release(&values->measures[i]);
    for (size_t i = 0; i < (size_t)KINDS * STATUSES; i++)
        sqlite_record_release(&values->statuses[i]);
    sqlite_record_release(&values->of_slice);
    memory_free(values->measures);
    memory_free(values->statuses);
}

static bool slice_equal(struct slice a, struct slice b)
{
    return a.practice == b.practice && a.specialty == b.specialty && a.scheme == b.scheme && a.period == b.period;
}

/* The numbers of a proportion or a rate, and none of a delay, or the other way round. */
static void add_numbers(struct sqlite_record *record, const struct result *result, enum measure_kind kind)
{
    double numbers[RESULT_FIELD_COUNT];
    const size_t first = kind == MEASURE_DELAY ? FIELD_N : FIELD_NUMERATOR;
    const size_t end = kind == MEASURE_DELAY ? RESULT_FIELD_COUNT : FIELD_N;
    for (size_t field = first; field < end; field++)
        numbers[field] = result_field_value(result, field);
    sqlite_record_add_nulls(record, first);
    if (kind == MEASURE_RATE && isfinite(result->denominator)) { /* years are not counted: never an integer */
        sqlite_record_add_reals(record, &numbers[FIELD_NUMERATOR], 1);
        sqlite_record_add_double(record, result->denominator);
        sqlite_record_add_reals(record, &numbers[FIELD_VALUE], end - FIELD_VALUE);
    } else {
        sqlite_record_add_reals(record, &numbers[first], end - first);
    }
    sqlite_record_add_nulls(record, RESULT_FIELD_COUNT - end);
}

/* The columns of the table that are stored, in its order; the first is the rowid. */
static void add_columns(struct sqlite_record *record, const struct report *report, const struct result *result,
                        struct shared_values *values)
{
    const enum measure_kind kind = measure_table[result->measure].kind;
    const double excluded[] = {result->excluded.pending, result->excluded.immature, result->excluded.unknown};
    if (!slice_equal(result->slice, values->slice))
        set_slice(values, report, result->slice);
    sqlite_record_add_values(record, &values->measures[result->measure]);
    sqlite_record_add_values(record, &values->of_slice);
    sqlite_record_add_values(record, &values->statuses[kind * STATUSES + result->status]);
    add_numbers(record, result, kind);
    sqlite_record_add_reals(record, excluded, sizeof excluded / sizeof excluded[0]);
}

void result_records_make(struct result_records *records, const struct report *report, const struct result_list *results)
{
    struct sqlite_record record = {0};
    struct shared_values values = shared_values_make(report);
    records->length = 0;
    for (size_t i = 0; i < results->count; i++) {
        sqlite_record_clear(&record);
        add_columns(&record, report, &results->results[i], &values);
        const uint32_t length = (uint32_t)sqlite_record_length(&record); /* codes are at most fields of a CSV */
        records->bytes = memory_grow(records->bytes, &records->capacity, records->length + sizeof length + length, 1);
        memcpy(records->bytes + records->length, &length, sizeof length);
        sqlite_record_copy(&record, records->bytes + records->length + sizeof length);
        records->length += sizeof length + length;
    }
    sqlite_record_release(&record);
    shared_values_release(&values);
}

void result_records_release(struct result_records *records)
{
    if (records == NULL)
        return;
    memory_free(records->bytes);
    *records = (struct result_records){0};
}

bool result_records_write(const struct result_records *records, int64_t first_id, struct sqlite_tree *tree,
                          struct error *error)
{
    for (size_t at = 0; at < records->length;) {
        uint32_t length;
        memcpy(&length, records->bytes + at, sizeof length);
        at += sizeof length;
        if (!sqlite_tree_add(tree, first_id++, records->bytes + at, length, error))
            return false;
        at += length;
    }
    return true;
}

bool result_records_write_practices(const struct report *report, const struct result_list *results, int64_t first_id,
                                    struct sqlite_tree *tree, struct error *error)
{
    struct sqlite_record record = {0};
    uint8_t *bytes = NULL;
    size_t capacity = 0;
    bool done = true;
    for (size_t i = 0; done && i < results->count; i++) {
        sqlite_record_clear(&record);
        add_text_or_null(&record, report_practice_code(report, results->results[i].slice.practice));
        sqlite_record_add_integer(&record, first_id + (int64_t)i);
        const size_t length = sqlite_record_length(&record);
        bytes = memory_grow(bytes, &capacity, length, 1);
        sqlite_record_copy(&record, bytes);
        done = sqlite_tree_add(tree, 0, bytes, length, error);
    }
    sqlite_record_release(&record);
    memory_free(bytes);
    return done;
}

static bool write_incidence(struct sqlite_record *record, int64_t id, const struct incidence *incidence, int32_t days,
                            struct sqlite_tree *tree, struct error *error)
{
    uint8_t bytes[INCIDENCE_BYTES_MAX];
    sqlite_record_clear(record);
    sqlite_record_add_integer(record, id);
    sqlite_record_add_integer(record, days);
    sqlite_record_add_reals(record, (const double[]){incidence->value, incidence->lower, incidence->upper}, 3);
    sqlite_record_copy(record, bytes);
    return sqlite_tree_add(tree, 0, bytes, sqlite_record_length(record), error);
}

bool result_records_write_incidences(const struct result_list *results, int64_t first_id, struct sqlite_tree *tree,
                                     struct error *error)
{
    struct sqlite_record record = {0};
    bool done = true;
    for (size_t i = 0; done && i < results->count; i++) {
        const struct result *result = &results->results[i];
        if (measure_table[result->measure].kind != MEASURE_DELAY)
            continue;
        for (size_t k = 0; done && k < HORIZON_COUNT; k++) {
            if (isfinite(result->within[k].value))
                done =
                    write_incidence(&record, first_id + (int64_t)i, &result->within[k], horizon_days[k], tree, error);
        }
    }
    sqlite_record_release(&record);
    return done;
}
