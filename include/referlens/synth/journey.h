/* One request: what is made of it, from the referral date to the last event.
 *
 * Draws by the rules of synth/truth.h. Knows one referral or advice request at a time; what follows it is
 * synth/episode.h's.
 */
#ifndef REFERLENS_SYNTH_JOURNEY_H
#define REFERLENS_SYNTH_JOURNEY_H

#include "referlens/base/calendar.h"
#include "referlens/base/random.h"
#include "referlens/synth/county.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum synth_event_type {
    SYNTH_ACCEPTED,
    SYNTH_REJECTED,
    SYNTH_RETURNED_WITH_ADVICE,
    SYNTH_REDIRECTED,
    SYNTH_ADVICE_RESPONSE,
    SYNTH_CONVERTED,
    SYNTH_ASI,
    SYNTH_BOOKED,
    SYNTH_FIRST_ATTENDED,
    SYNTH_DNA,
    SYNTH_CANCELLED_PATIENT,
    SYNTH_CANCELLED_PROVIDER,
    SYNTH_FOLLOWUP_ATTENDED,
    SYNTH_DECISION_TO_TREAT,
    SYNTH_TREATED,
    SYNTH_DISCHARGED,
    SYNTH_DIAGNOSIS_CANCER,
    SYNTH_CANCELLED_REFERRAL,
    SYNTH_DIED,
    SYNTH_EVENT_TYPE_COUNT
};

extern const char *const synth_event_names[SYNTH_EVENT_TYPE_COUNT];

enum synth_answer { SYNTH_ANSWER_BLANK, SYNTH_ANSWER_NO, SYNTH_ANSWER_YES };

enum { SYNTH_EVENTS_MAX = 16, SYNTH_BLANK = 255 };

struct synth_event {
    day date;
    uint8_t type;                 /* enum synth_event_type */
    uint8_t reason;               /* index of synth_reason_truths, or SYNTH_BLANK */
    uint8_t contacted, consulted; /* enum synth_answer */
};

struct synth_referral {
    day referred, received; /* received: DAY_UNKNOWN where blank */
    uint64_t patient;       /* 0: blank */
    size_t practice;
    uint32_t doctor;   /* of the practice, from 1; 0: blank */
    uint8_t follows;   /* 1 + place in its episode of the one it names as its predecessor; 0: none */
    uint8_t specialty; /* index of synth_specialty_truths */
    uint8_t provider;
    uint8_t priority;   /* enum synth_priority */
    uint8_t age_band;   /* index of synth_age_band_truths */
    uint8_t sex;        /* enum synth_sex */
    uint8_t imd_decile; /* 1 to 10 */
    uint8_t blanks;     /* set of enum synth_blank: known to the model, left blank in the file */
    bool advice;        /* an advice request */
    uint8_t event_count;
    struct synth_event events[SYNTH_EVENTS_MAX]; /* in order of date, none after the as-of date */
};

enum synth_blank {
    SYNTH_BLANK_PRIORITY = 1 << 0,
    SYNTH_BLANK_AGE_BAND = 1 << 1,
    SYNTH_BLANK_SEX = 1 << 2,
    SYNTH_BLANK_IMD = 1 << 3
};

/* What the next step needs to know. Days are DAY_UNKNOWN where the thing did not happen, and may lie after the as-of
 * date. */
struct synth_outcome {
    day rejected;
    day answered;  /* an advice request */
    day converted; /* likewise */
    bool died;
};

/* Gives a referral its receipt and its events. All its other fields are set. */
struct synth_outcome synth_journey(struct random_stream *random, const struct synth_county *county,
                                   struct synth_referral *referral);

/* The same for an advice request; `convertible` is false where nothing may come of it. */
struct synth_outcome synth_advice(struct random_stream *random, const struct synth_county *county,
                                  struct synth_referral *request, bool convertible);

/* A rejection on that day that was overturned: adds the acceptance and the attendance. */
void synth_overturn(struct random_stream *random, const struct synth_county *county, struct synth_referral *referral,
                    day rejected);

#endif
