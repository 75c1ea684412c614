#include "referlens/measure/curve.h"

#include "referlens/base/memory.h"
#include "referlens/measure/tally.h"

#include <math.h>
#include <stdlib.h>

/* Numbers of the rows of a slice of one practice, specialty or scheme, or of all, that have all of the flags; the
 * caller frees them. */
static uint32_t *rows_of(const struct evaluation *evaluation, struct slice slice, uint8_t flags, size_t *count)
{
    const bool of_practice = slice.practice != SLICE_ALL;
    const size_t begin = of_practice ? evaluation->practice_first[slice.practice] : 0;
    const size_t end = of_practice ? evaluation->practice_first[slice.practice + 1] : evaluation->count;
    uint32_t *rows = memory_resize(NULL, end - begin, sizeof *rows);
    *count = 0;
    for (size_t i = begin; i < end; i++) {
        const struct evaluated *row = &evaluation->rows[i];
        if ((row->flags & flags) == flags && (slice.specialty == SLICE_ALL || row->specialty == slice.specialty) &&
            (slice.scheme == SLICE_ALL || row->scheme == slice.scheme) &&
            (slice.period == PERIOD_ALL || row->period == slice.period - evaluation->first_period))
            rows[(*count)++] = (uint32_t)i;
    }
    return rows;
}

/* Every day of a life table as a horizon gives the curve. */
static void fill_points(struct curve *curve, const struct life_table_row *rows, size_t row_count)
{
    int32_t *days = memory_resize(NULL, row_count, sizeof *days);
    struct incidence_point *points = memory_resize(NULL, row_count, sizeof *points);
    for (size_t i = 0; i < row_count; i++)
        days[i] = rows[i].time;
    struct incidence_summary summary;
    incidence_of_life_table(rows, row_count, normal_quantile_two_sided(0.95), days, row_count, points, &summary);
    int64_t at_risk = summary.subjects;
    curve->followed_until = tally_followed_until(rows, row_count, (double)summary.censored, false);
    curve->masked_followed_until = tally_followed_until(rows, row_count, (double)summary.censored, true);
    curve->n = (double)summary.subjects;
    curve->points = memory_resize(NULL, row_count, sizeof *curve->points);
    for (size_t i = 0; i < row_count; i++) {
        curve->points[i] =
            (struct curve_point){days[i], points[i].incidence, points[i].lower, points[i].upper, at_risk};
        at_risk -= rows[i].events + rows[i].competing + rows[i].censored;
    }
    curve->count = row_count;
    memory_free(days);
    memory_free(points);
}

/* The curve of the rows that `index` names. */
static struct curve curve_of_rows(const struct evaluation *evaluation, size_t measure, const uint32_t *index,
                                  size_t count)
{
    struct curve curve = {.follow_up_maximum = -1};
    size_t row_count;
    struct tally *tally = tally_new(evaluation);
    tally_add(tally, index, count);
    const struct life_table_row *table = tally_life_table(tally, measure, &row_count, &curve.follow_up_maximum);
    if (row_count > 0)
        fill_points(&curve, table, row_count);
    tally_free(tally);
    return curve;
}

struct curve evaluate_curve(const struct evaluation *evaluation, struct slice slice, uint16_t measure)
{
    if (!measure_is_recorded(&measure_table[measure], evaluation->recorded))
        return (struct curve){.follow_up_maximum = -1};
    size_t count;
    uint32_t *rows = rows_of(evaluation, slice, 0, &count);
    struct curve curve = curve_of_rows(evaluation, measure, rows, count);
    memory_free(rows);
    return curve;
}

struct curve evaluate_bounced_curve(const struct evaluation *evaluation, uint32_t practice)
{
    const size_t measure = measure_index("journey_wait");
    if (!measure_is_recorded(&measure_table[measure], evaluation->recorded))
        return (struct curve){.follow_up_maximum = -1};
    struct slice slice = slice_all();
    slice.practice = practice;
    size_t count;
    uint32_t *rows = rows_of(evaluation, slice, EVALUATED_REJECTED, &count);
    struct curve curve = curve_of_rows(evaluation, measure, rows, count);
    memory_free(rows);
    return curve;
}

void curve_release(struct curve *curve)
{
    if (curve == NULL)
        return;
    memory_free(curve->points);
    curve->points = NULL;
    curve->count = 0;
}
