#include "referlens/measure/monthly.h"

#include "referlens/base/memory.h"
#include "referlens/measure/evaluated.h"
#include "referlens/measure/series.h"

enum { MONTHS = 12 };

int32_t month_of_day(day value)
{
    int year, month, day_of_month;
    day_to_date(value, &year, &month, &day_of_month);
    return year * MONTHS + month - 1;
}

day month_first_day(int32_t month)
{
    day first = DAY_UNKNOWN;
    day_from_date(month / MONTHS, month % MONTHS + 1, 1, &first);
    return first;
}

day month_last_day(int32_t month)
{
    return month_first_day(month + 1) - 1;
}

bool monthly_span(const struct evaluation *evaluation, struct month_span *span)
{
    if (evaluation->count == 0)
        return false;
    const day as_of = cohort_as_of(evaluation->cohort);
    int32_t longest = 0, shortest = INT32_MAX;
    for (size_t i = 0; i < evaluation->count; i++) {
        const int32_t follow_up = evaluated_follow_up(evaluation, i);
        longest = follow_up > longest ? follow_up : longest;
        shortest = follow_up < shortest ? follow_up : shortest;
    }
    struct month_span whole = {month_of_day(as_of - longest), month_of_day(as_of - shortest)};
    if (month_last_day(whole.last) > as_of)
        whole.last--;
    if (as_of - longest - month_first_day(whole.first) >= MONTHLY_LATE_DAYS)
        whole.first++;
    if (whole.last - whole.first >= MONTHLY_MONTHS_MAX)
        whole.first = whole.last - MONTHLY_MONTHS_MAX + 1;
    *span = whole;
    return whole.first <= whole.last;
}

/* What adding a row takes. */
struct counting {
    const struct evaluation *evaluation;
    const struct monthly *monthly;
    size_t measure, delay; /* index into measure_table; number of the delay */
    int32_t within_days;
    int32_t *months;  /* by follow-up in days: the number of the month; −1: none of ours */
    size_t days;      /* entries of `months` */
    double *left_out; /* by month: pending and immature */
};

static void count_proportion(const struct counting *counting, const struct standing_ones *standing,
                             struct monthly_cell *cell, double *left_out)
{
    const uint8_t *members = standing->ones + counting->measure * MEMBERSHIP_COUNT;
    cell->hits += members[MEMBER_HIT];
    cell->total += members[MEMBER_HIT] + members[MEMBER_COUNTED];
    *left_out += members[MEMBER_PENDING] + members[MEMBER_IMMATURE];
}

static void count_delay(const struct counting *counting, size_t row, const struct standing_ones *standing,
                        struct monthly_cell *cell, double *left_out)
{
    const struct evaluation *evaluation = counting->evaluation;
    const uint8_t *ends = standing->ones + counting->measure * MEMBERSHIP_COUNT;
    if (!ends[DELAY_EVENT] && !ends[DELAY_COMPETING] && !ends[DELAY_CENSORED])
        return;
    if (evaluated_follow_up(evaluation, row) < counting->within_days) {
        *left_out += 1;
        return;
    }
    const uint32_t place = evaluated_days(evaluation, row, counting->delay);
    const int32_t days = evaluation->day_values != NULL ? evaluation->day_values[place] : (int32_t)place;
    cell->hits += ends[DELAY_EVENT] && days <= counting->within_days;
    cell->total += 1;
}

static void count_practice(const struct counting *counting, const struct scheme_history *history, uint32_t practice)
{
    const struct evaluation *evaluation = counting->evaluation;
    const struct measure *measure = &measure_table[counting->measure];
    struct monthly_cell *cells = counting->monthly->cells + practice * counting->monthly->month_count;
    const bool has_rows = history->first[practice] < history->first[practice + 1];
    for (size_t i = evaluation->practice_first[practice]; i < evaluation->practice_first[practice + 1]; i++) {
        const struct evaluated *row = &evaluation->rows[i];
        const size_t follow_up = (size_t)evaluated_follow_up(evaluation, i);
        const int32_t month = follow_up < counting->days ? counting->months[follow_up] : -1;
        if (month < 0 || (has_rows && scheme_history_has_own(history, practice, row->specialty)))
            continue;
        const struct standing_ones *standing = &evaluation->standings[row->standing];
        if (measure->kind == MEASURE_RATE)
            cells[month].hits += (row->flags & (EVALUATED_ADVICE | EVALUATED_LISTED)) == EVALUATED_LISTED;
        else if (measure->kind == MEASURE_DELAY)
            count_delay(counting, i, standing, &cells[month], &counting->left_out[month]);
        else
            count_proportion(counting, standing, &cells[month], &counting->left_out[month]);
    }
}

/* A quarter's person-years are those of its days; each whole month has its share of them. */
static void add_person_years(const struct evaluation *evaluation, const struct monthly *monthly)
{
    const day as_of = cohort_as_of(evaluation->cohort);
    for (uint32_t practice = 0; practice < monthly->practice_count; practice++) {
        for (size_t i = 0; i < monthly->month_count; i++) {
            const int32_t month = monthly->first + (int32_t)i;
            const quarter of = quarter_of_day(month_first_day(month));
            const day last = quarter_last_day(of) < as_of ? quarter_last_day(of) : as_of;
            struct slice slice = slice_all();
            slice.practice = practice;
            slice.period = of;
            const double years = person_years_base(evaluation->person_years, slice).person_years;
            monthly->cells[practice * monthly->month_count + i].total =
                years * (month_last_day(month) - month_first_day(month) + 1) / (last - quarter_first_day(of) + 1);
        }
    }
}

static void settle(const struct counting *counting)
{
    const struct monthly *monthly = counting->monthly;
    const struct measure *measure = &measure_table[counting->measure];
    const day as_of = cohort_as_of(counting->evaluation->cohort);
    for (size_t i = 0; i < monthly->month_count; i++) {
        double total = 0;
        for (size_t practice = 0; practice < monthly->practice_count; practice++)
            total += monthly->cells[practice * monthly->month_count + i].total;
        const int32_t behind = as_of - month_last_day(monthly->first + (int32_t)i);
        const bool waits = counting->within_days == 0 && behind < measure->settled_days;
        monthly->settled[i] =
            !waits && counting->left_out[i] <= PROVISIONAL_SHARE_MAX * (total + counting->left_out[i]);
    }
}

/* The months of all follow-ups, so that no row needs the calendar. */
static void number_months(struct counting *counting)
{
    const day as_of = cohort_as_of(counting->evaluation->cohort);
    const struct monthly *monthly = counting->monthly;
    counting->days = (size_t)(as_of - month_first_day(monthly->first)) + 1;
    counting->months = memory_resize(NULL, counting->days, sizeof *counting->months);
    for (size_t i = 0; i < counting->days; i++) {
        const int32_t month = month_of_day(as_of - (day)i) - monthly->first;
        counting->months[i] = month < (int32_t)monthly->month_count ? month : -1;
    }
}

struct monthly monthly_of(const struct evaluation *evaluation, const struct scheme_history *history,
                          struct month_span span, struct monthly_outcome outcome)
{
    struct monthly monthly = {.first = span.first,
                              .month_count = (size_t)(span.last - span.first) + 1,
                              .practice_count = evaluation->practice_count};
    monthly.cells = memory_allocate_zeroed(monthly.practice_count * monthly.month_count, sizeof *monthly.cells);
    monthly.settled = memory_allocate_zeroed(monthly.month_count, sizeof *monthly.settled);
    struct counting counting = {.evaluation = evaluation,
                                .monthly = &monthly,
                                .measure = measure_index(outcome.measure),
                                .within_days = outcome.within_days,
                                .left_out = memory_allocate_zeroed(monthly.month_count, sizeof(double))};
    while (counting.delay < evaluation->delay_count && evaluation->delays[counting.delay] != counting.measure)
        counting.delay++;
    number_months(&counting);
    for (uint32_t practice = 0; practice < monthly.practice_count; practice++)
        count_practice(&counting, history, practice);
    if (measure_table[counting.measure].kind == MEASURE_RATE)
        add_person_years(evaluation, &monthly);
    settle(&counting);
    memory_free(counting.months);
    memory_free(counting.left_out);
    return monthly;
}

void monthly_release(struct monthly *monthly)
{
    if (monthly == NULL)
        return;
    memory_free(monthly->cells);
    memory_free(monthly->settled);
    *monthly = (struct monthly){.first = 0};
}
