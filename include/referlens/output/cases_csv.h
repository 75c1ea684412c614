/* cases.csv beside a pack: the cases to look at, with their referral ids, for the practice alone.
 *
 * The one output that holds an id, written only where it was asked for. Its first column says so in every row, so that no
 * part of it goes anywhere without the warning. Quoted and defused as csv_cell.h has it.
 */
#ifndef REFERLENS_OUTPUT_CASES_CSV_H
#define REFERLENS_OUTPUT_CASES_CSV_H

#include "referlens/base/error.h"
#include "referlens/measure/report.h"
#include "referlens/output/folder.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CASES_FILE "cases.csv"

/* Writes practices/CODE/cases.csv for each of the practices, with its header alone where there is no case. Nothing where
 * the report has no cases. */
bool cases_csv_write(const struct report *report, struct folder *folder, const uint32_t *practices,
                     size_t practice_count, struct error *error);

#endif
