/* What the columns of a file held, as JSON for the store, and back. */
#ifndef REFERLENS_INPUT_QUALITY_TEXT_H
#define REFERLENS_INPUT_QUALITY_TEXT_H

#include "referlens/base/arena.h"
#include "referlens/base/ledger.h"
#include "referlens/base/quality.h"
#include "referlens/input/format.h"

/* Writes the columns of a part. */
void quality_text_write(const struct quality_part *part, struct buffer *text);

/* Fills `part->columns` of a kind, in the arena. False where the text is none of ours. */
bool quality_text_read(struct text text, enum file_kind kind, struct arena *arena, struct quality_part *part);

/* Reasons and their counts, likewise; `reasons` has room for LEDGER_REASON_MAX. */
void reasons_text_write(const struct ledger_reason *reasons, size_t count, struct buffer *text);
bool reasons_text_read(struct text text, struct arena *arena, struct ledger_reason *reasons, size_t *count);

#endif
