/* The open questions of a reflection pack: reports/prompts.json, held to its rules when it is read.
 *
 * Every text must be a question or a hint free of blame: the words "appropriate" and "inappropriate" are refused. Each
 * error names the place in the file. Read-only once loaded: any number of threads may ask. Called by page.c and
 * page_reflection.c.
 */
#ifndef REFERLENS_OUTPUT_PROMPTS_H
#define REFERLENS_OUTPUT_PROMPTS_H

#include "referlens/base/error.h"
#include "referlens/base/text.h"

#include <cjson/cJSON.h>

#include <stdbool.h>
#include <stddef.h>

struct prompts;

/* Reads prompts.json from the reports' folder. */
bool prompts_load(struct prompts **prompts, struct error *error);

/* The same from a text. */
bool prompts_parse(struct text source, struct prompts **prompts, struct error *error);

/* Releases them; NULL is allowed. */
void prompts_free(struct prompts *prompts);

/* The question beside a finding on a measure (index into measure_table): the first that fits `side` (−1 below, 1 above, 0
 * inside), or the default one. */
const char *prompts_question(const struct prompts *prompts, size_t measure, int side);

/* Adds to the list the prompts, as strings in their order, that are about one of the measures or about none. */
void prompts_add_chosen(const struct prompts *prompts, const size_t *measures, size_t count, cJSON *list);

/* The headings of the blank section for an appraisal: a list of {"heading", "hint"}, for the caller to own. */
cJSON *prompts_appraisal(const struct prompts *prompts);

#endif
