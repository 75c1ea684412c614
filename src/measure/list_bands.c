#include "referlens/measure/list_bands.h"

#include "referlens/base/memory.h"

#include <math.h>

static enum list_banding banding_of(const struct practice_row *row)
{
    const bool has_age = row->age_band.length > 0, has_sex = row->sex.length > 0;
    return has_age && has_sex ? LIST_BY_AGE_AND_SEX : has_age ? LIST_BY_AGE : has_sex ? LIST_BY_SEX : LIST_WHOLE;
}

static bool is_finer(enum list_banding banding, enum list_banding than)
{
    return banding != than && (banding == LIST_BY_AGE_AND_SEX || than == LIST_WHOLE);
}

/* Ages. */

struct ages {
    int64_t first, last;
};

/* Of "18-64", "65+" or "7"; false for other words. */
static bool read_ages(struct text band, struct ages *ages)
{
    size_t length = 0;
    if (band.length == 0)
        return false;
    while (length < band.length && band.bytes[length] >= '0' && band.bytes[length] <= '9')
        length++;
    const struct text rest = {band.bytes + length, band.length - length};
    if (!text_to_integer((struct text){band.bytes, length}, &ages->first))
        return false;
    ages->last = rest.length == 0 ? ages->first : INT64_MAX;
    return rest.length == 0 || text_equal(rest, TEXT("+")) ||
           (rest.bytes[0] == '-' && text_to_integer((struct text){rest.bytes + 1, rest.length - 1}, &ages->last));
}

/* "0-18" and "18-64" are taken to share nobody: who writes so means one end or the other. */
static bool share_ages(struct text one, struct text other)
{
    struct ages a, b;
    return text_equal(one, other) ||
           (read_ages(one, &a) && read_ages(other, &b) && a.first < b.last && b.first < a.last);
}

static bool share_patients(const struct list_band *one, const struct list_band *other)
{
    return text_equal(one->sex, other->sex) && share_ages(one->age_band, other->age_band);
}

/* The rows of one practice and period. */

static bool gives(const struct practice_row *rows, size_t count, enum list_banding banding)
{
    for (size_t i = 0; i < count; i++) {
        if (banding_of(&rows[i]) == banding && !isnan(rows[i].list_size))
            return true;
    }
    return false;
}

static bool rows_share_patients(const struct practice_row *rows, size_t count, enum list_banding banding)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < i && banding_of(&rows[i]) == banding; k++) {
            const struct list_band one = {rows[i].age_band, rows[i].sex}, other = {rows[k].age_band, rows[k].sex};
            if (banding_of(&rows[k]) == banding && share_patients(&one, &other))
                return true;
        }
    }
    return false;
}

/* The banding whose rows those of `banding` are to be made of: itself, or a finer one; LIST_BANDING_NONE: there is
 * none. */
static enum list_banding source_of(const struct practice_row *rows, size_t count, enum list_banding banding)
{
    if (gives(rows, count, banding))
        return banding;
    for (enum list_banding finer = LIST_BY_AGE_AND_SEX; finer < banding; finer++) {
        if (is_finer(finer, banding) && gives(rows, count, finer) && !rows_share_patients(rows, count, finer))
            return finer;
    }
    return LIST_BANDING_NONE;
}

/* Fills `made`, which has room for as many, with rows of a banding. Returns how many. */
static size_t make_rows(const struct practice_row *rows, size_t count, enum list_banding banding,
                        struct practice_row *made)
{
    const enum list_banding source = source_of(rows, count, banding);
    size_t made_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (banding_of(&rows[i]) != source)
            continue;
        struct practice_row row = rows[i];
        row.age_band = banding == LIST_BY_SEX || banding == LIST_WHOLE ? (struct text){0} : row.age_band;
        row.sex = banding == LIST_BY_AGE || banding == LIST_WHOLE ? (struct text){0} : row.sex;
        size_t k = 0;
        while (k < made_count && !(text_equal(made[k].age_band, row.age_band) && text_equal(made[k].sex, row.sex)))
            k++;
        if (k == made_count || source == banding)
            made[made_count++] = row;
        else
            made[k].list_size += row.list_size;
    }
    return made_count;
}

double list_bands_total(const struct practice_row *rows, size_t count)
{
    struct practice_row *made = memory_resize(NULL, count, sizeof *made);
    const double total = make_rows(rows, count, LIST_WHOLE, made) > 0 ? made[0].list_size : (double)NAN;
    memory_free(made);
    return total;
}

/* All practices. */

/* The rows from `begin` on of one practice, and of one period if `of_period`: the end of them. */
static size_t end_of(const struct practice_row *rows, size_t count, size_t begin, bool of_period)
{
    size_t end = begin;
    while (end < count && rows[end].practice == rows[begin].practice &&
           (!of_period || rows[end].period == rows[begin].period))
        end++;
    return end;
}

/* Makes the rows of all practices in a banding. Whether each that has any list size has some of these. */
static bool make_all(const struct practice_row *rows, size_t count, const bool *referred, enum list_banding banding,
                     struct list_bands *bands)
{
    bool common = true;
    bands->row_count = 0;
    for (size_t begin = 0, end; begin < count; begin = end) {
        const size_t first = bands->row_count;
        bool any = false;
        end = end_of(rows, count, begin, false);
        for (size_t i = begin, next; i < end && referred[rows[begin].practice]; i = next) {
            next = end_of(rows, end, i, true);
            bands->row_count += make_rows(rows + i, next - i, banding, bands->rows + bands->row_count);
            for (size_t k = i; k < next; k++)
                any |= !isnan(rows[k].list_size);
        }
        common &= !any || bands->row_count > first;
    }
    return common;
}

/* The bands that any list size is given for. Whether no two of them share patients. */
static bool find_bands(struct list_bands *bands, size_t *capacity)
{
    bool apart = true;
    bands->band_count = 0;
    for (size_t i = 0; i < bands->row_count; i++) {
        const struct list_band band = {bands->rows[i].age_band, bands->rows[i].sex};
        bool found = isnan(bands->rows[i].list_size);
        for (size_t k = 0; k < bands->band_count && !found; k++)
            found = text_equal(bands->bands[k].age_band, band.age_band) && text_equal(bands->bands[k].sex, band.sex);
        if (found)
            continue;
        for (size_t k = 0; k < bands->band_count; k++)
            apart &= !share_patients(&bands->bands[k], &band);
        bands->bands = memory_grow(bands->bands, capacity, bands->band_count + 1, sizeof *bands->bands);
        bands->bands[bands->band_count++] = band;
    }
    return apart;
}

struct list_bands list_bands_of(const struct cohort *cohort, const bool *referred)
{
    size_t count, capacity = 0;
    const struct practice_row *rows = cohort_practice_rows(cohort, &count);
    struct list_bands bands = {.rows = memory_resize(NULL, count, sizeof *bands.rows)};
    bool given[LIST_BANDING_COUNT] = {false}, any = false;
    for (size_t i = 0; i < count; i++)
        given[banding_of(&rows[i])] |= referred[rows[i].practice] && !isnan(rows[i].list_size);
    for (enum list_banding banding = LIST_BY_AGE_AND_SEX; banding <= LIST_WHOLE; banding++) {
        const bool common = make_all(rows, count, referred, banding, &bands);
        const bool apart = find_bands(&bands, &capacity);
        any |= given[banding];
        if (!any || (banding != LIST_WHOLE && !(bands.band_count > 0 && common && apart)))
            continue;
        bands.banding = banding;
        break;
    }
    for (enum list_banding finer = LIST_BY_AGE_AND_SEX; finer < bands.banding; finer++)
        bands.finer_given |= given[finer] && is_finer(finer, bands.banding);
    if (bands.band_count == 0) {
        bands.bands = memory_grow(bands.bands, &capacity, 1, sizeof *bands.bands);
        bands.bands[bands.band_count++] = (struct list_band){{0}, {0}};
    }
    return bands;
}

void list_bands_release(struct list_bands *bands)
{
    if (bands == NULL)
        return;
    memory_free(bands->bands);
    memory_free(bands->rows);
    *bands = (struct list_bands){.bands = NULL};
}

/* Words. */

const char *list_banding_name(enum list_banding banding)
{
    static const char *const names[LIST_BANDING_COUNT] = {[LIST_BY_AGE_AND_SEX] = "age_and_sex",
                                                          [LIST_BY_AGE] = "age",
                                                          [LIST_BY_SEX] = "sex",
                                                          [LIST_WHOLE] = "everybody"};
    return names[banding];
}

#define BANDS_DIFFER "Age and sex bands of list sizes overlap or differ between practices: rates are "

const char *list_banding_caveat(enum list_banding banding)
{
    static const char *const caveats[LIST_BANDING_COUNT] = {[LIST_BY_AGE] = BANDS_DIFFER "standardised by age alone.",
                                                            [LIST_BY_SEX] = BANDS_DIFFER "standardised by sex alone.",
                                                            [LIST_WHOLE] = BANDS_DIFFER "crude, not standardised."};
    return caveats[banding];
}
