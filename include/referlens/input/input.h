/* Reading: files in, a linked cohort out, with a ledger a file and every rejected row.
 *
 * The order of the files and of their rows, how a file is split, and the number of workers make no difference to the
 * cohort; files are taken in the order of their names and contents, so that the ledgers do not depend on it either.
 */
#ifndef REFERLENS_INPUT_INPUT_H
#define REFERLENS_INPUT_INPUT_H

#include "referlens/base/arena.h"
#include "referlens/base/error.h"
#include "referlens/base/ledger.h"
#include "referlens/base/progress.h"
#include "referlens/cohort/cohort.h"
#include "referlens/input/file.h"

#include <stdbool.h>
#include <stddef.h>

struct kept_facts;   /* input/kept_facts.h */
struct shared_store; /* input/stored.h */

struct input_options {
    day as_of;           /* DAY_UNKNOWN: the latest one kept with an import of the store, or date in what has none */
    size_t worker_count; /* at least 1 */
    size_t chunk_bytes;  /* 0: the usual 4 MiB; tests make it small */
    struct reading_options reading; /* its profiles and key must outlive the input */
    struct progress *progress;      /* counts the bytes of referrals and outcomes; NULL: nobody looks */
    struct shared_store *store; /* whose imports are read besides the files; it must outlive the input. NULL: none */
    struct store *meant_for;    /* files that it has taken in are not read again; NULL: all are read */
    unsigned reads_known;       /* those with any of these kinds are, all the same; a bit each */
    void (*refused)(const struct error *error); /* told of each file that can't be read but the last, which is the error
                                                   of the reading; NULL: nobody is */
    struct kept_facts *kept;    /* receives what a store is to keep of the files; zeroed. NULL: nothing is kept */
};

struct input {
    struct input_file *files; /* in the order of names, then contents */
    size_t file_count;
    const struct pseudonym_key *key; /* borrowed; by which their keys were replaced; NULL: they were not */
    struct ledger *ledgers;          /* one a file, in the same order */
    struct file_quality *qualities;  /* one a file, in the same order */
    struct arena texts;              /* of the qualities */
    struct reject *rejects;          /* by file, line and column */
    size_t reject_count;
    struct cohort *cohort;
    bool as_of_assumed; /* the as-of date is the latest date in the data */
    bool as_of_kept;    /* it was neither given nor assumed, but kept in the store with an import */
    day next_latest;    /* the latest date in the data but for the very latest, where the as-of date was assumed */
    void *escaped;      /* ids that had to be unescaped; the cohort points into it */
    size_t escaped_size;
};

/* Reads the files. On failure nothing is left to release, and `error` has one line. A cohort without any date has the
 * as-of date DAY_UNKNOWN. */
bool input_read(struct input *input, const char *const *paths, size_t path_count, const struct input_options *options,
                struct error *error);

/* Fills the ledgers' sha256, which reading leaves empty: a pass over all bytes that needs nothing from it. Fails where
 * a file has been written to since reading began, since then nobody knows what was read. */
bool input_hash(struct input *input, size_t worker_count, struct error *error);

/* The same check, for whoever looks at ids later: they are the files' own bytes. */
bool input_check_unchanged(const struct input *input, struct error *error);

/* Releases everything; a zeroed input is allowed. */
void input_release(struct input *input);

#endif
