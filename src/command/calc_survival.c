#include "referlens/command/calc_survival.h"

#include "referlens/base/memory.h"
#include "referlens/stats/aalen_johansen.h"
#include "referlens/stats/logrank.h"
#include "referlens/stats/survival.h"

#include <math.h>
#include <stdlib.h>

enum { GROUPS_MAX = 1000, STATES_MAX = 100 };

/* A file of subjects. */
struct subjects {
    struct calc_table table;
    double *times;
    int64_t *states;          /* as in the file; 0 is censored */
    int32_t *groups;          /* 0 throughout without a column */
    struct dictionary labels; /* of the groups; empty without a column */
    size_t group_count;       /* at least 1 */
};

/* One group of them. */
struct group {
    double *times;
    int32_t *states; /* codes: 0 censored, 1 … */
    size_t count;
};

static void release_subjects(struct subjects *subjects)
{
    memory_free(subjects->times);
    memory_free(subjects->states);
    memory_free(subjects->groups);
    dictionary_release(&subjects->labels);
    calc_table_release(&subjects->table);
}

/* `state` names the column of states; `state_maximum` is the largest allowed. */
static bool read_columns(struct subjects *subjects, const char *state, int64_t state_maximum, bool group_wanted,
                         struct error *error)
{
    const struct calc_table *table = &subjects->table;
    if (!calc_table_numbers(table, "time", &subjects->times, error) ||
        !calc_table_counts(table, state, &subjects->states, error)) {
        return false;
    }
    for (size_t i = 0; i < table->row_count; i++) {
        if (subjects->times[i] < 0) {
            return calc_table_fault(table, i, error, "time is below 0");
        }
        if (subjects->states[i] > state_maximum) {
            return calc_table_fault(table, i, error, "%s is above %lld", state, (long long)state_maximum);
        }
    }
    if (!group_wanted && calc_table_find(table, "group") < 0) {
        subjects->groups = memory_allocate_zeroed(table->row_count, sizeof *subjects->groups);
        subjects->group_count = 1;
        return true;
    }
    if (!calc_table_labels(table, "group", &subjects->groups, &subjects->labels, error)) {
        return false;
    }
    subjects->group_count = subjects->labels.count;
    return subjects->group_count <= GROUPS_MAX
               ? true
               : error_set(error, "%s: has more than %d groups", table->name, (int)GROUPS_MAX);
}

static bool read_subjects(const char *path, const char *state, int64_t state_maximum, bool group_wanted,
                          struct subjects *subjects, struct error *error)
{
    *subjects = (struct subjects){0};
    if (calc_table_read(path, &subjects->table, error) &&
        read_columns(subjects, state, state_maximum, group_wanted, error)) {
        return true;
    }
    release_subjects(subjects);
    return false;
}

static struct group take_group(const struct subjects *subjects, size_t number)
{
    size_t rows = subjects->table.row_count;
    struct group group = {memory_allocate_zeroed(rows, sizeof(double)), memory_allocate_zeroed(rows, sizeof(int32_t)),
                          0};
    for (size_t i = 0; i < rows; i++) {
        if ((size_t)subjects->groups[i] == number) {
            group.times[group.count] = subjects->times[i];
            group.states[group.count++] = (int32_t)subjects->states[i];
        }
    }
    return group;
}

static void release_group(struct group *group)
{
    memory_free(group->times);
    memory_free(group->states);
}

static void write_step(struct json_writer *json, const struct survival_step *step)
{
    json_begin_object(json);
    json_member_number(json, "time", step->time);
    json_member_integer(json, "at_risk", step->at_risk);
    json_member_integer(json, "events", step->events);
    json_member_number(json, "survival", step->survival);
    json_member_number(json, "se", step->se);
    json_member_number(json, "lower", step->lower);
    json_member_number(json, "upper", step->upper);
    json_end_object(json);
}

static void write_km_members(const struct calc_request *request, struct json_writer *json,
                             const struct survival_summary *summary, const struct survival_step *steps, size_t rows)
{
    json_member_integer(json, "n", summary->subjects);
    json_member_integer(json, "events", summary->events);
    json_member_number(json, "median", summary->median);
    json_member_number(json, "median_lower", summary->median_lower);
    json_member_number(json, "median_upper", summary->median_upper);
    if (!isnan(request->at)) {
        struct survival_step at = survival_at(steps, rows, request->at);
        json_key(json, "at");
        write_step(json, &at);
    }
    if (!isnan(request->rmst)) {
        struct restricted_mean mean = survival_restricted_mean(steps, rows, request->rmst);
        json_member_number(json, "rmst", mean.value);
        json_member_number(json, "rmst_se", mean.se);
        json_member_number(json, "rmst_to", request->rmst);
        calc_write_reason(json, isnan(mean.value) ? "the restricted mean goes beyond the follow-up" : NULL);
    }
    json_key(json, "steps");
    json_begin_array(json);
    for (size_t i = 0; i < rows; i++) {
        write_step(json, &steps[i]);
    }
    json_end_array(json);
}

/* Writes what one group gives; `opaque` is the caller's. */
typedef void group_writer(const struct calc_request *request, struct json_writer *json, const struct group *group,
                          const void *opaque);

static void write_km_group(const struct calc_request *request, struct json_writer *json, const struct group *group,
                           const void *opaque)
{
    (void)opaque;
    double *times = memory_allocate_zeroed(group->count, sizeof *times);
    int64_t *counts = memory_allocate_zeroed(2 * group->count, sizeof *counts);
    size_t rows = life_table_of_subjects(group->times, group->states, group->count, 1, times, counts);
    struct survival_row *table = memory_allocate_zeroed(rows, sizeof *table);
    struct survival_step *steps = memory_allocate_zeroed(rows, sizeof *steps);
    struct survival_summary summary;

    for (size_t i = 0; i < rows; i++) {
        table[i] = (struct survival_row){times[i], counts[2 * i + 1], counts[2 * i]};
    }
    kaplan_meier(table, rows, request->z, steps, &summary);
    write_km_members(request, json, &summary, steps, rows);
    memory_free(times);
    memory_free(counts);
    memory_free(table);
    memory_free(steps);
}

/* Every group in "groups"; without a group column the members of the only one stand at the top as well. */
static void write_groups(const struct calc_request *request, struct json_writer *json, const struct subjects *subjects,
                         group_writer *write, const void *opaque)
{
    bool named = subjects->labels.count > 0;
    if (!named) {
        struct group all = take_group(subjects, 0);
        write(request, json, &all, opaque);
        release_group(&all);
    }
    json_key(json, "groups");
    json_begin_array(json);
    for (size_t i = 0; i < subjects->group_count; i++) {
        struct group group = take_group(subjects, i);
        json_begin_object(json);
        if (named) {
            json_member_text(json, "group", dictionary_text(&subjects->labels, (uint32_t)i));
        } else {
            json_member_null(json, "group");
        }
        write(request, json, &group, opaque);
        json_end_object(json);
        release_group(&group);
    }
    json_end_array(json);
}

int calc_km(const struct calc_request *request, struct json_writer *json, struct error *error)
{
    struct subjects subjects;
    if (!read_subjects(request->arguments[0], "event", 1, false, &subjects, error)) {
        return COMMAND_FAILED;
    }
    write_groups(request, json, &subjects, write_km_group, NULL);
    release_subjects(&subjects);
    return COMMAND_DONE;
}

/* The states other than censored that occur, ascending. */
struct states {
    int64_t *numbers;
    int32_t count;
};

static int compare_numbers(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Turns the states of the subjects into codes 1 …, and lists them. */
static struct states code_states(struct subjects *subjects)
{
    size_t rows = subjects->table.row_count;
    struct states states = {memory_allocate_zeroed(rows, sizeof *states.numbers), 0};
    size_t found = 0;

    for (size_t i = 0; i < rows; i++) {
        if (subjects->states[i] > 0) {
            states.numbers[found++] = subjects->states[i];
        }
    }
    qsort(states.numbers, found, sizeof *states.numbers, compare_numbers);
    for (size_t i = 0; i < found; i++) {
        if (i == 0 || states.numbers[i] != states.numbers[(size_t)states.count - 1]) {
            states.numbers[states.count++] = states.numbers[i];
        }
    }
    for (size_t i = 0; i < rows; i++) {
        const int64_t *place = bsearch(&subjects->states[i], states.numbers, (size_t)states.count,
                                       sizeof *states.numbers, compare_numbers);
        subjects->states[i] = place == NULL ? 0 : place - states.numbers + 1;
    }
    return states;
}

enum point_member { POINT_INCIDENCE, POINT_SE, POINT_LOWER, POINT_UPPER, POINT_MEMBERS };

/* {"1": …, "2": …}: one member of the points of each state. */
static void write_by_state(struct json_writer *json, const struct states *states, const struct incidence_point *points,
                           enum point_member member)
{
    static const char *const names[] = {"incidence", "se", "lower", "upper"};
    json_key(json, names[member]);
    json_begin_object(json);
    for (int32_t s = 0; s < states->count; s++) {
        const double values[] = {points[s].incidence, points[s].se, points[s].lower, points[s].upper};
        struct buffer key = buffer_with_maximum(32);
        (void)buffer_add_integer(&key, states->numbers[s]);
        json_member_number(json, key.bytes, values[member]);
        buffer_release(&key);
    }
    json_end_object(json);
}

static void write_aj_group(const struct calc_request *request, struct json_writer *json, const struct group *group,
                           const void *opaque)
{
    const struct states *states = opaque;
    size_t width = (size_t)states->count + 1;
    double *times = memory_allocate_zeroed(group->count, sizeof *times);
    int64_t *counts = memory_allocate_zeroed(group->count * width, sizeof *counts);
    size_t rows = life_table_of_subjects(group->times, group->states, group->count, states->count, times, counts);
    struct incidence_point *points = memory_allocate_zeroed(rows * width, sizeof *points);
    int64_t at_risk = (int64_t)group->count;

    aalen_johansen(counts, rows, states->count, request->z, points);
    json_member_integer(json, "n", at_risk);
    json_key(json, "steps");
    json_begin_array(json);
    for (size_t i = 0; i < rows; i++) {
        json_begin_object(json);
        json_member_number(json, "time", times[i]);
        json_member_integer(json, "at_risk", at_risk);
        for (enum point_member member = POINT_INCIDENCE; member < POINT_MEMBERS; member++) {
            write_by_state(json, states, &points[i * (size_t)states->count], member);
        }
        json_end_object(json);
        for (size_t s = 0; s < width; s++) {
            at_risk -= counts[i * width + s];
        }
    }
    json_end_array(json);
    memory_free(times);
    memory_free(counts);
    memory_free(points);
}

int calc_aj(const struct calc_request *request, struct json_writer *json, struct error *error)
{
    struct subjects subjects;
    if (!read_subjects(request->arguments[0], "state", INT32_MAX, false, &subjects, error)) {
        return COMMAND_FAILED;
    }
    struct states states = code_states(&subjects);
    bool done = states.count <= STATES_MAX
                    ? true
                    : error_set(error, "%s: has more than %d states", subjects.table.name, (int)STATES_MAX);
    if (done) {
        json_key(json, "states");
        json_begin_array(json);
        for (int32_t s = 0; s < states.count; s++) {
            json_integer(json, states.numbers[s]);
        }
        json_end_array(json);
        write_groups(request, json, &subjects, write_aj_group, &states);
    }
    memory_free(states.numbers);
    release_subjects(&subjects);
    return done ? COMMAND_DONE : COMMAND_FAILED;
}

static void write_logrank(struct json_writer *json, const struct subjects *subjects, const int32_t *strata)
{
    size_t groups = subjects->group_count;
    size_t rows = subjects->table.row_count;
    struct logrank_subject *list = memory_allocate_zeroed(rows, sizeof *list);
    double *observed = memory_allocate_zeroed(2 * groups, sizeof *observed);
    int64_t *sizes = memory_allocate_zeroed(groups, sizeof *sizes);

    for (size_t i = 0; i < rows; i++) {
        list[i] = (struct logrank_subject){subjects->times[i], subjects->states[i] != 0, subjects->groups[i],
                                           strata == NULL ? 0 : strata[i]};
        sizes[subjects->groups[i]]++;
    }
    struct logrank_result result = logrank(list, rows, (int32_t)groups, observed, &observed[groups]);
    json_member_number(json, "chisq", result.chisq);
    json_member_integer(json, "df", result.degrees);
    json_member_number(json, "p", result.p);
    json_member_boolean(json, "stratified", strata != NULL);
    calc_write_reason(json, result.reason);
    json_key(json, "groups");
    json_begin_array(json);
    for (size_t i = 0; i < groups; i++) {
        json_begin_object(json);
        json_member_text(json, "group", dictionary_text(&subjects->labels, (uint32_t)i));
        json_member_integer(json, "n", sizes[i]);
        json_member_number(json, "observed", observed[i]);
        json_member_number(json, "expected", observed[groups + i]);
        json_end_object(json);
    }
    json_end_array(json);
    memory_free(list);
    memory_free(observed);
    memory_free(sizes);
}

int calc_logrank(const struct calc_request *request, struct json_writer *json, struct error *error)
{
    struct subjects subjects;
    struct dictionary labels = {0};
    int32_t *strata = NULL;
    if (!read_subjects(request->arguments[0], "event", 1, true, &subjects, error)) {
        return COMMAND_FAILED;
    }
    bool done = true;
    if (calc_table_find(&subjects.table, "stratum") >= 0) {
        done = calc_table_labels(&subjects.table, "stratum", &strata, &labels, error);
    }
    if (done) {
        write_logrank(json, &subjects, strata);
    }
    memory_free(strata);
    dictionary_release(&labels);
    release_subjects(&subjects);
    return done ? COMMAND_DONE : COMMAND_FAILED;
}
