#include "referlens/output/chart_scheme_waits.h"

#include "referlens/measure/scheme_stack.h"
#include "referlens/output/chart_drawing.h"

#include <math.h>
#include <stdio.h>

enum { PANEL_WIDTH = 270, PANEL_HEIGHT = 120, PANEL_GAP = 62, HEAD_HEIGHT = 22, PANELS_A_ROW = 2, DAYS = 364 };

static const double panel_left[PANELS_A_ROW] = {48.0, 360.0};
static const int32_t read_at[] = {42, 126, 364};
enum { READ_AT = sizeof read_at / sizeof read_at[0] };

/* A hidden share is drawn as none. */
static double drawn(double share)
{
    return isnan(share) ? 0 : share;
}

static void write_bands(struct drawing *drawing, const struct chart_frame *frame, const struct scheme_stack *stack)
{
    for (size_t i = 0; i < stack->count; i++) {
        const double x = chart_frame_x(frame, (double)i * STACK_STEP_DAYS);
        const double seen = drawn(stack->share[i][STACK_SEEN]);
        const double away = fmin(drawn(stack->share[i][STACK_TURNED_AWAY]), 1 - seen);
        const double left = fmin(drawn(stack->share[i][STACK_LEFT]), 1 - seen - away);
        drawing_band(drawing, BAND_SEEN, x, chart_frame_y(frame, seen), chart_frame_y(frame, 0));
        drawing_band(drawing, BAND_TURNED_AWAY, x, chart_frame_y(frame, 1), chart_frame_y(frame, 1 - away));
        drawing_band(drawing, BAND_LEFT, x, chart_frame_y(frame, 1 - away), chart_frame_y(frame, 1 - away - left));
    }
    for (int band = 0; band < DRAWING_BANDS; band++)
        drawing_band(drawing, (enum drawing_band)band, NAN, NAN, NAN);
}

static void write_axes(struct chart_sheet *sheet, struct drawing *drawing, const struct chart_frame *frame)
{
    static const struct {
        int32_t day_number;
        const char *words;
    } marks[] = {{0, "0"}, {126, "18"}, {252, "36"}, {364, "52 weeks"}};
    for (int i = 0; i <= 2; i++) {
        const double y = chart_frame_y(frame, i * 0.5);
        drawing_stroke(drawing, frame->left, y, frame->right, y, i == 0 ? DRAWN_ZERO : DRAWN_RULE);
        chart_sheet_word(sheet, WORD_SMALL, ANCHOR_RIGHT, frame->left - 6, y,
                         text_of(display_axis_end(i * 0.5).text[0] != '\0' ? display_axis_end(i * 0.5).text : ""));
    }
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        const double x = chart_frame_x(frame, marks[i].day_number);
        drawing_stroke(drawing, x, frame->bottom, x, frame->bottom + 4, DRAWN_ZERO);
        chart_sheet_word(sheet, WORD_SMALL, i == 3 ? ANCHOR_RIGHT : ANCHOR_CENTRE, i == 3 ? x + 6 : x,
                         frame->bottom + 14, text_of(marks[i].words));
    }
}

static void write_tips(struct chart_sheet *sheet, const struct chart_frame *frame, const struct scheme_stack *stack)
{
    for (size_t i = 0; i < READ_AT; i++) {
        const size_t point = (size_t)(read_at[i] / STACK_STEP_DAYS);
        if (point >= stack->count)
            continue;
        const double *share = stack->share[point];
        struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
        buffer_add_formatted(&text, "%s, day %d: %s seen, %s turned away", scheme_titles[stack->scheme], read_at[i],
                             display_percent(share[STACK_SEEN]).text, display_percent(share[STACK_TURNED_AWAY]).text);
        chart_sheet_tip(sheet, chart_frame_x(frame, read_at[i]), chart_frame_y(frame, drawn(share[STACK_SEEN])), 8,
                        buffer_text(&text), TEXT(""));
        buffer_release(&text);
        chart_sheet_cell_string(sheet, scheme_titles[stack->scheme]);
        chart_sheet_cell_string(sheet, display_days(read_at[i]).text);
        for (size_t part = 0; part < STACK_PARTS; part++)
            chart_sheet_cell_string(sheet, display_percent(share[part]).text);
        chart_sheet_end_cells(sheet);
    }
}

static double write_panels(struct chart_sheet *sheet, struct drawing *drawing, const struct scheme_stack *stacks,
                           size_t count)
{
    double top = sheet->y + HEAD_HEIGHT;
    for (size_t i = 0; i < count; i++) {
        const double left = panel_left[i % PANELS_A_ROW];
        const double y = top + (double)(i / PANELS_A_ROW) * (PANEL_HEIGHT + PANEL_GAP);
        const struct chart_frame frame = {left, left + PANEL_WIDTH - 20, y, y + PANEL_HEIGHT, 0, DAYS, 0, 1};
        char head[96];
        snprintf(head, sizeof head, "%s", scheme_titles[stacks[i].scheme]);
        chart_sheet_word(sheet, WORD_STRONG, ANCHOR_LEFT, left, y - 14, text_of(head));
        write_bands(drawing, &frame, &stacks[i]);
        write_axes(sheet, drawing, &frame);
        write_tips(sheet, &frame, &stacks[i]);
    }
    return top + (double)((count + 1) / PANELS_A_ROW) * (PANEL_HEIGHT + PANEL_GAP) - HEAD_HEIGHT;
}

/* "57.6 % to 61.2 % seen by day 126, by scheme". */
static void add_title(const struct scheme_stack *stacks, size_t count, struct buffer *text)
{
    enum { WEEKS_18 = 126 / STACK_STEP_DAYS };
    double lowest = INFINITY, highest = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        const double seen = stacks[i].count > WEEKS_18 ? stacks[i].share[WEEKS_18][STACK_SEEN] : (double)NAN;
        lowest = isnan(seen) ? lowest : fmin(lowest, seen);
        highest = isnan(seen) ? highest : fmax(highest, seen);
    }
    buffer_add_string(text, "Where referrals stood, by scheme");
    if (highest >= lowest)
        buffer_add_formatted(text, ": %s to %s were seen within 18 weeks", display_percent(lowest).text,
                             display_percent(highest).text);
}

void chart_write_scheme_waits(const struct chart_source *source, struct chart_sheet *sheet)
{
    static const struct legend_entry legend[] = {
        {21, "seen"}, {22, "rejected or returned, not seen"}, {23, "cancelled or died before"}};
    struct scheme_stack stacks[SCHEME_COUNT];
    const size_t count = scheme_stacks_of(source->report, stacks);
    if (count == 0) {
        chart_sheet_nothing(sheet, source, "Where referrals stood, by scheme", "it is not recorded who was seen");
        return;
    }
    struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
    struct drawing drawing = {.strokes = {NULL, 0, 0}};
    add_title(stacks, count, &text);
    chart_sheet_title(sheet, buffer_text(&text));
    chart_sheet_subtitle(sheet, TEXT("Cumulative incidence from the GP’s referral, of all submitted; white: still waiting. "
                                     "Observational: not adjusted for case mix."));
    chart_sheet_legend(sheet, legend, sizeof legend / sizeof legend[0]);
    chart_sheet_table(sheet, "Scheme\tBy\tSeen\tRejected or returned\tCancelled or died");
    const double bottom = write_panels(sheet, &drawing, stacks, count);
    drawing_write(&drawing, sheet);
    buffer_clear(&text);
    chart_add_remarks(source, &text);
    chart_sheet_foot(sheet, bottom, buffer_text(&text));
    buffer_release(&text);
}
