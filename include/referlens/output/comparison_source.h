/* What the outputs of a comparison of schemes are made from: comparison.json, comparison.html, brief.html and their charts.
 *
 * All of it is masked for the audience, and borrowed. Only where two schemes have data is there anything to write.
 */
#ifndef REFERLENS_OUTPUT_COMPARISON_SOURCE_H
#define REFERLENS_OUTPUT_COMPARISON_SOURCE_H

#include "referlens/measure/comparison.h"
#include "referlens/measure/comparison_changes.h"
#include "referlens/measure/comparison_costs.h"
#include "referlens/measure/report.h"

#include <stdbool.h>

struct comparison_source {
    const struct report *report;
    const struct comparison *comparison;
    const struct comparison_changes *changes;
    const struct comparison_costs *costs;
};

static inline bool comparison_is_there(const struct comparison_source *source)
{
    return source->comparison->reference != SCHEME_COUNT;
}

#endif
