#include "referlens/output/page_context.h"

#include "referlens/base/memory.h"
#include "referlens/base/worker.h"
#include "referlens/measure/lost_rows.h"
#include "referlens/output/page_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* The parts that read every referral or judge every practice; each fills fields of its own. The longest come first. */

static void add_bounced(struct page_context *context)
{
    context->bounced = report_bounced_curve(context->report, SLICE_ALL, false);
}

static void add_flow(struct page_context *context)
{
    context->flow = report_flow(context->report, SLICE_ALL, false);
}

static void add_funnels(struct page_context *context)
{
    context->funnels = practice_funnels_of(context->report, 1);
}

static void add_specialties(struct page_context *context)
{
    context->by_specialty =
        spread_by_specialty(context->report, measure_index("rejection_rate"), &context->specialty_count);
}

static void add_reasons(struct page_context *context)
{
    const size_t room = reason_room(context->report);
    context->reasons = memory_allocate_zeroed(room, sizeof *context->reasons);
    context->reason_count = report_reasons(context->report, SLICE_ALL, false, context->reasons, room);
}

static void (*const parts[])(struct page_context *context) = {add_bounced, add_flow, add_funnels, add_specialties,
                                                              add_reasons};

static void add_part(void *context, size_t task, size_t worker)
{
    (void)worker;
    parts[task](context);
}

struct page_context page_context_of(const struct report *report, const struct prompts *prompts, size_t worker_count)
{
    struct page_context context = {
        .report = report,
        .prompts = prompts,
        .aggregates = page_index_of(&report->aggregates),
        .practices = page_index_of(&report->practices),
        .rejections = NAN,
    };
    worker_run(worker_count, sizeof parts / sizeof parts[0], add_part, &context);
    const struct result *rejected = page_index_find(&context.aggregates, slice_all(), measure_index("rejection_rate"));
    if (rejected != NULL && rejected->status == RESULT_OK) {
        context.rejections = rejected->numerator;
    }
    return context;
}

void page_context_release(struct page_context *context)
{
    if (context == NULL)
        return;
    page_index_release(&context->aggregates);
    page_index_release(&context->practices);
    for (size_t i = 0; i < measure_count; i++) {
        practice_funnel_release(&context->funnels[i]);
    }
    free(context->funnels);
    free(context->reasons);
    free(context->by_specialty);
    curve_release(&context->bounced);
    *context = (struct page_context){0};
}

struct slice page_practice_slice(uint32_t practice)
{
    struct slice slice = slice_all();
    slice.practice = practice;
    return slice;
}

void page_add_finding(cJSON *cell, const struct page_context *context, const struct result *result, size_t measure)
{
    struct practice_point point = {.finding = FINDING_NO_NUMBER};
    if (result != NULL && measure_table[measure].kind != MEASURE_DELAY) {
        point = practice_funnel_place(&context->funnels[measure], result);
    }
    const char *words = finding_text(point.finding);
    struct display text = {""};
    if (words != NULL) {
        const char *side = point.side > 0 ? " (above)" : point.side < 0 ? " (below)" : "";
        snprintf(text.text, DISPLAY_SIZE, "%s%s", words, side);
    }
    struct buffer mark = buffer_with_maximum(LOST_ROWS_WORDS_MAX);
    lost_rows_add_mark(context->report, measure, &mark);
    page_add_string(cell, "untrusted_text", mark.length > 0 ? mark.bytes : NULL);
    buffer_release(&mark);
    page_add_string(cell, "finding", words);
    page_add_display(cell, "finding_text", text);
    page_add_boolean(cell, "beyond_chance_alone", point.beyond_chance_alone);
    page_add_string(cell, "finding_note", practice_point_note(&point));
    page_add_boolean(cell, "stands_out", point.finding == FINDING_WATCH || point.finding == FINDING_CONVERSATION);
}
