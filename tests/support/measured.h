/* Measures CSV texts that stand in a test. Use it within a scratch folder. */
#ifndef REFERLENS_TESTS_SUPPORT_MEASURED_H
#define REFERLENS_TESTS_SUPPORT_MEASURED_H

#include "from_csv.h"
#include "referlens/measure/evaluation.h"
#include "referlens/measure/measure.h"

struct measured {
    struct input input;
    struct evaluation *evaluation;
};

/* `period` as "2024-Q1". */
static inline struct measured measured_from(const char *referrals, const char *outcomes, const char *other,
                                            const char *as_of, const char *period, size_t workers)
{
    struct measured measured = {.input = from_csv(referrals, outcomes, other, as_of)};
    quarter own = 0;
    if (period != NULL && !quarter_parse(text_of(period), &own))
        abort();
    measured.evaluation = evaluation_prepare(measured.input.cohort, own, workers);
    return measured;
}

static inline void measured_release(struct measured *measured)
{
    evaluation_free(measured->evaluation);
    input_release(&measured->input);
}

/* A slice by its words; NULL: all. */
static inline struct slice measured_slice(const struct measured *measured, const char *practice, const char *specialty,
                                          const char *scheme, const char *period)
{
    struct slice slice = slice_all();
    const struct cohort *cohort = measured->input.cohort;
    if (practice != NULL)
        slice.practice = dictionary_find(cohort_practices(cohort), text_of(practice));
    if (specialty != NULL)
        slice.specialty = dictionary_find(cohort_specialties(cohort), text_of(specialty));
    if (scheme != NULL)
        slice.scheme = (uint32_t)vocabulary_find(scheme_names, SCHEME_COUNT, text_of(scheme));
    if (period != NULL && !quarter_parse(text_of(period), &slice.period))
        abort();
    return slice;
}

/* The result of a measure in a slice of the list, or NULL. */
static inline const struct result *measured_find(const struct result_list *list, struct slice slice,
                                                 const char *measure)
{
    const size_t index = measure_index(measure);
    if (index == measure_count)
        abort();
    return result_list_find(list, slice, (uint16_t)index);
}

#endif
