/* The synthetic export: five canonical CSV files in a folder.
 *
 * The same options give the same bytes on every machine and for any number of workers. Memory does not grow with the
 * number of referrals.
 */
#ifndef REFERLENS_SYNTH_EXPORT_H
#define REFERLENS_SYNTH_EXPORT_H

#include "referlens/base/calendar.h"
#include "referlens/base/error.h"
#include "referlens/synth/truth.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct synth_options {
    const char *folder;
    bool replace;           /* replace the five files in a folder that is not empty */
    int64_t referral_count; /* rows of referrals.csv, advice requests included: 0 to SYNTH_REFERRALS_MAX */
    size_t practice_count;  /* 1 to SYNTH_PRACTICES_MAX */
    int quarter_count;      /* 1 to SYNTH_QUARTERS_MAX */
    uint64_t seed;
    day as_of; /* the day of the export: years 1900 to 2999 */
    enum synth_effect effect;
    size_t worker_count; /* at least 1 */
};

/* The options where the user gives none; the folder is NULL. They make the county in sample-data/. */
struct synth_options synth_default_options(void);

/* Whether synth_export can work with the options; the error says which one is out of its range. */
bool synth_options_check(const struct synth_options *options, struct error *error);

struct synth_totals {
    int64_t referrals, events, bytes;
};

/* Called now and then from the caller's thread with the number of referrals written. */
typedef void synth_progress(void *context, int64_t done, int64_t total);

/* Writes the export; `totals` and `progress` may be NULL. On failure the folder is as it was before, unless a file
 * could not be moved into a folder that was already there. */
bool synth_export(const struct synth_options *options, synth_progress *progress, void *context,
                  struct synth_totals *totals, struct error *error);

#endif
