#include "referlens/output/result_records.h"

#include "referlens/base/memory.h"
#include "referlens/base/sqlite_record.h"
#include "referlens/output/result_fields.h"

#include <math.h>
#include <string.h>

enum { EXCLUDED_BYTES_MAX = 200, INCIDENCE_BYTES_MAX = 64 };

static void add_text_or_null(struct sqlite_record *record, struct text text)
{
    if (text.length == 0)
        sqlite_record_add_null(record);
    else
        sqlite_record_add_text(record, text);
}

static void add_number_or_null(struct sqlite_record *record, double value)
{
    if (isfinite(value))
        sqlite_record_add_real(record, value);
    else
        sqlite_record_add_null(record);
}

/* The columns of the table, in its order; the first is the rowid. */
static void add_columns(struct sqlite_record *record, const struct report *report, const struct result *result,
                        struct buffer *excluded)
{
    const struct measure *measure = &measure_table[result->measure];
    struct slice_texts texts;
    slice_texts_of(report, result->slice, &texts);
    sqlite_record_add_null(record);
    sqlite_record_add_text(record, text_of(measure->id));
    add_text_or_null(record, texts.practice);
    add_text_or_null(record, texts.specialty);
    add_text_or_null(record, texts.scheme);
    add_text_or_null(record, texts.period);
    sqlite_record_add_text(record, text_of(measure_kind_name(measure->kind)));
    sqlite_record_add_text(record, text_of(result_status_name(result->status)));
    for (size_t field = 0; field < RESULT_FIELD_COUNT; field++)
        add_number_or_null(record, result_field_value(result, field));
    buffer_clear(excluded);
    struct json_writer json = json_writer_into(excluded);
    result_add_excluded(&json, result);
    sqlite_record_add_text(record, buffer_text(excluded));
}

void result_records_make(struct result_records *records, const struct report *report, const struct result_list *results)
{
    struct sqlite_record record = {0};
    struct buffer excluded = buffer_with_maximum(EXCLUDED_BYTES_MAX);
    records->length = 0;
    for (size_t i = 0; i < results->count; i++) {
        sqlite_record_clear(&record);
        add_columns(&record, report, &results->results[i], &excluded);
        const uint32_t length = (uint32_t)sqlite_record_length(&record); /* codes are at most fields of a CSV */
        records->bytes = memory_grow(records->bytes, &records->capacity, records->length + sizeof length + length, 1);
        memcpy(records->bytes + records->length, &length, sizeof length);
        sqlite_record_copy(&record, records->bytes + records->length + sizeof length);
        records->length += sizeof length + length;
    }
    sqlite_record_release(&record);
    buffer_release(&excluded);
}

void result_records_release(struct result_records *records)
{
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
    sqlite_record_add_real(record, incidence->value);
    add_number_or_null(record, incidence->lower);
    add_number_or_null(record, incidence->upper);
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
