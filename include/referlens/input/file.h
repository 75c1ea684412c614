/* An input file: mapped, recognised by its header, and with a ledger.
 */
#ifndef REFERLENS_INPUT_FILE_H
#define REFERLENS_INPUT_FILE_H

#include "referlens/base/error.h"
#include "referlens/base/ledger.h"
#include "referlens/base/text.h"
#include "referlens/input/format.h"
#include "referlens/input/mapped_file.h"
#include "referlens/input/mapping.h"
#include "referlens/input/recognise.h"

#include <stdbool.h>

struct stored_file; /* input/stored.h */

struct input_file {
    const char *path; /* borrowed */
    char *name;       /* base name, control characters scrubbed */
    struct mapped_file *mapped; /* owned: the bytes as they lie on disk */
    struct text text;    /* the same in UTF-8, behind a byte order mark: part of them, or decoded */
    size_t decoded_size; /* bytes to release; 0: part of the bytes on disk */
    enum encoding encoding;
    char delimiter;
    struct text body;  /* of the text, behind the header line */
    int64_t body_line; /* number of the body's first line */
    enum file_kind kind; /* of the rows; the first where there are several */
    unsigned kinds;      /* set of 1 << kind; none where nothing of the file is to be read */
    bool taken_in;       /* the store that it is meant for has it */
    char *kind_names;
    size_t header_count;              /* fields in the header: every row must have as many */
    size_t named_count;               /* the same up to the last that has a name */
    size_t columns[COLUMN_COUNT_MAX]; /* of a canonical file, by the kind's column: field index, or FIELD_ABSENT */
    struct mapping mapping;           /* of any other; its `profile` is NULL for a canonical file */
    struct profile *canonical_profile; /* owned: where a canonical file is read through a mapping; or NULL */
    char *ignored;                    /* names of the columns that nothing uses, as they may be shown; NULL: none */
    struct stored_file *stored;       /* owned; of an import that is read from a store, which has no bytes on disk; or NULL */
    struct ledger ledger;
};

/* Maps the file, reads its header and finds out what it is. A missing or empty file, a directory, an unknown header and one
 * that fits two kinds are errors, each one line that names the file. The options' profiles and key must outlive it. */
bool input_file_open(struct input_file *file, const char *path, const struct reading_options *options,
                     struct error *error);

/* A copy for messages and outputs, without control characters; the caller frees it. */
char *input_scrubbed(const char *bytes, size_t length);

static inline bool input_file_makes(const struct input_file *file, enum file_kind kind)
{
    return (file->kinds >> kind & 1) != 0;
}

void input_file_close(struct input_file *file);

/* Fills the ledger's sha256, unless it is there; the slow part of a large file, so it is a task of its own. */
void input_file_hash(struct input_file *file);

#endif
