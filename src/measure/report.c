#include "referlens/measure/report.h"

#include "referlens/base/memory.h"
#include "referlens/base/worker.h"
#include "referlens/measure/lost_rows.h"
#include "referlens/measure/reasons.h"
#include "referlens/measure/slices.h"

#include <math.h>

/* Practices are evaluated this many at a time, so that what waits to be joined stays small. */
enum { PRACTICES_AT_ONCE = 256 };

bool report_is_exact(const struct report *report, bool own)
{
    return report->audience == AUDIENCE_ANALYST || (own && report->audience == AUDIENCE_PRACTICE);
}

bool report_period_is_empty(const struct report *report)
{
    struct slice slice = slice_all();
    const bool any = result_list_find(&report->aggregates, slice, 0) != NULL;
    slice.period = report->period;
    return any && report->period != PERIOD_ALL && !report->period_assumed &&
           result_list_find(&report->aggregates, slice, 0) == NULL;
}

/* Marks and masks results that were evaluated. */
static void finish_from(const struct report *report, struct result_list *results, size_t first, bool exact)
{
    for (size_t i = first; i < results->count; i++) {
        results->results[i].is_untrusted = !report_is_trusted(report, results->results[i].measure);
        disclosure_apply(&results->results[i], exact);
    }
}

struct practices_evaluation {
    const struct report *report;
    struct practice_tallies *tallies;
    uint32_t first; /* practice of the first task */
    struct result_list lists[PRACTICES_AT_ONCE];
};

static void evaluate_one(void *context, size_t task, size_t worker)
{
    struct practices_evaluation *all = context;
    evaluate_practice_with(&all->tallies[worker], all->report->evaluation, all->first + (uint32_t)task, PRACTICE_BRIEF,
                           &all->lists[task]);
    finish_from(all->report, &all->lists[task], 0, report_is_exact(all->report, false));
}

static void evaluate_practices(struct report *report, size_t worker_count)
{
    const size_t count = cohort_practices(report->cohort)->count;
    struct practices_evaluation *all = memory_allocate_zeroed(1, sizeof *all);
    all->report = report;
    all->tallies = memory_allocate_zeroed(worker_count, sizeof *all->tallies);
    for (size_t i = 0; i < worker_count; i++)
        all->tallies[i] = practice_tallies_new(report->evaluation);
    for (size_t first = 0; first < count; first += PRACTICES_AT_ONCE) {
        const size_t batch = count - first < PRACTICES_AT_ONCE ? count - first : PRACTICES_AT_ONCE;
        all->first = (uint32_t)first;
        worker_run(worker_count, batch, evaluate_one, all);
        for (size_t i = 0; i < batch; i++)
            result_list_append(&report->practices, &all->lists[i]);
    }
    for (size_t i = 0; i < worker_count; i++)
        practice_tallies_free(&all->tallies[i]);
    memory_free(all->tallies);
    memory_free(all);
}

static struct unlisted_practices find_unlisted(const struct report *report)
{
    const struct evaluation *evaluation = report->evaluation;
    size_t row_count;
    const struct practice_row *rows = cohort_practice_rows(report->cohort, &row_count);
    struct unlisted_practices unlisted = {.listed = row_count > 0};
    bool *named = memory_allocate_zeroed(report_practice_count(report) + 1, sizeof *named);
    for (size_t i = 0; i < row_count; i++)
        named[rows[i].practice] = true;
    for (size_t practice = 0; unlisted.listed && practice < evaluation->practice_count; practice++) {
        const size_t count = evaluation->practice_first[practice + 1] - evaluation->practice_first[practice];
        if (named[practice] || count == 0)
            continue;
        unlisted.practices++;
        unlisted.referrals += (double)count;
    }
    memory_free(named);
    if (!report_is_exact(report, false))
        unlisted.referrals = disclosure_count(unlisted.referrals);
    return unlisted;
}

static struct early_requests find_early(const struct report *report)
{
    const struct observed_window window = report->evaluation->window;
    const double count = (double)window.requests_before;
    return (struct early_requests){window.first, report_is_exact(report, false) ? count : disclosure_count(count)};
}

static bool is_of_one_practice(const struct evaluation *evaluation)
{
    size_t referring = 0;
    for (size_t practice = 0; practice < evaluation->practice_count; practice++)
        referring += evaluation->practice_first[practice + 1] > evaluation->practice_first[practice];
    return referring == 1;
}

static void find_late_quarters(struct report *report)
{
    const struct evaluation *evaluation = report->evaluation;
    size_t capacity = 0;
    for (size_t i = 0; i < evaluation->period_count; i++) {
        const quarter period = evaluation->first_period + (quarter)i;
        const day first = person_years_observed(evaluation->person_years, period).first;
        if (first == quarter_first_day(period))
            continue;
        report->late_quarters = memory_grow(report->late_quarters, &capacity, report->late_quarter_count + 1,
                                            sizeof *report->late_quarters);
        report->late_quarters[report->late_quarter_count++] = (struct late_quarter){period, first};
    }
}

void report_evaluate_aggregates(struct report *report, size_t worker_count)
{
    if (!report_is_exact(report, false))
        evaluation_mask(report->evaluation);
    report->untrusted = lost_rows_untrusted(report);
    report->unlisted = find_unlisted(report);
    report->of_one_practice = is_of_one_practice(report->evaluation);
    find_late_quarters(report);
    report->early = find_early(report);
    report->list_banding = person_years_bands(report->evaluation->person_years)->banding;
    report->finer_bands_given = person_years_bands(report->evaluation->person_years)->finer_given;
    evaluate_aggregates(report->evaluation, worker_count, &report->aggregates);
    finish_from(report, &report->aggregates, 0, report_is_exact(report, false));
}

void report_evaluate(struct report *report, size_t worker_count)
{
    report_evaluate_aggregates(report, worker_count);
    evaluate_practices(report, worker_count);
}

void report_release(struct report *report)
{
    if (report == NULL)
        return;
    result_list_release(&report->aggregates);
    result_list_release(&report->practices);
    memory_free(report->late_quarters);
    report->late_quarters = NULL;
    report->late_quarter_count = 0;
}

void report_practice(const struct report *report, uint32_t practice, bool own, struct result_list *results)
{
    const size_t first = results->count;
    evaluate_practice(report->evaluation, practice, results);
    finish_from(report, results, first, report_is_exact(report, own));
}

struct curve report_curve(const struct report *report, struct slice slice, const char *measure, bool own)
{
    struct curve curve = evaluate_curve(report->evaluation, slice, (uint16_t)measure_index(measure));
    disclosure_apply_curve(&curve, report_is_exact(report, own));
    return curve;
}

enum { HIDDEN = -1 }; /* a count that is not shown; sorts behind all that are */

/* Their order is that of what is shown: by the exact counts it would tell which of two is larger. */
static void mask_reasons(struct reason_count *counts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const double shown = disclosure_count((double)counts[i].count);
        counts[i].count = isnan(shown) ? HIDDEN : (int64_t)shown;
    }
    reasons_sort(counts, count);
}

size_t report_reasons(const struct report *report, uint32_t practice, bool own, struct report_reason *reasons,
                      size_t room)
{
    const struct dictionary *texts = cohort_reasons(report->cohort);
    struct reason_count *counts = memory_resize(NULL, texts->count + 1, sizeof *counts);
    const size_t count = evaluate_reasons(report->evaluation, practice, counts);
    const size_t filled = count < room ? count : room;
    if (!report_is_exact(report, own))
        mask_reasons(counts, count);
    for (size_t i = 0; i < filled; i++) {
        reasons[i].reason =
            counts[i].reason == DICTIONARY_NONE ? (struct text){0} : dictionary_text(texts, counts[i].reason);
        reasons[i].count = counts[i].count == HIDDEN ? NAN : (double)counts[i].count;
    }
    memory_free(counts);
    return filled;
}

struct curve report_bounced_curve(const struct report *report, uint32_t practice, bool own)
{
    struct curve curve = evaluate_bounced_curve(report->evaluation, practice);
    disclosure_apply_curve(&curve, report_is_exact(report, own));
    return curve;
}

struct text report_practice_code(const struct report *report, uint32_t practice)
{
    return practice == SLICE_ALL ? (struct text){0} : dictionary_text(cohort_practices(report->cohort), practice);
}

struct text report_practice_name(const struct report *report, uint32_t practice)
{
    return practice == SLICE_ALL ? (struct text){0} : cohort_practice_name(report->cohort, practice);
}

struct text report_specialty_code(const struct report *report, uint32_t specialty)
{
    return specialty == SLICE_ALL ? (struct text){0} : dictionary_text(cohort_specialties(report->cohort), specialty);
}

bool report_quarters(const struct report *report, quarter *first, quarter *last)
{
    const struct evaluation *evaluation = report->evaluation;
    if (evaluation->period_count == 0)
        return false;
    *first = evaluation->first_period;
    *last = evaluation->first_period + (quarter)evaluation->period_count - 1;
    return true;
}

struct text report_scheme_word(uint32_t scheme)
{
    return scheme < SCHEME_COUNT ? text_of(scheme_names[scheme]) : (struct text){0};
}

struct text report_scheme_title(uint32_t scheme)
{
    return scheme < SCHEME_COUNT ? text_of(scheme_titles[scheme]) : (struct text){0};
}

struct text report_practice_locality(const struct report *report, uint32_t practice)
{
    return practice == SLICE_ALL ? (struct text){0} : cohort_practice_locality(report->cohort, practice);
}

struct text report_specialty_title(const struct report *report, uint32_t specialty)
{
    return specialty_title(report_specialty_code(report, specialty));
}

size_t report_practice_count(const struct report *report)
{
    return cohort_practices(report->cohort)->count;
}

size_t report_specialty_count(const struct report *report)
{
    return cohort_specialties(report->cohort)->count;
}
