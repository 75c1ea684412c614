/* The synthetic county: its practices, the schemes they are under, and the days that referrals are made on.
 *
 * Made once from the seed and read-only afterwards: any number of threads may read it. The rates that it is made
 * with are those of synth/truth.h.
 */
#ifndef REFERLENS_SYNTH_COUNTY_H
#define REFERLENS_SYNTH_COUNTY_H

#include "referlens/base/calendar.h"
#include "referlens/synth/truth.h"

#include <stddef.h>
#include <stdint.h>

enum {
    SYNTH_PRACTICES_MAX = 20000,
    SYNTH_QUARTERS_MAX = 80,
    SYNTH_CODE_SIZE = 7, /* with the NUL */
    SYNTH_DAY_TEXT_LENGTH = 10,
    SYNTH_GROUP_COUNT = SYNTH_AGE_BAND_COUNT * SYNTH_SEX_COUNT /* group = age band × 2 + sex */
};

struct synth_practice {
    char code[SYNTH_CODE_SIZE];
    uint8_t imd_decile;              /* of its middle; patients differ by up to 2 */
    uint32_t doctors;                /* who refer */
    enum synth_scheme before, after; /* of the county's day of change */
    size_t local_specialty;          /* the specialty under local_expertise, or SYNTH_SPECIALTY_COUNT */
    double rejected_factor, wait_factor;
    int64_t list_sizes[SYNTH_GROUP_COUNT];
    double group_cumulative[SYNTH_GROUP_COUNT];      /* weights of the referrals made */
    double specialty_factors[SYNTH_SPECIALTY_COUNT]; /* how its referrals lean, about 1 */
};

struct synth_county {
    enum synth_effect effect;
    day first, as_of; /* referrals are made from the one to the other */
    day change;       /* first day of the new schemes of the practices that change */
    size_t practice_count;
    struct synth_practice *practices;         /* owned, as are the next three */
    double *practice_cumulative;              /* weights of the referrals made */
    double *day_cumulative;                   /* likewise, by day from `first` */
    char (*day_texts)[SYNTH_DAY_TEXT_LENGTH]; /* YYYY-MM-DD without a NUL, by day from `first` */
    double group_specialty_weights[SYNTH_GROUP_COUNT][SYNTH_SPECIALTY_COUNT];
};

/* Makes the county of a seed: `practice_count` practices (1 to SYNTH_PRACTICES_MAX), and `quarter_count` calendar
 * quarters (1 to SYNTH_QUARTERS_MAX) of which the last holds `as_of` and ends on it. */
void synth_county_make(struct synth_county *county, uint64_t seed, size_t practice_count, int quarter_count, day as_of,
                       enum synth_effect effect);

/* Releases what it owns. A zeroed county is allowed. */
void synth_county_release(struct synth_county *county);

/* The number of days from `first` to `as_of`. */
size_t synth_county_days(const struct synth_county *county);

/* The scheme that a referral of this practice, specialty and day goes by. */
enum synth_scheme synth_county_scheme(const struct synth_county *county, size_t practice, size_t specialty, day date);

#endif
