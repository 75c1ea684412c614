#include "referlens/output/comparison_systems.h"

#include "referlens/output/comparison_rows.h"
#include "referlens/output/comparison_words.h"
#include "referlens/output/page_json.h"

enum { SYSTEM_MEASURES_MAX = 8 };

/* What matters for a system, and what is said of it. */
struct system {
    const char *question; /* what is at issue */
    const char *outcomes[SYSTEM_MEASURES_MAX], *waits[SYSTEM_MEASURES_MAX];
    const char *silence; /* what matters too and the data cannot tell; NULL: nothing */
    uint32_t scheme;
    bool meets; /* what changed after the first peer-review meeting belongs to it */
};

static const struct system systems[] = {
    {.scheme = SCHEME_RMC,
     .question =
         "Does it turn patients away without a word to the GP or the patient, does it add delay, and what becomes of "
         "those who were turned away?",
     .outcomes = {"rejection_rate", "rejected_without_dialogue", "rejected_without_patient", "re_referral_rate",
                  "lost_after_rejection", "attendance_conversion"},
     .waits = {"wait_decision", "wait_first_attendance", "journey_wait", "hidden_delay"}},
    {.scheme = SCHEME_SPECIALIST_ADVICE,
     .question =
         "How soon does advice come, does it take the place of a referral, and does the referral come later all the "
         "same?",
     .outcomes = {"advice_response_2d", "advice_diverted", "returned_with_advice_rate", "rejection_rate",
                  "attendance_conversion"},
     .waits = {"wait_advice", "wait_first_attendance"}},
    {.scheme = SCHEME_LOCAL_EXPERTISE,
     .question = "How long does local triage take, how many does it send elsewhere, and how many back?",
     .outcomes = {"redirected_rate", "rejection_rate", "returned_with_advice_rate", "discharged_at_first",
                  "attendance_conversion"},
     .waits = {"wait_decision", "wait_first_attendance"},
     .silence =
         "Whether triage changed a referral’s priority is not recorded: the files have one priority a referral, that "
         "of the day on which it was made."},
    {.scheme = SCHEME_PEER_REVIEW,
     .question =
         "Do colleagues’ eyes before sending change what is sent and what becomes of it, and did meetings change "
         "later referrals?",
     .outcomes = {"referral_rate", "rejection_rate", "rejected_without_dialogue", "discharged_at_first",
                  "treatment_conversion", "attendance_conversion"},
     .waits = {"wait_first_attendance"},
     .meets = true},
};

static void add_outcomes(cJSON *system, const struct comparison *comparison, const struct system *of)
{
    const char *said = comparison_withheld_reason(comparison, of->scheme);
    cJSON *list = page_add_list(system, "outcomes");
    for (size_t i = 0; i < SYSTEM_MEASURES_MAX && of->outcomes[i] != NULL; i++) {
        const struct comparison_outcome *outcome = comparison_find_outcome(comparison, of->scheme, of->outcomes[i]);
        if (outcome != NULL)
            comparison_add_outcome_row(list, outcome, said);
    }
    list = page_add_list(system, "waits");
    for (size_t i = 0; i < SYSTEM_MEASURES_MAX && of->waits[i] != NULL; i++) {
        const struct comparison_wait *wait = comparison_find_wait(comparison, of->scheme, of->waits[i]);
        if (wait != NULL)
            comparison_add_wait_row(list, wait, said);
    }
}

void comparison_add_systems(cJSON *document, const struct comparison_source *source)
{
    const struct comparison *comparison = source->comparison;
    cJSON *list = page_add_list(document, "systems");
    for (size_t i = 0; i < sizeof systems / sizeof systems[0]; i++) {
        const struct system *of = &systems[i];
        cJSON *system = page_list_add(list);
        const bool is_reference = of->scheme == comparison->reference;
        page_add_string(system, "id", scheme_names[of->scheme]);
        page_add_string(system, "scheme_title", scheme_titles[of->scheme]);
        page_add_string(system, "part", "system");
        page_add_string(system, "withheld_reason", comparison_withheld_reason(comparison, of->scheme));
        page_add_boolean(system, "at_other_times", comparison_at_other_times(comparison, of->scheme));
        page_add_string(system, "phrase", comparison_scheme_phrase(of->scheme));
        page_add_string(system, "question", of->question);
        page_add_string(system, "silence", of->silence);
        page_add_boolean(system, "has_data", comparison->schemes[of->scheme]);
        page_add_boolean(system, "is_reference", is_reference);
        page_add_boolean(system, "is_compared", comparison->schemes[of->scheme] && !is_reference);
        page_add_boolean(system, "meets", of->meets);
        add_outcomes(system, comparison, of);
    }
}
