/* The data-quality report as text for a terminal: the same numbers as quality_json.h, for eyes. */
#ifndef REFERLENS_OUTPUT_QUALITY_TEXT_H
#define REFERLENS_OUTPUT_QUALITY_TEXT_H

#include "referlens/base/buffer.h"
#include "referlens/measure/report.h"

/* Adds the report on every file, and on all of them together. */
void quality_text_add(struct buffer *text, const struct report *report);

/* Adds that there are requests before the observed window (observed_window.h), how many, and what they count for: a
 * sentence without its end. Nothing where there are none. */
void quality_text_add_early(struct buffer *text, const struct report *report);

#endif
