#include "referlens/output/page_practice.h"

#include "referlens/measure/case_list.h"
#include "referlens/output/cases_csv.h"
#include "referlens/output/page_flow.h"
#include "referlens/output/page_json.h"
#include "referlens/output/page_parts.h"
#include "referlens/output/page_reflection.h"
#include "referlens/output/page_tables.h"

#include <math.h>
#include <stdlib.h>

static void add_measures(cJSON *document, const struct page_context *context, const struct page_index *own,
                         struct slice slice)
{
    struct slice all = slice_all();
    struct slice slice_period = slice;
    struct slice all_period = all;
    slice_period.period = all_period.period = context->report->period;
    const struct page_index *others = context->report->of_one_practice ? NULL : &context->aggregates;
    const struct page_column columns[] = {
        {.key = "overall", .index = own, .slice = slice, .is_own = true},
        {.key = "in_period", .index = own, .slice = slice_period, .brief = true},
        {.key = "all_overall", .index = others, .slice = all},
        {.key = "all_in_period", .index = others, .slice = all_period, .brief = true},
    };
    page_add_measures(document, context, columns, sizeof columns / sizeof columns[0]);
}

static void add_reasons(cJSON *document, const struct page_context *context, uint32_t practice,
                        const struct result_list *results)
{
    const struct report_reason *others = context->report->of_one_practice ? NULL : context->reasons;
    struct reason_table reasons =
        reason_table_of(context->report, practice, true, results, others, context->reason_count, context->rejections);
    page_add_reasons(document, &reasons);
}

static bool is_recorded(const struct page_context *context, const char *measure)
{
    const struct result *all = page_index_find(&context->aggregates, slice_all(), measure_index(measure));
    return all == NULL || all->status != RESULT_NOT_RECORDED;
}

/* The range in which most practices lie, beside each specialty. */
static void add_peers(cJSON *document, const struct page_context *context, const struct page_index *own,
                      struct slice slice)
{
    const bool recorded = is_recorded(context, "rejection_rate");
    bool hidden = false;
    uint32_t *specialties;
    const size_t count = page_index_values(own, slice, PART_SPECIALTY, &specialties);
    cJSON *row = cJSON_GetObjectItemCaseSensitive(document, "specialties")->child;
    for (size_t i = 0; i < count && row != NULL; i++, row = row->next) {
        if (context->report->of_one_practice) {
            page_add(row, "peers", cJSON_CreateNull());
            continue;
        }
        static const struct spread none = {
            .deciles = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN}, .middle_lower = NAN, .middle_upper = NAN};
        const struct spread *spread =
            specialties[i] < context->specialty_count ? &context->by_specialty[specialties[i]] : &none;
        cJSON *peers = page_add_object(row, "peers");
        page_add_number(peers, "practices", (double)spread->practices);
        page_add_number(peers, "hidden", (double)spread->hidden);
        page_add_number(peers, "low", spread->deciles[DECILE_10]);
        page_add_number(peers, "middle", spread->deciles[DECILE_50]);
        page_add_number(peers, "high", spread->deciles[DECILE_90]);
        page_add_display(peers, "range_text",
                         display_percent_range(spread->deciles[DECILE_10], spread->deciles[DECILE_90]));
        page_add_number(peers, "middle_low", spread->middle_lower);
        page_add_number(peers, "middle_high", spread->middle_upper);
        page_add_boolean(peers, "is_widened", spread_is_widened(spread));
        page_add_string(peers, "none_text",
                        spread_is_known(spread) ? NULL
                        : recorded              ? spread_why_none(spread)
                                                : display_status(RESULT_NOT_RECORDED));
        hidden = hidden || spread->hidden > 0;
    }
    page_add_boolean(document, "has_hidden_peers", hidden);
    free(specialties);
}

static void add_journeys(cJSON *document, const struct page_context *context, uint32_t practice)
{
    const struct flow flow = report_flow(context->report, practice, true);
    struct curve bounced = report_bounced_curve(context->report, practice, true);
    const bool recorded = is_recorded(context, "rejection_rate") && is_recorded(context, "journey_wait");
    page_add_flow(document, &flow);
    cJSON *journeys = page_add_object(document, "bounced");
    page_add_bounced(journeys, "own", &bounced, recorded);
    if (context->report->of_one_practice)
        page_add(journeys, "all", cJSON_CreateNull());
    else
        page_add_bounced(journeys, "all", &context->bounced, recorded);
    curve_release(&bounced);
}

/* Where the list of cases lies. It names reasons alone: counts and ids stay in the file. */
static void add_cases(cJSON *document, const struct report *report, uint32_t practice)
{
    if (report->cases == NULL) {
        page_add(document, "cases", cJSON_CreateNull());
        return;
    }
    const struct case_row *rows;
    const size_t count = case_list_practice(report->cases, practice, &rows);
    cJSON *cases = page_add_object(document, "cases");
    page_add_string(cases, "file", CASES_FILE);
    cJSON *reasons = page_add_list(cases, "reasons");
    for (size_t reason = 0, i = 0; reason < CASE_REASONS; reason++) {
        if (i < count && (size_t)rows[i].reason == reason)
            cJSON_AddItemToArray(reasons, cJSON_CreateString(case_reason_words((enum case_reason)reason)));
        while (i < count && (size_t)rows[i].reason == reason)
            i++;
    }
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
    page_add_boolean(document, "has_period", true);
    cJSON *about = page_add_object(document, "practice");
    page_add_practice(about, report, practice);
    page_add_label(about, "locality_shown", report_practice_locality(report, practice));
    page_add_boolean(document, "of_one_practice", report->of_one_practice);
    page_add_number(document, "practices_compared", (double)context->funnels[measure_index("rejection_rate")].count);
    page_add_referrals(document, "referrals", &own, slice, report->period);
    page_add_trust(document, report, &results, slice);
    page_add_talking_points(document, context, &results, slice);
    add_journeys(document, context, practice);
    add_measures(document, context, &own, slice);
    page_add_slices(document, "specialties", context, &own, slice, PART_SPECIALTY);
    add_peers(document, context, &own, slice);
    page_add_quarters(document, report, &own, slice);
    add_reasons(document, context, practice, &results);
    page_add_sessions(document, report, practice);
    page_add_change(document, context, practice, &results);
    page_add_series(document, report, &results, slice);
    add_cases(document, report, practice);
    page_add_definitions(document);
    page_add_axes(document);

    page_index_release(&own);
    result_list_release(&results);
    return document;
}
