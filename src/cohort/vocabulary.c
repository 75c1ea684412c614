#include "referlens/cohort/vocabulary.h"

#include <stddef.h>
#include <string.h>

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

/* Where probing for a word starts; its length is at least 1. */
static size_t first_slot(struct text word)
{
    const unsigned char first = (unsigned char)word.bytes[0], last = (unsigned char)word.bytes[word.length - 1];
    return word.length * 5 + first * 3u + last;
}

enum { SLOT_MASK = sizeof((struct vocabulary_index *)0)->slots / sizeof(struct vocabulary_slot) - 1 };

void vocabulary_index_make(struct vocabulary_index *index, const char *const *names, size_t count)
{
    *index = (struct vocabulary_index){.names = names, .count = count};
    for (size_t i = 0; i < count; i++) {
        if (names[i] == NULL)
            continue;
        const struct text word = text_of(names[i]);
        size_t slot = first_slot(word);
        while (index->slots[slot & SLOT_MASK].length != 0)
            slot++;
        index->slots[slot & SLOT_MASK] = (struct vocabulary_slot){(uint8_t)word.length, (uint8_t)i};
    }
}

size_t vocabulary_index_find(const struct vocabulary_index *index, struct text word)
{
    if (word.length == 0)
        return index->count;
    for (size_t slot = first_slot(word);; slot++) {
        const struct vocabulary_slot *found = &index->slots[slot & SLOT_MASK];
        if (found->length == 0)
            return index->count;
        if (found->length == word.length && text_bytes_equal(index->names[found->value], word.bytes, word.length))
            return found->value;
    }
}

/* NHS Data Dictionary, treatment function codes: the ones that GPs refer to most. */
static const struct {
    const char *code, *title;
} treatment_functions[] = {
    {"100", "General surgery"},
    {"101", "Urology"},
    {"110", "Trauma and orthopaedics"},
    {"120", "Ear, nose and throat"},
    {"130", "Ophthalmology"},
    {"140", "Oral surgery"},
    {"300", "General medicine"},
    {"301", "Gastroenterology"},
    {"320", "Cardiology"},
    {"330", "Dermatology"},
    {"340", "Respiratory medicine"},
    {"400", "Neurology"},
    {"410", "Rheumatology"},
    {"420", "Paediatrics"},
    {"430", "Elderly medicine"},
    {"502", "Gynaecology"},
};

struct text specialty_title(struct text code)
{
    for (size_t i = 0; i < sizeof treatment_functions / sizeof treatment_functions[0]; i++) {
        if (text_equal(text_of(treatment_functions[i].code), code))
            return text_of(treatment_functions[i].title);
    }
    return code;
}
