#include "referlens/measure/proportion.h"

enum {
    RE_REFERRAL_DAYS = 90,
    LOST_DAYS = 180,
    ATTENDANCE_DAYS = 180,
    TREATMENT_DAYS = 365,
    ADVICE_RESPONSE_DAYS = 2,
    DIVERSION_DAYS = 90,
    OPEN_DAYS = 365 /* what nobody has decided by then will hardly be decided at all */
};

static enum membership hit_if(bool hit)
{
    return hit ? MEMBER_HIT : MEMBER_COUNTED;
}

static bool within(day date, day from, int32_t days)
{
    return date != DAY_UNKNOWN && date <= from + days;
}

/* Whether and when it was first attended is not known. */
static bool is_seen_undated(const struct fact *fact)
{
    return (fact->flags & FLAG_SEEN_UNDATED) != 0;
}

/* Neither decided nor answered: pending as long as that may yet come. */
static enum membership without_answer(const struct fact *fact)
{
    const bool ended = fact->left != DAY_UNKNOWN || fact->attended != DAY_UNKNOWN || fact->treated != DAY_UNKNOWN ||
                       fact->discharged != DAY_UNKNOWN || is_seen_undated(fact);
    return ended || !within(fact->as_of, fact->referred, OPEN_DAYS) ? MEMBER_CLOSED : MEMBER_PENDING;
}

static enum membership decided_as(const struct fact *fact, uint8_t decision)
{
    return fact->decision == EVENT_NONE ? without_answer(fact) : hit_if(fact->decision == decision);
}

enum membership member_rejection(const struct fact *fact)
{
    return decided_as(fact, EVENT_REJECTED);
}

enum membership member_returned_with_advice(const struct fact *fact)
{
    return decided_as(fact, EVENT_RETURNED_WITH_ADVICE);
}

enum membership member_redirected(const struct fact *fact)
{
    return decided_as(fact, EVENT_REDIRECTED);
}

static enum membership rejected_with(const struct fact *fact, uint8_t answer)
{
    if (fact->decision != EVENT_REJECTED)
        return MEMBER_OUTSIDE;
    return answer == ANSWER_UNKNOWN ? MEMBER_UNKNOWN : hit_if(answer == ANSWER_NO);
}

enum membership member_rejected_without_dialogue(const struct fact *fact)
{
    return rejected_with(fact, fact->contacted);
}

enum membership member_rejected_without_patient(const struct fact *fact)
{
    return rejected_with(fact, fact->consulted);
}

/* Of those so decided whose patient is known and who could be followed for that long; MEMBER_COUNTED if one of these. */
static enum membership followed_after(uint8_t decision, const struct fact *fact, int32_t days)
{
    if (fact->decision != decision)
        return MEMBER_OUTSIDE;
    if (!(fact->flags & FLAG_PATIENT_KNOWN))
        return MEMBER_UNKNOWN;
    return fact->as_of - fact->decided < days ? MEMBER_IMMATURE : MEMBER_COUNTED;
}

enum membership member_re_referral(const struct fact *fact)
{
    const enum membership member = followed_after(EVENT_REJECTED, fact, RE_REFERRAL_DAYS);
    return member == MEMBER_COUNTED ? hit_if(fact->next_days <= RE_REFERRAL_DAYS) : member;
}

enum membership member_referred_after_advice(const struct fact *fact)
{
    const enum membership member = followed_after(EVENT_RETURNED_WITH_ADVICE, fact, DIVERSION_DAYS);
    return member == MEMBER_COUNTED ? hit_if(fact->next_days <= DIVERSION_DAYS) : member;
}

enum membership member_lost_after_rejection(const struct fact *fact)
{
    const enum membership member = followed_after(EVENT_REJECTED, fact, LOST_DAYS);
    if (member != MEMBER_COUNTED)
        return member;
    if (is_seen_undated(fact) && fact->next_days > LOST_DAYS)
        return MEMBER_UNKNOWN;
    return hit_if(!within(fact->attended, fact->decided, LOST_DAYS) && fact->next_days > LOST_DAYS);
}

enum membership member_attendance_conversion(const struct fact *fact)
{
    if (fact->as_of - fact->referred < ATTENDANCE_DAYS)
        return MEMBER_IMMATURE;
    if (is_seen_undated(fact))
        return MEMBER_UNKNOWN;
    return hit_if(within(fact->attended, fact->referred, ATTENDANCE_DAYS));
}

enum membership member_treatment_conversion(const struct fact *fact)
{
    if (fact->as_of - fact->referred < TREATMENT_DAYS)
        return MEMBER_IMMATURE;
    return hit_if(within(fact->treated, fact->referred, TREATMENT_DAYS));
}

enum membership member_discharged_at_first(const struct fact *fact)
{
    if (is_seen_undated(fact))
        return MEMBER_UNKNOWN;
    if (fact->attended == DAY_UNKNOWN)
        return MEMBER_OUTSIDE;
    return hit_if((fact->flags & FLAG_DISCHARGED_WHEN_ATTENDED) && !within(fact->treated, fact->attended, 0));
}

enum membership member_dna(const struct fact *fact)
{
    if (is_seen_undated(fact))
        return MEMBER_UNKNOWN;
    if (fact->attended == DAY_UNKNOWN && !(fact->flags & FLAG_DNA))
        return MEMBER_OUTSIDE;
    return hit_if(fact->flags & FLAG_DNA_BEFORE_ATTENDED);
}

enum membership member_asi(const struct fact *fact)
{
    return hit_if(fact->flags & FLAG_ASI);
}

enum membership member_cancer_conversion(const struct fact *fact)
{
    if (fact->priority == PRIORITY_USC && is_seen_undated(fact))
        return MEMBER_UNKNOWN;
    if (fact->priority != PRIORITY_USC || fact->attended == DAY_UNKNOWN)
        return MEMBER_OUTSIDE;
    return hit_if(fact->flags & FLAG_CANCER);
}

enum membership member_advice_response_2d(const struct fact *fact)
{
    if (fact->as_of - fact->referred < ADVICE_RESPONSE_DAYS)
        return MEMBER_IMMATURE;
    return hit_if(within(fact->responded, fact->referred, ADVICE_RESPONSE_DAYS));
}

enum membership member_advice_diverted(const struct fact *fact)
{
    if (fact->responded == DAY_UNKNOWN)
        return without_answer(fact);
    if (!(fact->flags & FLAG_PATIENT_KNOWN))
        return MEMBER_UNKNOWN;
    if (fact->as_of - fact->responded < DIVERSION_DAYS)
        return MEMBER_IMMATURE;
    return hit_if(!(fact->flags & FLAG_CONVERTED) && fact->next_days > DIVERSION_DAYS);
}
