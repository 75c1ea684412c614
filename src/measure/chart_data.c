#include "referlens/measure/chart_data.h"

#include "referlens/base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct result *chart_result(const struct result_list *results, struct slice slice, const char *measure)
{
    size_t index = measure_index(measure);
    return index < measure_count ? result_list_find(results, slice, (uint16_t)index) : NULL;
}

static struct slice slice_of_practice(uint32_t practice)
{
    struct slice slice = slice_all();
    slice.practice = practice;
    return slice;
}

/* A number that can be a point: of something, and not hidden. */
static bool is_shown(const struct result *result)
{
    return result->status == RESULT_OK && result->denominator > 0.0 && !isnan(result->value);
}

/* The overdispersion of the points about their common rate. */
static struct funnel model_of(const struct practice_point *points, size_t count)
{
    int64_t *counts = memory_allocate_zeroed(count, sizeof(*counts));
    int64_t *totals = memory_allocate_zeroed(count, sizeof(*totals));
    struct funnel_point *scores = memory_allocate_zeroed(count, sizeof(*scores));
    for (size_t i = 0; i < count; i++) {
        totals[i] = llround(points[i].denominator);
        counts[i] = llround(points[i].value * points[i].denominator);
    }
    struct funnel model = funnel_of_proportions(counts, totals, count, scores);
    free(counts);
    free(totals);
    free(scores);
    return model;
}

static void collect_points(struct practice_funnel *funnel, const struct report *report, size_t measure)
{
    size_t capacity = 0;
    for (size_t i = 0; i < report->practices.count; i++) {
        const struct result *result = &report->practices.results[i];
        if (result->measure != measure || result->slice.practice == SLICE_ALL ||
            result->slice.specialty != SLICE_ALL || result->slice.scheme != SLICE_ALL ||
            result->slice.period != PERIOD_ALL) {
            continue;
        }
        if (!is_shown(result)) {
            funnel->suppressed += result->status == RESULT_SUPPRESSED;
            funnel->empty += result->status != RESULT_SUPPRESSED;
            continue;
        }
        funnel->points = memory_grow(funnel->points, &capacity, funnel->count + 1, sizeof(*funnel->points));
        funnel->points[funnel->count++] = (struct practice_point){
            result->slice.practice, result->denominator, result->value, result->lower, result->upper, FINDING_NO_NUMBER,
            0};
        funnel->denominator_maximum = fmax(funnel->denominator_maximum, result->denominator);
        funnel->value_maximum = fmax(funnel->value_maximum, result->value);
    }
}

struct practice_funnel practice_funnel_of(const struct report *report, const char *measure)
{
    struct practice_funnel funnel = {.overall = NAN};
    const struct result *overall = chart_result(&report->aggregates, slice_all(), measure);
    if (overall != NULL && is_shown(overall)) {
        funnel.overall = overall->value;
    }
    collect_points(&funnel, report, measure_index(measure));
    if (funnel.count < FUNNEL_PRACTICES_MIN || isnan(funnel.overall)) {
        return funnel;
    }
    funnel.model = model_of(funnel.points, funnel.count);
    funnel.has_limits = funnel.model.reason == NULL;
    /* Practices with few events are missing from a masked list, so the pooled rate of those shown would be too high. */
    funnel.model.target = funnel.overall;
    for (size_t i = 0; i < funnel.count && funnel.has_limits; i++) {
        struct practice_point *point = &funnel.points[i];
        struct finding_limits limits = practice_funnel_limits(&funnel, point->denominator, true);
        point->finding = finding_of(point->value, &limits);
        point->side = finding_side(point->value, &limits);
    }
    return funnel;
}

void practice_funnel_release(struct practice_funnel *funnel)
{
    if (funnel != NULL) {
        free(funnel->points);
        *funnel = (struct practice_funnel){.overall = NAN};
    }
}

struct practice_point practice_funnel_place(const struct practice_funnel *funnel, const struct result *result)
{
    struct practice_point point = {SLICE_ALL, NAN, NAN, NAN, NAN, FINDING_NO_NUMBER, 0};
    if (result == NULL || !is_shown(result)) {
        return point;
    }
    point = (struct practice_point){result->slice.practice, result->denominator, result->value,
                                    result->lower, result->upper, FINDING_NO_NUMBER, 0};
    struct finding_limits limits = practice_funnel_limits(funnel, point.denominator, true);
    point.finding = finding_of(point.value, &limits);
    point.side = finding_side(point.value, &limits);
    return point;
}

struct finding_limits practice_funnel_limits(const struct practice_funnel *funnel, double denominator, bool adjusted)
{
    if (!funnel->has_limits) {
        return (struct finding_limits){NAN, NAN, NAN, NAN};
    }
    return funnel_proportion_limits(&funnel->model, denominator, adjusted);
}

size_t reason_room(const struct report *report)
{
    return cohort_reasons(report->cohort)->count + 1;
}

/* The share of one reason among everybody's rejections. */
static double share_among(const struct report_reason *all, size_t count, double rejections, struct text reason)
{
    for (size_t i = 0; i < count; i++) {
        if (text_equal(all[i].reason, reason)) {
            return all[i].count / rejections;
        }
    }
    return NAN;
}

static void fold_rows(struct reason_table *table, const struct report_reason *named, size_t count)
{
    struct reason_row rest = {.reason = {NULL, 0}, .share_of_all = NAN};
    for (size_t i = REASON_NAMED_MAX - 1; i < count; i++) {
        rest.count += named[i].count;
        rest.folded++;
    }
    table->rows[table->count++] = rest;
}

/* Shares may not pass 1 where counts were rounded one by one. */
static void fill_shares(struct reason_table *table, double rejections)
{
    double sum = 0.0;
    for (size_t i = 0; i < table->count; i++) {
        sum += table->rows[i].count;
    }
    double whole = fmax(rejections, sum);
    double running = 0.0;
    for (size_t i = 0; i < table->count; i++) {
        running += table->rows[i].count;
        table->rows[i].share = table->rows[i].count / whole;
        table->rows[i].cumulative = running / whole;
    }
}

static void fill_rows(struct reason_table *table, const struct report_reason *shown, size_t count,
                      const struct report_reason *all, size_t all_count, double all_rejections)
{
    bool none_given = count > 0 && shown[count - 1].reason.length == 0;
    size_t named = none_given ? count - 1 : count;
    size_t single = named > REASON_NAMED_MAX ? REASON_NAMED_MAX - 1 : named;
    for (size_t i = 0; i < single; i++) {
        table->rows[table->count++] = (struct reason_row){.reason = shown[i].reason, .count = shown[i].count};
    }
    if (named > single) {
        fold_rows(table, shown, named);
    }
    if (none_given) {
        table->rows[table->count++] = (struct reason_row){.count = shown[count - 1].count};
    }
    for (size_t i = 0; i < table->count; i++) {
        struct reason_row *row = &table->rows[i];
        row->share_of_all =
            all == NULL || row->folded > 0 ? NAN : share_among(all, all_count, all_rejections, row->reason);
    }
}

struct reason_table reason_table_of(const struct report *report, uint32_t practice, bool own,
                                    const struct result_list *results, const struct report_reason *all, size_t all_count,
                                    double all_rejections)
{
    struct reason_table table = {.rejections = NAN, .status = RESULT_NOT_RECORDED};
    const struct result *rejection = chart_result(results, slice_of_practice(practice), "rejection_rate");
    if (rejection == NULL) {
        return table;
    }
    table.status = rejection->status;
    table.rejections = rejection->numerator;
    if (rejection->status != RESULT_OK || isnan(rejection->numerator)) {
        return table;
    }
    size_t room = reason_room(report);
    struct report_reason *reasons = memory_allocate_zeroed(room, sizeof(*reasons));
    size_t count = report_reasons(report, practice, own, reasons, room);
    size_t shown = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(reasons[i].count)) {
            table.suppressed++;
        } else if (reasons[i].count > 0.0) {
            reasons[shown++] = reasons[i];
        }
    }
    fill_rows(&table, reasons, shown, all, all_count, all_rejections);
    fill_shares(&table, table.rejections);
    free(reasons);
    return table;
}

size_t period_rows_of(const struct report *report, uint32_t practice, const struct result_list *results,
                      struct period_row *rows, size_t room)
{
    quarter first = 0;
    quarter last = 0;
    if (!report_quarters(report, &first, &last) || room == 0) {
        return 0;
    }
    if ((size_t)(last - first) >= room) {
        first = last - (quarter)room + 1;
    }
    size_t count = 0;
    for (quarter period = first; period <= last; period++) {
        struct slice slice = slice_of_practice(practice);
        slice.period = period;
        const struct result *wait = chart_result(results, slice, "wait_decision");
        const struct result *rejection = chart_result(results, slice, "rejection_rate");
        struct period_row row = {period, NAN, NAN, {NAN, NAN, NAN}, quarter_last_day(period) > report->as_of, false};
        row.referrals = wait != NULL ? wait->n : NAN;
        if (rejection != NULL) {
            row.rejected = rejection->numerator;
            row.rate = (struct incidence){rejection->value, rejection->lower, rejection->upper};
            row.provisional = rejection->excluded.pending > PENDING_SHARE_MAX * row.referrals;
        }
        rows[count++] = row;
    }
    return count;
}

size_t session_days_of(const struct report *report, uint32_t practice, day *days, size_t room)
{
    size_t row_count = 0;
    const struct session_row *rows = cohort_session_rows(report->cohort, &row_count);
    size_t count = 0;
    for (size_t i = 0; i < row_count; i++) {
        day date = rows[i].date;
        if (rows[i].practice != practice || room == 0 || (count == room && date <= days[0]))
            continue;
        if (count == room)
            memmove(days, days + 1, --count * sizeof(*days));
        size_t place = count++;
        for (; place > 0 && days[place - 1] > date; place--)
            days[place] = days[place - 1];
        days[place] = date;
    }
    return count;
}

double curve_incidence(const struct curve *curve, int32_t days)
{
    double incidence = curve->count > 0 ? 0.0 : NAN;
    for (size_t i = 0; i < curve->count && curve->points[i].days <= days; i++) {
        incidence = curve->points[i].incidence;
    }
    return incidence;
}

double curve_at_risk(const struct curve *curve, int32_t days)
{
    if (curve->count == 0)
        return NAN;
    const struct curve_point *first = &curve->points[0];
    if (days <= 0)
        return curve->n;
    /* Nobody leaves before the first point of a whole curve; a masked one may lack its beginning. */
    if (days < first->days)
        return (double)first->at_risk == curve->n ? curve->n : NAN;
    for (size_t i = 0; i < curve->count; i++) {
        if (curve->points[i].days >= days)
            return curve->points[i].at_risk < 0 ? NAN : (double)curve->points[i].at_risk;
    }
    return 0.0;
}
