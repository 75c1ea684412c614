/* The file of a store: found or made, known for ours, whole, and of this version.
 *
 * It owns the connection and the schema (src/cohort/store_schema_*.sql), and knows nothing of what the tables hold:
 * cohort/store.h is for that, and alone calls it. Only a regular file is taken; one that is made can be read by its
 * owner alone, as it will hold identifiers.
 */
#ifndef REFERLENS_COHORT_STORE_FILE_H
#define REFERLENS_COHORT_STORE_FILE_H

#include "referlens/base/error.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

enum { STORE_FILE_VERSION = 4 };

struct store_file {
    char *name; /* as it was given, for messages */
    sqlite3 *database;
    int64_t version; /* of the schema; below the present one only where it is just read */
};

/* Opens the file to read it, where it must be there, or to write it. What a run that was cut off left half-written is
 * undone first, in either case. Who reads has it as it is now until it is closed: nobody can write to it meanwhile. On
 * failure nothing is left to close. */
bool store_file_open(const char *path, bool writes, struct store_file *file, struct error *error);
void store_file_close(struct store_file *file); /* a zeroed one is allowed */

bool store_file_execute(const struct store_file *file, const char *sql, struct error *error);

/* Undoes what was begun and not committed, if anything was. */
void store_file_undo(const struct store_file *file);

/* Says what SQLite failed at last; returns false. */
bool store_file_fail(const struct store_file *file, struct error *error);

#endif
