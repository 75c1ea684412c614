/* The inside of an evaluation: one small record a referral, sorted by practice, for the modules of this room.
 */
#ifndef REFERLENS_MEASURE_EVALUATED_H
#define REFERLENS_MEASURE_EVALUATED_H

#include "referlens/measure/evaluation.h"
#include "referlens/measure/measure.h"
#include "referlens/measure/person_years.h"
#include "referlens/measure/standing.h"
#include "referlens/stats/incidence.h"

enum { DELAYS_MAX = 6, REASON_UNKNOWN = UINT16_MAX };

enum evaluated_flag { EVALUATED_ADVICE = 1, EVALUATED_LISTED = 2, EVALUATED_REJECTED = 4 };

/* A referral, reduced to what measures need: 40 bytes. */
struct evaluated {
    int32_t days[DELAYS_MAX]; /* by delay, in the order of measure_table, as day_values has them; how each ended is in
                                 the standing */
    int32_t follow_up;        /* as-of − referral date */
    uint32_t standing;        /* code */
    uint16_t specialty;
    uint16_t period; /* quarters since the evaluation's first */
    uint16_t reason; /* of the first decision, or REASON_UNKNOWN */
    uint8_t scheme;
    uint8_t flags; /* set of enum evaluated_flag */
};

/* A standing in the form in which rows are tallied: a one for each measure's membership or end, to be added up as a
 * block, and the delays whose clock ran. */
enum { ONES_SIZE = 144 }; /* a multiple of the widest vector; measures × MEMBERSHIP_COUNT fit */
struct standing_ones {
    uint8_t ones[ONES_SIZE];
    uint8_t running_count;
    struct {
        uint8_t delay, end; /* number of the delay; 0 event, 1 competing, 2 censored */
    } running[DELAYS_MAX];
};

struct evaluation {
    const struct cohort *cohort;
    uint32_t recorded;
    struct evaluated *rows; /* by practice */
    size_t count;
    size_t *practice_first; /* of each practice's rows, and one more */
    size_t practice_count, specialty_count;
    quarter first_period;
    size_t period_count;
    size_t own_period; /* number of the report's quarter; period_count where it has no referrals */
    struct standing_ones *standings; /* by code */
    size_t standing_count;
    size_t delays[DELAYS_MAX], delay_count; /* indices into measure_table */
    int32_t *day_values; /* the delays that there are, ascending: rows hold places in it; NULL: rows hold the days */
    size_t day_count;    /* one more than the largest number that a row holds */
    struct person_years *person_years;
};

#endif
