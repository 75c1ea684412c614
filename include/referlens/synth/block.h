/* A block: a run of consecutive rows of referrals.csv with their outcomes, made and written by itself.
 *
 * Every block has a stream of random numbers of its own, so blocks may be made in any order and on any thread. The
 * days on which its requests begin are those of its place among all rows: ids rise with time, roughly, as they do in
 * an export. What follows from a request comes right behind it.
 */
#ifndef REFERLENS_SYNTH_BLOCK_H
#define REFERLENS_SYNTH_BLOCK_H

#include "referlens/base/buffer.h"
#include "referlens/synth/county.h"

#include <stdint.h>

enum { SYNTH_BLOCK_ROWS = 4096 };

#define SYNTH_REFERRALS_MAX INT64_C(99999999) /* eight digits in a referral_id */

struct synth_block {
    struct buffer referrals, outcomes; /* rows as they stand in the two files, without headers */
    int64_t referral_count, event_count;
};

/* An empty block; release it with synth_block_release. */
struct synth_block synth_block_new(void);
void synth_block_release(struct synth_block *block);

/* Fills the block with rows number × SYNTH_BLOCK_ROWS and on, of `total` (at most SYNTH_REFERRALS_MAX) in all.
 * What it held is dropped. */
void synth_block_fill(struct synth_block *block, const struct synth_county *county, uint64_t seed, int64_t number,
                      int64_t total);

#endif
