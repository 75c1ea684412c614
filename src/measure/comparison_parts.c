#include "referlens/measure/comparison_parts.h"

#include "referlens/base/memory.h"
#include "referlens/base/worker.h"

#include <math.h>
#include <string.h>

enum { BYTE_ROWS_MAX = 255 }; /* so many ones fit a byte */

struct filling {
    const struct comparison_tally *tally;
    const struct comparison_fit *fit;
    struct comparison_pair *const *pairs;
};

/* A side of a pair, as far as one cell is concerned: what one row adds to the part of its practice. */
struct receiver {
    struct comparison_part *parts; /* of the first practice; COMPARISON_SIDES on lies the next one's */
    const double *weights;         /* by weighing */
    int64_t scaled[WEIGHINGS_MAX], hit[DENOMINATORS_MAX], miss[DENOMINATORS_MAX];
};

/* The rows of one practice in one cell, up to BYTE_ROWS_MAX. */
struct run {
    size_t practice;
    uint32_t rows;
    uint8_t in[DENOMINATORS_MAX], hits[DENOMINATORS_MAX];
    uint32_t ran[DELAYS_MAX];                        /* how many clocks of each delay, */
    const double *values[DELAYS_MAX][BYTE_ROWS_MAX]; /* and their pseudo-values */
};

/* A cell at hand. */
struct cell {
    const struct comparison_tally *tally;
    const double *expected;                      /* by quantity */
    struct comparison_quantities *const *tables; /* by delay */
    struct receiver receivers[SCHEME_COUNT];
    size_t receiver_count;
    struct run run;
};

static int64_t scaled(double value)
{
    return (int64_t)llrint(ldexp(1, COMPARISON_SCALE) * value);
}

static void add_receiver(struct cell *cell, const struct comparison_pair *pair, size_t stratum, size_t side)
{
    const struct comparison_tally *tally = cell->tally;
    struct receiver *receiver = &cell->receivers[cell->receiver_count++];
    receiver->parts = pair->parts + side;
    receiver->weights = pair->weights + (stratum * COMPARISON_SIDES + side) * tally->weighing_count;
    for (size_t weighing = 0; weighing < tally->weighing_count; weighing++)
        receiver->scaled[weighing] = scaled(receiver->weights[weighing]);
    for (size_t d = 0; d < tally->denominator_count; d++) {
        const struct comparison_denominator *of = &tally->denominators[d];
        const double weight = receiver->weights[of->weighing], expected = cell->expected[of->quantity];
        receiver->hit[d] = scaled(weight * (1 - expected));
        receiver->miss[d] = scaled(weight * (0 - expected));
    }
}

/* Finds the sides of pairs that the cell takes part in. */
static void open_cell(const struct filling *filling, size_t number, struct cell *cell)
{
    const size_t stratum = number / SCHEME_COUNT, scheme = number % SCHEME_COUNT;
    const size_t side = scheme == filling->tally->reference ? COMPARISON_REFERENCE : COMPARISON_OWN;
    cell->tally = filling->tally;
    cell->expected = filling->fit->expected + number * filling->tally->quantity_count;
    cell->tables = filling->tally->tables + comparison_cell_delay(stratum, scheme, 0);
    cell->receiver_count = 0;
    for (size_t own = 0; own < SCHEME_COUNT; own++) {
        if (filling->pairs[own] != NULL && filling->pairs[own]->schemes[side] == scheme)
            add_receiver(cell, filling->pairs[own], stratum, side);
    }
}

/* Adds what the rows have in common: counts, weights, and the parts of proportions. */
static void add_counts(const struct cell *cell, const struct receiver *receiver, struct comparison_part *part)
{
    const struct run *run = &cell->run;
    part->rows += run->rows;
    for (size_t d = 0; d < cell->tally->denominator_count; d++) {
        const struct comparison_denominator *denominator = &cell->tally->denominators[d];
        if (run->in[d] == 0)
            continue;
        part->counts[d] += run->in[d];
        if (denominator->delay < DELAYS_MAX) {
            for (size_t h = 0; h < COMPARISON_HORIZONS; h++)
                part->weights[denominator->weighing + h] += run->in[d] * receiver->scaled[denominator->weighing + h];
            continue;
        }
        part->weights[denominator->weighing] += run->in[d] * receiver->scaled[denominator->weighing];
        part->hits[d] += run->hits[d];
        part->parts[denominator->quantity] +=
            run->hits[d] * receiver->hit[d] + (run->in[d] - run->hits[d]) * receiver->miss[d];
    }
}

/* Adds the parts of one delay: what each pseudo-value lies above the one expected. */
static void add_delay(const struct cell *cell, size_t delay, const struct receiver *receiver,
                      struct comparison_part *part)
{
    const size_t denominator = cell->tally->delay_denominator[delay];
    const size_t quantity = cell->tally->denominators[denominator].quantity;
    const double *expected = cell->expected + quantity;
    const double *weights = receiver->weights + cell->tally->denominators[denominator].weighing;
    int64_t sums[DELAY_QUANTITIES] = {0};
    for (uint32_t i = 0; i < cell->run.ran[delay]; i++) {
        const double *values = cell->run.values[delay][i];
        for (size_t q = 0; q < DELAY_QUANTITIES; q++)
            sums[q] += scaled(weights[q / 2] * (values[q] - expected[q]));
    }
    for (size_t q = 0; q < DELAY_QUANTITIES; q++)
        part->parts[quantity + q] += sums[q];
}

static void end_run(struct cell *cell)
{
    struct run *run = &cell->run;
    for (size_t r = 0; r < cell->receiver_count; r++) {
        struct comparison_part *part = &cell->receivers[r].parts[run->practice * COMPARISON_SIDES];
        add_counts(cell, &cell->receivers[r], part);
        for (size_t delay = 0; delay < DELAYS_MAX; delay++) {
            if (run->ran[delay] > 0)
                add_delay(cell, delay, &cell->receivers[r], part);
        }
    }
}

static void begin_run(struct cell *cell, size_t practice)
{
    cell->run.practice = practice;
    cell->run.rows = 0;
    memset(cell->run.in, 0, sizeof cell->run.in);
    memset(cell->run.hits, 0, sizeof cell->run.hits);
    memset(cell->run.ran, 0, sizeof cell->run.ran);
}

static void add_row(struct cell *cell, size_t index)
{
    const struct comparison_tally *tally = cell->tally;
    const struct evaluation *evaluation = tally->survey->evaluation;
    const struct comparison_standing *standing = &tally->standings[evaluation->rows[index].standing];
    struct run *run = &cell->run;
    if (index >= evaluation->practice_first[run->practice + 1] || run->rows == BYTE_ROWS_MAX) {
        size_t practice = run->practice;
        end_run(cell);
        while (index >= evaluation->practice_first[practice + 1])
            practice++;
        begin_run(cell, practice);
    }
    run->rows++;
    for (size_t d = 0; d < DENOMINATORS_MAX; d++) {
        run->in[d] = (uint8_t)(run->in[d] + standing->in[d]);
        run->hits[d] = (uint8_t)(run->hits[d] + standing->hit[d]);
    }
    for (size_t k = 0; k < standing->running_count; k++) {
        const size_t delay = standing->running[k].delay;
        const size_t place = survey_day(evaluation, index, delay) * PSEUDO_END_COUNT + standing->running[k].end;
        const double *values = cell->tables[delay][place].of;
        __builtin_prefetch(values);
        run->values[delay][run->ran[delay]++] = values;
    }
}

/* The cells in the order in which a block takes them, one scheme after another and in it kind after kind: what is
 * looked up for each delay is that of one kind under one scheme, and stays near. */
static size_t nth_cell(const struct survey *survey, size_t n)
{
    return survey_cell(n % survey->stratum_count, n / survey->stratum_count);
}

/* Where the block's rows of a cell lie. */
struct place_range {
    size_t begin, end;
};

static struct place_range nth_places(const struct survey *survey, size_t block, size_t n)
{
    if (n == survey->cell_count)
        return (struct place_range){0, 0};
    const size_t cell = nth_cell(survey, n);
    return (struct place_range){survey_block_begin(survey, block, cell),
                                survey->block_end[block * survey->cell_count + cell]};
}

static void fill_cell(const struct filling *filling, size_t block, size_t number, struct place_range places,
                      struct cell *cell)
{
    const struct survey *survey = filling->tally->survey;
    open_cell(filling, number, cell);
    begin_run(cell, survey->block_first[block]);
    for (size_t i = places.begin; i < places.end; i++) {
        if (i + SURVEY_ROWS_AHEAD < places.end)
            survey_ask_for(survey, i + SURVEY_ROWS_AHEAD);
        add_row(cell, survey->order[i]);
    }
    end_run(cell);
}

static void fill_block(void *context, size_t block, size_t worker)
{
    (void)worker;
    const struct filling *filling = context;
    const struct survey *survey = filling->tally->survey;
    struct place_range places = nth_places(survey, block, 0);
    struct cell cell;
    for (size_t n = 0; n < survey->cell_count; n++) {
        const struct place_range next = nth_places(survey, block, n + 1);
        for (size_t i = next.begin; i < next.end && i < next.begin + SURVEY_ROWS_AHEAD; i++)
            survey_ask_for(survey, i);
        if (places.begin < places.end)
            fill_cell(filling, block, nth_cell(survey, n), places, &cell);
        places = next;
    }
}

void comparison_parts_fill(const struct comparison_tally *tally, const struct comparison_fit *fit, size_t worker_count,
                           struct comparison_pair *const pairs[SCHEME_COUNT])
{
    struct filling filling = {tally, fit, pairs};
    worker_run(worker_count, tally->survey->block_count, fill_block, &filling);
}
