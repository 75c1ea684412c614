/* Text as a chart can carry it: plain, on one line, and no wider than its place.
 *
 * The reader's fonts are not known when a chart is drawn, so widths are those of DejaVu Sans, as wide as any of the usual
 * sans-serif faces and all that many a computer has: what fits here fits everywhere. Its bold is wider by a seventh, and by
 * a quarter where letters are narrow, so it has widths of its own. Called by the chart_* modules.
 */
#ifndef REFERLENS_OUTPUT_CHART_TEXT_H
#define REFERLENS_OUTPUT_CHART_TEXT_H

#include "referlens/base/buffer.h"
#include "referlens/base/text.h"

#include <stdbool.h>
#include <stddef.h>

/* A size of type in pixels, and whether it is bold. */
struct chart_type {
    double size;
    bool bold;
};

/* The width of plain text in pixels. */
double chart_text_width(struct text text, struct chart_type type);

/* How many bytes from the start of the text fit into the width; always at a character boundary. */
size_t chart_text_fitting(struct text text, struct chart_type type, double width);

/* Adds the text, made plain by display_label, and cut with "…" where it is wider than `width` pixels. */
void chart_text_cut(struct text text, struct chart_type type, double width, struct buffer *output);

/* Breaks plain text into lines at spaces, or anywhere in a word that is wider than a line. Returns how many lines there
 * are, at most `room`; the last is cut without a mark where more would be needed. The lines are views of `text`. */
size_t chart_text_wrap(struct text text, struct chart_type type, double width, struct text *lines, size_t room);

/* Whether the lines reach to the end of the text that they were broken from. */
bool chart_text_is_whole(struct text text, const struct text *lines, size_t count);

/* As chart_text_wrap, and then again as narrow as the same number of lines allows, so that no word is left alone. `room` is
 * at most CHART_TEXT_LINES_MAX. */
enum { CHART_TEXT_LINES_MAX = 6 };
size_t chart_text_wrap_evenly(struct text text, struct chart_type type, double width, struct text *lines, size_t room);

/* A reason code as words: "incomplete_information" → "Incomplete information". Other texts are added as they are. */
void chart_text_reason(struct text reason, struct buffer *output);

#endif
