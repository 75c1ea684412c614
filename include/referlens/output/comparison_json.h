/* comparison.json: schemes beside a reference, what changed where practices moved or met, costs and cautions.
 *
 * The schema is reports/schemas/comparison.schema.json.
 */
#ifndef REFERLENS_OUTPUT_COMPARISON_JSON_H
#define REFERLENS_OUTPUT_COMPARISON_JSON_H

#include "referlens/base/error.h"
#include "referlens/output/comparison_source.h"
#include "referlens/output/folder.h"

#include <stdbool.h>

/* Writes nothing, and succeeds, where there is nothing to compare. */
bool comparison_json_write(const struct comparison_source *source, struct folder *folder, struct error *error);

#endif
