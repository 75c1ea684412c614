#include "referlens/output/page_parts.h"

#include "referlens/base/memory.h"
#include "referlens/output/chart_text.h"
#include "referlens/output/folder.h"
#include "referlens/output/page_json.h"

#include <math.h>
#include <stdlib.h>

/* Who, when, for whom. */

static void add_quarters(cJSON *document, const struct report *report)
{
    quarter first, last;
    if (report_quarters(report, &first, &last)) {
        page_add_display(document, "first_period", display_quarter(first));
        page_add_display(document, "last_period", display_quarter(last));
        page_add_display(document, "span_text", display_quarter_span(first, last));
    } else {
        page_add_string(document, "first_period", NULL);
        page_add_string(document, "last_period", NULL);
        page_add_string(document, "span_text", NULL);
    }
}

void page_add_about(cJSON *document, const struct report *report, bool exact)
{
    page_add_string(document, "schema_version", "1");
    cJSON *tool = page_add_object(document, "tool");
    page_add_string(tool, "name", "referlens");
    page_add_string(tool, "version", report->version);

    char as_of[DAY_TEXT_SIZE] = "";
    if (report->as_of != DAY_UNKNOWN) {
        day_format(report->as_of, as_of);
    }
    page_add_string(document, "as_of", as_of);
    page_add_string(document, "as_of_text",
                    report->as_of != DAY_UNKNOWN ? display_day(report->as_of).text : "an unknown day");
    page_add_boolean(document, "as_of_assumed", report->as_of_assumed);
    page_add_display(document, "period", display_quarter(report->period));
    page_add_string(document, "period_text",
                    report->period != PERIOD_ALL ? display_quarter_months(report->period).text : "no quarter");
    page_add_boolean(document, "period_assumed", report->period_assumed);
    add_quarters(document, report);

    page_add_string(document, "audience", audience_name(report->audience));
    cJSON *audience = page_add_object(document, "audience_is");
    page_add_boolean(audience, "shared", report->audience == AUDIENCE_SHARED);
    page_add_boolean(audience, "practice", report->audience == AUDIENCE_PRACTICE);
    page_add_boolean(audience, "analyst", report->audience == AUDIENCE_ANALYST);
    page_add_boolean(document, "exact", exact);
}

/* Definitions. */

void page_add_definitions(cJSON *document)
{
    cJSON *list = page_add_list(document, "definitions");
    for (size_t i = 0; i < measure_count; i++) {
        const struct measure *measure = &measure_table[i];
        cJSON *item = page_list_add(list);
        page_add_string(item, "id", measure->id);
        page_add_string(item, "title", measure->title);
        page_add_string(item, "kind", measure_kind_name(measure->kind));
        page_add_boolean(item, "is_delay", measure->kind == MEASURE_DELAY);
        page_add_boolean(item, "of_advice", measure->of_advice);
        page_add_string(item, "unit", measure->unit);
        page_add_string(item, "numerator", measure->numerator);
        page_add_string(item, "denominator", measure->denominator);
        page_add_string(item, "ci_method", measure->ci_method);
    }
}

/* Reasons of rejections. */

static void add_reason_label(cJSON *item, const struct reason_row *row)
{
    struct buffer words = buffer_with_maximum(4 * (LABEL_CHARACTERS_MAX + 1));
    struct buffer label = buffer_with_maximum(4 * (LABEL_CHARACTERS_MAX + 1));
    if (row->folded > 0) {
        buffer_add_formatted(&words, "%zu other reasons", row->folded);
    } else if (row->reason.length == 0) {
        buffer_add_string(&words, "No reason given");
    } else {
        display_label(row->reason, LABEL_CHARACTERS_MAX, &label);
        chart_text_reason(buffer_text(&label), &words);
    }
    page_add_string(item, "reason_shown", words.bytes);
    buffer_release(&words);
    buffer_release(&label);
}

void page_add_reasons(cJSON *document, const struct reason_table *table)
{
    cJSON *reasons = page_add_object(document, "reasons");
    page_add_string(reasons, "status", result_status_name(table->status));
    page_add_string(reasons, "status_text", display_status(table->status));
    page_add_number(reasons, "rejections", table->rejections);
    page_add_display(reasons, "rejections_text", display_count(table->rejections));
    page_add_number(reasons, "suppressed", (double)table->suppressed);
    page_add_display(reasons, "suppressed_text",
                     table->suppressed > 0 ? display_count((double)table->suppressed) : display_count(NAN));
    cJSON *list = page_add_list(reasons, "rows");
    for (size_t i = 0; i < table->count; i++) {
        const struct reason_row *row = &table->rows[i];
        cJSON *item = page_list_add(list);
        page_add_text(item, "reason", row->reason);
        add_reason_label(item, row);
        page_add_number(item, "count", row->count);
        page_add_display(item, "count_text", display_count(row->count));
        page_add_number(item, "share", row->share);
        page_add_display(item, "share_text", display_percent(row->share));
        page_add_number(item, "share_of_all", row->share_of_all);
        page_add_display(item, "share_of_all_text", display_percent(row->share_of_all));
    }
}

/* Meetings. */

static int compare_sessions(const void *left, const void *right)
{
    const struct session_row *a = *(const struct session_row *const *)left;
    const struct session_row *b = *(const struct session_row *const *)right;
    int order = (a->date > b->date) - (a->date < b->date);
    order = order != 0 ? order : text_compare(a->topic, b->topic);
    return order != 0 ? order : (a->specialty > b->specialty) - (a->specialty < b->specialty);
}

void page_add_sessions(cJSON *document, const struct report *report, uint32_t practice)
{
    size_t count, found = 0;
    const struct session_row *rows = cohort_session_rows(report->cohort, &count);
    const struct session_row **own = memory_resize(NULL, count + 1, sizeof *own);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].practice == practice) {
            own[found++] = &rows[i];
        }
    }
    qsort(own, found, sizeof *own, compare_sessions);
    cJSON *list = page_add_list(document, "sessions");
    for (size_t i = 0; i < found; i++) {
        cJSON *item = page_list_add(list);
        char date[DAY_TEXT_SIZE];
        day_format(own[i]->date, date);
        page_add_string(item, "date", date);
        page_add_display(item, "date_text", display_day(own[i]->date));
        page_add_text(item, "topic", own[i]->topic);
        page_add_label(item, "topic_shown", own[i]->topic);
        if (own[i]->specialty == DICTIONARY_NONE) {
            page_add_string(item, "specialty", NULL);
        } else {
            page_add_specialty(page_add_object(item, "specialty"), report, own[i]->specialty);
        }
    }
    free(own);
    page_add_boolean(document, "has_sessions", found > 0);
}

/* Names. */

void page_add_specialty(cJSON *row, const struct report *report, uint32_t specialty)
{
    struct text code = report_specialty_code(report, specialty);
    page_add_text(row, "code", code);
    page_add_label(row, "title_shown", report_specialty_title(report, specialty));
}

void page_add_practice(cJSON *row, const struct report *report, uint32_t practice)
{
    struct text code = report_practice_code(report, practice);
    struct text name = report_practice_name(report, practice);
    char folder[FOLDER_NAME_SIZE];
    folder_safe_name(code, folder);
    page_add_text(row, "code", code);
    page_add_label(row, "code_shown", code);
    page_add_text(row, "name", name);
    page_add_label(row, "name_shown", name);
    page_add_boolean(row, "is_named", !text_equal(name, code) && name.length > 0);
    page_add_string(row, "folder", folder);
}
