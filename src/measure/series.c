#include "referlens/measure/series.h"

#include "referlens/base/memory.h"
#include "referlens/stats/run_chart.h"

#include <math.h>
#include <stdlib.h>

/* What a masked count of 1 to 7 is taken to be, where it only matters whether it is many. */
static const double hidden_count = 4;

/* Cochran's rule (1954) for what is taken as normal: 5 or more expected in four quarters of five, and in each at
 * least 1. */
enum { EXPECTED_LEAST = 1, EXPECTED_ENOUGH = 5, FEW_OF_QUARTERS = 5 };

static double count_or_hidden(double count)
{
    return isnan(count) ? hidden_count : count;
}

static enum series_quantity quantity_of(const struct measure *measure)
{
    switch (measure->kind) {
    case MEASURE_PROPORTION:
        return SERIES_PROPORTION;
    case MEASURE_RATE:
        return SERIES_RATE;
    case MEASURE_DELAY:
        break;
    }
    return measure->completed_only ? SERIES_COMPLETED_MEDIAN : SERIES_WITHIN;
}

/* A shorter wait is a larger share seen in time. */
static enum measure_direction direction_of(const struct measure *measure)
{
    if (quantity_of(measure) != SERIES_WITHIN || measure->direction == DIRECTION_NEUTRAL)
        return measure->direction;
    return measure->direction == DIRECTION_LOWER ? DIRECTION_HIGHER : DIRECTION_LOWER;
}

static const struct incidence *within_of(const struct result *result)
{
    size_t horizon = 0;
    while (horizon_days[horizon] != SERIES_WITHIN_DAYS)
        horizon++;
    return &result->within[horizon];
}

bool series_is_provisional(const struct report *report, const struct result *result)
{
    const struct measure *measure = &measure_table[result->measure];
    if (quarter_last_day(result->slice.period) + measure->settled_days > report->as_of)
        return true;
    if (measure->kind != MEASURE_PROPORTION)
        return false;
    const double open = count_or_hidden(result->open) + count_or_hidden(result->excluded.immature);
    return open > PROVISIONAL_SHARE_MAX * (count_or_hidden(result->denominator) + open);
}

static struct series_point point_of(const struct report *report, quarter period, const struct result *result)
{
    struct series_point point = {period, RESULT_INSUFFICIENT, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NULL, NULL, false,
                                 false};
    point.before_window = quarter_last_day(period) < report->early.before;
    point.provisional =
        result == NULL ? quarter_last_day(period) > report->as_of : series_is_provisional(report, result);
    if (result == NULL)
        return point;
    point.status = result->status;
    switch (quantity_of(&measure_table[result->measure])) {
    case SERIES_PROPORTION:
    case SERIES_RATE:
        point.numerator = result->numerator;
        point.denominator = result->denominator;
        point.value = result->value;
        point.lower = result->lower;
        point.upper = result->upper;
        break;
    case SERIES_WITHIN:
        point.denominator = result->n;
        point.value = within_of(result)->value;
        point.lower = within_of(result)->lower;
        point.upper = within_of(result)->upper;
        break;
    case SERIES_COMPLETED_MEDIAN:
        point.denominator = result->n;
        point.value = result->completed_median;
        break;
    }
    return point;
}

static const char *meaning_of(const struct series *series, int side)
{
    const int better = series->direction == DIRECTION_NEUTRAL ? 0 : series->direction == DIRECTION_HIGHER ? 1 : -1;
    return chart_meaning(side, better);
}

/* The usable quarters, in the order of time, as the charts want them. */
struct usable {
    struct series_point **points;
    double *values;
    int64_t *counts, *totals;
    struct chart_point *marks;
    size_t count;
};

static struct usable usable_of(const struct series *series)
{
    const size_t room = series->count;
    struct usable usable = {
        .points = memory_resize(NULL, room, sizeof *usable.points),
        .values = memory_resize(NULL, room, sizeof *usable.values),
        .counts = memory_resize(NULL, room, sizeof *usable.counts),
        .totals = memory_resize(NULL, room, sizeof *usable.totals),
        .marks = memory_resize(NULL, room, sizeof *usable.marks),
    };
    for (size_t i = 0; i < series->count; i++) {
        struct series_point *point = &series->points[i];
        if (point->provisional || point->before_window || !isfinite(point->value))
            continue;
        usable.points[usable.count] = point;
        usable.values[usable.count] = point->value;
        if (series->quantity == SERIES_PROPORTION) {
            usable.counts[usable.count] = llround(point->numerator);
            usable.totals[usable.count] = llround(point->denominator);
        }
        usable.count++;
    }
    return usable;
}

static void usable_release(struct usable *usable)
{
    free(usable->points);
    free(usable->values);
    free(usable->counts);
    free(usable->totals);
    free(usable->marks);
}

/* Copies limits and signals from the control chart. */
static void take_marks(struct series *series, const struct usable *usable)
{
    for (size_t i = 0; i < usable->count; i++) {
        const struct chart_point *mark = &usable->marks[i];
        usable->points[i]->lower_limit = mark->lower;
        usable->points[i]->upper_limit = mark->upper;
        usable->points[i]->signal = chart_signal_name(mark->signal);
        usable->points[i]->meaning = meaning_of(series, mark->side);
        series->signal = series->signal || mark->signal != CHART_NO_SIGNAL;
    }
}

/* How many are expected in a quarter to have got there, and how many not, if nothing changes: the smaller of both. */
static double least_expected(const struct series *series, const struct series_point *point, double share)
{
    const double reached = share * point->denominator;
    return series->quantity == SERIES_RATE ? reached : fmin(reached, point->denominator - reached);
}

/* Limits are symmetrical, and small counts are not: without any change they would lie beyond them too often. */
static bool expects_enough(const struct series *series, const struct usable *usable)
{
    double reached = 0, total = 0;
    size_t few = 0;
    for (size_t i = 0; i < usable->count; i++) {
        const struct series_point *point = usable->points[i];
        reached += series->quantity == SERIES_WITHIN ? point->value * point->denominator : point->numerator;
        total += point->denominator;
    }
    for (size_t i = 0; i < usable->count; i++) {
        const double expected = least_expected(series, usable->points[i], reached / total);
        if (!(expected >= EXPECTED_LEAST))
            return false;
        few += expected < EXPECTED_ENOUGH;
    }
    return few * FEW_OF_QUARTERS <= usable->count;
}

/* NULL where there can be limits, otherwise why not. Moving ranges of medians in whole days are mostly 0 and say
 * nothing. */
static const char *fault_of_limits(const struct series *series, const struct usable *usable)
{
    if (usable->count < CHART_POINTS_MIN)
        return "fewer than 13 usable quarters";
    if (series->quantity == SERIES_COMPLETED_MEDIAN)
        return "medians in whole days";
    return expects_enough(series, usable) ? NULL : "too few expected in a quarter, of those counted or of the others";
}

/* The control chart, if there is no fault. */
static void try_control_chart(struct series *series, const struct usable *usable)
{
    series->no_limits = fault_of_limits(series, usable);
    if (series->no_limits != NULL)
        return;
    if (series->quantity == SERIES_PROPORTION) {
        const struct pprime_chart chart = pprime_chart(usable->counts, usable->totals, usable->count, usable->marks);
        series->method = SERIES_P_PRIME;
        series->mean = chart.mean;
        series->sigma_z = chart.sigma_z;
        series->no_limits = chart.reason;
    } else {
        const struct control_chart chart = xmr_chart(usable->values, usable->count, false, usable->marks);
        series->method = SERIES_XMR;
        series->mean = chart.mean;
        series->no_limits = chart.reason;
    }
    if (series->no_limits == NULL)
        take_marks(series, usable);
}

/* Where the last of the values that are off the median lies, if the first lies on the other side; 0 otherwise. */
static int way_of_run_chart(const struct usable *usable, double median)
{
    int first = 0, last = 0;
    for (size_t i = 0; i < usable->count; i++) {
        const int side = (usable->values[i] > median) - (usable->values[i] < median);
        first = first == 0 ? side : first;
        last = side == 0 ? last : side;
    }
    return first == last ? 0 : last;
}

static void fill_run_chart(struct series *series, const struct usable *usable)
{
    const struct run_chart chart = run_chart(usable->values, usable->count);
    series->method = SERIES_RUN;
    series->median = chart.median;
    series->longest_run = chart.longest_run;
    series->longest_run_max = chart.longest_run_max;
    series->crossings = chart.crossings;
    series->crossings_min = chart.crossings_min;
    /* That a series has two sides makes one crossing, and where one is the least a run cannot be too long either. */
    if (chart.reason != NULL)
        series->no_verdict = chart.reason;
    else if (chart.crossings_min <= 1 && !(chart.useful == 0 && usable->count >= CHART_POINTS_MIN))
        series->no_verdict = "too few quarters lie off the median to tell";
    series->signal = chart.signal;
    if (chart.signal) {
        const char *meaning = meaning_of(series, way_of_run_chart(usable, chart.median));
        series->meaning = meaning != NULL ? meaning : "change";
    }
}

/* The series of results by quarter from `first` on; a NULL among them is a quarter without rows. */
static struct series series_from(const struct report *report, struct slice slice, size_t measure, quarter first,
                                 const struct result *const *results, size_t count)
{
    struct series series = {
        .slice = slice,
        .measure = measure,
        .quantity = quantity_of(&measure_table[measure]),
        .direction = direction_of(&measure_table[measure]),
        .status = RESULT_INSUFFICIENT,
        .mean = NAN,
        .sigma_z = NAN,
        .median = NAN,
        .points = memory_resize(NULL, count, sizeof *series.points),
        .count = count,
    };
    series.slice.period = PERIOD_ALL;
    for (size_t i = 0; i < count; i++) {
        series.points[i] = point_of(report, first + (quarter)i, results[i]);
        if (series.points[i].status == RESULT_NOT_RECORDED)
            series.status = RESULT_NOT_RECORDED;
    }
    struct usable usable = usable_of(&series);
    series.used = usable.count;
    if (usable.count > 0) {
        series.status = RESULT_OK;
        try_control_chart(&series, &usable);
        if (series.no_limits != NULL)
            fill_run_chart(&series, &usable);
    }
    usable_release(&usable);
    return series;
}

/* The quarters that series have: the first, and how many. */
static size_t quarters_of(const struct report *report, quarter *first)
{
    quarter last = 0;
    *first = 0;
    if (!report_quarters(report, first, &last))
        return 0;
    if (last - *first >= SERIES_QUARTERS_MAX)
        *first = last - SERIES_QUARTERS_MAX + 1;
    return (size_t)(last - *first) + 1;
}

struct series series_of(const struct report *report, const struct result_list *results, struct slice slice,
                        size_t measure)
{
    quarter first;
    const size_t count = quarters_of(report, &first);
    const struct result **by_quarter = memory_allocate_zeroed(count, sizeof(const struct result *));
    for (size_t i = 0; i < count; i++) {
        slice.period = first + (quarter)i;
        by_quarter[i] = result_list_find(results, slice, (uint16_t)measure);
    }
    struct series series = series_from(report, slice, measure, first, by_quarter, count);
    free(by_quarter);
    return series;
}

void series_release(struct series *series)
{
    if (series == NULL)
        return;
    free(series->points);
    series->points = NULL;
    series->count = 0;
}

/* The number of a slice among those that have series: all, then specialties, then schemes; SIZE_MAX for others. */
static size_t group_of(const struct slice *slice, size_t specialties)
{
    if (slice->practice != SLICE_ALL || slice->period == PERIOD_ALL)
        return SIZE_MAX;
    if (slice->specialty == SLICE_ALL)
        return slice->scheme == SLICE_ALL ? 0 : 1 + specialties + slice->scheme;
    return slice->scheme == SLICE_ALL ? 1 + slice->specialty : SIZE_MAX;
}

static struct slice slice_of_group(size_t group, size_t specialties)
{
    struct slice slice = slice_all();
    if (group > specialties)
        slice.scheme = (uint32_t)(group - 1 - specialties);
    else if (group > 0)
        slice.specialty = (uint32_t)(group - 1);
    return slice;
}

struct series_list series_list_of(const struct report *report)
{
    quarter first;
    const size_t quarters = quarters_of(report, &first), specialties = report_specialty_count(report);
    const size_t groups = 1 + specialties + SCHEME_COUNT;
    struct series_list list = {memory_allocate_zeroed(measure_count * groups, sizeof *list.series), 0};
    const struct result **cells =
        memory_allocate_zeroed(measure_count * groups * quarters, sizeof(const struct result *));
    bool *has_any = memory_allocate_zeroed(groups, sizeof *has_any);
    for (size_t i = 0; i < report->aggregates.count; i++) {
        const struct result *result = &report->aggregates.results[i];
        const size_t group = group_of(&result->slice, specialties);
        if (group >= groups || result->slice.period < first)
            continue;
        cells[(result->measure * groups + group) * quarters + (size_t)(result->slice.period - first)] = result;
        has_any[group] = true;
    }
    for (size_t i = 0; i < measure_count * groups; i++) {
        const size_t measure = i / groups, group = i % groups;
        if (has_any[group])
            list.series[list.count++] =
                series_from(report, slice_of_group(group, specialties), measure, first, cells + i * quarters, quarters);
    }
    free(cells);
    free(has_any);
    return list;
}

void series_list_release(struct series_list *list)
{
    if (list == NULL)
        return;
    for (size_t i = 0; i < list->count; i++)
        series_release(&list->series[i]);
    free(list->series);
    *list = (struct series_list){NULL, 0};
}

const char *series_method_name(enum series_method method)
{
    static const char *const names[] = {
        [SERIES_NONE] = NULL, [SERIES_P_PRIME] = "p_prime", [SERIES_XMR] = "xmr", [SERIES_RUN] = "run"};
    return names[method];
}

const char *series_quantity_name(enum series_quantity quantity)
{
    static const char *const names[] = {
        [SERIES_PROPORTION] = "proportion",
        [SERIES_RATE] = "rate",
        [SERIES_WITHIN] = "within_42_days",
        [SERIES_COMPLETED_MEDIAN] = "completed_median",
    };
    return names[quantity];
}
