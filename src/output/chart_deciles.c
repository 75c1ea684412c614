#include "referlens/output/chart_deciles.h"

#include "referlens/output/chart_axis.h"
#include "referlens/output/chart_quarters.h"

#include <math.h>

enum {
    FRAME_LEFT = 62,
    FRAME_RIGHT = 500,
    FRAME_HEIGHT = 220,
    Y_STEPS = 5,
    SLOTS_MIN = 6, /* so that few quarters do not lie far apart */
    WORD_GAP = 16,
};

enum deciles_kind { KIND_MIDDLE = 1, KIND_INNER, KIND_OUTER };

/* The quarters shown: the latest of all. */
struct shown {
    const struct spread *spreads;
    const struct period_row *rows; /* as many, for which are provisional; NULL where they are not known */
    quarter first;
    size_t count, with_numbers, widened, withheld; /* withheld: too many counts are hidden */
};

static struct shown shown_of(const struct chart_source *source)
{
    const struct chart_common *common = source->common;
    struct shown shown = {.count = common->quarter_count < PERIODS_MAX ? common->quarter_count : PERIODS_MAX};
    quarter first = 0, last = 0;
    if (shown.count == 0 || !report_quarters(source->report, &first, &last))
        return (struct shown){.count = 0};
    shown.spreads = common->by_quarter + (common->quarter_count - shown.count);
    shown.rows = common->period_count == shown.count ? common->periods : NULL;
    shown.first = last - (quarter)shown.count + 1;
    for (size_t i = 0; i < shown.count; i++) {
        const struct spread *spread = &shown.spreads[i];
        shown.with_numbers += spread_is_known(spread) ? 1 : 0;
        shown.widened += spread_is_widened(spread) ? 1 : 0;
        shown.withheld += !spread_is_known(spread) && spread->practices >= SPREAD_PRACTICES_MIN ? 1 : 0;
    }
    return shown;
}

static bool is_provisional(const struct shown *shown, size_t place)
{
    return shown->rows != NULL && (shown->rows[place].unfinished || shown->rows[place].provisional);
}

static double highest(const struct shown *shown)
{
    double most = 0.02;
    for (size_t i = 0; i < shown->count; i++)
        most = fmax(most, spread_is_known(&shown->spreads[i]) ? shown->spreads[i].deciles[DECILE_90] : 0.0);
    return fmin(most * 1.05, 1.0);
}

/* "11.0–15.2 %" where hidden counts may move it. */
static struct display middle_of(const struct spread *spread)
{
    return isnan(spread->deciles[DECILE_50]) ? display_percent_range(spread->middle_lower, spread->middle_upper)
                                             : display_percent(spread->deciles[DECILE_50]);
}

static void write_tip(struct chart_sheet *sheet, const struct spread *spread, double x, double y, const char *name)
{
    struct buffer words = buffer_with_maximum(CHART_LINE_MAX);
    buffer_add_formatted(&words, "%s: middle practice %s, most practices %s%s", name, middle_of(spread).text,
                         spread_is_widened(spread) ? "at the widest " : "",
                         display_percent_range(spread->deciles[DECILE_10], spread->deciles[DECILE_90]).text);
    chart_sheet_tip(sheet, x, y, 12.0, buffer_text(&words), TEXT(""));
    buffer_release(&words);
}

static void write_cells(struct chart_sheet *sheet, const struct spread *spread, const char *name, bool provisional)
{
    chart_sheet_cell_string(sheet, name);
    chart_sheet_cell_string(sheet, display_count((double)spread->practices).text);
    chart_sheet_cell_string(sheet, display_count((double)spread->hidden).text);
    for (int d = 0; d < DECILES; d++)
        chart_sheet_cell_string(sheet,
                                d == DECILE_50 ? middle_of(spread).text : display_percent(spread->deciles[d]).text);
    chart_sheet_cell_string(sheet, !spread_is_known(spread)    ? spread_why_none(spread)
                                   : spread_is_widened(spread) ? "at the widest"
                                                               : "as counted");
    chart_sheet_cell_string(sheet, provisional ? "not yet" : "yes");
    chart_sheet_end_cells(sheet);
}

static void write_quarters(struct chart_sheet *sheet, const struct shown *shown, const struct chart_frame *frame)
{
    chart_sheet_table(sheet,
                      "Quarter\tPractices\tOf these hidden\t10 %\t20 %\t30 %\t40 %\t50 %\t60 %\t70 %\t80 %\t90 %\t"
                      "Range\tComplete");
    chart_sheet_block(sheet, "quarters",
                      "place, the nine deciles, not complete (1), how far hidden counts may move the middle: from, to");
    for (size_t i = 0; i < shown->count; i++) {
        const struct spread *spread = &shown->spreads[i];
        const struct display name = display_quarter(shown->first + (quarter)i);
        const bool provisional = is_provisional(shown, i);
        chart_sheet_number(sheet, (double)i);
        for (int d = 0; d < DECILES; d++)
            chart_sheet_number(sheet, spread->deciles[d]);
        chart_sheet_number(sheet, provisional ? 1.0 : 0.0);
        chart_sheet_number(sheet, spread->middle_lower);
        chart_sheet_number(sheet, spread->middle_upper);
        chart_sheet_end_row(sheet);
        write_cells(sheet, spread, name.text, provisional);
        if (spread_is_known(spread))
            write_tip(sheet, spread, chart_frame_x(frame, (double)i),
                      chart_frame_y(frame, (spread->middle_lower + spread->middle_upper) / 2), name.text);
    }
}

/* Names the outermost and the middle line at their right ends, pushed apart. */
static void name_lines(struct chart_sheet *sheet, const struct shown *shown, const struct chart_frame *frame)
{
    size_t last = shown->count - 1;
    while (last > 0 && !spread_is_known(&shown->spreads[last]))
        last--;
    const struct spread *spread = &shown->spreads[last];
    const double middle = chart_frame_y(frame, (spread->middle_lower + spread->middle_upper) / 2);
    const struct {
        const char *words;
        double y;
    } names[] = {{"90th percentile", fmin(middle - WORD_GAP, chart_frame_y(frame, spread->deciles[DECILE_90]))},
                 {"middle practice", middle},
                 {"10th percentile", fmax(middle + WORD_GAP, chart_frame_y(frame, spread->deciles[DECILE_10]))}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        chart_sheet_word(sheet, WORD_SMALL, ANCHOR_LEFT, frame->right + 8.0, names[i].y, text_of(names[i].words));
}

static void draw(const struct chart_source *source, struct chart_sheet *sheet, const struct shown *shown)
{
    static const struct legend_entry legend[] = {{KIND_MIDDLE, "middle practice"},
                                                 {KIND_INNER, "30th to 70th percentile"},
                                                 {KIND_OUTER, "10th to 90th percentile"}};
    chart_sheet_legend(sheet, legend, sizeof legend / sizeof legend[0]);
    struct chart_scale scale = chart_scale_of(highest(shown), Y_STEPS, 0.005);
    scale.maximum = fmin(scale.maximum, 1.0);
    const double top = sheet->y + AXIS_Y_TITLE_HEIGHT, slots = fmax((double)shown->count, SLOTS_MIN);
    const struct chart_frame frame = {FRAME_LEFT, FRAME_RIGHT, top, top + FRAME_HEIGHT,
                                      -0.5,       slots - 0.5, 0.0, scale.maximum};
    chart_sheet_frame(sheet, "frame", &frame);
    chart_axis_y(sheet, "grid", &frame, scale, chart_axis_percent, "Share of decided referrals that was rejected");
    write_quarters(sheet, shown, &frame);
    chart_quarters_axis(sheet, &frame, shown->first, shown->count);
    name_lines(sheet, shown, &frame);
    struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
    buffer_add_string(&text, "Hollow: the quarter was not over, or more than 5 % may yet be decided. ");
    if (shown->widened > 0)
        buffer_add_string(&text, "Bands, and the middle, are as wide as hidden counts of 1 to 7 may make them. ");
    if (shown->withheld > 0)
        buffer_add_formatted(
            &text, "%zu %s no band: more than half of the practices have a count of 1 to 7, which is hidden. ",
            shown->withheld, shown->withheld == 1 ? "quarter has" : "quarters have");
    chart_add_remarks(source, &text);
    chart_sheet_foot(sheet, frame.bottom + AXIS_X_HEIGHT + 12.0, buffer_text(&text));
    buffer_release(&text);
}

/* Of the last quarter that is complete and has a range, or else of the first. */
static void add_title(const struct spread *spread, quarter period, struct buffer *text)
{
    const struct display months = display_quarter_months(period);
    if (!spread_is_known(spread))
        buffer_add_string(text, "Most practices’ rejection rates: no quarter is complete yet");
    else
        buffer_add_formatted(text, "Most practices’ rejection rates lay %sbetween %s and %s in %s",
                             spread_is_widened(spread) ? "at the widest " : "",
                             display_percent(spread->deciles[DECILE_10]).text,
                             display_percent(spread->deciles[DECILE_90]).text, months.text);
}

void chart_write_deciles(const struct chart_source *source, struct chart_sheet *sheet)
{
    if (chart_sheet_of_one_practice(sheet, source, "Rejection rates of practices by quarter"))
        return;
    const struct shown shown = shown_of(source);
    if (shown.with_numbers == 0) {
        chart_sheet_nothing(sheet, source, "Rejection rates of practices by quarter",
                            chart_why_no_decisions(source, shown.withheld > 0
                                                               ? "too many practices have counts that are hidden"
                                                               : "too few practices have enough to show"));
        return;
    }
    struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
    size_t last = shown.count - 1;
    while (last > 0 && (!spread_is_known(&shown.spreads[last]) || is_provisional(&shown, last)))
        last--;
    add_title(&shown.spreads[last], shown.first + (quarter)last, &text);
    chart_sheet_title(sheet, buffer_text(&text));
    buffer_clear(&text);
    buffer_add_formatted(&text, "Deciles over practices with %d or more decided referrals in the quarter.",
                         SPREAD_DENOMINATOR_MIN);
    chart_sheet_subtitle(sheet, buffer_text(&text));
    buffer_release(&text);
    draw(source, sheet, &shown);
}
