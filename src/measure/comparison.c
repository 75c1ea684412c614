#include "referlens/measure/comparison.h"

#include "referlens/base/memory.h"
#include "referlens/base/worker.h"
#include "referlens/measure/comparison_balance.h"
#include "referlens/measure/comparison_fill.h"
#include "referlens/measure/comparison_mask.h"
#include "referlens/measure/comparison_rate.h"
#include "referlens/measure/list_size.h"
#include "referlens/measure/lost_rows.h"

#include <math.h>
#include <string.h>

const char *comparison_variable_name(enum comparison_variable variable)
{
    static const char *const names[COMPARISON_VARIABLE_COUNT] = {"specialty",  "priority", "age_band", "sex",
                                                                 "imd_decile", "quarter",  "list_size"};
    return names[variable];
}

const char *comparison_caution_name(enum comparison_caution_kind kind)
{
    static const char *const names[CAUTION_KIND_COUNT] = {
        [CAUTION_OBSERVATIONAL] = "observational",       [CAUTION_FEW_PRACTICES] = "few_practices",
        [CAUTION_UNKNOWN_SCHEME] = "unknown_scheme",     [CAUTION_LEFT_OUT] = "left_out",
        [CAUTION_SIGN_CHANGE] = "sign_change",           [CAUTION_IMBALANCE] = "imbalance",
        [CAUTION_SIZE_UNKNOWN] = "size_unknown",         [CAUTION_SIZE_TIED] = "size_tied",
        [CAUTION_SHARED_PRACTICES] = "shared_practices", [CAUTION_DIFFERENT_TIMES] = "different_times"};
    return names[kind];
}

/* What the making of a comparison carries along. */
struct making {
    const struct report *report;
    struct comparison *comparison;
    const struct survey *survey;
    const struct comparison_tally *tally;
    const struct comparison_rate *rates;
    const double *sizes;
    size_t balance_capacity, caution_capacity;
    size_t workers;
    bool exact;
};

static void caution(struct making *making, enum comparison_caution_kind kind, uint32_t scheme, double number)
{
    struct comparison *comparison = making->comparison;
    comparison->cautions = memory_grow(comparison->cautions, &making->caution_capacity, comparison->caution_count + 1,
                                       sizeof *comparison->cautions);
    comparison->cautions[comparison->caution_count++] =
        (struct comparison_caution){kind, scheme, number, measure_count};
}

/* `none` where it has data, else the scheme with most referrals; SCHEME_COUNT where fewer than two have any. */
static uint32_t choose_reference(const struct survey *survey, uint32_t asked)
{
    uint32_t largest = 0;
    size_t with_data = 0;
    for (uint32_t scheme = 0; scheme < SCHEME_COUNT; scheme++) {
        with_data += survey->rows[scheme] > 0;
        largest = survey->referrals[scheme] > survey->referrals[largest] ? scheme : largest;
    }
    if (with_data < 2 || (asked < SCHEME_COUNT && survey->rows[asked] == 0))
        return SCHEME_COUNT;
    if (asked < SCHEME_COUNT)
        return asked;
    return survey->rows[SCHEME_NONE] > 0 ? (uint32_t)SCHEME_NONE : largest;
}

struct filling {
    const struct making *making;
    const struct comparison_pair *pair;
    struct comparison_outcome *outcomes; /* of the scheme */
    struct comparison_wait *waits;
    size_t proportion_count;
};

/* A proportion or a wait a task; in the order of denominators, so that both lists keep that of measure_table. */
static void fill_task(void *context, size_t task, size_t worker)
{
    (void)worker;
    const struct filling *filling = context;
    const struct making *making = filling->making;
    if (task < filling->proportion_count) {
        struct comparison_outcome *outcome = &filling->outcomes[task];
        *outcome = comparison_fill_outcome(making->report, filling->pair, task);
        comparison_finish_outcome(outcome, making->exact);
    } else {
        struct comparison_wait *wait = &filling->waits[task - filling->proportion_count];
        *wait = comparison_fill_wait(making->report, filling->pair, task);
        comparison_finish_wait(wait, making->exact);
    }
}

/* Returns whether practices can be compared at the same size: enough of them on each side, all of known size. */
static bool caution_of_practices(struct making *making, const struct comparison_pair *pair)
{
    bool sized = true;
    double on[COMPARISON_SIDES] = {0, 0}, shared = 0, unsized = 0;
    for (size_t i = 0; i < making->survey->evaluation->practice_count; i++) {
        const bool own = comparison_part(pair, i, COMPARISON_OWN)->rows > 0;
        const bool reference = comparison_part(pair, i, COMPARISON_REFERENCE)->rows > 0;
        on[COMPARISON_OWN] += own;
        on[COMPARISON_REFERENCE] += reference;
        shared += own && reference;
        unsized += (own || reference) && isnan(making->sizes[i]);
    }
    const uint32_t scheme = pair->schemes[COMPARISON_OWN];
    for (size_t side = 0; side < COMPARISON_SIDES; side++) {
        if (on[side] < COMPARISON_PRACTICES_MIN) {
            caution(making, CAUTION_FEW_PRACTICES, pair->schemes[side], on[side]);
            sized = false;
        }
    }
    if (shared > 0)
        caution(making, CAUTION_SHARED_PRACTICES, scheme, shared);
    if (unsized > 0)
        caution(making, CAUTION_SIZE_UNKNOWN, scheme, unsized);
    return sized && unsized == 0;
}

/* Whether every difference with an interval is that of practices of one size. */
static bool is_size_used(const struct filling *filling, size_t outcome_count, size_t wait_count)
{
    for (size_t i = 0; i < outcome_count; i++) {
        if (!isnan(filling->outcomes[i].difference.lower) && !filling->outcomes[i].at_one_size)
            return false;
    }
    for (size_t i = 0; i < wait_count * COMPARISON_HORIZONS; i++) {
        const struct comparison_horizon *horizon =
            &filling->waits[i / COMPARISON_HORIZONS].within[i % COMPARISON_HORIZONS];
        if (!isnan(horizon->mean_difference.lower) && !horizon->at_one_size)
            return false;
    }
    return true;
}

/* The largest share of a side's referrals that lie in strata of one side, and the measure in which they do. */
struct share_left_out {
    double share;
    size_t measure;
};

static void take_left_out(struct share_left_out *largest, size_t measure, const struct comparison_left_out *left_out,
                          const struct comparison_side *own, const struct comparison_side *reference)
{
    const double shares[COMPARISON_SIDES] = {left_out->referrals / own->denominator,
                                             left_out->reference_referrals / reference->denominator};
    for (size_t side = 0; side < COMPARISON_SIDES; side++) {
        if (shares[side] > largest->share) /* false where it is not shown */
            *largest = (struct share_left_out){fmin(shares[side], 1), measure};
    }
}

/* What the numbers of a scheme call for. */
static void caution_of_numbers(struct making *making, uint32_t scheme, const struct filling *filling,
                               size_t outcome_count, size_t wait_count)
{
    double changes = 0;
    struct share_left_out left_out = {COMPARISON_LEFT_OUT_MAX, measure_count};
    for (size_t i = 0; i < outcome_count; i++) {
        const struct comparison_outcome *outcome = &filling->outcomes[i];
        changes += outcome->sign_change;
        if (outcome->status == RESULT_OK)
            take_left_out(&left_out, outcome->measure, &outcome->left_out, &outcome->own, &outcome->reference);
    }
    for (size_t i = 0; i < wait_count; i++) {
        const struct comparison_wait *wait = &filling->waits[i];
        bool changed = false;
        for (size_t h = 0; h < COMPARISON_HORIZONS; h++)
            changed = changed || wait->within[h].sign_change;
        changes += changed;
        for (size_t h = 0; h < COMPARISON_HORIZONS && wait->status == RESULT_OK; h++) {
            if (!isnan(wait->within[h].mean_difference.value))
                take_left_out(&left_out, wait->measure, &wait->within[h].left_out, &wait->own, &wait->reference);
        }
    }
    if (changes > 0)
        caution(making, CAUTION_SIGN_CHANGE, scheme, changes);
    if (left_out.measure < measure_count) {
        caution(making, CAUTION_LEFT_OUT, scheme, left_out.share);
        making->comparison->cautions[making->comparison->caution_count - 1].measure = left_out.measure;
    }
}

/* `first` is where the scheme's balance rows begin. */
static void caution_of_balance(struct making *making, uint32_t scheme, size_t first, bool at_one_size)
{
    double imbalance = 0;
    for (size_t i = first; i < making->comparison->balance_count; i++) {
        const struct comparison_balance *row = &making->comparison->balance[i];
        const bool adjusted = row->variable < COMPARISON_SEX || (row->variable == COMPARISON_LIST_SIZE && at_one_size);
        if (!adjusted && row->variable != COMPARISON_QUARTER && row->label.length == 0 && fabs(row->smd) > imbalance)
            imbalance = fabs(row->smd);
    }
    if (imbalance > COMPARISON_IMBALANCE_MAX)
        caution(making, CAUTION_IMBALANCE, scheme, imbalance);
}

/* By the balance of quarters, which nothing else adjusts for. */
static void caution_of_time(struct making *making, uint32_t scheme, size_t first)
{
    double alike = 0, own = 0, reference = 0;
    for (size_t i = first; i < making->comparison->balance_count; i++) {
        const struct comparison_balance *row = &making->comparison->balance[i];
        if (row->variable != COMPARISON_QUARTER || isnan(row->own) || isnan(row->reference))
            continue;
        alike += fmin(row->own, row->reference);
        own += row->own;
        reference += row->reference;
    }
    if (own > 0 && reference > 0 && 1 - alike > COMPARISON_OTHER_QUARTER_MAX)
        caution(making, CAUTION_DIFFERENT_TIMES, scheme, fmin(1 - alike, 1));
}

static void compare_scheme(struct making *making, const struct comparison_pair *pair)
{
    struct comparison *comparison = making->comparison;
    const size_t wait_count = making->survey->evaluation->delay_count;
    const size_t proportion_count = making->tally->denominator_count - wait_count;
    const uint32_t scheme = pair->schemes[COMPARISON_OWN];
    struct filling filling = {making, pair, comparison->outcomes + comparison->outcome_count,
                              comparison->waits + comparison->wait_count, proportion_count};
    worker_run(making->workers, making->tally->denominator_count, fill_task, &filling);
    filling.outcomes[proportion_count] =
        comparison_fill_rate(making->survey->evaluation, making->rates, pair->schemes, making->sizes);
    comparison_finish_outcome(&filling.outcomes[proportion_count], making->exact);
    comparison->outcome_count += proportion_count + 1;
    comparison->wait_count += wait_count;
    const size_t first_balance = comparison->balance_count;
    comparison_add_balance(pair, making->exact, comparison, &making->balance_capacity);
    caution_of_time(making, scheme, first_balance);
    const bool sized = caution_of_practices(making, pair);
    const bool at_one_size = sized && is_size_used(&filling, proportion_count + 1, wait_count);
    if (sized && !at_one_size)
        caution(making, CAUTION_SIZE_TIED, scheme, NAN);
    caution_of_numbers(making, scheme, &filling, proportion_count + 1, wait_count);
    caution_of_balance(making, scheme, first_balance, at_one_size);
}

/* A difference of what is not to be trusted is none, and has no precision. */
static void withhold_outcome(struct comparison_outcome *outcome)
{
    static const struct estimate none = {NAN, NAN, NAN};
    outcome->status = RESULT_INSUFFICIENT;
    outcome->reason = lost_rows_reason;
    outcome->crude_difference = outcome->difference = outcome->odds_ratio = none;
    outcome->sign_change = false;
    outcome->side = 0;
}

static void withhold_wait(struct comparison_wait *wait)
{
    static const struct estimate none = {NAN, NAN, NAN};
    wait->status = RESULT_INSUFFICIENT;
    wait->reason = lost_rows_reason;
    wait->logrank_chisq = wait->logrank_p = NAN;
    for (size_t i = 0; i < COMPARISON_HORIZONS; i++) {
        wait->within[i].difference = wait->within[i].mean_difference = none;
        wait->within[i].sign_change = false;
        wait->within[i].side = wait->within[i].mean_side = 0;
    }
}

static void withhold_untrusted(const struct report *report, struct comparison *comparison)
{
    for (size_t i = 0; i < comparison->outcome_count; i++) {
        if (!report_is_trusted(report, comparison->outcomes[i].measure))
            withhold_outcome(&comparison->outcomes[i]);
    }
    for (size_t i = 0; i < comparison->wait_count; i++) {
        if (!report_is_trusted(report, comparison->waits[i].measure))
            withhold_wait(&comparison->waits[i]);
    }
}

static void compare_all(struct making *making)
{
    struct comparison *comparison = making->comparison;
    struct comparison_tally *tally = comparison_tally_new(making->survey, comparison->reference, making->workers);
    struct comparison_pair *pairs[SCHEME_COUNT];
    comparison_pairs_new(tally, comparison->schemes, making->sizes, making->workers, pairs);
    making->tally = tally;
    comparison->outcomes = memory_allocate_zeroed(SCHEME_COUNT * measure_count, sizeof *comparison->outcomes);
    comparison->waits = memory_allocate_zeroed((size_t)SCHEME_COUNT * DELAYS_MAX, sizeof *comparison->waits);
    caution(making, CAUTION_OBSERVATIONAL, SLICE_ALL, NAN);
    const double unknown = (double)making->survey->rows[SCHEME_UNKNOWN];
    if (unknown > 0)
        caution(making, CAUTION_UNKNOWN_SCHEME, SLICE_ALL, making->exact ? unknown : disclosure_count(unknown));
    for (uint32_t scheme = 0; scheme < SCHEME_COUNT; scheme++) {
        if (pairs[scheme] != NULL)
            compare_scheme(making, pairs[scheme]);
        comparison_pair_free(pairs[scheme]);
    }
    comparison_tally_free(tally);
}

static char (*quarters_of(const struct evaluation *evaluation))[QUARTER_TEXT_SIZE]
{
    char(*quarters)[QUARTER_TEXT_SIZE] = memory_allocate_zeroed(evaluation->period_count, sizeof *quarters);
    for (size_t i = 0; i < evaluation->period_count; i++)
        quarter_format(evaluation->first_period + (quarter)i, quarters[i]);
    return quarters;
}

struct comparison comparison_of(const struct report *report, uint32_t reference, size_t worker_count)
{
    struct comparison comparison = {.reference_assumed = reference >= SCHEME_COUNT};
    struct survey *survey = survey_new(report->evaluation, worker_count);
    for (size_t scheme = 0; scheme < SCHEME_COUNT; scheme++)
        comparison.schemes[scheme] = survey->rows[scheme] > 0;
    comparison.reference = choose_reference(survey, reference);
    if (comparison.reference < SCHEME_COUNT) {
        comparison.quarters = quarters_of(report->evaluation);
        double *sizes = list_sizes_of(report->cohort);
        struct comparison_rate *rates = comparison_rates_of(report->evaluation);
        struct making making = {.report = report,
                                .comparison = &comparison,
                                .survey = survey,
                                .rates = rates,
                                .sizes = sizes,
                                .workers = worker_count,
                                .exact = report->audience == AUDIENCE_ANALYST};
        compare_all(&making);
        withhold_untrusted(report, &comparison);
        memory_free(rates);
        memory_free(sizes);
    }
    survey_free(survey);
    return comparison;
}

void comparison_release(struct comparison *comparison)
{
    if (comparison == NULL)
        return;
    memory_free(comparison->outcomes);
    memory_free(comparison->waits);
    memory_free(comparison->balance);
    memory_free(comparison->quarters);
    memory_free(comparison->cautions);
    *comparison = (struct comparison){.reference = SCHEME_COUNT};
}

const struct comparison_outcome *comparison_find_outcome(const struct comparison *comparison, uint32_t scheme,
                                                         const char *measure)
{
    const size_t index = measure_index(measure);
    for (size_t i = 0; i < comparison->outcome_count; i++) {
        if (comparison->outcomes[i].scheme == scheme && comparison->outcomes[i].measure == index)
            return &comparison->outcomes[i];
    }
    return NULL;
}

const struct comparison_wait *comparison_find_wait(const struct comparison *comparison, uint32_t scheme,
                                                   const char *measure)
{
    const size_t index = measure_index(measure);
    for (size_t i = 0; i < comparison->wait_count; i++) {
        if (comparison->waits[i].scheme == scheme && comparison->waits[i].measure == index)
            return &comparison->waits[i];
    }
    return NULL;
}

const struct comparison_caution *comparison_find_caution(const struct comparison *comparison, uint32_t scheme,
                                                         enum comparison_caution_kind kind)
{
    for (size_t i = 0; i < comparison->caution_count; i++) {
        if (comparison->cautions[i].scheme == scheme && comparison->cautions[i].kind == kind)
            return &comparison->cautions[i];
    }
    return NULL;
}
