/* A referral of which nothing is known but its date, for tests of single measures. */
#ifndef REFERLENS_TESTS_SUPPORT_PLAIN_FACT_H
#define REFERLENS_TESTS_SUPPORT_PLAIN_FACT_H

#include "referlens/cohort/cohort.h"

static inline struct fact plain_fact(day as_of, day referred)
{
    return (struct fact){.as_of = as_of,
                         .referred = referred,
                         .received = DAY_UNKNOWN,
                         .decided = DAY_UNKNOWN,
                         .attended = DAY_UNKNOWN,
                         .treated = DAY_UNKNOWN,
                         .responded = DAY_UNKNOWN,
                         .left = DAY_UNKNOWN,
                         .discharged = DAY_UNKNOWN,
                         .next_days = NEXT_NONE,
                         .journey_attended = DAY_UNKNOWN,
                         .journey_ended = DAY_UNKNOWN,
                         .decision = EVENT_NONE};
}

#endif
