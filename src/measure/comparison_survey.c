#include "referlens/measure/comparison_survey.h"

#include "referlens/base/memory.h"
#include "referlens/base/worker.h"

#include <string.h>

/* What one worker has counted. */
struct worker_survey {
    uint64_t *occurs;
    int64_t rows[SCHEME_COUNT + 1], referrals[SCHEME_COUNT + 1];
    int64_t *values;
};

struct surveying {
    struct survey *survey;
    struct worker_survey *workers;
    size_t value_count;
};

static void count_values(const struct survey *survey, const struct evaluated *row, int64_t *values)
{
    const size_t *first = survey->variable_first;
    values[first[0] + row->specialty]++;
    values[first[1] + evaluated_priority(row)]++;
    values[first[2] + row->age_band]++;
    values[first[3] + evaluated_sex(row)]++;
    values[first[4] + evaluated_imd_decile(row)]++;
    values[first[5] + row->period]++;
}

static void survey_practice(void *context, size_t practice, size_t worker)
{
    const struct surveying *surveying = context;
    const struct survey *survey = surveying->survey;
    const struct evaluation *evaluation = survey->evaluation;
    struct worker_survey *own = &surveying->workers[worker];
    for (size_t i = evaluation->practice_first[practice]; i < evaluation->practice_first[practice + 1]; i++) {
        const struct evaluated *row = &evaluation->rows[i];
        const bool advice = (row->flags & EVALUATED_ADVICE) != 0;
        own->rows[row->scheme]++;
        own->referrals[row->scheme] += !advice;
        if (row->scheme == SCHEME_UNKNOWN)
            continue;
        const size_t key = survey_key(survey, row);
        own->occurs[key / SURVEY_WORDS_BITS] |= UINT64_C(1) << (key % SURVEY_WORDS_BITS);
        if (!advice)
            count_values(survey, row, own->values + row->scheme * surveying->value_count);
    }
}

static void merge(struct survey *survey, struct worker_survey *own, size_t value_count)
{
    for (size_t i = 0; i <= SCHEME_COUNT; i++) {
        survey->rows[i] += own->rows[i];
        survey->referrals[i] += own->referrals[i];
    }
    for (size_t i = 0; i < survey->word_count; i++)
        survey->occurs[i] |= own->occurs[i];
    for (size_t i = 0; i < SCHEME_COUNT * value_count; i++)
        survey->values[i] += own->values[i];
    memory_free(own->occurs);
    memory_free(own->values);
}

static void survey_rows(struct survey *survey, size_t worker_count)
{
    const size_t value_count = survey->variable_first[SURVEY_VARIABLES];
    struct surveying surveying = {survey, memory_allocate_zeroed(worker_count, sizeof *surveying.workers), value_count};
    for (size_t i = 0; i < worker_count; i++) {
        struct worker_survey *own = &surveying.workers[i];
        own->occurs = memory_allocate_zeroed(survey->word_count, sizeof *own->occurs);
        own->values = memory_allocate_zeroed(SCHEME_COUNT * value_count, sizeof *own->values);
    }
    worker_run(worker_count, survey->evaluation->practice_count, survey_practice, &surveying);
    for (size_t i = 0; i < worker_count; i++)
        merge(survey, &surveying.workers[i], value_count);
    memory_free(surveying.workers);
}

static void number_strata(struct survey *survey)
{
    survey->rank = memory_resize(NULL, survey->word_count, sizeof *survey->rank);
    for (size_t i = 0; i < survey->word_count; i++) {
        survey->rank[i] = (uint32_t)survey->stratum_count;
        survey->stratum_count += (size_t)__builtin_popcountll(survey->occurs[i]);
    }
}

/* The strata are in the order of their keys, and these in that of specialty, priority and age band. */
static void find_kinds(struct survey *survey)
{
    survey->kind_first = memory_allocate_zeroed(survey->stratum_count + 1, sizeof *survey->kind_first);
    size_t stratum = 0, last = SIZE_MAX;
    for (size_t key = 0; stratum < survey->stratum_count; key++) {
        if (!(survey->occurs[key / SURVEY_WORDS_BITS] >> (key % SURVEY_WORDS_BITS) & 1))
            continue;
        if (key / survey->ages != last)
            survey->kind_first[survey->kind_count++] = stratum;
        last = key / survey->ages;
        stratum++;
    }
    survey->kind_first[survey->kind_count] = survey->stratum_count;
}

static void find_blocks(struct survey *survey)
{
    const struct evaluation *evaluation = survey->evaluation;
    survey->block_first =
        memory_allocate_zeroed(evaluation->count / SURVEY_BLOCK_ROWS + 2, sizeof *survey->block_first);
    for (size_t practice = 0, first = 0; practice < evaluation->practice_count; practice++) {
        const size_t end = evaluation->practice_first[practice + 1];
        if (end - first < SURVEY_BLOCK_ROWS && practice + 1 < evaluation->practice_count)
            continue;
        survey->block_first[++survey->block_count] = practice + 1;
        first = end;
    }
}

static size_t first_row(const struct survey *survey, size_t block)
{
    return survey->evaluation->practice_first[survey->block_first[block]];
}

struct sorting {
    struct survey *survey;
    uint32_t *cells; /* by row; CELL_NONE where the scheme is not known */
};
#define CELL_NONE UINT32_MAX

static void find_cells(void *context, size_t block, size_t worker)
{
    (void)worker;
    const struct sorting *sorting = context;
    const struct survey *survey = sorting->survey;
    uint32_t *counts = survey->block_end + block * survey->cell_count;
    for (size_t i = first_row(survey, block); i < first_row(survey, block + 1); i++) {
        const struct evaluated *row = &survey->evaluation->rows[i];
        sorting->cells[i] = CELL_NONE;
        if (row->scheme == SCHEME_UNKNOWN)
            continue;
        sorting->cells[i] = (uint32_t)survey_cell(survey_stratum(survey, row), row->scheme);
        counts[sorting->cells[i]]++;
    }
}

/* Turns the blocks' counts into the places where their rows begin. */
static void place_rows(struct survey *survey)
{
    uint32_t place = 0;
    for (size_t cell = 0; cell < survey->cell_count; cell++) {
        survey->cell_first[cell] = place;
        for (size_t block = 0; block < survey->block_count; block++) {
            uint32_t *entry = &survey->block_end[block * survey->cell_count + cell];
            const uint32_t count = *entry;
            *entry = place;
            place += count;
        }
    }
    survey->cell_first[survey->cell_count] = place;
}

static void put_rows(void *context, size_t block, size_t worker)
{
    (void)worker;
    const struct sorting *sorting = context;
    const struct survey *survey = sorting->survey;
    uint32_t *places = survey->block_end + block * survey->cell_count;
    for (size_t i = first_row(survey, block); i < first_row(survey, block + 1); i++) {
        if (sorting->cells[i] != CELL_NONE)
            survey->order[places[sorting->cells[i]]++] = (uint32_t)i;
    }
}

/* A counting sort, in which each block has places of its own. */
static void sort_rows(struct survey *survey, size_t worker_count)
{
    const size_t bytes = survey->evaluation->count * sizeof(uint32_t);
    struct sorting sorting = {survey, memory_reserve_for_random_access(bytes)};
    find_blocks(survey);
    survey->cell_count = survey->stratum_count * SCHEME_COUNT;
    survey->order = memory_reserve_for_random_access(bytes);
    survey->cell_first = memory_resize(NULL, survey->cell_count + 1, sizeof *survey->cell_first);
    survey->block_end = memory_allocate_zeroed(survey->block_count * survey->cell_count, sizeof *survey->block_end);
    worker_run(worker_count, survey->block_count, find_cells, &sorting);
    place_rows(survey);
    worker_run(worker_count, survey->block_count, put_rows, &sorting);
    memory_release_reserved(sorting.cells, bytes);
}

struct survey *survey_new(const struct evaluation *evaluation, size_t worker_count)
{
    struct survey *survey = memory_allocate_zeroed(1, sizeof *survey);
    const size_t sizes[SURVEY_VARIABLES] = {
        evaluation->specialty_count, PRIORITY_COUNT, cohort_age_bands(evaluation->cohort)->count + 1,
        EVALUATED_SEXES_MAX + 1,     SURVEY_DECILES, evaluation->period_count};
    survey->evaluation = evaluation;
    survey->ages = sizes[2];
    for (size_t i = 0; i < SURVEY_VARIABLES; i++)
        survey->variable_first[i + 1] = survey->variable_first[i] + sizes[i];
    const size_t keys = evaluation->specialty_count * PRIORITY_COUNT * survey->ages;
    survey->word_count = keys / SURVEY_WORDS_BITS + 1;
    survey->occurs = memory_allocate_zeroed(survey->word_count, sizeof *survey->occurs);
    survey->values =
        memory_allocate_zeroed(SCHEME_COUNT * survey->variable_first[SURVEY_VARIABLES], sizeof *survey->values);
    survey_rows(survey, worker_count);
    number_strata(survey);
    find_kinds(survey);
    sort_rows(survey, worker_count);
    return survey;
}

void survey_free(struct survey *survey)
{
    if (survey == NULL)
        return;
    memory_free(survey->occurs);
    memory_free(survey->rank);
    memory_free(survey->kind_first);
    memory_release_reserved(survey->order, survey->evaluation->count * sizeof *survey->order);
    memory_free(survey->cell_first);
    memory_free(survey->block_first);
    memory_free(survey->block_end);
    memory_free(survey->values);
    memory_free(survey);
}
