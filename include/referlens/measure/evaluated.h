/* The inside of an evaluation: one small record a referral, sorted by practice, for the modules of this room.
 */
#ifndef REFERLENS_MEASURE_EVALUATED_H
#define REFERLENS_MEASURE_EVALUATED_H

#include "referlens/measure/evaluation.h"
#include "referlens/measure/measure.h"
#include "referlens/measure/observed_window.h"
#include "referlens/measure/person_years.h"
#include "referlens/measure/standing.h"
#include "referlens/stats/incidence.h"

enum { DELAYS_MAX = 6, REASON_UNKNOWN = UINT16_MAX };

enum evaluated_flag { EVALUATED_ADVICE = 1, EVALUATED_LISTED = 2, EVALUATED_REJECTED = 4 };

/* Where the fields share a byte; EVALUATED_SEXES_MAX is the largest code + 1 that has room. */
enum { EVALUATED_SEX_SHIFT = 3, EVALUATED_SEXES_MAX = 31, EVALUATED_DECILE_SHIFT = 2, EVALUATED_RETURN_SHIFT = 6 };

/* A referral returned with advice: did another of the patient and specialty come within 90 days? An advice request:
 * sent again if it was converted into a referral, known patient or not, and else none. */
enum evaluated_return { RETURN_NONE, RETURN_KEPT, RETURN_SENT_AGAIN, RETURN_NOT_KNOWN }; /* none: not returned */

/* A referral, reduced to what measures need: 28 bytes. What shares a field is read with the functions below. */
struct evaluated {
    uint16_t days[DELAYS_MAX]; /* evaluated_days */
    uint16_t follow_up;        /* evaluated_follow_up */
    uint16_t specialty;
    uint32_t standing; /* code */
    uint16_t period;   /* quarters since the evaluation's first */
    uint16_t reason;   /* of the first decision, or REASON_UNKNOWN */
    uint8_t scheme;
    uint8_t flags;    /* set of enum evaluated_flag, and in the bits above them evaluated_sex */
    uint8_t age_band; /* code + 1, 0: unknown */
    uint8_t
        priority_decile; /* evaluated_priority, and in the bits above it evaluated_imd_decile and evaluated_return_of */
};
_Static_assert(sizeof(struct evaluated) == 28, "millions of them are held");

/* A standing in the form in which rows are tallied: a one for each measure's membership or end, to be added up as a
 * block, and the delays whose clock ran. */
enum { ONES_SIZE = 160 }; /* a multiple of the widest vector; measures × MEMBERSHIP_COUNT fit */
struct standing_ones {
    uint8_t ones[ONES_SIZE];
    uint8_t running_count;
    struct {
        uint8_t delay, end; /* number of the delay; 0 event, 1 competing, 2 censored */
    } running[DELAYS_MAX];
};

struct evaluation {
    const struct cohort *cohort;
    uint32_t recorded, unread;
    struct evaluated *rows;            /* by practice */
    uint16_t (*upper)[DELAYS_MAX + 1]; /* by row: the upper halves of its days and its follow-up; NULL: all are 0, as
                                          they are unless a referral lies 179 years behind the as-of date */
    size_t count;
    size_t *practice_first; /* of each practice's rows, and one more */
    size_t practice_count, specialty_count;
    struct observed_window window;
    quarter first_period;
    size_t period_count;
    quarter own_quarter;             /* the report's */
    size_t own_period;               /* its number; period_count where it is outside those of the referrals */
    struct standing_ones *standings; /* by code */
    size_t standing_count;
    size_t delays[DELAYS_MAX], delay_count; /* indices into measure_table */
    int32_t *day_values; /* the delays that there are, ascending: rows hold places in it; NULL: rows hold the days */
    size_t day_count;    /* one more than the largest number that a row holds */
    struct person_years *person_years;
    bool is_masked; /* somebody will read results who may not see exact counts */
};

/* The days of one delay of a row (a number of the evaluation's rows), in the order of measure_table, as day_values has
 * them; how it ended is in the standing. */
static inline uint32_t evaluated_days(const struct evaluation *evaluation, size_t row, size_t delay)
{
    const uint32_t lower = evaluation->rows[row].days[delay];
    return evaluation->upper == NULL ? lower : (uint32_t)evaluation->upper[row][delay] << 16 | lower;
}

/* As-of − referral date. */
static inline int32_t evaluated_follow_up(const struct evaluation *evaluation, size_t row)
{
    const uint32_t lower = evaluation->rows[row].follow_up;
    return (int32_t)(evaluation->upper == NULL ? lower : (uint32_t)evaluation->upper[row][DELAYS_MAX] << 16 | lower);
}

/* enum priority */
static inline uint8_t evaluated_priority(const struct evaluated *row)
{
    return row->priority_decile & 3;
}

/* 1 to 10, 0: unknown */
static inline uint8_t evaluated_imd_decile(const struct evaluated *row)
{
    return row->priority_decile >> EVALUATED_DECILE_SHIFT & 15;
}

static inline enum evaluated_return evaluated_return_of(const struct evaluated *row)
{
    return (enum evaluated_return)(row->priority_decile >> EVALUATED_RETURN_SHIFT);
}

/* Code + 1; 0: unknown, or one of more codes than there is room for */
static inline uint8_t evaluated_sex(const struct evaluated *row)
{
    return row->flags >> EVALUATED_SEX_SHIFT;
}

#endif
