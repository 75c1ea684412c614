/* Where one referral stands in each proportion: one short function a measure, each the measure's definition in code.
 *
 * Every function takes the facts of a referral of the right request type (or an advice request, where the measure is over
 * these), and is pure. member_referred_after_advice is no measure: costs ask of a referral returned with advice whether
 * it was sent again within 90 days.
 */
#ifndef REFERLENS_MEASURE_PROPORTION_H
#define REFERLENS_MEASURE_PROPORTION_H

#include "referlens/measure/measure.h"

enum membership member_rejection(const struct fact *fact);
enum membership member_returned_with_advice(const struct fact *fact);
enum membership member_redirected(const struct fact *fact);
enum membership member_rejected_without_dialogue(const struct fact *fact);
enum membership member_rejected_without_patient(const struct fact *fact);
enum membership member_re_referral(const struct fact *fact);
enum membership member_referred_after_advice(const struct fact *fact);
enum membership member_lost_after_rejection(const struct fact *fact);
enum membership member_attendance_conversion(const struct fact *fact);
enum membership member_treatment_conversion(const struct fact *fact);
enum membership member_discharged_at_first(const struct fact *fact);
enum membership member_dna(const struct fact *fact);
enum membership member_asi(const struct fact *fact);
enum membership member_cancer_conversion(const struct fact *fact);
enum membership member_advice_response_2d(const struct fact *fact);
enum membership member_advice_diverted(const struct fact *fact);

#endif
