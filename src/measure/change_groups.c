#include "referlens/measure/change_groups.h"

#include "referlens/base/memory.h"
#include "referlens/measure/evaluated.h"

enum { PAIRS = SCHEME_COUNT * SCHEME_COUNT };

/* The meetings of one practice. */
struct meetings {
    day first;   /* DAY_UNKNOWN: none recorded up to the last month */
    size_t held; /* within the months */
};

static void add_practice(struct practice_list *list, uint32_t practice)
{
    list->practices = memory_grow(list->practices, &list->capacity, list->count + 1, sizeof *list->practices);
    list->practices[list->count++] = practice;
}

/* Adds a practice that changed on a day; false where too few months lie before or after it. */
static bool add_member(struct change_group *group, uint32_t practice, day date, struct month_span span)
{
    const int32_t of = month_of_day(date);
    const bool mixed = date != month_first_day(of);
    const int32_t month = mixed ? of + 1 : of;
    if (of - span.first < CHANGE_MONTHS_MIN || span.last - month + 1 < CHANGE_MONTHS_MIN)
        return false;
    group->members = memory_grow(group->members, &group->capacity, group->count + 1, sizeof *group->members);
    group->members[group->count++] = (struct change_member){practice, month, mixed};
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
 * moved.
 */
static void place_stayer(struct change_groups *groups, uint32_t practice, struct meetings meetings,
                         struct month_span span)
{
    if (meetings.first == DAY_UNKNOWN)
        add_practice(&groups->without_meetings, practice);
    else if (add_member(&groups->meetings, practice, meetings.first, span))
        groups->meetings_held += meetings.held;
    else
        groups->left_out.near_an_end++;
}

static void place_mover(struct change_groups *groups, struct change_group *pairs, uint32_t practice,
                        struct scheme_move move, struct meetings meetings, struct month_span span)
{
    struct change_group *pair = &pairs[move.from * SCHEME_COUNT + move.to];
    if (!add_member(pair, practice, move.date, span))
        groups->left_out.near_an_end++;
    if (meetings.first != DAY_UNKNOWN)
        groups->left_out.moved_and_met++;
}

static void keep_pairs(struct change_groups *groups, struct change_group *pairs)
{
    groups->moves = memory_allocate_zeroed(PAIRS, sizeof *groups->moves);
    for (uint32_t i = 0; i < PAIRS; i++) {
        if (pairs[i].count == 0)
            continue;
        groups->moves[groups->move_count] = pairs[i];
        groups->moves[groups->move_count].from = i / SCHEME_COUNT;
        groups->moves[groups->move_count++].to = i % SCHEME_COUNT;
    }
}

struct change_groups change_groups_of(const struct evaluation *evaluation, const struct scheme_history *history,
                                      struct month_span span)
{
    struct change_groups groups = {.meetings = {.from = SCHEME_COUNT, .to = SCHEME_COUNT}};
    struct change_group pairs[PAIRS] = {{.count = 0}};
    size_t row = 0;
    for (uint32_t practice = 0; practice < evaluation->practice_count; practice++) {
        const struct meetings meetings = meetings_of(evaluation->cohort, practice, span, &row);
        if (evaluation->practice_first[practice] == evaluation->practice_first[practice + 1])
            continue;
        const struct scheme_move move =
            scheme_history_move(history, practice, month_first_day(span.first), month_last_day(span.last));
        if (move.course == COURSE_UNKNOWN && history->row_count > 0)
            groups.left_out.unknown_scheme++;
        else if (move.course == COURSE_MOVED_AGAIN)
            groups.left_out.moved_again++;
        else if (move.course == COURSE_MOVED)
            place_mover(&groups, pairs, practice, move, meetings, span);
        else
            place_stayer(&groups, practice, meetings, span);
        if (move.course == COURSE_STAYED)
            add_practice(&groups.stayed, practice);
    }
    keep_pairs(&groups, pairs);
    return groups;
}

void change_groups_release(struct change_groups *groups)
{
    if (groups == NULL)
        return;
    for (size_t i = 0; i < groups->move_count; i++)
        memory_free(groups->moves[i].members);
    memory_free(groups->moves);
    memory_free(groups->meetings.members);
    memory_free(groups->stayed.practices);
    memory_free(groups->without_meetings.practices);
    *groups = (struct change_groups){.moves = NULL};
}
