/* Facts as the store keeps them: a line of text each, with the canonical values of its kind's columns.
 *
 * Values are parted by U+001F and escaped as in a JSON string, so that the store's views need no more than to put
 * quotes around them. Before them come the line of the file and the order among rows that make one referral (empty:
 * none). A pack gathers the facts of one chunk that were made by one rule; packing and unpacking give the same values
 * to the byte.
 */
#ifndef REFERLENS_INPUT_FACT_TEXT_H
#define REFERLENS_INPUT_FACT_TEXT_H

#include "referlens/cohort/fact_key.h"
#include "referlens/input/row_maker.h"

/* About as much as a block of the store holds. */
enum { FACT_SEGMENT_BYTES = 1 << 20 };

/* Where a part of a pack of at least that many bytes, or the last, ends: behind how many bytes and facts. */
struct fact_segment {
    size_t end, fact_end;
};

struct fact_pack {
    uint8_t *bytes; /* owned; the lines */
    size_t length, capacity;
    struct fact_key *keys; /* owned; one a fact */
    size_t count, key_capacity;
    struct fact_segment *segments; /* owned; all of the pack once it is finished */
    size_t segment_count, segment_capacity;
};

/* A zeroed pack is an empty one. */
void fact_pack_release(struct fact_pack *pack);

/* Adds a row that was made, and its key. */
void fact_pack_add(struct fact_pack *pack, const struct made_row *made);

/* Ends the last segment, once all rows are added. */
void fact_pack_finish(struct fact_pack *pack);

/* Releases the lines of a finished pack; the keys stay. */
void fact_pack_release_text(struct fact_pack *pack);

/* The first value of a line, such as a referral's id, as it is packed; empty where there is none. The same values are
 * packed to the same bytes. */
struct text fact_text_id(struct text line);

/* The last one, in the same way. */
struct text fact_text_last(struct text line);

/* Whether it is one of the rows that a profile makes into one referral. */
bool fact_text_has_order(struct text line);

/* Whether the line of an event says no more than that it happened: nothing of why, and of who was asked. */
bool fact_text_is_bare(struct text line);

/* Tells which events of a pack of events do. */
void fact_pack_find_bare(const struct fact_pack *pack, bool *bare);

/* Facts of a text, one by one. */
struct fact_reader {
    struct text left;
    enum file_kind kind;
    int64_t line, order;                  /* of the fact at hand; INT64_MAX: no order */
    struct text values[COLUMN_COUNT_MAX]; /* good until the next */
    struct buffer unescaped;
    bool damaged; /* the text is none of ours */
};

void fact_reader_open(struct fact_reader *reader, struct text text, enum file_kind kind);
bool fact_reader_next(struct fact_reader *reader);
void fact_reader_close(struct fact_reader *reader);

#endif
