/* Data quality as it may be shown: of single files, masked where counts are, and how much of each measure the data can tell.
 *
 * Rests on results, masked or exact as these are. Pure.
 */
#ifndef REFERLENS_MEASURE_DATA_QUALITY_H
#define REFERLENS_MEASURE_DATA_QUALITY_H

#include "referlens/measure/report.h"

/* How much of a measure can be computed over everything: those counted, of all in question (also those pending, with too
 * little follow-up, or of unknown value). NAN where there is no number. */
struct measure_share {
    enum result_status status;
    double counted, population;
};
struct measure_share measure_share_of(const struct report *report, size_t measure);

/* Values and how many rows held each as they may be shown, NAN for a hidden count; the largest shown count first, ties and
 * hidden ones by text, so that the order tells no more than the counts. */
struct shown_value {
    const char *value;
    double count;
};
struct shown_values {
    struct shown_value values[QUALITY_VALUES_MAX];
    size_t count;
    double others;
};

/* `exact`: to an analyst. Otherwise counts are masked, and where the values are not from a list of known words (`known` false)
 * those that few rows hold, which may be anything, a name for one, are left to the others. */
struct shown_values data_quality_values(const struct quality_values *values, bool known, bool exact);

/* A count of rows as it may be shown: NAN where it is hidden. */
double data_quality_count(int64_t count, bool exact);

#endif
