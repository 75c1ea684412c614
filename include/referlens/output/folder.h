/* The report folder, whole or not at all.
 *
 * Everything is written into a folder beside the target ("NAME.referlens-partial") and renamed over it at the end, so
 * that a reader finds the old report or the new one, never half of one. A run holds a lock ("NAME.referlens-lock")
 * all the while. A run that was killed leaves both behind; the next run to the same target takes the lock and removes
 * the partial folder. A symbolic link as the target stands for the folder that it names; no other link is followed.
 *
 * Everything between folder_open and folder_publish may be called by several threads at once.
 */
#ifndef REFERLENS_OUTPUT_FOLDER_H
#define REFERLENS_OUTPUT_FOLDER_H

#include "referlens/base/buffer.h"
#include "referlens/base/error.h"
#include "referlens/output/tree.h"

#include <stdbool.h>
#include <stddef.h>

struct folder;

/* Opens the partial folder for `target`, with the permissions of the folder that it replaces. Fails, writing nothing,
 * where the target exists and `replace` is false, where it exists and holds what is no report of ours or more than that
 * (report_files.h), where it is the current folder, where another run holds the lock, or where the place can't be
 * written to. */
bool folder_open(const char *target, bool replace, struct folder **folder, struct error *error);

/* Path of the partial folder, for gnuplot and SQLite to work in. */
const char *folder_path(const struct folder *folder);

/* Makes a folder inside it, with those above it; one that is there already will do. `name` is relative, with "/"
 * between its parts, none of them "." or "..". */
bool folder_make(struct folder *folder, const char *name, struct error *error);

/* Writes a whole file inside it, in a folder that exists. Fails where there is such a file: nothing is written twice.
 */
bool folder_write(struct folder *folder, const char *name, struct text content, struct error *error);

/* The same, for its owner alone to read. */
bool folder_write_private(struct folder *folder, const char *name, struct text content, struct error *error);

/* Reads a whole file inside it, which whoever works in the folder has written, behind what `content` holds. Fails where
 * there is none, and where the buffer's maximum would be passed. */
bool folder_read(const struct folder *folder, const char *name, struct buffer *content, struct error *error);

/* Writes a whole file inside it in the place of one that is there, as what another program has left half made. */
bool folder_rewrite(struct folder *folder, const char *name, struct text content, struct error *error);

/* Whether there is such a file inside it. */
bool folder_holds(const struct folder *folder, const char *name);

/* A file written piece by piece: any failing write is reported by folder_file_close at the latest. One thread at a
 * time. folder_file_close releases it whatever happened; NULL is allowed. */
struct folder_file;
bool folder_file_open(struct folder *folder, const char *name, struct folder_file **file, struct error *error);
bool folder_file_add(struct folder_file *file, struct text content, struct error *error);
bool folder_file_close(struct folder_file *file, struct error *error);

/* The names of all files in it so far, whoever wrote them. Fills a zeroed list, see tree.h. */
bool folder_list(const struct folder *folder, struct tree_files *files, struct error *error);

/* Flushes everything to disk and renames the partial folder over the target; a report that was there is removed. On
 * failure the target is as it was. */
bool folder_publish(struct folder *folder, struct error *error);

/* For a program that is about to end: removes the partial folder and the lock while other threads may still be writing,
 * which they then can't any more. Not once folder_publish was called. */
void folder_discard(const struct folder *folder);

/* Removes the partial folder unless it was published, and releases all. NULL is allowed. */
void folder_close(struct folder *folder);

/* A practice code or other text as the name of one file or folder: the text itself where it is up to 32 letters,
 * digits, "-" and "_", otherwise "x-" and 16 hexadecimal digits of its hash. Writes a NUL-ended string. */
enum { FOLDER_NAME_SIZE = 40 };
void folder_safe_name(struct text text, char name[FOLDER_NAME_SIZE]);

#endif
