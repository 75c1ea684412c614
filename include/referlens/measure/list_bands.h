/* One banding of patients by age and sex for all practices' list sizes, whatever bands each of them gives.
 *
 * Used is the finest banding that every practice with a list size gives, or that can be made by adding up finer bands
 * that it gives, and in which no two bands share patients ("0-64" and "18-64"). All other rows count for nothing, so that
 * nobody is counted twice. If there is none, each practice has its total alone: the one that it gives, or else the sum of
 * bands that share nobody. Rows are added up within their period; a sum is not known if the size of one of them is not.
 */
#ifndef REFERLENS_MEASURE_LIST_BANDS_H
#define REFERLENS_MEASURE_LIST_BANDS_H

#include "referlens/cohort/cohort.h"

#include <stdbool.h>
#include <stddef.h>

/* From the finest; the second and third are no finer than each other. */
enum list_banding { LIST_BANDING_NONE, LIST_BY_AGE_AND_SEX, LIST_BY_AGE, LIST_BY_SEX, LIST_WHOLE, LIST_BANDING_COUNT };

/* A part of the population: those of an age band, of a sex, of both, or everybody. */
struct list_band {
    struct text age_band, sex; /* empty: any */
};

struct list_bands {
    enum list_banding banding; /* LIST_BANDING_NONE: no list size is known */
    bool finer_given;          /* whether any practice gives bands that are finer than these */
    struct list_band *bands;   /* at least one, that of everybody where there is nothing else; owned */
    size_t band_count;
    struct practice_row *rows; /* of these bands, in the order of cohort_practice_rows; owned */
    size_t row_count;
};

/* `referred` tells for each practice whether it made any request: the lists of others do not matter. Borrows texts of the
 * cohort. Release with list_bands_release. */
struct list_bands list_bands_of(const struct cohort *cohort, const bool *referred);
void list_bands_release(struct list_bands *bands);

/* Everybody by rows of one practice and period; NAN where that is not known. */
double list_bands_total(const struct practice_row *rows, size_t count);

/* "age_and_sex", "age", "sex", "everybody"; NULL for LIST_BANDING_NONE. */
const char *list_banding_name(enum list_banding banding);

/* What is to be said where finer bands are given than could be used: a sentence. */
const char *list_banding_caveat(enum list_banding banding);

#endif
