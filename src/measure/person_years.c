#include "referlens/measure/person_years.h"

#include "referlens/base/memory.h"

#include <math.h>

#define DAYS_PER_YEAR 365.25

/* The list size that one period's rows give: the row for everybody, or else the sum of the bands. NAN: none. */
static double size_of_rows(const struct practice_row *rows, size_t count)
{
    double sum = NAN;
    for (size_t i = 0; i < count; i++) {
        if (isnan(rows[i].list_size))
            continue;
        if (rows[i].age_band.length == 0 && rows[i].sex.length == 0)
            return rows[i].list_size;
        sum = (isnan(sum) ? 0 : sum) + rows[i].list_size;
    }
    return sum;
}

/* The list size in a quarter: of that quarter; else of no quarter in particular; else the nearest earlier one, else the
 * nearest later. `rows` are one practice's, by period, those of none first. */
static double list_size(const struct practice_row *rows, size_t count, quarter period)
{
    double any = NAN, earlier = NAN, later = NAN;
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && rows[end].period == rows[i].period; end++)
            continue;
        const double size = size_of_rows(rows + i, end - i);
        if (isnan(size))
            continue;
        if (rows[i].period == period)
            return size;
        if (rows[i].period == PERIOD_NONE)
            any = size;
        else if (rows[i].period < period)
            earlier = size;
        else if (isnan(later))
            later = size;
    }
    return !isnan(any) ? any : !isnan(earlier) ? earlier : later;
}

/* The part of a quarter that lies before the end of the as-of date, in years. */
static double years_of(const struct evaluation *evaluation, quarter period)
{
    const day as_of = cohort_as_of(evaluation->cohort);
    const day first = quarter_first_day(period), last = quarter_last_day(period);
    const day end = last < as_of ? last : as_of;
    return end < first ? 0 : (end - first + 1) / DAYS_PER_YEAR;
}

static void mark_listed(struct evaluation *evaluation, size_t practice)
{
    for (size_t i = evaluation->practice_first[practice]; i < evaluation->practice_first[practice + 1]; i++)
        evaluation->rows[i].flags |= EVALUATED_LISTED;
}

void person_years_fill(struct evaluation *evaluation)
{
    const size_t periods = evaluation->period_count, practices = evaluation->practice_count;
    evaluation->person_years = memory_allocate_zeroed(practices * (periods + 1) + 1, sizeof(double));
    evaluation->person_years_all = memory_allocate_zeroed(periods + 1, sizeof(double));
    size_t row_count;
    const struct practice_row *rows = cohort_practice_rows(evaluation->cohort, &row_count);
    size_t first = 0;
    for (size_t practice = 0; practice < practices; practice++) {
        while (first < row_count && rows[first].practice < practice)
            first++;
        size_t end = first;
        while (end < row_count && rows[end].practice == practice)
            end++;
        /* A practice without referrals is not among those that are looked at. */
        if (evaluation->practice_first[practice] == evaluation->practice_first[practice + 1])
            continue;
        double *years = evaluation->person_years + practice * (periods + 1);
        for (size_t period = 0; period < periods; period++) {
            const quarter of = evaluation->first_period + (quarter)period;
            const double size = list_size(rows + first, end - first, of);
            years[period] = isnan(size) ? 0 : size * years_of(evaluation, of);
            years[periods] += years[period];
            evaluation->person_years_all[period] += years[period];
        }
        if (years[periods] > 0)
            mark_listed(evaluation, practice);
        evaluation->person_years_all[periods] += years[periods];
    }
}

double person_years_of(const struct evaluation *evaluation, uint32_t practice, quarter period)
{
    const size_t number =
        period == PERIOD_ALL ? evaluation->period_count : (size_t)(period - evaluation->first_period);
    if (practice == SLICE_ALL)
        return evaluation->person_years_all[number];
    return evaluation->person_years[practice * (evaluation->period_count + 1) + number];
}
