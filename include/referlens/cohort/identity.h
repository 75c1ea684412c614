/* From a referral id to its row: an open-addressing index on the hashes of the ids, exact on the ids' bytes.
 *
 * Built in parallel by ranges of the hash, so that it is the same for any number of workers. 8 bytes a slot, about 11
 * a referral.
 */
#ifndef REFERLENS_COHORT_IDENTITY_H
#define REFERLENS_COHORT_IDENTITY_H

#include "referlens/cohort/columns.h"

struct identity_slot {
    uint32_t fragment; /* the low half of the hash; the high half chose the place */
    uint32_t row;      /* row + 1, 0: empty */
};

struct identity {
    const struct cohort *cohort; /* borrowed */
    struct identity_slot *slots;
    size_t slot_count, partition_size; /* probing stays within a partition */
};

/* A row whose id an earlier row has too. */
struct identity_repeat {
    uint32_t first, other;
};

/* Indexes every row. Rows whose id is taken are not indexed but listed in `repeats` (to be freed by the caller),
 * ordered by `other`. */
void identity_build(struct identity *identity, const struct cohort *cohort, size_t worker_count,
                    struct identity_repeat **repeats, size_t *repeat_count);

void identity_release(struct identity *identity);

/* Hints that this hash will be looked up soon, each a little later than the one before: the slot, where the id lies,
 * and the id's bytes. */
void identity_prefetch_slot(const struct identity *identity, uint64_t hash);
void identity_prefetch_id(const struct identity *identity, uint64_t hash);
void identity_prefetch_bytes(const struct identity *identity, uint64_t hash);

/* The row with this id, or ROW_NONE. */
uint32_t identity_find(const struct identity *identity, uint64_t hash, struct text id);

/* The same without a hash, looking only at `row` and the IDENTITY_NEAR rows behind it: where two files name their
 * referrals in one order, the next id is most often there. Of repeated ids any row may be found. */
enum { IDENTITY_NEAR = 8 };
uint32_t identity_find_near(const struct identity *identity, uint32_t row, struct text id);

#endif
