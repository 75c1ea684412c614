/* The four systems by name, each with the measures that matter for it: a referral management centre, specialist advice,
 * local expertise, peer review. One table says which.
 *
 * Called by comparison_document.c.
 */
#ifndef REFERLENS_OUTPUT_COMPARISON_SYSTEMS_H
#define REFERLENS_OUTPUT_COMPARISON_SYSTEMS_H

#include "referlens/output/comparison_source.h"

#include <cjson/cJSON.h>

/* Adds "systems". A scheme without data is there too, and says so. */
void comparison_add_systems(cJSON *document, const struct comparison_source *source);

#endif
