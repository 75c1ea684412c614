#include "referlens/output/results_json.h"

#include "referlens/measure/lost_rows.h"
#include "referlens/output/funnels_json.h"
#include "referlens/output/json_document.h"
#include "referlens/output/result_fields.h"
#include "referlens/output/series_json.h"

void results_json_add_tool(struct json_writer *json, const struct report *report)
{
    json_member_string(json, "schema_version", RESULTS_SCHEMA_VERSION);
    json_key(json, "tool");
    json_begin_object(json);
    json_member_string(json, "name", "referlens");
    json_member_string(json, "version", report->version);
    json_end_object(json);
}

void results_json_add_head(struct json_writer *json, const struct report *report)
{
    char as_of[DAY_TEXT_SIZE], period[QUARTER_TEXT_SIZE];
    day_format(report->as_of, as_of);
    quarter_format(report->period, period);
    results_json_add_tool(json, report);
    json_member_string(json, "as_of", as_of[0] != '\0' ? as_of : NULL);
    json_member_string(json, "audience", audience_name(report->audience));
    json_member_string(json, "period", period[0] != '\0' ? period : NULL);
}

void results_json_add_measures(struct json_writer *json, const struct report *report)
{
    json_key(json, "measures");
    json_begin_array(json);
    for (size_t i = 0; i < measure_count; i++) {
        const struct measure *measure = &measure_table[i];
        json_newline(json);
        json_begin_object(json);
        json_member_string(json, "id", measure->id);
        json_member_string(json, "title", measure->title);
        json_member_string(json, "kind", measure_kind_name(measure->kind));
        json_member_string(json, "unit", measure->unit);
        json_member_string(json, "direction", measure_direction_name(measure->direction));
        json_member_string(json, "numerator", measure->numerator);
        json_member_string(json, "denominator", measure->denominator);
        json_member_string(json, "ci_method", measure->ci_method);
        json_member_number(json, "level", RESULT_LEVEL);
        struct buffer caution = buffer_with_maximum(LOST_ROWS_WORDS_MAX);
        lost_rows_add_mark(report, i, &caution);
        json_member_string(json, "caution", caution.length > 0 ? caution.bytes : NULL);
        buffer_release(&caution);
        json_end_object(json);
    }
    json_newline(json);
    json_end_array(json);
}

static void add_text_or_null(struct json_writer *json, const char *key, struct text text)
{
    if (text.length == 0)
        json_member_null(json, key);
    else
        json_member_text(json, key, text);
}

static void add_fields(struct json_writer *json, const struct result *result, size_t first, size_t end)
{
    for (size_t field = first; field < end; field++)
        json_member_number(json, result_fields[field].name, result_field_value(result, field));
}

static void add_within(struct json_writer *json, const struct result *result)
{
    json_key(json, "within");
    json_begin_array(json);
    for (size_t i = 0; i < HORIZON_COUNT && !measure_table[result->measure].completed_only; i++) {
        json_begin_object(json);
        json_member_integer(json, "days", horizon_days[i]);
        json_member_number(json, "value", result->within[i].value);
        json_member_number(json, "lower", result->within[i].lower);
        json_member_number(json, "upper", result->within[i].upper);
        json_end_object(json);
    }
    json_end_array(json);
}

void results_json_add_result(struct json_writer *json, const struct report *report, const struct result *result)
{
    const struct measure *measure = &measure_table[result->measure];
    struct slice_texts texts;
    slice_texts_of(report, result->slice, &texts);
    json_begin_object(json);
    json_member_string(json, "measure", measure->id);
    add_text_or_null(json, "practice", texts.practice);
    add_text_or_null(json, "specialty", texts.specialty);
    add_text_or_null(json, "scheme", texts.scheme);
    add_text_or_null(json, "period", texts.period);
    json_member_string(json, "kind", measure_kind_name(measure->kind));
    json_member_string(json, "status", result_status_name(result->status));
    json_key(json, "excluded");
    result_add_excluded(json, result);
    if (measure->kind == MEASURE_DELAY) {
        add_fields(json, result, FIELD_N, FIELD_COMPLETED);
        add_within(json, result);
        add_fields(json, result, FIELD_COMPLETED, RESULT_FIELD_COUNT);
    } else {
        add_fields(json, result, FIELD_NUMERATOR, measure->kind == MEASURE_RATE ? FIELD_N : FIELD_EXPECTED);
    }
    json_end_object(json);
}

/* The two lists of results as one. */
static void add_result(const void *context, size_t index, struct json_writer *json)
{
    const struct report *report = context;
    const size_t aggregates = report->aggregates.count;
    results_json_add_result(json, report,
                            index < aggregates ? &report->aggregates.results[index]
                                               : &report->practices.results[index - aggregates]);
}

bool results_json_write(const struct report *report, struct folder *folder, size_t worker_count, struct error *error)
{
    struct json_document document;
    if (!json_document_open(&document, folder, "measures.json", worker_count, error))
        return false;
    struct json_writer *json = &document.json;
    json_begin_object(json);
    results_json_add_head(json, report);
    json_newline(json);
    results_json_add_measures(json, report);
    json_newline(json);
    json_key(json, "results");
    json_begin_array(json);
    bool done = json_document_elements(&document, report->aggregates.count + report->practices.count, add_result,
                                       report, error);
    json_end_array(json);
    done = done && funnels_json_add(&document, report, error) && series_json_add(&document, report, error);
    json_end_object(json);
    json_newline(json);
    return json_document_close(&document, done, error);
}
