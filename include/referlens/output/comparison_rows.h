/* The rows of the tables on comparison.html: an outcome, a wait, a change, a cost, each as the texts that it is read
 * by.
 *
 * Every reading follows from an interval by the rule of comparison_words.h. Called by comparison_document.c and
 * comparison_systems.c.
 */
#ifndef REFERLENS_OUTPUT_COMPARISON_ROWS_H
#define REFERLENS_OUTPUT_COMPARISON_ROWS_H

#include "referlens/output/comparison_source.h"

#include <cjson/cJSON.h>

/* Each adds one row to a list. `said`: why intervals are missing, as it was said for all of the scheme; NULL: nothing
 * was. */
void comparison_add_outcome_row(cJSON *list, const struct comparison_outcome *outcome, const char *said);
void comparison_add_wait_row(cJSON *list, const struct comparison_wait *wait, const char *said);
void comparison_add_change_row(cJSON *list, const struct change *change);
void comparison_add_cost_row(cJSON *list, const struct comparison_cost *cost);
void comparison_add_balance_row(cJSON *list, const struct comparison_balance *balance);

/* The title of what a change is followed in: "Rejected", "First decision within 14 days". */
struct display comparison_change_title(const struct change *change);

#endif
