/* A file's bytes as they lie on disk, mapped into memory.
 *
 * Nothing is copied, so they are one file's only as long as nobody writes to it: whoever has read them asks at the end
 * whether anybody did. Of a file that is cut short the rest can't be read any more, and the system raises SIGBUS in the
 * thread that tries; mapped_file_at finds the file for whoever handles that.
 */
#ifndef REFERLENS_INPUT_MAPPED_FILE_H
#define REFERLENS_INPUT_MAPPED_FILE_H

#include "referlens/base/error.h"
#include "referlens/base/text.h"

#include <stdbool.h>

struct mapped_file;

/* What a file that was written to while it was read is said to be, behind its name. */
extern const char mapped_file_changed[];

/* `path` and `name`, which is for messages, must outlive it. What is no regular file, and an empty one, are errors. */
bool mapped_file_open(const char *path, const char *name, struct mapped_file **file, struct error *error);

/* NULL gives none. */
struct text mapped_file_bytes(const struct mapped_file *file);

/* Fails where the file is not what it was when it was opened: by its size, and when it was last changed. */
bool mapped_file_check(const struct mapped_file *file, struct error *error);

void mapped_file_close(struct mapped_file *file); /* NULL is allowed */

/* The name of the file that is mapped there, NULL where none is; `*cut_short`: it is shorter now than that. May be called
 * in a signal handler, while no other thread opens or closes files. */
const char *mapped_file_at(const void *address, bool *cut_short);

#endif
