#include "referlens/synth/journey.h"

#include "referlens/synth/draw.h"

#include <assert.h>

/* The rates below are those that synth/truth.h states in words. */
#define PENDING              0.01
#define LEFT_EARLY           0.005
#define RECEIPT_BLANK        0.06
#define HIDDEN_SIGMA         0.5
#define DECISION_SIGMA       0.6
#define DIALOGUE_KNOWN       0.85
#define CANCELS              0.03
#define ASI_DAYS             21.0
#define ASI_SIGMA            0.5
#define BOOKED               0.12
#define CANCELLED_PATIENT    0.05
#define CANCELLED_PROVIDER   0.04
#define DNA                  0.04
#define DNA_PER_DECILE       0.005
#define DISCHARGED_AFTER_DNA 0.35
#define NEXT_WAIT_SHARE      0.4
#define TREATMENT_SIGMA      0.6
#define UNANSWERED           0.04
#define ANSWERED_RETURNED    0.05
#define ANSWERED_REJECTED    0.03
#define RESPONSE_SIGMA       0.9

enum { MISHAPS_MAX = 2 };

const char *const synth_event_names[SYNTH_EVENT_TYPE_COUNT] = {
    [SYNTH_ACCEPTED] = "accepted",
    [SYNTH_REJECTED] = "rejected",
    [SYNTH_RETURNED_WITH_ADVICE] = "returned_with_advice",
    [SYNTH_REDIRECTED] = "redirected",
    [SYNTH_ADVICE_RESPONSE] = "advice_response",
    [SYNTH_CONVERTED] = "converted",
    [SYNTH_ASI] = "asi",
    [SYNTH_BOOKED] = "booked",
    [SYNTH_FIRST_ATTENDED] = "first_attended",
    [SYNTH_DNA] = "dna",
    [SYNTH_CANCELLED_PATIENT] = "cancelled_patient",
    [SYNTH_CANCELLED_PROVIDER] = "cancelled_provider",
    [SYNTH_FOLLOWUP_ATTENDED] = "followup_attended",
    [SYNTH_DECISION_TO_TREAT] = "decision_to_treat",
    [SYNTH_TREATED] = "treated",
    [SYNTH_DISCHARGED] = "discharged",
    [SYNTH_DIAGNOSIS_CANCER] = "diagnosis_cancer",
    [SYNTH_CANCELLED_REFERRAL] = "cancelled_referral",
    [SYNTH_DIED] = "died",
};

/* What the steps of one journey share. */
struct walk {
    struct random_stream *random;
    const struct synth_county *county;
    const struct synth_scheme_truth *scheme;
    const struct synth_specialty_truth *specialty;
    struct synth_referral *referral;
};

static struct walk walk_of(struct random_stream *random, const struct synth_county *county,
                           struct synth_referral *referral)
{
    enum synth_scheme scheme = synth_county_scheme(county, referral->practice, referral->specialty, referral->referred);
    return (struct walk){.random = random,
                         .county = county,
                         .scheme = synth_scheme_rates(county->effect, scheme),
                         .specialty = &synth_specialty_truths[referral->specialty],
                         .referral = referral};
}

/* Adds an event, dated no earlier than the ones before it. NULL where the export was taken before it. */
static struct synth_event *add_event(struct walk *walk, enum synth_event_type type, day date)
{
    struct synth_referral *referral = walk->referral;
    if (date > walk->county->as_of)
        return NULL;
    assert(referral->event_count < SYNTH_EVENTS_MAX);
    assert(referral->event_count == 0 || referral->events[referral->event_count - 1].date <= date);
    struct synth_event *event = &referral->events[referral->event_count++];
    *event = (struct synth_event){.date = date, .type = (uint8_t)type, .reason = SYNTH_BLANK};
    return event;
}

static uint8_t draw_reason(struct random_stream *random)
{
    double point = random_uniform(random);
    for (size_t reason = 0; reason < SYNTH_REASON_COUNT; reason++) {
        point -= synth_reason_truths[reason].share;
        if (point < 0)
            return (uint8_t)reason;
    }
    return SYNTH_BLANK;
}

static uint8_t draw_answer(struct random_stream *random, double yes)
{
    if (!draw_chance(random, DIALOGUE_KNOWN))
        return SYNTH_ANSWER_BLANK;
    return draw_chance(random, yes) ? SYNTH_ANSWER_YES : SYNTH_ANSWER_NO;
}

/* A decision other than acceptance, and who was spoken to about it. */
static void add_decision(struct walk *walk, enum synth_event_type type, day date)
{
    uint8_t reason = type == SYNTH_REJECTED ? draw_reason(walk->random) : SYNTH_BLANK;
    uint8_t contacted = draw_answer(walk->random, walk->scheme->referrer_contacted);
    uint8_t consulted = draw_answer(walk->random, walk->scheme->patient_consulted);
    struct synth_event *event = add_event(walk, type, date);
    if (event == NULL)
        return;
    event->reason = reason;
    event->contacted = contacted;
    event->consulted = consulted;
}

static day draw_receipt(struct walk *walk)
{
    double urgency = walk->referral->priority == SYNTH_USC ? 0.25 : 1;
    day hidden = draw_days(walk->random, walk->scheme->hidden_days * urgency, HIDDEN_SIGMA);
    day received = draw_working_day(walk->referral->referred + hidden);
    bool known = !draw_chance(walk->random, RECEIPT_BLANK) && received <= walk->county->as_of;
    walk->referral->received = known ? received : DAY_UNKNOWN;
    return received;
}

static day draw_decision_day(struct walk *walk, day received)
{
    static const double urgency[SYNTH_PRIORITY_COUNT] = {1, 0.5, 0.25};
    double median = walk->scheme->decision_days * urgency[walk->referral->priority];
    return draw_working_day(received + draw_days(walk->random, median, DECISION_SIGMA));
}

static enum synth_event_type draw_decision(struct walk *walk)
{
    const struct synth_referral *referral = walk->referral;
    struct synth_decision_chances chances =
        synth_decision_chances(walk->scheme, referral->specialty, (enum synth_priority)referral->priority,
                               walk->county->practices[referral->practice].rejected_factor);
    double point = random_uniform(walk->random);
    if (point < chances.rejected)
        return SYNTH_REJECTED;
    if (point < chances.rejected + chances.returned_with_advice)
        return SYNTH_RETURNED_WITH_ADVICE;
    if (point < chances.rejected + chances.returned_with_advice + chances.redirected)
        return SYNTH_REDIRECTED;
    return SYNTH_ACCEPTED;
}

static double draw_wait(struct walk *walk)
{
    struct synth_wait wait = synth_wait(walk->referral->specialty, (enum synth_priority)walk->referral->priority);
    double factor = walk->county->practices[walk->referral->practice].wait_factor;
    return draw_log_normal(walk->random, wait.median_days * factor, wait.sigma);
}

/* Urgent suspected cancer, seen on that day. */
static void after_usc_visit(struct walk *walk, day seen)
{
    if (draw_chance(walk->random, walk->specialty->cancer)) {
        day diagnosed = draw_working_day(seen + 3 + draw_days(walk->random, 14, 0.4));
        add_event(walk, SYNTH_DIAGNOSIS_CANCER, diagnosed);
        add_event(walk, SYNTH_DECISION_TO_TREAT, diagnosed);
        add_event(walk, SYNTH_TREATED, draw_working_day(diagnosed + draw_days(walk->random, 24, 0.4)));
        return;
    }
    bool at_once = draw_chance(walk->random, 0.5);
    day cleared = at_once ? seen : draw_working_day(seen + draw_days(walk->random, 18, 0.5));
    if (!at_once && draw_chance(walk->random, 0.5))
        add_event(walk, SYNTH_FOLLOWUP_ATTENDED, cleared);
    add_event(walk, SYNTH_DISCHARGED, cleared);
}

/* Listed for treatment on the first visit or on a follow-up. */
static void treatment(struct walk *walk, day seen)
{
    day decided = seen;
    if (draw_chance(walk->random, 0.4)) {
        decided = draw_working_day(seen + 7 + draw_days(walk->random, 40, 0.4));
        add_event(walk, SYNTH_FOLLOWUP_ATTENDED, decided);
    }
    add_event(walk, SYNTH_DECISION_TO_TREAT, decided);
    day treated = draw_working_day(decided + draw_days(walk->random, walk->specialty->treat_days, TREATMENT_SIGMA));
    add_event(walk, SYNTH_TREATED, treated);
    day discharged = treated;
    if (draw_chance(walk->random, 0.4)) {
        discharged = draw_working_day(treated + 7 + draw_days(walk->random, 40, 0.4));
        add_event(walk, SYNTH_FOLLOWUP_ATTENDED, discharged);
    }
    add_event(walk, SYNTH_DISCHARGED, discharged);
}

static void followups(struct walk *walk, day seen)
{
    day date = draw_working_day(seen + 7 + draw_days(walk->random, 60, 0.4));
    add_event(walk, SYNTH_FOLLOWUP_ATTENDED, date);
    if (draw_chance(walk->random, 0.2)) {
        date = draw_working_day(date + 7 + draw_days(walk->random, 80, 0.4));
        add_event(walk, SYNTH_FOLLOWUP_ATTENDED, date);
    }
    if (draw_chance(walk->random, 0.8))
        add_event(walk, SYNTH_DISCHARGED, date);
}

static void first_visit(struct walk *walk, day seen)
{
    const struct synth_specialty_truth *specialty = walk->specialty;
    add_event(walk, SYNTH_FIRST_ATTENDED, seen);
    if (walk->referral->priority == SYNTH_USC) {
        after_usc_visit(walk, seen);
        return;
    }
    double point = random_uniform(walk->random);
    if (point < specialty->treated_first) {
        add_event(walk, SYNTH_TREATED, seen);
        add_event(walk, SYNTH_DISCHARGED, seen);
    } else if (point < specialty->treated_first + specialty->discharged_first) {
        add_event(walk, SYNTH_DISCHARGED, seen);
    } else if (draw_chance(walk->random, specialty->to_treat)) {
        treatment(walk, seen);
    } else {
        followups(walk, seen);
    }
}

/* Appointments from the first one until the patient is seen, or discharged for not coming. */
static void appointments(struct walk *walk, day appointment)
{
    double dna = DNA + DNA_PER_DECILE * (10 - walk->referral->imd_decile);
    for (int mishaps = 0; mishaps < MISHAPS_MAX; mishaps++) {
        double point = random_uniform(walk->random);
        if (point < CANCELLED_PATIENT) {
            add_event(walk, SYNTH_CANCELLED_PATIENT, appointment);
        } else if (point < CANCELLED_PATIENT + CANCELLED_PROVIDER) {
            add_event(walk, SYNTH_CANCELLED_PROVIDER, appointment);
        } else if (point < CANCELLED_PATIENT + CANCELLED_PROVIDER + dna) {
            add_event(walk, SYNTH_DNA, appointment);
            if (draw_chance(walk->random, DISCHARGED_AFTER_DNA)) {
                add_event(walk, SYNTH_DISCHARGED, draw_working_day(appointment + 3));
                return;
            }
        } else {
            break;
        }
        appointment = draw_working_day(appointment + 1 + (day)(NEXT_WAIT_SHARE * draw_wait(walk)));
    }
    first_visit(walk, appointment);
}

/* True where the patient died. */
static bool after_acceptance(struct walk *walk, day accepted)
{
    double wait_days = draw_wait(walk);
    double died = synth_age_band_truths[walk->referral->age_band].died;
    double point = random_uniform(walk->random);
    if (point < CANCELS + died) {
        day left = accepted + (day)(random_uniform(walk->random) * wait_days);
        add_event(walk, point < CANCELS ? SYNTH_CANCELLED_REFERRAL : SYNTH_DIED, left);
        return point >= CANCELS && left <= walk->county->as_of;
    }
    day ready = accepted;
    day appointment = draw_working_day(accepted + (day)wait_days);
    if (walk->referral->priority != SYNTH_USC && draw_chance(walk->random, walk->specialty->asi)) {
        ready = draw_working_day(accepted + draw_between(walk->random, 1, 3));
        add_event(walk, SYNTH_ASI, ready);
        day later = appointment > ready ? appointment : ready;
        appointment = draw_working_day(later + draw_days(walk->random, ASI_DAYS, ASI_SIGMA));
    }
    if (draw_chance(walk->random, BOOKED)) {
        day last = ready + (appointment - ready) / 2;
        add_event(walk, SYNTH_BOOKED, draw_between(walk->random, ready, last));
    }
    appointments(walk, appointment);
    return false;
}

struct synth_outcome synth_journey(struct random_stream *random, const struct synth_county *county,
                                   struct synth_referral *referral)
{
    struct walk walk = walk_of(random, county, referral);
    struct synth_outcome outcome = {.rejected = DAY_UNKNOWN, .answered = DAY_UNKNOWN, .converted = DAY_UNKNOWN};
    day decided = draw_decision_day(&walk, draw_receipt(&walk));
    double point = random_uniform(random);
    if (point < PENDING)
        return outcome;
    if (point < PENDING + LEFT_EARLY) {
        add_event(&walk, SYNTH_CANCELLED_REFERRAL, draw_between(random, referral->referred, decided));
        return outcome;
    }
    enum synth_event_type decision = draw_decision(&walk);
    if (decision != SYNTH_ACCEPTED)
        add_decision(&walk, decision, decided);
    if (decision == SYNTH_REJECTED)
        outcome.rejected = decided;
    if (decision == SYNTH_REJECTED || decision == SYNTH_RETURNED_WITH_ADVICE)
        return outcome;
    day accepted = decided;
    if (decision == SYNTH_REDIRECTED)
        accepted = draw_working_day(decided + draw_between(random, 1, 7));
    add_event(&walk, SYNTH_ACCEPTED, accepted);
    outcome.died = after_acceptance(&walk, accepted);
    return outcome;
}

struct synth_outcome synth_advice(struct random_stream *random, const struct synth_county *county,
                                  struct synth_referral *request, bool convertible)
{
    struct walk walk = walk_of(random, county, request);
    struct synth_outcome outcome = {.rejected = DAY_UNKNOWN, .answered = DAY_UNKNOWN, .converted = DAY_UNKNOWN};
    request->received = DAY_UNKNOWN; /* it goes straight to the specialist */
    if (draw_chance(random, UNANSWERED))
        return outcome;
    day answered = draw_working_day(request->referred + draw_days(random, walk.scheme->response_days, RESPONSE_SIGMA));
    outcome.answered = answered;
    double point = random_uniform(random);
    if (point < ANSWERED_RETURNED) {
        add_decision(&walk, SYNTH_RETURNED_WITH_ADVICE, answered);
    } else if (point < ANSWERED_RETURNED + ANSWERED_REJECTED) {
        add_decision(&walk, SYNTH_REJECTED, answered);
    } else {
        add_event(&walk, SYNTH_ADVICE_RESPONSE, answered);
        if (convertible && draw_chance(random, walk.scheme->converted)) {
            outcome.converted = draw_working_day(answered + draw_between(random, 0, 2));
            add_event(&walk, SYNTH_CONVERTED, outcome.converted);
        }
    }
    return outcome;
}

void synth_overturn(struct random_stream *random, const struct synth_county *county, struct synth_referral *referral,
                    day rejected)
{
    struct walk walk = walk_of(random, county, referral);
    day accepted = draw_working_day(rejected + draw_between(random, 2, 12));
    add_event(&walk, SYNTH_ACCEPTED, accepted);
    first_visit(&walk, draw_working_day(accepted + draw_between(random, 10, 98)));
}
