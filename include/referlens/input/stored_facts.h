/* Lists of facts that a store has, by block and number, with their keys. */
#ifndef REFERLENS_INPUT_STORED_FACTS_H
#define REFERLENS_INPUT_STORED_FACTS_H

#include "referlens/input/kept_facts.h"

struct stored_fact {
    int64_t block, fact; /* number in the block */
    struct fact_key key;
};

struct stored_facts {
    struct stored_fact *facts; /* owned */
    size_t count, capacity;
};

void stored_facts_add(struct stored_facts *facts, struct stored_fact fact);
void stored_facts_move(struct stored_facts *to, struct stored_facts *from); /* leaves `from` empty; there may be many */
void stored_facts_release(struct stored_facts *facts);                      /* a zeroed list is allowed */

enum stored_facts_match { MATCH_SAME, MATCH_EQUAL }; /* of the same; and saying the same of it */

/* Leaves out those that packs of a kind match, by the packs' keys; `left_out` receives them (NULL: nobody wants them).
 */
void stored_facts_leave_out(struct stored_facts *facts, const struct kept_pack *packs, size_t count,
                            enum file_kind kind, enum stored_facts_match match, struct stored_facts *left_out);

#endif
