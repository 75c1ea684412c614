#include "referlens/measure/change_groups.h"

#include "referlens/base/memory.h"
#include "referlens/measure/evaluated.h"
#include "referlens/stats/interrupted_series.h"

#include <string.h>

enum { PAIRS = SCHEME_COUNT * SCHEME_COUNT };

/* The meetings of one practice. */
struct meetings {
    day first;   /* DAY_UNKNOWN: none recorded up to the last month */
    size_t held; /* within the months */
};

/* What is known of one practice. */
struct practice_facts {
    uint32_t practice;
    struct scheme_move move;
    struct meetings meetings;
    struct month_span observed;
};

static void add_comparator(struct comparator_list *list, const struct practice_facts *facts)
{
    list->practices = memory_grow(list->practices, &list->capacity, list->count + 1, sizeof *list->practices);
    list->practices[list->count++] = (struct change_comparator){facts->practice, facts->observed};
}

/* Whether enough months lie before the change and after it: before the month `of` and from `month` on. */
static bool has_both_sides(struct month_span span, int32_t of, int32_t month)
{
    return of - span.first >= CHANGE_MONTHS_MIN && span.last - month + 1 >= CHANGE_MONTHS_MIN;
}

/* Adds a practice that changed on a day; false, and counted, where too few months lie before or after it, of the whole
 * input or of its own. */
static bool add_member(struct change_group *group, const struct practice_facts *facts, day date, struct month_span span,
                       struct change_exclusions *left_out)
{
    const int32_t of = month_of_day(date);
    const bool mixed = date != month_first_day(of);
    const int32_t month = mixed ? of + 1 : of;
    if (!has_both_sides(span, of, month)) {
        left_out->near_an_end++;
        return false;
    }
    if (!has_both_sides(facts->observed, of, month)) {
        left_out->came_or_went++;
        return false;
    }
    group->members = memory_grow(group->members, &group->capacity, group->count + 1, sizeof *group->members);
    group->members[group->count++] = (struct change_member){
        .practice = facts->practice, .month = month, .mixed = mixed, .observed = facts->observed};
    return true;
}

/* `row` walks along the sessions, which are in the order of practices and dates. */
static struct meetings meetings_of(const struct cohort *cohort, uint32_t practice, struct month_span span, size_t *row)
{
    size_t count;
    const struct session_row *rows = cohort_session_rows(cohort, &count);
    struct meetings meetings = {DAY_UNKNOWN, 0};
    while (*row < count && rows[*row].practice < practice)
        (*row)++;
    for (; *row < count && rows[*row].practice == practice; (*row)++) {
        const day date = rows[*row].date;
        if (date > month_last_day(span.last))
            continue;
        if (meetings.first == DAY_UNKNOWN)
            meetings.first = date;
        meetings.held += date >= month_first_day(span.first);
    }
    return meetings;
}

/* A practice without any row of schemes.csv may still meet: where there are no rows at all, nobody is known to have
 * moved. */
static void place_stayer(struct change_groups *groups, const struct practice_facts *facts, struct month_span span)
{
    if (facts->meetings.first == DAY_UNKNOWN)
        add_comparator(&groups->meetings.comparators, facts);
    else if (add_member(&groups->meetings, facts, facts->meetings.first, span, &groups->left_out))
        groups->meetings_held += facts->meetings.held;
}

static void place_mover(struct change_groups *groups, struct change_group *pairs, const struct practice_facts *facts,
                        struct month_span span)
{
    const struct scheme_move move = facts->move;
    add_member(&pairs[move.from * SCHEME_COUNT + move.to], facts, move.date, span, &groups->left_out);
    if (facts->meetings.first != DAY_UNKNOWN)
        groups->left_out.moved_and_met++;
}

/* Which months the series of a group has. */

enum { SIDE = MONTHLY_MONTHS_MAX + 1 };

static size_t months_before(const struct change_member *member)
{
    return (size_t)(member->month - member->observed.first);
}

static size_t months_after(const struct change_member *member)
{
    return (size_t)(member->observed.last - member->month + 1);
}

/* The members that have so many months before the change, and after it, or more. */
static void count_members(const struct change_group *group, size_t counts[SIDE][SIDE])
{
    memset(counts, 0, SIDE * sizeof counts[0]);
    for (size_t i = 0; i < group->count; i++)
        counts[months_before(&group->members[i])][months_after(&group->members[i])]++;
    for (size_t before = SIDE; before-- > 0;) {
        for (size_t after = SIDE; after-- > 0;) {
            counts[before][after] += before + 1 < SIDE ? counts[before + 1][after] : 0;
            counts[before][after] += after + 1 < SIDE ? counts[before][after + 1] : 0;
            counts[before][after] -= before + 1 < SIDE && after + 1 < SIDE ? counts[before + 1][after + 1] : 0;
        }
    }
}

static void pool_members(struct change_group *group)
{
    size_t counts[SIDE][SIDE], best = 0, best_before = 0, best_after = 0, mixed = 0;
    bool best_is_enough = false;
    count_members(group, counts);
    for (size_t i = 0; i < group->count; i++)
        mixed |= group->members[i].mixed; /* the month before the change is not used */
    for (size_t before = CHANGE_MONTHS_MIN; before < SIDE; before++) {
        for (size_t after = CHANGE_MONTHS_MIN; after < SIDE; after++) {
            const bool enough = before >= INTERRUPTED_POINTS_MIN + mixed && after >= INTERRUPTED_POINTS_MIN;
            const size_t months = counts[before][after] * (before + after);
            if (months == 0 || enough < best_is_enough || (enough == best_is_enough && months <= best))
                continue;
            best = months, best_before = before, best_after = after, best_is_enough = enough;
        }
    }
    group->months = (struct month_span){-(int32_t)best_before, (int32_t)best_after - 1};
    for (size_t i = 0; i < group->count; i++) {
        struct change_member *member = &group->members[i];
        member->pooled = months_before(member) >= best_before && months_after(member) >= best_after;
        group->pooled += member->pooled;
    }
}

/* Whether the comparator was there before the change of some member and after it. */
static bool stands_beside(const struct change_group *group, const struct change_comparator *comparator)
{
    for (size_t i = 0; i < group->count; i++) {
        if (has_both_sides(comparator->observed, group->members[i].month, group->members[i].month))
            return true;
    }
    return false;
}

static void keep_comparators(struct change_group *group, const struct comparator_list *from)
{
    struct comparator_list kept = {.practices = NULL};
    for (size_t i = 0; i < from->count; i++) {
        if (!stands_beside(group, &from->practices[i]))
            continue;
        kept.practices = memory_grow(kept.practices, &kept.capacity, kept.count + 1, sizeof *kept.practices);
        kept.practices[kept.count++] = from->practices[i];
    }
    group->comparators = kept;
}

static void finish_group(struct change_group *group, const struct comparator_list *comparators)
{
    pool_members(group);
    keep_comparators(group, comparators);
}

static void keep_pairs(struct change_groups *groups, struct change_group *pairs, const struct comparator_list *stayed)
{
    groups->moves = memory_allocate_zeroed(PAIRS, sizeof *groups->moves);
    for (uint32_t i = 0; i < PAIRS; i++) {
        if (pairs[i].count == 0)
            continue;
        struct change_group *group = &groups->moves[groups->move_count++];
        *group = pairs[i];
        group->from = i / SCHEME_COUNT;
        group->to = i % SCHEME_COUNT;
        finish_group(group, stayed);
    }
}

struct change_groups change_groups_of(const struct evaluation *evaluation, const struct scheme_history *history,
                                      struct month_span span)
{
    struct change_groups groups = {.meetings = {.from = SCHEME_COUNT, .to = SCHEME_COUNT}};
    struct change_group pairs[PAIRS] = {{.count = 0}};
    struct comparator_list stayed = {.practices = NULL};
    size_t row = 0;
    for (uint32_t practice = 0; practice < evaluation->practice_count; practice++) {
        struct practice_facts facts = {.practice = practice};
        facts.meetings = meetings_of(evaluation->cohort, practice, span, &row);
        if (evaluation->practice_first[practice] == evaluation->practice_first[practice + 1])
            continue;
        facts.move = scheme_history_move(history, practice, month_first_day(span.first), month_last_day(span.last));
        facts.observed = monthly_observed(evaluation, practice, span);
        if (facts.move.course == COURSE_UNKNOWN && history->row_count > 0)
            groups.left_out.unknown_scheme++;
        else if (facts.move.course == COURSE_MOVED_AGAIN)
            groups.left_out.moved_again++;
        else if (facts.move.course == COURSE_MOVED)
            place_mover(&groups, pairs, &facts, span);
        else
            place_stayer(&groups, &facts, span);
        if (facts.move.course == COURSE_STAYED)
            add_comparator(&stayed, &facts);
    }
    keep_pairs(&groups, pairs, &stayed);
    const struct comparator_list without_meetings = groups.meetings.comparators;
    finish_group(&groups.meetings, &without_meetings);
    memory_free(without_meetings.practices);
    memory_free(stayed.practices);
    return groups;
}

static void release_group(struct change_group *group)
{
    memory_free(group->members);
    memory_free(group->comparators.practices);
}

void change_groups_release(struct change_groups *groups)
{
    if (groups == NULL)
        return;
    for (size_t i = 0; i < groups->move_count; i++)
        release_group(&groups->moves[i]);
    memory_free(groups->moves);
    release_group(&groups->meetings);
    *groups = (struct change_groups){.moves = NULL};
}
