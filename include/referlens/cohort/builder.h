/* Building a cohort from decoded rows, a chunk at a time.
 *
 * The input room decodes chunks of files in parallel, each into the part of the columns that is kept for its rows,
 * with codes of its own; cohort_take_referrals closes up the parts, in their order, and gives them the codes of
 * dictionaries that are sorted by text. Then come, in this order: the identity index (cohort/identity.h), the events
 * (cohort/events.h), schemes, and chains (cohort/chain.h).
 */
#ifndef REFERLENS_COHORT_BUILDER_H
#define REFERLENS_COHORT_BUILDER_H

#include "referlens/base/error.h"
#include "referlens/cohort/columns.h"

/* One decoded referral. Texts are views, good only during the call; an empty one is unknown. */
struct referral_row {
    text_reference id;
    uint64_t id_hash; /* text_hash of the id */
    struct text practice, specialty, patient, age_band, sex;
    day referred, received;
    uint8_t request_type, priority, scheme, imd_decile;
};

/* The referral that a row says it follows, kept apart since few rows name one. */
struct previous_reference {
    uint32_t row; /* in the batch; in the cohort once taken */
    text_reference id;
    uint64_t id_hash;
};

/* The rows of one chunk, on their way into the columns. */
struct referral_batch {
    struct columns *columns; /* of the cohort, borrowed; only those that a row gives; codes are the batch's own */
    size_t first, room;      /* the part of the columns for these rows */
    size_t count;
    struct dictionary practices, specialties, age_bands, sexes;
    struct previous_reference *previous;
    size_t previous_count, previous_capacity;
};

/* Makes a batch of at most `room` rows from row `first` of the columns on, which must be there: see
 * cohort_reserve_referrals. A zeroed batch is one without room. */
void referral_batch_open(struct referral_batch *batch, struct cohort *cohort, size_t first, size_t room);
void referral_batch_release(struct referral_batch *batch);

/* Adds a row, for which there must be room. Fails where a column holds more distinct values than any real one does
 * (65,000 specialties, 250 age bands or sexes): a sign of a wrong column. `previous` may be NULL. Several threads may
 * add, each to a batch of its own. */
bool referral_batch_add(struct referral_batch *batch, const struct referral_row *row,
                        const struct previous_reference *previous, struct error *error);

struct cohort *cohort_new(void);

/* Registers bytes that text references point into; they must outlive the cohort. False where there are too many. */
bool cohort_add_source(struct cohort *cohort, struct text bytes, uint32_t *source, struct error *error);

/* Makes room for `capacity` rows, an upper bound: memory is used as they come. Rows that are there already stay. */
void cohort_reserve_referrals(struct cohort *cohort, size_t capacity);

/* Joins the batches into the cohort and releases them. `previous` receives the named predecessors, to be freed by the
 * caller. Called once. At most 2^32 − 2 rows. */
bool cohort_take_referrals(struct cohort *cohort, struct referral_batch *batches, size_t batch_count,
                           size_t worker_count, struct previous_reference **previous, size_t *previous_count,
                           struct error *error);

/* Removes the rows marked in `dropped` (one byte a row) from the columns given at reading; `previous` rows are
 * renumbered, those of dropped rows removed. */
void cohort_drop_rows(struct cohort *cohort, const uint8_t *dropped, struct previous_reference *previous,
                      size_t *previous_count);

/* Releases the hashes of the ids, once these are indexed. */
void cohort_forget_hashes(struct cohort *cohort);

#endif
