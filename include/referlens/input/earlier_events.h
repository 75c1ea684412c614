/* Earlier events: what a store has of the referrals that a file of outcomes names, and the file has not.
 *
 * A provider that corrects a decision exports another event; that the first is no longer there is all that tells that it
 * was wrong. Whether the file holds all events of its referrals only its sender knows, so nothing is decided here. The
 * stored facts' hashes don't tell whose they are: texts are read of those blocks that have facts which the file has not.
 */
#ifndef REFERLENS_INPUT_EARLIER_EVENTS_H
#define REFERLENS_INPUT_EARLIER_EVENTS_H

#include "referlens/cohort/store.h"
#include "referlens/input/kept_facts.h"

struct earlier_event {
    int64_t block, fact; /* number in the block */
    uint64_t identity;   /* of its key */
};

struct earlier_events {
    struct earlier_event *events; /* owned */
    size_t count, capacity;
    uint64_t *referrals; /* owned; hashes of the referrals named, at places by their lower bits; 0: none */
    uint64_t mask;
    struct buffer text; /* of the block at hand */
};

/* For the events in a file's packs; packs of other kinds are passed over. */
struct earlier_events earlier_events_of(const struct kept_pack *packs, size_t count);
void earlier_events_release(struct earlier_events *earlier); /* a zeroed one is allowed */

/* Adds those facts of a block of events that are `missing` (one a fact) from the file and of a referral that it names.
 */
bool earlier_events_look(struct earlier_events *earlier, struct store *store, const struct store_keys *stored,
                         const bool *missing, struct error *error);

/* Leaves out those of which other files say anything, by their packs, of which the keys alone are looked at. */
void earlier_events_leave_out(struct earlier_events *earlier, const struct kept_pack *packs, size_t count);

#endif
