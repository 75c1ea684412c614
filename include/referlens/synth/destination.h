/* A folder of files that appears whole or not at all.
 *
 * The files are written into a partial folder (beside the target where there is none yet, inside it where there is)
 * and moved to their places at the end. In a target that exists, other files than those written stay as they are.
 */
#ifndef REFERLENS_SYNTH_DESTINATION_H
#define REFERLENS_SYNTH_DESTINATION_H

#include "referlens/base/error.h"
#include "referlens/base/text.h"

#include <stdbool.h>
#include <stddef.h>

struct destination;

/* Makes the partial folder of `target`. Fails where the target is no folder, where it holds something and `replace`
 * is false, or where it can't be written to. `*destination` is to be closed. */
bool destination_open(const char *target, bool replace, struct destination **destination, struct error *error);

/* Begins a file; its name must outlive the destination. At most 8 files. `*file` is its number from then on. */
bool destination_begin(struct destination *destination, const char *name, size_t *file, struct error *error);

/* Adds bytes to a file. */
bool destination_add(struct destination *destination, size_t file, struct text bytes, struct error *error);

/* Finishes all files and moves them to the target. On failure the partial folder is still there to be closed. */
bool destination_publish(struct destination *destination, struct error *error);

/* Removes what was not published, and releases all. NULL is allowed. */
void destination_close(struct destination *destination);

#endif
