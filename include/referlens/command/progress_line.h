/* A line on the terminal that says how far reading, taking into a store, or the making of packs has come: what is done
 * of all, and a rate.
 *
 * It appears after a second, is written over ten times a second, and is gone once the work is done. It is cut to the
 * terminal's width. Where standard error is no terminal there is none.
 */
#ifndef REFERLENS_COMMAND_PROGRESS_LINE_H
#define REFERLENS_COMMAND_PROGRESS_LINE_H

#include "referlens/base/progress.h"

struct progress_line;

enum progress_kind {
    PROGRESS_READING, /* in bytes */
    PROGRESS_HASHING, /* not counted */
    PROGRESS_STORING, /* in facts */
    PROGRESS_CHARTS,  /* in packs */
    PROGRESS_PAGES,   /* in packs */
};

/* Starts to show it; NULL where there is nothing to show it on. `progress` must outlive the line. */
struct progress_line *progress_line_start(const struct progress *progress, enum progress_kind kind);

/* Takes the line away. Nothing else may be printed between the two. NULL is allowed. */
void progress_line_end(struct progress_line *line);

#endif
