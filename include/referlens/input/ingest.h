/* Taking files into a store: what was kept of a reading is held against what the store has, and what is new is added.
 *
 * Facts that the store has already are not kept again; facts that say something else of the same replace it. One
 * transaction a file.
 */
#ifndef REFERLENS_INPUT_INGEST_H
#define REFERLENS_INPUT_INGEST_H

#include "referlens/cohort/store.h"
#include "referlens/input/input.h"
#include "referlens/input/kept_facts.h"
#include "referlens/input/meeting.h"

#include <stdatomic.h>

/* Finds the files that the store has, by their bytes and how they were read, so that nothing more of them is read,
 * unless they hold any of the kinds (a bit each) in `reads_kinds`. Only files of as many bytes as one that it has are
 * hashed. */
bool ingest_find_known(struct store *store, struct input_file *files, size_t count, unsigned reads_kinds,
                       size_t workers, struct error *error);

/* Whether the keys in the files go together with those in the store: files that have any must be read with the key with
 * which it was filled. */
bool ingest_check_key(struct store *store, const struct input_file *files, size_t count,
                      const struct pseudonym_key *key, struct error *error);

/* What became of the facts of a file. */
struct ingest_counts {
    bool known;                    /* these bytes were taken in before, read in the same way: nothing was changed */
    bool replaced_since;           /* but later files replaced or withdrew facts that were there by then */
    char day_now[STORE_DAY_SIZE];  /* but for its day, which is now this one; empty: it is what it was */
    char day_kept[STORE_DAY_SIZE]; /* a later day than the one given was kept with it, and stays; empty: no */
    bool again; /* these bytes were taken in before, through another text of the profile or in another encoding */
    int64_t new_facts, updated, unchanged, repeated;
    int64_t overruled; /* of the unchanged: the store has what a later export says of the same */
    int64_t outdated;  /* facts that an earlier reading of these bytes made and this one does not: they stay */
    bool keeps_events; /* the store has events of earlier files that this one has not, of whichever referral */
    int64_t
        withdrawn; /* what a whole file no longer has (see earlier_facts.h), where it was said to be one: it is gone */
    int64_t earlier[FILE_KIND_COUNT]; /* the same where that was not said, or rows were rejected: it stays. Of events
                                         only where it was said */
    bool overtaken; /* it was said, and the file is known, but others of the kind came later: nothing is withdrawn */
};

/* The imports that belong together, as their files were given together: none is newer than another. A zeroed run is a
 * new one. */
struct ingest_run {
    struct import_list imports, known; /* of files taken in, and of files that were before; the second is filled here */
    bool known_listed;
    unsigned replaces;         /* kinds, a bit each, of which the files are whole: see earlier_facts.h */
    struct progress *progress; /* counts the facts of the file at hand; NULL: nobody looks */
    atomic_bool stop; /* another thread may set it: what is being taken in is undone, and nothing more is taken in */
};
void ingest_run_release(struct ingest_run *run);

/* Takes in file number `file` of a reading that kept its facts, and releases those; its facts are compared by
 * `worker_count` workers. On failure the store is as it was. */
bool ingest_file(struct store *store, struct ingest_run *run, const struct input *input, struct kept_facts *kept,
                 size_t file, size_t worker_count, struct ingest_counts *counts, struct error *error);

#endif
