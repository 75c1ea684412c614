/* What of a bad value a message may show: nothing that could be an identifier, a name or a date of birth which slipped
 * in from another column.
 *
 * Messages go into rejects.csv, whoever reads it. What is not shown is found by its file, line and column. A key may
 * look like a word or a short number all the same: the caller leaves out what is a key of the same row.
 */
#ifndef REFERLENS_INPUT_SHOWN_VALUE_H
#define REFERLENS_INPUT_SHOWN_VALUE_H

#include "referlens/base/text.h"
#include "referlens/input/format.h"

#include <stdbool.h>

enum { SHOWN_VALUE_SIZE = 41 };

/* Writes what may be shown of the value of a column, false where that is nothing: a date that there is not ("2023-02-30") or
 * in the form YYYY-MM-DD; of any other, which could be one of birth, the form ("##/##/####"); one word of small letters, one of capitals joined by "_", or a known word of the
 * column but for capitals; a number of up to three digits. */
bool shown_value(const struct format_column *column, struct text value, char shown[SHOWN_VALUE_SIZE]);

/* The known word of the column that the value is but for capitals; NULL where it is none. */
const char *shown_value_but_for_capitals(const struct format_column *column, struct text value);

/* Whether the value looks like one of a list that a profile could map: a word that a message may show, or up to three
 * digits. For counts of such values, of which rare ones are shown to analysts alone. */
bool shown_value_is_of_a_list(const struct format_column *column, struct text value);

#endif
