#include "referlens/output/comparison_json.h"

#include "referlens/output/comparison_words.h"
#include "referlens/output/json_document.h"
#include "referlens/output/results_json.h"

#include <math.h>

static void add_estimate(struct json_writer *json, const char *key, struct estimate estimate)
{
    json_key(json, key);
    json_begin_object(json);
    json_member_number(json, "value", estimate.value);
    json_member_number(json, "lower", estimate.lower);
    json_member_number(json, "upper", estimate.upper);
    json_end_object(json);
}

static void add_scheme(struct json_writer *json, const char *key, uint32_t scheme)
{
    json_member_string(json, key, scheme < SCHEME_COUNT ? scheme_names[scheme] : NULL);
}

static void add_left_out(struct json_writer *json, const struct comparison_left_out *left_out)
{
    json_key(json, "left_out");
    json_begin_object(json);
    json_member_number(json, "strata", left_out->strata);
    json_member_number(json, "strata_compared", left_out->strata_compared);
    json_member_number(json, "referrals", left_out->referrals);
    json_member_number(json, "reference_referrals", left_out->reference_referrals);
    json_end_object(json);
}

/* Which way an interval points: "above", "below", or null where it holds no difference or there is none. */
static void add_side(struct json_writer *json, const char *key, int side)
{
    json_member_string(json, key, side > 0 ? "above" : side < 0 ? "below" : NULL);
}

/* Outcomes. */

static void add_side_members(struct json_writer *json, const struct comparison_side *side, size_t measure)
{
    const bool is_rate = measure_table[measure].kind == MEASURE_RATE;
    json_member_number(json, "practices", side->practices);
    json_member_number(json, "referrals", is_rate ? (double)NAN : side->denominator);
    json_member_number(json, "person_years", is_rate ? side->denominator : (double)NAN);
    json_member_number(json, "events", side->numerator);
}

static void add_outcome(struct json_writer *json, const struct comparison_outcome *outcome)
{
    json_begin_object(json);
    json_member_string(json, "measure", measure_table[outcome->measure].id);
    add_scheme(json, "scheme", outcome->scheme);
    json_member_string(json, "status", result_status_name(outcome->status));
    json_member_string(json, "reason", outcome->reason);
    add_side_members(json, &outcome->own, outcome->measure);
    add_estimate(json, "crude", outcome->own.crude);
    add_estimate(json, "standardised", outcome->own.standardised);
    json_member_number(json, "phi", outcome->own.phi);
    json_member_number(json, "tau", outcome->own.tau);
    json_key(json, "reference");
    json_begin_object(json);
    add_side_members(json, &outcome->reference, outcome->measure);
    add_estimate(json, "crude", outcome->reference.crude);
    add_estimate(json, "standardised", outcome->reference.standardised);
    json_member_number(json, "phi", outcome->reference.phi);
    json_member_number(json, "tau", outcome->reference.tau);
    json_end_object(json);
    add_estimate(json, "crude_difference", outcome->crude_difference);
    add_estimate(json, "difference", outcome->difference);
    add_side(json, "side", outcome->side);
    json_member_boolean(json, "at_one_size", outcome->at_one_size);
    add_estimate(json, "odds_ratio", outcome->odds_ratio);
    json_member_boolean(json, "sign_change", outcome->sign_change);
    add_left_out(json, &outcome->left_out);
    json_end_object(json);
}

/* Waits. */

static void add_horizon(struct json_writer *json, const struct comparison_horizon *horizon)
{
    json_begin_object(json);
    json_member_integer(json, "days", horizon->days);
    add_estimate(json, "crude", horizon->crude);
    add_estimate(json, "reference_crude", horizon->reference_crude);
    add_estimate(json, "standardised", horizon->standardised);
    add_estimate(json, "reference_standardised", horizon->reference_standardised);
    add_estimate(json, "difference", horizon->difference);
    add_side(json, "side", horizon->side);
    json_member_boolean(json, "sign_change", horizon->sign_change);
    json_member_number(json, "crude_mean", horizon->crude_mean);
    json_member_number(json, "reference_crude_mean", horizon->reference_crude_mean);
    add_estimate(json, "mean", horizon->mean);
    add_estimate(json, "reference_mean", horizon->reference_mean);
    add_estimate(json, "mean_difference", horizon->mean_difference);
    add_side(json, "mean_side", horizon->mean_side);
    json_member_boolean(json, "at_one_size", horizon->at_one_size);
    json_member_string(json, "reason", horizon->reason);
    json_member_string(json, "mean_reason", horizon->mean_reason);
    add_left_out(json, &horizon->left_out);
    json_end_object(json);
}

static void add_wait(struct json_writer *json, const struct comparison_wait *wait)
{
    json_begin_object(json);
    json_member_string(json, "measure", measure_table[wait->measure].id);
    add_scheme(json, "scheme", wait->scheme);
    json_member_string(json, "status", result_status_name(wait->status));
    json_member_string(json, "reason", wait->reason);
    add_side_members(json, &wait->own, wait->measure);
    json_key(json, "reference");
    json_begin_object(json);
    add_side_members(json, &wait->reference, wait->measure);
    json_end_object(json);
    json_key(json, "within");
    json_begin_array(json);
    for (size_t i = 0; i < COMPARISON_HORIZONS; i++)
        add_horizon(json, &wait->within[i]);
    json_end_array(json);
    json_key(json, "logrank");
    json_begin_object(json);
    json_member_number(json, "chisq", wait->logrank_chisq);
    json_member_number(json, "p", wait->logrank_p);
    json_end_object(json);
    add_left_out(json, &wait->left_out);
    json_end_object(json);
}

/* Balance and cautions. */

static void add_balance(struct json_writer *json, const struct comparison_balance *balance)
{
    json_begin_object(json);
    add_scheme(json, "scheme", balance->scheme);
    json_member_string(json, "variable", comparison_variable_name(balance->variable));
    if (balance->label.length > 0)
        json_member_text(json, "label", balance->label);
    else
        json_member_null(json, "label");
    json_member_number(json, "own", balance->own);
    json_member_number(json, "reference", balance->reference);
    json_member_number(json, "smd", balance->smd);
    json_end_object(json);
}

static void add_caution(struct json_writer *json, const struct comparison_source *source,
                        const struct comparison_caution *caution)
{
    struct buffer text = buffer_with_maximum(1 << 12);
    comparison_add_caution(source, caution, &text);
    json_begin_object(json);
    json_member_string(json, "caution", comparison_caution_name(caution->kind));
    add_scheme(json, "scheme", caution->scheme);
    json_member_string(json, "measure", caution->measure < measure_count ? measure_table[caution->measure].id : NULL);
    json_member_number(json, "number", caution->number);
    json_member_text(json, "text", buffer_text(&text));
    json_end_object(json);
    buffer_release(&text);
}

/* Changes. */

static void add_change_estimate(struct json_writer *json, const char *key, const struct change_estimate *estimate)
{
    json_key(json, key);
    json_begin_object(json);
    json_member_number(json, "value", estimate->estimate.value);
    json_member_number(json, "lower", estimate->estimate.lower);
    json_member_number(json, "upper", estimate->estimate.upper);
    json_member_string(json, "reason", estimate->reason);
    json_end_object(json);
}

static void add_points(struct json_writer *json, const struct change *change)
{
    json_key(json, "points");
    json_begin_array(json);
    for (size_t i = 0; i < change->point_count; i++) {
        const struct change_point *point = &change->points[i];
        json_begin_object(json);
        json_member_integer(json, "month", point->month);
        json_member_number(json, "numerator", point->numerator);
        json_member_number(json, "denominator", point->denominator);
        json_member_number(json, "value", point->value);
        json_member_number(json, "fitted", point->fitted);
        json_member_number(json, "counterfactual", point->counterfactual);
        json_end_object(json);
    }
    json_end_array(json);
}

static void add_series(struct json_writer *json, const struct change *change)
{
    json_key(json, "series");
    json_begin_object(json);
    json_member_integer(json, "practices", (int64_t)change->pooled);
    json_member_integer(json, "months_before", (int64_t)change->months_before);
    json_member_integer(json, "months_after", (int64_t)change->months_after);
    json_member_integer(json, "months_not_settled", (int64_t)change->months_unsettled);
    json_member_boolean(json, "short", change->short_series);
    add_change_estimate(json, "level", &change->level);
    add_change_estimate(json, "slope", &change->slope);
    add_change_estimate(json, "level_change", &change->level_change);
    add_change_estimate(json, "slope_change", &change->slope_change);
    add_points(json, change);
    json_end_object(json);
}

static void add_change(struct json_writer *json, const struct change *change, bool of_schemes)
{
    json_begin_object(json);
    json_member_string(json, "measure", change->outcome.measure);
    if (change->outcome.within_days > 0)
        json_member_integer(json, "within_days", change->outcome.within_days);
    else
        json_member_null(json, "within_days");
    if (of_schemes) {
        add_scheme(json, "from", change->from);
        add_scheme(json, "to", change->to);
    }
    json_member_string(json, "status", result_status_name(change->status));
    json_member_integer(json, "practices", (int64_t)change->practices);
    json_member_integer(json, "comparators", (int64_t)change->comparators);
    json_member_boolean(json, "few_practices", change->few_practices);
    add_series(json, change);
    add_change_estimate(json, "difference", &change->difference);
    add_change_estimate(json, "first_3_months", &change->early);
    add_change_estimate(json, "later", &change->later);
    add_change_estimate(json, "pre_trend", &change->pre_trend);
    json_end_object(json);
}

static void add_changes_left_out(struct json_writer *json, const struct comparison_changes *changes)
{
    json_key(json, "changes_left_out");
    json_begin_object(json);
    json_member_integer(json, "unknown_scheme", (int64_t)changes->left_out.unknown_scheme);
    json_member_integer(json, "moved_again", (int64_t)changes->left_out.moved_again);
    json_member_integer(json, "moved_and_met", (int64_t)changes->left_out.moved_and_met);
    json_member_integer(json, "near_an_end", (int64_t)changes->left_out.near_an_end);
    json_member_integer(json, "came_or_went", (int64_t)changes->left_out.came_or_went);
    json_end_object(json);
}

/* Costs. */

static void add_figure(struct json_writer *json, const char *key, const struct cost_figure *figure)
{
    add_change_estimate(json, key, &(struct change_estimate){figure->estimate, figure->reason});
}

static void add_cost(struct json_writer *json, const struct comparison_cost *cost)
{
    json_begin_object(json);
    add_scheme(json, "scheme", cost->scheme);
    json_member_integer(json, "practices", (int64_t)cost->practices);
    json_member_number(json, "cost", cost->cost);
    json_member_number(json, "person_years", cost->person_years);
    json_member_number(json, "requests", cost->handled);
    json_member_number(json, "stopped", cost->stopped);
    json_member_number(json, "known", cost->known);
    json_member_number(json, "unattended", cost->unattended);
    json_member_number(json, "unattended_known", cost->unattended_known);
    json_member_number(json, "avoided", cost->avoided);
    json_member_number(json, "came_back", cost->came_back);
    json_member_number(json, "returned_with_advice", cost->returned);
    json_member_number(json, "without_cost", cost->without_cost);
    add_figure(json, "per_patient_year", &cost->per_patient_year);
    add_figure(json, "per_request", &cost->per_request);
    add_figure(json, "per_avoided", &cost->per_avoided);
    add_figure(json, "break_even", &cost->break_even);
    add_figure(json, "avoided_share", &cost->avoided_share);
    add_figure(json, "per_avoided_beyond_reference", &cost->per_avoided_beyond);
    json_end_object(json);
}

/* The document: its lists, an element a line. */

enum list { LIST_OUTCOMES, LIST_WAITS, LIST_BALANCE, LIST_SWITCHES, LIST_SESSIONS, LIST_COSTS, LIST_CAUTIONS, LISTS };
static const char *const list_keys[LISTS] = {"outcomes", "waits", "balance", "switches",
                                             "sessions", "costs", "cautions"};

struct list_source {
    const struct comparison_source *source;
    enum list list;
};

static size_t length_of(const struct list_source *list)
{
    const struct comparison_source *source = list->source;
    const size_t lengths[LISTS] = {source->comparison->outcome_count, source->comparison->wait_count,
                                   source->comparison->balance_count, source->changes->switch_count,
                                   source->changes->session_count,    source->costs->count,
                                   source->comparison->caution_count};
    return lengths[list->list];
}

static void add_element(const void *context, size_t index, struct json_writer *json)
{
    const struct list_source *list = context;
    const struct comparison_source *source = list->source;
    switch (list->list) {
    case LIST_OUTCOMES:
        add_outcome(json, &source->comparison->outcomes[index]);
        return;
    case LIST_WAITS:
        add_wait(json, &source->comparison->waits[index]);
        return;
    case LIST_BALANCE:
        add_balance(json, &source->comparison->balance[index]);
        return;
    case LIST_SWITCHES:
        add_change(json, &source->changes->switches[index], true);
        return;
    case LIST_SESSIONS:
        add_change(json, &source->changes->sessions[index], false);
        return;
    case LIST_COSTS:
        add_cost(json, &source->costs->costs[index]);
        return;
    case LIST_CAUTIONS:
    case LISTS:
        add_caution(json, source, &source->comparison->cautions[index]);
    }
}

bool comparison_json_write(const struct comparison_source *source, struct folder *folder, struct error *error)
{
    struct json_document document;
    if (!comparison_is_there(source))
        return true;
    if (!json_document_open(&document, folder, "comparison.json", 1, error))
        return false;
    struct json_writer *json = &document.json;
    json_begin_object(json);
    results_json_add_head(json, source->report);
    json_newline(json);
    add_scheme(json, "reference", source->comparison->reference);
    json_member_boolean(json, "reference_assumed", source->comparison->reference_assumed);
    bool done = true;
    for (size_t i = 0; i < LISTS && done; i++) {
        const struct list_source list = {source, (enum list)i};
        json_newline(json);
        json_key(json, list_keys[i]);
        json_begin_array(json);
        done = json_document_elements(&document, length_of(&list), add_element, &list, error);
        json_end_array(json);
    }
    json_newline(json);
    add_changes_left_out(json, source->changes);
    json_end_object(json);
    json_newline(json);
    return json_document_close(&document, done, error);
}
