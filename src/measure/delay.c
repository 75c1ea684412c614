#include "referlens/measure/delay.h"

static day earlier(day a, day b)
{
    if (a == DAY_UNKNOWN)
        return b;
    return b == DAY_UNKNOWN || a < b ? a : b;
}

/* The event where there is one, else the competing end, else censored at the as-of date. */
static struct delay delay_to(const struct fact *fact, day event, day competing)
{
    if (event != DAY_UNKNOWN)
        return (struct delay){event - fact->referred, DELAY_EVENT};
    if (competing != DAY_UNKNOWN)
        return (struct delay){competing - fact->referred, DELAY_COMPETING};
    return (struct delay){fact->as_of - fact->referred, DELAY_CENSORED};
}

/* The day on which the referral came back: rejected, or returned with advice. */
static day turned_away(const struct fact *fact)
{
    return fact->decision == EVENT_REJECTED || fact->decision == EVENT_RETURNED_WITH_ADVICE ? fact->decided
                                                                                            : DAY_UNKNOWN;
}

struct delay delay_decision(const struct fact *fact)
{
    const bool left_first =
        fact->left != DAY_UNKNOWN && (fact->decision == EVENT_NONE || fact->left < fact->decided);
    return delay_to(fact, left_first ? DAY_UNKNOWN : fact->decided, fact->left);
}

struct delay delay_first_attendance(const struct fact *fact)
{
    if (fact->flags & FLAG_SEEN_UNDATED)
        return (struct delay){0, DELAY_UNKNOWN};
    return delay_to(fact, fact->attended, earlier(turned_away(fact), fact->left));
}

struct delay delay_treatment(const struct fact *fact)
{
    return delay_to(fact, fact->treated, earlier(earlier(turned_away(fact), fact->left), fact->discharged));
}

struct delay delay_advice(const struct fact *fact)
{
    return delay_to(fact, fact->responded, fact->left);
}

struct delay delay_journey(const struct fact *fact)
{
    if (fact->flags & FLAG_FOLLOWS)
        return (struct delay){0, DELAY_OUTSIDE};
    if (fact->journey_undated)
        return (struct delay){0, DELAY_UNKNOWN};
    return delay_to(fact, fact->journey_attended, fact->journey_ended);
}

struct delay delay_hidden(const struct fact *fact)
{
    const bool plausible =
        fact->received != DAY_UNKNOWN && fact->received >= fact->referred && fact->received <= fact->as_of;
    return plausible ? (struct delay){fact->received - fact->referred, DELAY_EVENT} : (struct delay){0, DELAY_UNKNOWN};
}
