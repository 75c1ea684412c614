/* Date formats: how one column writes its dates, stated and never guessed.
 *
 * A format is a pattern of YYYY, MM (or MMM: an English month's first three letters, in any case) and DD, each once,
 * with one like separator ('-', '/', '.' or a space) between them or none: "DD/MM/YYYY", "YYYYMMDD", "DD-MMM-YYYY".
 * With separators a day or a month may have one digit. A time of day may follow a date after a space or a T; it is
 * checked for its shape and dropped: the date is taken as it stands, in whatever time zone it was written. Pure.
 */
#ifndef REFERLENS_BASE_DATE_FORMAT_H
#define REFERLENS_BASE_DATE_FORMAT_H

#include "referlens/base/calendar.h"

#include <stdbool.h>

enum date_part { DATE_YEAR, DATE_MONTH, DATE_MONTH_NAME, DATE_DAY };

struct date_format {
    enum date_part parts[3];
    char separator; /* '\0': none */
};

/* False where the pattern is none such. */
bool date_format_parse(struct text pattern, struct date_format *format);

/* False where the text is no such date, or there is no such day. Years 1000 to 9999: a date out of all reason is still
 * a date; whoever asks decides what to do with it. */
bool date_format_read(const struct date_format *format, struct text text, day *result);

enum { DATE_PATTERN_SIZE = 12, DATE_FORMAT_TEXT_SIZE = 12 };

/* Writes the pattern, and a date in it, each with a NUL; the empty text for DAY_UNKNOWN and whatever could not be read.
 */
void date_format_pattern(const struct date_format *format, char text[DATE_PATTERN_SIZE]);
void date_format_write(const struct date_format *format, day value, char text[DATE_FORMAT_TEXT_SIZE]);

#endif
