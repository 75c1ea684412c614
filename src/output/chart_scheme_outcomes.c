#include "referlens/output/chart_scheme_outcomes.h"

#include "referlens/output/chart_axis.h"
#include "referlens/output/chart_drawing.h"
#include "referlens/output/comparison_words.h"

#include <math.h>
#include <stdio.h>

enum {
    FRAME_LEFT = 226,
    FRAME_RIGHT = 610,
    ROW_HEIGHT = 25,
    GROUP_GAP = 12,
    HEAD_HEIGHT = 24,
    CRUDE_RISE = 6,
    TIP = 8
};

/* What is shown, of every scheme that has it. */
static const char *const shown[] = {"rejection_rate",   "rejected_without_dialogue", "rejected_without_patient",
                                    "re_referral_rate", "lost_after_rejection",      "attendance_conversion"};
enum { SHOWN = sizeof shown / sizeof shown[0] };

/* The farthest that anything drawn lies from no difference. */
static double reach(const struct comparison *comparison)
{
    double farthest = 0.02;
    for (size_t i = 0; i < SHOWN; i++) {
        for (uint32_t scheme = 0; scheme < SCHEME_COUNT; scheme++) {
            const struct comparison_outcome *outcome = comparison_find_outcome(comparison, scheme, shown[i]);
            if (outcome == NULL)
                continue;
            const struct estimate estimates[] = {outcome->crude_difference, outcome->difference};
            for (size_t k = 0; k < 2; k++) {
                const double values[] = {estimates[k].value, estimates[k].lower, estimates[k].upper};
                for (size_t v = 0; v < 3; v++)
                    farthest = isnan(values[v]) ? farthest : fmax(farthest, fabs(values[v]));
            }
        }
    }
    return fmin(farthest, 1);
}

static void draw_estimate(struct drawing *drawing, const struct chart_frame *frame, struct estimate estimate, double y,
                          int kind, int bare)
{
    const bool has_limits = isfinite(estimate.lower) && isfinite(estimate.upper);
    if (has_limits)
        drawing_stroke(drawing, chart_frame_x(frame, fmax(estimate.lower, frame->x_minimum)), y,
                       chart_frame_x(frame, fmin(estimate.upper, frame->x_maximum)), y, kind);
    drawing_dot(drawing, chart_frame_x(frame, estimate.value), y, has_limits ? kind : bare);
}

static void write_cells(struct chart_sheet *sheet, const struct comparison_outcome *outcome)
{
    chart_sheet_cell_string(sheet, measure_table[outcome->measure].title);
    chart_sheet_cell_string(sheet, scheme_titles[outcome->scheme]);
    const struct estimate estimates[] = {outcome->crude_difference, outcome->difference};
    for (size_t i = 0; i < 2; i++) {
        chart_sheet_cell_string(sheet, comparison_signed(estimates[i].value, UNIT_SHARE).text);
        chart_sheet_cell_string(sheet, comparison_signed_range(estimates[i], UNIT_SHARE).text);
    }
    chart_sheet_end_cells(sheet);
}

static void write_row(struct chart_sheet *sheet, struct drawing *drawing, const struct chart_frame *frame,
                      const struct comparison_outcome *outcome, double y)
{
    chart_sheet_word(sheet, WORD_SMALL, ANCHOR_RIGHT, FRAME_LEFT - 14.0, y, text_of(scheme_titles[outcome->scheme]));
    draw_estimate(drawing, frame, outcome->crude_difference, y - CRUDE_RISE, DRAWN_CRUDE, DRAWN_CRUDE);
    draw_estimate(drawing, frame, outcome->difference, y + CRUDE_RISE, DRAWN_ADJUSTED, DRAWN_BARE);
    struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
    buffer_add_formatted(&text, "%s, %s: crude %s, adjusted ", measure_table[outcome->measure].title,
                         scheme_titles[outcome->scheme],
                         comparison_signed(outcome->crude_difference.value, UNIT_SHARE).text);
    comparison_add_reading(outcome->difference, UNIT_SHARE, outcome->reason, &text);
    if (isfinite(outcome->difference.value))
        chart_sheet_tip(sheet, chart_frame_x(frame, outcome->difference.value), y + CRUDE_RISE, TIP, buffer_text(&text),
                        TEXT(""));
    buffer_release(&text);
    write_cells(sheet, outcome);
}

/* The rows from y downwards; returns where they end. With no drawing it only counts. */
static double write_rows(struct chart_sheet *sheet, struct drawing *drawing, const struct chart_frame *frame,
                         const struct comparison *comparison, double y)
{
    for (size_t i = 0; i < SHOWN; i++) {
        bool headed = false;
        for (uint32_t scheme = 0; scheme < SCHEME_COUNT; scheme++) {
            const struct comparison_outcome *outcome = comparison_find_outcome(comparison, scheme, shown[i]);
            if (outcome == NULL || isnan(outcome->difference.value))
                continue;
            if (!headed && drawing != NULL)
                chart_sheet_word(sheet, WORD_STRONG, ANCHOR_LEFT, CHART_MARGIN, y + 4.0,
                                 text_of(measure_table[outcome->measure].title));
            y += headed ? 0 : HEAD_HEIGHT;
            headed = true;
            if (drawing != NULL)
                write_row(sheet, drawing, frame, outcome, y);
            y += ROW_HEIGHT;
        }
        y += headed ? GROUP_GAP : 0;
    }
    return y;
}

static void write_axis(struct chart_sheet *sheet, struct drawing *drawing, const struct chart_frame *frame,
                       struct chart_scale scale)
{
    const int steps = (int)llround(scale.maximum / scale.step);
    for (int i = -steps; i <= steps; i++) {
        const double x = chart_frame_x(frame, i * scale.step);
        char words[32];
        const long long tenths = llround(fabs(i * scale.step) * 1000);
        if (tenths % 10 == 0)
            snprintf(words, sizeof words, "%s%lld", i > 0 ? "+" : i < 0 ? "−" : "", tenths / 10);
        else
            snprintf(words, sizeof words, "%s%lld.%lld", i > 0 ? "+" : i < 0 ? "−" : "", tenths / 10, tenths % 10);
        drawing_stroke(drawing, x, frame->top, x, frame->bottom, i == 0 ? DRAWN_ZERO : DRAWN_RULE);
        chart_sheet_word(sheet, WORD_PLAIN, ANCHOR_CENTRE, x, frame->bottom + 15.0, text_of(words));
    }
    chart_sheet_word(sheet, WORD_SMALL, ANCHOR_CENTRE, (frame->left + frame->right) / 2, frame->bottom + 35.0,
                     TEXT("Difference from the reference, in percentage points"));
}

static void draw(const struct chart_source *source, struct chart_sheet *sheet, const struct comparison *comparison)
{
    static const struct legend_entry legend[] = {{DRAWN_CRUDE, "crude, 95 % interval"},
                                                 {DRAWN_ADJUSTED, "adjusted, 95 % interval over practices"},
                                                 {DRAWN_BARE, "adjusted, without an interval"}};
    const struct chart_scale scale = chart_scale_of(reach(comparison), 4, 0.005);
    struct drawing drawing = {.strokes = {NULL, 0, 0}};
    chart_sheet_legend(sheet, legend, sizeof legend / sizeof legend[0]);
    chart_sheet_table(sheet, "Outcome\tScheme\tCrude\t95 % CI\tAdjusted\t95 % CI");
    const double top = sheet->y + 6.0;
    struct chart_frame frame = {FRAME_LEFT, FRAME_RIGHT, top, 0, -scale.maximum, scale.maximum, 0, 1};
    frame.bottom = write_rows(sheet, NULL, &frame, comparison, top);
    write_axis(sheet, &drawing, &frame, scale);
    write_rows(sheet, &drawing, &frame, comparison, top);
    drawing_write(&drawing, sheet);
    struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
    chart_add_remarks(source, &text);
    chart_sheet_foot(sheet, frame.bottom + AXIS_X_HEIGHT + 12.0, buffer_text(&text));
    buffer_release(&text);
}

void chart_write_scheme_outcomes(const struct chart_source *source, struct chart_sheet *sheet)
{
    const struct comparison *comparison = source->common->comparison->comparison;
    const char *reference = comparison_scheme_phrase(comparison->reference);
    size_t rows = 0, sure = 0, clear = 0;
    for (size_t i = 0; i < SHOWN; i++) {
        for (uint32_t scheme = 0; scheme < SCHEME_COUNT; scheme++) {
            const struct comparison_outcome *outcome = comparison_find_outcome(comparison, scheme, shown[i]);
            rows += outcome != NULL && isfinite(outcome->difference.value);
            sure += outcome != NULL && isfinite(outcome->difference.lower);
            clear += outcome != NULL && comparison_is_clear(outcome->difference);
        }
    }
    struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
    if (rows == 0) {
        chart_sheet_nothing(sheet, source, "Schemes beside the reference", "no outcome has enough to show");
        buffer_release(&text);
        return;
    }
    if (sure == 0)
        buffer_add_formatted(&text, "Beside %s: no adjusted difference of those drawn has an interval", reference);
    else
        buffer_add_formatted(&text,
                             "Beside %s: %zu of %zu adjusted differences drawn here with an interval %s beyond chance",
                             reference, clear, sure, clear == 1 ? "is" : "are");
    chart_sheet_title(sheet, buffer_text(&text));
    buffer_clear(&text);
    buffer_add_string(&text,
                      "Observational. Adjusted to the same mix; practices did not come under their schemes by lot.");
    chart_sheet_subtitle(sheet, buffer_text(&text));
    buffer_release(&text);
    draw(source, sheet, comparison);
}
