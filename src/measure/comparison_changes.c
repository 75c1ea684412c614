#include "referlens/measure/comparison_changes.h"

#include "referlens/base/memory.h"
#include "referlens/base/worker.h"
#include "referlens/measure/change_estimates.h"
#include "referlens/measure/change_groups.h"
#include "referlens/measure/evaluated.h"
#include "referlens/measure/lost_rows.h"

#include <math.h>
#include <string.h>

const struct monthly_outcome change_outcomes[] = {
    {"rejection_rate", 0},
    {"returned_with_advice_rate", 0},
    {"redirected_rate", 0},
    {"rejected_without_dialogue", 0},
    {"rejected_without_patient", 0},
    {"re_referral_rate", 0},
    {"lost_after_rejection", 0},
    {"attendance_conversion", 0},
    {"treatment_conversion", 0},
    {"discharged_at_first", 0},
    {"wait_decision", 14},
    {"wait_first_attendance", 126},
    {"referral_rate", 0},
};
const size_t change_outcome_count = sizeof change_outcomes / sizeof change_outcomes[0];
_Static_assert(sizeof change_outcomes / sizeof change_outcomes[0] <= MONTHLY_OUTCOMES_MAX, "all are counted at once");

/* Masking. */

/* Sums of the points on one side of the change. */
struct side_sum {
    double hits, total;
};

static struct side_sum sum_side(const struct change *change, bool after)
{
    struct side_sum sum = {0, 0};
    for (size_t i = 0; i < change->point_count; i++) {
        if ((change->points[i].month >= 0) == after) {
            sum.hits += change->points[i].numerator;
            sum.total += change->points[i].denominator;
        }
    }
    return sum;
}

static bool is_rate(const struct change *change)
{
    return measure_table[change->measure].kind == MEASURE_RATE;
}

static bool is_hidden(double count)
{
    return count > 0 && isnan(disclosure_count(count));
}

/* Moves the value to the grid and the limits outwards to it. */
static void coarsen(struct change_estimate *estimate, double grid)
{
    struct estimate *of = &estimate->estimate;
    of->value = disclosure_on_grid(round, of->value, grid);
    of->lower = disclosure_on_grid(floor, of->lower, grid);
    of->upper = disclosure_on_grid(ceil, of->upper, grid);
}

static void withhold(struct change *change, enum result_status status, const char *reason)
{
    struct change_estimate *const estimates[] = {&change->level,        &change->slope,      &change->level_change,
                                                 &change->slope_change, &change->difference, &change->early,
                                                 &change->later,        &change->pre_trend};
    for (size_t i = 0; i < sizeof estimates / sizeof estimates[0]; i++)
        *estimates[i] = (struct change_estimate){{NAN, NAN, NAN}, reason};
    change->status = status;
}

static void suppress(struct change *change)
{
    withhold(change, RESULT_SUPPRESSED, "too few to show");
}

static void mask_points(struct change *change)
{
    for (size_t i = 0; i < change->point_count; i++) {
        struct change_point *point = &change->points[i];
        point->numerator = disclosure_count(point->numerator);
        if (!is_rate(change))
            point->denominator = disclosure_count(point->denominator);
        if (change->status == RESULT_SUPPRESSED)
            point->numerator = NAN;
        point->value = (is_rate(change) ? 1000 : 1) * point->numerator / point->denominator;
    }
}

/* A single month moves an estimate by no less than what rounding moves it by: the grid is that of the smaller side's
 * counts, and of a slope as much finer as its side has months. */
static void mask(struct change *change)
{
    const struct side_sum before = sum_side(change, false), after = sum_side(change, true);
    const double total = fmin(before.total, after.total);
    if (is_hidden(before.hits) || is_hidden(after.hits) ||
        (!is_rate(change) && (is_hidden(before.total) || is_hidden(after.total))) ||
        (!(total > 0) && change->status == RESULT_OK)) {
        suppress(change);
    } else if (total > 0) {
        const double grid = (is_rate(change) ? 1000 : 1) * 5 / total;
        const double months =
            (double)(change->months_before > change->months_after ? change->months_before : change->months_after);
        coarsen(&change->level, grid);
        coarsen(&change->level_change, grid);
        coarsen(&change->difference, grid);
        coarsen(&change->early, grid);
        coarsen(&change->later, grid);
        coarsen(&change->slope, grid / months);
        coarsen(&change->slope_change, grid / months);
        coarsen(&change->pre_trend, grid / months);
    }
    mask_points(change);
}

/* The fitted lines follow from the estimates as they are shown. */
static void draw_lines(struct change *change)
{
    for (size_t i = 0; i < change->point_count; i++) {
        struct change_point *point = &change->points[i];
        const double before = change->level.estimate.value + change->slope.estimate.value * point->month;
        const double moved = change->level_change.estimate.value + change->slope_change.estimate.value * point->month;
        point->fitted = point->month < 0 ? before : before + moved;
        point->counterfactual = point->month < 0 ? (double)NAN : before;
    }
}

/* All groups, one outcome after another. */

struct work {
    const struct report *report;
    const struct change_groups *groups;
    const struct monthly *monthly; /* by outcome */
    struct change_space **spaces;  /* by worker */
    struct comparison_changes *changes;
};

static void estimate(const struct work *work, size_t worker, const struct change_group *group,
                     const struct monthly *monthly, struct change *change)
{
    change->from = group->from;
    change->to = group->to;
    change->practices = group->count;
    change->pooled = group->pooled;
    change->comparators = group->comparators.count;
    const struct measure *measure = &measure_table[change->measure];
    const struct evaluation *evaluation = work->report->evaluation;
    if (!measure_is_recorded(measure, evaluation->recorded)) {
        suppress(change);
        change->status = measure_status_unrecorded(measure, evaluation->recorded, evaluation->unread);
        return;
    }
    change_estimate_series(group, monthly, change);
    change_estimate_differences(work->spaces[worker], group, monthly, change);
    const bool any = !isnan(change->level_change.estimate.value) || !isnan(change->difference.estimate.value);
    change->status = any ? RESULT_OK : RESULT_INSUFFICIENT;
    if (work->report->audience != AUDIENCE_ANALYST)
        mask(change);
    if (change->status != RESULT_SUPPRESSED && !report_is_trusted(work->report, change->measure))
        withhold(change, RESULT_INSUFFICIENT, lost_rows_reason);
    draw_lines(change);
}

static void follow_outcome(void *context, size_t outcome, size_t worker)
{
    const struct work *work = context;
    const struct change_groups *groups = work->groups;
    struct comparison_changes *changes = work->changes;
    const struct monthly *monthly = &work->monthly[outcome];
    for (size_t i = 0; i < groups->move_count; i++)
        estimate(work, worker, &groups->moves[i], monthly, &changes->switches[i * change_outcome_count + outcome]);
    if (groups->meetings.count > 0)
        estimate(work, worker, &groups->meetings, monthly, &changes->sessions[outcome]);
}

static struct change *new_changes(size_t group_count)
{
    struct change *changes = memory_allocate_zeroed(group_count * change_outcome_count, sizeof *changes);
    for (size_t i = 0; i < group_count * change_outcome_count; i++) {
        changes[i].outcome = change_outcomes[i % change_outcome_count];
        changes[i].measure = measure_index(changes[i].outcome.measure);
    }
    return changes;
}

/* Counts the months of all outcomes, then follows each. */
static void follow_outcomes(struct work *work, const struct scheme_history *history, struct month_span span,
                            size_t worker_count)
{
    struct monthly monthly[MONTHLY_OUTCOMES_MAX];
    monthly_of(work->report->evaluation, history, span, change_outcomes, change_outcome_count, worker_count, monthly);
    work->monthly = monthly;
    work->spaces = memory_resize(NULL, worker_count, sizeof *work->spaces);
    for (size_t i = 0; i < worker_count; i++)
        work->spaces[i] = change_space_new();
    worker_run(worker_count, change_outcome_count, follow_outcome, work);
    for (size_t i = 0; i < worker_count; i++)
        change_space_free(work->spaces[i]);
    memory_free(work->spaces);
    for (size_t i = 0; i < change_outcome_count; i++)
        monthly_release(&monthly[i]);
}

struct comparison_changes comparison_changes_of(const struct report *report, size_t worker_count)
{
    struct comparison_changes changes = {.switches = NULL};
    struct month_span span;
    size_t rows;
    cohort_session_rows(report->cohort, &rows);
    changes.has_sessions = rows > 0;
    cohort_scheme_rows(report->cohort, &rows);
    changes.has_schemes = rows > 0;
    if (!monthly_span(report->evaluation, &span))
        return changes;
    struct scheme_history history = scheme_history_of(report->cohort);
    struct change_groups groups = change_groups_of(report->evaluation, &history, span);
    struct work work = {.report = report, .groups = &groups, .changes = &changes};
    changes.left_out = groups.left_out;
    changes.meetings = groups.meetings_held;
    changes.switch_count = groups.move_count * change_outcome_count;
    changes.session_count = groups.meetings.count > 0 ? change_outcome_count : 0;
    changes.switches = new_changes(groups.move_count);
    changes.sessions = new_changes(1);
    if (changes.switch_count + changes.session_count > 0)
        follow_outcomes(&work, &history, span, worker_count);
    change_groups_release(&groups);
    scheme_history_release(&history);
    return changes;
}

static void release_all(struct change *changes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        memory_free(changes[i].points);
    memory_free(changes);
}

void comparison_changes_release(struct comparison_changes *changes)
{
    if (changes == NULL)
        return;
    release_all(changes->switches, changes->switch_count);
    release_all(changes->sessions, changes->session_count);
    *changes = (struct comparison_changes){.switches = NULL};
}

const struct change *change_find(const struct change *changes, size_t count, uint32_t from, uint32_t to,
                                 const char *measure)
{
    for (size_t i = 0; i < count; i++) {
        if (changes[i].from == from && changes[i].to == to && strcmp(changes[i].outcome.measure, measure) == 0)
            return &changes[i];
    }
    return NULL;
}
