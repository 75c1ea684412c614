/* The charts of waits. Called by chart.c through its table. */
#ifndef REFERLENS_OUTPUT_CHART_WAIT_H
#define REFERLENS_OUTPUT_CHART_WAIT_H

#include "referlens/output/chart_sheet.h"
#include "referlens/output/chart_source.h"

/* Writes the sheet of a delay's cumulative incidence: a curve for each way of managing referrals, or one for all where
 * there is one way only; for a practice, itself and all. The number at risk stands under the axis. */
void chart_write_wait_decision(const struct chart_source *source, struct chart_sheet *sheet);
void chart_write_wait_first_attendance(const struct chart_source *source, struct chart_sheet *sheet);

/* The same of the whole journeys of those whose first referral was rejected. */
void chart_write_journey_of_bounced(const struct chart_source *source, struct chart_sheet *sheet);

#endif
