#include "referlens/stats/logrank.h"

#include "referlens/base/memory.h"
#include "referlens/stats/distribution.h"
#include "referlens/stats/linear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* By stratum, then from the last time to the first, so that the risk set only grows. */
static int compare_subjects(const void *a, const void *b)
{
    const struct logrank_subject *x = a;
    const struct logrank_subject *y = b;
    if (x->stratum != y->stratum) {
        return x->stratum < y->stratum ? -1 : 1;
    }
    return (x->time < y->time) - (x->time > y->time);
}

/* Adds one time at which `events` of the `at_risk` (by group, `total` in all) had the event. */
static void add_time(const int64_t *at_risk, int64_t total, int64_t events, size_t groups, double *expected,
                     double *covariance)
{
    double n = (double)total;
    double d = (double)events;
    double spread = total > 1 ? d * (n - d) / (n - 1) : 0;

    for (size_t i = 0; i < groups; i++) {
        double share = (double)at_risk[i] / n;
        expected[i] += d * share;
        if (at_risk[i] == 0) {
            continue;
        }
        for (size_t j = 0; j < groups; j++) {
            covariance[i * groups + j] += spread * share * ((i == j ? 1 : 0) - (double)at_risk[j] / n);
        }
    }
}

static void sum_up(const struct logrank_subject *subjects, size_t count, size_t groups, double *observed,
                   double *expected, double *covariance)
{
    int64_t *at_risk = memory_allocate_zeroed(groups, sizeof *at_risk);
    int64_t total = 0;

    for (size_t i = 0; i < count;) {
        const struct logrank_subject *first = &subjects[i];
        if (i == 0 || first->stratum != subjects[i - 1].stratum) {
            memset(at_risk, 0, groups * sizeof *at_risk);
            total = 0;
        }
        int64_t events = 0;
        for (; i < count && subjects[i].stratum == first->stratum && subjects[i].time == first->time; i++) {
            at_risk[subjects[i].group]++;
            total++;
            if (subjects[i].event) {
                events++;
                observed[subjects[i].group] += 1;
            }
        }
        if (events > 0) {
            add_time(at_risk, total, events, groups, expected, covariance);
        }
    }
    memory_free(at_risk);
}

/* (O − E)'V⁻¹(O − E) without the first group of those that expect anything: it is the others' complement. */
static double quadratic_form(const double *observed, const double *expected, const double *covariance, size_t groups,
                             size_t used)
{
    size_t size = used - 1;
    double *matrix = memory_allocate_zeroed(size * size, sizeof *matrix);
    double *excess = memory_allocate_zeroed(size, sizeof *excess);
    double *solution = memory_allocate_zeroed(size, sizeof *solution);
    size_t *kept = memory_allocate_zeroed(used, sizeof *kept);
    size_t found = 0;
    double result = NAN;

    for (size_t i = 0; i < groups; i++) {
        if (expected[i] > 0) {
            kept[found++] = i;
        }
    }
    for (size_t i = 0; i < size; i++) {
        excess[i] = observed[kept[i + 1]] - expected[kept[i + 1]];
        for (size_t j = 0; j < size; j++) {
            matrix[i * size + j] = covariance[kept[i + 1] * groups + kept[j + 1]];
        }
    }
    memcpy(solution, excess, size * sizeof *excess);
    if (linear_solve_positive(matrix, size, solution)) {
        result = 0;
        for (size_t i = 0; i < size; i++) {
            result += excess[i] * solution[i];
        }
    }
    memory_free(matrix);
    memory_free(excess);
    memory_free(solution);
    memory_free(kept);
    return result;
}

struct logrank_result logrank(struct logrank_subject *subjects, size_t count, int32_t group_count, double *observed,
                              double *expected)
{
    struct logrank_result result = {.chisq = NAN, .p = NAN};
    size_t groups = group_count > 0 ? (size_t)group_count : 0;
    size_t used = 0;

    memset(observed, 0, groups * sizeof *observed);
    memset(expected, 0, groups * sizeof *expected);
    if (count > 0) {
        double *covariance = memory_allocate_zeroed(groups * groups, sizeof *covariance);
        qsort(subjects, count, sizeof *subjects, compare_subjects);
        sum_up(subjects, count, groups, observed, expected, covariance);
        for (size_t i = 0; i < groups; i++) {
            used += expected[i] > 0 ? 1 : 0;
        }
        if (used >= 2) {
            result.chisq = quadratic_form(observed, expected, covariance, groups, used);
            result.degrees = (int32_t)used - 1;
        }
        memory_free(covariance);
    }
    if (used < 2) {
        result.reason = "fewer than two groups expect any event";
    } else if (isnan(result.chisq)) {
        result.reason = "the groups never meet at an event in one stratum";
    } else {
        result.p = chi_square_upper_tail(result.chisq, result.degrees);
    }
    return result;
}

void logrank_of_counts(const struct logrank_counts *times, size_t count, double *excess, double *variance)
{
    double at_risk[2] = {0, 0};
    *excess = *variance = 0;
    for (size_t i = count; i-- > 0;) {
        const double events[2] = {(double)times[i].events[0], (double)times[i].events[1]};
        const double ended = events[0] + events[1];
        for (size_t group = 0; group < 2; group++) {
            at_risk[group] += events[group] + (double)times[i].others[group];
        }
        const double total = at_risk[0] + at_risk[1];
        if (!(ended > 0)) {
            continue;
        }
        const double share = at_risk[0] / total;
        *excess += events[0] - ended * share;
        *variance += total > 1 ? ended * (total - ended) / (total - 1) * share * (1 - share) : 0;
    }
}
