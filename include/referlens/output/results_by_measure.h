/* The index result_by_measure of results.sqlite, which finds a measure's results in one period, each practice's.
 *
 * Results come practice after practice, and the index is in the order of measures and periods: what it has to say of
 * each is gathered as results are written, 16 bytes a result, and added to the tree in its order at the end. Results of
 * a single specialty are not in it. Called by results_sqlite.c.
 */
#ifndef REFERLENS_OUTPUT_RESULTS_BY_MEASURE_H
#define REFERLENS_OUTPUT_RESULTS_BY_MEASURE_H

#include "referlens/base/sqlite_tree.h"
#include "referlens/measure/result.h"

#include <stddef.h>
#include <stdint.h>

/* A zeroed struct results_by_measure is empty. */
struct results_by_measure {
    struct measure_entry {
        int64_t id;
        quarter period;
        uint16_t measure;
    } * entries; /* owned; ids rise */
    size_t count, capacity;
};

void results_by_measure_release(struct results_by_measure *index);

/* Gathers results that have the ids from `first_id` on; each call's ids are above those of the calls before. */
void results_by_measure_gather(struct results_by_measure *index, const struct result_list *results, int64_t first_id);

/* Adds an entry for each result gathered: its measure, its period and its id. */
bool results_by_measure_write(const struct results_by_measure *index, struct sqlite_tree *tree, struct error *error);

#endif
