/* The cohort: the facts of every referral, in columns.
 *
 * It owns the columns, the dictionaries of their codes and the small tables of practices, schemes and sessions. It is
 * filled by the builder (cohort/builder.h), and read-only afterwards: any number of threads may read it. It knows
 * nothing of CSV and nothing of measures. Rows are in no meaningful order; nothing that is written may depend on it.
 * About 57 bytes a referral while it is evaluated, its ids apart.
 */
#ifndef REFERLENS_COHORT_COHORT_H
#define REFERLENS_COHORT_COHORT_H

#include "referlens/base/calendar.h"
#include "referlens/base/dictionary.h"
#include "referlens/cohort/vocabulary.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the whole input has recorded at least once, as bits. Events count once they are linked to a referral and dated
 * neither before it nor after the as-of date. Bit n below RECORDED_PATIENT stands for event type n. */
#define RECORDED_EVENT(type) (UINT32_C(1) << (type))
#define RECORDED_PATIENT (UINT32_C(1) << 24)
#define RECORDED_PREVIOUS (UINT32_C(1) << 25)
#define RECORDED_RECEIVED (UINT32_C(1) << 26)
#define RECORDED_CONTACTED (UINT32_C(1) << 27)
#define RECORDED_CONSULTED (UINT32_C(1) << 28)
#define RECORDED_LIST_SIZE (UINT32_C(1) << 29)

enum answer { ANSWER_UNKNOWN, ANSWER_NO, ANSWER_YES };

/* Flags of a referral, one column of bits. */
enum referral_flag {
    FLAG_ADVICE = 1 << 0,                  /* request_type = advice */
    FLAG_PATIENT_KNOWN = 1 << 1,
    FLAG_DNA = 1 << 2,                     /* any dna */
    FLAG_DNA_BEFORE_ATTENDED = 1 << 3,     /* a dna on or before the day first attended, or never attended */
    FLAG_ASI = 1 << 4,                     /* any event without an appointment slot */
    FLAG_CANCER = 1 << 5,                  /* any diagnosis_cancer */
    FLAG_CONVERTED = 1 << 6,               /* any converted */
    FLAG_DISCHARGED_WHEN_ATTENDED = 1 << 7, /* a discharge on the day first attended */
    FLAG_FOLLOWS = 1 << 8,                 /* follows a rejected referral: not the head of a chain */
    FLAG_LEFT_OUT = 1 << 9,                /* dated after the as-of date: in no slice */
    FLAG_SEEN_UNDATED = 1 << 10            /* a follow-up attended and no first attendance: when first seen is not known */
};

/* How many days after a rejection, a return or an answer the next referral of the patient and specialty came. */
#define NEXT_NONE INT32_MAX

/* One referral's facts, gathered from the columns. Days are DAY_UNKNOWN where the thing has not happened. */
struct fact {
    day as_of, referred, received;
    day decided, attended, treated, responded, left, discharged; /* each the earliest; left: cancelled or died */
    int32_t next_days;    /* to the next referral of the patient and specialty, from the first decision (a rejection, or a
                             return with advice) or the answer to an advice request; NEXT_NONE where there was none or
                             the patient is unknown */
    day journey_attended; /* the first attendance anywhere in the chain that this referral heads */
    day journey_ended;    /* the last member's rejection, return or exit, the earliest */
    bool journey_undated; /* some member of the chain is FLAG_SEEN_UNDATED */
    uint32_t practice, specialty;
    uint32_t reason;      /* of the first decision; DICTIONARY_NONE where none was given */
    uint16_t flags;       /* set of enum referral_flag */
    uint8_t decision;     /* enum event_type of the first decision, EVENT_NONE where undecided */
    uint8_t contacted, consulted; /* enum answer, on the first decision */
    uint8_t priority, scheme; /* enum priority, enum scheme */
    uint32_t age_band, sex;   /* dictionary codes or DICTIONARY_NONE */
    uint8_t imd_decile;   /* 1 to 10, 0 unknown */
};

/* A row of practices.csv. */
struct practice_row {
    uint32_t practice;
    struct text name, locality, age_band, sex; /* empty: unknown, or all bands */
    double list_size;                          /* NAN: unknown */
    quarter period;                            /* PERIOD_NONE: not of one period */
};
#define PERIOD_NONE INT32_MIN

/* A row of schemes.csv. */
struct scheme_row {
    uint32_t practice;
    uint32_t specialty; /* DICTIONARY_NONE: every specialty */
    enum scheme scheme;
    day start, end; /* inclusive; end DAY_UNKNOWN: open */
    double annual_cost, cost_per_referral; /* NAN: unknown */
};

/* A row of sessions.csv. */
struct session_row {
    uint32_t practice;
    uint32_t specialty; /* DICTIONARY_NONE: none named */
    day date;
    struct text topic;
};

struct cohort; /* fields in cohort/columns.h, for the rooms that fill it */

size_t cohort_count(const struct cohort *cohort);
day cohort_as_of(const struct cohort *cohort);
uint32_t cohort_recorded(const struct cohort *cohort);

/* By the same bits, what values told that could not be used: it is wrong to say of these that nobody recorded them. */
uint32_t cohort_unread(const struct cohort *cohort);

/* The facts of referral number `index`. */
struct fact cohort_fact(const struct cohort *cohort, size_t index);

/* What sorting needs of a referral, without the cost of the rest. */
struct given {
    day referred;
    uint32_t practice;
    uint16_t flags;
};
struct given cohort_given(const struct cohort *cohort, size_t index);

/* The id of referral number `index`, a view of what it was read from: good as long as that is. Not after
 * cohort_forget_ids. */
struct text cohort_id(const struct cohort *cohort, size_t index);

/* Dictionaries, each in the order of its texts. Practices hold every code of any file. */
const struct dictionary *cohort_practices(const struct cohort *cohort);
const struct dictionary *cohort_specialties(const struct cohort *cohort);
const struct dictionary *cohort_reasons(const struct cohort *cohort);
const struct dictionary *cohort_age_bands(const struct cohort *cohort);
const struct dictionary *cohort_sexes(const struct cohort *cohort);

/* The name of a practice where practices.csv has one, otherwise its code; likewise its locality, or empty. */
struct text cohort_practice_name(const struct cohort *cohort, uint32_t practice);
struct text cohort_practice_locality(const struct cohort *cohort, uint32_t practice);

const struct practice_row *cohort_practice_rows(const struct cohort *cohort, size_t *count);
const struct scheme_row *cohort_scheme_rows(const struct cohort *cohort, size_t *count);
const struct session_row *cohort_session_rows(const struct cohort *cohort, size_t *count);

/* Releases the ids, once nothing asks for them any more. */
void cohort_forget_ids(struct cohort *cohort);

/* Releases the facts of the referrals: cohort_fact must not be called afterwards. Dictionaries and small tables stay. */
void cohort_forget_facts(struct cohort *cohort);

void cohort_free(struct cohort *cohort);

#endif
