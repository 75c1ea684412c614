#include "referlens/measure/list_size.h"

#include "referlens/base/memory.h"
#include "referlens/measure/list_bands.h"

#include <math.h>

double *list_sizes_of(const struct cohort *cohort)
{
    const size_t practice_count = cohort_practices(cohort)->count;
    double *sizes = memory_resize(NULL, practice_count, sizeof *sizes);
    for (size_t i = 0; i < practice_count; i++)
        sizes[i] = NAN;
    size_t count;
    const struct practice_row *rows = cohort_practice_rows(cohort, &count);
    for (size_t begin = 0, end; begin < count; begin = end) {
        end = begin;
        while (end < count && rows[end].practice == rows[begin].practice && rows[end].period == rows[begin].period)
            end++;
        const double size = list_bands_total(rows + begin, end - begin);
        if (size > 0)
            sizes[rows[begin].practice] = size;
    }
    return sizes;
}
