/* The forest of schemes: crude and adjusted differences from the reference, outcome by outcome.
 *
 * Called by chart.c through its table, only where schemes are compared.
 */
#ifndef REFERLENS_OUTPUT_CHART_SCHEME_OUTCOMES_H
#define REFERLENS_OUTPUT_CHART_SCHEME_OUTCOMES_H

#include "referlens/output/chart_sheet.h"
#include "referlens/output/chart_source.h"

void chart_write_scheme_outcomes(const struct chart_source *source, struct chart_sheet *sheet);

#endif
