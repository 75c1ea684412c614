/* Series with what would have followed: months before and after a change, a panel a group of practices or an outcome.
 *
 * Called by chart.c through its table, only where schemes are compared.
 */
#ifndef REFERLENS_OUTPUT_CHART_CHANGES_H
#define REFERLENS_OUTPUT_CHART_CHANGES_H

#include "referlens/output/chart_sheet.h"
#include "referlens/output/chart_source.h"

/* The share rejected where practices moved from one scheme to another. */
void chart_write_scheme_moves(const struct chart_source *source, struct chart_sheet *sheet);

/* Some outcomes where practices began to hold peer-review meetings. */
void chart_write_meeting_series(const struct chart_source *source, struct chart_sheet *sheet);

#endif
