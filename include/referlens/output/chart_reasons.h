/* The chart of reasons. Called by chart.c through its table. */
#ifndef REFERLENS_OUTPUT_CHART_REASONS_H
#define REFERLENS_OUTPUT_CHART_REASONS_H

#include "referlens/output/chart_sheet.h"
#include "referlens/output/chart_source.h"

/* Writes the sheet of the reasons for rejection: a Pareto chart lying on its side, the rarest reasons folded, none given
 * last; for a practice, with everybody's shares beside its own. */
void chart_write_reasons(const struct chart_source *source, struct chart_sheet *sheet);

#endif
