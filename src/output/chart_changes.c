#include "referlens/output/chart_changes.h"

#include "referlens/output/chart_axis.h"
#include "referlens/output/chart_drawing.h"
#include "referlens/output/comparison_rows.h"
#include "referlens/output/comparison_words.h"

#include <math.h>
#include <stdio.h>

enum {
    PANEL_WIDTH = 250,
    PANEL_HEIGHT = 130,
    PANEL_GAP = 78,
    PANELS_A_ROW = 2,
    PANELS_MAX = 6,
    HEAD_WIDTH = 284, /* from the left of a head to the next panel's, or to the edge */
    HEAD_LINES = 2,
    HEAD_STEP = 17,
    Y_STEPS = 4,
    TIP = 6
};

static const double panel_left[PANELS_A_ROW] = {52.0, 372.0};

/* As much of a scheme's title as the head of a panel has room for. */
static const char *const short_titles[SCHEME_COUNT] = {[SCHEME_NONE] = "None",
                                                       [SCHEME_RMC] = "Centre",
                                                       [SCHEME_SPECIALIST_ADVICE] = "Advice",
                                                       [SCHEME_LOCAL_EXPERTISE] = "Local",
                                                       [SCHEME_PEER_REVIEW] = "Peer review"};

/* What the panels show. */
struct panels {
    const struct change *changes[PANELS_MAX];
    char heads[PANELS_MAX][96];
    size_t count;
    size_t more; /* that found no place */
};

static bool has_points(const struct change *change)
{
    for (size_t i = 0; i < change->point_count; i++) {
        if (isfinite(change->points[i].value))
            return true;
    }
    return false;
}

static double highest_of(const struct change *change)
{
    double highest = 0.02;
    for (size_t i = 0; i < change->point_count; i++) {
        const double values[] = {change->points[i].value, change->points[i].fitted, change->points[i].counterfactual};
        for (size_t v = 0; v < 3; v++)
            highest = isfinite(values[v]) ? fmax(highest, values[v]) : highest;
    }
    return fmin(highest, 1);
}

/* A line through the fitted (or continued) values from one month to another, held inside the frame. */
static void draw_line(struct drawing *drawing, const struct chart_frame *frame, double from, double value, double to,
                      double to_value, int kind)
{
    drawing_stroke(drawing, chart_frame_x(frame, from), chart_frame_y(frame, fmin(fmax(value, 0), frame->y_maximum)),
                   chart_frame_x(frame, to), chart_frame_y(frame, fmin(fmax(to_value, 0), frame->y_maximum)), kind);
}

static void draw_fit(struct drawing *drawing, const struct chart_frame *frame, const struct change *change)
{
    const double level = change->level.estimate.value, slope = change->slope.estimate.value;
    const double level_change = change->level_change.estimate.value, slope_change = change->slope_change.estimate.value;
    const double first = change->points[0].month, last = change->points[change->point_count - 1].month;
    draw_line(drawing, frame, first, level + slope * first, 0, level, DRAWN_ADJUSTED);
    draw_line(drawing, frame, 0, level + level_change, last,
              level + level_change + (slope + slope_change) * last, DRAWN_ADJUSTED);
    draw_line(drawing, frame, 0, level, last, level + slope * last, DRAWN_DASHED);
}

static void write_points(struct chart_sheet *sheet, struct drawing *drawing, const struct chart_frame *frame,
                         const struct change *change, const char *head)
{
    for (size_t i = 0; i < change->point_count; i++) {
        const struct change_point *point = &change->points[i];
        if (isnan(point->value))
            continue;
        const double x = chart_frame_x(frame, point->month), y = chart_frame_y(frame, point->value);
        char words[256];
        snprintf(words, sizeof words, "Month %d: %s (%s)", (int)point->month, display_percent(point->value).text,
                 display_share(point->numerator, point->denominator).text);
        drawing_dot(drawing, x, y, DRAWN_CRUDE);
        chart_sheet_tip(sheet, x, y, TIP, text_of(words), TEXT(""));
        chart_sheet_cell_string(sheet, head);
        snprintf(words, sizeof words, "%d", (int)point->month);
        chart_sheet_cell_string(sheet, words);
        chart_sheet_cell_string(sheet, display_share(point->numerator, point->denominator).text);
        chart_sheet_cell_string(sheet, display_percent(point->value).text);
        chart_sheet_cell_string(sheet, display_percent(point->counterfactual).text);
        chart_sheet_end_cells(sheet);
    }
}

static void write_axes(struct chart_sheet *sheet, struct drawing *drawing, const struct chart_frame *frame,
                       struct chart_scale scale)
{
    for (int i = 0; i <= (int)llround(scale.maximum / scale.step); i++) {
        const double y = chart_frame_y(frame, i * scale.step);
        drawing_stroke(drawing, frame->left, y, frame->right, y, i == 0 ? DRAWN_ZERO : DRAWN_RULE);
        chart_sheet_word(sheet, WORD_SMALL, ANCHOR_RIGHT, frame->left - 6, y,
                         text_of(chart_axis_percent(i * scale.step, scale.step).text));
    }
    for (int month = -24; month <= 24; month += 6) {
        char words[16];
        if (month < frame->x_minimum || month > frame->x_maximum)
            continue;
        snprintf(words, sizeof words, "%s%d", month < 0 ? "−" : "", month < 0 ? -month : month);
        chart_sheet_word(sheet, WORD_SMALL, ANCHOR_CENTRE, chart_frame_x(frame, month), frame->bottom + 14,
                         text_of(words));
    }
    chart_sheet_word(sheet, WORD_SMALL, ANCHOR_CENTRE, (frame->left + frame->right) / 2, frame->bottom + 31,
                     TEXT("months from the change"));
    const double x = chart_frame_x(frame, -0.5);
    drawing_stroke(drawing, x, frame->top, x, frame->bottom, DRAWN_CHANGE);
}

static size_t break_head(const struct panels *panels, size_t i, struct text lines[HEAD_LINES])
{
    return chart_text_wrap_evenly(text_of(panels->heads[i]), chart_types[WORD_STRONG], HEAD_WIDTH, lines, HEAD_LINES);
}

/* How much lower a row of panels lies than under heads of one line. */
static double more_head(const struct panels *panels, size_t first)
{
    struct text lines[HEAD_LINES];
    size_t most = 1;
    for (size_t i = first; i < panels->count && i < first + PANELS_A_ROW; i++) {
        const size_t count = break_head(panels, i, lines);
        most = count > most ? count : most;
    }
    return (double)(most - 1) * HEAD_STEP;
}

/* The last line of a head stands just above its panel, the others above that. */
static void write_head(struct chart_sheet *sheet, const struct panels *panels, size_t i, double left, double top)
{
    struct text lines[HEAD_LINES];
    const size_t count = break_head(panels, i, lines);
    for (size_t line = 0; line < count; line++)
        chart_sheet_word(sheet, WORD_STRONG, ANCHOR_LEFT, left, top - 16 - (double)(count - 1 - line) * HEAD_STEP,
                         lines[line]);
}

static void write_panel(struct chart_sheet *sheet, struct drawing *drawing, const struct panels *panels, size_t i,
                        double top)
{
    const struct change *change = panels->changes[i];
    struct chart_scale scale = chart_scale_of(highest_of(change), Y_STEPS, 0.005);
    scale.maximum = fmin(scale.maximum, 1);
    const double left = panel_left[i % PANELS_A_ROW];
    const struct chart_frame frame = {left,
                                      left + PANEL_WIDTH,
                                      top,
                                      top + PANEL_HEIGHT,
                                      change->points[0].month - 0.5,
                                      change->points[change->point_count - 1].month + 0.5,
                                      0,
                                      scale.maximum};
    write_head(sheet, panels, i, left - 30, top);
    write_axes(sheet, drawing, &frame, scale);
    if (isfinite(change->level_change.estimate.value))
        draw_fit(drawing, &frame, change);
    write_points(sheet, drawing, &frame, change, panels->heads[i]);
}

static void write_panels(const struct chart_source *source, struct chart_sheet *sheet, const struct panels *panels)
{
    static const struct legend_entry legend[] = {{DRAWN_CRUDE, "a month"},
                                                 {DRAWN_ADJUSTED, "fitted line, before and after"},
                                                 {DRAWN_DASHED, "had level and slope gone on (dashed)"}};
    struct drawing drawing = {.strokes = {NULL, 0, 0}};
    chart_sheet_legend(sheet, legend, sizeof legend / sizeof legend[0]);
    chart_sheet_table(sheet, "Panel\tMonth\tCount\tShare\tHad it gone on");
    double top = sheet->y + 28.0;
    for (size_t first = 0; first < panels->count; first += PANELS_A_ROW) {
        top += more_head(panels, first);
        for (size_t i = first; i < panels->count && i < first + PANELS_A_ROW; i++)
            write_panel(sheet, &drawing, panels, i, top);
        top += PANEL_HEIGHT + PANEL_GAP;
    }
    drawing_write(&drawing, sheet);
    struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
    buffer_add_string(&text, "Without a fitted line: fewer than 8 settled months on a side. ");
    if (panels->more > 0)
        buffer_add_formatted(&text, "%zu more are in the table. ", panels->more);
    chart_add_remarks(source, &text);
    chart_sheet_foot(sheet, top - 22, buffer_text(&text));
    buffer_release(&text);
}

static void write_chart(const struct chart_source *source, struct chart_sheet *sheet, const struct panels *panels,
                        const char *title, const char *subtitle)
{
    if (panels->count == 0) {
        chart_sheet_nothing(sheet, source, title, "nothing to show");
        return;
    }
    chart_sheet_title(sheet, text_of(title));
    chart_sheet_subtitle(sheet, text_of(subtitle));
    write_panels(source, sheet, panels);
}

void chart_write_scheme_moves(const struct chart_source *source, struct chart_sheet *sheet)
{
    const struct comparison_changes *changes = source->common->comparison->changes;
    const size_t rejection = measure_index("rejection_rate");
    struct panels panels = {.count = 0};
    for (size_t i = 0; i < changes->switch_count; i++) {
        const struct change *change = &changes->switches[i];
        if (change->measure != rejection || !has_points(change))
            continue;
        if (panels.count == PANELS_MAX) {
            panels.more++;
            continue;
        }
        snprintf(panels.heads[panels.count], sizeof panels.heads[0], "%s → %s, %zu practice%s",
                 short_titles[change->from], short_titles[change->to], change->practices,
                 change->practices == 1 ? "" : "s");
        panels.changes[panels.count++] = change;
    }
    write_chart(source, sheet, &panels, "Share rejected before and after a move from one scheme to another",
                "Of decided referrals, by the month of referral. Centre: referral management centre; advice: specialist advice; local: "
                "local expertise. Observational: whatever else happened then is in it too.");
}

void chart_write_meeting_series(const struct chart_source *source, struct chart_sheet *sheet)
{
    static const char *const shown[] = {"rejection_rate", "rejected_without_dialogue", "attendance_conversion",
                                        "wait_first_attendance"};
    const struct comparison_changes *changes = source->common->comparison->changes;
    struct panels panels = {.count = 0};
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        const struct change *change =
            change_find(changes->sessions, changes->session_count, SCHEME_COUNT, SCHEME_COUNT, shown[i]);
        if (change == NULL || !has_points(change))
            continue;
        snprintf(panels.heads[panels.count], sizeof panels.heads[0], "%s", comparison_change_title(change).text);
        panels.changes[panels.count++] = change;
    }
    write_chart(source, sheet, &panels, "Before and after the first peer-review meeting",
                "Practices that began to meet, by the month of referral. Observational: practices chose to meet.");
}
