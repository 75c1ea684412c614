#include "referlens/measure/measure.h"

#include "referlens/measure/delay.h"
#include "referlens/measure/proportion.h"

#include <string.h>

#define RECORDED_DECISION                                                                                           \
    (RECORDED_EVENT(EVENT_REJECTED) | RECORDED_EVENT(EVENT_RETURNED_WITH_ADVICE) | RECORDED_EVENT(EVENT_REDIRECTED) | \
     RECORDED_EVENT(EVENT_ACCEPTED))
#define RECORDED_RESPONSE                                                                                           \
    (RECORDED_EVENT(EVENT_ADVICE_RESPONSE) | RECORDED_EVENT(EVENT_RETURNED_WITH_ADVICE) |                            \
     RECORDED_EVENT(EVENT_CONVERTED) | RECORDED_EVENT(EVENT_REJECTED))
#define RECORDED_ATTENDED RECORDED_EVENT(EVENT_FIRST_ATTENDED)
#define RECORDED_TREATED RECORDED_EVENT(EVENT_TREATED)
#define REJECTIONS        RECORDED_EVENT(EVENT_REJECTED)
#define EXITS             (RECORDED_EVENT(EVENT_CANCELLED_REFERRAL) | RECORDED_EVENT(EVENT_DIED))
#define COMPETING         (REJECTIONS | RECORDED_EVENT(EVENT_RETURNED_WITH_ADVICE) | EXITS)
#define DISCHARGES        RECORDED_EVENT(EVENT_DISCHARGED)

#define PROPORTION .kind = MEASURE_PROPORTION, .unit = "proportion", .ci_method = "Wilson score"
#define DELAY .kind = MEASURE_DELAY, .unit = "days", .ci_method = "Aalen-Johansen, log-log", .settled_days = 42

const struct measure measure_table[] = {
    {"rejection_rate", "Rejected", PROPORTION, .direction = DIRECTION_NEUTRAL,
     .numerator = "first decision is a rejection", .denominator = "referrals with a first decision",
     .rests_on_any = RECORDED_DECISION, .shifted_by = {REJECTIONS, RECORDED_DECISION}, .member = member_rejection},
    {"returned_with_advice_rate", "Returned with advice", PROPORTION, .direction = DIRECTION_NEUTRAL,
     .numerator = "first decision is a return with advice", .denominator = "referrals with a first decision",
     .rests_on_any = RECORDED_DECISION, .shifted_by = {RECORDED_EVENT(EVENT_RETURNED_WITH_ADVICE), RECORDED_DECISION},
     .member = member_returned_with_advice},
    {"redirected_rate", "Redirected", PROPORTION, .direction = DIRECTION_NEUTRAL,
     .numerator = "first decision is a redirection", .denominator = "referrals with a first decision",
     .rests_on_any = RECORDED_DECISION, .shifted_by = {RECORDED_EVENT(EVENT_REDIRECTED), RECORDED_DECISION},
     .member = member_redirected},
    {"rejected_without_dialogue", "Rejected without a word with the referrer", PROPORTION, .direction = DIRECTION_LOWER,
     .numerator = "the referrer was not contacted about the rejection",
     .denominator = "rejected referrals for which this is recorded", .rests_on = RECORDED_CONTACTED,
     .rests_on_any = RECORDED_DECISION, .settled_days = 42, .shifted_by = {REJECTIONS, RECORDED_DECISION},
     .member = member_rejected_without_dialogue},
    {"rejected_without_patient", "Rejected without asking the patient", PROPORTION, .direction = DIRECTION_LOWER,
     .numerator = "the patient was not consulted about the rejection",
     .denominator = "rejected referrals for which this is recorded", .rests_on = RECORDED_CONSULTED,
     .rests_on_any = RECORDED_DECISION, .settled_days = 42, .shifted_by = {REJECTIONS, RECORDED_DECISION},
     .member = member_rejected_without_patient},
    {"re_referral_rate", "Referred again within 90 days of a rejection", PROPORTION, .direction = DIRECTION_LOWER,
     .numerator = "another referral of the same patient and specialty 0 to 90 days after the rejection",
     .denominator = "rejected referrals with a known patient and 90 days of follow-up", .rests_on = RECORDED_PATIENT,
     .rests_on_any = RECORDED_DECISION, .shifted_by = {REJECTIONS, RECORDED_DECISION}, .member = member_re_referral},
    {"lost_after_rejection", "Lost after a rejection", PROPORTION, .direction = DIRECTION_LOWER,
     .numerator = "neither attended nor referred again within 180 days of the rejection",
     .denominator = "rejected referrals with a known patient and 180 days of follow-up",
     .rests_on = RECORDED_PATIENT | RECORDED_ATTENDED, .rests_on_any = RECORDED_DECISION,
     .shifted_by = {REJECTIONS, RECORDED_DECISION, RECORDED_ATTENDED}, .member = member_lost_after_rejection},
    {"attendance_conversion", "Seen within 180 days", PROPORTION, .direction = DIRECTION_HIGHER,
     .numerator = "first attended within 180 days of the referral",
     .denominator = "all referrals submitted, rejected ones too, with 180 days of follow-up",
     .rests_on = RECORDED_ATTENDED, .shifted_by = {RECORDED_ATTENDED}, .member = member_attendance_conversion},
    {"treatment_conversion", "Treated within 365 days", PROPORTION, .direction = DIRECTION_NEUTRAL,
     .numerator = "treated within 365 days of the referral",
     .denominator = "all referrals submitted, rejected ones too, with 365 days of follow-up",
     .rests_on = RECORDED_TREATED, .shifted_by = {RECORDED_TREATED}, .member = member_treatment_conversion},
    {"discharged_at_first", "Discharged at the first attendance", PROPORTION, .direction = DIRECTION_NEUTRAL,
     .numerator = "discharged on the day first attended, and not treated by then",
     .denominator = "referrals that were attended", .rests_on = RECORDED_ATTENDED | RECORDED_EVENT(EVENT_DISCHARGED),
     .settled_days = 180, .shifted_by = {DISCHARGES, RECORDED_ATTENDED, RECORDED_TREATED},
     .member = member_discharged_at_first},
    {"dna_rate", "Did not attend", PROPORTION, .direction = DIRECTION_LOWER,
     .numerator = "did not attend an appointment on or before the day first attended, or never attended",
     .denominator = "referrals that were attended, or had a missed appointment", .rests_on = RECORDED_EVENT(EVENT_DNA),
     .settled_days = 180, .shifted_by = {RECORDED_EVENT(EVENT_DNA), RECORDED_ATTENDED}, .member = member_dna},
    {"asi_rate", "No appointment slot", PROPORTION, .direction = DIRECTION_LOWER,
     .numerator = "an appointment slot issue at any time", .denominator = "all referrals",
     .rests_on = RECORDED_EVENT(EVENT_ASI), .settled_days = 180, .shifted_by = {RECORDED_EVENT(EVENT_ASI)},
     .member = member_asi},
    {"cancer_conversion", "Urgent suspected cancer found to be cancer", PROPORTION, .direction = DIRECTION_NEUTRAL,
     .numerator = "a diagnosis of cancer", .denominator = "urgent suspected cancer referrals that were attended",
     .rests_on = RECORDED_EVENT(EVENT_DIAGNOSIS_CANCER), .settled_days = 180,
     .shifted_by = {RECORDED_EVENT(EVENT_DIAGNOSIS_CANCER), RECORDED_ATTENDED}, .member = member_cancer_conversion},
    {"advice_response_2d", "Advice answered within 2 days", PROPORTION, .direction = DIRECTION_HIGHER,
     .numerator = "answered within 2 days of the request", .denominator = "advice requests with 2 days of follow-up",
     .of_advice = true, .rests_on_any = RECORDED_RESPONSE, .shifted_by = {RECORDED_RESPONSE},
     .member = member_advice_response_2d},
    {"advice_diverted", "Advice that took the place of a referral", PROPORTION, .direction = DIRECTION_NEUTRAL,
     .numerator = "not converted, and no referral of the same patient and specialty 0 to 90 days after the answer",
     .denominator = "answered advice requests with a known patient and 90 days of follow-up", .of_advice = true,
     .rests_on = RECORDED_PATIENT, .rests_on_any = RECORDED_RESPONSE,
     .shifted_by = {RECORDED_RESPONSE, RECORDED_EVENT(EVENT_CONVERTED)}, .member = member_advice_diverted},
    {"wait_decision", "Wait for the first decision", DELAY, .direction = DIRECTION_LOWER, .numerator = "first decision",
     .denominator = "from the referral date; competing: cancelled or died before it", .rests_on_any = RECORDED_DECISION,
     .shifted_by = {RECORDED_DECISION, EXITS}, .delay = delay_decision},
    {"wait_first_attendance", "Wait for the first attendance", DELAY, .direction = DIRECTION_LOWER,
     .numerator = "first attendance",
     .denominator = "from the referral date; competing, if never attended: rejected, returned with advice, cancelled, "
                    "died",
     .rests_on = RECORDED_ATTENDED, .shifted_by = {RECORDED_ATTENDED, COMPETING}, .delay = delay_first_attendance},
    {"wait_treatment", "Wait for treatment", DELAY, .direction = DIRECTION_LOWER, .numerator = "treatment",
     .denominator = "from the referral date; competing, if never treated: rejected, returned with advice, cancelled, "
                    "died, discharged",
     .rests_on = RECORDED_TREATED, .shifted_by = {RECORDED_TREATED, COMPETING | DISCHARGES}, .delay = delay_treatment},
    {"wait_advice", "Wait for advice", DELAY, .direction = DIRECTION_LOWER, .numerator = "answer",
     .denominator = "from the advice request; competing, if never answered: cancelled or died", .of_advice = true,
     .rests_on_any = RECORDED_RESPONSE, .shifted_by = {RECORDED_RESPONSE, EXITS}, .delay = delay_advice},
    {"journey_wait", "Whole journey to the first attendance", DELAY, .direction = DIRECTION_LOWER,
     .numerator = "the first attendance of any referral in the chain",
     .denominator = "from the first referral of the chain; competing, if none was attended: the last one's rejection, "
                    "return or cancellation, or death",
     .rests_on = RECORDED_ATTENDED, .rests_on_any = RECORDED_PATIENT | RECORDED_PREVIOUS,
     .shifted_by = {RECORDED_ATTENDED, COMPETING}, .delay = delay_journey},
    {"hidden_delay", "Hidden delay before the provider's clock", .kind = MEASURE_DELAY, .unit = "days",
     .ci_method = "none: quantiles of those recorded, type 7", .settled_days = 42, .direction = DIRECTION_LOWER,
     .numerator = "receipt by the provider", .denominator = "from the referral date, where the receipt is recorded",
     .rests_on = RECORDED_RECEIVED, .delay = delay_hidden, .completed_only = true},
    {"referral_rate", "Referrals per 1,000 registered patients a year", .kind = MEASURE_RATE,
     .unit = "referrals per 1,000 registered patients a year",
     .ci_method = "exact Poisson below 10, Byar from 10 on; indirectly standardised where the list has bands",
     .direction = DIRECTION_NEUTRAL, .numerator = "referrals of practices whose list size is known",
     .denominator = "registered patients × years observed, from the month of the first request to the as-of date",
     .rests_on = RECORDED_LIST_SIZE},
};

const size_t measure_count = sizeof measure_table / sizeof measure_table[0];

size_t measure_index(const char *id)
{
    size_t i = 0;
    while (i < measure_count && strcmp(measure_table[i].id, id) != 0)
        i++;
    return i;
}

bool measure_is_recorded(const struct measure *measure, uint32_t recorded)
{
    return (measure->rests_on & ~recorded) == 0 &&
           (measure->rests_on_any == 0 || (measure->rests_on_any & recorded) != 0);
}

enum result_status measure_status_unrecorded(const struct measure *measure, uint32_t recorded, uint32_t unread)
{
    return measure_is_recorded(measure, recorded | unread) ? RESULT_INSUFFICIENT : RESULT_NOT_RECORDED;
}

const char *measure_kind_name(enum measure_kind kind)
{
    static const char *const names[] = {
        [MEASURE_PROPORTION] = "proportion", [MEASURE_DELAY] = "delay", [MEASURE_RATE] = "rate"};
    return names[kind];
}

const char *measure_direction_name(enum measure_direction direction)
{
    static const char *const names[] = {
        [DIRECTION_NEUTRAL] = "neutral", [DIRECTION_HIGHER] = "higher", [DIRECTION_LOWER] = "lower"};
    return names[direction];
}

void measure_list(struct buffer *text)
{
    buffer_add_string(text, "id\tkind\tunit\tdirection\ttitle\tnumerator\tdenominator\n");
    for (size_t i = 0; i < measure_count; i++) {
        const struct measure *measure = &measure_table[i];
        buffer_add_formatted(text, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", measure->id, measure_kind_name(measure->kind),
                             measure->unit, measure_direction_name(measure->direction), measure->title,
                             measure->numerator, measure->denominator);
    }
}
