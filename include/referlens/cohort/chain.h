/* Chains: which referral follows which.
 *
 * "Another referral" of a row is one with request_type = referral, the same patient and specialty, and later in the
 * order (referral date, then id by bytes). A rejected referral is followed by the earliest other referral dated 0 to 90
 * days after the rejection; one whose previous_referral_id names it, dated on or after the rejection, wins.
 *
 * Patients are told apart by a 64-bit hash of their key mixed with the specialty: among 20 million referrals the chance
 * that any two patients are taken for one is below 1 in 50,000.
 */
#ifndef REFERLENS_COHORT_CHAIN_H
#define REFERLENS_COHORT_CHAIN_H

#include "referlens/cohort/builder.h"
#include "referlens/cohort/identity.h"

enum { CHAIN_DAYS = 90 };

/* A named predecessor whose row is known. */
struct previous_link {
    uint32_t row, predecessor;
};

/* Looks the named predecessors up (before the identity index is released). Returns how many were found; `links` has
 * room for `previous_count`. */
size_t chain_resolve(const struct identity *identity, const struct previous_reference *previous,
                     size_t previous_count, struct previous_link *links);

/* Fills next_days, successor and FLAG_FOLLOWS, and releases the patient column. Rows dated after the as-of date take no
 * part. */
void chain_link(struct cohort *cohort, const struct previous_link *links, size_t link_count, size_t worker_count);

#endif
