/* The chart of the flow. Called by chart.c through its table. */
#ifndef REFERLENS_OUTPUT_CHART_FLOW_H
#define REFERLENS_OUTPUT_CHART_FLOW_H

#include "referlens/measure/flow.h"
#include "referlens/output/chart_sheet.h"
#include "referlens/output/chart_source.h"

/* Writes the sheet of what became of all referrals: bands from submitted through the first decision to seen and treated,
 * each as wide as it is many, with every way out. */
void chart_write_flow(const struct chart_source *source, struct chart_sheet *sheet);

/* The words for a decision and for an end, for charts and pages: "Returned with advice", "Still waiting to be seen";
 * where the input records no decisions at all, "Decision not recorded" instead of "No decision yet", and so on. */
const char *chart_flow_decision_words(const struct flow *flow, enum flow_decision decision);
const char *chart_flow_end_words(const struct flow *flow, enum flow_end end);

#endif
