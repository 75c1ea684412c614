#include "referlens/output/page_overview.h"

#include "referlens/base/memory.h"
#include "referlens/output/page_cell.h"
#include "referlens/output/page_flow.h"
#include "referlens/output/page_json.h"
#include "referlens/output/page_parts.h"
#include "referlens/output/page_quality.h"
#include "referlens/output/page_reflection.h"
#include "referlens/output/page_tables.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void add_practice_row(cJSON *row, const struct page_context *context, uint32_t practice, bool has_pack)
{
    static const char *const shown[] = {"rejection_rate", "lost_after_rejection", "attendance_conversion",
                                        "wait_first_attendance"};
    struct slice slice = page_practice_slice(practice);
    page_add_practice(row, context->report, practice);
    page_add_label(row, "locality_shown", report_practice_locality(context->report, practice));
    page_add_boolean(row, "has_pack", has_pack);
    page_add_referral_count(page_add_object(row, "referrals"), &context->practices, slice);
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        size_t measure = measure_index(shown[i]);
        const struct result *result = page_index_find(&context->practices, slice, measure);
        cJSON *cell = page_cell(result, measure, true);
        if (measure_table[measure].kind == MEASURE_PROPORTION) {
            page_add_finding(cell, context, result, measure);
        }
        page_add(row, shown[i], cell);
    }
}

static void add_practices(cJSON *document, const struct page_context *context, const uint32_t *packs, size_t pack_count)
{
    uint32_t *practices;
    size_t count = page_index_values(&context->practices, slice_all(), PART_PRACTICE, &practices);
    bool *has_pack = memory_allocate_zeroed(report_practice_count(context->report) + 1, sizeof *has_pack);
    for (size_t i = 0; i < pack_count; i++) {
        has_pack[packs[i]] = true;
    }
    cJSON *list = page_add_list(document, "practices");
    for (size_t i = 0; i < count; i++) {
        add_practice_row(page_list_add(list), context, practices[i], has_pack[practices[i]]);
    }
    struct display words = {""};
    snprintf(words.text, DISPLAY_SIZE, "%.40s practice%s", display_count((double)count).text, count == 1 ? "" : "s");
    page_add_number(document, "practice_count", (double)count);
    page_add_display(document, "practice_count_words", words);
    page_add_boolean(document, "has_packs", pack_count > 0);
    page_add_boolean(document, "of_one_practice", context->report->of_one_practice);
    free(has_pack);
    free(practices);
}

cJSON *page_overview(const struct page_context *context, const uint32_t *packs, size_t pack_count)
{
    const struct report *report = context->report;
    struct slice all = slice_all();
    struct slice period = all;
    period.period = report->period;
    const struct page_column columns[] = {
        {.key = "overall", .index = &context->aggregates, .slice = all},
        {.key = "in_period", .index = &context->aggregates, .slice = period, .brief = true},
    };
    cJSON *document = cJSON_CreateObject();
    page_add_about(document, report, report->audience == AUDIENCE_ANALYST);
    page_add_boolean(document, "has_period", true);
    page_add_referrals(document, "referrals", &context->aggregates, all, report->period);
    page_add_trust(document, report, &report->aggregates, all);
    page_add_flow(document, &context->flow);
    page_add_measures(document, context, columns, sizeof columns / sizeof columns[0]);
    page_add_slices(document, "schemes", context, &context->aggregates, all, PART_SCHEME);
    page_add_boolean(document, "has_schemes",
                     cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(document, "schemes")) > 0);
    page_add_slices(document, "specialties", context, &context->aggregates, all, PART_SPECIALTY);
    page_add_quarters(document, report, &context->aggregates, all);
    struct reason_table reasons = reason_table_of(report, SLICE_ALL, false, &report->aggregates, NULL, 0, NAN);
    page_add_reasons(document, &reasons);
    add_practices(document, context, packs, pack_count);
    page_add_quality(document, report);
    page_add_definitions(document);
    page_add_axes(document);
    return document;
}
