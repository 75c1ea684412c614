/* The caterpillar chart. Called by chart.c through its table. */
#ifndef REFERLENS_OUTPUT_CHART_CATERPILLAR_H
#define REFERLENS_OUTPUT_CHART_CATERPILLAR_H

#include "referlens/output/chart_sheet.h"
#include "referlens/output/chart_source.h"

/* Writes the sheet of the practices' shrunken rejection rates with their intervals, each beside its raw rate. */
void chart_write_caterpillar(const struct chart_source *source, struct chart_sheet *sheet);

#endif
