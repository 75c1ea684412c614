/* The chart of quarters. Called by chart.c through its table. */
#ifndef REFERLENS_OUTPUT_CHART_PERIODS_H
#define REFERLENS_OUTPUT_CHART_PERIODS_H

#include "referlens/output/chart_sheet.h"
#include "referlens/output/chart_source.h"

/* Writes the sheet of referrals and rejections by quarter: counts above, the rejection rate with its intervals below; for
 * a practice, with everybody's rate and its own peer-review meetings. */
void chart_write_periods(const struct chart_source *source, struct chart_sheet *sheet);

#endif
