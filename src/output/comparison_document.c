#include "referlens/output/comparison_document.h"

#include "referlens/output/comparison_rows.h"
#include "referlens/output/comparison_systems.h"
#include "referlens/output/comparison_words.h"
#include "referlens/output/page_json.h"
#include "referlens/output/page_parts.h"
#include "referlens/output/page_reflection.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SENTENCE_MAX = 1 << 10 };

void comparison_add_about(cJSON *document, const struct comparison_source *source)
{
    const struct comparison *comparison = source->comparison;
    page_add_about(document, source->report, source->report->audience == AUDIENCE_ANALYST);
    cJSON *reference = page_add_object(document, "reference");
    page_add_string(reference, "id", scheme_names[comparison->reference]);
    page_add_string(reference, "title", scheme_titles[comparison->reference]);
    page_add_string(reference, "phrase", comparison_scheme_phrase(comparison->reference));
    page_add_boolean(reference, "is_none", comparison->reference == SCHEME_NONE);
    page_add_boolean(document, "reference_assumed", comparison->reference_assumed);
    page_add_string(document, "not_adjusted", comparison_not_adjusted);
}

/* What can be said at all. */

static void add_sentence(cJSON *list, const struct buffer *text)
{
    cJSON *item = page_list_add(list);
    page_add_string(item, "text", text->bytes);
}

static void add_turned(cJSON *list, uint32_t scheme, const char *title, double crude, double adjusted,
                       enum comparison_unit unit)
{
    struct buffer text = buffer_with_maximum(SENTENCE_MAX);
    buffer_add_formatted(&text, "%s, %s: %s before adjustment, %s after it", scheme_titles[scheme], title,
                         comparison_signed(crude, unit).text, comparison_signed(adjusted, unit).text);
    add_sentence(list, &text);
    buffer_release(&text);
}

/* A wait is told by the first day by which the sign of the share turned. */
static void add_turned_wait(cJSON *list, const struct comparison_wait *wait)
{
    for (size_t i = 0; i < COMPARISON_HORIZONS; i++) {
        const struct comparison_horizon *horizon = &wait->within[i];
        if (!horizon->sign_change)
            continue;
        char title[DISPLAY_SIZE];
        snprintf(title, sizeof title, "%s by day %d", measure_table[wait->measure].title, horizon->days);
        add_turned(list, wait->scheme, title, horizon->crude.value - horizon->reference_crude.value,
                   horizon->difference.value, UNIT_SHARE);
        return;
    }
}

static bool has_limits(const struct estimate *estimate)
{
    return !isnan(estimate->lower) && !isnan(estimate->upper);
}

/* Whether there is anything of which a change of sign could have been told. */
static bool is_sign_known(const struct comparison *comparison)
{
    for (size_t i = 0; i < comparison->outcome_count; i++) {
        const struct comparison_outcome *outcome = &comparison->outcomes[i];
        if (has_limits(&outcome->crude_difference) && has_limits(&outcome->difference))
            return true;
    }
    for (size_t i = 0; i < comparison->wait_count; i++) {
        for (size_t h = 0; h < COMPARISON_HORIZONS; h++) {
            const struct comparison_horizon *horizon = &comparison->waits[i].within[h];
            if (has_limits(&horizon->crude) && has_limits(&horizon->reference_crude) &&
                has_limits(&horizon->difference))
                return true;
        }
    }
    return false;
}

/* What the intervals of adjusted differences allow to say. */
struct findings {
    const struct comparison *comparison;
    cJSON *clear;
    size_t unclear, withheld;
};

static void add_finding(struct findings *findings, uint32_t scheme, const char *title, struct estimate difference,
                        enum comparison_unit unit)
{
    if (isnan(difference.lower)) {
        findings->withheld++;
        return;
    }
    if (!comparison_is_clear(difference)) {
        findings->unclear++;
        return;
    }
    struct buffer text = buffer_with_maximum(SENTENCE_MAX);
    buffer_add_formatted(&text, "%s, %s: ", scheme_titles[scheme], title);
    comparison_add_reading(difference, unit, NULL, &text);
    if (unit != UNIT_RATE && comparison_at_other_times(findings->comparison, scheme))
        buffer_add_string(&text, ", but not at the same time");
    add_sentence(findings->clear, &text);
    buffer_release(&text);
}

/* Of a wait, the mean days up to its middle day: to take the one that shows most would find something by chance. */
static void add_finding_of_wait(struct findings *findings, const struct comparison_wait *wait)
{
    const struct comparison_horizon *told = &wait->within[COMPARISON_HORIZONS / 2];
    char title[DISPLAY_SIZE];
    snprintf(title, sizeof title, "%s, mean days up to day %d", measure_table[wait->measure].title, told->days);
    add_finding(findings, wait->scheme, title, told->mean_difference, UNIT_DAYS);
}

/* Differences beyond chance, how many are not, and what adjustment turned the sign of. */
static void add_findings(cJSON *document, const struct comparison *comparison)
{
    struct findings findings = {.comparison = comparison, .clear = page_add_list(document, "clear")};
    cJSON *turned = page_add_list(document, "turned");
    for (size_t i = 0; i < comparison->outcome_count; i++) {
        const struct comparison_outcome *outcome = &comparison->outcomes[i];
        const char *title = measure_table[outcome->measure].title;
        const enum comparison_unit unit = comparison_unit_of(outcome->measure);
        add_finding(&findings, outcome->scheme, title, outcome->difference, unit);
        if (outcome->sign_change)
            add_turned(turned, outcome->scheme, title, outcome->crude_difference.value, outcome->difference.value,
                       unit);
    }
    for (size_t i = 0; i < comparison->wait_count; i++) {
        add_finding_of_wait(&findings, &comparison->waits[i]);
        add_turned_wait(turned, &comparison->waits[i]);
    }
    page_add_boolean(document, "sign_known", is_sign_known(comparison));
    page_add_display(document, "unclear", display_count((double)findings.unclear));
    page_add_display(document, "withheld", display_count((double)findings.withheld));
}

/* Every scheme but the reference, with all that is compared. */
static void add_schemes(cJSON *document, const struct comparison *comparison)
{
    cJSON *list = page_add_list(document, "schemes");
    for (uint32_t scheme = 0; scheme < SCHEME_COUNT; scheme++) {
        if (!comparison->schemes[scheme] || scheme == comparison->reference)
            continue;
        cJSON *row = page_list_add(list);
        page_add_string(row, "id", scheme_names[scheme]);
        page_add_string(row, "scheme_title", scheme_titles[scheme]);
        page_add_string(row, "part", "all");
        const char *said = comparison_withheld_reason(comparison, scheme);
        page_add_string(row, "withheld_reason", said);
        page_add_boolean(row, "at_other_times", comparison_at_other_times(comparison, scheme));
        cJSON *outcomes = page_add_list(row, "outcomes"), *waits = page_add_list(row, "waits"),
              *balance = page_add_list(row, "balance");
        for (size_t i = 0; i < comparison->outcome_count; i++) {
            if (comparison->outcomes[i].scheme == scheme)
                comparison_add_outcome_row(outcomes, &comparison->outcomes[i], said);
        }
        for (size_t i = 0; i < comparison->wait_count; i++) {
            if (comparison->waits[i].scheme == scheme)
                comparison_add_wait_row(waits, &comparison->waits[i], said);
        }
        for (size_t i = 0; i < comparison->balance_count; i++) {
            if (comparison->balance[i].scheme == scheme)
                comparison_add_balance_row(balance, &comparison->balance[i]);
        }
    }
}

/* Changes: a group after another. */

static cJSON *add_group(cJSON *list, const struct change *change)
{
    cJSON *group = page_list_add(list);
    if (change->from < SCHEME_COUNT) {
        page_add_string(group, "from", comparison_scheme_phrase(change->from));
        page_add_string(group, "to", comparison_scheme_phrase(change->to));
    }
    page_add_number(group, "practices", (double)change->practices);
    page_add_number(group, "comparators", (double)change->comparators);
    page_add_boolean(group, "one_practice", change->practices == 1);
    page_add_number(group, "pooled", (double)change->pooled);
    page_add_boolean(group, "pools_some", change->pooled < change->practices);
    page_add_boolean(group, "few", change->practices < CHANGE_PRACTICES_MIN);
    return page_add_list(group, "rows");
}

static void add_changes(cJSON *document, const char *key, const struct change *changes, size_t count)
{
    cJSON *list = page_add_list(document, key), *rows = NULL;
    for (size_t i = 0; i < count; i++) {
        const bool is_next = i == 0 || changes[i].from != changes[i - 1].from || changes[i].to != changes[i - 1].to;
        if (is_next)
            rows = add_group(list, &changes[i]);
        comparison_add_change_row(rows, &changes[i]);
    }
}

static void add_all_changes(cJSON *document, const struct comparison_changes *changes)
{
    add_changes(document, "switches", changes->switches, changes->switch_count);
    add_changes(document, "sessions", changes->sessions, changes->session_count);
    page_add_number(document, "meetings", (double)changes->meetings);
    page_add_boolean(document, "has_schemes", changes->has_schemes);
    page_add_boolean(document, "has_sessions", changes->has_sessions);
    const struct change_exclusions *left_out = &changes->left_out;
    cJSON *object = page_add_object(document, "changes_left_out");
    page_add_number(object, "unknown_scheme", (double)left_out->unknown_scheme);
    page_add_number(object, "moved_again", (double)left_out->moved_again);
    page_add_number(object, "moved_and_met", (double)left_out->moved_and_met);
    page_add_number(object, "near_an_end", (double)left_out->near_an_end);
    page_add_number(object, "came_or_went", (double)left_out->came_or_went);
    page_add_boolean(object, "any",
                     left_out->unknown_scheme + left_out->moved_again + left_out->moved_and_met +
                             left_out->near_an_end + left_out->came_or_went >
                         0);
}

static void add_costs(cJSON *document, const struct comparison_source *source)
{
    cJSON *list = page_add_list(document, "costs");
    for (size_t i = 0; i < source->costs->count; i++)
        comparison_add_cost_row(list, &source->costs->costs[i]);
    page_add_boolean(document, "has_costs", source->costs->count > 0);
    page_add_display(document, "costs_until", display_day(source->costs->until));
}

/* Changes of sign stand among the findings, one by one. */
static void add_cautions(cJSON *document, const struct comparison_source *source)
{
    cJSON *list = page_add_list(document, "cautions");
    for (size_t i = 0; i < source->comparison->caution_count; i++) {
        if (source->comparison->cautions[i].kind == CAUTION_SIGN_CHANGE)
            continue;
        struct buffer text = buffer_with_maximum(SENTENCE_MAX);
        comparison_add_caution(source, &source->comparison->cautions[i], &text);
        add_sentence(list, &text);
        buffer_release(&text);
    }
}

cJSON *comparison_document(const struct comparison_source *source)
{
    cJSON *document = cJSON_CreateObject();
    comparison_add_about(document, source);
    page_add_trust_of_files(document, source->report, false);
    add_findings(document, source->comparison);
    comparison_add_systems(document, source);
    add_schemes(document, source->comparison);
    add_all_changes(document, source->changes);
    add_costs(document, source);
    add_cautions(document, source);
    return document;
}
