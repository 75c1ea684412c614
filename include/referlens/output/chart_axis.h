/* Axes: round steps, grid lines and their labels.
 *
 * Called by the chart_* modules.
 */
#ifndef REFERLENS_OUTPUT_CHART_AXIS_H
#define REFERLENS_OUTPUT_CHART_AXIS_H

#include "referlens/output/chart_sheet.h"
#include "referlens/output/page_format.h"

/* From 0 to `maximum` by `step`; the step is 1, 2 or 5 times a power of ten, and the maximum a multiple of it. */
struct chart_scale {
    double step, maximum;
};

/* The finest such scale that reaches `maximum` in at most `steps` steps, none shorter than `step_minimum`. */
struct chart_scale chart_scale_of(double maximum, int steps, double step_minimum);

/* Labels for the steps of an axis: "1,200"; "12 %", with decimals where the step needs them. */
typedef struct display chart_axis_label(double value, double step);
struct display chart_axis_count(double value, double step);
struct display chart_axis_percent(double value, double step);

/* Adds a block of the values at which a grid line crosses the frame, and words beside it: for y at its left, with `title`
 * above; for x below, with `title` under the middle. The frame's y (x) runs from 0 to the scale's maximum. */
void chart_axis_y(struct chart_sheet *sheet, const char *block, const struct chart_frame *frame,
                  struct chart_scale scale, chart_axis_label *label, const char *title);
void chart_axis_x(struct chart_sheet *sheet, const char *block, const struct chart_frame *frame,
                  struct chart_scale scale, chart_axis_label *label, const char *title);

/* How far from the left edge a frame must begin so that the words of chart_axis_y fit beside it, in pixels. */
double chart_axis_y_room(struct chart_scale scale, chart_axis_label *label);

/* How far below the frame the words of chart_axis_x reach, and above it the title of chart_axis_y, in pixels. */
enum { AXIS_X_HEIGHT = 48, AXIS_Y_TITLE_HEIGHT = 26 };

#endif
