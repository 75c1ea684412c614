#include "referlens/stats/aalen_johansen.h"

#include "referlens/base/memory.h"

#include <stdlib.h>
#include <string.h>

struct subject {
    double time;
    int32_t state;
};

static int compare_subjects(const void *a, const void *b)
{
    double x = ((const struct subject *)a)->time;
    double y = ((const struct subject *)b)->time;
    return (x > y) - (x < y);
}

size_t life_table_of_subjects(const double *times, const int32_t *states, size_t count, int32_t state_count,
                              double *times_out, int64_t *counts_out)
{
    if (count == 0) {
        return 0;
    }
    size_t width = (size_t)state_count + 1;
    struct subject *subjects = memory_resize(NULL, count, sizeof *subjects);
    size_t rows = 0;

    for (size_t i = 0; i < count; i++) {
        subjects[i] = (struct subject){times[i], states[i]};
    }
    qsort(subjects, count, sizeof *subjects, compare_subjects);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || subjects[i].time != subjects[i - 1].time) {
            times_out[rows] = subjects[i].time;
            memset(&counts_out[rows * width], 0, width * sizeof *counts_out);
            rows++;
        }
        counts_out[(rows - 1) * width + (size_t)subjects[i].state]++;
    }
    memory_free(subjects);
    return rows;
}

void aalen_johansen(const int64_t *counts, size_t row_count, int32_t state_count, double z,
                    struct incidence_point *points)
{
    size_t states = (size_t)state_count;
    struct life_table_row *rows = memory_resize(NULL, row_count, sizeof *rows);
    int32_t *horizons = memory_resize(NULL, row_count, sizeof *horizons);
    struct incidence_point *column = memory_resize(NULL, row_count, sizeof *column);

    /* Only the order of the times matters, so the row number stands for the time. */
    for (size_t state = 0; state < states; state++) {
        for (size_t i = 0; i < row_count; i++) {
            const int64_t *row = &counts[i * (states + 1)];
            int64_t competing = 0;
            for (size_t other = 0; other < states; other++) {
                competing += other == state ? 0 : row[other + 1];
            }
            rows[i] = (struct life_table_row){(int32_t)i, row[state + 1], competing, row[0]};
            horizons[i] = (int32_t)i;
        }
        struct incidence_summary summary;
        incidence_of_life_table(rows, row_count, z, horizons, row_count, column, &summary);
        for (size_t i = 0; i < row_count; i++) {
            points[i * states + state] = column[i];
        }
    }
    memory_free(rows);
    memory_free(horizons);
    memory_free(column);
}
