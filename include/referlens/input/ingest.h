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

#include <stdatomic.h>

/* Finds the files that the store has, by their bytes and how they were read, so that nothing more of them is read,
 * unless `reads_events` and they hold any. Only files of as many bytes as one that it has are hashed. */
bool ingest_find_known(struct store *store, struct input_file *files, size_t count, bool reads_events, size_t workers,
                       struct error *error);

/* Whether the keys in the files go together with those in the store: files that have any must be read with the key with
 * which it was filled. */
bool ingest_check_key(struct store *store, const struct input_file *files, size_t count,
                      const struct pseudonym_key *key, struct error *error);

/* What became of the facts of a file. */
struct ingest_counts {
    bool known; /* these bytes were taken in before, read in the same way: nothing was changed */
    bool replaced_since; /* but later files replaced or withdrew facts that were there by then */
    bool again; /* these bytes were taken in before, through another text of the profile or in another encoding */
    int64_t new_facts, updated, unchanged, repeated;
    int64_t outdated; /* facts that an earlier reading of these bytes made and this one does not: they stay */
    bool keeps_events; /* the store has events of earlier files that this one has not, of whichever referral */
    int64_t withdrawn; /* those of its referrals, where the file holds all events of these: they are gone */
    int64_t earlier;   /* the same where it was said to, but rows were rejected: they stay */
    bool overtaken;    /* it was said to, and is known, but other files of events came later: nothing is withdrawn */
};

struct import_list {
    int64_t *imports; /* owned */
    size_t count, capacity;
};

/* The imports that belong together, as their files were given together: none is newer than another. A zeroed run is a
 * new one. */
struct ingest_run {
    struct import_list imports, known; /* of files taken in, and of files that were before; the second is filled here */
    bool known_listed;
    bool replaces_events; /* the files hold all events of the referrals that they name */
    atomic_bool stop; /* another thread may set it: what is being taken in is undone, and nothing more is taken in */
};
void ingest_run_release(struct ingest_run *run);

/* Takes in file number `file` of a reading that kept its facts, and releases those; its facts are compared by
 * `worker_count` workers. On failure the store is as it was. */
bool ingest_file(struct store *store, struct ingest_run *run, const struct input *input, struct kept_facts *kept,
                 size_t file, size_t worker_count, struct ingest_counts *counts, struct error *error);

#endif
