#include "referlens/output/brief_document.h"

#include "referlens/output/comparison_document.h"
#include "referlens/output/comparison_words.h"
#include "referlens/output/page_json.h"

#include <math.h>

enum { SENTENCE_MAX = 1 << 10, SENTENCES_A_SCHEME = 4 };

/* What is asked of each scheme, the most telling first; the first four that have a number are told. */
struct question {
    const char *measure;
    const char *share; /* "14.2 % …", of the scheme and of the reference */
};

static const struct question questions[SCHEME_COUNT][SENTENCES_A_SCHEME] = {
    [SCHEME_NONE] = {{"rejection_rate", "of decided referrals were rejected"},
                     {"rejected_without_dialogue", "of rejections came without a word with the GP"},
                     {"lost_after_rejection", "of those rejected were neither seen nor referred again within 180 days"},
                     {"attendance_conversion", "of all referrals were seen within 180 days"}},
    [SCHEME_RMC] = {{"rejection_rate", "of decided referrals were rejected"},
                    {"rejected_without_dialogue", "of rejections came without a word with the GP"},
                    {"lost_after_rejection", "of those rejected were neither seen nor referred again within 180 days"},
                    {"attendance_conversion", "of all referrals were seen within 180 days"}},
    [SCHEME_SPECIALIST_ADVICE] = {{"rejection_rate", "of decided referrals were rejected"},
                                  {"returned_with_advice_rate", "of decided referrals were returned with advice"},
                                  {"advice_diverted", "of answered advice requests took the place of a referral"},
                                  {"attendance_conversion", "of all referrals were seen within 180 days"}},
    [SCHEME_LOCAL_EXPERTISE] = {{"rejection_rate", "of decided referrals were rejected"},
                                {"redirected_rate", "of decided referrals were redirected"},
                                {"discharged_at_first", "of those seen were discharged at the first attendance"},
                                {"attendance_conversion", "of all referrals were seen within 180 days"}},
    [SCHEME_PEER_REVIEW] = {{"rejection_rate", "of decided referrals were rejected"},
                            {"rejected_without_dialogue", "of rejections came without a word with the GP"},
                            {"discharged_at_first", "of those seen were discharged at the first attendance"},
                            {"attendance_conversion", "of all referrals were seen within 180 days"}},
};

static void add_sentence(cJSON *list, const struct buffer *text)
{
    cJSON *item = page_list_add(list);
    page_add_string(item, "text", text->bytes);
}

/* "14.2 % of decided referrals were rejected (95 % CI 13.4–15.1 %); under no scheme 8.6 %. Adjusted: …" */
static void add_outcome(cJSON *list, const struct comparison *comparison, const struct comparison_outcome *outcome,
                        const char *share)
{
    struct buffer text = buffer_with_maximum(SENTENCE_MAX);
    const struct estimate own = outcome->own.crude, reference = outcome->reference.crude;
    buffer_add_formatted(&text, "%s %s (%s)", display_percent(own.value).text, share,
                         display_interval(display_percent_range(own.lower, own.upper)).text);
    if (!isnan(reference.value))
        buffer_add_formatted(&text, "; with %s %s", comparison_scheme_phrase(comparison->reference),
                             display_percent(reference.value).text);
    buffer_add_string(&text, ". Like with like: ");
    const char *few =
        comparison_too_few_alike(outcome->difference, &outcome->own, &outcome->reference, &outcome->left_out);
    if (few != NULL)
        buffer_add_string(&text, few);
    else
        comparison_add_reading(outcome->difference, UNIT_SHARE,
                               isnan(outcome->difference.value) ? outcome->reason : NULL, &text);
    buffer_add_character(&text, '.');
    if (outcome->sign_change)
        buffer_add_string(&text, " Adjustment turned the sign: the plain numbers mislead.");
    add_sentence(list, &text);
    buffer_release(&text);
}

/* By how many days the first decision came later, over the shortest horizon. */
static void add_delay(cJSON *list, const struct comparison *comparison, uint32_t scheme)
{
    const struct comparison_wait *wait = comparison_find_wait(comparison, scheme, "wait_decision");
    if (wait == NULL || isnan(wait->within[0].mean_difference.value))
        return;
    const struct comparison_horizon *horizon = &wait->within[0];
    struct buffer text = buffer_with_maximum(SENTENCE_MAX);
    buffer_add_formatted(
        &text, "Mean wait for the first decision within %d days of the GP’s referral, like with like: ", horizon->days);
    const char *few = comparison_too_few_alike(horizon->mean_difference, &wait->own, &wait->reference, &wait->left_out);
    if (few != NULL)
        buffer_add_string(&text, few);
    else
        comparison_add_reading(horizon->mean_difference, UNIT_DAYS, NULL, &text);
    buffer_add_character(&text, '.');
    add_sentence(list, &text);
    buffer_release(&text);
}

/* "; beyond what no scheme avoids, £737 (no more avoided than in the reference, beyond chance)" */
static void add_beyond(struct buffer *text, const struct cost_figure *beyond, uint32_t reference)
{
    const struct display value = comparison_value(beyond->estimate.value, UNIT_POUNDS);
    const struct display range = display_interval(comparison_range(beyond->estimate, UNIT_POUNDS));
    buffer_add_formatted(text, "; for each beyond what %s avoids, ", comparison_scheme_phrase(reference));
    if (value.text[0] == '\0')
        buffer_add_string(text, beyond->reason != NULL ? beyond->reason : "no number");
    else
        buffer_add_formatted(text, "%s (%s)", value.text, beyond->reason != NULL ? beyond->reason : range.text);
}

static void add_cost(cJSON *list, const struct comparison_costs *costs, uint32_t scheme, uint32_t reference)
{
    for (size_t i = 0; i < costs->count; i++) {
        const struct comparison_cost *cost = &costs->costs[i];
        if (cost->scheme != scheme || isnan(cost->per_avoided.estimate.value) || !(cost->cost > 0))
            continue;
        struct buffer text = buffer_with_maximum(SENTENCE_MAX);
        const struct display range = comparison_range(cost->per_avoided.estimate, UNIT_POUNDS);
        buffer_add_formatted(&text,
                             "It cost %s for each referral turned away or answered with advice that did not come back",
                             comparison_value(cost->per_avoided.estimate.value, UNIT_POUNDS).text);
        if (range.text[0] != '\0')
            buffer_add_formatted(&text, " (%s)", display_interval(range).text);
        add_beyond(&text, &cost->per_avoided_beyond, reference);
        buffer_add_character(&text, '.');
        add_sentence(list, &text);
        buffer_release(&text);
    }
}

static void add_scheme(cJSON *list, const struct comparison_source *source, uint32_t scheme)
{
    const struct comparison *comparison = source->comparison;
    cJSON *row = page_list_add(list);
    page_add_string(row, "title", scheme_titles[scheme]);
    page_add_boolean(row, "has_data", comparison->schemes[scheme]);
    page_add_string(row, "withheld_reason", comparison_withheld_reason(comparison, scheme));
    cJSON *sentences = page_add_list(row, "sentences");
    for (size_t i = 0; i < SENTENCES_A_SCHEME; i++) {
        const struct question *question = &questions[scheme][i];
        const struct comparison_outcome *outcome = comparison_find_outcome(comparison, scheme, question->measure);
        if (outcome != NULL && !isnan(outcome->own.crude.value))
            add_outcome(sentences, comparison, outcome, question->share);
    }
    add_delay(sentences, comparison, scheme);
    add_cost(sentences, source->costs, scheme, comparison->reference);
}

/* Whether meetings were followed by fewer rejections: the outcome that meetings are held about. */
static void add_meetings(cJSON *document, const struct comparison_changes *changes)
{
    const struct change *change =
        change_find(changes->sessions, changes->session_count, SCHEME_COUNT, SCHEME_COUNT, "rejection_rate");
    if (change == NULL || isnan(change->difference.estimate.value)) {
        page_add_string(document, "meetings", NULL);
        return;
    }
    struct buffer text = buffer_with_maximum(SENTENCE_MAX);
    buffer_add_formatted(
        &text,
        "In %s practices that began to hold peer-review meetings, the share rejected afterwards was, beside "
        "%s practices without any: ",
        display_count((double)change->practices).text, display_count((double)change->comparators).text);
    comparison_add_reading(change->difference.estimate, UNIT_SHARE, change->difference.reason, &text);
    buffer_add_character(&text, '.');
    page_add_string(document, "meetings", text.bytes);
    buffer_release(&text);
}

cJSON *brief_document(const struct comparison_source *source)
{
    cJSON *document = cJSON_CreateObject();
    comparison_add_about(document, source);
    cJSON *list = page_add_list(document, "schemes");
    for (uint32_t scheme = SCHEME_RMC; scheme < SCHEME_COUNT; scheme++) {
        if (scheme != source->comparison->reference)
            add_scheme(list, source, scheme);
    }
    if (source->comparison->reference != SCHEME_NONE && source->comparison->schemes[SCHEME_NONE])
        add_scheme(list, source, SCHEME_NONE);
    add_meetings(document, source->changes);
    return document;
}
