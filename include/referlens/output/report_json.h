/* report.json: what was done with what, and how good the data are.
 *
 * The tool and its version, the parameters, every input file with its SHA-256 and its row ledger, the ledgers summed
 * up, and the files of the report folder. It holds no time of day, no path and no identifier.
 */
#ifndef REFERLENS_OUTPUT_REPORT_JSON_H
#define REFERLENS_OUTPUT_REPORT_JSON_H

#include "referlens/base/error.h"
#include "referlens/measure/report.h"
#include "referlens/output/folder.h"

#include <stdbool.h>

/* To be called last: it lists what is in the folder. Fails where the ledger of a file does not balance, since rows have
 * then been lost and no number can be trusted. */
bool report_json_write(const struct report *report, struct folder *folder, struct error *error);

#endif
