#include "referlens/measure/scheme_stack.h"

#include "referlens/base/memory.h"
#include "referlens/measure/evaluated.h"
#include "referlens/stats/incidence.h"

#include <math.h>

enum { STACK_DAYS = (STACK_POINTS_MAX - 1) * STACK_STEP_DAYS + 1, CENSORED = STACK_PARTS, ENDS };

/* Ends by day and kind, of one scheme; whoever went on beyond the last day is censored behind it. */
struct counts {
    int64_t ends[STACK_DAYS + 1][ENDS];
    int64_t n;
    int32_t follow_up_maximum;
};

struct measures {
    size_t seen, decided, rejected, returned, delay;
};

static size_t end_of(const struct standing_ones *standing, const struct measures *measures)
{
    const uint8_t *seen = standing->ones + measures->seen * MEMBERSHIP_COUNT;
    if (seen[DELAY_EVENT])
        return STACK_SEEN;
    if (seen[DELAY_CENSORED])
        return CENSORED;
    const bool turned_away = (standing->ones[measures->rejected * MEMBERSHIP_COUNT + MEMBER_HIT] ||
                              standing->ones[measures->returned * MEMBERSHIP_COUNT + MEMBER_HIT]) &&
                             standing->ones[measures->decided * MEMBERSHIP_COUNT + DELAY_EVENT];
    return turned_away ? STACK_TURNED_AWAY : STACK_LEFT;
}

static void count_rows(const struct evaluation *evaluation, const struct measures *measures, struct counts *counts)
{
    for (size_t i = 0; i < evaluation->count; i++) {
        const struct evaluated *row = &evaluation->rows[i];
        const struct standing_ones *standing = &evaluation->standings[row->standing];
        if (row->scheme >= SCHEME_COUNT || (row->flags & EVALUATED_ADVICE) ||
            standing->ones[measures->seen * MEMBERSHIP_COUNT + DELAY_UNKNOWN])
            continue;
        struct counts *of = &counts[row->scheme];
        const uint32_t place = evaluated_days(evaluation, i, measures->delay);
        const int32_t days = evaluation->day_values != NULL ? evaluation->day_values[place] : (int32_t)place;
        const int32_t follow_up = evaluated_follow_up(evaluation, i);
        of->ends[days < STACK_DAYS ? days : STACK_DAYS][days < STACK_DAYS ? end_of(standing, measures) : CENSORED]++;
        of->n++;
        of->follow_up_maximum = follow_up > of->follow_up_maximum ? follow_up : of->follow_up_maximum;
    }
}

static double masked_share(double share, double n, bool exact)
{
    if (exact)
        return share;
    const double count = share * n, whole = round(count);
    const double shown = disclosure_count(fabs(count - whole) < 1e-6 ? whole : count) / disclosure_count(n);
    return shown > 1 ? 1 : shown;
}

/* One cause at a time, all others competing. */
static void fill_part(const struct counts *counts, size_t part, bool exact, struct scheme_stack *stack)
{
    struct life_table_row rows[STACK_DAYS + 1];
    int32_t horizons[STACK_POINTS_MAX];
    struct incidence_point points[STACK_POINTS_MAX];
    struct incidence_summary summary;
    for (int32_t day_number = 0; day_number <= STACK_DAYS; day_number++) {
        const int64_t *ends = counts->ends[day_number];
        rows[day_number] = (struct life_table_row){.time = day_number,
                                                   .events = ends[part],
                                                   .competing = ends[STACK_SEEN] + ends[STACK_TURNED_AWAY] +
                                                                ends[STACK_LEFT] - ends[part],
                                                   .censored = ends[CENSORED]};
    }
    for (size_t i = 0; i < stack->count; i++)
        horizons[i] = (int32_t)i * STACK_STEP_DAYS;
    incidence_of_life_table(rows, STACK_DAYS + 1, 1, horizons, stack->count, points, &summary);
    for (size_t i = 0; i < stack->count; i++)
        stack->share[i][part] = masked_share(points[i].incidence, (double)counts->n, exact);
}

size_t scheme_stacks_of(const struct report *report, struct scheme_stack stacks[SCHEME_COUNT])
{
    const struct evaluation *evaluation = report->evaluation;
    const bool exact = report->audience == AUDIENCE_ANALYST;
    struct measures measures = {.seen = measure_index("wait_first_attendance"),
                                .decided = measure_index("wait_decision"),
                                .rejected = measure_index("rejection_rate"),
                                .returned = measure_index("returned_with_advice_rate")};
    if (!measure_is_recorded(&measure_table[measures.seen], evaluation->recorded))
        return 0;
    while (evaluation->delays[measures.delay] != measures.seen)
        measures.delay++;
    struct counts *counts = memory_allocate_zeroed(SCHEME_COUNT, sizeof *counts);
    count_rows(evaluation, &measures, counts);
    size_t found = 0;
    for (uint32_t scheme = 0; scheme < SCHEME_COUNT; scheme++) {
        const struct counts *of = &counts[scheme];
        if (of->n == 0)
            continue;
        struct scheme_stack *stack = &stacks[found++];
        *stack = (struct scheme_stack){.scheme = scheme, .n = exact ? (double)of->n : disclosure_count((double)of->n)};
        const size_t followed = (size_t)of->follow_up_maximum / STACK_STEP_DAYS + 1;
        stack->count = isnan(stack->n) ? 0 : followed < STACK_POINTS_MAX ? followed : STACK_POINTS_MAX;
        for (size_t part = 0; part < STACK_PARTS; part++)
            fill_part(of, part, exact, stack);
    }
    memory_free(counts);
    return found;
}
