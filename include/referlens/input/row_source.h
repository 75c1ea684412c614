/* The rows of a chunk, wherever they come from: the records of a piece of a file, or the facts of a block of a store.
 */
#ifndef REFERLENS_INPUT_ROW_SOURCE_H
#define REFERLENS_INPUT_ROW_SOURCE_H

#include "referlens/input/chunk.h"
#include "referlens/input/fact_text.h"

struct row_source {
    struct row_maker maker;      /* its rows at hand: made, made_count */
    struct record_reader record; /* the record at hand; of a fact only its fields and line */
    /* private */
    struct chunk *chunk;
    bool counts;
    struct buffer text;
    struct fact_reader facts;
    struct mapped_row mapped;
};

/* Opens a chunk's rows for one pass. Where `counts` is true, what is read, left out, rejected or unreadable goes into
 * the chunk; false is for looking at the same rows again. */
void row_source_open(struct row_source *source, struct chunk *chunk, const struct input_file *file, enum file_kind kind,
                     bool counts);

/* Moves to the next record of which any row is made. */
bool row_source_next(struct row_source *source);

void row_source_close(struct row_source *source);

#endif
