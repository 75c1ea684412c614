/* How numbers, days and names read on a page: "12.3 %", "95 % CI 10.1–14.9 %", "31 of 252", "30 June 2025".
 *
 * Pure functions, the same in every locale. Nothing is computed here but the rounding for display; a number that is not
 * there (NAN) gives an empty text, for which the caller has words of its own. Called by the page_* modules.
 */
#ifndef REFERLENS_OUTPUT_PAGE_FORMAT_H
#define REFERLENS_OUTPUT_PAGE_FORMAT_H

#include "referlens/base/buffer.h"
#include "referlens/base/calendar.h"
#include "referlens/base/text.h"
#include "referlens/measure/result.h"

enum { DISPLAY_SIZE = 96 };

/* A short ready text, by value. */
struct display {
    char text[DISPLAY_SIZE];
};

/* "1,234"; fractions are rounded away. */
struct display display_count(double count);

/* "31 of 252"; empty where either is missing. */
struct display display_share(double part, double whole);

/* "12.3 %" of a proportion in 0–1; "under 0.1 %" for what would round to nothing but is something. */
struct display display_percent(double proportion);

/* "43 days", "1 day"; the median of completed waits may have a half. */
struct display display_days(double days);

/* The end of an axis: "30 %" of a proportion, "150 days" above 1. */
struct display display_axis_end(double end);

/* A rate with one decimal: "102.4". */
struct display display_rate(double value);

/* From limit to limit: "10.1–14.9 %", "40–47 days", "98.1–106.9". An upper limit of days that was not reached gives "40
 * days or more". */
struct display display_percent_range(double lower, double upper);
struct display display_days_range(double lower, double upper);
struct display display_rate_range(double lower, double upper);

/* A difference of proportions in percentage points, with its sign: "+3.2", "−0.4 to +6.8". */
struct display display_points(double difference);
struct display display_points_range(double lower, double upper);

/* "95 % CI " and the range; empty for an empty one. */
struct display display_interval(struct display range);

/* "30 June 2025"; "2025-Q2"; "April to June 2025"; "April 2023 to June 2025". */
struct display display_day(day value);
struct display display_quarter(quarter value);
struct display display_quarter_months(quarter value);
struct display display_quarter_span(quarter first, quarter last);

/* Why there is no number: "too few to show", "not enough data", "not recorded"; "" for RESULT_OK. */
const char *display_status(enum result_status status);

/* The median of a delay: "43 days", "not reached", or "too recent to tell" where it rests on too few (result_quantile).
 */
struct display display_median(const struct result *result);

/* Adds the text as one line for people: cut behind `characters_max` characters with "…" where it is longer; bytes that
 * are not UTF-8 become U+FFFD, control characters become spaces, and the characters that embed, override or isolate a
 * direction are dropped, so that a name cannot turn round what stands beside it. */
enum { LABEL_CHARACTERS_MAX = 80 };
void display_label(struct text text, size_t characters_max, struct buffer *output);

#endif
