/* The closed vocabularies: event types, schemes, priorities, request types, and the titles of treatment
 * functions. Each is one table of words; reading, writing and help all use it.
 */
#ifndef REFERLENS_COHORT_VOCABULARY_H
#define REFERLENS_COHORT_VOCABULARY_H

#include "referlens/base/text.h"

#include <stdbool.h>
#include <stdint.h>

/* Decisions come first, in the order that settles a tie of date and sequence. */
enum event_type {
    EVENT_REJECTED,
    EVENT_RETURNED_WITH_ADVICE,
    EVENT_REDIRECTED,
    EVENT_ACCEPTED,
    EVENT_ADVICE_RESPONSE,
    EVENT_CONVERTED,
    EVENT_ASI,
    EVENT_BOOKED,
    EVENT_FIRST_ATTENDED,
    EVENT_DNA,
    EVENT_CANCELLED_PATIENT,
    EVENT_CANCELLED_PROVIDER,
    EVENT_FOLLOWUP_ATTENDED,
    EVENT_DECISION_TO_TREAT,
    EVENT_TREATED,
    EVENT_DISCHARGED,
    EVENT_DIAGNOSIS_CANCER,
    EVENT_CANCELLED_REFERRAL,
    EVENT_DIED,
    EVENT_TYPE_COUNT,
    EVENT_NONE = EVENT_TYPE_COUNT
};

enum scheme {
    SCHEME_NONE, /* sent straight to the provider */
    SCHEME_RMC,
    SCHEME_SPECIALIST_ADVICE,
    SCHEME_LOCAL_EXPERTISE,
    SCHEME_PEER_REVIEW,
    SCHEME_COUNT,
    SCHEME_UNKNOWN = SCHEME_COUNT
};

enum priority { PRIORITY_UNKNOWN, PRIORITY_ROUTINE, PRIORITY_URGENT, PRIORITY_USC, PRIORITY_COUNT };
enum request_type { REQUEST_REFERRAL, REQUEST_ADVICE, REQUEST_TYPE_COUNT };

/* Each table has its words by value; a value that stands for "unknown" has none (NULL). */
extern const char *const event_type_names[EVENT_TYPE_COUNT];
extern const char *const scheme_names[SCHEME_COUNT];
extern const char *const scheme_titles[SCHEME_COUNT];
extern const char *const priority_names[PRIORITY_COUNT];
extern const char *const request_type_names[REQUEST_TYPE_COUNT];

/* The value of a word in such a table, or `count` where it is none of them. Exact, as the files must be. */
size_t vocabulary_find(const char *const *names, size_t count, struct text word);

/* The same by an index of the words' lengths and ends, for the many rows of a file. A zeroed one has no words. */
struct vocabulary_index {
    const char *const *names;
    size_t count; /* at most 32 */
    struct vocabulary_slot {
        uint8_t length; /* 0: empty */
        uint8_t value;
    } slots[64];
};
void vocabulary_index_make(struct vocabulary_index *index, const char *const *names, size_t count);
size_t vocabulary_index_find(const struct vocabulary_index *index, struct text word);

/* The title of a treatment function code ("330" → "Dermatology"), or the text itself where it is none we know. */
struct text specialty_title(struct text code);

#endif
