/* Fact keys: two hashes of a fact, by which a new file is held against what a store has.
 *
 * `identity` is what it is a fact of (a referral id; an event's referral, date, type and sequence), `content` all that
 * it says. Facts are taken for the same where 64 bits agree: among 20 million of them the chance that any two are
 * mistaken for each other is below 1 in 50,000.
 */
#ifndef REFERLENS_COHORT_FACT_KEY_H
#define REFERLENS_COHORT_FACT_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fact_key {
    uint64_t identity, content;
};

enum fact_state {
    FACT_NEW,
    FACT_UPDATED,       /* the store says something else of the same */
    FACT_UNCHANGED,     /* the store says it already, or more */
    FACT_OVERRULED,     /* the store has what a later export says of the same */
    FACT_REPEATED,      /* an earlier fact of the same file says it already */
    FACT_REPEATED_KNOWN /* the same, where that one is unchanged or overruled */
};

/* The facts of one new file, being compared. */
struct fact_comparison;

/* `keys` and `bare` are borrowed. Those that are `bare` (NULL: none is) say no more than that there is such a fact:
 * they contradict nothing. The same for any number of workers. */
struct fact_comparison *fact_comparison_new(const struct fact_key *keys, const bool *bare, size_t count,
                                            size_t worker_count);
void fact_comparison_free(struct fact_comparison *comparison); /* NULL is allowed */

/* What they say to a fact of the store. */
enum fact_meeting {
    FACT_UNMET,      /* nothing: none is of the same */
    FACT_SUPERSEDED, /* something else */
    FACT_AGREED,
    FACT_STANDS, /* something else, or less, but it is not for them to replace it */
    FACT_BESIDE  /* more: it stands, and they are added to it */
};

/* Holds a fact of the store against them; `later`: it is what a later export says. */
enum fact_meeting fact_comparison_meet(struct fact_comparison *comparison, struct fact_key stored, bool later);

/* Holds a bare fact against them that a later export says: what they know besides, it does not contradict. */
enum fact_meeting fact_comparison_meet_bare(struct fact_comparison *comparison, struct fact_key stored);

/* Says that a later export has taken back what the store had of an identity: however they word it, it stays so. */
void fact_comparison_meet_gone(struct fact_comparison *comparison, uint64_t identity);

/* Says that a fact of that identity is elsewhere too. Returns whether any of them is of the same. */
bool fact_comparison_contest(struct fact_comparison *comparison, uint64_t identity);

/* What became of each, by number, once all that the store has was met; and what of those of an identity, if any is. */
enum fact_state fact_comparison_state(const struct fact_comparison *comparison, size_t fact);
bool fact_comparison_is_overruled(const struct fact_comparison *comparison, uint64_t identity);
bool fact_comparison_is_contested(const struct fact_comparison *comparison, size_t fact);
bool fact_comparison_has_contested(const struct fact_comparison *comparison, uint64_t identity);

#endif
