#include "referlens/output/chart_over_time.h"

#include "referlens/measure/series.h"
#include "referlens/output/chart_axis.h"
#include "referlens/output/chart_quarters.h"

#include <math.h>

enum {
    FRAME_LEFT = 62,
    FRAME_RIGHT = 520,
    FRAME_HEIGHT = 220,
    Y_STEPS = 5,
    SLOTS_MIN = 6, /* so that few quarters do not lie far apart */
    WORD_GAP = 17  /* between the middles of two words, in pixels */
};

/* What the script draws. */
enum over_time_kind { KIND_RATE = 1, KIND_SIGNAL, KIND_PROVISIONAL, KIND_SESSION };

/* The quarters shown: the latest ones of the series. */
struct shown {
    const struct series *series;
    const struct series_point *points;
    size_t count;
};

static struct shown shown_of(const struct series *series)
{
    const size_t count = series->count < PERIODS_MAX ? series->count : PERIODS_MAX;
    return (struct shown){series, series->points + (series->count - count), count};
}

static bool is_control_chart(const struct series *series)
{
    return series->method == SERIES_P_PRIME || series->method == SERIES_XMR;
}

static size_t signals_in(const struct series *series)
{
    size_t signals = 0;
    for (size_t i = 0; i < series->count; i++)
        signals += series->points[i].signal != NULL;
    return signals;
}

static void add_title(const struct series *series, struct buffer *text)
{
    const struct display used = display_count((double)series->used);
    buffer_add_string(text, "Rejection rate over time: ");
    if (series->used == 0)
        buffer_add_string(text, "no quarter is complete yet");
    else if (series->no_verdict != NULL && series->used >= CHART_POINTS_MIN)
        buffer_add_string(text, "a change cannot be told from chance");
    else if (series->no_verdict != NULL)
        buffer_add_formatted(text, "%s %s too few to tell a change from chance", used.text,
                             series->used == 1 ? "complete quarter is" : "complete quarters are");
    else if (!series->signal)
        buffer_add_formatted(text, "no more change than chance in %s quarters", used.text);
    else if (is_control_chart(series))
        buffer_add_formatted(text, "%s of %s quarters stand%s out", display_count((double)signals_in(series)).text,
                             used.text, signals_in(series) == 1 ? "s" : "");
    else
        buffer_add_formatted(text, "it has changed in these %s quarters", used.text);
}

static void add_method(const struct chart_source *source, const struct series *series, struct buffer *text)
{
    chart_add_subject(source, text);
    buffer_add_string(text, "Quarters are those of the GP’s referral. ");
    if (is_control_chart(series)) {
        buffer_add_formatted(text,
                             "P′ chart: limits at three standard deviations, σz = %s. Stands out: beyond them, %d in a "
                             "row on one side or rising or falling, or 2 of 3 beyond two.",
                             display_rate(series->sigma_z).text, CHART_RUN_LENGTH);
    } else if (series->method == SERIES_RUN) {
        buffer_add_string(text, "Run chart about the median");
        if (series->no_verdict != NULL && series->used >= CHART_POINTS_MIN)
            buffer_add_formatted(text, ": %s", series->no_verdict);
        else if (series->no_verdict == NULL)
            buffer_add_formatted(text, ", crossed %lld times; fewer than %lld would be a change",
                                 (long long)series->crossings, (long long)series->crossings_min);
        if (series->used < CHART_POINTS_MIN)
            buffer_add_formatted(text, ". Limits need %d complete quarters.", CHART_POINTS_MIN);
        else
            buffer_add_formatted(text, ". No limits: %s.", series->no_limits);
    }
}

static bool is_used(const struct series_point *point)
{
    return !point->provisional && !point->before_window;
}

/* Whether any quarter shown is not used for that reason. */
static bool any_provisional(const struct shown *shown)
{
    bool any = false;
    for (size_t i = 0; i < shown->count; i++)
        any = any || (shown->points[i].provisional && !isnan(shown->points[i].value));
    return any;
}

static bool any_before_window(const struct shown *shown)
{
    bool any = false;
    for (size_t i = 0; i < shown->count; i++)
        any = any || (shown->points[i].before_window && !isnan(shown->points[i].value));
    return any;
}

/* The highest number drawn: intervals are drawn where there are no limits. */
static double highest(const struct shown *shown)
{
    double highest = 0.02;
    for (size_t i = 0; i < shown->count; i++) {
        const struct series_point *point = &shown->points[i];
        const double upper = is_control_chart(shown->series) ? point->upper_limit : point->upper;
        highest = isnan(point->value) ? highest : fmax(highest, point->value);
        highest = isnan(upper) ? highest : fmax(highest, upper);
    }
    return highest;
}

static void write_quarters(struct chart_sheet *sheet, const struct shown *shown)
{
    chart_sheet_block(sheet, "quarters",
                      "place, rejection rate, lower, upper, lower limit, upper limit, stands out (1), not used (1), "
                      "quarter");
    for (size_t i = 0; i < shown->count; i++) {
        const struct series_point *point = &shown->points[i];
        const double values[] = {(double)i,
                                 point->value,
                                 point->lower,
                                 point->upper,
                                 point->lower_limit,
                                 point->upper_limit,
                                 point->signal != NULL ? 1.0 : 0.0,
                                 is_used(point) ? 0.0 : 1.0};
        for (size_t v = 0; v < sizeof values / sizeof values[0]; v++)
            chart_sheet_number(sheet, values[v]);
        chart_sheet_text(sheet, text_of(display_quarter(point->period).text));
        chart_sheet_end_row(sheet);
    }
}

static void write_tips(struct chart_sheet *sheet, const struct chart_frame *frame, const struct shown *shown)
{
    for (size_t i = 0; i < shown->count; i++) {
        const struct series_point *point = &shown->points[i];
        if (isnan(point->value))
            continue;
        struct buffer words = buffer_with_maximum(CHART_LINE_MAX);
        buffer_add_formatted(&words, "%s: %s (%s)%s%s", display_quarter(point->period).text,
                             display_percent(point->value).text,
                             display_interval(display_percent_range(point->lower, point->upper)).text,
                             point->signal != NULL ? ", stands out" : "",
                             point->before_window ? ", before the bulk of the data"
                             : point->provisional ? ", not complete yet"
                                                  : "");
        chart_sheet_tip(sheet, chart_frame_x(frame, (double)i), chart_frame_y(frame, point->value), 10.0,
                        buffer_text(&words), TEXT(""));
        buffer_release(&words);
    }
}

static void write_table(struct chart_sheet *sheet, const struct shown *shown)
{
    const bool has_limits = is_control_chart(shown->series);
    chart_sheet_table(sheet, has_limits ? "Quarter\tRejection rate\t95 % CI\tLimits\tStands out\tComplete"
                                        : "Quarter\tRejection rate\t95 % CI\tComplete");
    for (size_t i = 0; i < shown->count; i++) {
        const struct series_point *point = &shown->points[i];
        chart_sheet_cell_string(sheet, display_quarter(point->period).text);
        chart_sheet_cell_string(sheet, display_percent(point->value).text);
        chart_sheet_cell_string(sheet, display_percent_range(point->lower, point->upper).text);
        if (has_limits) {
            chart_sheet_cell_string(sheet, display_percent_range(point->lower_limit, point->upper_limit).text);
            chart_sheet_cell_string(sheet, point->signal != NULL ? "yes" : "");
        }
        chart_sheet_cell_string(sheet, point->before_window ? "left out" : point->provisional ? "not yet" : "yes");
        chart_sheet_end_cells(sheet);
    }
}

static void put_beside(struct chart_sheet *sheet, const struct chart_frame *frame, double y, const char *words)
{
    chart_sheet_word(sheet, WORD_SMALL, ANCHOR_LEFT, frame->right + 8.0, y, text_of(words));
}

/* Names the centre and the limits at the right, pushed apart from the centre outwards. */
static void name_lines(struct chart_sheet *sheet, const struct chart_frame *frame, const struct shown *shown,
                       double centre)
{
    struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
    const double middle = chart_frame_y(frame, centre);
    buffer_add_formatted(&text, "%s %s", is_control_chart(shown->series) ? "mean" : "median",
                         display_percent(centre).text);
    put_beside(sheet, frame, middle, text.bytes);
    buffer_release(&text);
    size_t last = shown->count;
    while (last > 0 && isnan(shown->points[last - 1].upper_limit))
        last--;
    if (last == 0)
        return;
    const struct series_point *point = &shown->points[last - 1];
    put_beside(sheet, frame, fmin(middle - WORD_GAP, chart_frame_y(frame, point->upper_limit)), "upper limit");
    put_beside(sheet, frame, fmax(middle + WORD_GAP, chart_frame_y(frame, point->lower_limit)), "lower limit");
}

static void add_legend(struct chart_sheet *sheet, const struct shown *shown, size_t sessions)
{
    struct legend_entry entries[4];
    size_t count = 0;
    const bool provisional = any_provisional(shown), early = any_before_window(shown);
    entries[count++] = (struct legend_entry){
        KIND_RATE, is_control_chart(shown->series) ? "rejection rate" : "rejection rate, with its 95 % interval"};
    if (signals_in(shown->series) > 0)
        entries[count++] = (struct legend_entry){KIND_SIGNAL, "stands out"};
    if (provisional || early)
        entries[count++] = (struct legend_entry){KIND_PROVISIONAL, !early         ? "not complete yet"
                                                                   : !provisional ? "left out"
                                                                                  : "not complete yet, or left out"};
    if (sessions > 0)
        entries[count++] = (struct legend_entry){KIND_SESSION, "peer-review meeting"};
    chart_sheet_legend(sheet, entries, count);
}

static void add_foot(const struct chart_source *source, struct chart_sheet *sheet, const struct shown *shown, double y)
{
    struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
    size_t hidden = 0;
    for (size_t i = 0; i < shown->count; i++)
        hidden += isnan(shown->points[i].value) ? 1 : 0;
    if (any_provisional(shown))
        buffer_add_string(&text,
                          "Not complete: the quarter was not over, or more than 5 % may yet be decided; left out "
                          "of what is said here. ");
    if (any_before_window(shown))
        buffer_add_string(&text, "Left out: the few referrals dated before the bulk of the data begins. ");
    if (hidden > 0)
        buffer_add_formatted(&text, "Numbers of %zu %s too small to show, or there are none. ", hidden,
                             hidden == 1 ? "quarter are" : "quarters are");
    chart_add_remarks(source, &text);
    chart_sheet_foot(sheet, y, buffer_text(&text));
    buffer_release(&text);
}

static void draw(const struct chart_source *source, struct chart_sheet *sheet, const struct shown *shown)
{
    const struct series *series = shown->series;
    const double centre = is_control_chart(series) ? series->mean : series->median;
    const quarter first = shown->points[0].period, last = shown->points[shown->count - 1].period;
    const size_t sessions = chart_is_of_practice(source) ? chart_quarters_sessions(source, sheet, first, last) : 0;
    add_legend(sheet, shown, sessions);
    struct chart_scale rates = chart_scale_of(highest(shown) * 1.04, Y_STEPS, 0.005);
    rates.maximum = fmin(rates.maximum, 1.0);
    const double top = sheet->y + AXIS_Y_TITLE_HEIGHT, slots = fmax((double)shown->count, SLOTS_MIN);
    const struct chart_frame frame = {FRAME_LEFT, FRAME_RIGHT, top, top + FRAME_HEIGHT,
                                      -0.5,       slots - 0.5, 0.0, rates.maximum};
    chart_sheet_frame(sheet, "frame", &frame);
    chart_sheet_meta(sheet, "has_limits", is_control_chart(series));
    chart_sheet_meta(sheet, "overall", centre);
    chart_sheet_meta(sheet, "session_count", (double)sessions);
    chart_axis_y(sheet, "grid", &frame, rates, chart_axis_percent, "Share of decided referrals that was rejected");
    write_quarters(sheet, shown);
    write_tips(sheet, &frame, shown);
    write_table(sheet, shown);
    chart_quarters_axis(sheet, &frame, first, shown->count);
    if (!isnan(centre))
        name_lines(sheet, &frame, shown, centre);
    add_foot(source, sheet, shown, frame.bottom + AXIS_X_HEIGHT + 12.0);
}

void chart_write_over_time(const struct chart_source *source, struct chart_sheet *sheet)
{
    struct series series =
        series_of(source->report, source->results, chart_slice(source), measure_index("rejection_rate"));
    const struct shown shown = shown_of(&series);
    size_t numbers = 0, hidden = 0;
    for (size_t i = 0; i < shown.count; i++) {
        numbers += isnan(shown.points[i].value) ? 0 : 1;
        hidden += shown.points[i].status == RESULT_SUPPRESSED;
    }
    if (numbers == 0) {
        chart_sheet_nothing(
            sheet, source, "Rejection rate over time",
            chart_why_no_decisions(source, hidden > 0 ? "no quarter has enough to show" : "nothing was decided"));
        series_release(&series);
        return;
    }
    struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
    add_title(&series, &text);
    chart_sheet_title(sheet, buffer_text(&text));
    buffer_clear(&text);
    add_method(source, &series, &text);
    chart_sheet_subtitle(sheet, buffer_text(&text));
    buffer_release(&text);
    draw(source, sheet, &shown);
    series_release(&series);
}
