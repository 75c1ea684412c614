#include "referlens/output/chart_scheme_balance.h"

#include "referlens/output/chart_axis.h"
#include "referlens/output/chart_drawing.h"
#include "referlens/output/comparison_words.h"

#include <math.h>
#include <stdio.h>

enum { FRAME_LEFT = 190, FRAME_RIGHT = 610, ROW_HEIGHT = 30, TIP = 8 };

/* From here on a difference is usually called noticeable. */
#define NOTICEABLE 0.1

static const struct {
    enum comparison_variable variable;
    const char *title;
} rows[] = {{COMPARISON_SPECIALTY, "Specialty"},       {COMPARISON_PRIORITY, "Priority"},
            {COMPARISON_AGE_BAND, "Age band"},         {COMPARISON_SEX, "Sex"},
            {COMPARISON_IMD_DECILE, "Deprivation"},    {COMPARISON_LIST_SIZE, "List size"}};
enum { ROWS = sizeof rows / sizeof rows[0] };

/* The whole variable's difference; NAN where there is none. */
static double difference_of(const struct comparison *comparison, uint32_t scheme, enum comparison_variable variable)
{
    for (size_t i = 0; i < comparison->balance_count; i++) {
        const struct comparison_balance *balance = &comparison->balance[i];
        if (balance->scheme == scheme && balance->variable == variable && balance->label.length == 0)
            return fabs(balance->smd);
    }
    return NAN;
}

static double largest_of(const struct comparison *comparison)
{
    double largest = 2 * NOTICEABLE;
    for (size_t i = 0; i < ROWS; i++) {
        for (uint32_t scheme = 0; scheme < SCHEME_COUNT; scheme++) {
            const double difference = difference_of(comparison, scheme, rows[i].variable);
            largest = isnan(difference) ? largest : fmax(largest, difference);
        }
    }
    return largest;
}

static struct display two_decimals(double value)
{
    struct display text = {""};
    const long long hundredths = llround(value * 100);
    snprintf(text.text, DISPLAY_SIZE, "%lld.%02lld", hundredths / 100, hundredths % 100);
    return text;
}

static void write_axis(struct chart_sheet *sheet, struct drawing *drawing, const struct chart_frame *frame,
                       struct chart_scale scale)
{
    for (int i = 0; i <= (int)llround(scale.maximum / scale.step); i++) {
        const double x = chart_frame_x(frame, i * scale.step);
        drawing_stroke(drawing, x, frame->top, x, frame->bottom, i == 0 ? DRAWN_ZERO : DRAWN_RULE);
        chart_sheet_word(sheet, WORD_PLAIN, ANCHOR_CENTRE, x, frame->bottom + 15.0,
                         text_of(two_decimals(i * scale.step).text));
    }
    const double x = chart_frame_x(frame, NOTICEABLE);
    drawing_stroke(drawing, x, frame->top, x, frame->bottom, DRAWN_CHANGE);
    chart_sheet_word(sheet, WORD_SMALL, ANCHOR_CENTRE, (frame->left + frame->right) / 2, frame->bottom + 35.0,
                     TEXT("Standardised mean difference from the reference (dotted: 0.1)"));
}

static size_t write_row(struct chart_sheet *sheet, struct drawing *drawing, const struct chart_frame *frame,
                        const struct comparison *comparison, size_t row, double y)
{
    size_t noticeable = 0;
    chart_sheet_word(sheet, WORD_PLAIN, ANCHOR_RIGHT, FRAME_LEFT - 12.0, y, text_of(rows[row].title));
    drawing_stroke(drawing, frame->left, y, frame->right, y, DRAWN_RULE);
    for (uint32_t scheme = 0; scheme < SCHEME_COUNT; scheme++) {
        const double difference = difference_of(comparison, scheme, rows[row].variable);
        if (isnan(difference))
            continue;
        noticeable += difference >= NOTICEABLE;
        struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
        buffer_add_formatted(&text, "%s, %s: %s", rows[row].title, scheme_titles[scheme], two_decimals(difference).text);
        drawing_dot(drawing, chart_frame_x(frame, difference), y, (int)scheme + 1);
        chart_sheet_tip(sheet, chart_frame_x(frame, difference), y, TIP, buffer_text(&text), TEXT(""));
        buffer_release(&text);
        chart_sheet_cell_string(sheet, rows[row].title);
        chart_sheet_cell_string(sheet, scheme_titles[scheme]);
        chart_sheet_cell_string(sheet, two_decimals(difference).text);
        chart_sheet_end_cells(sheet);
    }
    return noticeable;
}

static void add_legend(struct chart_sheet *sheet, const struct comparison *comparison)
{
    struct legend_entry entries[SCHEME_COUNT];
    size_t count = 0;
    for (uint32_t scheme = 0; scheme < SCHEME_COUNT; scheme++) {
        if (comparison->schemes[scheme] && scheme != comparison->reference)
            entries[count++] = (struct legend_entry){(int)scheme + 1, scheme_titles[scheme]};
    }
    chart_sheet_legend(sheet, entries, count);
}

void chart_write_scheme_balance(const struct chart_source *source, struct chart_sheet *sheet)
{
    const struct comparison *comparison = source->common->comparison->comparison;
    struct drawing drawing = {.strokes = {NULL, 0, 0}};
    struct buffer text = buffer_with_maximum(CHART_LINE_MAX);
    buffer_add_formatted(&text, "How unlike the referrals of each scheme and of %s are",
                         comparison_scheme_phrase(comparison->reference));
    chart_sheet_title(sheet, buffer_text(&text));
    chart_sheet_subtitle(sheet, TEXT("0 is alike; from 0.1 on the difference is usually called noticeable. Observational: what "
                                     "is not adjusted for may explain what is left."));
    add_legend(sheet, comparison);
    chart_sheet_table(sheet, "Variable\tScheme\tStandardised mean difference");
    const struct chart_scale scale = chart_scale_of(largest_of(comparison), 5, 0.05);
    const double top = sheet->y + 6.0;
    const struct chart_frame frame = {FRAME_LEFT, FRAME_RIGHT, top, top + ROWS * ROW_HEIGHT, 0, scale.maximum, 0, 1};
    write_axis(sheet, &drawing, &frame, scale);
    for (size_t i = 0; i < ROWS; i++)
        write_row(sheet, &drawing, &frame, comparison, i, top + ((double)i + 0.5) * ROW_HEIGHT);
    drawing_write(&drawing, sheet);
    buffer_clear(&text);
    chart_add_remarks(source, &text);
    chart_sheet_foot(sheet, frame.bottom + AXIS_X_HEIGHT + 12.0, buffer_text(&text));
    buffer_release(&text);
}
