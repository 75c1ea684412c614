/* The rows of referrals.csv and outcomes.csv, formatted by hand: at a million rows a second, printf is what takes the
 * time. */
#ifndef REFERLENS_SYNTH_ROWS_H
#define REFERLENS_SYNTH_ROWS_H

#include "referlens/base/buffer.h"
#include "referlens/synth/county.h"
#include "referlens/synth/episode.h"

#include <stdint.h>

extern const char synth_referrals_header[];
extern const char synth_outcomes_header[];

/* A patient's key as it is written: letters and digits that say nothing about when the patient came. One to one, for
 * keys below 2^40. Writes SYNTH_PATIENT_LENGTH characters, without a NUL. */
enum { SYNTH_PATIENT_LENGTH = 9 };
void synth_patient_key(uint64_t key, uint64_t seed, char *text);

/* Adds the rows of an episode whose first referral has the given number (R00000001 is 1). */
void synth_rows_referrals(const struct synth_county *county, uint64_t seed, const struct synth_episode *episode,
                          uint64_t first_number, struct buffer *buffer);
void synth_rows_outcomes(const struct synth_county *county, const struct synth_episode *episode, uint64_t first_number,
                         struct buffer *buffer);

#endif
