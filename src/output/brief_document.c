#include "referlens/output/brief_document.h"

#include "referlens/output/comparison_document.h"
#include "referlens/output/comparison_words.h"
#include "referlens/output/page_json.h"
#include "referlens/output/page_reflection.h"

#include <math.h>
#include <string.h>

enum { SENTENCE_MAX = 1 << 10 };

struct question {
    const char *measure;
    const char *share; /* "14.2 % …", of the scheme and of the reference */
};

/* What is asked of every scheme, so that none is told of what another is spared; then how soon and at what cost. */
static const struct question shared_questions[] = {
    {"rejection_rate", "of decided referrals were rejected"},
    {"rejected_without_dialogue", "of rejections came without a word with the GP"},
    {"lost_after_rejection", "of those rejected were neither seen nor referred again in 180 days"},
    {"attendance_conversion", "of all referrals were seen in 180 days"},
};

/* And what each is for besides. */
static const struct question own_questions[SCHEME_COUNT] = {
    [SCHEME_RMC] = {"returned_with_advice_rate", "of decided referrals were returned with advice"},
    [SCHEME_SPECIALIST_ADVICE] = {"advice_diverted", "of answered advice requests took the place of a referral"},
    [SCHEME_LOCAL_EXPERTISE] = {"redirected_rate", "of decided referrals were redirected"},
    [SCHEME_PEER_REVIEW] = {"discharged_at_first", "of those seen were discharged at the first attendance"},
};

/* The answers of one scheme: sentences, and the titles of what has no number. */
struct answers {
    cJSON *sentences;
    struct buffer silent;
};

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

/* A number and its "%" stay on one line. The level of intervals is said once for all, in the page's head. */
static void add_words(cJSON *object, const char *key, const struct buffer *text)
{
    static const char level[] = "95 % ", leveled[] = "95 % CI";
    struct buffer bound = buffer_with_maximum(2 * SENTENCE_MAX);
    for (size_t i = 0; i < text->length; i++) {
        if (strncmp(text->bytes + i, leveled, sizeof leveled - 1) == 0)
            i += sizeof level - 1;
        const bool binds = i > 0 && text->bytes[i] == ' ' && text->bytes[i + 1] == '%' && is_digit(text->bytes[i - 1]);
        if (binds)
            buffer_add_string(&bound, "\u00A0");
        else
            buffer_add_character(&bound, text->bytes[i]);
    }
    page_add_string(object, key, bound.bytes);
    buffer_release(&bound);
}

static void add_sentence(struct answers *answers, const struct buffer *text)
{
    add_words(page_list_add(answers->sentences), "text", text);
}

static void add_silence(struct answers *answers, const char *title)
{
    buffer_add_formatted(&answers->silent, "%s%s", answers->silent.length > 0 ? "; " : "", title);
}

/* The page's head says which scheme the reference is. */
static const char *reference_phrase(uint32_t reference)
{
    return reference == SCHEME_NONE ? comparison_scheme_phrase(reference) : "the reference";
}

static const char *but_for_time(const struct comparison *comparison, uint32_t scheme)
{
    return comparison_at_other_times(comparison, scheme) ? ", but not at the same time" : "";
}

/* That the two were made at different times, before anything that might be taken for the scheme's doing. */
static void add_time(struct answers *answers, const struct comparison *comparison, uint32_t scheme)
{
    const struct comparison_caution *caution = comparison_find_caution(comparison, scheme, CAUTION_DIFFERENT_TIMES);
    if (caution == NULL)
        return;
    struct buffer text = buffer_with_maximum(SENTENCE_MAX);
    if (comparison_at_other_times(comparison, scheme))
        buffer_add_formatted(&text,
                             "Its referrals and those with %s were not made at the same time: what changed "
                             "meanwhile, for everybody, looks like its doing.",
                             reference_phrase(comparison->reference));
    else
        buffer_add_formatted(&text, "Not alike in time: %s fall in other quarters.",
                             display_percent(caution->number).text);
    add_sentence(answers, &text);
    buffer_release(&text);
}

/* The page's head says that size is allowed for. */
static void add_size(struct answers *answers, const struct comparison *comparison, uint32_t scheme)
{
    if (comparison_find_caution(comparison, scheme, CAUTION_SIZE_TIED) == NULL)
        return;
    struct buffer text = buffer_with_maximum(SENTENCE_MAX);
    buffer_add_string(&text, "The size of its practices can not be told from the scheme, and is not allowed for.");
    add_sentence(answers, &text);
    buffer_release(&text);
}

/* "14.2 % of decided referrals were rejected (95 % CI 13.4–15.1 %); under no scheme 8.6 %. Adjusted: …" */
static void add_outcome(struct answers *answers, const struct comparison *comparison,
                        const struct comparison_outcome *outcome, const char *share)
{
    struct buffer text = buffer_with_maximum(SENTENCE_MAX);
    const struct estimate own = outcome->own.crude, reference = outcome->reference.crude;
    buffer_add_formatted(&text, "%s %s (%s)", display_percent(own.value).text, share,
                         display_interval(display_percent_range(own.lower, own.upper)).text);
    if (!isnan(reference.value))
        buffer_add_formatted(&text, "; with %s %s", reference_phrase(comparison->reference),
                             display_percent(reference.value).text);
    buffer_add_formatted(&text, ". Like with like%s: ", but_for_time(comparison, outcome->scheme));
    const char *few =
        comparison_too_few_alike(outcome->difference, &outcome->own, &outcome->reference, &outcome->left_out);
    if (few != NULL)
        buffer_add_string(&text, few);
    else
        comparison_add_reading(outcome->difference, UNIT_SHARE,
                               comparison_reason_to_say(outcome->difference, outcome->reason,
                                                        comparison_withheld_reason(comparison, outcome->scheme)),
                               &text);
    buffer_add_character(&text, '.');
    if (outcome->sign_change)
        buffer_add_string(&text, " Adjustment turned the sign: the plain numbers mislead.");
    add_sentence(answers, &text);
    buffer_release(&text);
}

static void add_answer(struct answers *answers, const struct comparison *comparison, uint32_t scheme,
                       const struct question *question)
{
    if (question->measure == NULL)
        return;
    const struct comparison_outcome *outcome = comparison_find_outcome(comparison, scheme, question->measure);
    if (outcome != NULL && !isnan(outcome->own.crude.value))
        add_outcome(answers, comparison, outcome, question->share);
    else
        add_silence(answers, measure_table[measure_index(question->measure)].title);
}

/* By how many days the first decision came later, over the shortest horizon. */
static void add_delay(struct answers *answers, const struct comparison *comparison, uint32_t scheme)
{
    const struct comparison_wait *wait = comparison_find_wait(comparison, scheme, "wait_decision");
    if (wait == NULL || isnan(wait->within[0].mean_difference.value)) {
        add_silence(answers, measure_table[measure_index("wait_decision")].title);
        return;
    }
    const struct comparison_horizon *horizon = &wait->within[0];
    struct buffer text = buffer_with_maximum(SENTENCE_MAX);
    buffer_add_formatted(&text, "Mean wait for the first decision, up to day %d, like with like%s: ", horizon->days,
                         but_for_time(comparison, scheme));
    const char *few =
        comparison_too_few_alike(horizon->mean_difference, &wait->own, &wait->reference, &horizon->left_out);
    if (few != NULL)
        buffer_add_string(&text, few);
    else
        comparison_add_reading(horizon->mean_difference, UNIT_DAYS,
                               comparison_reason_to_say(horizon->mean_difference, horizon->mean_reason,
                                                        comparison_withheld_reason(comparison, scheme)),
                               &text);
    buffer_add_character(&text, '.');
    add_sentence(answers, &text);
    buffer_release(&text);
}

/* " Some come to nothing with no scheme too: for each one beyond those it cost £737 (…)." */
static void add_beyond(struct buffer *text, const struct cost_figure *beyond, uint32_t reference)
{
    const struct display value = comparison_value(beyond->estimate.value, UNIT_POUNDS);
    const struct display range = display_interval(comparison_range(beyond->estimate, UNIT_POUNDS));
    buffer_add_formatted(text, " Some come to nothing with %s too: ", reference_phrase(reference));
    if (value.text[0] == '\0')
        buffer_add_formatted(text, "beyond those there is no price (%s).",
                             beyond->reason != NULL ? beyond->reason : "no number");
    else
        buffer_add_formatted(text, "for each one beyond those it cost %s (%s).", value.text,
                             beyond->reason != NULL ? beyond->reason : range.text);
}

static const struct comparison_cost *find_cost(const struct comparison_costs *costs, uint32_t scheme)
{
    for (size_t i = 0; i < costs->count; i++) {
        if (costs->costs[i].scheme == scheme)
            return &costs->costs[i];
    }
    return NULL;
}

static void add_cost(struct answers *answers, const struct comparison_costs *costs, uint32_t scheme, uint32_t reference)
{
    const struct comparison_cost *cost = find_cost(costs, scheme);
    if (cost != NULL && cost->cost == 0) {
        struct buffer nothing = buffer_with_maximum(SENTENCE_MAX);
        buffer_add_string(&nothing, "It is recorded to have cost nothing.");
        add_sentence(answers, &nothing);
        buffer_release(&nothing);
        return;
    }
    if (cost == NULL || isnan(cost->per_avoided.estimate.value)) {
        add_silence(answers, "What it cost");
        return;
    }
    struct buffer text = buffer_with_maximum(SENTENCE_MAX);
    const struct display range = comparison_range(cost->per_avoided.estimate, UNIT_POUNDS);
    buffer_add_formatted(&text, "It cost %s for each request turned away or advised that did not come back",
                         comparison_value(cost->per_avoided.estimate.value, UNIT_POUNDS).text);
    if (range.text[0] != '\0')
        buffer_add_formatted(&text, " (%s)", display_interval(range).text);
    buffer_add_character(&text, '.');
    add_beyond(&text, &cost->per_avoided_beyond, reference);
    add_sentence(answers, &text);
    buffer_release(&text);
}

static void add_scheme(cJSON *list, const struct comparison_source *source, uint32_t scheme)
{
    const struct comparison *comparison = source->comparison;
    cJSON *row = page_list_add(list);
    page_add_string(row, "title", scheme_titles[scheme]);
    page_add_boolean(row, "has_data", comparison->schemes[scheme]);
    page_add_string(row, "withheld_reason", comparison_withheld_reason(comparison, scheme));
    struct answers answers = {page_add_list(row, "sentences"), buffer_with_maximum(SENTENCE_MAX)};
    add_time(&answers, comparison, scheme);
    add_size(&answers, comparison, scheme);
    for (size_t i = 0; i < sizeof shared_questions / sizeof shared_questions[0]; i++)
        add_answer(&answers, comparison, scheme, &shared_questions[i]);
    add_delay(&answers, comparison, scheme);
    add_cost(&answers, source->costs, scheme, comparison->reference);
    add_answer(&answers, comparison, scheme, &own_questions[scheme]);
    page_add_text(row, "silent", buffer_text(&answers.silent));
    buffer_release(&answers.silent);
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
        "In %s practice%s that began to hold peer-review meetings, the share rejected afterwards was, beside "
        "%s practice%s without any: ",
        display_count((double)change->practices).text, change->practices == 1 ? "" : "s",
        display_count((double)change->comparators).text, change->comparators == 1 ? "" : "s");
    comparison_add_reading(change->difference.estimate, UNIT_SHARE, change->difference.reason, &text);
    buffer_add_character(&text, '.');
    add_words(document, "meetings", &text);
    buffer_release(&text);
}

cJSON *brief_document(const struct comparison_source *source)
{
    cJSON *document = cJSON_CreateObject();
    comparison_add_about(document, source);
    page_add_trust_of_files(document, source->report, true);
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
