/* The ledgers of a reading: what became of each row of each file, added up from chunks, folding and repeats. */
#ifndef REFERLENS_INPUT_LEDGERS_H
#define REFERLENS_INPUT_LEDGERS_H

#include "referlens/input/reading.h"

/* Fills the ledgers from what was read, folded and dropped, and the rejected rows in their order. */
void ledgers_settle(struct reading *reading);

#endif
