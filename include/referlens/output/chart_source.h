/* What charts are drawn from: the report, what all charts of a report share, and the slice in question.
 *
 * Everything here is masked for the audience. The shared part is computed once and read by all workers. Called by
 * chart.c and the chart_* modules.
 */
#ifndef REFERLENS_OUTPUT_CHART_SOURCE_H
#define REFERLENS_OUTPUT_CHART_SOURCE_H

#include "referlens/measure/chart_data.h"
#include "referlens/measure/practice_funnel.h"
#include "referlens/measure/report.h"
#include "referlens/measure/spread.h"
#include "referlens/output/chart_sheet.h"
#include "referlens/output/comparison_source.h"
#include "referlens/output/page_format.h"

#include <stdbool.h>
#include <stddef.h>

/* The delays that have a chart; the last is journey_wait of those turned away at first. */
enum chart_delay { DELAY_DECISION, DELAY_FIRST_ATTENDANCE, DELAY_BOUNCED, CHART_DELAY_COUNT };

enum { PERIODS_MAX = 20 };

/* Of a whole report, for its own charts and as the background of each practice's. */
struct chart_common {
    const struct report *report;                /* borrowed */
    const struct comparison_source *comparison; /* borrowed; NULL where schemes are not compared */
    struct practice_funnel funnel;
    struct practice_point *peers; /* fit to stand unnamed in a practice's chart, in the order of size and rate; owned */
    size_t peer_count;
    struct curve curves[CHART_DELAY_COUNT]; /* of all */
    struct report_reason *reasons;          /* of all; owned */
    size_t reason_count;
    double rejections; /* of all; NAN: not shown */
    struct period_row periods[PERIODS_MAX];
    size_t period_count;
    bool *has_pack;              /* by practice; owned */
    struct spread *by_specialty; /* of the rejection rate; owned */
    struct spread *by_quarter;   /* likewise, from the first quarter of referrals on */
    size_t specialty_count, quarter_count;
};

/* `practices` are those that get a pack. */
struct chart_common chart_common_of(const struct report *report, const uint32_t *practices, size_t practice_count);
void chart_common_release(struct chart_common *common);

/* The id of the measure behind a chart of a delay. */
const char *chart_delay_measure(enum chart_delay delay);

/* One chart's subject. */
struct chart_source {
    const struct chart_common *common;
    const struct report *report;
    uint32_t practice;                 /* SLICE_ALL: the whole report */
    const struct result_list *results; /* of the practice, or the report's aggregates */
};

bool chart_is_of_practice(const struct chart_source *source);

/* Whether it is a practice that all practices stand beside: not one whose referrals are the only ones. */
bool chart_is_beside_all(const struct chart_source *source);

/* Makes the sheet of a chart of practices beside each other where there is but one; false where there are more. */
bool chart_sheet_of_one_practice(struct chart_sheet *sheet, const struct chart_source *source, const char *title);

/* Whether a practice has a page that a point may lead to. */
bool chart_has_pack(const struct chart_source *source, uint32_t practice);

/* The curve of a delay of some slice over everything; `own` as in report_curve. The caller releases it. */
struct curve chart_curve(const struct report *report, struct slice slice, enum chart_delay delay, bool own);

/* The whole subject, over everything. */
struct slice chart_slice(const struct chart_source *source);

/* The subject's result of a measure, by its id; NULL where there is none. */
const struct result *chart_source_result(const struct chart_source *source, const char *measure);

/* "April 2023 to June 2025", the quarters of the referrals; empty where there are none. */
struct display chart_span(const struct chart_source *source);

/* Adds "A81001 Riverside Surgery. " for a practice, cut to fit a line; nothing for the whole report. */
void chart_add_subject(const struct chart_source *source, struct buffer *output);

/* Adds what has to be said under every chart: how counts were masked, and the as-of date. */
void chart_add_remarks(const struct chart_source *source, struct buffer *output);

/* Whether the input records decisions at all. */
bool chart_knows_decisions(const struct chart_source *source);

/* Why there is nothing of rejections to draw: that decisions are not recorded, that there are no referrals, or else
 * what `words` say. */
const char *chart_why_no_decisions(const struct chart_source *source, const char *words);

/* Makes a sheet that says "TITLE: WORDS" and draws nothing. */
void chart_sheet_nothing(struct chart_sheet *sheet, const struct chart_source *source, const char *title,
                         const char *words);

#endif
