/* The funnel chart. Called by chart.c through its table. */
#ifndef REFERLENS_OUTPUT_CHART_FUNNEL_H
#define REFERLENS_OUTPUT_CHART_FUNNEL_H

#include "referlens/output/chart_sheet.h"
#include "referlens/output/chart_source.h"

/* Writes the sheet of the funnel: practices' rejection rates against their decided referrals, with control limits; for a
 * practice, itself among unnamed peers. */
void chart_write_funnel(const struct chart_source *source, struct chart_sheet *sheet);

/* The same of the whole report alone, for those lost after a rejection and for those seen within 180 days. */
void chart_write_funnel_of_lost(const struct chart_source *source, struct chart_sheet *sheet);
void chart_write_funnel_of_seen(const struct chart_source *source, struct chart_sheet *sheet);

#endif
