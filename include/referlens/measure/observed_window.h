/* The observed window: the months in which the input as a whole was observed, from where the bulk of it begins.
 *
 * A misdated request or two before an export begins must not count as time in which everybody was observed. The window
 * begins with the first month that has a tenth or more of what a busy month has: the largest number such that months
 * with so many requests or more hold nine in ten of all. Where busy months have ten requests or fewer, that is the
 * first month of all: gaps are natural there. Months that lie right before it, one after the other, belong to it as
 * well while each has four requests or more for every practice that made any, as where few practices try out what all
 * do later; a misdated request comes alone.
 *
 * What lies before the window counts wherever the referral itself does. It adds no time to rates, costs, series and
 * what is compared before and after a change, and is not counted in them. Called by evaluation.c; all others read what
 * it found there.
 */
#ifndef REFERLENS_MEASURE_OBSERVED_WINDOW_H
#define REFERLENS_MEASURE_OBSERVED_WINDOW_H

#include "referlens/cohort/cohort.h"

#include <stddef.h>
#include <stdint.h>

struct observed_window {
    day first;               /* of the month that it begins with; DAY_UNKNOWN without any request, as is the next */
    day earliest;            /* the first day on which there was a request in it */
    int64_t requests_before; /* dated before it: referrals and advice requests */
};

/* Of all requests that are not left out, which are dated `earliest` to `latest`. The same for any order of them and any
 * number of workers. */
struct observed_window observed_window_of(const struct cohort *cohort, day earliest, day latest, size_t worker_count);

#endif
