#include "referlens/measure/comparison_pair.h"

#include "referlens/base/memory.h"
#include "referlens/base/worker.h"
#include "referlens/measure/comparison_parts.h"

#include <math.h>

/* Rounds end when no ratio moves by more than this, in parts of itself; a handful is usual. */
enum { FIT_ROUNDS_MAX = 1000 };
#define FIT_TOLERANCE 1e-13

struct fitting {
    const struct comparison_tally *tally;
    struct comparison_fit *fit;
};

static size_t denominator_of(const struct comparison_tally *tally, size_t quantity)
{
    size_t d = tally->denominator_count - 1;
    while (tally->denominators[d].quantity > quantity)
        d--;
    return d;
}

static size_t weighing_of(const struct comparison_tally *tally, size_t quantity)
{
    const struct comparison_denominator *of = &tally->denominators[denominator_of(tally, quantity)];
    return of->weighing + (quantity - of->quantity) / 2; /* a proportion has one quantity */
}

/* What one quantity is fitted to. */
struct fit_cell {
    double sum, count;
};

static void read_cells(const struct comparison_tally *tally, size_t quantity, struct fit_cell *cells)
{
    const size_t denominator = denominator_of(tally, quantity), weighing = weighing_of(tally, quantity);
    for (size_t s = 0; s < tally->survey->stratum_count; s++) {
        for (size_t scheme = 0; scheme < SCHEME_COUNT; scheme++)
            cells[survey_cell(s, scheme)] =
                (struct fit_cell){comparison_sums(tally, s, scheme)[quantity],
                                  (double)comparison_count(tally, s, scheme, denominator, weighing)};
    }
}

/* Levels for given ratios: what occurred in the stratum over what the ratios alone lead to expect. */
static void fit_levels(const struct fit_cell *cells, size_t strata, const double *ratios, double *levels)
{
    for (size_t s = 0; s < strata; s++) {
        double sum = 0, expected = 0;
        for (size_t scheme = 0; scheme < SCHEME_COUNT; scheme++) {
            sum += cells[survey_cell(s, scheme)].sum;
            expected += ratios[scheme] * cells[survey_cell(s, scheme)].count;
        }
        levels[s] = expected > 0 ? sum / expected : 0;
    }
}

/* Returns the largest change, in parts of the ratio. */
static double fit_ratios(const struct fit_cell *cells, size_t strata, const double *levels, double *ratios)
{
    double change = 0;
    for (size_t scheme = 0; scheme < SCHEME_COUNT; scheme++) {
        double sum = 0, expected = 0;
        for (size_t s = 0; s < strata; s++) {
            sum += cells[survey_cell(s, scheme)].sum;
            expected += levels[s] * cells[survey_cell(s, scheme)].count;
        }
        const double ratio = expected > 0 ? sum / expected : 0;
        change = fmax(change, fabs(ratio - ratios[scheme]) / fmax(fabs(ratio), FIT_TOLERANCE));
        ratios[scheme] = ratio;
    }
    return change;
}

static void fit_quantity(void *context, size_t quantity, size_t worker)
{
    (void)worker;
    const struct fitting *fitting = context;
    const struct comparison_tally *tally = fitting->tally;
    const size_t strata = tally->survey->stratum_count;
    struct fit_cell *cells = memory_resize(NULL, survey_cell(strata, 0), sizeof *cells);
    double *levels = memory_resize(NULL, strata, sizeof *levels);
    double ratios[SCHEME_COUNT];
    read_cells(tally, quantity, cells);
    for (size_t scheme = 0; scheme < SCHEME_COUNT; scheme++)
        ratios[scheme] = 1;
    double change = 1;
    for (size_t round = 0; round < FIT_ROUNDS_MAX && change > FIT_TOLERANCE; round++) {
        fit_levels(cells, strata, ratios, levels);
        change = fit_ratios(cells, strata, levels, ratios);
    }
    for (size_t cell = 0; cell < survey_cell(strata, 0); cell++)
        fitting->fit->expected[cell * tally->quantity_count + quantity] =
            levels[cell / SCHEME_COUNT] * ratios[cell % SCHEME_COUNT];
    memory_free(levels);
    memory_free(cells);
}

struct comparison_fit comparison_fit_of(const struct comparison_tally *tally, size_t worker_count)
{
    struct comparison_fit fit = {memory_allocate_zeroed(
        tally->survey->stratum_count * SCHEME_COUNT * tally->quantity_count, sizeof *fit.expected)};
    struct fitting fitting = {tally, &fit};
    worker_run(worker_count, tally->quantity_count, fit_quantity, &fitting);
    return fit;
}

void comparison_fit_release(struct comparison_fit *fit)
{
    if (fit == NULL)
        return;
    memory_free(fit->expected);
    *fit = (struct comparison_fit){NULL};
}

/* How many of each side take part in a stratum, and how many there are. */
struct stratum_sides {
    double followed[COMPARISON_SIDES], all[COMPARISON_SIDES];
};

static struct stratum_sides sides_of(const struct comparison_pair *pair, size_t stratum, size_t d, size_t weighing)
{
    struct stratum_sides sides;
    for (size_t side = 0; side < COMPARISON_SIDES; side++) {
        sides.followed[side] = (double)comparison_count(pair->tally, stratum, pair->schemes[side], d, weighing);
        sides.all[side] = (double)comparison_counts(pair->tally, stratum, pair->schemes[side])[d];
    }
    return sides;
}

static void leave_out(const double all[COMPARISON_SIDES], bool common, struct comparison_left_out *left_out)
{
    left_out->strata_compared += common;
    left_out->strata += !common && all[COMPARISON_OWN] + all[COMPARISON_REFERENCE] > 0;
    left_out->referrals += common ? 0 : all[COMPARISON_OWN];
    left_out->reference_referrals += common ? 0 : all[COMPARISON_REFERENCE];
}

/* Gives the strata their weights in one weighing of a denominator: n(own) + n(reference) over the sum of it, for each
 * row of a side divided by the rows that the side has there. */
static void weigh_strata(struct comparison_pair *pair, size_t d, size_t weighing)
{
    const struct comparison_tally *tally = pair->tally;
    double total = 0;
    for (size_t s = 0; s < tally->survey->stratum_count; s++) {
        const struct stratum_sides sides = sides_of(pair, s, d, weighing);
        const bool common = sides.followed[0] > 0 && sides.followed[1] > 0;
        total += common ? sides.followed[0] + sides.followed[1] : 0;
        leave_out(sides.all, common, &pair->left_out[weighing]);
        if (weighing == tally->denominators[d].weighing)
            leave_out(sides.all, sides.all[0] > 0 && sides.all[1] > 0, &pair->unlike[d]);
    }
    for (size_t s = 0; s < tally->survey->stratum_count; s++) {
        const struct stratum_sides sides = sides_of(pair, s, d, weighing);
        double *weights = pair->weights + s * COMPARISON_SIDES * tally->weighing_count + weighing;
        if (sides.followed[0] > 0 && sides.followed[1] > 0) {
            weights[0] = (sides.followed[0] + sides.followed[1]) / total / sides.followed[0];
            weights[tally->weighing_count] = (sides.followed[0] + sides.followed[1]) / total / sides.followed[1];
        }
    }
}

static void take_means(struct comparison_pair *pair)
{
    const struct comparison_tally *tally = pair->tally;
    for (size_t q = 0; q < tally->quantity_count; q++) {
        const size_t weighing = weighing_of(tally, q);
        for (size_t side = 0; side < COMPARISON_SIDES; side++) {
            double mean = 0;
            for (size_t s = 0; s < tally->survey->stratum_count; s++)
                mean += comparison_sums(tally, s, pair->schemes[side])[q] *
                        pair->weights[(s * COMPARISON_SIDES + side) * tally->weighing_count + weighing];
            pair->means[side][q] = pair->left_out[weighing].strata_compared > 0 ? mean : (double)NAN;
        }
    }
}

/* A pair without the parts of its practices. */
static struct comparison_pair *new_pair(const struct comparison_tally *tally, uint32_t scheme, const double *sizes)
{
    struct comparison_pair *pair = memory_allocate_zeroed(1, sizeof *pair);
    const size_t cells = tally->survey->stratum_count * COMPARISON_SIDES;
    const size_t practices = tally->survey->evaluation->practice_count;
    pair->tally = tally;
    pair->schemes[COMPARISON_OWN] = scheme;
    pair->schemes[COMPARISON_REFERENCE] = tally->reference;
    pair->sizes = sizes;
    pair->weights = memory_allocate_zeroed(cells * tally->weighing_count, sizeof *pair->weights);
    pair->parts = memory_allocate_zeroed(practices * COMPARISON_SIDES, sizeof *pair->parts);
    for (size_t d = 0; d < tally->denominator_count; d++) {
        const size_t end =
            d + 1 < tally->denominator_count ? tally->denominators[d + 1].weighing : tally->weighing_count;
        for (size_t weighing = tally->denominators[d].weighing; weighing < end; weighing++)
            weigh_strata(pair, d, weighing);
    }
    take_means(pair);
    return pair;
}

void comparison_pairs_new(const struct comparison_tally *tally, const bool schemes[SCHEME_COUNT], const double *sizes,
                          size_t worker_count, struct comparison_pair *pairs[SCHEME_COUNT])
{
    struct comparison_fit fit = comparison_fit_of(tally, worker_count);
    for (uint32_t scheme = 0; scheme < SCHEME_COUNT; scheme++)
        pairs[scheme] = schemes[scheme] && scheme != tally->reference ? new_pair(tally, scheme, sizes) : NULL;
    comparison_parts_fill(tally, &fit, worker_count, pairs);
    comparison_fit_release(&fit);
}

void comparison_pair_free(struct comparison_pair *pair)
{
    if (pair == NULL)
        return;
    memory_free(pair->weights);
    memory_free(pair->parts);
    memory_free(pair);
}

/* Sizes that differ by no more than rounding are one. */
#define ONE_SIZE 1e-9

struct clustered_difference comparison_clustered(const struct clustered_row *rows, size_t count, bool *at_one_size)
{
    size_t practices[COMPARISON_SIDES] = {0, 0};
    double smallest = INFINITY, largest = -INFINITY; /* logarithms */
    bool sized = true;
    for (size_t i = 0; i < count; i++) {
        practices[rows[i].side]++;
        sized = sized && !isnan(rows[i].covariate);
        smallest = fmin(smallest, rows[i].covariate);
        largest = fmax(largest, rows[i].covariate);
    }
    for (size_t side = 0; side < COMPARISON_SIDES; side++)
        sized = sized && practices[side] >= COMPARISON_PRACTICES_MIN;
    const bool are_alike = sized && largest - smallest <= ONE_SIZE;
    struct clustered_difference difference = {.slope = NAN};
    if (sized && !are_alike)
        difference = clustered_difference(rows, count, true, COMPARISON_LEVEL);
    *at_one_size = are_alike || !isnan(difference.slope);
    return isnan(difference.slope) ? clustered_difference(rows, count, false, COMPARISON_LEVEL) : difference;
}

size_t comparison_rows(const struct comparison_pair *pair, size_t weighing, size_t quantity, struct clustered_row *rows)
{
    const size_t practices = pair->tally->survey->evaluation->practice_count;
    double sums[COMPARISON_SIDES] = {0, 0};
    size_t count = 0;
    for (size_t practice = 0; practice < practices; practice++) {
        for (size_t side = 0; side < COMPARISON_SIDES; side++) {
            const struct comparison_part *part = comparison_part(pair, practice, side);
            if (part->weights[weighing] <= 0)
                continue;
            const double weight = ldexp((double)part->weights[weighing], -COMPARISON_SCALE);
            const double own = ldexp((double)part->parts[quantity], -COMPARISON_SCALE);
            rows[count++] = (struct clustered_row){(uint32_t)practice, (uint8_t)side, weight, own / weight,
                                                   log(pair->sizes[practice])};
            sums[side] += own;
        }
    }
    for (size_t i = 0; i < count; i++)
        rows[i].value += pair->means[rows[i].side][quantity] - sums[rows[i].side];
    return count;
}

struct clustered_difference comparison_difference(const struct comparison_pair *pair, size_t weighing, size_t quantity,
                                                  bool *at_one_size)
{
    const size_t practices = pair->tally->survey->evaluation->practice_count;
    struct clustered_row *rows = memory_resize(NULL, practices * COMPARISON_SIDES, sizeof *rows);
    const size_t count = comparison_rows(pair, weighing, quantity, rows);
    const struct clustered_difference difference = comparison_clustered(rows, count, at_one_size);
    memory_free(rows);
    return difference;
}
