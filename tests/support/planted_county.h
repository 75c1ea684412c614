/* Counties whose truth is known: planted by synth, written as CSV, read, measured and compared like any other; and the
 * differences that were planted, to hold against those found.
 */
#ifndef REFERLENS_TESTS_SUPPORT_PLANTED_COUNTY_H
#define REFERLENS_TESTS_SUPPORT_PLANTED_COUNTY_H

#include "referlens/base/memory.h"
#include "referlens/input/input.h"
#include "referlens/measure/comparison.h"
#include "referlens/measure/comparison_survey.h"
#include "referlens/synth/county.h"
#include "referlens/synth/export.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PLANTED_PATH_SIZE = 256 };

struct planted_kind {
    enum synth_effect effect;
    size_t practices;
    int64_t referrals;
};

/* A county, written and read back. */
struct planted {
    char folder[PLANTED_PATH_SIZE];
    struct synth_county county;
    struct input input;
    struct evaluation *evaluation;
    struct report report;
    struct comparison comparison;
};

static inline void planted_stop(const struct error *error)
{
    fprintf(stderr, "planted county: %s\n", error->message);
    exit(1);
}

static inline void planted_make(struct planted *planted, const struct planted_kind *kind, uint64_t seed, size_t workers)
{
    static const char *const names[] = {"referrals.csv", "outcomes.csv", "practices.csv", "schemes.csv"};
    enum { NAMES = sizeof names / sizeof *names };
    struct synth_options options = synth_default_options();
    struct error error;
    options.folder = planted->folder;
    options.replace = true;
    options.referral_count = kind->referrals;
    options.practice_count = kind->practices;
    options.seed = seed;
    options.effect = kind->effect;
    options.worker_count = workers;
    if (!synth_export(&options, NULL, NULL, NULL, &error))
        planted_stop(&error);
    synth_county_make(&planted->county, seed, kind->practices, options.quarter_count, options.as_of, options.effect);
    char paths[NAMES][PLANTED_PATH_SIZE + 32];
    const char *files[NAMES];
    for (size_t i = 0; i < NAMES; i++) {
        (void)snprintf(paths[i], sizeof paths[i], "%s/%s", planted->folder, names[i]);
        files[i] = paths[i];
    }
    const struct input_options input = {.as_of = options.as_of, .worker_count = workers};
    if (!input_read(&planted->input, files, NAMES, &input, &error))
        planted_stop(&error);
    planted->evaluation = evaluation_prepare(planted->input.cohort, quarter_of_day(options.as_of), workers);
    planted->report = (struct report){.version = "",
                                      .as_of = options.as_of,
                                      .period = quarter_of_day(options.as_of),
                                      .audience = AUDIENCE_ANALYST,
                                      .cohort = planted->input.cohort,
                                      .evaluation = planted->evaluation};
    evaluate_aggregates(planted->evaluation, workers, &planted->report.aggregates);
    planted->comparison = comparison_of(&planted->report, SCHEME_NONE, workers);
}

static inline void planted_release(struct planted *planted)
{
    comparison_release(&planted->comparison);
    report_release(&planted->report);
    evaluation_free(planted->evaluation);
    input_release(&planted->input);
    synth_county_release(&planted->county);
}

/* The planted difference in rejection: that between the two schemes' rates, at the mix of the strata that both have (as
 * Σ of the factors of specialty and priority), and at the burden that size lays on all practices of the two together.
 */
struct planted_mix {
    double factor; /* of specialty and priority, mean over the referrals compared */
    double burden; /* of size and chance, mean over all of the two schemes */
};

static inline double planted_list_size(const struct synth_practice *practice)
{
    double sum = 0;
    for (size_t i = 0; i < SYNTH_GROUP_COUNT; i++)
        sum += (double)practice->list_sizes[i];
    return sum;
}

static inline size_t planted_specialty(const struct cohort *cohort, const struct evaluated *row)
{
    const struct text code = dictionary_text(cohort_specialties(cohort), row->specialty);
    size_t found = 0;
    while (!text_equal(code, text_of(synth_specialty_truths[found].code)))
        found++;
    return found;
}

/* How often a referral of the row's specialty and priority is rejected, beside one whose factors are all 1. */
static inline double planted_factor(const struct cohort *cohort, const struct evaluated *row)
{
    static const struct synth_scheme_truth always = {.rejected = 0.01};
    const size_t specialty = planted_specialty(cohort, row);
    switch (evaluated_priority(row)) {
    case PRIORITY_ROUTINE:
        return 100 * synth_decision_chances(&always, specialty, SYNTH_ROUTINE, 1).rejected;
    case PRIORITY_URGENT:
        return 100 * synth_decision_chances(&always, specialty, SYNTH_URGENT, 1).rejected;
    case PRIORITY_USC:
        return 100 * synth_decision_chances(&always, specialty, SYNTH_USC, 1).rejected;
    default:
        return synth_specialty_rejection(specialty);
    }
}

static inline struct planted_mix planted_mix(const struct planted *planted, uint32_t scheme)
{
    const struct evaluation *evaluation = planted->evaluation;
    const struct synth_effect_truth *effect = &synth_effect_truths[planted->county.effect];
    struct survey *survey = survey_new(evaluation, 1);
    int64_t(*counts)[SCHEME_COUNT] = memory_allocate_zeroed(survey->stratum_count, sizeof *counts);
    double factors = 0, burdens = 0, compared = 0, all = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t practice = 0; practice < evaluation->practice_count; practice++) {
            const double z = log(planted_list_size(&planted->county.practices[practice]) / 8500) / 0.5;
            for (size_t i = evaluation->practice_first[practice]; i < evaluation->practice_first[practice + 1]; i++) {
                const struct evaluated *row = &evaluation->rows[i];
                const uint8_t *ones = evaluation->standings[row->standing].ones; /* rejection_rate is measure 0 */
                if (!ones[MEMBER_HIT] && !ones[MEMBER_COUNTED])
                    continue;
                int64_t *of = counts[survey_stratum(survey, row)];
                if (pass == 0) {
                    of[row->scheme]++;
                } else if (row->scheme == scheme || row->scheme == SCHEME_NONE) {
                    const bool common = of[scheme] > 0 && of[SCHEME_NONE] > 0;
                    factors += common ? planted_factor(planted->input.cohort, row) : 0;
                    compared += common;
                    burdens += exp(effect->burden * z + effect->rejected_sigma * effect->rejected_sigma / 2);
                    all++;
                }
            }
        }
    }
    memory_free(counts);
    survey_free(survey);
    return (struct planted_mix){factors / compared, burdens / all};
}

/* NAN where the truth of the measure is not known. */
static inline double planted_truth(const struct planted *planted, const struct planted_mix *mix, uint32_t scheme,
                                   const char *measure)
{
    const struct synth_scheme_truth *own = synth_scheme_rates(planted->county.effect, (enum synth_scheme)scheme);
    const struct synth_scheme_truth *none = synth_scheme_rates(planted->county.effect, SYNTH_NONE);
    if (strcmp(measure, "rejection_rate") == 0)
        return (own->rejected - none->rejected) * mix->factor * mix->burden;
    if (strcmp(measure, "rejected_without_dialogue") == 0)
        return none->referrer_contacted - own->referrer_contacted;
    if (strcmp(measure, "rejected_without_patient") == 0)
        return none->patient_consulted - own->patient_consulted;
    return NAN;
}

#endif
