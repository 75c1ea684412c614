#include "referlens/measure/comparison_clock.h"

#include "referlens/base/memory.h"

#include <math.h>

void comparison_clock_add(struct comparison_clock *to, const struct comparison_clock *from)
{
    for (size_t t = 0; t < SURVEY_DAYS && from->rows > 0; t++) {
        for (size_t end = 0; end < PSEUDO_END_COUNT; end++)
            to->ends[t][end] += from->ends[t][end];
    }
    to->rows += from->rows;
    if (from->follow_up_maximum > to->follow_up_maximum)
        to->follow_up_maximum = from->follow_up_maximum;
}

size_t comparison_clock_reach(const struct comparison_clock *clock, const int32_t horizons[COMPARISON_HORIZONS])
{
    size_t reach = 0;
    while (clock->rows > 0 && reach < COMPARISON_HORIZONS && clock->follow_up_maximum >= horizons[reach])
        reach++;
    return reach;
}

/* The days on which anybody left, as a life table. Returns how many. */
static size_t fill_rows(const struct comparison_clock *clock, struct life_table_row rows[SURVEY_DAYS])
{
    size_t count = 0;
    for (size_t t = 0; t < SURVEY_DAYS; t++) {
        const uint32_t *ends = clock->ends[t];
        if (ends[PSEUDO_EVENT] + ends[PSEUDO_COMPETING] + ends[PSEUDO_CENSORED] > 0)
            rows[count++] =
                (struct life_table_row){(int32_t)t, ends[PSEUDO_EVENT], ends[PSEUDO_COMPETING], ends[PSEUDO_CENSORED]};
    }
    return count;
}

void comparison_clock_whole(const struct comparison_clock *clock, const int32_t horizons[COMPARISON_HORIZONS],
                            struct pseudo_value whole[COMPARISON_HORIZONS])
{
    struct life_table_row rows[SURVEY_DAYS];
    struct pseudo_value values[SURVEY_DAYS][PSEUDO_END_COUNT];
    const size_t count = fill_rows(clock, rows), reach = comparison_clock_reach(clock, horizons);
    for (size_t h = 0; h < COMPARISON_HORIZONS; h++) {
        pseudo_values(rows, count, horizons[h], values, &whole[h]);
        if (h >= reach)
            whole[h] = (struct pseudo_value){NAN, NAN};
    }
}

struct comparison_quantities *comparison_clock_table(const struct comparison_clock *clock,
                                                     const int32_t horizons[COMPARISON_HORIZONS])
{
    if (clock->rows == 0)
        return NULL;
    struct life_table_row rows[SURVEY_DAYS];
    struct pseudo_value values[SURVEY_DAYS][PSEUDO_END_COUNT], whole;
    const size_t count = fill_rows(clock, rows);
    struct comparison_quantities *table = memory_allocate_zeroed((size_t)SURVEY_DAYS * PSEUDO_END_COUNT, sizeof *table);
    for (size_t h = 0; h < COMPARISON_HORIZONS; h++) {
        pseudo_values(rows, count, horizons[h], values, &whole);
        for (size_t i = 0; i < count * PSEUDO_END_COUNT; i++) {
            const size_t row = i / PSEUDO_END_COUNT, end = i % PSEUDO_END_COUNT;
            double *to = table[(size_t)rows[row].time * PSEUDO_END_COUNT + end].of;
            to[2 * h] = values[row][end].incidence;
            to[2 * h + 1] = values[row][end].mean;
        }
    }
    return table;
}
