/* The words of a comparison: signed numbers, what may be said of a difference, cautions. Each sentence is made by one
 * rule from one result, never by taste, and says no more than the interval does.
 *
 * One place for them, so that comparison.json, comparison.html, brief.html and the charts say the same thing.
 */
#ifndef REFERLENS_OUTPUT_COMPARISON_WORDS_H
#define REFERLENS_OUTPUT_COMPARISON_WORDS_H

#include "referlens/base/buffer.h"
#include "referlens/output/comparison_source.h"
#include "referlens/output/page_format.h"

/* What numbers are in: shares in 0–1 shown as per cent and their differences as percentage points; rates per 1,000
 * patients a year; days; pounds. */
enum comparison_unit { UNIT_SHARE, UNIT_RATE, UNIT_DAYS, UNIT_POUNDS };

enum comparison_unit comparison_unit_of(size_t measure);

/* "14.2 %", "102.4", "12.3 days", "£2,118"; empty for NAN. */
struct display comparison_value(double value, enum comparison_unit unit);

/* "13.4–15.1 %", "£1,190–£3,770"; empty where either is NAN. */
struct display comparison_range(struct estimate estimate, enum comparison_unit unit);

/* "+5.4 points", "−3.1 days"; "0.0 points" for what rounds to nothing. */
struct display comparison_signed(double difference, enum comparison_unit unit);

/* "+3.2 to +7.6"; empty where either is NAN. */
struct display comparison_signed_range(struct estimate difference, enum comparison_unit unit);

/* What may be said of a difference, by its interval alone: "5.4 points higher (95 % CI +3.2 to +7.6)", "no more
 * different than chance (+0.6 points; 95 % CI −1.0 to +2.2)", or without limits "+0.6 points; no interval: …"; the
 * reason alone where there is no number. */
void comparison_add_reading(struct estimate difference, enum comparison_unit unit, const char *reason,
                            struct buffer *output);

/* Whether the interval excludes no difference; and the words for which way it lies: "higher", of days "longer", or "no
 * more different than chance". */
bool comparison_is_clear(struct estimate difference);
const char *comparison_direction(struct estimate difference, enum comparison_unit unit);

/* "too few to compare" where an adjusted difference has no interval to say how far to trust it, and fewer than
 * COMPARISON_ALIKE_MIN of either side's referrals lie in strata of both; NULL where it may be told. Judged by the
 * masked counts, one that is hidden being taken for the most that it may be. */
const char *comparison_too_few_alike(struct estimate difference, const struct comparison_side *own,
                                     const struct comparison_side *reference,
                                     const struct comparison_left_out *left_out);

/* That a scheme or the reference has too few practices for an interval, where that holds for most of its differences,
 * so that what is seen may well be chance; NULL otherwise. */
const char *comparison_withheld_reason(const struct comparison *comparison, uint32_t scheme);

/* The reason that a difference's own sentence has to give: none where it has a number, and what it lacks was `said` for
 * all of its scheme. */
const char *comparison_reason_to_say(struct estimate difference, const char *reason, const char *said);

/* The sentence of a caution. */
void comparison_add_caution(const struct comparison_source *source, const struct comparison_caution *caution,
                            struct buffer *output);

/* Whether a scheme and the reference were hardly under way at one time, so that like can not be set beside like. */
bool comparison_at_other_times(const struct comparison *comparison, uint32_t scheme);

/* A scheme as it stands inside a sentence: "a referral management centre", "no scheme". */
const char *comparison_scheme_phrase(uint32_t scheme);

/* What no comparison here adjusts for. */
extern const char comparison_not_adjusted[];

#endif
