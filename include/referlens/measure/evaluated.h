/* The inside of an evaluation: one small record a referral, sorted by practice, for the modules of this room.
 */
#ifndef REFERLENS_MEASURE_EVALUATED_H
#define REFERLENS_MEASURE_EVALUATED_H

#include "referlens/measure/evaluation.h"
#include "referlens/measure/measure.h"
#include "referlens/measure/standing.h"
#include "referlens/stats/incidence.h"

enum { DELAYS_MAX = 6, REASON_UNKNOWN = UINT16_MAX };

enum evaluated_flag { EVALUATED_ADVICE = 1, EVALUATED_LISTED = 2, EVALUATED_REJECTED = 4 };

/* A referral, reduced to what measures need: 40 bytes. */
struct evaluated {
    int32_t days[DELAYS_MAX]; /* by delay, in the order of measure_table; how each ended is in the standing */
    int32_t follow_up;        /* as-of − referral date */
    uint32_t standing;        /* code */
    uint16_t specialty;
    uint16_t period; /* quarters since the evaluation's first */
    uint16_t reason; /* of the first decision, or REASON_UNKNOWN */
    uint8_t scheme;
    uint8_t flags; /* set of enum evaluated_flag */
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
    struct standing_table *standings;
    size_t delays[DELAYS_MAX], delay_count; /* indices into measure_table */
    int32_t days_maximum;                   /* of any delay */
    double *person_years;                   /* by practice, then by period; NAN where the list size is not known */
    double *person_years_all;               /* by period, then over all of them */
};

/* One thread's scratch space for tallying slices. */
struct tally;
struct tally *tally_new(const struct evaluation *evaluation);
void tally_free(struct tally *tally);

/* Adds the results of every measure for the rows that `index` names (numbers of rows), as the slice given. */
void tally_slice(struct tally *tally, const uint32_t *index, size_t count, struct slice slice,
                 struct result_list *results);

/* Results of one practice with a tally at hand. Brief: overall and for the report's period only. */
enum practice_detail { PRACTICE_BRIEF, PRACTICE_FULL };
void evaluate_practice_with(struct tally *tally, const struct evaluation *evaluation, uint32_t practice,
                            enum practice_detail detail, struct result_list *results);

/* The life table of one delay over the rows that `index` names, ascending; good until the tally is used again. */
const struct life_table_row *tally_life_table(struct tally *tally, const uint32_t *index, size_t count,
                                              size_t measure, size_t *row_count, int32_t *follow_up_maximum);

/* Person-years of a slice of practice and period (PERIOD_ALL: all of them). 0 where the list size is not known. */
double person_years_of(const struct evaluation *evaluation, uint32_t practice, quarter period);

/* Fills the person-years and marks the rows of practices whose list size is known. */
void person_years_fill(struct evaluation *evaluation);

#endif
