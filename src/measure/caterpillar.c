#include "referlens/measure/caterpillar.h"

#include "referlens/base/memory.h"
#include "referlens/stats/shrinkage.h"

#include <math.h>
#include <stdlib.h>

#define CATERPILLAR_LEVEL 0.95

static int by_value(const void *left, const void *right)
{
    const struct caterpillar_point *a = left, *b = right;
    if (a->value != b->value)
        return a->value < b->value ? -1 : 1;
    return (a->own->practice > b->own->practice) - (a->own->practice < b->own->practice);
}

struct caterpillar caterpillar_of(const struct practice_funnel *funnel)
{
    struct caterpillar caterpillar = {.mean = NAN, .status = RESULT_INSUFFICIENT};
    const size_t count = funnel->count;
    if (count == 0 || measure_table[funnel->measure].kind != MEASURE_PROPORTION)
        return caterpillar;
    if ((double)funnel->suppressed > CATERPILLAR_HIDDEN_MAX * (double)(count + funnel->suppressed)) {
        caterpillar.status = RESULT_SUPPRESSED;
        return caterpillar;
    }
    int64_t *counts = memory_resize(NULL, count, sizeof *counts), *totals = memory_resize(NULL, count, sizeof *totals);
    struct estimate *estimates = memory_resize(NULL, count, sizeof *estimates);
    for (size_t i = 0; i < count; i++) {
        counts[i] = llround(funnel->points[i].numerator);
        totals[i] = llround(funnel->points[i].denominator);
    }
    const struct shrinkage model = beta_binomial_shrinkage(counts, totals, count, CATERPILLAR_LEVEL, estimates);
    if (model.reason == NULL) {
        caterpillar = (struct caterpillar){.points = memory_resize(NULL, count, sizeof *caterpillar.points),
                                           .count = count,
                                           .mean = model.mean,
                                           .pooled = model.pooled,
                                           .status = RESULT_OK};
        for (size_t i = 0; i < count; i++)
            caterpillar.points[i] = (struct caterpillar_point){&funnel->points[i], estimates[i].value,
                                                               estimates[i].lower, estimates[i].upper};
        qsort(caterpillar.points, count, sizeof *caterpillar.points, by_value);
    }
    memory_free(counts);
    memory_free(totals);
    memory_free(estimates);
    return caterpillar;
}

void caterpillar_release(struct caterpillar *caterpillar)
{
    if (caterpillar == NULL)
        return;
    memory_free(caterpillar->points);
    *caterpillar = (struct caterpillar){.mean = NAN, .status = RESULT_INSUFFICIENT};
}
