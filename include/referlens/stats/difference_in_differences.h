/* Difference in differences: did units change more when they were treated than the others did meanwhile?
 *
 * Least squares of y on unit, period and treatment (two-way fixed effects), with standard errors clustered by unit as
 * sandwich::vcovCL(lm(y ~ factor(unit) + factor(period) + treated), cluster = ~unit) has them (HC1, G/(G − 1)). It
 * rests on trends that would have been parallel, which the pre-trend can only speak against. The interval is on t with
 * G − 1 degrees of freedom, as is usual, and too narrow where few units are on one side, however many are on the other:
 * their scatter is all that is known of that side. difference_by_smaller_side is for that. Sources: Cameron and Miller
 * 2015; Zeileis 2020; for the degrees of freedom, of which Welch's never fall below those of the smaller sample,
 * Satterthwaite 1946.
 */
#ifndef REFERLENS_STATS_DIFFERENCE_IN_DIFFERENCES_H
#define REFERLENS_STATS_DIFFERENCE_IN_DIFFERENCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DIFFERENCE_SIDE_SURE = 15 }; /* fewer units, treated or untreated, are few */

struct panel_row {
    int32_t unit;   /* 0 … unit_count − 1 */
    int32_t period; /* 0 … period_count − 1, in order of time */
    double treated; /* 0 or 1; a share or any other exposure is allowed */
    double y;
};

struct difference_in_differences {
    double estimate;
    double se;
    double lower;
    double upper;
    size_t rows;
    size_t units;         /* clusters with rows */
    size_t treated_units; /* units with any treatment */
    bool few;             /* fewer than DIFFERENCE_SIDE_SURE units on a side */
    const char *reason;   /* why there is no number; NULL where there is */
};

/* The reason where treatment is nothing but unit and period: callers may tell it in the words of their own units. */
extern const char difference_not_told_apart[];

/* Rows in any order; a unit need not have every period. NAN where treatment cannot be told from unit and period (nobody
 * treated, all treated at once), or there are fewer than two units or no degrees of freedom. */
struct difference_in_differences difference_in_differences(const struct panel_row *rows, size_t count,
                                                           int32_t unit_count, int32_t period_count, double level);

/* The same with its interval on t with one degree of freedom fewer than the smaller side has units; without limits where
 * a side has fewer than two. */
struct difference_in_differences difference_by_smaller_side(struct difference_in_differences difference, double level);

/* The pre-trend: by how much more y rose a period in the units that were later treated, over the periods before
 * anybody was treated; 0 where trends were parallel. Needs at least two such periods. */
struct difference_in_differences difference_pre_trend(const struct panel_row *rows, size_t count, int32_t unit_count,
                                                      int32_t period_count, double level);

/* Memory that panels are worked out in, kept from one to the next, for one thread at a time; and the same two with it.
 */
struct panel_space;
struct panel_space *panel_space_new(void);
void panel_space_free(struct panel_space *space);
struct difference_in_differences difference_in_differences_with(struct panel_space *space, const struct panel_row *rows,
                                                                size_t count, int32_t unit_count, int32_t period_count,
                                                                double level);
struct difference_in_differences difference_pre_trend_with(struct panel_space *space, const struct panel_row *rows,
                                                           size_t count, int32_t unit_count, int32_t period_count,
                                                           double level);

#endif
