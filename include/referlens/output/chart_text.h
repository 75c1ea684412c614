/* Text as a chart can carry it: plain, on one line, and no wider than its place.
 *
 * The reader's fonts are not known when a chart is drawn, so widths are those of DejaVu Sans, the widest of the usual
 * sans-serif faces: what fits here fits everywhere. Called by the chart_* modules.
 */
#ifndef REFERLENS_OUTPUT_CHART_TEXT_H
#define REFERLENS_OUTPUT_CHART_TEXT_H

#include "referlens/base/buffer.h"
#include "referlens/base/text.h"

#include <stddef.h>

/* The width of plain text in pixels at a font size in pixels. */
double chart_text_width(struct text text, double size);

/* How many bytes from the start of the text fit into the width; always at a character boundary. */
size_t chart_text_fitting(struct text text, double size, double width);

/* Adds the text, made plain by display_label, and cut with "…" where it is wider than `width` pixels. */
void chart_text_cut(struct text text, double size, double width, struct buffer *output);

/* Breaks plain text into lines at spaces, or anywhere in a word that is wider than a line. Returns how many lines there
 * are, at most `room`; the last is cut without a mark where more would be needed. The lines are views of `text`. */
size_t chart_text_wrap(struct text text, double size, double width, struct text *lines, size_t room);

/* A reason code as words: "incomplete_information" → "Incomplete information". Other texts are added as they are. */
void chart_text_reason(struct text reason, struct buffer *output);

#endif
