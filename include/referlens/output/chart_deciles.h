/* The chart of deciles. Called by chart.c through its table. */
#ifndef REFERLENS_OUTPUT_CHART_DECILES_H
#define REFERLENS_OUTPUT_CHART_DECILES_H

#include "referlens/output/chart_sheet.h"
#include "referlens/output/chart_source.h"

/* Writes the sheet of the deciles of the practices' rejection rates, quarter by quarter. */
void chart_write_deciles(const struct chart_source *source, struct chart_sheet *sheet);

#endif
