/* What all pages of one report read: its results by slice, and where practices stand among one another.
 *
 * Made once, read-only afterwards: any number of threads may build documents from it. Called by page.c,
 * page_overview.c, page_practice.c and page_tables.c.
 */
#ifndef REFERLENS_OUTPUT_PAGE_CONTEXT_H
#define REFERLENS_OUTPUT_PAGE_CONTEXT_H

#include "referlens/measure/chart_data.h"
#include "referlens/measure/flow.h"
#include "referlens/measure/practice_funnel.h"
#include "referlens/measure/report.h"
#include "referlens/measure/spread.h"
#include "referlens/output/page_index.h"
#include "referlens/output/prompts.h"

#include <cjson/cJSON.h>

#include <stddef.h>

struct page_context {
    const struct report *report;     /* borrowed */
    struct page_index aggregates;    /* of report->aggregates */
    struct page_index practices;     /* of report->practices */
    struct practice_funnel *funnels; /* by number of the measure; empty for delays */
    struct report_reason *reasons;   /* of all practices */
    size_t reason_count;
    double rejections;           /* of all practices; NAN where it may not be shown or is not known */
    struct flow flow;            /* of all practices */
    struct curve bounced;        /* journeys of all practices' referrals that were rejected at first */
    struct spread *by_specialty; /* of the rejection rate, by code; NULL where there is none */
    size_t specialty_count;
    const struct prompts *prompts; /* borrowed */
};

struct page_context page_context_of(const struct report *report, const struct prompts *prompts, size_t worker_count);
void page_context_release(struct page_context *context);

/* The slice of one practice, over everything. */
struct slice page_practice_slice(uint32_t practice);

/* Adds to a cell where its result stands among the practices: "finding" and "finding_text" ("worth watching", with
 * "above" or "below"), null where there is nothing to compare; "beyond_chance_alone", and "finding_note", which says
 * so, and "untrusted_text", why the measure is not to be trusted. `result` may be NULL. */
void page_add_finding(cJSON *cell, const struct page_context *context, const struct result *result, size_t measure);

#endif
