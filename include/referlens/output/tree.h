/* Folder trees on disk: emptying one and listing one.
 *
 * Works from an open folder downwards and never follows a symbolic link: a link inside a tree is removed or passed
 * over as itself, whatever it points to. Called by folder.c and report_files.c only.
 */
#ifndef REFERLENS_OUTPUT_TREE_H
#define REFERLENS_OUTPUT_TREE_H

#include "referlens/base/error.h"

#include <stdbool.h>
#include <stddef.h>

/* True where the open folder has no entry. */
bool tree_is_empty(int folder);

/* Removes `name` in the open folder `parent`, with all that is in it. True where there is no such thing; false, with
 * part of it perhaps gone, where something in it can't be removed. */
bool tree_remove(int parent, const char *name, struct error *error);

/* The regular files of an open folder and of those below it, as names relative to it with "/" between their parts. */
struct tree_files {
    char **names; /* owned, each too; in the order of their bytes */
    size_t count;
    size_t capacity;
};

/* Fills a zeroed list; false, with an empty list, where a folder can't be read. */
bool tree_list(int folder, struct tree_files *files, struct error *error);

/* The same with everything that is no folder: links, pipes and what else there is. */
bool tree_list_all(int folder, struct tree_files *files, struct error *error);
void tree_files_release(struct tree_files *files);

#endif
