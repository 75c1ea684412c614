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

/* What a hidden count of 1 to 7 is taken to be: below the middle, and above. */
enum { TAKEN_LOW, TAKEN_HIGH, TAKEN_WAYS };
static const double taken_as[TAKEN_WAYS] = {[TAKEN_LOW] = 1, [TAKEN_HIGH] = DISCLOSURE_HIDDEN_MAX};

/* The rates of one cell, each way. */
struct rates {
    double *of[TAKEN_WAYS];
};

/* Adds the practice's rate as others may see it, if it counts. */
static void add_rate(const struct report *report, size_t measure, struct cell cell, struct spread *spread,
                     const struct rates *rates)
{
    struct result result = {.measure = (uint16_t)measure, .status = RESULT_OK};
    result.numerator = (double)cell.hits;
    result.denominator = (double)cell.total;
    result.value = result.numerator / result.denominator;
    if (cell.total < SPREAD_DENOMINATOR_MIN)
        return;
    disclosure_apply(&result, report_is_exact(report, false));
    const bool hidden = result.status == RESULT_SUPPRESSED;
    spread->hidden += hidden ? 1 : 0;
    for (size_t way = 0; way < TAKEN_WAYS; way++)
        rates->of[way][spread->practices] = hidden ? taken_as[way] / result.denominator : result.value;
    spread->practices++;
}

static bool has_range(const struct spread *spread)
{
    return spread->practices >= SPREAD_PRACTICES_MIN && 2 * spread->hidden <= spread->practices;
}

static void fill_deciles(struct spread *spread, const struct rates *rates)
{
    const bool known = has_range(spread);
    double middle[TAKEN_WAYS] = {NAN, NAN};
    for (size_t way = 0; way < TAKEN_WAYS && known; way++) {
        sort_numbers(rates->of[way], spread->practices);
        middle[way] = quantile_of_sorted(rates->of[way], spread->practices, 0.5);
    }
    spread->middle_lower = middle[TAKEN_LOW];
    spread->middle_upper = middle[TAKEN_HIGH];
    for (int i = 0; i < DECILES; i++) {
        const double *sorted = rates->of[i < DECILE_50 ? TAKEN_LOW : TAKEN_HIGH];
        spread->deciles[i] = known ? quantile_of_sorted(sorted, spread->practices, (i + 1) / 10.0) : NAN;
    }
    if (spread->middle_lower < spread->middle_upper)
        spread->deciles[DECILE_50] = NAN;
}

bool spread_is_known(const struct spread *spread)
{
    return !isnan(spread->deciles[DECILE_10]);
}

bool spread_is_widened(const struct spread *spread)
{
    return spread_is_known(spread) && spread->hidden > 0;
}

const char *spread_why_none(const struct spread *spread)
{
    return spread->practices < SPREAD_PRACTICES_MIN ? "too few practices" : "mostly hidden";
}

static struct spread *spread_of(const struct report *report, size_t measure, cell_of_row *cell_of, size_t cell_count)
{
    const struct evaluation *evaluation = report->evaluation;
    const size_t room = evaluation->practice_count;
    if (cell_count == 0 || !measure_is_recorded(&measure_table[measure], evaluation->recorded))
        return NULL;
    struct spread *spreads = memory_allocate_zeroed(cell_count, sizeof *spreads);
    struct cell *cells = memory_allocate_zeroed(cell_count, sizeof *cells);
    struct rates *rates = memory_allocate_zeroed(cell_count, sizeof *rates);
    double *numbers = memory_resize(NULL, cell_count * TAKEN_WAYS * room, sizeof *numbers);
    for (size_t i = 0; i < cell_count; i++) {
        for (size_t way = 0; way < TAKEN_WAYS; way++)
            rates[i].of[way] = numbers + (i * TAKEN_WAYS + way) * room;
    }
    for (size_t practice = 0; practice < room; practice++) {
        count_practice(evaluation, practice, measure, cell_of, cells);
        for (size_t i = 0; i < cell_count; i++) {
            add_rate(report, measure, cells[i], &spreads[i], &rates[i]);
            cells[i] = (struct cell){0, 0};
        }
    }
    for (size_t i = 0; i < cell_count; i++)
        fill_deciles(&spreads[i], &rates[i]);
    memory_free(cells);
    memory_free(rates);
    memory_free(numbers);
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
