#include "referlens/cohort/vocabulary.h"

#include <stddef.h>

const char *const event_type_names[EVENT_TYPE_COUNT] = {
    [EVENT_REJECTED] = "rejected",
    [EVENT_RETURNED_WITH_ADVICE] = "returned_with_advice",
    [EVENT_REDIRECTED] = "redirected",
    [EVENT_ACCEPTED] = "accepted",
    [EVENT_ADVICE_RESPONSE] = "advice_response",
    [EVENT_CONVERTED] = "converted",
    [EVENT_ASI] = "asi",
    [EVENT_BOOKED] = "booked",
    [EVENT_FIRST_ATTENDED] = "first_attended",
    [EVENT_DNA] = "dna",
    [EVENT_CANCELLED_PATIENT] = "cancelled_patient",
    [EVENT_CANCELLED_PROVIDER] = "cancelled_provider",
    [EVENT_FOLLOWUP_ATTENDED] = "followup_attended",
    [EVENT_DECISION_TO_TREAT] = "decision_to_treat",
    [EVENT_TREATED] = "treated",
    [EVENT_DISCHARGED] = "discharged",
    [EVENT_DIAGNOSIS_CANCER] = "diagnosis_cancer",
    [EVENT_CANCELLED_REFERRAL] = "cancelled_referral",
    [EVENT_DIED] = "died",
};

const char *const scheme_names[SCHEME_COUNT] = {
    [SCHEME_NONE] = "none",
    [SCHEME_RMC] = "rmc",
    [SCHEME_SPECIALIST_ADVICE] = "specialist_advice",
    [SCHEME_LOCAL_EXPERTISE] = "local_expertise",
    [SCHEME_PEER_REVIEW] = "peer_review",
};

const char *const scheme_titles[SCHEME_COUNT] = {
    [SCHEME_NONE] = "Sent straight to the provider",
    [SCHEME_RMC] = "Referral management centre",
    [SCHEME_SPECIALIST_ADVICE] = "Specialist advice",
    [SCHEME_LOCAL_EXPERTISE] = "Local expertise",
    [SCHEME_PEER_REVIEW] = "Peer review",
};

const char *const priority_names[PRIORITY_COUNT] = {
    [PRIORITY_UNKNOWN] = NULL,
    [PRIORITY_ROUTINE] = "routine",
    [PRIORITY_URGENT] = "urgent",
    [PRIORITY_USC] = "usc",
};

const char *const request_type_names[REQUEST_TYPE_COUNT] = {
    [REQUEST_REFERRAL] = "referral",
    [REQUEST_ADVICE] = "advice",
};

size_t vocabulary_find(const char *const *names, size_t count, struct text word)
{
    if (word.length == 0)
        return count;
    for (size_t i = 0; i < count; i++) {
        if (names[i] == NULL || names[i][0] != word.bytes[0])
            continue;
        size_t k = 1;
        while (k < word.length && names[i][k] == word.bytes[k] && names[i][k] != '\0')
            k++;
        if (k == word.length && names[i][k] == '\0')
            return i;
    }
    return count;
}

/* NHS Data Dictionary, treatment function codes: the ones that GPs refer to most. */
static const struct {
    const char *code, *title;
} treatment_functions[] = {
    {"100", "General surgery"},       {"101", "Urology"},
    {"110", "Trauma and orthopaedics"}, {"120", "Ear, nose and throat"},
    {"130", "Ophthalmology"},         {"140", "Oral surgery"},
    {"300", "General medicine"},      {"301", "Gastroenterology"},
    {"320", "Cardiology"},            {"330", "Dermatology"},
    {"340", "Respiratory medicine"},  {"400", "Neurology"},
    {"410", "Rheumatology"},          {"420", "Paediatrics"},
    {"430", "Elderly medicine"},      {"502", "Gynaecology"},
};

struct text specialty_title(struct text code)
{
    for (size_t i = 0; i < sizeof treatment_functions / sizeof treatment_functions[0]; i++) {
        if (text_equal(text_of(treatment_functions[i].code), code))
            return text_of(treatment_functions[i].title);
    }
    return code;
}
