#include "referlens/measure/observed_window.h"

#include "referlens/base/memory.h"
#include "referlens/base/worker.h"

#include <stdbool.h>
#include <stdlib.h>

/* A month of the window has so much of a busy month; busy months hold so much of all requests. */
enum { BUSY_PARTS = 10, PARTS = 10, PARTS_IN_BUSY_MONTHS = 9 };

/* What a practice that really refers makes in a month. */
enum { REQUESTS_OF_A_PRACTICE = 4 };

enum { BLOCK = 1 << 16 };

struct month {
    day first;
    int64_t requests;
};

struct months {
    struct month *months;
    size_t count;
};

struct day_counts {
    const struct cohort *cohort;
    day earliest;
    size_t days;
    int64_t *counts; /* by worker and day */
};

static void count_block(void *context, size_t block, size_t worker)
{
    const struct day_counts *counts = context;
    const size_t count = cohort_count(counts->cohort), begin = block * BLOCK;
    const size_t end = count - begin < BLOCK ? count : begin + BLOCK;
    int64_t *own = counts->counts + worker * counts->days;
    for (size_t i = begin; i < end; i++) {
        const struct given given = cohort_given(counts->cohort, i);
        if (!(given.flags & FLAG_LEFT_OUT))
            own[given.referred - counts->earliest]++;
    }
}

/* The requests of each day, all workers' in the place of the first's. */
static void count_days(struct day_counts *counts, size_t worker_count)
{
    counts->counts = memory_allocate_zeroed(worker_count * counts->days, sizeof *counts->counts);
    worker_run(worker_count, (cohort_count(counts->cohort) + BLOCK - 1) / BLOCK, count_block, counts);
    for (size_t i = counts->days; i < worker_count * counts->days; i++)
        counts->counts[i % counts->days] += counts->counts[i];
}

static struct months months_of(const struct day_counts *counts)
{
    struct months months = {memory_resize(NULL, counts->days, sizeof *months.months), 0};
    for (size_t i = 0; i < counts->days; i++) {
        int year, month, day_of_month;
        const day date = counts->earliest + (day)i;
        day_to_date(date, &year, &month, &day_of_month);
        if (i == 0 || day_of_month == 1)
            months.months[months.count++] = (struct month){date - (day_of_month - 1), 0};
        months.months[months.count - 1].requests += counts->counts[i];
    }
    return months;
}

static int more_first(const void *a, const void *b)
{
    const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left < right) - (left > right);
}

/* The largest number such that months with so many requests or more hold nine in ten of all. */
static int64_t busy_month(const struct months *months)
{
    int64_t *sorted = memory_resize(NULL, months->count, sizeof *sorted);
    int64_t total = 0, held = 0;
    for (size_t i = 0; i < months->count; i++) {
        sorted[i] = months->months[i].requests;
        total += sorted[i];
    }
    qsort(sorted, months->count, sizeof *sorted, more_first);
    size_t last = 0;
    for (held = sorted[0]; held * PARTS < total * PARTS_IN_BUSY_MONTHS; held += sorted[last])
        last++;
    const int64_t busy = sorted[last];
    memory_free(sorted);
    return busy;
}

/* How many practices made any request from one day to another, both included. */
static int64_t practices_between(const struct cohort *cohort, day first, day last)
{
    const size_t practice_count = cohort_practices(cohort)->count;
    bool *made = memory_allocate_zeroed(practice_count, sizeof *made);
    int64_t practices = 0;
    for (size_t i = 0; i < cohort_count(cohort); i++) {
        const struct given given = cohort_given(cohort, i);
        if ((given.flags & FLAG_LEFT_OUT) || given.referred < first || given.referred > last || made[given.practice])
            continue;
        made[given.practice] = true;
        practices++;
    }
    memory_free(made);
    return practices;
}

/* The number of the month that the window begins with. */
static size_t begin_of(const struct cohort *cohort, const struct months *months)
{
    const int64_t busy = busy_month(months);
    size_t begin = 0;
    while (months->months[begin].requests * BUSY_PARTS < busy)
        begin++;
    for (; begin > 0 && months->months[begin - 1].requests > 0; begin--) {
        const int64_t practices =
            practices_between(cohort, months->months[begin - 1].first, months->months[begin].first - 1);
        if (months->months[begin - 1].requests < practices * REQUESTS_OF_A_PRACTICE)
            break;
    }
    return begin;
}

struct observed_window observed_window_of(const struct cohort *cohort, day earliest, day latest, size_t worker_count)
{
    struct observed_window window = {DAY_UNKNOWN, DAY_UNKNOWN, 0};
    if (earliest > latest)
        return window;
    struct day_counts counts = {.cohort = cohort, .earliest = earliest, .days = (size_t)(latest - earliest) + 1};
    count_days(&counts, worker_count);
    const struct months months = months_of(&counts);
    const size_t begin = begin_of(cohort, &months);
    for (size_t i = 0; i < begin; i++)
        window.requests_before += months.months[i].requests;
    window.first = months.months[begin].first;
    window.earliest = window.first > earliest ? window.first : earliest;
    while (counts.counts[window.earliest - earliest] == 0)
        window.earliest++;
    memory_free(months.months);
    memory_free(counts.counts);
    return window;
}
