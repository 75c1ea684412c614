/* A report made by hand, for tests of the outputs: any number of practices, specialties and quarters, with numbers that
 * look like those of a real one and follow from nothing but their place.
 *
 * The functions of measure/report.h are defined here in place of the library's, so that no cohort is needed. Include
 * it in one file of a program only.
 */
#ifndef REFERLENS_TESTS_SUPPORT_HAND_MADE_REPORT_H
#define REFERLENS_TESTS_SUPPORT_HAND_MADE_REPORT_H

#include "referlens/base/memory.h"
#include "referlens/measure/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HAND_MADE_TEXT_SIZE = 64, HAND_MADE_SCHEMES = 3 };

static struct {
    size_t practice_count, specialty_count;
    quarter first, last;
    char (*practice_codes)[HAND_MADE_TEXT_SIZE];
    char (*practice_names)[HAND_MADE_TEXT_SIZE];
    char (*specialty_codes)[HAND_MADE_TEXT_SIZE];
} hand_made;

/* A mixing of bits with a good spread (the finaliser of splitmix64). */
static inline uint64_t hand_made_bits(uint64_t seed)
{
    seed += UINT64_C(0x9E3779B97F4A7C15);
    seed = (seed ^ (seed >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    seed = (seed ^ (seed >> 27)) * UINT64_C(0x94D049BB133111EB);
    return seed ^ (seed >> 31);
}

/* In 0–1. */
static inline double hand_made_share(uint64_t seed)
{
    return (double)(hand_made_bits(seed) >> 11) * 0x1p-53;
}

static inline void hand_made_fill_proportion(struct result *result, uint64_t seed)
{
    result->denominator = floor(hand_made_share(seed + 1) * 2000) + 8;
    result->numerator = floor(hand_made_share(seed + 2) * result->denominator);
    result->value = result->numerator / result->denominator;
    result->lower = result->value * 0.9;
    result->upper = result->value + (1 - result->value) * 0.1;
}

static inline void hand_made_fill_delay(struct result *result, uint64_t seed)
{
    result->n = floor(hand_made_share(seed + 1) * 2000) + 8;
    result->events = floor(hand_made_share(seed + 2) * result->n);
    result->competing = floor(hand_made_share(seed + 3) * (result->n - result->events));
    result->censored = result->n - result->events - result->competing;
    result->completed_median = floor(hand_made_share(seed + 4) * 200) / 2;
    result->completed_p90 = result->completed_median + hand_made_share(seed + 5) * 50;
    if (measure_table[result->measure].completed_only)
        return;
    result->median = floor(hand_made_share(seed + 6) * 150);
    result->median_lower = floor(result->median * 0.9);
    if (hand_made_bits(seed + 7) % 3 != 0)
        result->median_upper = ceil(result->median * 1.1); /* otherwise never reached */
    for (int i = 0; i < HORIZON_COUNT - (int)(hand_made_bits(seed + 8) % 3); i++) {
        double value = 1 - exp(-horizon_days[i] / (result->median + 1));
        result->within[i] = (struct incidence){value, value * 0.95, value + (1 - value) * 0.05};
    }
}

/* Adds a result; some have a status that leaves them without numbers. */
static inline void hand_made_add(struct result_list *list, struct slice slice, size_t measure)
{
    uint64_t seed = slice.practice * UINT64_C(1000003) + slice.specialty * UINT64_C(10007) +
                    slice.scheme * UINT64_C(101) + (uint64_t)slice.period * 31 + measure;
    seed = hand_made_bits(seed) & ~UINT64_C(15);
    struct result *result = result_list_add(list, slice, (uint16_t)measure);
    switch (hand_made_bits(seed) % 10) {
    case 0:
        result->status = RESULT_SUPPRESSED;
        return;
    case 1:
        result->status = RESULT_INSUFFICIENT;
        result->excluded = (struct exclusions){5, 10, 0};
        return;
    case 2:
        result->status = RESULT_NOT_RECORDED;
        return;
    default:
        result->status = RESULT_OK;
    }
    result->excluded = (struct exclusions){(double)(seed % 17), (double)(seed % 101), NAN};
    if (measure_table[measure].kind == MEASURE_DELAY)
        hand_made_fill_delay(result, seed);
    else
        hand_made_fill_proportion(result, seed);
}

/* Every measure of the slice: overall, by every quarter (`periods`), or also for the one quarter given. */
static inline void hand_made_add_slice(struct result_list *list, struct slice slice, bool periods, quarter only)
{
    for (size_t measure = 0; measure < measure_count; measure++) {
        slice.period = PERIOD_ALL;
        hand_made_add(list, slice, measure);
        for (quarter at = hand_made.first; at <= hand_made.last; at++) {
            slice.period = at;
            if (periods || at == only)
                hand_made_add(list, slice, measure);
        }
    }
}

/* The caller releases it with hand_made_release. Codes come in the order of their bytes. */
static inline struct report hand_made_report(size_t practices, size_t specialties, int quarters)
{
    struct report report = {.version = "1.2.3", .as_of_assumed = true, .audience = AUDIENCE_SHARED};
    day_from_date(2025, 7, 31, &report.as_of);
    quarter_parse(TEXT("2025-Q2"), &report.period);
    hand_made.practice_count = practices;
    hand_made.specialty_count = specialties;
    hand_made.last = report.period;
    hand_made.first = report.period - quarters + 1;
    report.early.before = quarter_first_day(hand_made.first);
    hand_made.practice_codes = memory_allocate_zeroed(practices + 1, HAND_MADE_TEXT_SIZE);
    hand_made.practice_names = memory_allocate_zeroed(practices + 1, HAND_MADE_TEXT_SIZE);
    hand_made.specialty_codes = memory_allocate_zeroed(specialties + 1, HAND_MADE_TEXT_SIZE);
    for (size_t i = 0; i < practices; i++) {
        snprintf(hand_made.practice_codes[i], HAND_MADE_TEXT_SIZE, "A%05zu", i);
        snprintf(hand_made.practice_names[i], HAND_MADE_TEXT_SIZE, "Dr \"%zu\" & Soeurs, Besan\xC3\xA7on", i);
    }
    for (size_t i = 0; i < specialties; i++)
        snprintf(hand_made.specialty_codes[i], HAND_MADE_TEXT_SIZE, "%zu", 100 + i);
    for (uint32_t scheme = 0; scheme <= HAND_MADE_SCHEMES; scheme++)
        for (uint32_t specialty = 0; specialty <= specialties; specialty++) {
            struct slice slice = slice_all();
            slice.scheme = scheme == 0 ? SLICE_ALL : scheme - 1;
            slice.specialty = specialty == 0 ? SLICE_ALL : specialty - 1;
            hand_made_add_slice(&report.aggregates, slice, true, 0);
        }
    for (uint32_t practice = 0; practice < practices; practice++) {
        struct slice slice = slice_all();
        slice.practice = practice;
        hand_made_add_slice(&report.practices, slice, false, report.period);
    }
    return report;
}

static inline void hand_made_release(struct report *report)
{
    result_list_release(&report->aggregates);
    result_list_release(&report->practices);
    memory_free(hand_made.practice_codes);
    memory_free(hand_made.practice_names);
    memory_free(hand_made.specialty_codes);
}

void report_practice(const struct report *report, uint32_t practice, bool own, struct result_list *results)
{
    (void)own;
    struct slice slice = slice_all();
    slice.practice = practice;
    hand_made_add_slice(results, slice, true, 0);
    for (uint32_t specialty = 0; specialty < hand_made.specialty_count; specialty++) {
        slice.specialty = specialty;
        hand_made_add_slice(results, slice, false, report->period);
    }
}

struct text report_practice_code(const struct report *report, uint32_t practice)
{
    (void)report;
    return practice == SLICE_ALL ? TEXT("") : text_of(hand_made.practice_codes[practice]);
}

struct text report_practice_name(const struct report *report, uint32_t practice)
{
    (void)report;
    return practice == SLICE_ALL ? TEXT("") : text_of(hand_made.practice_names[practice]);
}

struct text report_practice_locality(const struct report *report, uint32_t practice)
{
    (void)report;
    return practice % 2 == 0 ? TEXT("") : TEXT("North");
}

struct text report_specialty_code(const struct report *report, uint32_t specialty)
{
    (void)report;
    return specialty == SLICE_ALL ? TEXT("") : text_of(hand_made.specialty_codes[specialty]);
}

struct text report_specialty_title(const struct report *report, uint32_t specialty)
{
    (void)report;
    return specialty == 0 ? TEXT("General surgery") : report_specialty_code(report, specialty);
}

struct text report_scheme_word(uint32_t scheme)
{
    static const char *const words[] = {"none", "rmc", "specialist_advice"};
    return scheme == SLICE_ALL ? TEXT("") : text_of(words[scheme]);
}

bool report_quarters(const struct report *report, quarter *first, quarter *last)
{
    (void)report;
    *first = hand_made.first;
    *last = hand_made.last;
    return hand_made.first <= hand_made.last;
}

size_t report_practice_count(const struct report *report)
{
    (void)report;
    return hand_made.practice_count;
}

size_t report_specialty_count(const struct report *report)
{
    (void)report;
    return hand_made.specialty_count;
}

#endif
