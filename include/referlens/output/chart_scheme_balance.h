/* Balance: how unlike the referrals of each scheme and of the reference are, a row a variable.
 *
 * Called by chart.c through its table, only where schemes are compared.
 */
#ifndef REFERLENS_OUTPUT_CHART_SCHEME_BALANCE_H
#define REFERLENS_OUTPUT_CHART_SCHEME_BALANCE_H

#include "referlens/output/chart_sheet.h"
#include "referlens/output/chart_source.h"

void chart_write_scheme_balance(const struct chart_source *source, struct chart_sheet *sheet);

#endif
