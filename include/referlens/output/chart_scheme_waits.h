/* Stacked incidence: where the referrals of each scheme stood on each day, a panel a scheme.
 *
 * Called by chart.c through its table, only where schemes are compared.
 */
#ifndef REFERLENS_OUTPUT_CHART_SCHEME_WAITS_H
#define REFERLENS_OUTPUT_CHART_SCHEME_WAITS_H

#include "referlens/output/chart_sheet.h"
#include "referlens/output/chart_source.h"

void chart_write_scheme_waits(const struct chart_source *source, struct chart_sheet *sheet);

#endif
