#include "referlens/output/series_json.h"

#include "referlens/output/result_fields.h"

static void add_text_or_null(struct json_writer *json, const char *key, struct text text)
{
    if (text.length == 0)
        json_member_null(json, key);
    else
        json_member_text(json, key, text);
}

/* A count of a run chart; null where the chart is none. */
static void add_count(struct json_writer *json, const char *key, const struct series *series, int64_t count)
{
    if (series->method == SERIES_RUN)
        json_member_integer(json, key, count);
    else
        json_member_null(json, key);
}

static void add_point(struct json_writer *json, const struct series_point *point)
{
    char period[QUARTER_TEXT_SIZE];
    quarter_format(point->period, period);
    json_begin_object(json);
    json_member_string(json, "period", period);
    json_member_string(json, "status", result_status_name(point->status));
    json_member_number(json, "numerator", point->numerator);
    json_member_number(json, "denominator", point->denominator);
    json_member_number(json, "value", point->value);
    json_member_number(json, "lower", point->lower);
    json_member_number(json, "upper", point->upper);
    json_member_number(json, "lower_limit", point->lower_limit);
    json_member_number(json, "upper_limit", point->upper_limit);
    json_member_string(json, "signal", point->signal);
    json_member_string(json, "meaning", point->meaning);
    json_member_boolean(json, "provisional", point->provisional);
    json_member_boolean(json, "before_window", point->before_window);
    json_end_object(json);
}

void series_json_add_one(struct json_writer *json, const struct report *report, const struct series *series)
{
    struct slice_texts texts;
    slice_texts_of(report, series->slice, &texts);
    json_begin_object(json);
    json_member_string(json, "measure", measure_table[series->measure].id);
    add_text_or_null(json, "practice", texts.practice);
    add_text_or_null(json, "specialty", texts.specialty);
    add_text_or_null(json, "scheme", texts.scheme);
    json_member_string(json, "quantity", series_quantity_name(series->quantity));
    json_member_string(json, "direction", measure_direction_name(series->direction));
    json_member_string(json, "status", result_status_name(series->status));
    json_member_string(json, "method", series_method_name(series->method));
    json_member_string(json, "no_limits", series->no_limits);
    json_member_integer(json, "used", (int64_t)series->used);
    json_member_number(json, "mean", series->mean);
    json_member_number(json, "sigma_z", series->sigma_z);
    json_member_number(json, "median", series->median);
    add_count(json, "longest_run", series, series->longest_run);
    add_count(json, "longest_run_max", series, series->longest_run_max);
    add_count(json, "crossings", series, series->crossings);
    add_count(json, "crossings_min", series, series->crossings_min);
    json_key(json, "signal");
    if (series->used > 0 && series->no_verdict == NULL)
        json_boolean(json, series->signal);
    else
        json_null(json);
    json_member_string(json, "no_verdict", series->no_verdict);
    json_member_string(json, "meaning", series->meaning);
    json_key(json, "points");
    json_begin_array(json);
    for (size_t i = 0; i < series->count && series->status != RESULT_NOT_RECORDED; i++)
        add_point(json, &series->points[i]);
    json_end_array(json);
    json_end_object(json);
}

struct series_elements {
    const struct report *report;
    const struct series *series;
};

static void add_element(const void *context, size_t index, struct json_writer *json)
{
    const struct series_elements *elements = context;
    series_json_add_one(json, elements->report, &elements->series[index]);
}

bool series_json_add(struct json_document *document, const struct report *report, struct error *error)
{
    struct series_list list = series_list_of(report);
    const struct series_elements elements = {report, list.series};
    json_newline(&document->json);
    json_key(&document->json, "series");
    json_begin_array(&document->json);
    const bool done = json_document_elements(document, list.count, add_element, &elements, error);
    json_end_array(&document->json);
    series_list_release(&list);
    return done;
}
