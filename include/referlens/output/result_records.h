/* Results as records of the tables result and incidence of results.sqlite (base/sqlite_record.h).
 *
 * Records of results know nothing of their ids, so that several workers can make them; those of incidences and of the
 * index by practice, of which the id is a part, are few bytes each. Called by results_sqlite.c.
 */
#ifndef REFERLENS_OUTPUT_RESULT_RECORDS_H
#define REFERLENS_OUTPUT_RESULT_RECORDS_H

#include "referlens/base/sqlite_tree.h"
#include "referlens/measure/report.h"

#include <stddef.h>
#include <stdint.h>

/* The records of a list of results, one behind another, each with its length before it. */
struct result_records {
    uint8_t *bytes; /* owned */
    size_t length, capacity;
};

/* A zeroed struct result_records is empty. Makes the records of `results` in place of what was there. */
void result_records_make(struct result_records *records, const struct report *report,
                         const struct result_list *results);
void result_records_release(struct result_records *records);

/* Adds them to the table result under the ids from `first_id` on. */
bool result_records_write(const struct result_records *records, int64_t first_id, struct sqlite_tree *tree,
                          struct error *error);

/* Adds their practices to the index result_by_practice: results come practice after practice in the order of codes,
 * those of none first, which is the index's order. */
bool result_records_write_practices(const struct report *report, const struct result_list *results, int64_t first_id,
                                    struct sqlite_tree *tree, struct error *error);

/* Adds what is known of the incidences of `results` to the table incidence. */
bool result_records_write_incidences(const struct result_list *results, int64_t first_id, struct sqlite_tree *tree,
                                     struct error *error);

#endif
