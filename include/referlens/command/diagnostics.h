/* What the reading of files says on standard error: rejected rows, ignored columns, a ledger a file, the dates taken,
 * those that stand alone.
 */
#ifndef REFERLENS_COMMAND_DIAGNOSTICS_H
#define REFERLENS_COMMAND_DIAGNOSTICS_H

#include "referlens/input/input.h"
#include "referlens/measure/report.h"

#include <stdbool.h>

/* Every rejected row as "file:line:column: error: …", at most ten of one file and reason, then a count of the rest and
 * where these are to be seen. */
void diagnostics_rejects(const struct input *input, const char *all);

/* Ignored columns, and a line a file with its counts. */
void diagnostics_files(const struct input *input);

/* That there are requests before the observed window: see quality_text_add_early. */
void diagnostics_early(const struct report *report);

/* A limit on rejected rows, "100" or "5%"; without one there is no limit. */
struct reject_limit {
    double rows, share; /* NAN: not given */
};
bool reject_limit_parse(const char *text, struct reject_limit *limit, struct error *error);
bool reject_limit_passed(const struct reject_limit *limit, const struct input *input);

#endif
