/* Schemes compared with a reference scheme, fairly: what would differ if both had been sent the same patients?
 *
 * Each proportion, wait and rate of each scheme stands beside that of the reference: crude, and directly standardised
 * to the mix of specialty × priority × age band of the two together. A stratum that only one of them has cannot be
 * compared; it is counted and left out. Schemes are given to practices, so every interval of a difference rests on the
 * practices and not on the referrals: see stats/clustered_difference.h. What nobody can standardise (why a practice has
 * its scheme) stays in: every comparison is observational.
 *
 * All numbers are masked for the audience of the report, as disclosure.h has it: counts of 1 to 7 are NAN and take
 * their comparison with them, other counts are rounded to the nearest 5, crude shares are those of the rounded counts,
 * and whatever is worked out from many strata (standardised shares, incidences and means, differences, odds ratios,
 * tests) is moved to a grid as coarse as that, its limits outwards. NAN stands for "no number" throughout.
 */
#ifndef REFERLENS_MEASURE_COMPARISON_H
#define REFERLENS_MEASURE_COMPARISON_H

#include "referlens/measure/report.h"
#include "referlens/stats/interval.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    COMPARISON_PRACTICES_MIN =
        5, /* with fewer practices to compare on either side there is no interval of the difference */
    COMPARISON_ALIKE_MIN = 20, /* with fewer referrals on either side in the strata that both have, a difference without
                                  an interval is no more than a few referrals' luck */
    COMPARISON_HORIZONS = 3,
};

/* What calls for a caution: standardised mean differences above the first, and more than this share of either
 * side's referrals in strata that the other lacks. */
#define COMPARISON_IMBALANCE_MAX 0.25
#define COMPARISON_LEFT_OUT_MAX  0.10

/* The share of the referrals of a scheme that would have had to be made in another quarter to be spread over time as
 * those of the reference: above the first it calls for a caution, above the second the two were not under way at one
 * time. */
#define COMPARISON_OTHER_QUARTER_MAX 0.25
#define COMPARISON_OTHER_TIME_MIN    0.90

/* Why a difference has no interval though practices are enough: that they are all alike, or that one is all there is.
 * It says nothing of whether the difference is chance. */
extern const char comparison_no_spread[], comparison_one_outweighs[];

/* One side of a comparison: a scheme, or the reference. */
struct comparison_side {
    double practices;             /* that have anything in the denominator */
    double numerator;             /* hits; of a wait, how many got there */
    double denominator;           /* referrals; of a wait, whose clock ran; of a rate, person-years */
    struct estimate crude;        /* with Wilson's interval; of a rate, per 1,000 person-years, with that of rates */
    struct estimate standardised; /* over the strata that both have, with an interval over practices */
    double phi, tau; /* spread between its practices, as a funnel has it: φ, 1 being chance alone, and τ on the
                        scale of asin √p (of rates, of logarithms); NAN with fewer than 5 practices, and of
                        waits */
};

/* The strata that only one side has or, by a horizon of a wait, was followed for as long in. Referrals are counts of
 * the measure's denominator. */
struct comparison_left_out {
    double strata, strata_compared;
    double referrals, reference_referrals;
};

/* A scheme and the reference in one proportion or rate. */
struct comparison_outcome {
    size_t measure;            /* index into measure_table */
    uint32_t scheme;           /* enum scheme */
    enum result_status status; /* ok: there is a difference, though perhaps without limits */
    const char *reason;        /* in words: why there is no difference, or no interval of it; NULL where there is */
    struct comparison_side own, reference;
    struct estimate crude_difference; /* own − reference; interval of Newcombe or, of a rate, of Zou and Donner: takes
                                         no account of practices */
    struct estimate difference;       /* of the standardised; limits NAN where they are withheld */
    struct estimate odds_ratio; /* Mantel–Haenszel over the same strata, its interval takes no account of practices; of
                                   a rate, the ratio of the standardised rates, its interval rests on practices */
    bool sign_change; /* the intervals of crude and standardised difference exclude 0 on opposite sides, and both
                         differ by as much as can be shown: half a tenth of a percentage point or, of a rate, half a
                         tenth; never without both intervals */
    int side;         /* −1 or 1 where the interval of the difference excludes 0, otherwise 0 */
    bool at_one_size; /* the difference is that of practices of one list size */
    struct comparison_left_out left_out;
};

/* A wait by one day: how many got there by then, and the mean days until they did, those who had not counted as waiting
 * to that day (whoever was turned away never got there). */
struct comparison_horizon {
    int32_t days;
    struct estimate crude, reference_crude; /* incidence with log-log limits */
    struct estimate standardised, reference_standardised;
    struct estimate difference;
    double crude_mean, reference_crude_mean; /* restricted mean, in days */
    struct estimate mean, reference_mean;    /* the same, standardised */
    struct estimate mean_difference;
    const char *reason,
        *mean_reason; /* in words: why a difference is missing, or its interval; NULL where neither is */
    struct comparison_left_out left_out;
    bool sign_change;    /* of the shares, likewise, crude ones being told apart where their intervals do not meet */
    int side, mean_side; /* −1 or 1 where the interval excludes 0 */
    bool at_one_size;    /* as of an outcome; of both differences */
};

/* A scheme and the reference in one delay. Horizons beyond the longest follow-up of either side are NAN, and strata of
 * a specialty and priority with a shorter one on either side are left out of a horizon. */
struct comparison_wait {
    size_t measure;
    uint32_t scheme;
    enum result_status status;
    const char *reason;
    struct comparison_side own, reference; /* counts and practices only */
    struct comparison_horizon within[COMPARISON_HORIZONS];
    double logrank_chisq; /* stratified by the same strata, over 365 days, 1 degree of freedom; takes no account of
                             practices. It compares those who still wait: ends that compete leave the waiting */
    double logrank_p;
    struct comparison_left_out left_out; /* however long anybody was followed */
};

enum comparison_variable {
    COMPARISON_SPECIALTY,
    COMPARISON_PRIORITY,
    COMPARISON_AGE_BAND,
    COMPARISON_SEX,
    COMPARISON_IMD_DECILE,
    COMPARISON_QUARTER,   /* of the referral */
    COMPARISON_LIST_SIZE, /* of the practices, in thousands of patients; one row, no categories */
    COMPARISON_VARIABLE_COUNT
};

/* How unlike a scheme and the reference are in one category of a variable, or (label empty) in all of them at once. */
struct comparison_balance {
    uint32_t scheme;
    enum comparison_variable variable;
    struct text label; /* the category's word; "unknown" where it was not given */
    double own,
        reference; /* share of the referrals of known value … of list size, the mean; NAN for a whole variable */
    double smd;    /* standardised mean difference; NAN too where no category is common to both */
};

/* What a reader has to know before believing it. */
enum comparison_caution_kind {
    CAUTION_OBSERVATIONAL,  /* always */
    CAUTION_FEW_PRACTICES,  /* number: how many the scheme has (or the reference, scheme being the reference) */
    CAUTION_UNKNOWN_SCHEME, /* number: referrals whose scheme is not known, and which are in no comparison */
    CAUTION_LEFT_OUT,       /* number: the largest share of either side's referrals that are left out, 0–1 */
    CAUTION_SIGN_CHANGE,    /* number: how many outcomes and waits of the scheme */
    CAUTION_IMBALANCE,      /* number: the largest SMD among what is not adjusted for: sex, deprivation, and list size
                               where a practice has none, practices are too few or it can't be told from the scheme */
    CAUTION_SIZE_UNKNOWN, /* number: practices of the comparison without a list size: size could not be adjusted for */
    CAUTION_SIZE_TIED, /* the practices of each side are of a size of their own: size can't be told from the scheme */
    CAUTION_SHARED_PRACTICES, /* number: practices that are in the scheme and in the reference, by time or specialty */
    CAUTION_DIFFERENT_TIMES,  /* number: the share that would have had to be made in another quarter; 1 where the two
                                 have no quarter in common */
    CAUTION_KIND_COUNT
};
struct comparison_caution {
    enum comparison_caution_kind kind;
    uint32_t scheme; /* SLICE_ALL: of all */
    double number;   /* masked like any count; NAN where the kind has none */
    size_t measure;  /* measure_count: of none in particular */
};

struct comparison {
    uint32_t reference; /* enum scheme; SCHEME_COUNT: fewer than two schemes have referrals, and all lists are empty */
    bool reference_assumed;
    bool schemes[SCHEME_COUNT]; /* which have referrals or advice requests */
    struct comparison_outcome
        *outcomes; /* scheme after scheme, measures in the order of measure_table; owned, like all */
    size_t outcome_count;
    struct comparison_wait *waits;
    size_t wait_count;
    struct comparison_balance *balance;
    size_t balance_count;
    char (*quarters)[QUARTER_TEXT_SIZE]; /* what the balance's labels of quarters are of */
    struct comparison_caution *cautions;
    size_t caution_count;
};

/* Compares every scheme that has data with the reference: SCHEME_COUNT for the default, `none` where it has data and
 * else the scheme with most referrals. A reference without data gives empty lists, like fewer than two schemes. The
 * same for any number of workers. Release with comparison_release. */
struct comparison comparison_of(const struct report *report, uint32_t reference, size_t worker_count);
void comparison_release(struct comparison *comparison);

/* The outcome or wait of a scheme by its measure's id; NULL where there is none. */
const struct comparison_outcome *comparison_find_outcome(const struct comparison *comparison, uint32_t scheme,
                                                         const char *measure);
const struct comparison_wait *comparison_find_wait(const struct comparison *comparison, uint32_t scheme,
                                                   const char *measure);

/* The caution of a kind about a scheme; NULL where it calls for none. */
const struct comparison_caution *comparison_find_caution(const struct comparison *comparison, uint32_t scheme,
                                                         enum comparison_caution_kind kind);

/* "specialty", "priority", "age_band", "sex", "imd_decile", "quarter", "list_size". */
const char *comparison_variable_name(enum comparison_variable variable);

/* "observational", "few_practices", "unknown_scheme", "left_out", "sign_change", "imbalance", "size_unknown",
 * "size_tied", "shared_practices", "different_times". */
const char *comparison_caution_name(enum comparison_caution_kind kind);

#endif
