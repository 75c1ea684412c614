#include "referlens/output/chart_source.h"

#include "referlens/base/memory.h"
#include "referlens/output/chart_text.h"
#include "referlens/output/page_format.h"

#include <math.h>
#include <stdlib.h>

static const char *const delay_measures[CHART_DELAY_COUNT] = {
    [DELAY_DECISION] = "wait_decision",
    [DELAY_FIRST_ATTENDANCE] = "wait_first_attendance",
    [DELAY_BOUNCED] = "journey_wait",
};

/* The fewest referrals of a practice that may stand as a point in another one's chart. */
enum { PEER_DENOMINATOR_MIN = 20 };

static int by_size_and_rate(const void *left, const void *right)
{
    const struct practice_point *a = left;
    const struct practice_point *b = right;
    if (a->denominator != b->denominator)
        return a->denominator < b->denominator ? -1 : 1;
    return (a->value > b->value) - (a->value < b->value);
}

/* Their order must not give away who they are. */
static void collect_peers(struct chart_common *common)
{
    const struct practice_funnel *funnel = &common->funnel;
    double minimum = common->report->audience == AUDIENCE_ANALYST ? 0.0 : PEER_DENOMINATOR_MIN;
    common->peers = memory_allocate_zeroed(funnel->count, sizeof(*common->peers));
    for (size_t i = 0; i < funnel->count; i++) {
        if (funnel->points[i].denominator >= minimum)
            common->peers[common->peer_count++] = funnel->points[i];
    }
    qsort(common->peers, common->peer_count, sizeof(*common->peers), by_size_and_rate);
}

struct curve chart_curve(const struct report *report, struct slice slice, enum chart_delay delay, bool own)
{
    return delay == DELAY_BOUNCED ? report_bounced_curve(report, slice.practice, own)
                                  : report_curve(report, slice, delay_measures[delay], own);
}

/* By practice, whether it is among those named. */
static bool *packs_of(const struct report *report, const uint32_t *practices, size_t practice_count)
{
    bool *has_pack = memory_allocate_zeroed(report_practice_count(report), sizeof *has_pack);
    for (size_t i = 0; i < practice_count; i++)
        has_pack[practices[i]] = true;
    return has_pack;
}

struct chart_common chart_common_of(const struct report *report, const uint32_t *practices, size_t practice_count)
{
    struct chart_common common = {.report = report, .rejections = NAN};
    common.has_pack = packs_of(report, practices, practice_count);
    common.funnel = practice_funnel_of(report, "rejection_rate");
    collect_peers(&common);
    for (size_t i = 0; i < CHART_DELAY_COUNT; i++)
        common.curves[i] = chart_curve(report, slice_all(), (enum chart_delay)i, false);
    size_t room = reason_room(report);
    common.reasons = memory_allocate_zeroed(room, sizeof(*common.reasons));
    common.reason_count = report_reasons(report, SLICE_ALL, false, common.reasons, room);
    const struct result *rejection = chart_result(&report->aggregates, slice_all(), "rejection_rate");
    if (rejection != NULL)
        common.rejections = rejection->numerator;
    common.period_count = period_rows_of(report, SLICE_ALL, &report->aggregates, common.periods, PERIODS_MAX);
    common.by_specialty = spread_by_specialty(report, measure_index("rejection_rate"), &common.specialty_count);
    common.by_quarter = spread_by_quarter(report, measure_index("rejection_rate"), &common.quarter_count);
    return common;
}

void chart_common_release(struct chart_common *common)
{
    if (common == NULL)
        return;
    practice_funnel_release(&common->funnel);
    free(common->peers);
    free(common->reasons);
    free(common->has_pack);
    free(common->by_specialty);
    free(common->by_quarter);
    for (size_t i = 0; i < CHART_DELAY_COUNT; i++)
        curve_release(&common->curves[i]);
    *common = (struct chart_common){.report = NULL};
}

bool chart_is_of_practice(const struct chart_source *source)
{
    return source->practice != SLICE_ALL;
}

bool chart_is_beside_all(const struct chart_source *source)
{
    return chart_is_of_practice(source) && !source->report->of_one_practice;
}

bool chart_has_pack(const struct chart_source *source, uint32_t practice)
{
    return source->common->has_pack != NULL && source->common->has_pack[practice];
}

struct slice chart_slice(const struct chart_source *source)
{
    struct slice slice = slice_all();
    slice.practice = source->practice;
    return slice;
}

const char *chart_delay_measure(enum chart_delay delay)
{
    return delay_measures[delay];
}

const struct result *chart_source_result(const struct chart_source *source, const char *measure)
{
    return chart_result(source->results, chart_slice(source), measure);
}

struct display chart_span(const struct chart_source *source)
{
    quarter first = 0;
    quarter last = 0;
    if (!report_quarters(source->report, &first, &last))
        return (struct display){""};
    return display_quarter_span(first, last);
}

void chart_add_subject(const struct chart_source *source, struct buffer *output)
{
    if (!chart_is_of_practice(source))
        return;
    struct text code = report_practice_code(source->report, source->practice);
    struct text name = report_practice_name(source->report, source->practice);
    chart_text_cut(code, chart_types[WORD_PLAIN], CHART_WIDTH / 5.0, output);
    if (!text_equal(code, name) && name.length > 0) {
        buffer_add_character(output, ' ');
        chart_text_cut(name, chart_types[WORD_PLAIN], CHART_WIDTH / 2.0, output);
    }
    buffer_add_string(output, ". ");
}

void chart_add_remarks(const struct chart_source *source, struct buffer *output)
{
    enum audience audience = source->report->audience;
    if (audience == AUDIENCE_ANALYST)
        buffer_add_string(output, "Exact counts, not for sharing. ");
    else if (audience == AUDIENCE_PRACTICE && chart_is_beside_all(source))
        buffer_add_string(output, "The practice’s own counts are exact, all others rounded to the nearest 5. ");
    else if (audience == AUDIENCE_PRACTICE && chart_is_of_practice(source))
        buffer_add_string(output, "The counts are exact, for this practice alone. ");
    else
        buffer_add_string(output, "Counts of 1 to 7 are not shown, all others are rounded to the nearest 5. ");
    if (source->report->as_of != DAY_UNKNOWN)
        buffer_add_formatted(output, "Data to %s.", display_day(source->report->as_of).text);
}

bool chart_knows_decisions(const struct chart_source *source)
{
    const struct result *all = chart_result(&source->report->aggregates, slice_all(), "rejection_rate");
    return all == NULL || all->status != RESULT_NOT_RECORDED;
}

const char *chart_why_no_decisions(const struct chart_source *source, const char *words)
{
    quarter first, last;
    if (!report_quarters(source->report, &first, &last))
        return "there are no referrals";
    return chart_knows_decisions(source) ? words : "decisions are not recorded";
}

void chart_sheet_nothing(struct chart_sheet *sheet, const struct chart_source *source, const char *title,
                         const char *words)
{
    struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
    buffer_add_formatted(&text, "%s: %s", title, words);
    chart_sheet_title(sheet, buffer_text(&text));
    buffer_clear(&text);
    chart_add_subject(source, &text);
    chart_sheet_subtitle(sheet, buffer_text(&text));
    chart_sheet_meta(sheet, "nothing", 1.0);
    buffer_clear(&text);
    chart_add_remarks(source, &text);
    chart_sheet_foot(sheet, sheet->y + 8.0, buffer_text(&text));
    buffer_release(&text);
}

bool chart_sheet_of_one_practice(struct chart_sheet *sheet, const struct chart_source *source, const char *title)
{
    if (source->report->of_one_practice)
        chart_sheet_nothing(sheet, source, title, "only one practice’s referrals are in these files");
    return source->report->of_one_practice;
}
