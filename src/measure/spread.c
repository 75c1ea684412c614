#include "referlens/measure/spread.h"

#include "referlens/base/memory.h"
#include "referlens/measure/evaluated.h"
#include "referlens/stats/quantile.h"

#include <math.h>

/* Of one practice in one cell: a specialty or a quarter. */
struct cell {
    int64_t hits, total;
};

typedef size_t cell_of_row(const struct evaluated *row);

static size_t specialty_of_row(const struct evaluated *row)
{
    return row->specialty;
}

static size_t quarter_of_row(const struct evaluated *row)
{
    return row->period;
}

static void count_practice(const struct evaluation *evaluation, size_t practice, size_t measure, cell_of_row *cell_of,
                           struct cell *cells)
{
    for (size_t i = evaluation->practice_first[practice]; i < evaluation->practice_first[practice + 1]; i++) {
        const struct evaluated *row = &evaluation->rows[i];
        const uint8_t *ones = evaluation->standings[row->standing].ones + measure * MEMBERSHIP_COUNT;
        struct cell *cell = &cells[cell_of(row)];
        cell->hits += ones[MEMBER_HIT];
        cell->total += ones[MEMBER_HIT] + ones[MEMBER_COUNTED];
    }
}

/* The rate as others may see it; NAN where they may not, or where it does not count. */
static double rate_of(const struct report *report, size_t measure, struct cell cell)
{
    struct result result = {.measure = (uint16_t)measure, .status = RESULT_OK};
    result.numerator = (double)cell.hits;
    result.denominator = (double)cell.total;
    result.value = result.numerator / result.denominator;
    if (cell.total < SPREAD_DENOMINATOR_MIN)
        return NAN;
    disclosure_apply(&result, report_is_exact(report, false));
    return result.status == RESULT_OK ? result.value : NAN;
}

static void fill_deciles(struct spread *spread, double *rates)
{
    sort_numbers(rates, spread->practices);
    for (int i = 0; i < DECILES; i++)
        spread->deciles[i] = spread->practices < SPREAD_PRACTICES_MIN
                                 ? NAN
                                 : quantile_of_sorted(rates, spread->practices, (i + 1) / 10.0);
}

static struct spread *spread_of(const struct report *report, size_t measure, cell_of_row *cell_of, size_t cell_count)
{
    const struct evaluation *evaluation = report->evaluation;
    if (cell_count == 0 || !measure_is_recorded(&measure_table[measure], evaluation->recorded))
        return NULL;
    struct spread *spreads = memory_allocate_zeroed(cell_count, sizeof *spreads);
    struct cell *cells = memory_allocate_zeroed(cell_count, sizeof *cells);
    double *rates = memory_resize(NULL, cell_count * evaluation->practice_count, sizeof *rates);
    for (size_t practice = 0; practice < evaluation->practice_count; practice++) {
        count_practice(evaluation, practice, measure, cell_of, cells);
        for (size_t i = 0; i < cell_count; i++) {
            const double rate = rate_of(report, measure, cells[i]);
            if (!isnan(rate))
                rates[i * evaluation->practice_count + spreads[i].practices++] = rate;
            cells[i] = (struct cell){0, 0};
        }
    }
    for (size_t i = 0; i < cell_count; i++)
        fill_deciles(&spreads[i], rates + i * evaluation->practice_count);
    memory_free(cells);
    memory_free(rates);
    return spreads;
}

struct spread *spread_by_specialty(const struct report *report, size_t measure, size_t *count)
{
    struct spread *spreads = spread_of(report, measure, specialty_of_row, report->evaluation->specialty_count);
    *count = spreads == NULL ? 0 : report->evaluation->specialty_count;
    return spreads;
}

struct spread *spread_by_quarter(const struct report *report, size_t measure, size_t *count)
{
    struct spread *spreads = spread_of(report, measure, quarter_of_row, report->evaluation->period_count);
    *count = spreads == NULL ? 0 : report->evaluation->period_count;
    return spreads;
}
