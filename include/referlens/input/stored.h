/* Stored files: imports of a store, read again as the files that they once were.
 *
 * What a reading finds out of a file before its rows meet those of others is kept with the import: rows read and
 * rejected, rows that the profile leaves out, what each column held. The rows themselves are facts in blocks, and a
 * block is read as a chunk of a file is. So a report on a store is, byte for byte, the report on the files that went
 * into it.
 */
#ifndef REFERLENS_INPUT_STORED_H
#define REFERLENS_INPUT_STORED_H

#include "referlens/cohort/store.h"
#include "referlens/input/file.h"

#include <pthread.h>

/* A store that several threads read. */
struct shared_store {
    struct store *store;
    pthread_mutex_t lock;
};

struct stored_block {
    struct store_block block;
    enum file_kind kind;
};

/* What one rule of the import's profile made. */
struct stored_part {
    enum file_kind kind;
    struct quality_part quality; /* without the fates of its rows */
    int64_t unchanged, unchanged_rows;
};

struct stored_reject {
    int64_t line, column;
    const char *category, *message;
};

struct stored_file {
    struct shared_store *shared; /* borrowed */
    int64_t import, read;
    day as_of;                 /* of the export, as given when it was taken in; DAY_UNKNOWN: it was not */
    struct arena arena;        /* holds the texts */
    struct stored_part *parts; /* by rule */
    size_t part_count, part_capacity;
    struct stored_block *blocks;
    size_t block_count, block_capacity;
    struct stored_reject *rejects;
    size_t reject_count, reject_capacity;
    struct ledger_reason left_out_for[LEDGER_REASON_MAX];
    size_t left_out_reason_count;
    bool sound; /* nothing in the store was other than it should be */
};

/* Adds an input file for each import to `*files` (of `*count`), in the order in which they were taken in. The store
 * must outlive them. Each is closed with input_file_close. */
bool stored_files_open(struct shared_store *shared, struct input_file **files, size_t *count, struct error *error);

void stored_file_free(struct stored_file *stored); /* NULL is allowed */

/* The facts of a block in place of what `text` holds; safe in several threads. `*replaced` receives how many of the
 * block's facts later imports have replaced. */
bool stored_file_read(const struct stored_file *stored, const struct stored_block *block, struct buffer *text,
                      int64_t *replaced, struct error *error);

#endif
