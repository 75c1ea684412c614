/* One episode: what a practice asks for one patient in one specialty, until no more comes of it.
 *
 * It begins with a referral or an advice request, and holds whatever follows from it: the referral again after a
 * rejection, a referral after advice, advice after a rejection.
 */
#ifndef REFERLENS_SYNTH_EPISODE_H
#define REFERLENS_SYNTH_EPISODE_H

#include "referlens/base/random.h"
#include "referlens/synth/county.h"
#include "referlens/synth/journey.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longer chains of rejections than fit are cut: fewer than one episode in 100,000. */
enum { SYNTH_EPISODE_MAX = 6 };

/* Who it is about. */
struct synth_patient {
    uint64_t key; /* 0: blank */
    size_t practice;
    uint8_t age_band, sex, imd_decile, blanks;
};

struct synth_episode {
    size_t count;
    struct synth_referral referrals[SYNTH_EPISODE_MAX];
    bool died;
};

/* A patient of some practice, as often as each age and sex is referred there. `key` is the one to have, 1 or more. */
struct synth_patient synth_draw_patient(struct random_stream *random, const struct synth_county *county, uint64_t key);

/* An episode of the patient that begins on that day, in any specialty but `not_specialty` (SYNTH_SPECIALTY_COUNT to
 * exclude none). */
void synth_episode(struct random_stream *random, const struct synth_county *county, const struct synth_patient *patient,
                   day date, size_t not_specialty, struct synth_episode *episode);

#endif
