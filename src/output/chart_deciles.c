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
    MIDDLE = 4, /* of the nine deciles */
};

enum deciles_kind { KIND_MIDDLE = 1, KIND_INNER, KIND_OUTER };

/* The quarters shown: the latest of all. */
struct shown {
    const struct spread *spreads;
    const struct period_row *rows; /* as many, for which are provisional; NULL where they are not known */
    quarter first;
    size_t count, with_numbers;
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
    for (size_t i = 0; i < shown.count; i++)
        shown.with_numbers += isnan(shown.spreads[i].deciles[MIDDLE]) ? 0 : 1;
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
        most = fmax(most, isnan(shown->spreads[i].deciles[DECILES - 1]) ? 0.0 : shown->spreads[i].deciles[DECILES - 1]);
    return fmin(most * 1.05, 1.0);
}

static void write_quarters(struct chart_sheet *sheet, const struct shown *shown, const struct chart_frame *frame)
{
    chart_sheet_table(sheet, "Quarter\tPractices\t10 %\t20 %\t30 %\t40 %\t50 %\t60 %\t70 %\t80 %\t90 %\tComplete");
    chart_sheet_block(sheet, "quarters", "place, the nine deciles, not complete (1)");
    for (size_t i = 0; i < shown->count; i++) {
        const struct spread *spread = &shown->spreads[i];
        const struct display name = display_quarter(shown->first + (quarter)i);
        chart_sheet_number(sheet, (double)i);
        chart_sheet_cell_string(sheet, name.text);
        chart_sheet_cell_string(sheet, display_count((double)spread->practices).text);
        for (int d = 0; d < DECILES; d++) {
            chart_sheet_number(sheet, spread->deciles[d]);
            chart_sheet_cell_string(sheet, display_percent(spread->deciles[d]).text);
        }
        chart_sheet_number(sheet, is_provisional(shown, i) ? 1.0 : 0.0);
        chart_sheet_end_row(sheet);
        chart_sheet_cell_string(sheet, is_provisional(shown, i) ? "not yet" : "yes");
        chart_sheet_end_cells(sheet);
        if (isnan(spread->deciles[MIDDLE]))
            continue;
        struct buffer words = buffer_with_maximum(CHART_LINE_MAX);
        buffer_add_formatted(&words, "%s: middle practice %s, most practices %s", name.text,
                             display_percent(spread->deciles[MIDDLE]).text,
                             display_percent_range(spread->deciles[0], spread->deciles[DECILES - 1]).text);
        chart_sheet_tip(sheet, chart_frame_x(frame, (double)i), chart_frame_y(frame, spread->deciles[MIDDLE]), 12.0,
                        buffer_text(&words), TEXT(""));
        buffer_release(&words);
    }
}

/* Names the outermost and the middle line at their right ends, pushed apart. */
static void name_lines(struct chart_sheet *sheet, const struct shown *shown, const struct chart_frame *frame)
{
    size_t last = shown->count - 1;
    while (last > 0 && isnan(shown->spreads[last].deciles[MIDDLE]))
        last--;
    const struct spread *spread = &shown->spreads[last];
    const double middle = chart_frame_y(frame, spread->deciles[MIDDLE]);
    const struct {
        const char *words;
        double y;
    } names[] = {{"90th percentile", fmin(middle - WORD_GAP, chart_frame_y(frame, spread->deciles[DECILES - 1]))},
                 {"middle practice", middle},
                 {"10th percentile", fmax(middle + WORD_GAP, chart_frame_y(frame, spread->deciles[0]))}};
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
    const struct chart_frame frame = {FRAME_LEFT, FRAME_RIGHT, top, top + FRAME_HEIGHT, -0.5, slots - 0.5, 0.0, scale.maximum};
    chart_sheet_frame(sheet, "frame", &frame);
    chart_axis_y(sheet, "grid", &frame, scale, chart_axis_percent, "Share of decided referrals that was rejected");
    write_quarters(sheet, shown, &frame);
    chart_quarters_axis(sheet, &frame, shown->first, shown->count);
    name_lines(sheet, shown, &frame);
    struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
    buffer_add_string(&text, "Hollow: the quarter was not over, or more than 5 % may yet be decided. ");
    for (size_t i = 0; i < shown->count; i++) {
        if (shown->spreads[i].hidden > 0) {
            buffer_add_string(&text, "Bands are as wide as hidden counts of 1 to 7 may make them. ");
            break;
        }
    }
    chart_add_remarks(source, &text);
    chart_sheet_foot(sheet, frame.bottom + AXIS_X_HEIGHT + 12.0, buffer_text(&text));
    buffer_release(&text);
}

void chart_write_deciles(const struct chart_source *source, struct chart_sheet *sheet)
{
    const struct shown shown = shown_of(source);
    if (shown.with_numbers == 0) {
        chart_sheet_nothing(sheet, source, "Rejection rates of practices by quarter",
                            shown.count == 0 ? "there are no decisions" : "too few practices have enough to show");
        return;
    }
    struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
    size_t last = shown.count - 1;
    while (last > 0 && (isnan(shown.spreads[last].deciles[MIDDLE]) || is_provisional(&shown, last)))
        last--;
    buffer_add_formatted(&text, "Most practices’ rejection rates lay between %s and %s in %s",
                         display_percent(shown.spreads[last].deciles[0]).text,
                         display_percent(shown.spreads[last].deciles[DECILES - 1]).text,
                         display_quarter_months(shown.first + (quarter)last).text);
    chart_sheet_title(sheet, buffer_text(&text));
    buffer_clear(&text);
    buffer_add_formatted(&text, "Deciles over practices with %d or more decided referrals in the quarter.",
                         SPREAD_DENOMINATOR_MIN);
    chart_sheet_subtitle(sheet, buffer_text(&text));
    buffer_release(&text);
    draw(source, sheet, &shown);
}
