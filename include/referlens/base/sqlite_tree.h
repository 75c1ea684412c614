/* Rows in ascending order, written straight as the pages of a SQLite database: some ten times as fast as INSERT, which
 * looks for the place of every row.
 *
 * SQLite makes the file, with empty tables, and closes it. Then a tree fills an empty table or index from the bottom
 * up: each page is written once, behind all others. Afterwards SQLite opens the file as any other. Nothing is undone on
 * failure, and nobody else may have the file open: it is for files that are thrown away if anything fails. The bytes
 * depend on nothing but the rows and the order in which trees are given theirs.
 * Format: https://www.sqlite.org/fileformat2.html
 */
#ifndef REFERLENS_BASE_SQLITE_TREE_H
#define REFERLENS_BASE_SQLITE_TREE_H

#include "referlens/base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sqlite_file;
struct sqlite_tree;

/* A database file that SQLite has made and closed, without a journal beside it. */
bool sqlite_file_open(const char *path, struct sqlite_file **file, struct error *error);

/* Writes what is left and the new size. Without it the file is broken. False where anything could not be written;
 * the file is closed all the same. NULL is allowed. */
bool sqlite_file_close(struct sqlite_file *file, struct error *error);

/* A table's rows are keyed by rowid; the entries of an index, or of a table without rowid, by their content. */
enum sqlite_tree_kind { SQLITE_TREE_TABLE, SQLITE_TREE_INDEX };

/* A tree for the empty table or index whose `rootpage` sqlite_schema gives. Finish it before the file is closed. */
struct sqlite_tree *sqlite_tree_new(struct sqlite_file *file, uint32_t root_page, enum sqlite_tree_kind kind);

/* Adds a record (base/sqlite_record.h) behind all others: `rowid` must rise, and the entries of an index be in its
 * order
 * (`rowid` is then not looked at). False where the file can't be written. */
bool sqlite_tree_add(struct sqlite_tree *tree, int64_t rowid, const uint8_t *record, size_t length,
                     struct error *error);

/* Writes the tree's last pages and its root, and releases it. */
bool sqlite_tree_finish(struct sqlite_tree *tree, struct error *error);

/* Releases a tree that is given up; NULL is allowed. */
void sqlite_tree_free(struct sqlite_tree *tree);

#endif
