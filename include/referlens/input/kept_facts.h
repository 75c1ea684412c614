/* What a reading keeps for a store: the facts that were made of each file, and what is known of the file before its
 * rows meet those of others. */
#ifndef REFERLENS_INPUT_KEPT_FACTS_H
#define REFERLENS_INPUT_KEPT_FACTS_H

#include "referlens/base/ledger.h"
#include "referlens/input/fact_text.h"

/* Facts of one chunk, made by one rule. */
struct kept_pack {
    size_t file, rule;
    bool counts; /* each stands for a row of the file's */
    enum file_kind kind;
    int64_t first_line; /* of the file, to which the facts' lines are relative */
    struct fact_pack pack;
};

struct kept_file {
    struct ledger_reason left_out_for[LEDGER_REASON_MAX]; /* by the profile, and as blank */
    size_t left_out_reason_count;
};

struct kept_facts {
    struct kept_pack *packs; /* by file, in the order of its rows; owned */
    size_t count, capacity;
    struct kept_file *files; /* as input's; owned */
};

struct reading; /* input/reading.h */

/* Takes the facts out of a reading's chunks. */
void kept_facts_take(struct kept_facts *kept, struct reading *reading);

void kept_facts_release(struct kept_facts *kept); /* a zeroed one is allowed */

#endif
