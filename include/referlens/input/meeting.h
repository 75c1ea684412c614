/* The meeting of one file's facts with those that a store has: what is new in the file, and what it replaces.
 *
 * A fact that the store has already is not added. One that says something else of the same replaces what the store has,
 * unless that is what a later export says (by the days given with them), or the new one knows nothing (an event without
 * its details), or another file of the run says it too: files that are given together are of one age. Nothing is
 * written here. Called by input/ingest.h alone.
 */
#ifndef REFERLENS_INPUT_MEETING_H
#define REFERLENS_INPUT_MEETING_H

#include "referlens/cohort/store.h"
#include "referlens/input/earlier_facts.h"
#include "referlens/input/kept_facts.h"
#include "referlens/input/stored_facts.h"

struct import_list {
    int64_t *imports; /* owned */
    size_t count, capacity;
};
void import_list_add(struct import_list *list, int64_t import);
bool import_list_has(const struct import_list *list, int64_t import);

/* Which facts of a block the file says too: a bit each, the lowest of a byte first. */
struct confirmed_block {
    int64_t block;
    uint8_t *facts; /* owned */
    size_t bytes;
};

struct meeting {
    /* Given; borrowed. */
    struct store *store;
    const struct kept_facts *kept; /* of all files of the run */
    const struct kept_pack *packs; /* those of the file, which lie together among these */
    size_t pack_count, fact_count;
    const struct import_list *together; /* of files that were given with it */
    const struct import_list *again;    /* of the same bytes through a profile of the same name */
    int64_t known;                      /* the import of a file that was taken in before; 0: it was not */
    struct text as_of;                  /* day of the export; empty: not given */
    unsigned replaces;                  /* kinds (a bit each) of which the run's files are whole */
    bool is_sound;                      /* no row of it was rejected */
    size_t worker_count;

    /* What comes of it; owned. Of the file's facts, of all packs one behind another: */
    uint8_t *states; /* enum fact_state */
    bool *contested; /* others are of the same */
    struct stored_facts replaced, withdrawn,
        contested_stored; /* of the store's; `replaced` has the withdrawn ones too */
    struct confirmed_block *confirmed;
    size_t confirmed_count, confirmed_capacity;
    int64_t earlier[FILE_KIND_COUNT]; /* facts that a whole file would have withdrawn; of events where that was asked */
    int64_t outdated;                 /* facts that an earlier reading of these bytes made and this one does not */
    bool keeps_events;                /* the store has events that this file has not, of whichever referral */
};

/* Fills what comes of it. On failure there is still something to release. */
bool meeting_hold(struct meeting *meeting, struct error *error);
void meeting_release(struct meeting *meeting); /* a zeroed one is allowed */

#endif
