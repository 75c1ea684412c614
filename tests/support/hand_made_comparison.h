/* A comparison made by hand, for tests of the outputs: numbers that follow from nothing. */
#ifndef REFERLENS_TESTS_SUPPORT_HAND_MADE_COMPARISON_H
#define REFERLENS_TESTS_SUPPORT_HAND_MADE_COMPARISON_H

#include "referlens/output/comparison_source.h"

#include <math.h>

struct hand_made_comparison {
    struct report report;
    struct comparison comparison;
    struct comparison_changes changes;
    struct comparison_costs costs;
    struct comparison_source source;
    struct comparison_outcome outcomes[3];
    struct comparison_wait waits[1];
    struct comparison_balance balance[2];
    struct comparison_caution cautions[3];
    struct change switches[1], sessions[1];
    struct change_point points[3];
    struct comparison_cost cost_rows[2];
};

static inline struct change hand_made_change(struct hand_made_comparison *made, const char *measure)
{
    return (struct change){.outcome = {measure, 0},
                           .measure = measure_index(measure),
                           .from = SCHEME_NONE,
                           .to = SCHEME_RMC,
                           .status = RESULT_OK,
                           .practices = 6,
                           .comparators = 4,
                           .pooled = 6,
                           .months_before = 2,
                           .months_after = 1,
                           .months_unsettled = 3,
                           .points = made->points,
                           .point_count = 3,
                           .level = {{0.1, 0.08, 0.12}, NULL},
                           .slope = {{0.001, -0.001, 0.003}, NULL},
                           .level_change = {{0.05, 0.02, 0.08}, NULL},
                           .slope_change = {{0, -0.001, 0.001}, NULL},
                           .short_series = true,
                           .difference = {{0.04, NAN, NAN}, "fewer than 5 practices to compare with: no interval"},
                           .early = {{0.03, NAN, NAN}, "fewer than 5 practices to compare with: no interval"},
                           .later = {{NAN, NAN, NAN}, "fewer than 3 months before or after the change"},
                           .pre_trend = {{0.0, NAN, NAN}, "fewer than 5 practices to compare with: no interval"},
                           .few_practices = true};
}

static const struct comparison_side hand_made_own = {7, 70, 500, {0.14, 0.11, 0.17}, {0.13, 0.10, 0.16}, 1.5, 0.02};
static const struct comparison_side hand_made_reference = {9, 90, 1000, {0.09, 0.07, 0.11}, {0.095, 0.08, 0.11}, 1.1, 0.01};

static inline void hand_made_add_outcomes(struct hand_made_comparison *made)
{
    made->outcomes[0] = (struct comparison_outcome){.measure = measure_index("rejection_rate"),
                                                    .scheme = SCHEME_RMC,
                                                    .own = hand_made_own,
                                                    .reference = hand_made_reference,
                                                    .crude_difference = {0.05, 0.02, 0.08},
                                                    .difference = {0.035, 0.01, 0.06},
                                                    .odds_ratio = {1.5, 1.1, 2.0},
                                                    .side = 1,
                                                    .left_out = {2, 40, 15, 20}};
    made->outcomes[1] = made->outcomes[0];
    made->outcomes[1].scheme = SCHEME_SPECIALIST_ADVICE;
    made->outcomes[1].difference = (struct estimate){-0.02, NAN, NAN};
    made->outcomes[1].reason = "fewer than 5 practices: no interval";
    made->outcomes[1].side = 0;
    made->outcomes[2] = made->outcomes[1];
    made->outcomes[2].measure = measure_index("lost_after_rejection");
    made->outcomes[2].status = RESULT_SUPPRESSED;
    made->outcomes[2].difference.value = NAN;
    made->outcomes[2].reason = "too few to show";
}

static inline void hand_made_add_waits(struct hand_made_comparison *made)
{
    made->waits[0] = (struct comparison_wait){.measure = measure_index("wait_decision"),
                                              .scheme = SCHEME_RMC,
                                              .own = hand_made_own,
                                              .reference = hand_made_reference,
                                              .logrank_chisq = 12.5,
                                              .logrank_p = 0.0004};
    static const int32_t days[] = {42, 126, 365};
    for (size_t i = 0; i < COMPARISON_HORIZONS; i++)
        made->waits[0].within[i] = (struct comparison_horizon){.days = days[i],
                                                               .crude = {0.5, 0.4, 0.6},
                                                               .reference_crude = {0.6, 0.5, 0.7},
                                                               .standardised = {0.52, 0.42, 0.62},
                                                               .reference_standardised = {0.59, 0.5, 0.7},
                                                               .difference = {-0.07, -0.12, -0.02},
                                                               .crude_mean = 21,
                                                               .reference_crude_mean = 14,
                                                               .mean = {20, 18, 22},
                                                               .reference_mean = {15, 14, 16},
                                                               .mean_difference = {5, 2, 8},
                                                               .side = -1,
                                                               .mean_side = 1};
}

static inline void hand_made_add_costs(struct hand_made_comparison *made)
{
    made->cost_rows[0] = (struct comparison_cost){.scheme = SCHEME_RMC,
                                                  .practices = 6,
                                                  .cost = 19060,
                                                  .person_years = 5170,
                                                  .handled = 80,
                                                  .stopped = 20,
                                                  .known = 20,
                                                  .unattended = 20,
                                                  .unattended_known = 20,
                                                  .avoided = 10,
                                                  .came_back = 10,
                                                  .returned = 0,
                                                  .without_cost = 0,
                                                  .per_patient_year = {{3.68, 3.67, 3.7}, NULL},
                                                  .per_request = {{238.25, 155, 355}, NULL},
                                                  .per_avoided = {{1906, 1190, 3770}, NULL},
                                                  .break_even = {{NAN, NAN, NAN}, "too few to show"}};
    made->cost_rows[1] = made->cost_rows[0];
    made->cost_rows[1].scheme = SCHEME_SPECIALIST_ADVICE;
}

static inline void hand_made_add_lists(struct hand_made_comparison *made)
{
    made->comparison = (struct comparison){.reference = SCHEME_NONE,
                                           .reference_assumed = true,
                                           .schemes = {true, true, true, false, false},
                                           .outcomes = made->outcomes,
                                           .outcome_count = 3,
                                           .waits = made->waits,
                                           .wait_count = 1,
                                           .balance = made->balance,
                                           .balance_count = 2,
                                           .cautions = made->cautions,
                                           .caution_count = 3};
    made->changes = (struct comparison_changes){.switches = made->switches,
                                                .switch_count = 1,
                                                .sessions = made->sessions,
                                                .session_count = 1,
                                                .meetings = 12,
                                                .has_schemes = true,
                                                .has_sessions = true,
                                                .left_out = {1, 2, 3, 4, 5}};
    made->costs = (struct comparison_costs){.costs = made->cost_rows, .count = 2, .has_schemes = true};
    made->source =
        (struct comparison_source){&made->report, &made->comparison, &made->changes, &made->costs};
}

/* What stays where it is made: a comparison of a centre and of specialist advice with none. */
static inline void hand_made_comparison_fill(struct hand_made_comparison *made)
{
    *made = (struct hand_made_comparison){.report = {.version = "1.2.3", .audience = AUDIENCE_SHARED}};
    day_from_date(2025, 6, 30, &made->report.as_of);
    quarter_parse(TEXT("2025-Q2"), &made->report.period);
    hand_made_add_outcomes(made);
    hand_made_add_waits(made);
    made->balance[0] = (struct comparison_balance){SCHEME_RMC, COMPARISON_SPECIALTY, TEXT(""), NAN, NAN, 0.3};
    made->balance[1] = (struct comparison_balance){SCHEME_RMC, COMPARISON_SPECIALTY, TEXT("330"), 0.2, 0.1, 0.28};
    made->cautions[0] = (struct comparison_caution){CAUTION_OBSERVATIONAL, SLICE_ALL, NAN, measure_count};
    made->cautions[1] = (struct comparison_caution){CAUTION_FEW_PRACTICES, SCHEME_SPECIALIST_ADVICE, 4, measure_count};
    made->cautions[2] = (struct comparison_caution){CAUTION_SIGN_CHANGE, SCHEME_SPECIALIST_ADVICE, 1, measure_count};
    made->points[0] = (struct change_point){-2, 10, 100, 0.1, 0.098, NAN};
    made->points[1] = (struct change_point){-1, NAN, 100, NAN, 0.099, NAN};
    made->points[2] = (struct change_point){0, 15, 100, 0.15, 0.15, 0.1};
    made->switches[0] = hand_made_change(made, "rejection_rate");
    made->sessions[0] = hand_made_change(made, "rejection_rate");
    made->sessions[0].from = made->sessions[0].to = SCHEME_COUNT;
    hand_made_add_costs(made);
    hand_made_add_lists(made);
}

#endif
