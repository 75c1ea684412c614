#include "referlens/measure/session_change.h"

#include "referlens/measure/series.h"
#include "referlens/stats/interval.h"

#include <math.h>

#define SESSION_LEVEL 0.95

/* What a meeting could move. */
static const char *const compared_measures[SESSION_ROWS_MAX] = {
    "rejection_rate",   "returned_with_advice_rate", "rejected_without_dialogue", "rejected_without_patient",
    "re_referral_rate", "lost_after_rejection",      "attendance_conversion",     "advice_diverted",
};

/* The quarters of one side. */
struct span {
    quarter first, last;
};

static struct slice slice_in(uint32_t practice, quarter period)
{
    struct slice slice = slice_all();
    slice.practice = practice;
    slice.period = period;
    return slice;
}

static bool knows_decisions(const struct report *report)
{
    const struct result *all =
        result_list_find(&report->aggregates, slice_all(), (uint16_t)measure_index("rejection_rate"));
    return all == NULL || all->status != RESULT_NOT_RECORDED;
}

/* Whether a quarter of rejections is over and settled, for everybody. */
static bool is_settled(const struct report *report, quarter period)
{
    const struct result *result =
        result_list_find(&report->aggregates, slice_in(SLICE_ALL, period), (uint16_t)measure_index("rejection_rate"));
    return result != NULL && result->status == RESULT_OK && !series_is_provisional(report, result);
}

/* Whole quarters before and behind a day, none before the observed window; false where there is none behind it that is
 * settled. */
static bool spans_about(const struct report *report, day date, struct span *before, struct span *after)
{
    quarter first = 0, last = 0;
    if (!report_quarters(report, &first, &last))
        return false;
    const quarter of = quarter_of_day(date), observed = quarter_of_day(report->early.before);
    first = first < observed ? observed : first;
    *before = (struct span){of - SESSION_QUARTERS_MAX < first ? first : of - SESSION_QUARTERS_MAX, of - 1};
    *after = (struct span){of + 1, of};
    while (after->last < last && after->last - of < SESSION_QUARTERS_MAX && is_settled(report, after->last + 1))
        after->last++;
    return after->last >= after->first;
}

/* Whether a quarter of a measure will still move, by what is known of everybody: the same quarters are summed for a
 * practice and for all. */
static bool is_provisional(const struct report *report, size_t measure, quarter period)
{
    const struct result *result = result_list_find(&report->aggregates, slice_in(SLICE_ALL, period), (uint16_t)measure);
    return result == NULL || series_is_provisional(report, result);
}

/* Sums a measure over quarters. Quarters that are provisional for it are left out; one that may not be shown leaves no
 * number. */
static enum result_status sum_side(const struct report *report, const struct result_list *results, uint32_t practice,
                                   size_t measure, struct span span, struct session_side *side)
{
    *side = (struct session_side){0, 0, NAN, NAN, NAN};
    enum result_status status = RESULT_INSUFFICIENT;
    for (quarter period = span.first; period <= span.last; period++) {
        const struct result *result = result_list_find(results, slice_in(practice, period), (uint16_t)measure);
        if (result == NULL || result->status == RESULT_INSUFFICIENT || is_provisional(report, measure, period))
            continue;
        if (result->status != RESULT_OK)
            return result->status;
        side->numerator += result->numerator;
        side->denominator += result->denominator;
        status = RESULT_OK;
    }
    if (status == RESULT_OK && side->denominator > 0) {
        const struct interval interval =
            wilson_interval(llround(side->numerator), llround(side->denominator), SESSION_LEVEL);
        side->value = side->numerator / side->denominator;
        side->lower = interval.lower;
        side->upper = interval.upper;
        return RESULT_OK;
    }
    return RESULT_INSUFFICIENT;
}

static struct session_difference difference_of(const struct session_side *before, const struct session_side *after)
{
    if (isnan(before->value) || isnan(after->value))
        return (struct session_difference){NAN, NAN, NAN};
    const struct estimate estimate =
        newcombe_difference(llround(after->numerator), llround(after->denominator), llround(before->numerator),
                            llround(before->denominator), SESSION_LEVEL);
    return (struct session_difference){estimate.value, estimate.lower, estimate.upper};
}

/* What has no number is not summed further. */
static void blank(struct session_side *side)
{
    *side = (struct session_side){NAN, NAN, NAN, NAN, NAN};
}

static void fill_row(struct session_change_row *row, const struct report *report, uint32_t practice,
                     const struct result_list *results, struct span before, struct span after)
{
    const size_t measure = row->measure;
    const enum result_status sides[] = {
        sum_side(report, results, practice, measure, before, &row->before),
        sum_side(report, results, practice, measure, after, &row->after),
        sum_side(report, &report->aggregates, SLICE_ALL, measure, before, &row->all_before),
        sum_side(report, &report->aggregates, SLICE_ALL, measure, after, &row->all_after),
    };
    struct session_side *const of[] = {&row->before, &row->after, &row->all_before, &row->all_after};
    for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
        if (sides[i] != RESULT_OK)
            blank(of[i]);
    }
    row->status = sides[0] != RESULT_OK ? sides[0] : sides[1];
    row->own = difference_of(&row->before, &row->after);
    row->all = difference_of(&row->all_before, &row->all_after);
}

/* The latest meeting with settled quarters behind it, or failing that the latest. */
static void choose_session(struct session_change *change, const struct report *report, uint32_t practice,
                           struct span *before, struct span *after)
{
    size_t count = 0;
    const struct session_row *sessions = cohort_session_rows(report->cohort, &count);
    for (size_t i = 0; i < count; i++) {
        const struct session_row *session = &sessions[i];
        struct span before_it, after_it;
        if (session->practice != practice || session->date > report->as_of)
            continue;
        if (change->latest == DAY_UNKNOWN || session->date > change->latest)
            change->latest = session->date;
        const bool has_after = spans_about(report, session->date, &before_it, &after_it);
        const bool is_later = change->date == DAY_UNKNOWN || session->date > change->date;
        if (change->state == SESSION_NONE || (has_after && change->state == SESSION_TOO_EARLY) ||
            (has_after == (change->state != SESSION_TOO_EARLY) && is_later)) {
            change->date = session->date;
            change->topic = session->topic;
            change->state = has_after ? SESSION_COMPARED : SESSION_TOO_EARLY;
            *before = before_it;
            *after = after_it;
        }
    }
}

struct session_change session_change_of(const struct report *report, uint32_t practice,
                                        const struct result_list *results)
{
    struct session_change change = {.state = SESSION_NONE, .date = DAY_UNKNOWN, .latest = DAY_UNKNOWN};
    struct span before = {0, 0}, after = {0, 0};
    choose_session(&change, report, practice, &before, &after);
    if (change.state == SESSION_TOO_EARLY && !knows_decisions(report))
        change.state = SESSION_NOT_RECORDED;
    if (change.state != SESSION_COMPARED)
        return change;
    if (before.last < before.first) {
        change.state = SESSION_NOTHING_BEFORE;
        return change;
    }
    change.before_first = before.first;
    change.before_last = before.last;
    change.after_first = after.first;
    change.after_last = after.last;
    for (size_t i = 0; i < SESSION_ROWS_MAX; i++) {
        struct session_change_row *row = &change.rows[change.row_count++];
        row->measure = measure_index(compared_measures[i]);
        fill_row(row, report, practice, results, before, after);
    }
    return change;
}
