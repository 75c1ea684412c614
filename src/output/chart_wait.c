#include "referlens/output/chart_wait.h"

#include "referlens/output/chart_axis.h"
#include "referlens/output/chart_text.h"

#include <math.h>
#include <stdio.h>

enum {
    FRAME_LEFT = 62,
    FRAME_RIGHT = 604,
    FRAME_HEIGHT = 250,
    SERIES_MAX = SCHEME_COUNT,
    RISK_STEP = 19,
    MARK_WIDTH = 17, /* before the numbers */
};

/* What the script draws for a series: the schemes in their order from 1 on, then these. */
enum { SERIES_ALL = SCHEME_COUNT + 1, SERIES_OWN, SERIES_BACKGROUND };

/* The words of one delay. */
struct wait_words {
    const char *name;   /* "Wait for …" */
    const char *verb;   /* "Half were …" */
    const char *method; /* what the curve is, and which ends compete */
};

static const struct wait_words words_of[CHART_DELAY_COUNT] = {
    [DELAY_DECISION] =
        {"Wait for the first decision", "decided",
         "Share decided by each day after the GP’s referral (Aalen–Johansen); cancelled or died before a "
         "decision are other ends."},
    [DELAY_FIRST_ATTENDANCE] =
        {"Wait for the first attendance", "seen",
         "Share first seen by each day after the GP’s referral (Aalen–Johansen), of all submitted; "
         "rejected, returned, cancelled and died are other ends."},
    [DELAY_BOUNCED] =
        {"Whole journey of those turned away at first", "seen at last",
         "Only those whose first referral was rejected: share first seen, on any later referral of the chain, by "
         "each day after that first referral (Aalen–Johansen)."},
};

struct series {
    int kind;
    const char *name;
    struct curve curve;
    bool borrowed;               /* the curve belongs to the common part */
    struct result summary;       /* what the curve says as a whole, where no result does */
    const struct result *result; /* NULL where there is none */
};

struct wait_chart {
    const struct chart_source *source;
    enum chart_delay delay;
    struct series series[SERIES_MAX];
    size_t count;
    bool by_scheme;
    size_t axis; /* index into axis_ends */
    int horizon; /* that the title names; −1: none */
};

/* Where the axis may end, and its steps; no horizon lies just beyond an end. Up to eight weeks it counts days, then
 * weeks. */
static const struct {
    int32_t days, step;
} axis_ends[] = {{7, 1},    {14, 2},   {28, 7},   {42, 7},   {56, 7},   {84, 14},
                 {126, 21}, {196, 28}, {280, 56}, {365, 91}, {728, 182}};
enum { AXIS_ENDS = sizeof axis_ends / sizeof axis_ends[0], DAYS_SHOWN_MAX = 56, WEEK = 7 };

/* The axis goes on until every curve has come this near to its last value. */
#define NEARLY_ALL 0.95

static void add_series(struct wait_chart *chart, int kind, const char *name, struct slice slice)
{
    const struct chart_source *source = chart->source;
    const char *measure = chart_delay_measure(chart->delay);
    struct series series = {.kind = kind, .name = name};
    bool common = kind == SERIES_ALL || kind == SERIES_BACKGROUND;
    const struct result_list *results = common || chart->by_scheme ? &source->report->aggregates : source->results;
    series.result = chart_result(results, slice, measure);
    series.borrowed = common;
    series.curve = common ? source->common->curves[chart->delay]
                          : chart_curve(source->report, slice, chart->delay, chart_is_of_practice(source));
    if (series.curve.count > 0) {
        struct series *added = &chart->series[chart->count++];
        *added = series;
        if (chart->delay == DELAY_BOUNCED) {
            added->summary = curve_result(&added->curve, measure_index(measure));
            added->result = &added->summary;
        }
    } else if (!common)
        curve_release(&series.curve);
}

static void release_series(struct wait_chart *chart)
{
    for (size_t i = 0; i < chart->count; i++) {
        if (!chart->series[i].borrowed)
            curve_release(&chart->series[i].curve);
    }
    chart->count = 0;
}

/* A curve for each scheme where there are several; otherwise everybody's. */
static void add_schemes(struct wait_chart *chart)
{
    chart->by_scheme = chart->delay != DELAY_BOUNCED;
    for (uint32_t scheme = 0; chart->by_scheme && scheme < SCHEME_COUNT; scheme++) {
        struct slice slice = slice_all();
        slice.scheme = scheme;
        add_series(chart, (int)scheme + 1, scheme_titles[scheme], slice);
    }
    if (chart->count >= 2)
        return;
    release_series(chart);
    chart->by_scheme = false;
    add_series(chart, SERIES_ALL, chart->source->report->of_one_practice ? "the practice" : "all practices",
               slice_all());
}

/* Lowest and highest of a number of all series; NAN where one has none. */
struct span {
    double lowest, highest;
};

static struct span span_of(const struct wait_chart *chart, int horizon)
{
    struct span span = {INFINITY, -INFINITY};
    for (size_t i = 0; i < chart->count; i++) {
        const struct result *result = chart->series[i].result;
        double value = result == NULL ? NAN
                       : horizon < 0  ? result_quantile(result, result->median)
                                      : result_share_within(result, (size_t)horizon);
        if (isnan(value))
            return (struct span){NAN, NAN};
        span.lowest = fmin(span.lowest, value);
        span.highest = fmax(span.highest, value);
    }
    return span;
}

static int32_t nearly_all_by(const struct curve *curve)
{
    double last = curve->points[curve->count - 1].incidence;
    for (size_t i = 0; i < curve->count; i++) {
        if (curve->points[i].incidence >= NEARLY_ALL * last)
            return curve->points[i].days;
    }
    return 0;
}

/* Whether the title says by when half had got there, as it does where it can. */
static bool names_median(const struct wait_chart *chart)
{
    const struct result *first = chart->series[0].result;
    return chart->by_scheme ? !isnan(span_of(chart, -1).lowest)
                            : first != NULL && !isnan(result_quantile(first, first->median));
}

/* The first horizon by which the curves have nearly come to their ends, or else the last, among those at which every
 * series has a number; where nobody gets there at all, the last. −1 where there is none. */
static int horizon_of(const struct wait_chart *chart, int32_t needed, bool reached)
{
    int last = -1;
    for (int horizon = 0; horizon < HORIZON_COUNT; horizon++) {
        if (isnan(span_of(chart, horizon).lowest))
            continue;
        last = horizon;
        if (reached && horizon_days[horizon] >= needed)
            break;
    }
    return last;
}

/* Chooses the axis, and the horizon that the title names where it names one: then the axis goes so far. */
static void choose_axis(struct wait_chart *chart)
{
    int32_t needed = 0;
    bool reached = false;
    for (size_t i = 0; i < chart->count; i++) {
        const struct series *series = &chart->series[i];
        const double median = series->result == NULL ? NAN : result_quantile(series->result, series->result->median);
        const int32_t by = nearly_all_by(&series->curve);
        needed = by > needed ? by : needed;
        needed = median > needed ? (int32_t)median : needed;
        reached = reached || series->curve.points[series->curve.count - 1].incidence > 0;
    }
    chart->horizon = names_median(chart) ? -1 : horizon_of(chart, needed, reached);
    if (chart->horizon >= 0 && horizon_days[chart->horizon] > needed)
        needed = horizon_days[chart->horizon];
    while (chart->axis + 1 < AXIS_ENDS && axis_ends[chart->axis].days < needed)
        chart->axis++;
}

/* The last day of a curve that is drawn. */
static int32_t last_day(const struct curve *curve, int32_t end)
{
    return curve->follow_up_maximum < end ? curve->follow_up_maximum : end;
}

/* Whether a step to a share can be seen in the picture. The many that cannot would make up most of its size. */
static bool shows_in(double share, double from)
{
    return fabs(share - from) >= 0.7 / FRAME_HEIGHT;
}

static void write_curve(const struct series *series, struct chart_sheet *sheet, int32_t end)
{
    const struct curve *curve = &series->curve;
    char name[16];
    (void)snprintf(name, sizeof name, "curve_%d", series->kind);
    chart_sheet_block(sheet, name, "days, incidence, lower, upper, number still waiting");
    double row[] = {0.0, 0.0, NAN, NAN, curve->n};
    enum { COLUMNS = sizeof row / sizeof row[0] };
    if (curve->points[0].days > 0)
        chart_sheet_row(sheet, row, COLUMNS);
    for (size_t p = 0; p < curve->count && curve->points[p].days <= end; p++) {
        const struct curve_point *point = &curve->points[p];
        if (p > 0 && !shows_in(point->incidence, row[1]))
            continue;
        row[0] = point->days;
        row[1] = point->incidence;
        row[2] = point->lower;
        row[3] = point->upper;
        row[4] = point->at_risk < 0 ? NAN : (double)point->at_risk;
        chart_sheet_row(sheet, row, COLUMNS);
    }
    if (row[0] < last_day(curve, end)) {
        row[0] = last_day(curve, end);
        row[1] = curve_incidence(curve, last_day(curve, end));
        row[2] = row[3] = NAN;
        row[4] = curve_at_risk(curve, last_day(curve, end));
        chart_sheet_row(sheet, row, COLUMNS);
    }
}

/* The band as corners, since gnuplot fills between lines and not between steps. */
static void write_band(struct chart_sheet *sheet, const struct curve *curve, int32_t end)
{
    chart_sheet_block(sheet, "band", "days, lower, upper");
    double row[3] = {NAN, NAN, NAN};
    for (size_t i = 0; i < curve->count && curve->points[i].days <= end; i++) {
        const struct curve_point *point = &curve->points[i];
        if (isnan(point->lower) || isnan(point->upper) ||
            (!isnan(row[1]) && !shows_in(point->lower, row[1]) && !shows_in(point->upper, row[2])))
            continue;
        row[0] = point->days;
        if (!isnan(row[1]))
            chart_sheet_row(sheet, row, 3);
        row[1] = point->lower;
        row[2] = point->upper;
        chart_sheet_row(sheet, row, 3);
    }
    if (!isnan(row[1])) {
        row[0] = last_day(curve, end);
        chart_sheet_row(sheet, row, 3);
    }
}

/* Marks on the curves between the steps of the axis, a little apart from each other's, the same as before their names.
 */
static void write_marks(const struct wait_chart *chart, struct chart_sheet *sheet, size_t axis)
{
    chart_sheet_block(sheet, "marks", "days, incidence, kind of curve");
    for (size_t i = 0; i < chart->count; i++) {
        const struct curve *curve = &chart->series[i].curve;
        int32_t step = axis_ends[axis].step;
        double offset = step * ((double)i + 0.5) / (double)chart->count;
        int32_t last = last_day(curve, axis_ends[axis].days);
        for (int32_t from = 0; from + offset <= last; from += step) {
            double days = from + offset;
            double row[] = {days, curve_incidence(curve, (int32_t)days), chart->series[i].kind};
            chart_sheet_row(sheet, row, 3);
        }
    }
}

static void write_x_axis(struct chart_sheet *sheet, const struct chart_frame *frame, size_t axis)
{
    bool in_weeks = axis_ends[axis].days > DAYS_SHOWN_MAX;
    for (int32_t days = 0; days <= axis_ends[axis].days; days += axis_ends[axis].step) {
        struct display words = display_count(in_weeks ? days / WEEK : days);
        chart_sheet_word(sheet, WORD_PLAIN, ANCHOR_CENTRE, chart_frame_x(frame, days), frame->bottom + 15.0,
                         text_of(words.text));
    }
    chart_sheet_word(sheet, WORD_SMALL, ANCHOR_CENTRE, (frame->left + frame->right) / 2.0, frame->bottom + 35.0,
                     in_weeks ? TEXT("Weeks from the GP’s referral") : TEXT("Days from the GP’s referral"));
}

/* The widest number of the rows below the axis, to see whether every step has room for one. */
static int32_t risk_step(const struct wait_chart *chart, const struct chart_frame *frame, size_t axis)
{
    double widest = 0.0;
    for (size_t i = 0; i < chart->count; i++) {
        struct display words = display_count(chart->series[i].curve.n);
        widest = fmax(widest, chart_text_width(text_of(words.text), chart_types[WORD_SMALL]));
    }
    int32_t step = axis_ends[axis].step;
    double room = chart_frame_x(frame, step) - frame->left;
    while (room < widest + 8.0 && step * 2 <= axis_ends[axis].days) {
        step *= 2;
        room *= 2.0;
    }
    return step;
}

/* Rows of those still waiting, below the axis; returns the place below them. */
static double write_risk(const struct wait_chart *chart, struct chart_sheet *sheet, const struct chart_frame *frame,
                         size_t axis)
{
    int32_t step = risk_step(chart, frame, axis);
    double y = frame->bottom + AXIS_X_HEIGHT + 12.0;
    chart_sheet_word(sheet, WORD_SMALL, ANCHOR_LEFT, CHART_MARGIN, y, TEXT("Number still waiting"));
    for (size_t i = 0; i < chart->count; i++) {
        y += RISK_STEP;
        chart_sheet_mark(sheet, chart->series[i].kind, CHART_MARGIN + 7.0, y);
        for (int32_t days = 0; days <= axis_ends[axis].days; days += step) {
            struct display words = display_count(curve_at_risk(&chart->series[i].curve, days));
            struct text shown = words.text[0] == '\0' ? TEXT("–") : text_of(words.text);
            /* A very long number moves to the right rather than onto the mark. */
            double x = fmax(chart_frame_x(frame, days),
                            CHART_MARGIN + MARK_WIDTH + chart_text_width(shown, chart_types[WORD_SMALL]) / 2.0);
            chart_sheet_word(sheet, WORD_SMALL, ANCHOR_CENTRE, x, y, shown);
        }
    }
    return y + RISK_STEP;
}

static void add_legend(const struct wait_chart *chart, struct chart_sheet *sheet)
{
    struct legend_entry entries[SERIES_MAX];
    for (size_t i = 0; i < chart->count; i++)
        entries[i] = (struct legend_entry){chart->series[i].kind, chart->series[i].name};
    chart_sheet_legend(sheet, entries, chart->count);
}

static void add_scheme_title(const struct wait_chart *chart, const struct wait_words *words, struct buffer *text)
{
    struct span medians = span_of(chart, -1);
    const int horizon = chart->horizon;
    if (names_median(chart)) {
        buffer_add_formatted(text, "Half were %s within %s", words->verb, display_count(medians.lowest).text);
        if (medians.highest > medians.lowest)
            buffer_add_formatted(text, " to %s", display_days(medians.highest).text);
        else
            buffer_add_string(text, medians.lowest == 1.0 ? " day" : " days");
    } else if (horizon >= 0) {
        struct span shares = span_of(chart, horizon);
        buffer_add_formatted(text, "%s to %s were %s within %d days", display_percent(shares.lowest).text,
                             display_percent(shares.highest).text, words->verb, horizon_days[horizon]);
    } else {
        buffer_add_string(text, words->name);
    }
    buffer_add_string(text, ", by scheme");
}

static struct display median_range(const struct result *result)
{
    return display_days_range(result_quantile(result, result->median_lower),
                              result_quantile(result, result->median_upper));
}

static void add_plain_title(const struct wait_chart *chart, const struct wait_words *words, struct buffer *text)
{
    const struct result *result = chart->series[0].result;
    const struct result *all = chart->count > 1 ? chart->series[1].result : NULL;
    const int horizon = chart->horizon;
    if (names_median(chart)) {
        buffer_add_formatted(text, "Half were %s within %s", words->verb, display_days(result->median).text);
        struct display interval = display_interval(median_range(result));
        if (interval.text[0] != '\0')
            buffer_add_formatted(text, " (%s)", interval.text);
        if (all != NULL && !isnan(result_quantile(all, all->median)))
            buffer_add_formatted(text, "; all practices: %s", display_days(all->median).text);
    } else if (result != NULL && horizon >= 0) {
        buffer_add_formatted(text, "%s were %s within %d days", display_percent(result->within[horizon].value).text,
                             words->verb, horizon_days[horizon]);
        if (all != NULL)
            buffer_add_formatted(text, "; all practices: %s", display_percent(all->within[horizon].value).text);
    } else {
        buffer_add_string(text, words->name);
    }
}

/* Curves that pass half name the day, the others the share by the last common horizon. */
static void write_table(const struct wait_chart *chart, struct chart_sheet *sheet)
{
    struct buffer heads = buffer_with_maximum(CHART_LINE_MAX);
    buffer_add_string(&heads, "Whose\tReferrals\tMedian\t95 % CI");
    for (size_t h = 0; h < HORIZON_COUNT; h++)
        buffer_add_formatted(&heads, "\t%s by day %d", h == 0 ? "Got there" : "", (int)horizon_days[h]);
    chart_sheet_table(sheet, heads.bytes);
    buffer_release(&heads);
    for (size_t i = 0; i < chart->count; i++) {
        const struct result *result = chart->series[i].result;
        chart_sheet_cell_string(sheet, chart->series[i].name);
        chart_sheet_cell_string(sheet, display_count(chart->series[i].curve.n).text);
        chart_sheet_cell_string(sheet, result == NULL ? "" : display_median(result).text);
        chart_sheet_cell_string(sheet, result == NULL ? "" : median_range(result).text);
        for (size_t h = 0; h < HORIZON_COUNT; h++)
            chart_sheet_cell_string(sheet, result == NULL ? "" : display_percent(result->within[h].value).text);
        chart_sheet_end_cells(sheet);
    }
}

/* The marks say where each curve is. */
static void write_tips(const struct wait_chart *chart, struct chart_sheet *sheet, const struct chart_frame *frame,
                       size_t axis)
{
    for (size_t i = 0; i < chart->count; i++) {
        const struct curve *curve = &chart->series[i].curve;
        const int32_t last = last_day(curve, axis_ends[axis].days);
        for (int32_t days = axis_ends[axis].step; days <= last; days += axis_ends[axis].step) {
            struct buffer words = buffer_with_maximum(CHART_LINE_MAX);
            buffer_add_formatted(&words, "%s: %s %s by day %d", chart->series[i].name,
                                 display_percent(curve_incidence(curve, days)).text, words_of[chart->delay].verb, days);
            chart_sheet_tip(sheet, chart_frame_x(frame, days), chart_frame_y(frame, curve_incidence(curve, days)), 9.0,
                            buffer_text(&words), TEXT(""));
            buffer_release(&words);
        }
    }
}

static void draw(const struct wait_chart *chart, struct chart_sheet *sheet)
{
    const size_t axis = chart->axis;
    add_legend(chart, sheet);
    double top = sheet->y + AXIS_Y_TITLE_HEIGHT;
    struct chart_frame frame = {FRAME_LEFT, FRAME_RIGHT, top, top + FRAME_HEIGHT, 0.0, axis_ends[axis].days, 0.0, 1.0};
    chart_sheet_frame(sheet, "frame", &frame);
    char title[64];
    (void)snprintf(title, sizeof title, "Share %s", words_of[chart->delay].verb);
    chart_axis_y(sheet, "grid", &frame, (struct chart_scale){0.25, 1.0}, chart_axis_percent, title);
    write_x_axis(sheet, &frame, axis);
    int kinds = 0;
    for (size_t i = 0; i < chart->count; i++) {
        write_curve(&chart->series[i], sheet, axis_ends[axis].days);
        kinds |= 1 << chart->series[i].kind;
    }
    chart_sheet_meta(sheet, "curve_kinds", kinds);
    chart_sheet_meta(sheet, "has_band", !chart->by_scheme);
    if (!chart->by_scheme)
        write_band(sheet, &chart->series[0].curve, axis_ends[axis].days);
    write_marks(chart, sheet, axis);
    write_tips(chart, sheet, &frame, axis);
    write_table(chart, sheet);
    double foot = write_risk(chart, sheet, &frame, axis);
    struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
    if (!chart->by_scheme)
        buffer_add_string(&text, "The band is the 95 % interval, day by day. ");
    chart_add_remarks(chart->source, &text);
    chart_sheet_foot(sheet, foot + 8.0, buffer_text(&text));
    buffer_release(&text);
}

static void write_wait(const struct chart_source *source, struct chart_sheet *sheet, enum chart_delay delay)
{
    const struct wait_words *words = &words_of[delay];
    struct wait_chart chart = {.source = source, .delay = delay};
    if (chart_is_of_practice(source)) {
        add_series(&chart, SERIES_OWN, "this practice", chart_slice(source));
        if (chart.count > 0 && chart_is_beside_all(source))
            add_series(&chart, SERIES_BACKGROUND, "all practices", slice_all());
    } else {
        add_schemes(&chart);
    }
    if (chart.count == 0) {
        const struct result *result = chart_source_result(source, chart_delay_measure(delay));
        enum result_status status = result == NULL ? RESULT_INSUFFICIENT : result->status;
        if (delay == DELAY_BOUNCED && !chart_knows_decisions(source))
            status = RESULT_NOT_RECORDED;
        chart_sheet_nothing(sheet, source, words->name,
                            status == RESULT_OK ? "too few to show" : display_status(status));
        return;
    }
    choose_axis(&chart);
    struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
    if (chart.by_scheme)
        add_scheme_title(&chart, words, &text);
    else
        add_plain_title(&chart, words, &text);
    chart_sheet_title(sheet, buffer_text(&text));
    buffer_clear(&text);
    chart_add_subject(source, &text);
    buffer_add_string(&text, words->method);
    if (chart.by_scheme)
        buffer_add_string(&text, " Observational: not adjusted for case mix.");
    chart_sheet_subtitle(sheet, buffer_text(&text));
    buffer_release(&text);
    draw(&chart, sheet);
    release_series(&chart);
}

void chart_write_wait_decision(const struct chart_source *source, struct chart_sheet *sheet)
{
    write_wait(source, sheet, DELAY_DECISION);
}

void chart_write_wait_first_attendance(const struct chart_source *source, struct chart_sheet *sheet)
{
    write_wait(source, sheet, DELAY_FIRST_ATTENDANCE);
}

void chart_write_journey_of_bounced(const struct chart_source *source, struct chart_sheet *sheet)
{
    write_wait(source, sheet, DELAY_BOUNCED);
}
