/* Cumulative incidence with competing ends: Aalen–Johansen on a life table.
 *
 * The variance is the infinitesimal jackknife, as R's survival::survfit gives it for several states. All subjects who
 * leave at one time by one door have the same influence, and once gone it evolves linearly, so a few running sums
 * replace one influence a subject: a table of D rows costs O(D), whatever the number of subjects, and no memory.
 * Sources: Aalen and Johansen 1978; Therneau, survival package, "survfit: several states".
 */
#ifndef REFERLENS_STATS_INCIDENCE_H
#define REFERLENS_STATS_INCIDENCE_H

#include "referlens/stats/interval.h"

#include <stddef.h>
#include <stdint.h>

/* The subjects who left at one time. Whoever is censored at a time was still at risk then. */
struct life_table_row {
    int32_t time;      /* days, or any other whole unit */
    int64_t events;    /* ends of the kind in question */
    int64_t competing; /* ends of any other kind */
    int64_t censored;  /* not ended when last seen */
};

/* Stands for "never reached" where a time is asked for. */
#define INCIDENCE_NEVER INT32_MIN

struct incidence_point {
    double incidence; /* of the end in question, by the end of the horizon; 0–1 */
    double se;
    double lower; /* log-log limits; NAN where the incidence is 0 or 1 */
    double upper;
};

struct incidence_summary {
    int64_t subjects;
    int64_t events;
    int64_t competing;
    int64_t censored;
    int32_t median;       /* first time with incidence ≥ 0.5 */
    int32_t median_lower; /* first time with the upper limit ≥ 0.5 */
    int32_t median_upper; /* first time with the lower limit ≥ 0.5 */
    int32_t p90;          /* first time with incidence ≥ 0.9 */
};

/* How far below its mark an incidence or a limit may lie and still have reached it. */
#define INCIDENCE_TOLERANCE 1e-9

/* Rows ascend by time, each time once; the subjects are the sum of all counts. `horizons` ascend; point i is the
 * incidence by horizons[i] (events on that day included). `z` is the two-sided normal quantile of the limits.
 * Without subjects every point is NAN and every time INCIDENCE_NEVER. A horizon behind the last row gets the last
 * incidence: whether follow-up reaches so far is for the caller to know. */
void incidence_of_life_table(const struct life_table_row *rows, size_t row_count, double z, const int32_t *horizons,
                             size_t horizon_count, struct incidence_point *points, struct incidence_summary *summary);

/* The time of the event with that number, counted from 1; INCIDENCE_NEVER where there are fewer. */
int32_t life_table_event_time(const struct life_table_row *rows, size_t row_count, int64_t number);

/* The type 7 quantile of the times of the events alone (no competing end, no censored subject); NAN without events.
 * It is biased short wherever follow-up is not complete. */
double life_table_completed_quantile(const struct life_table_row *rows, size_t row_count, double p);

/* Log-log limits of an incidence or survival: p^exp(±z·se/(p·ln p)), lower first. NAN where p is within 1e-12 of 0 or
 * 1, or se is NAN. Source: Kalbfleisch and Prentice 1980; survfit's conf.type = "log-log". */
struct interval log_log_interval(double p, double se, double z);

#endif
