/* The chart over time. Called by chart.c through its table. */
#ifndef REFERLENS_OUTPUT_CHART_OVER_TIME_H
#define REFERLENS_OUTPUT_CHART_OVER_TIME_H

#include "referlens/output/chart_sheet.h"
#include "referlens/output/chart_source.h"

/* Writes the sheet of the rejection rate over the quarters as a control or run chart, with its limits and signals; for a
 * practice, with its own peer-review meetings. */
void chart_write_over_time(const struct chart_source *source, struct chart_sheet *sheet);

#endif
