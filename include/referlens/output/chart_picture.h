/* A finished picture: what gnuplot has drawn, made fit to stand alone or inside a page.
 *
 * gnuplot's SVG is read tag by tag, and only what its drawings are made of is taken over: no script, no style, no link,
 * no reference out of the picture. Ids get the chart's name before them, so that several pictures can stand in one
 * page; what draws nothing is left out. The lines of title, subtitle and remarks are marked, and the view box between
 * them is named, so that a page that says them itself can leave them out. Then come a name and a description for those
 * who listen, and, over the points, what each says when it is pointed at. Called by chart.c.
 */
#ifndef REFERLENS_OUTPUT_CHART_PICTURE_H
#define REFERLENS_OUTPUT_CHART_PICTURE_H

#include "referlens/base/buffer.h"
#include "referlens/base/error.h"
#include "referlens/base/text.h"

#include <stdbool.h>

/* What opens a line of title, subtitle or remarks, and the attribute behind the view box that names the view box of all
 * but these. */
#define CHART_CAPTION_OPEN "<text class=\"caption\">"
#define CHART_BODY_BOX     " data-body="

/* Adds the finished picture of gnuplot's `drawing` to `picture`. `id` is the chart's; `description` says what kind of
 * picture it is; `sheet` gives the title and the tips. Fails, naming what it met, where the drawing holds anything
 * unexpected. */
bool chart_picture_finish(struct text drawing, const char *id, const char *description, struct text sheet,
                          struct buffer *picture, struct error *error);

#endif
