/* Data quality beyond single files: how much of each measure the data can tell.
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

#endif
