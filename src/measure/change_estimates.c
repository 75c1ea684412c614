#include "referlens/measure/change_estimates.h"

#include "referlens/base/memory.h"
#include "referlens/stats/difference_in_differences.h"
#include "referlens/stats/interrupted_series.h"

#include <math.h>

#define LEVEL 0.95

static const struct estimate no_estimate = {NAN, NAN, NAN};

/* A rate is followed per 1,000 person-years. */
static double scale_of(const struct change *change)
{
    return measure_table[change->measure].kind == MEASURE_RATE ? 1000 : 1;
}

/* The interrupted series. */

enum month_use { MONTH_USED, MONTH_MIXED, MONTH_UNSETTLED };

static enum month_use use_of(const struct change_group *group, const struct monthly *monthly, int32_t relative)
{
    enum month_use use = MONTH_USED;
    for (size_t i = 0; i < group->count; i++) {
        const struct change_member *member = &group->members[i];
        if (!member->pooled)
            continue;
        if (!monthly->settled[member->month + relative - monthly->first])
            return MONTH_UNSETTLED;
        if (member->mixed && relative == -1)
            use = MONTH_MIXED;
    }
    return use;
}

static void add_point(const struct change_group *group, const struct monthly *monthly, int32_t relative,
                      struct change *change)
{
    struct change_point point = {.month = relative};
    for (size_t i = 0; i < group->count; i++) {
        if (!group->members[i].pooled)
            continue;
        const struct monthly_cell cell =
            monthly_at(monthly, group->members[i].practice, group->members[i].month + relative);
        point.numerator += cell.hits;
        point.denominator += cell.total;
    }
    if (!(point.denominator > 0))
        return;
    point.value = scale_of(change) * point.numerator / point.denominator;
    change->months_before += relative < 0;
    change->months_after += relative >= 0;
    change->points[change->point_count++] = point;
}

static struct change_estimate term_of(const struct interrupted_series *series, size_t term)
{
    return (struct change_estimate){{series->beta[term], series->lower[term], series->upper[term]}, series->reason};
}

static void fit_points(struct change *change)
{
    struct interrupted_point *points = memory_resize(NULL, change->point_count, sizeof *points);
    for (size_t i = 0; i < change->point_count; i++)
        points[i] = (struct interrupted_point){change->points[i].month, change->points[i].value};
    const struct interrupted_series series = interrupted_series(points, change->point_count, 0, INTERRUPTED_LAG, LEVEL);
    memory_free(points);
    change->level = term_of(&series, 0);
    change->slope = term_of(&series, 1);
    change->level_change = term_of(&series, 2);
    change->slope_change = term_of(&series, 3);
    change->short_series = series.few;
}

void change_estimate_series(const struct change_group *group, const struct monthly *monthly, struct change *change)
{
    const struct month_span span = group->months;
    change->points = memory_resize(NULL, monthly->month_count, sizeof *change->points);
    for (int32_t relative = span.first; relative <= span.last; relative++) {
        const enum month_use use = use_of(group, monthly, relative);
        change->months_unsettled += use == MONTH_UNSETTLED;
        if (use == MONTH_USED)
            add_point(group, monthly, relative, change);
    }
    fit_points(change);
}

/* The difference in differences. */

/* Which months after the change count. */
struct window {
    int32_t first, last; /* counted from the change */
};

struct change_space {
    struct panel_row *rows;
    size_t capacity;
    struct panel_space *panels;
};

struct change_space *change_space_new(void)
{
    struct change_space *space = memory_allocate_zeroed(1, sizeof *space);
    space->panels = panel_space_new();
    return space;
}

void change_space_free(struct change_space *space)
{
    if (space == NULL)
        return;
    memory_free(space->rows);
    panel_space_free(space->panels);
    memory_free(space);
}

struct panel {
    struct panel_row *rows; /* in the space's memory */
    size_t count;
    int32_t units, periods;
    size_t months_before, months_after; /* of the members that have fewest */
};

static void add_row(struct panel *panel, const struct change *change, struct monthly_cell cell, int32_t unit,
                    int32_t period, bool treated)
{
    if (!(cell.total > 0))
        return;
    panel->rows[panel->count++] =
        (struct panel_row){unit, period, treated ? 1 : 0, scale_of(change) * cell.hits / cell.total};
}

static bool is_within(struct month_span span, int32_t month)
{
    return month >= span.first && month <= span.last;
}

static void add_member_rows(struct panel *panel, const struct change *change, const struct monthly *monthly,
                            const struct change_member *member, int32_t unit, struct window window)
{
    size_t before = 0, after = 0;
    for (int32_t period = 0; period < panel->periods; period++) {
        const int32_t month = monthly->first + period, relative = month - member->month;
        if (!monthly->settled[period] || !is_within(member->observed, month) || (member->mixed && relative == -1) ||
            (relative >= 0 && (relative < window.first || relative > window.last)))
            continue;
        before += relative < 0;
        after += relative >= 0;
        add_row(panel, change, monthly_at(monthly, member->practice, month), unit, period, relative >= 0);
    }
    panel->months_before = before < panel->months_before ? before : panel->months_before;
    panel->months_after = after < panel->months_after ? after : panel->months_after;
}

static void add_comparator_rows(struct panel *panel, const struct change *change, const struct monthly *monthly,
                                const struct change_comparator *comparator, int32_t unit)
{
    for (int32_t period = 0; period < panel->periods; period++) {
        const int32_t month = monthly->first + period;
        if (monthly->settled[period] && is_within(comparator->observed, month))
            add_row(panel, change, monthly_at(monthly, comparator->practice, month), unit, period, false);
    }
}

static struct panel panel_of(struct change_space *space, const struct change *change, const struct change_group *group,
                             const struct monthly *monthly, struct window window)
{
    const struct comparator_list *comparators = &group->comparators;
    const size_t units = group->count + comparators->count;
    struct panel panel = {.units = (int32_t)units,
                          .periods = (int32_t)monthly->month_count,
                          .months_before = SIZE_MAX,
                          .months_after = SIZE_MAX};
    space->rows = memory_grow(space->rows, &space->capacity, units * monthly->month_count, sizeof *space->rows);
    panel.rows = space->rows;
    for (size_t i = 0; i < group->count; i++)
        add_member_rows(&panel, change, monthly, &group->members[i], (int32_t)i, window);
    for (size_t i = 0; i < comparators->count; i++)
        add_comparator_rows(&panel, change, monthly, &comparators->practices[i], (int32_t)(group->count + i));
    return panel;
}

/* The limits only where enough practices with data are on both sides: clustered errors of a few lie. */
static struct change_estimate withhold(struct difference_in_differences exact)
{
    const size_t treated = exact.treated_units, untreated = exact.units - treated;
    const struct difference_in_differences difference = difference_by_smaller_side(exact, LEVEL);
    struct change_estimate estimate = {{difference.estimate, difference.lower, difference.upper}, difference.reason};
    if (difference.reason == difference_not_told_apart)
        estimate.reason = "the effect of the change cannot be told from practice and period";
    if (difference.reason != NULL)
        estimate.estimate = no_estimate;
    else if (treated < CHANGE_PRACTICES_MIN)
        estimate.reason = "fewer than 5 practices changed: no interval";
    else if (untreated < CHANGE_PRACTICES_MIN)
        estimate.reason = "fewer than 5 practices to compare with: no interval";
    if (estimate.reason != NULL)
        estimate.estimate.lower = estimate.estimate.upper = NAN;
    return estimate;
}

static struct change_estimate refused(const char *reason)
{
    return (struct change_estimate){no_estimate, reason};
}

static struct change_estimate difference_within(struct change_space *space, struct change *change,
                                                const struct change_group *group, const struct monthly *monthly,
                                                struct window window)
{
    struct panel panel = panel_of(space, change, group, monthly, window);
    struct change_estimate estimate;
    if (group->comparators.count == 0) {
        estimate = refused("no practice to compare with");
    } else if (panel.months_before < CHANGE_MONTHS_MIN || panel.months_after < CHANGE_MONTHS_MIN) {
        estimate = refused("fewer than 3 months before or after the change");
    } else {
        const struct difference_in_differences difference =
            difference_in_differences_with(space->panels, panel.rows, panel.count, panel.units, panel.periods, LEVEL);
        change->few_practices |= difference.few;
        estimate = withhold(difference);
    }
    return estimate;
}

static struct change_estimate pre_trend(struct change_space *space, const struct change *change,
                                        const struct change_group *group, const struct monthly *monthly)
{
    if (group->comparators.count == 0)
        return refused("no practice to compare with");
    struct panel panel = panel_of(space, change, group, monthly, (struct window){0, INT32_MAX});
    const struct difference_in_differences trend =
        difference_pre_trend_with(space->panels, panel.rows, panel.count, panel.units, panel.periods, LEVEL);
    return withhold(trend);
}

void change_estimate_differences(struct change_space *space, const struct change_group *group,
                                 const struct monthly *monthly, struct change *change)
{
    const struct window whole = {0, INT32_MAX}, early = {0, CHANGE_EARLY_MONTHS - 1},
                        later = {CHANGE_EARLY_MONTHS, INT32_MAX};
    change->difference = difference_within(space, change, group, monthly, whole);
    change->early = difference_within(space, change, group, monthly, early);
    change->later = difference_within(space, change, group, monthly, later);
    change->pre_trend = pre_trend(space, change, group, monthly);
}
