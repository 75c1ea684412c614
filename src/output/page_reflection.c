#include "referlens/output/page_reflection.h"

#include "referlens/measure/lost_rows.h"
#include "referlens/measure/series.h"
#include "referlens/measure/session_change.h"
#include "referlens/measure/talking_point.h"
#include "referlens/measure/trust.h"
#include "referlens/output/page_cell.h"
#include "referlens/output/page_json.h"
#include "referlens/output/series_json.h"

#include <math.h>
#include <string.h>

enum { SENTENCE_MAX = 512, REMARK_MAX = 4096, SERIES_BYTES_MAX = 4 << 20 };

/* What cannot be trusted. */

static const char *const trust_names[] = {
    [TRUST_NO_REFERRALS] = "no_referrals",
    [TRUST_NO_OUTCOMES] = "no_outcomes",
    [TRUST_NO_DECISIONS] = "no_decisions",
    [TRUST_NO_ATTENDANCES] = "no_attendances",
    [TRUST_PERIOD_EMPTY] = "period_empty",
    [TRUST_EVENTS_LOST] = "events_lost",
    [TRUST_ROWS_REJECTED] = "rows_rejected",
    [TRUST_EVENTS_LEFT_OUT] = "rows_left_out",
    [TRUST_SEEN_UNDATED] = "first_date_not_recorded",
    [TRUST_NOT_RECORDED] = "not_recorded",
    [TRUST_UNKNOWN] = "unknown",
    [TRUST_BANDS_DIFFER] = "bands_differ",
    [TRUST_DATE_ASSUMED] = "date_assumed",
};

/* Of the remarks that say the same whatever the data. */
static const char *const trust_words[] = {
    [TRUST_NO_OUTCOMES] =
        "No outcomes were given: nothing tells what became of any referral. Add the exports that hold "
        "decisions, attendances and treatments (outcomes.csv), and make the report again.",
    [TRUST_NO_DECISIONS] = "No decision is recorded: which referrals were accepted, rejected or returned is not known. "
                           "Add the exports that hold decisions (the event types accepted, rejected, redirected and "
                           "returned_with_advice).",
    [TRUST_NO_ATTENDANCES] =
        "No attendance is recorded: who was seen, and after how long, is not known. Add the exports "
        "that hold attendances (the event type first_attended).",
    [TRUST_DATE_ASSUMED] =
        "Nobody gave the day of the export. If it was taken later than the last date in it, waits are "
        "too short here.",
};

static void add_trust_words(struct buffer *text, const struct report *report, const struct trust_remark *remark)
{
    const struct display count = display_count(remark->count), total = display_count(remark->total);
    switch (remark->kind) {
    case TRUST_NO_REFERRALS:
        buffer_add_formatted(
            text,
            "No referral could be used: rows of referrals that were read: %s, rejected: %s. This is a report "
            "of nothing.",
            total.text, count.text);
        break;
    case TRUST_NO_OUTCOMES:
    case TRUST_NO_DECISIONS:
    case TRUST_NO_ATTENDANCES:
    case TRUST_DATE_ASSUMED:
        buffer_add_string(text, trust_words[remark->kind]);
        break;
    case TRUST_PERIOD_EMPTY:
        buffer_add_formatted(text, "Nothing was requested in %s, the quarter asked for: there is no number of it.",
                             display_quarter_months(report->period).text);
        break;
    case TRUST_EVENTS_LOST:
        lost_rows_add_words(report, remark->type, text);
        buffer_add_formatted(text, ": %s.", lost_rows_effect(remark->type));
        break;
    case TRUST_ROWS_REJECTED:
        buffer_add_formatted(text, "%s of %s rows of %s could not be used: what they held is missing everywhere here.",
                             count.text, total.text, remark->file);
        break;
    case TRUST_EVENTS_LEFT_OUT:
        buffer_add_formatted(text, "%s of %s rows of %s %s left out, being without a referral or outside its time.",
                             count.text, total.text, remark->file, remark->count == 1 ? "was" : "were");
        break;
    case TRUST_SEEN_UNDATED:
        buffer_add_formatted(text,
                             "%s of %s referrals %s seen at a follow-up with no first attendance in the data, as where "
                             "an extract begins after it. Whether and when first is not known, so that what rests on "
                             "the first attendance leaves %s out.",
                             count.text, total.text, remark->count == 1 ? "was" : "were",
                             remark->count == 1 ? "it" : "them");
        break;
    case TRUST_NOT_RECORDED:
        buffer_add_string(text, measure_table[remark->measure].title);
        break;
    case TRUST_UNKNOWN:
        buffer_add_formatted(text,
                             "%s: not known for %s of %s, who are left out. The number speaks of the others alone.",
                             measure_table[remark->measure].title, count.text, total.text);
        break;
    case TRUST_BANDS_DIFFER:
        buffer_add_string(text, list_banding_caveat(report->list_banding));
        break;
    }
}

static void add_remarks(cJSON *document, const struct report *report, const struct trust_remark *remarks, size_t count)
{
    cJSON *list = page_add_list(document, "trust");
    for (size_t i = 0; i < count; i++) {
        struct buffer text = buffer_with_maximum(REMARK_MAX);
        const bool recorded = remarks[i].kind != TRUST_NOT_RECORDED;
        buffer_add_string(&text, recorded ? "" : "Not recorded in these data, so there is no number: ");
        add_trust_words(&text, report, &remarks[i]);
        /* All that is not recorded in one sentence. */
        while (!recorded && i + 1 < count && remarks[i + 1].kind == TRUST_NOT_RECORDED) {
            buffer_add_string(&text, "; ");
            add_trust_words(&text, report, &remarks[++i]);
        }
        buffer_add_string(&text, recorded ? "" : ".");
        cJSON *item = page_list_add(list);
        page_add_string(item, "kind", trust_names[remarks[i].kind]);
        page_add_string(item, "text", text.bytes);
        buffer_release(&text);
    }
    page_add_boolean(document, "has_trust", count > 0);
}

void page_add_trust(cJSON *document, const struct report *report, const struct result_list *results, struct slice slice)
{
    struct trust_remark remarks[TRUST_REMARKS_MAX];
    const size_t count = trust_remarks_of(report, results, slice, remarks);
    add_remarks(document, report, remarks, count);
}

/* Rows of all files in one sentence: "…: 5 of 105 of outcomes; 10 of 190 of practices." */
static void add_rows_sentence(cJSON *list, enum trust_kind kind, const char *opening,
                              const struct trust_remark *remarks, size_t count)
{
    struct buffer text = buffer_with_maximum(REMARK_MAX);
    for (size_t i = 0; i < count; i++) {
        if (remarks[i].kind == kind)
            buffer_add_formatted(&text, "%s%s of %s of %s", text.length > 0 ? "; " : opening,
                                 display_count(remarks[i].count).text, display_count(remarks[i].total).text,
                                 remarks[i].file);
    }
    if (text.length > 0) {
        buffer_add_character(&text, '.');
        cJSON *item = cJSON_CreateObject();
        page_add_string(item, "kind", trust_names[kind]);
        page_add_string(item, "text", text.bytes);
        cJSON_AddItemToArray(list, item);
    }
    buffer_release(&text);
}

void page_add_trust_of_files(cJSON *document, const struct report *report, bool brief)
{
    struct trust_remark remarks[TRUST_REMARKS_MAX], kept[TRUST_REMARKS_MAX] = {{.kind = TRUST_NO_OUTCOMES}};
    const size_t count = trust_remarks_of(report, &report->aggregates, slice_all(), remarks);
    size_t kept_count = 0;
    for (size_t i = 0; i < count; i++) {
        const enum trust_kind kind = remarks[i].kind;
        const bool of_rows = kind == TRUST_ROWS_REJECTED || kind == TRUST_EVENTS_LEFT_OUT;
        if (kind != TRUST_PERIOD_EMPTY && kind != TRUST_UNKNOWN && kind != TRUST_BANDS_DIFFER &&
            !(brief && (of_rows || kind == TRUST_NOT_RECORDED)))
            kept[kept_count++] = remarks[i];
    }
    add_remarks(document, report, kept, kept_count);
    if (!brief)
        return;
    cJSON *list = cJSON_GetObjectItemCaseSensitive(document, "trust");
    add_rows_sentence(list, TRUST_ROWS_REJECTED,
                      "Rows that could not be used, so that what they held is missing: ", remarks, count);
    add_rows_sentence(list, TRUST_EVENTS_LEFT_OUT, "Rows left out, without a referral or outside its time: ", remarks,
                      count);
    cJSON_ReplaceItemInObjectCaseSensitive(document, "has_trust", cJSON_CreateBool(cJSON_GetArraySize(list) > 0));
}

/* What to talk about. */

static struct display limits_text(const struct practice_funnel *funnel, double lower, double upper)
{
    /* Those of a rate are ratios to what was expected. */
    const double rate = 1000.0 * funnel->overall;
    return measure_table[funnel->measure].kind == MEASURE_RATE ? display_rate_range(lower * rate, upper * rate)
                                                               : display_percent_range(lower, upper);
}

/* Whether the value reads like the limit that it lies beyond. */
static bool reads_the_same(const struct practice_funnel *funnel, const struct practice_point *point)
{
    const double limit = point->side < 0 ? point->limits.lower998 : point->limits.upper998;
    return strcmp(limits_text(funnel, limit, limit).text, limits_text(funnel, point->value, point->value).text) == 0;
}

static const char *place_words(const struct practice_funnel *funnel, const struct practice_point *point)
{
    const enum finding by_limits = finding_of(point->value, &point->limits);
    if (point->finding < by_limits && point->finding == FINDING_WATCH)
        return point->is_masked ? "past the 99.8 % limits, where chance or rounding may yet take so small a number"
                                : "past the 99.8 % limits, where chance may yet take so small a number";
    if (point->finding < by_limits)
        return point->is_masked ? "past a limit, where chance or rounding may take so small a number"
                                : "past a limit, where chance may take so small a number";
    if (point->finding == FINDING_CONVERSATION && reads_the_same(funnel, point))
        return "just beyond the 99.8 % limits";
    static const char *const words[] = {
        [FINDING_NO_NUMBER] = NULL,
        [FINDING_CHANCE] = "inside the limits",
        [FINDING_WATCH] = "between the 95 % and the 99.8 % limits",
        [FINDING_CONVERSATION] = "beyond the 99.8 % limits",
    };
    return words[point->finding];
}

/* Whether the report's own quarter has anything in it, and is not all that there is. */
static bool has_quarter_beside(const struct report *report)
{
    quarter first, last;
    return report->period != PERIOD_ALL && report_quarters(report, &first, &last) && report->period >= first &&
           report->period <= last && first < last && !report_period_is_empty(report);
}

static void add_point(cJSON *list, const struct page_context *context, const struct result_list *results,
                      const struct talking_point *point)
{
    const struct measure *measure = &measure_table[point->measure];
    const struct practice_funnel *funnel = &context->funnels[point->measure];
    cJSON *item = page_list_add(list);
    page_add_string(item, "id", measure->id);
    page_add_string(item, "title", measure->title);
    page_add_string(item, "numerator", measure->numerator);
    page_add_boolean(item, "of_advice", measure->of_advice);
    cJSON *own = page_cell(point->result, point->measure, true);
    page_add_finding(own, context, point->result, point->measure);
    page_add(item, "own", own);
    const struct result *all = page_index_find(&context->aggregates, slice_all(), point->measure);
    page_add(item, "all", context->report->of_one_practice ? cJSON_CreateNull() : page_cell(all, point->measure, true));
    struct slice period = point->result->slice;
    period.period = context->report->period;
    const struct result *in_period = result_list_find(results, period, (uint16_t)point->measure);
    cJSON *quarter_cell = page_cell(in_period, point->measure, true);
    page_add_provisional(quarter_cell, context->report, in_period);
    page_add(item, "in_period", quarter_cell);
    const struct finding_limits *limits = &point->own.limits;
    page_add_number(item, "lower95", limits->lower95);
    page_add_number(item, "upper95", limits->upper95);
    page_add_number(item, "lower998", limits->lower998);
    page_add_number(item, "upper998", limits->upper998);
    page_add_display(item, "limits95_text", limits_text(funnel, limits->lower95, limits->upper95));
    page_add_display(item, "limits998_text", limits_text(funnel, limits->lower998, limits->upper998));
    page_add_string(item, "place_text", place_words(funnel, &point->own));
    page_add_string(item, "question", prompts_question(context->prompts, point->measure, point->own.side));
}

/* Why there is nothing to talk about: of shares of referrals, all that a slice without any has. */
static const char *why_no_points(const struct result_list *results, struct slice slice)
{
    bool suppressed = false, recorded = false;
    for (size_t i = 0; i < measure_count; i++) {
        const struct result *result = result_list_find(results, slice, (uint16_t)i);
        if (result == NULL || measure_table[i].kind != MEASURE_PROPORTION)
            continue;
        suppressed = suppressed || result->status == RESULT_SUPPRESSED;
        recorded = recorded || result->status != RESULT_NOT_RECORDED;
    }
    if (suppressed)
        return "There are too few referrals to say anything of them.";
    return recorded ? "Nothing can be said of the referrals yet: none has been decided, or followed for long enough."
                    : "Nothing can be said of the referrals: what became of them is not recorded.";
}

void page_add_talking_points(cJSON *document, const struct page_context *context, const struct result_list *results,
                             struct slice slice)
{
    struct talking_point points[TALKING_POINTS_MAX];
    size_t compared, measures[TALKING_POINTS_MAX], outstanding = 0;
    const size_t count = talking_points_of(results, slice, context->funnels, points, &compared);
    cJSON *list = page_add_list(document, "talking_points");
    for (size_t i = 0; i < count; i++) {
        add_point(list, context, results, &points[i]);
        measures[i] = points[i].measure;
        outstanding += points[i].own.finding > FINDING_CHANCE ? 1 : 0;
    }
    page_add_number(document, "compared", (double)compared);
    page_add_boolean(document, "is_compared", compared > 0);
    page_add_boolean(document, "has_quarter_beside", has_quarter_beside(context->report));
    page_add_string(document, "nothing_text", count == 0 ? why_no_points(results, slice) : NULL);
    page_add_boolean(document, "stands_out_somewhere", outstanding > 0);
    prompts_add_chosen(context->prompts, measures, count, page_add_list(document, "prompts"));
    page_add(document, "appraisal", prompts_appraisal(context->prompts));
}

/* Since the last meeting. */

static void add_side(cJSON *row, const char *key, const struct session_side *side)
{
    cJSON *object = page_add_object(row, key);
    page_add_number(object, "numerator", side->numerator);
    page_add_number(object, "denominator", side->denominator);
    page_add_number(object, "value", side->value);
    page_add_number(object, "lower", side->lower);
    page_add_number(object, "upper", side->upper);
    page_add_display(object, "value_text", display_percent(side->value));
    page_add_display(object, "range_text", display_percent_range(side->lower, side->upper));
    page_add_display(object, "count_text", display_share(side->numerator, side->denominator));
}

static void add_difference(cJSON *row, const char *key, const struct session_difference *difference)
{
    cJSON *object = page_add_object(row, key);
    page_add_number(object, "value", difference->value);
    page_add_number(object, "lower", difference->lower);
    page_add_number(object, "upper", difference->upper);
    page_add_display(object, "value_text", display_points(difference->value));
    page_add_display(object, "range_text", display_points_range(difference->lower, difference->upper));
}

static void add_rows(cJSON *object, const struct report *report, const struct session_change *change)
{
    cJSON *rows = page_add_list(object, "rows");
    for (size_t i = 0; i < change->row_count; i++) {
        const struct session_change_row *row = &change->rows[i];
        cJSON *item = page_list_add(rows);
        page_add_string(item, "id", measure_table[row->measure].id);
        page_add_string(item, "title", measure_table[row->measure].title);
        page_add_boolean(item, "of_advice", measure_table[row->measure].of_advice);
        page_add_boolean(item, "untrusted", !report_is_trusted(report, row->measure));
        page_add_string(item, "status", result_status_name(row->status));
        page_add_string(item, "status_text",
                        row->status == RESULT_INSUFFICIENT ? "too early to tell" : display_status(row->status));
        add_side(item, "before", &row->before);
        add_side(item, "after", &row->after);
        add_difference(item, "difference", &row->own);
        if (report->of_one_practice) {
            page_add(item, "all_before", cJSON_CreateNull());
            page_add(item, "all_after", cJSON_CreateNull());
            page_add(item, "all_difference", cJSON_CreateNull());
            continue;
        }
        add_side(item, "all_before", &row->all_before);
        add_side(item, "all_after", &row->all_after);
        add_difference(item, "all_difference", &row->all);
    }
}

static void add_day(cJSON *object, const char *key, const char *text_key, day date)
{
    char text[DAY_TEXT_SIZE] = "";
    if (date != DAY_UNKNOWN)
        day_format(date, text);
    page_add_string(object, key, text);
    page_add_string(object, text_key, date != DAY_UNKNOWN ? display_day(date).text : NULL);
}

void page_add_change(cJSON *document, const struct page_context *context, uint32_t practice,
                     const struct result_list *results)
{
    static const char *const states[] = {[SESSION_NONE] = "none",
                                         [SESSION_NOT_RECORDED] = "not_recorded",
                                         [SESSION_TOO_EARLY] = "too_early",
                                         [SESSION_NOTHING_BEFORE] = "nothing_before",
                                         [SESSION_COMPARED] = "compared"};
    const struct session_change change = session_change_of(context->report, practice, results);
    cJSON *object = page_add_object(document, "change");
    page_add_string(object, "state", states[change.state]);
    cJSON *is = page_add_object(object, "is");
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        page_add_boolean(is, states[i], (size_t)change.state == i);
    add_day(object, "date", "date_text", change.date);
    add_day(object, "latest", "latest_text", change.latest);
    page_add_boolean(object, "is_latest", change.date == change.latest);
    page_add_label(object, "topic_shown", change.topic);
    if (change.state == SESSION_COMPARED) {
        page_add_display(object, "before_text", display_quarter_span(change.before_first, change.before_last));
        page_add_display(object, "after_text", display_quarter_span(change.after_first, change.after_last));
    }
    add_rows(object, context->report, &change);
}

/* Over time. As text, since no template asks for it and it is long. */

void page_add_series(cJSON *document, const struct report *report, const struct result_list *results,
                     struct slice slice)
{
    struct buffer text = buffer_with_maximum(SERIES_BYTES_MAX);
    struct json_writer json = json_writer_into(&text);
    json_begin_array(&json);
    for (size_t i = 0; i < measure_count; i++) {
        struct series series = series_of(report, results, slice, i);
        series_json_add_one(&json, report, &series);
        series_release(&series);
    }
    json_end_array(&json);
    page_add(document, "series", cJSON_CreateRaw(text.bytes));
    buffer_release(&text);
}
