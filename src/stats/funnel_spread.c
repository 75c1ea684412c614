#include "referlens/stats/funnel_spread.h"

#include "referlens/base/memory.h"
#include "referlens/stats/quantile.h"

#include <math.h>
#include <stdbool.h>

enum { COPIES = 7, ROUNDS = 12 };

double funnel_distance(enum funnel_scale scale, double target, double count, double size)
{
    if (scale == FUNNEL_OF_RATIOS) {
        return log((count > 0 ? count : 0.5) / size) - log(target);
    }
    return asin(sqrt(count / size)) - asin(sqrt(target));
}

double funnel_error(enum funnel_scale scale, double size)
{
    return scale == FUNNEL_OF_RATIOS ? 1 / sqrt(size) : 1 / (2 * sqrt(size));
}

/* The scores of all units, each `copies` times. */
struct scores {
    double *values;
    size_t count, copies;
    double weights, squares; /* Σw and Σw² over the units */
};

static void add_score(struct scores *scores, const struct funnel_units *units, double count, double size)
{
    scores->values[scores->count++] =
        funnel_distance(units->scale, units->target, count, size) / funnel_error(units->scale, size);
}

static void add_weight(struct scores *scores, const struct funnel_units *units, double size)
{
    const double s = funnel_error(units->scale, size), weight = 1 / (s * s);
    scores->weights += weight;
    scores->squares += weight * weight;
}

/* How much more likely one event more is at the target; finite, though it be 1. */
static double next_chance(const struct funnel_units *units, double count, double size)
{
    if (units->scale == FUNNEL_OF_RATIOS) {
        return size * units->target / (count + 1);
    }
    return (size - count) / (count + 1) * units->target / fmax(1 - units->target, 1e-9);
}

/* The copies lie at the middles of as many equal shares of the chance. */
static void add_hidden(struct scores *scores, const struct funnel_units *units, double size, double tau2)
{
    const double s = funnel_error(units->scale, size), power = 1 / (1 + tau2 / (s * s));
    const double most = (double)units->hidden.most;
    double all = 0, weight = 1;
    for (int64_t count = 1; count <= units->hidden.most; count++) {
        all += weight;
        weight *= pow(next_chance(units, (double)count, size), power);
    }
    double count = 1, below = weight = 1;
    for (size_t copy = 0; copy < scores->copies; copy++) {
        const double share = ((double)copy + 0.5) / (double)scores->copies * all;
        while (count < most && below < share) {
            weight *= pow(next_chance(units, count, size), power);
            below += weight;
            count++;
        }
        add_score(scores, units, count, size);
    }
}

static double clamp(double value, double low, double high)
{
    return value < low ? low : value > high ? high : value;
}

static struct funnel_spread spread_of(struct scores *scores)
{
    struct funnel_spread spread = {.phi = NAN, .used = scores->count / scores->copies};
    const double k = (double)spread.used;
    sort_numbers(scores->values, scores->count);
    const double low = quantile_of_sorted(scores->values, scores->count, 0.1);
    const double high = quantile_of_sorted(scores->values, scores->count, 0.9);
    double sum = 0;
    for (size_t i = 0; i < scores->count; i++) {
        const double score = clamp(scores->values[i], low, high);
        sum += score * score;
    }
    sum /= (double)scores->copies;
    if (spread.used > 0) {
        spread.phi = sum / k;
    }
    const double room = scores->weights - scores->squares / scores->weights;
    const double excess = sum - (k - 1);
    spread.tau2 = spread.used > 1 && excess > 0 && room > 0 ? excess / room : 0;
    return spread;
}

static struct funnel_spread spread_given(const struct funnel_units *units, double tau2, struct scores *scores)
{
    scores->count = 0;
    scores->weights = scores->squares = 0;
    for (size_t i = 0; i < units->count; i++) {
        if (!(units->sizes[i] > 0)) {
            continue;
        }
        add_weight(scores, units, units->sizes[i]);
        for (size_t copy = 0; copy < scores->copies; copy++) {
            add_score(scores, units, units->counts[i], units->sizes[i]);
        }
    }
    for (size_t i = 0; i < units->hidden.count; i++) {
        add_weight(scores, units, units->hidden.sizes[i]);
        add_hidden(scores, units, units->hidden.sizes[i], tau2);
    }
    return spread_of(scores);
}

struct funnel_spread funnel_spread_of(const struct funnel_units *units)
{
    const bool any_hidden = units->hidden.count > 0;
    struct scores scores = {.copies = any_hidden ? COPIES : 1};
    scores.values = memory_resize(NULL, (units->count + units->hidden.count) * scores.copies, sizeof *scores.values);
    struct funnel_spread spread = spread_given(units, 0, &scores);
    for (int round = 1; any_hidden && round < ROUNDS && spread.tau2 > 0; round++) {
        spread = spread_given(units, spread.tau2, &scores);
    }
    memory_free(scores.values);
    return spread;
}
