#include "referlens/output/chart_periods.h"

#include "referlens/output/chart_axis.h"
#include "referlens/output/chart_quarters.h"
#include "referlens/output/chart_text.h"

#include <math.h>

enum {
    FRAME_LEFT = 62,
    FRAME_RIGHT = CHART_WIDTH - CHART_MARGIN,
    UPPER_HEIGHT = 165,
    BETWEEN = 50,    /* for the title of the lower frame */
    LOWER_HEIGHT = 105,
    SLOTS_MIN = 6,   /* so that few quarters do not make fat bars */
};

#define UPPER_TITLE "Referrals in the quarter, and those rejected"

/* What the script draws. */
enum period_kind {
    KIND_REFERRALS = 1,
    KIND_REJECTED,
    KIND_UNFINISHED,
    KIND_ALL,
    KIND_SESSION,
    KIND_RATE,
};

static bool is_hollow(const struct period_row *row)
{
    return row->unfinished || row->provisional;
}

/* The row that the title speaks of: the report's own quarter, or the last one. */
static const struct period_row *main_row(const struct period_row *rows, size_t count, quarter period)
{
    for (size_t i = 0; i < count; i++) {
        if (rows[i].period == period)
            return &rows[i];
    }
    return &rows[count - 1];
}

static const struct period_row *row_of_all(const struct chart_source *source, quarter period)
{
    for (size_t i = 0; i < source->common->period_count; i++) {
        if (source->common->periods[i].period == period)
            return &source->common->periods[i];
    }
    return NULL;
}

static void add_title(const struct chart_source *source, const struct period_row *row, struct buffer *text)
{
    buffer_add_formatted(text, "%s: ", display_quarter_months(row->period).text);
    if (isnan(row->referrals))
        buffer_add_string(text, "too few referrals to show");
    else
        buffer_add_formatted(text, "%s %s", display_count(row->referrals).text,
                             row->referrals == 1.0 ? "referral" : "referrals");
    if (isnan(row->rate.value)) {
        buffer_add_string(text, ", rejections too few to show");
        return;
    }
    buffer_add_formatted(text, ", %s rejected", display_percent(row->rate.value).text);
    const struct period_row *all = chart_is_of_practice(source) ? row_of_all(source, row->period) : NULL;
    if (all != NULL && !isnan(all->rate.value))
        buffer_add_formatted(text, " (all practices %s)", display_percent(all->rate.value).text);
}

static void add_legend(const struct chart_source *source, struct chart_sheet *sheet, bool any_hollow, bool any_session)
{
    struct legend_entry entries[5];
    size_t count = 0;
    entries[count++] = (struct legend_entry){KIND_REFERRALS, "referrals"};
    entries[count++] = (struct legend_entry){KIND_REJECTED, "rejected"};
    if (any_hollow)
        entries[count++] = (struct legend_entry){KIND_UNFINISHED, "not complete yet"};
    if (chart_is_of_practice(source))
        entries[count++] = (struct legend_entry){KIND_ALL, "all practices"};
    if (any_session)
        entries[count++] = (struct legend_entry){KIND_SESSION, "peer-review meeting"};
    chart_sheet_legend(sheet, entries, count);
}

static void write_rows(struct chart_sheet *sheet, const char *block, const struct period_row *rows, size_t count)
{
    chart_sheet_block(sheet, block,
                      "place, referrals, rejected, rejection rate, lower, upper, not complete (1) or complete (0), quarter");
    for (size_t i = 0; i < count; i++) {
        const struct period_row *row = &rows[i];
        double values[] = {(double)i,       row->referrals,  row->rejected,           row->rate.value,
                           row->rate.lower, row->rate.upper, is_hollow(row) ? 1.0 : 0.0};
        for (size_t v = 0; v < sizeof values / sizeof values[0]; v++)
            chart_sheet_number(sheet, values[v]);
        struct display label = display_quarter(row->period);
        chart_sheet_text(sheet, text_of(label.text));
        chart_sheet_end_row(sheet);
    }
}

/* Whether each bar has room for its number above it; then an axis would only say it again. */
static bool has_bar_numbers(const struct period_row *rows, size_t count, double slots)
{
    enum { GAP = 6 };
    const double room = (FRAME_RIGHT - FRAME_LEFT) / slots - GAP;
    bool fits = count <= QUARTERS_NAMED_MAX;
    for (size_t i = 0; i < count; i++)
        fits = fits && chart_text_width(text_of(display_count(rows[i].referrals).text), chart_types[WORD_SMALL]) <= room;
    return fits;
}

static void write_bar_numbers(struct chart_sheet *sheet, const struct chart_frame *upper, const struct period_row *rows,
                              size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct display words = display_count(rows[i].referrals);
        if (words.text[0] != '\0')
            chart_sheet_word(sheet, WORD_SMALL, ANCHOR_CENTRE, chart_frame_x(upper, (double)i),
                             chart_frame_y(upper, rows[i].referrals) - 10.0, text_of(words.text));
    }
}

static void write_tips(struct chart_sheet *sheet, const struct chart_frame *upper, const struct chart_frame *lower,
                       const struct period_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct period_row *row = &rows[i];
        struct buffer words = buffer_with_maximum(CHART_LINE_MAX);
        buffer_add_formatted(&words, "%s: %s referral%s", display_quarter(row->period).text,
                             isnan(row->referrals) ? "few" : display_count(row->referrals).text,
                             row->referrals == 1.0 ? "" : "s");
        if (!isnan(row->referrals))
            chart_sheet_tip(sheet, chart_frame_x(upper, (double)i), chart_frame_y(upper, row->referrals / 2), 14.0,
                            buffer_text(&words), TEXT(""));
        if (!isnan(row->rate.value)) {
            buffer_add_formatted(&words, ", %s rejected (%s)", display_percent(row->rate.value).text,
                                 display_interval(display_percent_range(row->rate.lower, row->rate.upper)).text);
            chart_sheet_tip(sheet, chart_frame_x(lower, (double)i), chart_frame_y(lower, row->rate.value), 10.0,
                            buffer_text(&words), TEXT(""));
        }
        buffer_release(&words);
    }
}

static void write_table(const struct chart_source *source, struct chart_sheet *sheet, const struct period_row *rows,
                        size_t count)
{
    const bool of_practice = chart_is_of_practice(source);
    chart_sheet_table(sheet, of_practice
                                 ? "Quarter\tReferrals\tRejected\tRejection rate\t95 % CI\tAll practices\tComplete"
                                 : "Quarter\tReferrals\tRejected\tRejection rate\t95 % CI\tComplete");
    for (size_t i = 0; i < count; i++) {
        const struct period_row *row = &rows[i], *all = row_of_all(source, row->period);
        chart_sheet_cell_string(sheet, display_quarter(row->period).text);
        chart_sheet_cell_string(sheet, display_count(row->referrals).text);
        chart_sheet_cell_string(sheet, display_count(row->rejected).text);
        chart_sheet_cell_string(sheet, display_percent(row->rate.value).text);
        chart_sheet_cell_string(sheet, display_percent_range(row->rate.lower, row->rate.upper).text);
        if (of_practice)
            chart_sheet_cell_string(sheet, all == NULL ? "" : display_percent(all->rate.value).text);
        chart_sheet_cell_string(sheet, is_hollow(row) ? "not yet" : "yes");
        chart_sheet_end_cells(sheet);
    }
}

/* The highest number of bars, and of rates: an interval may pass the top where it is very wide. */
static double highest_count(const struct period_row *rows, size_t count)
{
    double highest = 1.0;
    for (size_t i = 0; i < count; i++)
        highest = isnan(rows[i].referrals) ? highest : fmax(highest, rows[i].referrals);
    return highest;
}

static double highest_rate(const struct period_row *rows, size_t count, bool intervals)
{
    double highest = 0.02;
    for (size_t i = 0; i < count; i++) {
        if (isnan(rows[i].rate.value))
            continue;
        highest = fmax(highest, rows[i].rate.value);
        if (intervals && !isnan(rows[i].rate.upper))
            highest = fmax(highest, rows[i].rate.upper);
    }
    return highest;
}

static void draw(const struct chart_source *source, struct chart_sheet *sheet, const struct period_row *rows,
                 size_t count, size_t sessions)
{
    const struct chart_common *common = source->common;
    bool of_practice = chart_is_of_practice(source);
    double slots = fmax((double)count, SLOTS_MIN);
    struct chart_scale counts = chart_scale_of(highest_count(rows, count) * 1.1, 5, 1.0);
    const bool bar_numbers = has_bar_numbers(rows, count, slots);
    const double left = bar_numbers ? FRAME_LEFT : fmax(FRAME_LEFT, chart_axis_y_room(counts, chart_axis_count));
    double rate = highest_rate(rows, count, true);
    if (of_practice)
        rate = fmax(rate, highest_rate(common->periods, common->period_count, false));
    struct chart_scale rates = chart_scale_of(rate, 3, 0.005);
    rates.maximum = fmin(rates.maximum, 1.0);
    double top = sheet->y + AXIS_Y_TITLE_HEIGHT;
    struct chart_frame upper = {left, FRAME_RIGHT, top, top + UPPER_HEIGHT, -0.5, slots - 0.5, 0.0, counts.maximum};
    struct chart_frame lower = upper;
    lower.top = upper.bottom + BETWEEN;
    lower.bottom = lower.top + LOWER_HEIGHT;
    lower.y_maximum = rates.maximum;
    chart_sheet_frame(sheet, "frame", &upper);
    chart_sheet_frame(sheet, "lower", &lower);
    chart_sheet_meta(sheet, "is_practice", of_practice);
    chart_sheet_meta(sheet, "session_count", (double)sessions);
    if (bar_numbers)
        chart_axis_y(sheet, "grid", &upper, (struct chart_scale){counts.maximum, 0.0}, chart_axis_count, UPPER_TITLE);
    else
        chart_axis_y(sheet, "grid", &upper, counts, chart_axis_count, UPPER_TITLE);
    chart_axis_y(sheet, "low_grid", &lower, rates, chart_axis_percent,
                 "Share of decided referrals that was rejected, with 95 % intervals");
    write_rows(sheet, "quarters", rows, count);
    if (of_practice)
        write_rows(sheet, "everybody", common->periods, common->period_count);
    if (bar_numbers)
        write_bar_numbers(sheet, &upper, rows, count);
    write_tips(sheet, &upper, &lower, rows, count);
    write_table(source, sheet, rows, count);
    chart_quarters_axis(sheet, &lower, rows[0].period, count);
}

static void add_foot(const struct chart_source *source, struct chart_sheet *sheet, const struct period_row *rows,
                     size_t count, double y)
{
    struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
    size_t hidden = 0;
    bool hollow = false;
    for (size_t i = 0; i < count; i++) {
        hidden += isnan(rows[i].rate.value) || isnan(rows[i].referrals);
        hollow = hollow || is_hollow(&rows[i]);
    }
    if (hollow)
        buffer_add_string(&text, "Not complete: the quarter was not over, or more than 5 % may yet be decided. ");
    if (hidden > 0)
        buffer_add_formatted(&text, "Numbers of %zu %s too small to show, or there are none. ", hidden,
                             hidden == 1 ? "quarter are" : "quarters are");
    chart_add_remarks(source, &text);
    chart_sheet_foot(sheet, y, buffer_text(&text));
    buffer_release(&text);
}

void chart_write_periods(const struct chart_source *source, struct chart_sheet *sheet)
{
    struct period_row rows[PERIODS_MAX];
    size_t count = period_rows_of(source->report, source->practice, source->results, rows, PERIODS_MAX);
    size_t shown = 0;
    bool any_hollow = false;
    for (size_t i = 0; i < count; i++) {
        shown += isnan(rows[i].referrals) ? 0 : 1;
        any_hollow = any_hollow || is_hollow(&rows[i]);
    }
    if (shown == 0) {
        chart_sheet_nothing(sheet, source, "Referrals by quarter", count == 0 ? "there are none" : "too few to show");
        return;
    }
    struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
    add_title(source, main_row(rows, count, source->report->period), &text);
    chart_sheet_title(sheet, buffer_text(&text));
    buffer_clear(&text);
    chart_add_subject(source, &text);
    buffer_add_string(&text, "By quarter of the GP’s referral; rejected as a share of those decided.");
    chart_sheet_subtitle(sheet, buffer_text(&text));
    buffer_release(&text);
    size_t sessions =
        chart_is_of_practice(source)
            ? chart_quarters_sessions(source, sheet, rows[0].period, rows[count - 1].period)
            : 0;
    add_legend(source, sheet, any_hollow, sessions > 0);
    double top = sheet->y;
    draw(source, sheet, rows, count, sessions);
    add_foot(source, sheet, rows, count,
             top + AXIS_Y_TITLE_HEIGHT + UPPER_HEIGHT + BETWEEN + LOWER_HEIGHT + AXIS_X_HEIGHT + 12.0);
}
