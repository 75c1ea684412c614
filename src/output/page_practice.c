#include "referlens/output/page_practice.h"

#include "referlens/output/page_json.h"
#include "referlens/output/page_parts.h"
#include "referlens/output/page_tables.h"

static void add_measures(cJSON *document, const struct page_context *context, const struct page_index *own,
                         struct slice slice)
{
    struct slice all = slice_all();
    struct slice slice_period = slice;
    struct slice all_period = all;
    slice_period.period = all_period.period = context->report->period;
    const struct page_column columns[] = {
        {.key = "overall", .index = own, .slice = slice, .is_own = true},
        {.key = "in_period", .index = own, .slice = slice_period, .brief = true},
        {.key = "all_overall", .index = &context->aggregates, .slice = all},
        {.key = "all_in_period", .index = &context->aggregates, .slice = all_period, .brief = true},
    };
    page_add_measures(document, context, columns, sizeof columns / sizeof columns[0]);
}

static void add_reasons(cJSON *document, const struct page_context *context, uint32_t practice,
                        const struct result_list *results)
{
    struct reason_table reasons = reason_table_of(context->report, practice, true, results, context->reasons,
                                                  context->reason_count, context->rejections);
    page_add_reasons(document, &reasons);
}

cJSON *page_practice(const struct page_context *context, uint32_t practice)
{
    const struct report *report = context->report;
    struct result_list results = {0};
    report_practice(report, practice, true, &results);
    struct page_index own = page_index_of(&results);
    struct slice slice = page_practice_slice(practice);

    cJSON *document = cJSON_CreateObject();
    page_add_about(document, report, report->audience != AUDIENCE_SHARED);
    cJSON *about = page_add_object(document, "practice");
    page_add_practice(about, report, practice);
    page_add_label(about, "locality_shown", report_practice_locality(report, practice));
    page_add_number(document, "practices_compared", (double)context->funnels[measure_index("rejection_rate")].count);
    page_add_referrals(document, "referrals", &own, slice, report->period);
    add_measures(document, context, &own, slice);
    page_add_slices(document, "specialties", context, &own, slice, PART_SPECIALTY);
    page_add_quarters(document, &own, slice);
    add_reasons(document, context, practice, &results);
    page_add_sessions(document, report, practice);
    page_add_definitions(document);
    page_add_axes(document);

    page_index_release(&own);
    result_list_release(&results);
    return document;
}
