/* How each clock of one referral ended: one short function a delay, each the delay's definition in code.
 *
 * A clock starts on the GP's referral date. Whoever has not ended by the as-of date is censored there. Pure.
 */
#ifndef REFERLENS_MEASURE_DELAY_H
#define REFERLENS_MEASURE_DELAY_H

#include "referlens/measure/measure.h"

struct delay delay_decision(const struct fact *fact);
struct delay delay_first_attendance(const struct fact *fact);
struct delay delay_treatment(const struct fact *fact);
struct delay delay_advice(const struct fact *fact);
struct delay delay_journey(const struct fact *fact);
struct delay delay_hidden(const struct fact *fact);

#endif
