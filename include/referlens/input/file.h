/* An input file: mapped, recognised by its header, and with a ledger.
 */
#ifndef REFERLENS_INPUT_FILE_H
#define REFERLENS_INPUT_FILE_H

#include "referlens/base/error.h"
#include "referlens/base/ledger.h"
#include "referlens/base/text.h"
#include "referlens/input/format.h"
#include "referlens/input/record.h"

#include <stdbool.h>

#define FIELD_ABSENT SIZE_MAX

struct input_file {
    const char *path; /* borrowed */
    char *name;       /* base name, control characters scrubbed */
    void *map;        /* the bytes as they lie on disk */
    size_t map_size;
    struct text body; /* behind the header line */
    int64_t body_line; /* number of the body's first line */
    enum file_kind kind;
    size_t header_count;              /* fields in the header: every row must have as many */
    size_t columns[COLUMN_COUNT_MAX]; /* by the kind's column: field index, or FIELD_ABSENT */
    char *ignored;                    /* names of the columns that no kind knows, for a note; NULL: none */
    struct ledger ledger;
};

/* Maps the file, reads its header and finds out its kind. A missing or empty file, a directory, an unknown header and one
 * that fits two kinds are errors, each one line that names the file. */
bool input_file_open(struct input_file *file, const char *path, struct error *error);

void input_file_close(struct input_file *file);

/* Fills the ledger's sha256; the slow part of a large file, so it is a task of its own. */
void input_file_hash(struct input_file *file);

#endif
