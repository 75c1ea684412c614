#include "referlens/cohort/tables.h"

#include "referlens/base/memory.h"
#include "referlens/base/worker.h"

#include <math.h>
#include <stdlib.h>

void cohort_add_practice(struct cohort *cohort, const struct practice_input *row)
{
    cohort->practice_rows = memory_grow(cohort->practice_rows, &cohort->practice_row_capacity,
                                        cohort->practice_row_count + 1, sizeof *cohort->practice_rows);
    cohort->practice_rows[cohort->practice_row_count++] = (struct practice_row){
        .practice = dictionary_add(&cohort->practices, row->practice),
        .name = arena_copy_text(&cohort->arena, row->name),
        .locality = arena_copy_text(&cohort->arena, row->locality),
        .age_band = arena_copy_text(&cohort->arena, row->age_band),
        .sex = arena_copy_text(&cohort->arena, row->sex),
        .list_size = row->list_size,
        .period = row->period,
    };
    if (!isnan(row->list_size))
        cohort->recorded |= RECORDED_LIST_SIZE;
}

static uint32_t specialty_code(struct cohort *cohort, struct text specialty)
{
    return specialty.length == 0 ? DICTIONARY_NONE : dictionary_add(&cohort->specialties, specialty);
}

void cohort_add_scheme(struct cohort *cohort, const struct scheme_input *row)
{
    cohort->scheme_rows = memory_grow(cohort->scheme_rows, &cohort->scheme_row_capacity,
                                      cohort->scheme_row_count + 1, sizeof *cohort->scheme_rows);
    cohort->scheme_rows[cohort->scheme_row_count++] = (struct scheme_row){
        .practice = dictionary_add(&cohort->practices, row->practice),
        .specialty = specialty_code(cohort, row->specialty),
        .scheme = row->scheme,
        .start = row->start,
        .end = row->end,
        .annual_cost = row->annual_cost,
        .cost_per_referral = row->cost_per_referral,
    };
}

void cohort_add_session(struct cohort *cohort, const struct session_input *row)
{
    cohort->session_rows = memory_grow(cohort->session_rows, &cohort->session_row_capacity,
                                       cohort->session_row_count + 1, sizeof *cohort->session_rows);
    cohort->session_rows[cohort->session_row_count++] = (struct session_row){
        .practice = dictionary_add(&cohort->practices, row->practice),
        .specialty = specialty_code(cohort, row->specialty),
        .date = row->date,
        .topic = arena_copy_text(&cohort->arena, row->topic),
    };
}

static int compare_numbers(double a, double b)
{
    if (isnan(a) || isnan(b))
        return isnan(b) - isnan(a);
    return (a > b) - (a < b);
}

static int compare_integers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_practice_rows(const void *left, const void *right)
{
    const struct practice_row *a = left, *b = right;
    int order = compare_integers(a->practice, b->practice);
    order = order != 0 ? order : compare_integers(a->period, b->period);
    order = order != 0 ? order : text_compare(a->age_band, b->age_band);
    order = order != 0 ? order : text_compare(a->sex, b->sex);
    order = order != 0 ? order : text_compare(a->name, b->name);
    order = order != 0 ? order : text_compare(a->locality, b->locality);
    return order != 0 ? order : compare_numbers(a->list_size, b->list_size);
}

/* By practice; then as the rule for choosing among them has it, the one to choose first. */
static int compare_scheme_rows(const void *left, const void *right)
{
    const struct scheme_row *a = left, *b = right;
    int order = compare_integers(a->practice, b->practice);
    order = order != 0 ? order : compare_integers(a->specialty, b->specialty);
    order = order != 0 ? order : compare_integers(b->start, a->start);
    order = order != 0 ? order
                       : text_compare(text_of(scheme_names[a->scheme]), text_of(scheme_names[b->scheme]));
    order = order != 0 ? order : compare_integers(a->end, b->end);
    order = order != 0 ? order : compare_numbers(a->annual_cost, b->annual_cost);
    return order != 0 ? order : compare_numbers(a->cost_per_referral, b->cost_per_referral);
}

static int compare_session_rows(const void *left, const void *right)
{
    const struct session_row *a = left, *b = right;
    int order = compare_integers(a->practice, b->practice);
    order = order != 0 ? order : compare_integers(a->date, b->date);
    order = order != 0 ? order : compare_integers(a->specialty, b->specialty);
    return order != 0 ? order : text_compare(a->topic, b->topic);
}

/* Takes a text of an earlier period only where there was none, and one of the same period where it sorts first. */
static void take_text(struct text *taken, quarter *taken_from, struct text text, quarter period)
{
    if (text.length > 0 && (taken->length == 0 || (period == *taken_from && text_compare(text, *taken) < 0))) {
        *taken = text;
        *taken_from = period;
    }
}

/* The name and locality of the latest period that has one; where rows of one period differ, the ones that sort first. */
static void find_names(struct cohort *cohort)
{
    const size_t count = cohort->practices.count;
    cohort->practice_names = memory_allocate_zeroed(count, sizeof *cohort->practice_names);
    cohort->practice_localities = memory_allocate_zeroed(count, sizeof *cohort->practice_localities);
    quarter name_from = PERIOD_NONE, locality_from = PERIOD_NONE;
    for (size_t i = cohort->practice_row_count; i-- > 0;) {
        const struct practice_row *row = &cohort->practice_rows[i];
        take_text(&cohort->practice_names[row->practice], &name_from, row->name, row->period);
        take_text(&cohort->practice_localities[row->practice], &locality_from, row->locality, row->period);
    }
}

void cohort_sort_tables(struct cohort *cohort)
{
    if (cohort->practice_row_count > 0)
        qsort(cohort->practice_rows, cohort->practice_row_count, sizeof *cohort->practice_rows, compare_practice_rows);
    if (cohort->scheme_row_count > 0)
        qsort(cohort->scheme_rows, cohort->scheme_row_count, sizeof *cohort->scheme_rows, compare_scheme_rows);
    if (cohort->session_row_count > 0)
        qsort(cohort->session_rows, cohort->session_row_count, sizeof *cohort->session_rows, compare_session_rows);
    find_names(cohort);
}

struct assignment {
    struct cohort *cohort;
    size_t *first; /* of a practice's scheme rows, one more than there are practices */
};

enum { ASSIGNMENT_BLOCK = 1 << 16 };

static void assign_block(void *context, size_t task, size_t worker)
{
    (void)worker;
    const struct assignment *assignment = context;
    struct columns *columns = &assignment->cohort->columns;
    const struct scheme_row *rows = assignment->cohort->scheme_rows;
    const size_t end = (task + 1) * ASSIGNMENT_BLOCK < assignment->cohort->count ? (task + 1) * ASSIGNMENT_BLOCK
                                                                                  : assignment->cohort->count;
    for (size_t i = task * ASSIGNMENT_BLOCK; i < end; i++) {
        if (columns->scheme[i] != SCHEME_UNKNOWN)
            continue;
        /* Rows that name no specialty sort last, so the first that fits is the one to take. */
        for (size_t k = assignment->first[columns->practice[i]]; k < assignment->first[columns->practice[i] + 1]; k++) {
            const struct scheme_row *row = &rows[k];
            const bool fits = (row->specialty == DICTIONARY_NONE || row->specialty == columns->specialty[i]) &&
                              row->start <= columns->referred[i] &&
                              (row->end == DAY_UNKNOWN || columns->referred[i] <= row->end);
            if (fits) {
                columns->scheme[i] = (uint8_t)row->scheme;
                break;
            }
        }
    }
}

void cohort_assign_schemes(struct cohort *cohort, size_t worker_count)
{
    if (cohort->scheme_row_count == 0)
        return;
    struct assignment assignment = {cohort, memory_allocate_zeroed(cohort->practices.count + 2, sizeof(size_t))};
    for (size_t i = 0; i < cohort->scheme_row_count; i++)
        assignment.first[cohort->scheme_rows[i].practice + 1]++;
    for (size_t i = 0; i < cohort->practices.count; i++)
        assignment.first[i + 1] += assignment.first[i];
    worker_run(worker_count, (cohort->count + ASSIGNMENT_BLOCK - 1) / ASSIGNMENT_BLOCK, assign_block, &assignment);
    memory_free(assignment.first);
}
