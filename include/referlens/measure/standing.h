/* Where a referral stands in every measure at once, as a code: referrals that stand alike share it.
 *
 * There are millions of referrals but few ways to stand, so a slice counts codes and looks each up once. The table takes
 * codes from several threads; which code a standing gets is by chance, and no result depends on it.
 */
#ifndef REFERLENS_MEASURE_STANDING_H
#define REFERLENS_MEASURE_STANDING_H

#include "referlens/measure/measure.h"

#include <stddef.h>
#include <stdint.h>

enum { STANDING_MEASURES_MAX = 24 };

/* Membership or delay end by measure, in the order of measure_table. */
struct standing {
    uint8_t of[STANDING_MEASURES_MAX];
};

struct standing_table;

struct standing_table *standing_table_new(void);
void standing_table_free(struct standing_table *table);

/* The code of a standing; safe in several threads. */
uint32_t standing_table_add(struct standing_table *table, const struct standing *standing);

/* How many codes there are, and what one means; not while others add. */
size_t standing_table_count(const struct standing_table *table);
const struct standing *standing_table_get(const struct standing_table *table, uint32_t code);

#endif
