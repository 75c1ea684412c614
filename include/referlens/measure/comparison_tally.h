/* Tallies by stratum and scheme: how many were in each denominator, and the sum of what is to be averaged over them.
 *
 * What is averaged is a quantity: whether a referral was a hit (proportions), or its pseudo-values by each of three
 * days (delays: whether it got there by then, and how long it waited until then). So every standardised number of a
 * comparison comes from the same few lines, whatever it is of. Several quantities share a denominator.
 *
 * A delay is weighed anew at each horizon: a cell whose clocks were not followed as long takes no part there.
 */
#ifndef REFERLENS_MEASURE_COMPARISON_TALLY_H
#define REFERLENS_MEASURE_COMPARISON_TALLY_H

#include "referlens/measure/comparison_clock.h"

enum {
    DENOMINATORS_MAX = STANDING_MEASURES_MAX,
    WEIGHINGS_MAX = STANDING_MEASURES_MAX + DELAYS_MAX * (COMPARISON_HORIZONS - 1),
    QUANTITIES_MAX = STANDING_MEASURES_MAX + DELAYS_MAX * DELAY_QUANTITIES,
};

/* A denominator is a proportion's or a delay's. A proportion has one weighing and one quantity; a delay has a weighing
 * and two quantities a horizon, which follow each other. */
struct comparison_denominator {
    size_t measure;
    size_t quantity, weighing; /* the first of its own */
    size_t delay;              /* number of the delay; DELAYS_MAX of a proportion */
};

/* In which denominators a standing counts, in which proportions it is a hit (a one each, to be added up as a block),
 * and the delays whose clock ran. */
struct comparison_standing {
    uint8_t in[DENOMINATORS_MAX], hit[DENOMINATORS_MAX];
    uint8_t running_count;
    struct {
        uint8_t delay, end; /* enum pseudo_end */
    } running[DELAYS_MAX];
};

/* The excess of events over those expected by the log-rank test of a scheme against the reference, and its variance. */
struct comparison_excess {
    double excess, variance;
};

struct comparison_tally {
    const struct survey *survey;
    uint32_t reference;
    struct comparison_denominator denominators[DENOMINATORS_MAX];
    size_t denominator_count, quantity_count, weighing_count;
    size_t delay_denominator[DELAYS_MAX];
    struct comparison_standing *standings; /* by code */
    struct comparison_quantities **tables; /* by stratum, scheme and delay: that of its kind; NULL where no clock ran */
    uint8_t *reaches;                      /* likewise: how many horizons the kind's longest follow-up reaches */
    struct pseudo_value whole[SCHEME_COUNT][DELAYS_MAX][COMPARISON_HORIZONS];
    int64_t *counts;                    /* by stratum, scheme and denominator */
    double *sums;                       /* by stratum, scheme and quantity; 0 of horizons beyond the reach */
    struct comparison_excess *excesses; /* by stratum, scheme and delay */
};

/* Tallies all schemes; log-rank tests are against `reference`. */
struct comparison_tally *comparison_tally_new(const struct survey *survey, uint32_t reference, size_t worker_count);
void comparison_tally_free(struct comparison_tally *tally);

/* The days by which a delay is compared: COMPARISON_HORIZONS of them, ascending. */
const int32_t *comparison_days(size_t measure);

/* A cell's delay as tables and reaches have it. */
static inline size_t comparison_cell_delay(size_t stratum, size_t scheme, size_t delay)
{
    return survey_cell(stratum, scheme) * DELAYS_MAX + delay;
}

/* How many of a cell take part in a weighing of a denominator: all, or none where they were not followed as long. */
static inline int64_t comparison_count(const struct comparison_tally *tally, size_t stratum, size_t scheme,
                                       size_t denominator, size_t weighing)
{
    const struct comparison_denominator *of = &tally->denominators[denominator];
    const bool followed = of->delay == DELAYS_MAX ||
                          weighing - of->weighing < tally->reaches[comparison_cell_delay(stratum, scheme, of->delay)];
    return followed ? tally->counts[survey_cell(stratum, scheme) * tally->denominator_count + denominator] : 0;
}

static inline const int64_t *comparison_counts(const struct comparison_tally *tally, size_t stratum, size_t scheme)
{
    return tally->counts + survey_cell(stratum, scheme) * tally->denominator_count;
}

static inline const double *comparison_sums(const struct comparison_tally *tally, size_t stratum, size_t scheme)
{
    return tally->sums + survey_cell(stratum, scheme) * tally->quantity_count;
}

#endif
