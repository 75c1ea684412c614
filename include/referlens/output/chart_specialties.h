/* The chart of specialties. Called by chart.c through its table. */
#ifndef REFERLENS_OUTPUT_CHART_SPECIALTIES_H
#define REFERLENS_OUTPUT_CHART_SPECIALTIES_H

#include "referlens/output/chart_sheet.h"
#include "referlens/output/chart_source.h"

/* Writes the sheet of a practice's rejection rates by specialty, those with most decided referrals first, each beside the
 * range in which most practices lie. */
void chart_write_specialties(const struct chart_source *source, struct chart_sheet *sheet);

#endif
