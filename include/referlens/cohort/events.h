/* The event log on its way into the facts.
 *
 * Events are held in compact form, linked to their referral's row, until all are read; events_fold then goes through
 * each referral's events in a fixed order, whatever the order of reading, and fills the outcome columns. 8 bytes an
 * event and 4 a referral, released when folded.
 */
#ifndef REFERLENS_COHORT_EVENTS_H
#define REFERLENS_COHORT_EVENTS_H

#include "referlens/base/error.h"
#include "referlens/cohort/columns.h"

/* One decoded event. */
struct event_row {
    day date;
    int64_t sequence; /* 0 where missing */
    uint8_t type;     /* enum event_type */
    uint8_t contacted, consulted; /* enum answer */
    struct text reason;           /* empty: none */
};

struct event_store;

/* What became of the events of one chunk, counted when folded. Used + the others = those added. Joined are rows of an
 * event that another row tells too, knowing more of it or other things. */
struct event_tally {
    int64_t used, duplicates, joined, after_as_of, before_referral;
};

/* Room for at most `event_maximum` events (an upper bound from the files' sizes; memory is used as events come) read in
 * `chunk_count` chunks by `worker_count` workers. */
struct event_store *event_store_new(const struct cohort *cohort, size_t event_maximum, size_t chunk_count,
                                    size_t worker_count);
void event_store_free(struct event_store *store);

/* A writer for one chunk, of one worker. */
struct event_writer {
    struct event_store *store;
    size_t chunk, worker;
    uint32_t next, end; /* places left in the block at hand */
};
struct event_writer event_writer_for(struct event_store *store, size_t chunk, size_t worker);

/* Adds an event to a row. May be called by several threads, each with a chunk and a worker's number of its own. */
bool event_writer_add(struct event_writer *writer, uint32_t row, const struct event_row *event, struct error *error);

/* Takes back everything that was added for a chunk: it will count for nothing. */
void event_store_void(struct event_store *store, size_t chunk);

/* The number given to event_store_new. */
size_t event_store_chunk_count(const struct event_store *store);

/* Folds everything into the cohort's outcome columns, with its as_of. A row repeated within one referral counts as a
 * duplicate, in the chunk that comes later. Rows of one date, type and sequence that contradict each other in nothing
 * are one event, of which is known what any of them knows; in the order of their values, those known before blanks.
 * `tallies` has one entry a chunk. Fills cohort->recorded for events and the reason dictionary. */
bool event_store_fold(struct event_store *store, struct cohort *cohort, size_t worker_count,
                      struct event_tally *tallies, struct error *error);

#endif
