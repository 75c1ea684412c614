#include "referlens/output/chart_axis.h"

#include <math.h>
#include <stdio.h>

struct chart_scale chart_scale_of(double maximum, int steps, double step_minimum)
{
    static const double factors[] = {1.0, 2.0, 5.0, 10.0};
    double wanted = fmax(maximum / steps, step_minimum);
    double power = pow(10.0, floor(log10(wanted)));
    double step = 10.0 * power;
    for (size_t i = sizeof(factors) / sizeof(factors[0]); i-- > 0;) {
        if (factors[i] * power >= wanted * (1.0 - 1e-9))
            step = factors[i] * power;
    }
    double count = fmax(1.0, ceil(maximum / step - 1e-9));
    return (struct chart_scale){step, count * step};
}

struct display chart_axis_count(double value, double step)
{
    (void)step;
    return display_count(value);
}

struct display chart_axis_percent(double value, double step)
{
    struct display display = {""};
    long long tenths = llround(value * 1000.0);
    if (step >= 0.00999)
        snprintf(display.text, DISPLAY_SIZE, "%lld %%", tenths / 10);
    else
        snprintf(display.text, DISPLAY_SIZE, "%lld.%lld %%", tenths / 10, tenths % 10);
    return display;
}

/* How many steps the scale has. */
static int steps_of(struct chart_scale scale)
{
    return (int)llround(scale.maximum / scale.step);
}

enum { BESIDE = 8 /* between the frame and the words at its left */ };

double chart_axis_y_room(struct chart_scale scale, chart_axis_label *label)
{
    double widest = 0.0;
    for (int i = 0; i <= steps_of(scale); i++)
        widest = fmax(widest, chart_text_width(text_of(label(i * scale.step, scale.step).text), chart_types[WORD_PLAIN]));
    return widest + BESIDE;
}

void chart_axis_y(struct chart_sheet *sheet, const char *block, const struct chart_frame *frame,
                  struct chart_scale scale, chart_axis_label *label, const char *title)
{
    chart_sheet_block(sheet, block, "y");
    for (int i = 0; i <= steps_of(scale); i++) {
        double value = i * scale.step;
        struct display words = label(value, scale.step);
        chart_sheet_row(sheet, &value, 1);
        chart_sheet_word(sheet, WORD_PLAIN, ANCHOR_RIGHT, frame->left - BESIDE, chart_frame_y(frame, value),
                         text_of(words.text));
    }
    chart_sheet_word(sheet, WORD_SMALL, ANCHOR_LEFT, CHART_MARGIN, frame->top - 18.0, text_of(title));
}

void chart_axis_x(struct chart_sheet *sheet, const char *block, const struct chart_frame *frame,
                  struct chart_scale scale, chart_axis_label *label, const char *title)
{
    chart_sheet_block(sheet, block, "x");
    for (int i = 0; i <= steps_of(scale); i++) {
        double value = i * scale.step;
        struct display words = label(value, scale.step);
        chart_sheet_row(sheet, &value, 1);
        chart_sheet_word(sheet, WORD_PLAIN, ANCHOR_CENTRE, chart_frame_x(frame, value), frame->bottom + 15.0,
                         text_of(words.text));
    }
    chart_sheet_word(sheet, WORD_SMALL, ANCHOR_CENTRE, (frame->left + frame->right) / 2.0, frame->bottom + 35.0,
                     text_of(title));
}
