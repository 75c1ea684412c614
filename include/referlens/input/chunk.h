/* Chunks of the large files: cut at line ends, decoded in parallel, each with its own counts and rejected rows.
 *
 * A cut may fall inside a quoted field that spans lines. Then some chunk of the file is refused by libcsv or ends
 * within an open quote, which marks the file as one to be read again in order, as a single chunk.
 */
#ifndef REFERLENS_INPUT_CHUNK_H
#define REFERLENS_INPUT_CHUNK_H

#include "referlens/cohort/events.h"
#include "referlens/cohort/identity.h"
#include "referlens/input/row_maker.h"

#include <stdatomic.h>

/* A rejected row of a chunk; its line is that of the chunk until the chunk's first line is known. */
struct chunk_reject {
    int64_t line, column;
    const char *category;
    char *message; /* owned */
};

/* The two latest different dates of a set; DAY_UNKNOWN where there are not so many. */
struct latest_days {
    day latest, next;
};
void latest_days_add(struct latest_days *days, day date);

/* What one rule made in a chunk. */
struct chunk_part {
    int64_t made;
    int64_t orphans[2]; /* events without their referral: of records of this pass, and of others */
    struct row_counts counts;
};

struct fact_pack;    /* input/fact_text.h */
struct stored_block; /* input/stored.h */

struct chunk {
    size_t file; /* index of its file */
    struct text text;
    const struct stored_block *block; /* of a stored file, in place of the text; borrowed, or NULL */
    int64_t replaced;                 /* facts of the block that later imports have replaced */
    struct fact_pack *packs;          /* by pack_number: the rows made, where they are to be kept; owned, or NULL */
    bool in_order;                    /* the whole file in one: faults are rejected rows, not a reason to stop */
    bool refused;             /* libcsv stopped, or a quote was open at the end: the file is to be read in order */
    bool superseded;          /* its file was read again: counts for nothing */
    int64_t first_line;       /* of the file, once all chunks before it are read */
    int64_t line_count, read; /* records that belong to this pass */
    struct ledger_reason left_out_for[LEDGER_REASON_MAX]; /* of these, by the profile and as blank */
    size_t left_out_reason_count;
    struct chunk_part *parts; /* by the file's rule; owned */
    size_t part_count;
    size_t first_writer;      /* outcomes: see event_writer_number */
    struct latest_days dates; /* of the rows that could be read */
    size_t first_row;         /* of the cohort, for referrals */
    struct chunk_reject *rejects;
    size_t reject_count, reject_capacity;
    struct referral_batch referrals;
    struct error error; /* what stops the whole run */
};

struct chunk_list {
    struct chunk *chunks;
    size_t count, capacity;
    bool keeps; /* its chunks gather the rows made */
};

/* Ids that do not lie in a file as they are (doubled quotes) are copied here, each file's into a part of its own. */
struct escaped_texts {
    char *bytes;         /* reserved address space, one for all files */
    size_t begin, end;   /* offsets of this file's part */
    _Atomic size_t next; /* offset of what is free in it */
    uint32_t source;     /* of the cohort, one for all files */
};

/* Adds the chunks of file number `file`, of about `chunk_bytes` each; of a stored file, one for each block of the kind.
 */
void chunk_list_add_file(struct chunk_list *list, size_t number, const struct input_file *file, enum file_kind kind,
                         size_t chunk_bytes);

/* Adds the one chunk of a file that is read in order. */
void chunk_list_add_in_order(struct chunk_list *list, size_t number, const struct input_file *file);

void chunk_list_release(struct chunk_list *list);

/* What decoding needs besides the chunk; read-only for the workers but for what is atomic. */
struct chunk_context {
    const struct input_file *file; /* the chunk's */
    uint32_t source;               /* of that file */
    struct escaped_texts *escaped;
    const struct identity *identity; /* outcomes only */
    struct event_store *events;      /* outcomes only */
};

/* The most records that the chunk can hold: its lines, or a stored block's facts. */
size_t chunk_line_maximum(const struct chunk *chunk);

/* Decodes the chunk's referrals into its batch, which has been opened with room for them. */
void chunk_read_referrals(struct chunk *chunk, const struct chunk_context *context);

/* Decodes the chunk's events and adds them to the store. Events of each rule, and among them those of records that
 * belong to another pass, are added as chunks of the store's own, so that their fates can be told apart. `worker` is
 * the number of the worker that does it. */
void chunk_read_outcomes(struct chunk *chunk, const struct chunk_context *context, size_t worker);

/* Which pack a row goes into: that of its rule, apart by whether it stands for its record. */
static inline size_t pack_number(size_t rule, bool belongs)
{
    return 2 * rule + (belongs ? 0 : 1);
}

/* Keeps a row, where the chunk keeps rows. */
void chunk_keep(struct chunk *chunk, const struct made_row *made);

enum { WRITERS_A_RULE = 2 };
static inline size_t event_writer_number(const struct chunk *chunk, size_t rule, bool belongs)
{
    return chunk->first_writer + rule * WRITERS_A_RULE + (belongs ? 0 : 1);
}

/* Calls `visit` for each referral that the chunk's decoding accepted, with its number among these, from 0. */
typedef void chunk_visit_function(void *context, size_t row, const struct made_row *made);
void chunk_visit_referrals(struct chunk *chunk, const struct input_file *file, chunk_visit_function *visit,
                           void *context);

/* Adds a rejected row. */
void chunk_reject(struct chunk *chunk, const struct problem *problem);

/* Adds a row that is rejected as it stands against one that is used. It does not say where that is: the answer must not
 * depend on the order of rows. */
struct conflict {
    int64_t line;       /* of the chunk */
    const char *column; /* in which they differ first */
    const char *same;   /* what they share: "referral_id" */
};
void chunk_reject_conflict(struct chunk *chunk, const struct conflict *conflict);

/* Counts a record that is not made into anything, if it belongs to the pass. Returns whether rows were made of it. */
bool chunk_take(struct chunk *chunk, struct row_maker *maker, const struct record_reader *record);

#endif
