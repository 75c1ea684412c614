/* Calendar days and quarters as integers.
 *
 * A day is the number of days since 1970-01-01 in the proleptic Gregorian calendar; a quarter is year × 4 +
 * (0 to 3). Neither knows of clocks, time zones or locales. Years 0001 to 9999 are accepted.
 */
#ifndef REFERLENS_BASE_CALENDAR_H
#define REFERLENS_BASE_CALENDAR_H

#include "referlens/base/text.h"

#include <stdbool.h>
#include <stdint.h>

typedef int32_t day;     /* days since 1970-01-01 */
typedef int32_t quarter; /* year × 4 + number of the calendar quarter, 0 to 3 */

/* Stands for an unknown day in columns. It is before every real day. */
#define DAY_UNKNOWN INT32_MIN

enum { DAY_TEXT_SIZE = 11, QUARTER_TEXT_SIZE = 8 }; /* with the NUL */

/* False where there is no such day (2023-02-29). `month` and `day_of_month` count from 1. */
bool day_from_date(int year, int month, int day_of_month, day *result);
void day_to_date(day value, int *year, int *month, int *day_of_month);

/* Exactly YYYY-MM-DD. */
bool day_parse(struct text text, day *result);

/* Writes YYYY-MM-DD and a NUL; the empty text for DAY_UNKNOWN and whatever is outside the accepted years. */
void day_format(day value, char text[DAY_TEXT_SIZE]);

quarter quarter_of_day(day value);
day quarter_first_day(quarter value);
day quarter_last_day(quarter value);

/* "2025-Q2", or an English financial year's quarter "2025/26-Q1" (April to June 2025). */
bool quarter_parse(struct text text, quarter *result);

/* Writes "2025-Q2" and a NUL; the empty text for what is outside the accepted years. */
void quarter_format(quarter value, char text[QUARTER_TEXT_SIZE]);

#endif
