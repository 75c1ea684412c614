#include "referlens/output/comparison_rows.h"

#include "referlens/output/comparison_words.h"
#include "referlens/output/page_json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What the interval alone allows to say, or why there is none. */
static void add_verdict(cJSON *object, struct estimate difference, enum comparison_unit unit, const char *reason)
{
    const bool has_limits = !isnan(difference.lower) && !isnan(difference.upper);
    struct buffer text = buffer_with_maximum(1 << 10);
    if (isnan(difference.value))
        buffer_add_string(&text, reason != NULL ? reason : "no number");
    else if (has_limits)
        buffer_add_string(&text, comparison_direction(difference, unit));
    else
        buffer_add_formatted(&text, "no interval%s%s", reason != NULL ? ": " : "", reason != NULL ? reason : "");
    page_add_string(object, "verdict", text.bytes);
    buffer_release(&text);
}

/* {"value", "range"}, or null where there is no number. */
static void add_estimate(cJSON *row, const char *key, struct estimate estimate, enum comparison_unit unit)
{
    if (isnan(estimate.value)) {
        page_add(row, key, cJSON_CreateNull());
        return;
    }
    cJSON *object = page_add_object(row, key);
    page_add_display(object, "value", comparison_value(estimate.value, unit));
    page_add_display(object, "range", comparison_range(estimate, unit));
}

/* {"value", "range", "verdict", "clear"} of a difference. */
static void add_difference(cJSON *row, const char *key, struct estimate difference, enum comparison_unit unit,
                           const char *reason)
{
    cJSON *object = page_add_object(row, key);
    page_add_display(object, "value", comparison_signed(difference.value, unit));
    page_add_display(object, "range", comparison_signed_range(difference, unit));
    page_add_boolean(object, "clear", comparison_is_clear(difference));
    add_verdict(object, difference, unit, reason);
}

/* Two decimals: ratios are read against 1, standardised mean differences against 0.1. */
static struct display hundredths(double value)
{
    struct display text = {""};
    if (isnan(value))
        return text;
    const long long scaled = llround(fabs(value) * 100);
    snprintf(text.text, DISPLAY_SIZE, "%s%lld.%02lld", value < 0 && scaled > 0 ? "−" : "", scaled / 100, scaled % 100);
    return text;
}

static struct display few_or_count(double count)
{
    return isnan(count) ? (struct display){"1–7"} : display_count(count);
}

static struct display probability(double p)
{
    struct display text = {""};
    if (p < 0.0005)
        snprintf(text.text, DISPLAY_SIZE, "< 0.001");
    else if (!isnan(p))
        snprintf(text.text, DISPLAY_SIZE, "%.3f", fmin(p, 1));
    return text;
}

static struct display ratio(struct estimate of)
{
    struct display text = hundredths(of.value);
    if (!isnan(of.lower) && !isnan(of.upper))
        snprintf(text.text, DISPLAY_SIZE, "%.28s (%.28s–%.28s)", hundredths(of.value).text, hundredths(of.lower).text,
                 hundredths(of.upper).text);
    return text;
}

/* "6.58 · 0.05": φ and τ. */
static struct display spread(const struct comparison_side *side)
{
    struct display text = {""};
    if (!isnan(side->phi))
        snprintf(text.text, DISPLAY_SIZE, "%.40s · %.40s", hundredths(side->phi).text, hundredths(side->tau).text);
    return text;
}

/* "334, 112 left out" of strata, and "51 and 135" of the referrals in these; nothing where nothing is compared. */
static void add_left_out(cJSON *row, const struct comparison_left_out *left_out)
{
    struct display strata = {""}, referrals = {""};
    if (left_out->strata_compared > 0) {
        snprintf(strata.text, DISPLAY_SIZE, "%.40s, %.40s left out", display_count(left_out->strata_compared).text,
                 display_count(left_out->strata).text);
        snprintf(referrals.text, DISPLAY_SIZE, "%.40s and %.40s", few_or_count(left_out->referrals).text,
                 few_or_count(left_out->reference_referrals).text);
    }
    page_add_display(row, "strata", strata);
    page_add_display(row, "left_out", referrals);
}

void comparison_add_outcome_row(cJSON *list, const struct comparison_outcome *outcome, const char *said)
{
    const char *reason = comparison_reason_to_say(outcome->difference, outcome->reason, said);
    const struct measure *measure = &measure_table[outcome->measure];
    const enum comparison_unit unit = comparison_unit_of(outcome->measure);
    cJSON *row = page_list_add(list);
    page_add_string(row, "id", measure->id);
    page_add_string(row, "title", measure->title);
    page_add_boolean(row, "of_advice", measure->of_advice);
    add_estimate(row, "own", outcome->own.crude, unit);
    add_estimate(row, "other", outcome->reference.crude, unit);
    page_add_display(row, "own_count", display_share(outcome->own.numerator, outcome->own.denominator));
    page_add_display(row, "practices", display_count(outcome->own.practices));
    add_difference(row, "crude", outcome->crude_difference, unit, outcome->reason);
    add_difference(row, "adjusted", outcome->difference, unit, reason);
    page_add_boolean(row, "is_rate", unit == UNIT_RATE);
    page_add_display(row, "ratio", ratio(outcome->odds_ratio));
    page_add_display(row, "spread", spread(&outcome->own));
    page_add_display(row, "other_spread", spread(&outcome->reference));
    add_left_out(row, &outcome->left_out);
    page_add_boolean(row, "sign_change", outcome->sign_change);
}

void comparison_add_wait_row(cJSON *list, const struct comparison_wait *wait, const char *said)
{
    const struct measure *measure = &measure_table[wait->measure];
    cJSON *row = page_list_add(list);
    page_add_string(row, "id", measure->id);
    page_add_string(row, "title", measure->title);
    page_add_boolean(row, "of_advice", measure->of_advice);
    page_add_string(row, "reason", wait->reason);
    page_add_display(row, "logrank", hundredths(wait->logrank_chisq));
    page_add_display(row, "logrank_p", probability(wait->logrank_p));
    add_left_out(row, &wait->left_out);
    cJSON *horizons = page_add_list(row, "within");
    for (size_t i = 0; i < COMPARISON_HORIZONS; i++) {
        const struct comparison_horizon *horizon = &wait->within[i];
        if (isnan(horizon->crude.value) && isnan(horizon->mean.value))
            continue;
        cJSON *cell = page_list_add(horizons);
        page_add_number(cell, "days", horizon->days);
        add_estimate(cell, "own", horizon->crude, UNIT_SHARE);
        add_estimate(cell, "other", horizon->reference_crude, UNIT_SHARE);
        add_difference(cell, "adjusted", horizon->difference, UNIT_SHARE,
                       comparison_reason_to_say(horizon->difference, horizon->reason, said));
        add_difference(cell, "mean", horizon->mean_difference, UNIT_DAYS,
                       comparison_reason_to_say(horizon->mean_difference, horizon->mean_reason, said));
        page_add_boolean(cell, "sign_change", horizon->sign_change);
    }
}

struct display comparison_change_title(const struct change *change)
{
    struct display title = {""};
    const struct measure *measure = &measure_table[change->measure];
    if (change->outcome.within_days == 0)
        snprintf(title.text, DISPLAY_SIZE, "%s", measure->title);
    else
        snprintf(title.text, DISPLAY_SIZE, "%s within %d days",
                 strcmp(measure->id, "wait_decision") == 0 ? "Decided" : "Seen", change->outcome.within_days);
    return title;
}

static enum comparison_unit change_unit(const struct change *change)
{
    return measure_table[change->measure].kind == MEASURE_RATE ? UNIT_RATE : UNIT_SHARE;
}

static void add_change(cJSON *row, const char *key, const struct change *change, const struct change_estimate *estimate)
{
    add_difference(row, key, estimate->estimate, change_unit(change), estimate->reason);
}

void comparison_add_change_row(cJSON *list, const struct change *change)
{
    cJSON *row = page_list_add(list);
    page_add_display(row, "title", comparison_change_title(change));
    page_add_boolean(row, "not_recorded", change->status == RESULT_NOT_RECORDED);
    page_add_number(row, "months_before", (double)change->months_before);
    page_add_number(row, "months_after", (double)change->months_after);
    page_add_number(row, "months_not_settled", (double)change->months_unsettled);
    page_add_boolean(row, "short", change->short_series && change->level_change.reason == NULL);
    page_add_boolean(row, "few_practices", change->few_practices && change->difference.reason == NULL);
    add_change(row, "level", change, &change->level_change);
    add_change(row, "slope", change, &change->slope_change);
    add_change(row, "difference", change, &change->difference);
    add_change(row, "early", change, &change->early);
    add_change(row, "later", change, &change->later);
    add_change(row, "pre_trend", change, &change->pre_trend);
}

static void add_figure(cJSON *row, const char *key, const struct cost_figure *figure)
{
    cJSON *object = page_add_object(row, key);
    page_add_display(object, "value", comparison_value(figure->estimate.value, UNIT_POUNDS));
    page_add_display(object, "range", comparison_range(figure->estimate, UNIT_POUNDS));
    page_add_string(object, "reason", figure->reason);
}

void comparison_add_cost_row(cJSON *list, const struct comparison_cost *cost)
{
    cJSON *row = page_list_add(list);
    page_add_string(row, "title", scheme_titles[cost->scheme]);
    page_add_number(row, "practices", (double)cost->practices);
    page_add_display(row, "cost", comparison_value(cost->cost, UNIT_POUNDS));
    page_add_display(row, "requests", display_count(cost->handled));
    page_add_display(row, "avoided", display_count(cost->avoided));
    page_add_display(row, "unattended", display_count(cost->unattended));
    page_add_display(row, "unattended_known", display_count(cost->unattended_known));
    page_add_display(row, "stopped", display_count(cost->stopped));
    page_add_display(row, "came_back", display_count(cost->came_back));
    page_add_display(row, "returned", display_count(cost->returned));
    page_add_display(row, "without_cost", display_count(cost->without_cost));
    page_add_boolean(row, "has_without_cost", cost->without_cost != 0);
    add_figure(row, "per_patient_year", &cost->per_patient_year);
    add_figure(row, "per_request", &cost->per_request);
    add_figure(row, "per_avoided", &cost->per_avoided);
    add_figure(row, "break_even", &cost->break_even);
    add_figure(row, "beyond", &cost->per_avoided_beyond);
    page_add_display(row, "avoided_share", display_percent(cost->avoided_share.estimate.value));
}

void comparison_add_balance_row(cJSON *list, const struct comparison_balance *balance)
{
    static const char *const titles[COMPARISON_VARIABLE_COUNT] = {
        "Specialty",           "Priority", "Age band", "Sex", "Deprivation decile", "Quarter of referral",
        "List size, thousands"};
    cJSON *row = page_list_add(list);
    const bool of_size = balance->variable == COMPARISON_LIST_SIZE;
    page_add_string(row, "variable", titles[balance->variable]);
    page_add_label(row, "label", balance->label);
    page_add_display(row, "own", of_size ? display_rate(balance->own) : display_percent(balance->own));
    page_add_display(row, "other", of_size ? display_rate(balance->reference) : display_percent(balance->reference));
    page_add_display(row, "smd", hundredths(balance->smd));
    page_add_boolean(row, "noticeable", fabs(balance->smd) >= 0.1);
}
