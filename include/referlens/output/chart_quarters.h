/* What charts over the quarters share: their axis, and the peer-review meetings upon it.
 *
 * Quarters stand at 0, 1, 2 … from the first one shown; a meeting stands at its day between them. Called by
 * chart_periods.c and chart_over_time.c.
 */
#ifndef REFERLENS_OUTPUT_CHART_QUARTERS_H
#define REFERLENS_OUTPUT_CHART_QUARTERS_H

#include "referlens/output/chart_sheet.h"
#include "referlens/output/chart_source.h"

#include <stddef.h>

/* More quarters than this stand without their numbers beside them. */
enum { QUARTERS_NAMED_MAX = 12 };

/* "Q2" under each quarter, and the year under the first of each year. */
void chart_quarters_axis(struct chart_sheet *sheet, const struct chart_frame *frame, quarter first, size_t count);

/* Adds the block "sessions": the subject's meetings held in the quarters shown. Returns how many. */
size_t chart_quarters_sessions(const struct chart_source *source, struct chart_sheet *sheet, quarter first,
                               quarter last);

#endif
