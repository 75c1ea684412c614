#include "referlens/measure/chart_data.h"

#include "referlens/base/memory.h"
#include "referlens/measure/series.h"

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
        const struct result *rejection = chart_result(results, slice, "rejection_rate");
        struct period_row row = {
            period, NAN, NAN, {NAN, NAN, NAN}, RESULT_INSUFFICIENT, quarter_last_day(period) > report->as_of, false};
        row.referrals = rejection != NULL ? rejection->referrals : 0;
        if (rejection != NULL) {
            row.rejected = rejection->numerator;
            row.status = rejection->status;
            row.rate = (struct incidence){rejection->value, rejection->lower, rejection->upper};
            row.provisional = series_is_provisional(report, rejection);
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

/* The first day on which a limit or the incidence itself has reached the share; NAN if it never does. */
static double day_reached(const struct curve *curve, double share, size_t offset)
{
    for (size_t i = 0; i < curve->count; i++) {
        const double reached = *(const double *)((const char *)&curve->points[i] + offset);
        if (reached >= share - 1e-9)
            return curve->points[i].days;
    }
    return NAN;
}

struct result curve_result(const struct curve *curve, size_t measure)
{
    struct result_list list = {0};
    struct result *result = result_list_add(&list, slice_all(), (uint16_t)measure);
    result->status = curve->count > 0 ? RESULT_OK : RESULT_INSUFFICIENT;
    result->n = curve->n;
    result->followed_until = curve->followed_until;
    result->median = day_reached(curve, 0.5, offsetof(struct curve_point, incidence));
    result->median_lower = day_reached(curve, 0.5, offsetof(struct curve_point, upper));
    result->median_upper = day_reached(curve, 0.5, offsetof(struct curve_point, lower));
    result->p90 = day_reached(curve, 0.9, offsetof(struct curve_point, incidence));
    for (size_t h = 0; h < HORIZON_COUNT; h++) {
        size_t last = curve->count;
        while (last > 0 && curve->points[last - 1].days > horizon_days[h])
            last--;
        if (last > 0 && horizon_days[h] <= curve->follow_up_maximum)
            result->within[h] = (struct incidence){curve->points[last - 1].incidence, curve->points[last - 1].lower,
                                                   curve->points[last - 1].upper};
    }
    const struct result copy = *result;
    result_list_release(&list);
    return copy;
}
