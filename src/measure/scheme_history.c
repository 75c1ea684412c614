#include "referlens/measure/scheme_history.h"

#include "referlens/base/memory.h"

#include <string.h>

struct scheme_history scheme_history_of(const struct cohort *cohort)
{
    struct scheme_history history = {.practice_count = cohort_practices(cohort)->count};
    history.rows = cohort_scheme_rows(cohort, &history.row_count);
    history.first = memory_allocate_zeroed(history.practice_count + 1, sizeof *history.first);
    size_t row = 0;
    for (size_t practice = 0; practice < history.practice_count; practice++) {
        history.first[practice] = row;
        while (row < history.row_count && history.rows[row].practice == practice)
            row++;
    }
    history.first[history.practice_count] = row;
    return history;
}

void scheme_history_release(struct scheme_history *history)
{
    if (history == NULL)
        return;
    memory_free(history->first);
    *history = (struct scheme_history){.rows = NULL};
}

/* Rows are sorted by specialty and then from the latest start on, so the first that holds is in force. */
const struct scheme_row *scheme_row_in_force(const struct scheme_history *history, uint32_t practice,
                                             uint32_t specialty, day date)
{
    for (size_t i = history->first[practice]; i < history->first[practice + 1]; i++) {
        const struct scheme_row *row = &history->rows[i];
        if (row->specialty == specialty && row->start <= date && (row->end == DAY_UNKNOWN || date <= row->end))
            return row;
    }
    return NULL;
}

void scheme_history_own(const struct scheme_history *history, uint32_t practice, bool *own, size_t specialty_count)
{
    memset(own, 0, specialty_count * sizeof *own);
    for (size_t i = history->first[practice]; i < history->first[practice + 1]; i++) {
        if (history->rows[i].specialty < specialty_count)
            own[history->rows[i].specialty] = true;
    }
}

/* The first day after `date`, and not after `end`, on which another row may come into force; end + 1 where none does.
 */
static day next_change(const struct scheme_history *history, uint32_t practice, day date, day end)
{
    day next = end + 1;
    for (size_t i = history->first[practice]; i < history->first[practice + 1]; i++) {
        const struct scheme_row *row = &history->rows[i];
        if (row->specialty != DICTIONARY_NONE)
            continue;
        if (row->start > date && row->start < next)
            next = row->start;
        if (row->end != DAY_UNKNOWN && row->end >= date && row->end < next - 1)
            next = row->end + 1;
    }
    return next;
}

struct scheme_move scheme_history_move(const struct scheme_history *history, uint32_t practice, day begin, day end)
{
    struct scheme_move move = {COURSE_UNKNOWN, SCHEME_UNKNOWN, SCHEME_UNKNOWN, DAY_UNKNOWN};
    for (day date = begin; date <= end;) {
        const struct scheme_row *row = scheme_row_in_force(history, practice, DICTIONARY_NONE, date);
        const day next = next_change(history, practice, date, end);
        if (row == NULL) {
            if (move.course == COURSE_UNKNOWN || next - date > SCHEME_GAP_DAYS)
                return (struct scheme_move){COURSE_UNKNOWN, SCHEME_UNKNOWN, SCHEME_UNKNOWN, DAY_UNKNOWN};
        } else if (move.course == COURSE_UNKNOWN) {
            move = (struct scheme_move){COURSE_STAYED, row->scheme, row->scheme, DAY_UNKNOWN};
        } else if (row->scheme != move.to) {
            move.course = move.course == COURSE_STAYED ? COURSE_MOVED : COURSE_MOVED_AGAIN;
            move.to = row->scheme;
            move.date = move.course == COURSE_MOVED ? date : DAY_UNKNOWN;
        }
        date = next;
    }
    return move;
}
