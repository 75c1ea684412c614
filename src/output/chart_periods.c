#include "referlens/output/chart_periods.h"

#include "referlens/output/chart_axis.h"
#include "referlens/output/chart_quarters.h"
#include "referlens/output/chart_text.h"

#include <math.h>

enum {
    FRAME_LEFT = 62,
    FRAME_RIGHT = CHART_WIDTH - CHART_MARGIN,
    UPPER_HEIGHT = 165,
    BETWEEN = 50, /* for the title of the lower frame */
    LOWER_HEIGHT = 105,
    SLOTS_MIN = 6, /* so that few quarters do not make fat bars */
};

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

/* As the end of a sentence that says how many referrals there were. */
static const char *why_no_rate(const struct period_row *row)
{
    if (row->status == RESULT_NOT_RECORDED)
        return ", decisions are not recorded";
    if (row->status == RESULT_SUPPRESSED)
        return ", rejections too few to show";
    return row->referrals == 0.0 ? "" : ", none decided yet";
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
        buffer_add_string(text, why_no_rate(row));
        return;
    }
    buffer_add_formatted(text, ", %s rejected", display_percent(row->rate.value).text);
    const struct period_row *all = chart_is_beside_all(source) ? row_of_all(source, row->period) : NULL;
    if (all != NULL && !isnan(all->rate.value))
        buffer_add_formatted(text, " (all practices %s)", display_percent(all->rate.value).text);
}

static void add_legend(const struct chart_source *source, struct chart_sheet *sheet, bool any_hollow, bool any_session)
{
    const bool knows_decisions = chart_knows_decisions(source);
    struct legend_entry entries[5];
    size_t count = 0;
    entries[count++] = (struct legend_entry){KIND_REFERRALS, "referrals"};
    if (knows_decisions)
        entries[count++] = (struct legend_entry){KIND_REJECTED, "rejected"};
    if (any_hollow)
        entries[count++] = (struct legend_entry){KIND_UNFINISHED, "not complete yet"};
    if (chart_is_beside_all(source) && knows_decisions)
        entries[count++] = (struct legend_entry){KIND_ALL, "all practices"};
    if (any_session)
        entries[count++] = (struct legend_entry){KIND_SESSION, "peer-review meeting"};
    chart_sheet_legend(sheet, entries, count);
}

static void write_rows(struct chart_sheet *sheet, const char *block, const struct period_row *rows, size_t count)
{
    chart_sheet_block(
        sheet, block,
        "place, referrals, rejected, rejection rate, lower, upper, not complete (1) or complete (0), quarter");
    for (size_t i = 0; i < count; i++) {
        const struct period_row *row = &rows[i];
        double values[] = {(double)i,
                           row->referrals,
                           row->rejected,
                           row->rate.value,
                           row->rate.lower,
                           row->rate.upper,
                           is_hollow(row) ? 1.0 : 0.0};
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
        fits =
            fits && chart_text_width(text_of(display_count(rows[i].referrals).text), chart_types[WORD_SMALL]) <= room;
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
    const bool beside_all = chart_is_beside_all(source);
    chart_sheet_table(sheet, beside_all
                                 ? "Quarter\tReferrals\tRejected\tRejection rate\t95 % CI\tAll practices\tComplete"
                                 : "Quarter\tReferrals\tRejected\tRejection rate\t95 % CI\tComplete");
    for (size_t i = 0; i < count; i++) {
        const struct period_row *row = &rows[i], *all = row_of_all(source, row->period);
        chart_sheet_cell_string(sheet, display_quarter(row->period).text);
        chart_sheet_cell_string(sheet, display_count(row->referrals).text);
        chart_sheet_cell_string(sheet,
                                isnan(row->rejected) ? display_status(row->status) : display_count(row->rejected).text);
        chart_sheet_cell_string(sheet, display_percent(row->rate.value).text);
        chart_sheet_cell_string(sheet, display_percent_range(row->rate.lower, row->rate.upper).text);
        if (beside_all)
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

/* The frame of the counts, and below it that of the rates, where decisions are recorded. */
struct frames {
    struct chart_frame upper, lower;
    struct chart_scale counts, rates;
    bool bar_numbers, has_rates;
};

static struct frames frames_of(const struct chart_source *source, const struct chart_sheet *sheet,
                               const struct period_row *rows, size_t count)
{
    const struct chart_common *common = source->common;
    const double slots = fmax((double)count, SLOTS_MIN), top = sheet->y + AXIS_Y_TITLE_HEIGHT;
    struct frames frames = {.counts = chart_scale_of(highest_count(rows, count) * 1.1, 5, 1.0),
                            .bar_numbers = has_bar_numbers(rows, count, slots),
                            .has_rates = chart_knows_decisions(source)};
    double rate = highest_rate(rows, count, true);
    if (chart_is_beside_all(source))
        rate = fmax(rate, highest_rate(common->periods, common->period_count, false));
    frames.rates = chart_scale_of(rate, 3, 0.005);
    frames.rates.maximum = fmin(frames.rates.maximum, 1.0);
    const double left =
        frames.bar_numbers ? FRAME_LEFT : fmax(FRAME_LEFT, chart_axis_y_room(frames.counts, chart_axis_count));
    frames.upper =
        (struct chart_frame){left, FRAME_RIGHT, top, top + UPPER_HEIGHT, -0.5, slots - 0.5, 0.0, frames.counts.maximum};
    frames.lower = frames.upper;
    frames.lower.top = frames.upper.bottom + BETWEEN;
    frames.lower.bottom = frames.lower.top + LOWER_HEIGHT;
    frames.lower.y_maximum = frames.rates.maximum;
    return frames;
}

static const struct chart_frame *lowest(const struct frames *frames)
{
    return frames->has_rates ? &frames->lower : &frames->upper;
}

static void draw(const struct chart_source *source, struct chart_sheet *sheet, const struct frames *frames,
                 const struct period_row *rows, size_t count)
{
    const struct chart_common *common = source->common;
    const bool beside_all = chart_is_beside_all(source);
    const struct chart_scale counts =
        frames->bar_numbers ? (struct chart_scale){frames->counts.maximum, 0.0} : frames->counts;
    chart_sheet_frame(sheet, "frame", &frames->upper);
    chart_sheet_frame(sheet, "lower", &frames->lower);
    chart_sheet_meta(sheet, "is_beside_all", beside_all);
    chart_sheet_meta(sheet, "has_rates", frames->has_rates);
    chart_axis_y(sheet, "grid", &frames->upper, counts, chart_axis_count,
                 frames->has_rates ? "Referrals in the quarter, and those rejected" : "Referrals in the quarter");
    if (frames->has_rates)
        chart_axis_y(sheet, "low_grid", &frames->lower, frames->rates, chart_axis_percent,
                     "Share of decided referrals that was rejected, with 95 % intervals");
    write_rows(sheet, "quarters", rows, count);
    if (beside_all)
        write_rows(sheet, "everybody", common->periods, common->period_count);
    if (frames->bar_numbers)
        write_bar_numbers(sheet, &frames->upper, rows, count);
    write_tips(sheet, &frames->upper, &frames->lower, rows, count);
    write_table(source, sheet, rows, count);
    chart_quarters_axis(sheet, lowest(frames), rows[0].period, count);
}

static void add_foot(const struct chart_source *source, struct chart_sheet *sheet, const struct period_row *rows,
                     size_t count, double y)
{
    struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
    size_t hidden = 0;
    bool hollow = false;
    for (size_t i = 0; i < count; i++) {
        hidden += rows[i].status == RESULT_SUPPRESSED || isnan(rows[i].referrals);
        hollow = hollow || is_hollow(&rows[i]);
    }
    if (hollow)
        buffer_add_string(&text, chart_knows_decisions(source)
                                     ? "Not complete: the quarter was not over, or more than 5 % may yet be decided. "
                                     : "Not complete: the quarter was not over. ");
    if (hidden > 0)
        buffer_add_formatted(&text, "Numbers of %zu %s too small to show. ", hidden,
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
    buffer_add_string(&text, chart_knows_decisions(source)
                                 ? "By quarter of the GP’s referral; rejected as a share of those decided."
                                 : "By quarter of the GP’s referral.");
    chart_sheet_subtitle(sheet, buffer_text(&text));
    buffer_release(&text);
    const size_t sessions = chart_is_of_practice(source)
                                ? chart_quarters_sessions(source, sheet, rows[0].period, rows[count - 1].period)
                                : 0;
    chart_sheet_meta(sheet, "session_count", (double)sessions);
    add_legend(source, sheet, any_hollow, sessions > 0);
    const struct frames frames = frames_of(source, sheet, rows, count);
    draw(source, sheet, &frames, rows, count);
    add_foot(source, sheet, rows, count, lowest(&frames)->bottom + AXIS_X_HEIGHT + 12.0);
}
