/* Earlier facts: what a store has that a file should hold if it is whole, and does not.
 *
 * A provider that corrects a decision exports another event, and a practice that joined a scheme on another day has
 * another row; that the first is no longer there is all that tells that it was wrong. A whole file of events holds all
 * of the referrals that it names; one of practices all of the periods that it names; one of schemes or sessions all
 * that there are. Whether a file is whole only its sender knows, so nothing is decided here. The stored facts' hashes
 * don't tell whose they are: texts are read of those blocks that have facts which the file has not.
 */
#ifndef REFERLENS_INPUT_EARLIER_FACTS_H
#define REFERLENS_INPUT_EARLIER_FACTS_H

#include "referlens/cohort/store.h"
#include "referlens/input/stored_facts.h"

struct earlier_facts {
    struct stored_facts found;
    enum file_kind kind;
    uint64_t *named; /* owned; hashes of what the file names, at places by their lower bits; 0: none */
    uint64_t mask;
    struct buffer text; /* of the block at hand */
};

/* For the facts of a kind in a file's packs; packs of other kinds are passed over. */
struct earlier_facts earlier_facts_of(const struct kept_pack *packs, size_t count, enum file_kind kind);
void earlier_facts_release(struct earlier_facts *earlier); /* a zeroed one is allowed */

/* Adds those facts of a block of the kind that are `missing` (one a fact) from the file and should be in it. */
bool earlier_facts_look(struct earlier_facts *earlier, struct store *store, const struct store_keys *stored,
                        const bool *missing, struct error *error);

#endif
