/* Rows of outcomes that say what happened and could not be used, by event type.
 *
 * An export that spoils the rows of one type alone shifts every share that counts it, and no interval tells. A measure
 * is not to be trusted where more than LOST_ROWS_SHARE of the rows of one of its sets of types (`shifted_by`) were
 * lost. Rests on the ledgers' data quality. Pure; called once by report_evaluate, and by whoever says why.
 */
#ifndef REFERLENS_MEASURE_LOST_ROWS_H
#define REFERLENS_MEASURE_LOST_ROWS_H

#include "referlens/base/buffer.h"
#include "referlens/cohort/vocabulary.h"
#include "referlens/measure/report.h"

#define LOST_ROWS_SHARE 0.05

enum { LOST_ROWS_WORDS_MAX = 512 }; /* bytes of the words below */

/* Why there is no difference, change or price of what is not to be trusted. */
extern const char lost_rows_reason[];

struct lost_rows {
    int64_t lost, total;
};

/* How many rows that say an event type were rejected, of how many that say it. */
struct lost_rows lost_rows_of(const struct report *report, enum event_type type);

/* What a loss of such rows does to the numbers: "the rejection rate is too low". NULL where no measure counts them. */
const char *lost_rows_effect(enum event_type type);

/* "17 of the 17 rows that say rejected could not be used", as the audience may see it. */
void lost_rows_add_words(const struct report *report, enum event_type type, struct buffer *text);

/* The measures that are not to be trusted: bit n stands for number n of measure_table. */
uint32_t lost_rows_untrusted(const struct report *report);

/* Why a measure is not to be trusted: adds "not to be trusted: 17 of the …", and nothing where it is. */
void lost_rows_add_mark(const struct report *report, size_t measure, struct buffer *text);

#endif
