/* Which practices changed together, and which may stand beside them as comparators. See comparison_changes.h, whose
 * module calls this, for the rules.
 */
#ifndef REFERLENS_MEASURE_CHANGE_GROUPS_H
#define REFERLENS_MEASURE_CHANGE_GROUPS_H

#include "referlens/measure/comparison_changes.h"

/* A practice that changed. */
struct change_member {
    uint32_t practice;
    int32_t month;              /* the first that lies wholly after the change */
    bool mixed;                 /* the month before it has days on both sides */
    bool pooled;                /* in the series: has all its months */
    struct month_span observed; /* its own months, see monthly_observed */
};

/* A practice that did not. */
struct change_comparator {
    uint32_t practice;
    struct month_span observed;
};

struct comparator_list {
    struct change_comparator *practices;
    size_t count, capacity;
};

/* The series pools the same practices in every month, since one that comes or goes would move it by what it is like.
 * Which months, counted from the change, and hence which practices: those that make the most months of practices,
 * INTERRUPTED_POINTS_MIN of them on each side wherever that can be. */
struct change_group {
    uint32_t from, to;             /* enum scheme; SCHEME_COUNT for both where meetings began */
    struct change_member *members; /* in the order of practices */
    size_t count, capacity;
    struct month_span months; /* of the series */
    size_t pooled;
    struct comparator_list comparators; /* with data of their own around the change of one member at least */
};

struct change_groups {
    struct change_group *moves; /* by from and to; those without members are not there */
    size_t move_count;
    struct change_group meetings;
    size_t meetings_held; /* by the members of `meetings`, within the months */
    struct change_exclusions left_out;
};

struct change_groups change_groups_of(const struct evaluation *evaluation, const struct scheme_history *history,
                                      struct month_span span);
void change_groups_release(struct change_groups *groups);

#endif
