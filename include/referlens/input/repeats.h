/* Referral rows that share an id: which one is used, and what the others are.
 *
 * The one whose canonical text sorts first is used. A row that says the same is a duplicate; one that differs is
 * rejected as a conflict. Where a profile says which of several rows comes first, that one is used and the others are
 * duplicates. Only the chunks that hold such rows are read again.
 */
#ifndef REFERLENS_INPUT_REPEATS_H
#define REFERLENS_INPUT_REPEATS_H

#include "referlens/cohort/identity.h"
#include "referlens/input/chunk.h"

/* Why a row that says nothing new is a duplicate. */
extern const char reason_repeated[];

/* Marks in `dropped` (one byte a row of the cohort, zero at first) the rows not used, counts duplicates by file and adds
 * the conflicts to their chunks' rejected rows. */
void repeats_settle(const struct identity_repeat *repeats, size_t repeat_count, struct chunk_list *chunks,
                    struct input_file *files, uint8_t *dropped);

#endif
