/* The data-quality report as text for a terminal: the same numbers as quality_json.h, for eyes. */
#ifndef REFERLENS_OUTPUT_QUALITY_TEXT_H
#define REFERLENS_OUTPUT_QUALITY_TEXT_H

#include "referlens/base/buffer.h"
#include "referlens/measure/report.h"

/* Adds the report on every file, and on all of them together. */
void quality_text_add(struct buffer *text, const struct report *report);

#endif
