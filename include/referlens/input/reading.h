/* The inside of one reading, while it lasts, for the modules that share it: input.c reads, ledgers.c and quality.c count.
 */
#ifndef REFERLENS_INPUT_READING_H
#define REFERLENS_INPUT_READING_H

#include "referlens/cohort/chain.h"
#include "referlens/input/chunk.h"
#include "referlens/input/input.h"

struct reading {
    struct input *input;
    const struct input_options *options;
    struct chunk_list tables, referrals, outcomes;
    struct escaped_texts *escaped; /* by file */
    uint32_t *sources;             /* by file */
    struct identity identity;
    struct event_store *events;
    struct event_tally *tallies; /* by chunk of the event store, once folded */
    struct previous_reference *previous;
    size_t previous_count;
    struct previous_link *links;
    size_t link_count;
};

#endif
