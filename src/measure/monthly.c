#include "referlens/measure/monthly.h"

#include "referlens/base/memory.h"
#include "referlens/base/worker.h"
#include "referlens/measure/evaluated.h"
#include "referlens/measure/series.h"

#include <string.h>

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
    const day earliest = evaluation->window.earliest;
    int32_t shortest = INT32_MAX;
    for (size_t i = 0; i < evaluation->count; i++) {
        const int32_t follow_up = evaluated_follow_up(evaluation, i);
        shortest = follow_up < shortest ? follow_up : shortest;
    }
    struct month_span whole = {month_of_day(earliest), month_of_day(as_of - shortest)};
    if (month_last_day(whole.last) > as_of)
        whole.last--;
    if (earliest - month_first_day(whole.first) >= MONTHLY_LATE_DAYS)
        whole.first++;
    if (whole.last - whole.first >= MONTHLY_MONTHS_MAX)
        whole.first = whole.last - MONTHLY_MONTHS_MAX + 1;
    *span = whole;
    return whole.first <= whole.last;
}

struct month_span monthly_observed(const struct evaluation *evaluation, size_t practice, struct month_span span)
{
    const day as_of = cohort_as_of(evaluation->cohort);
    day first = INT32_MAX, last = INT32_MIN;
    for (size_t i = evaluation->practice_first[practice]; i < evaluation->practice_first[practice + 1]; i++) {
        const day date = as_of - evaluated_follow_up(evaluation, i);
        if ((evaluation->rows[i].flags & EVALUATED_ADVICE) || date < evaluation->window.first)
            continue;
        first = date < first ? date : first;
        last = date > last ? date : last;
    }
    if (first > last)
        return (struct month_span){span.last + 1, span.first - 1};
    struct month_span observed = {month_of_day(first), month_of_day(last)};
    if (observed.first <= span.first)
        observed.first = span.first;
    else if (first - month_first_day(observed.first) >= MONTHLY_LATE_DAYS)
        observed.first++;
    if (observed.last >= span.last)
        observed.last = span.last;
    else if (month_last_day(observed.last) - last >= MONTHLY_LATE_DAYS)
        observed.last--;
    return observed;
}

/* What rows add to the cells of a month. */
struct month_counts {
    uint32_t hits[MONTHLY_OUTCOMES_MAX], total[MONTHLY_OUTCOMES_MAX];
    uint32_t left_out[MONTHLY_OUTCOMES_MAX]; /* may yet be decided or answered, and immature */
};

enum clock { CLOCK_OFF, CLOCK_RAN, CLOCK_RAN_TO_EVENT };

/* What a row adds by its standing: to proportions, its counts; to delays, what its clock did. */
struct monthly_standing {
    struct month_counts counts;
    uint8_t clocks[MONTHLY_OUTCOMES_MAX]; /* enum clock */
};

struct worker_months {
    struct month_counts *counts; /* by month, of the practice at hand */
    int64_t *left_out;           /* by month and outcome, of all its practices */
    bool *own;                   /* by specialty: whether the practice has it under a scheme of its own */
};

struct counting {
    const struct evaluation *evaluation;
    const struct scheme_history *history;
    const struct monthly_outcome *outcomes;
    size_t outcome_count;
    struct monthly *monthly;                             /* by outcome */
    size_t measures[MONTHLY_OUTCOMES_MAX];               /* indices into measure_table */
    size_t delays[MONTHLY_OUTCOMES_MAX];                 /* of delays, their numbers */
    size_t clocked[MONTHLY_OUTCOMES_MAX], clocked_count; /* the outcomes that are delays … */
    size_t rated[MONTHLY_OUTCOMES_MAX], rated_count;     /* … and rates */
    struct monthly_standing *standings;                  /* by code */
    int32_t *months; /* by follow-up in days: the number of the month; −1: none of ours */
    size_t days;     /* entries of `months` */
    size_t month_count;
    struct worker_months *workers;
};

static enum clock clock_of(const uint8_t *ends)
{
    return ends[DELAY_EVENT]                               ? CLOCK_RAN_TO_EVENT
           : ends[DELAY_COMPETING] || ends[DELAY_CENSORED] ? CLOCK_RAN
                                                           : CLOCK_OFF;
}

static void read_standings(struct counting *counting)
{
    const struct evaluation *evaluation = counting->evaluation;
    counting->standings = memory_allocate_zeroed(evaluation->standing_count, sizeof *counting->standings);
    for (size_t code = 0; code < evaluation->standing_count; code++) {
        struct monthly_standing *standing = &counting->standings[code];
        for (size_t i = 0; i < counting->outcome_count; i++) {
            const uint8_t *ones = evaluation->standings[code].ones + counting->measures[i] * MEMBERSHIP_COUNT;
            if (measure_table[counting->measures[i]].kind == MEASURE_DELAY)
                standing->clocks[i] = (uint8_t)clock_of(ones);
            if (measure_table[counting->measures[i]].kind != MEASURE_PROPORTION)
                continue;
            standing->counts.hits[i] = ones[MEMBER_HIT];
            standing->counts.total[i] = ones[MEMBER_HIT] + ones[MEMBER_COUNTED];
            standing->counts.left_out[i] = ones[MEMBER_PENDING] + ones[MEMBER_IMMATURE];
        }
    }
}

static void add_counts(const struct month_counts *from, struct month_counts *to)
{
    for (size_t i = 0; i < MONTHLY_OUTCOMES_MAX; i++) {
        to->hits[i] += from->hits[i];
        to->total[i] += from->total[i];
        to->left_out[i] += from->left_out[i];
    }
}

/* Who can't be followed for as long as it asks for is left out. */
static void add_delay(const struct counting *counting, size_t row, size_t outcome, enum clock clock,
                      struct month_counts *counts)
{
    const struct evaluation *evaluation = counting->evaluation;
    const int32_t within = counting->outcomes[outcome].within_days;
    if (evaluated_follow_up(evaluation, row) < within) {
        counts->left_out[outcome]++;
        return;
    }
    const uint32_t place = evaluated_days(evaluation, row, counting->delays[outcome]);
    const int32_t days = evaluation->day_values != NULL ? evaluation->day_values[place] : (int32_t)place;
    counts->hits[outcome] += clock == CLOCK_RAN_TO_EVENT && days <= within;
    counts->total[outcome]++;
}

static void count_row(const struct counting *counting, size_t number, struct month_counts *counts)
{
    const struct evaluated *row = &counting->evaluation->rows[number];
    const struct monthly_standing *standing = &counting->standings[row->standing];
    const bool listed = (row->flags & (EVALUATED_ADVICE | EVALUATED_LISTED)) == EVALUATED_LISTED;
    add_counts(&standing->counts, counts);
    for (size_t i = 0; i < counting->rated_count; i++)
        counts->hits[counting->rated[i]] += listed;
    for (size_t i = 0; i < counting->clocked_count; i++) {
        const size_t outcome = counting->clocked[i];
        if (standing->clocks[outcome] != CLOCK_OFF)
            add_delay(counting, number, outcome, (enum clock)standing->clocks[outcome], counts);
    }
}

static void count_practice(void *context, size_t practice, size_t worker)
{
    const struct counting *counting = context;
    const struct evaluation *evaluation = counting->evaluation;
    const struct worker_months *work = &counting->workers[worker];
    memset(work->counts, 0, counting->month_count * sizeof *work->counts);
    scheme_history_own(counting->history, (uint32_t)practice, work->own, evaluation->specialty_count);
    for (size_t i = evaluation->practice_first[practice]; i < evaluation->practice_first[practice + 1]; i++) {
        const size_t follow_up = (size_t)evaluated_follow_up(evaluation, i);
        const int32_t month = follow_up < counting->days ? counting->months[follow_up] : -1;
        if (month >= 0 && !work->own[evaluation->rows[i].specialty])
            count_row(counting, i, &work->counts[month]);
    }
    for (size_t outcome = 0; outcome < counting->outcome_count; outcome++) {
        for (size_t month = 0; month < counting->month_count; month++) {
            const struct month_counts *counts = &work->counts[month];
            counting->monthly[outcome].cells[practice * counting->month_count + month] =
                (struct monthly_cell){counts->hits[outcome], counts->total[outcome]};
            work->left_out[month * counting->outcome_count + outcome] += counts->left_out[outcome];
        }
    }
}

static void count_practices(struct counting *counting, size_t worker_count)
{
    counting->workers = memory_allocate_zeroed(worker_count, sizeof *counting->workers);
    for (size_t i = 0; i < worker_count; i++) {
        struct worker_months *work = &counting->workers[i];
        work->counts = memory_allocate_zeroed(counting->month_count, sizeof *work->counts);
        work->left_out = memory_allocate_zeroed(counting->month_count * counting->outcome_count, sizeof(int64_t));
        work->own = memory_allocate_zeroed(counting->evaluation->specialty_count, sizeof *work->own);
    }
    worker_run(worker_count, counting->evaluation->practice_count, count_practice, counting);
    for (size_t i = 0; i < worker_count; i++) {
        struct worker_months *work = &counting->workers[i];
        for (size_t k = 0; i > 0 && k < counting->month_count * counting->outcome_count; k++)
            counting->workers[0].left_out[k] += work->left_out[k];
        memory_free(work->counts);
        memory_free(work->own);
    }
}

static int32_t days_within(struct day_span span, int32_t month)
{
    const day first = span.first > month_first_day(month) ? span.first : month_first_day(month);
    const day last = span.last < month_last_day(month) ? span.last : month_last_day(month);
    return last < first ? 0 : last - first + 1;
}

/* A quarter's person-years are those of the days observed; each whole month has its share of them. */
static void add_person_years(const struct evaluation *evaluation, const struct monthly *monthly)
{
    for (uint32_t practice = 0; practice < monthly->practice_count; practice++) {
        for (size_t i = 0; i < monthly->month_count; i++) {
            const int32_t month = monthly->first + (int32_t)i;
            const quarter of = quarter_of_day(month_first_day(month));
            const struct day_span observed = person_years_observed(evaluation->person_years, of);
            struct slice slice = slice_all();
            slice.practice = practice;
            slice.period = of;
            const double years = person_years_base(evaluation->person_years, slice).person_years;
            monthly->cells[practice * monthly->month_count + i].total =
                years * days_within(observed, month) / (observed.last - observed.first + 1);
        }
    }
}

static void settle(const struct counting *counting, size_t outcome)
{
    const struct monthly *monthly = &counting->monthly[outcome];
    const struct measure *measure = &measure_table[counting->measures[outcome]];
    const day as_of = cohort_as_of(counting->evaluation->cohort);
    for (size_t i = 0; i < monthly->month_count; i++) {
        const double left_out = (double)counting->workers[0].left_out[i * counting->outcome_count + outcome];
        double total = 0;
        for (size_t practice = 0; practice < monthly->practice_count; practice++)
            total += monthly->cells[practice * monthly->month_count + i].total;
        const int32_t behind = as_of - month_last_day(monthly->first + (int32_t)i);
        const bool waits = counting->outcomes[outcome].within_days == 0 && behind < measure->settled_days;
        monthly->settled[i] = !waits && left_out <= PROVISIONAL_SHARE_MAX * (total + left_out);
    }
}

/* The months of all follow-ups, so that no row needs the calendar. */
static void number_months(struct counting *counting, struct month_span span)
{
    const day as_of = cohort_as_of(counting->evaluation->cohort);
    counting->days = (size_t)(as_of - month_first_day(span.first)) + 1;
    counting->months = memory_resize(NULL, counting->days, sizeof *counting->months);
    for (size_t i = 0; i < counting->days; i++) {
        const int32_t month = month_of_day(as_of - (day)i);
        counting->months[i] = month <= span.last ? month - span.first : -1;
    }
}

static void open_outcome(struct counting *counting, size_t outcome, struct month_span span)
{
    const struct evaluation *evaluation = counting->evaluation;
    const size_t measure = measure_index(counting->outcomes[outcome].measure);
    size_t delay = 0;
    while (delay < evaluation->delay_count && evaluation->delays[delay] != measure)
        delay++;
    counting->measures[outcome] = measure;
    counting->delays[outcome] = delay;
    if (measure_table[measure].kind == MEASURE_DELAY)
        counting->clocked[counting->clocked_count++] = outcome;
    if (measure_table[measure].kind == MEASURE_RATE)
        counting->rated[counting->rated_count++] = outcome;
    struct monthly *monthly = &counting->monthly[outcome];
    *monthly = (struct monthly){
        .first = span.first, .month_count = counting->month_count, .practice_count = evaluation->practice_count};
    monthly->cells = memory_resize(NULL, monthly->practice_count * monthly->month_count, sizeof *monthly->cells);
    monthly->settled = memory_allocate_zeroed(monthly->month_count, sizeof *monthly->settled);
}

void monthly_of(const struct evaluation *evaluation, const struct scheme_history *history, struct month_span span,
                const struct monthly_outcome *outcomes, size_t outcome_count, size_t worker_count,
                struct monthly *monthly)
{
    struct counting counting = {.evaluation = evaluation,
                                .history = history,
                                .outcomes = outcomes,
                                .outcome_count = outcome_count,
                                .monthly = monthly,
                                .month_count = (size_t)(span.last - span.first) + 1};
    for (size_t i = 0; i < outcome_count; i++)
        open_outcome(&counting, i, span);
    read_standings(&counting);
    number_months(&counting, span);
    count_practices(&counting, worker_count);
    for (size_t i = 0; i < outcome_count; i++) {
        if (measure_table[counting.measures[i]].kind == MEASURE_RATE)
            add_person_years(evaluation, &monthly[i]);
        settle(&counting, i);
    }
    for (size_t i = 0; i < worker_count; i++)
        memory_free(counting.workers[i].left_out);
    memory_free(counting.workers);
    memory_free(counting.standings);
    memory_free(counting.months);
}

void monthly_release(struct monthly *monthly)
{
    if (monthly == NULL)
        return;
    memory_free(monthly->cells);
    memory_free(monthly->settled);
    *monthly = (struct monthly){.first = 0};
}
