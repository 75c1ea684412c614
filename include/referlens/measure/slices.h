/* Slices: the facts sorted into them once each, and tallied. See evaluation.h for what they are.
 */
#ifndef REFERLENS_MEASURE_SLICES_H
#define REFERLENS_MEASURE_SLICES_H

#include "referlens/measure/tally.h"

/* The tallies that one worker needs for a practice. */
struct practice_tallies {
    struct tally *cell, *overall;
};
struct practice_tallies practice_tallies_new(const struct evaluation *evaluation);
void practice_tallies_free(struct practice_tallies *tallies);

/* Results of one practice. Brief: overall, then for the report's period. Full: as evaluate_practice has it. */
enum practice_detail { PRACTICE_BRIEF, PRACTICE_FULL };
void evaluate_practice_with(struct practice_tallies *tallies, const struct evaluation *evaluation, uint32_t practice,
                            enum practice_detail detail, struct result_list *results);

#endif
