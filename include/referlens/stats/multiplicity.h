/* Many tests at once: p-values adjusted so that some of them may be believed. As R's p.adjust.
 */
#ifndef REFERLENS_STATS_MULTIPLICITY_H
#define REFERLENS_STATS_MULTIPLICITY_H

#include <stddef.h>

/* Benjamini and Hochberg 1995: the expected share of false findings among those with q at or below a value. Never below
 * p, never above 1. A NAN p is not a test: it stays NAN and is not counted. `adjusted` has room for `count`. */
void adjust_benjamini_hochberg(const double *p, size_t count, double *adjusted);

/* Holm 1979: the chance of any false finding at all. */
void adjust_holm(const double *p, size_t count, double *adjusted);

#endif
