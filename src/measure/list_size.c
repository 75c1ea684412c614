#include "referlens/measure/list_size.h"

#include "referlens/base/memory.h"

#include <math.h>

double *list_sizes_of(const struct cohort *cohort)
{
    const size_t practice_count = cohort_practices(cohort)->count;
    double *sizes = memory_resize(NULL, practice_count, sizeof *sizes);
    for (size_t i = 0; i < practice_count; i++)
        sizes[i] = NAN;
    size_t count;
    const struct practice_row *rows = cohort_practice_rows(cohort, &count);
    for (size_t i = 0; i < count;) {
        const uint32_t practice = rows[i].practice;
        const quarter period = rows[i].period;
        double whole = NAN, bands = 0;
        for (; i < count && rows[i].practice == practice && rows[i].period == period; i++) {
            if (rows[i].age_band.length == 0 && rows[i].sex.length == 0)
                whole = rows[i].list_size;
            else
                bands += rows[i].list_size; /* unknown if one of them is */
        }
        const double size = isnan(whole) ? bands : whole;
        if (size > 0)
            sizes[practice] = size;
    }
    return sizes;
}
