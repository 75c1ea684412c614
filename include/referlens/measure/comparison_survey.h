/* What a comparison of schemes has to know of all referrals before it can compare any: which strata there are, and who
 * is in them.
 *
 * A stratum is a specialty × priority × age band that occurs; unknown is a value of its own. The strata of one
 * specialty and priority, which follow each other, are a kind. Referrals and advice requests whose scheme is not known
 * are counted and take no part. All counts are whole numbers, so that neither the order of rows nor the number of
 * workers matters.
 */
#ifndef REFERLENS_MEASURE_COMPARISON_SURVEY_H
#define REFERLENS_MEASURE_COMPARISON_SURVEY_H

#include "referlens/cohort/vocabulary.h"
#include "referlens/measure/evaluated.h"
#include "referlens/stats/pseudo_values.h"

enum {
    SURVEY_DAYS = 367, /* 0 to 365, and all later ones as one */
    SURVEY_BEYOND = SURVEY_DAYS - 1,
    SURVEY_WORDS_BITS = 64,
    SURVEY_BLOCK_ROWS = 1 << 17,
};

/* How many referrals have each value of the variables that are looked at for balance: specialty, priority, age band,
 * sex, deprivation and quarter, one after another. */
enum { SURVEY_VARIABLES = 6, SURVEY_DECILES = 11 };

struct survey {
    const struct evaluation *evaluation;
    size_t ages;      /* age bands and "unknown" */
    uint64_t *occurs; /* a bit for each specialty × priority × age band */
    uint32_t *rank;   /* by word of `occurs`: how many bits are set before it */
    size_t word_count;
    size_t stratum_count;
    size_t *kind_first; /* the first stratum of each kind, and one more */
    size_t kind_count;
    size_t cell_count;              /* strata × schemes */
    uint32_t *order;                /* the rows whose scheme is known, cell after cell, as they come within one */
    uint32_t *cell_first;           /* where each cell begins in `order`, and one more */
    size_t block_count;             /* practices are taken in blocks, each with some SURVEY_BLOCK_ROWS of the rows */
    size_t *block_first;            /* the first practice of each block, and one more */
    uint32_t *block_end;            /* by block and cell: where the block's rows of that cell end in `order` */
    int64_t rows[SCHEME_COUNT + 1]; /* by scheme, the last one unknown: referrals and advice requests */
    int64_t referrals[SCHEME_COUNT + 1];         /* referrals alone */
    size_t variable_first[SURVEY_VARIABLES + 1]; /* where the values of each variable begin in `values` */
    int64_t *values;                             /* by scheme and value: referrals alone */
};

struct survey *survey_new(const struct evaluation *evaluation, size_t worker_count);
void survey_free(struct survey *survey);

/* A cell is a stratum under one scheme. */
static inline size_t survey_cell(size_t stratum, size_t scheme)
{
    return stratum * SCHEME_COUNT + scheme;
}

/* Where a block's rows of a cell begin in `order`. */
static inline size_t survey_block_begin(const struct survey *survey, size_t block, size_t cell)
{
    return block == 0 ? survey->cell_first[cell] : survey->block_end[(block - 1) * survey->cell_count + cell];
}

/* Asks for a row ahead of its turn: those that follow each other in `order` lie apart, and on two lines each, many of
 * them. */
enum { SURVEY_ROWS_AHEAD = 24 };
static inline void survey_ask_for(const struct survey *survey, size_t place)
{
    const struct evaluated *row = &survey->evaluation->rows[survey->order[place]];
    __builtin_prefetch(row);
    __builtin_prefetch(&row->standing);
}

/* What a row's stratum is of, as a number. */
static inline size_t survey_key(const struct survey *survey, const struct evaluated *row)
{
    return (row->specialty * (size_t)PRIORITY_COUNT + evaluated_priority(row)) * survey->ages + row->age_band;
}

/* The stratum of a row that takes part. */
static inline size_t survey_stratum(const struct survey *survey, const struct evaluated *row)
{
    const size_t key = survey_key(survey, row), word = key / SURVEY_WORDS_BITS;
    const uint64_t below = (UINT64_C(1) << (key % SURVEY_WORDS_BITS)) - 1;
    return survey->rank[word] + (size_t)__builtin_popcountll(survey->occurs[word] & below);
}

/* The day of a delay's end as clocks count it. */
static inline size_t survey_day(const struct evaluation *evaluation, size_t row, size_t delay)
{
    const uint32_t held = evaluated_days(evaluation, row, delay);
    const int32_t days = evaluation->day_values == NULL ? (int32_t)held : evaluation->day_values[held];
    return days < SURVEY_BEYOND ? (size_t)days : SURVEY_BEYOND;
}

#endif
