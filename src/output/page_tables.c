#include "referlens/output/page_tables.h"

#include "referlens/output/page_cell.h"
#include "referlens/output/page_json.h"
#include "referlens/output/page_parts.h"

#include <math.h>
#include <stdlib.h>

static void add_columns(cJSON *row, const struct page_context *context, const struct page_column *columns, size_t count,
                        size_t measure, bool brief)
{
    for (size_t i = 0; i < count; i++) {
        const struct page_column *column = &columns[i];
        if (column->index == NULL) {
            page_add(row, column->key, cJSON_CreateNull());
            continue;
        }
        const struct result *result = page_index_find(column->index, column->slice, measure);
        cJSON *cell = page_cell(result, measure, brief || column->brief);
        page_add_provisional(cell, context->report, result);
        if (column->is_own) {
            page_add_finding(cell, context, result, measure);
        }
        page_add(row, column->key, cell);
    }
}

void page_add_measures(cJSON *document, const struct page_context *context, const struct page_column *columns,
                       size_t count)
{
    cJSON *headline = page_add_object(document, "headline");
    cJSON *lists[] = {
        [MEASURE_PROPORTION] = page_add_list(document, "proportions"),
        [MEASURE_DELAY] = page_add_list(document, "delays"),
        [MEASURE_RATE] = page_add_list(document, "rates"),
    };
    cJSON *horizons = page_add_list(document, "horizons");
    for (size_t i = 0; i < HORIZON_COUNT; i++) {
        cJSON_AddItemToArray(horizons, cJSON_CreateNumber(horizon_days[i]));
    }
    for (size_t i = 0; i < measure_count; i++) {
        const struct measure *measure = &measure_table[i];
        cJSON *row = page_list_add(lists[measure->kind]);
        page_add_string(row, "id", measure->id);
        page_add_string(row, "title", measure->title);
        page_add_string(row, "unit", measure->unit);
        page_add_boolean(row, "of_advice", measure->of_advice);
        page_add_boolean(row, "completed_only", measure->completed_only);
        add_columns(row, context, columns, count, i, false);
        cJSON *named = page_add_object(headline, measure->id);
        page_add_string(named, "id", measure->id);
        page_add_string(named, "title", measure->title);
        page_add_boolean(named, "of_advice", measure->of_advice);
        add_columns(named, context, columns, count, i, measure->kind != MEASURE_DELAY);
    }
}

static void add_slice_name(cJSON *row, const struct report *report, enum slice_part part, uint32_t value)
{
    if (part == PART_SPECIALTY) {
        page_add_specialty(row, report, value);
    } else {
        page_add_text(row, "code", report_scheme_word(value));
        page_add_text(row, "title_shown", report_scheme_title(value));
    }
}

void page_add_slices(cJSON *document, const char *key, const struct page_context *context,
                     const struct page_index *index, struct slice base, enum slice_part part)
{
    uint32_t *values;
    size_t count = page_index_values(index, base, part, &values);
    cJSON *list = page_add_list(document, key);
    for (size_t i = 0; i < count; i++) {
        struct slice slice = page_slice_with(base, part, values[i]);
        cJSON *row = page_list_add(list);
        add_slice_name(row, context->report, part, values[i]);
        page_add_slice_cells(page_add_object(row, "overall"), context->report, index, slice);
        slice.period = context->report->period;
        page_add_slice_cells(page_add_object(row, "in_period"), context->report, index, slice);
    }
    free(values);
}

void page_add_quarters(cJSON *document, const struct report *report, const struct page_index *index, struct slice base)
{
    uint32_t *values;
    size_t count = page_index_values(index, base, PART_PERIOD, &values);
    cJSON *list = page_add_list(document, "quarters");
    for (size_t i = 0; i < count; i++) {
        cJSON *row = page_list_add(list);
        page_add_display(row, "period", display_quarter((quarter)values[i]));
        page_add_slice_cells(row, report, index, page_slice_with(base, PART_PERIOD, values[i]));
    }
    free(values);
}

void page_add_referrals(cJSON *document, const char *key, const struct page_index *index, struct slice overall,
                        quarter period)
{
    cJSON *object = page_add_object(document, key);
    page_add_referral_count(page_add_object(object, "overall"), index, overall);
    overall.period = period;
    page_add_referral_count(page_add_object(object, "in_period"), index, overall);
}

/* Axes. */

static void add_axes_of(cJSON *axes, const cJSON *document, const char *key, const char *first, const char *second)
{
    static const char *const with_strips[] = {"rejection_rate", "wait_first_attendance"};
    const cJSON *rows = cJSON_GetObjectItemCaseSensitive(document, key);
    cJSON *axis = page_add_object(axes, key);
    for (size_t i = 0; i < sizeof with_strips / sizeof with_strips[0]; i++) {
        double end = page_axis(rows, first, with_strips[i]);
        if (second != NULL) {
            end = fmax(end, page_axis(rows, second, with_strips[i]));
        }
        cJSON *item = page_add_object(axis, with_strips[i]);
        page_add_number(item, "end", end);
        page_add_display(item, "text", display_axis_end(end));
    }
}

void page_add_axes(cJSON *document)
{
    cJSON *axes = page_add_object(document, "axes");
    add_axes_of(axes, document, "schemes", "overall", "in_period");
    add_axes_of(axes, document, "specialties", "overall", "in_period");
    add_axes_of(axes, document, "quarters", NULL, NULL);
    add_axes_of(axes, document, "practices", NULL, NULL);
}
