/* Which known word a mistyped one was meant to be. */
#ifndef REFERLENS_COMMAND_SPELLING_H
#define REFERLENS_COMMAND_SPELLING_H

#include <stddef.h>

/* How many letters must be put in, taken out, replaced or swapped with their neighbour to make one word of the other
 * (optimal string alignment). Words above 63 bytes count as wholly different: SIZE_MAX. */
size_t spelling_distance(const char *a, const char *b);

/* The nearest of the words (ended by NULL), the first among equals; NULL where none is near enough to be meant: more
 * than two changes, or as many as half the letters of what was typed. */
const char *spelling_nearest(const char *typed, const char *const *words);

#endif
