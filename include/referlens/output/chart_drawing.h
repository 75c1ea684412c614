/* A drawing in pixels: strokes, dots and bands of a few kinds, for charts of several panels, whose places no single system
 * of axes describes.
 *
 * What is where is settled in C, what it looks like in reports/charts/drawing.gp. Blocks of the sheet: "strokes", "dots"
 * and a "bands_N" for each kind of band. Called by the charts of a comparison.
 */
#ifndef REFERLENS_OUTPUT_CHART_DRAWING_H
#define REFERLENS_OUTPUT_CHART_DRAWING_H

#include "referlens/output/chart_sheet.h"

#include <stddef.h>

/* Kinds, as the script has them: 1 to 5 the schemes in their order, then these. */
enum drawing_kind {
    DRAWN_RULE = 6, /* grid lines */
    DRAWN_ZERO,     /* the line that stands for no difference */
    DRAWN_CRUDE,
    DRAWN_ADJUSTED,
    DRAWN_BARE, /* adjusted, without an interval */
    DRAWN_DASHED,
    DRAWN_CHANGE, /* when it came */
    DRAWN_KINDS
};
enum drawing_band { BAND_SEEN, BAND_TURNED_AWAY, BAND_LEFT, DRAWING_BANDS };

/* Rows kept until the drawing is written; zeroed: empty. */
struct drawing {
    struct {
        double *values;
        size_t count, capacity; /* numbers */
    } strokes, dots, bands[DRAWING_BANDS];
};

/* Places in pixels. A NAN draws nothing. */
void drawing_stroke(struct drawing *drawing, double x, double y, double to_x, double to_y, int kind);
void drawing_dot(struct drawing *drawing, double x, double y, int kind);

/* The next place of a band, from left to right; NAN throughout ends one. */
void drawing_band(struct drawing *drawing, enum drawing_band band, double x, double top, double bottom);

/* Writes the blocks, and releases the drawing. */
void drawing_write(struct drawing *drawing, struct chart_sheet *sheet);

#endif
