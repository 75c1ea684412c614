#include "referlens/measure/person_years.h"

#include "referlens/base/memory.h"
#include "referlens/measure/disclosure.h"

#include <math.h>

#define DAYS_PER_YEAR 365.25

/* A slot is a period, or behind the last the whole time. Tables by slot and band are laid out slot by slot. */
struct person_years {
    const struct cohort *cohort;
    quarter first;
    size_t period_count, slot_count, practice_count, specialty_count, worker_count;
    struct list_bands bands;
    size_t band_count;
    uint32_t *band_codes; /* by (age band code + 1, or 0) and (sex code + 1, or 0) */
    double *years;        /* by practice, slot and band; until closed, list sizes, NAN where unknown */
    double *years_of_all; /* by slot and band */
    bool *listed;         /* by practice */
    bool *made;           /* by worker, practice and period: whether there was any request */
    day *earliest;        /* by worker and period: of the requests; INT32_MAX without any */
    int64_t *counts;      /* by worker, specialty, period and band */
    double *cases;        /* by specialty and slot and band; behind the last specialty, of all */

    struct day_span *observed; /* by period; once closed */
};

static struct text text_or_none(const struct dictionary *dictionary, size_t code_plus_one)
{
    return code_plus_one == 0 ? (struct text){0} : dictionary_text(dictionary, (uint32_t)(code_plus_one - 1));
}

/* Finds for each pair of age band and sex that referrals have the band that holds it. */
static void map_bands(struct person_years *years)
{
    const struct dictionary *ages = cohort_age_bands(years->cohort), *sexes = cohort_sexes(years->cohort);
    years->band_codes = memory_resize(NULL, (ages->count + 1) * (sexes->count + 1), sizeof *years->band_codes);
    for (size_t age = 0; age <= ages->count; age++) {
        for (size_t sex = 0; sex <= sexes->count; sex++) {
            uint32_t band = 0;
            for (; band < years->band_count; band++) {
                const struct list_band *of = &years->bands.bands[band];
                if ((of->age_band.length == 0 || text_equal(of->age_band, text_or_none(ages, age))) &&
                    (of->sex.length == 0 || text_equal(of->sex, text_or_none(sexes, sex))))
                    break;
            }
            years->band_codes[age * (sexes->count + 1) + sex] = band < years->band_count ? band : BAND_NONE;
        }
    }
}

/* The list size of a band in a quarter; NAN where there is none. `rows` are one practice's by period, those of no
 * period first. */
static double list_size(const struct practice_row *rows, size_t count, const struct list_band *band, quarter period)
{
    double any = NAN, earlier = NAN, later = NAN;
    for (size_t i = 0; i < count; i++) {
        if (isnan(rows[i].list_size) || !text_equal(rows[i].age_band, band->age_band) ||
            !text_equal(rows[i].sex, band->sex))
            continue;
        if (rows[i].period == period)
            return rows[i].list_size;
        if (rows[i].period == PERIOD_NONE)
            any = rows[i].list_size;
        else if (rows[i].period < period)
            earlier = rows[i].list_size;
        else if (isnan(later))
            later = rows[i].list_size;
    }
    return !isnan(any) ? any : !isnan(earlier) ? earlier : later;
}

static day first_of_month(day value)
{
    int year, month, day_of_month;
    day_to_date(value, &year, &month, &day_of_month);
    return value - (day_of_month - 1);
}

/* A quarter that follows one without any request may be one that an export begins within. */
static void find_observed(struct person_years *years)
{
    const day as_of = cohort_as_of(years->cohort);
    bool follows = false;
    for (size_t period = 0; period < years->period_count; period++) {
        const quarter of = years->first + (quarter)period;
        day earliest = INT32_MAX;
        for (size_t worker = 0; worker < years->worker_count; worker++) {
            const day own = years->earliest[worker * years->period_count + period];
            earliest = own < earliest ? own : earliest;
        }
        const bool any = earliest != INT32_MAX;
        const day last = quarter_last_day(of);
        years->observed[period].first = any && !follows ? first_of_month(earliest) : quarter_first_day(of);
        years->observed[period].last = last < as_of ? last : as_of;
        follows = any;
    }
}

/* The list sizes in each period, whether or not it turns out to count. */
static void fill_practice(struct person_years *years, size_t practice, const struct practice_row *rows, size_t count)
{
    const size_t bands = years->band_count;
    double *of_practice = years->years + practice * years->slot_count * bands;
    for (size_t period = 0; period < years->period_count; period++) {
        const quarter of = years->first + (quarter)period;
        for (size_t band = 0; band < bands; band++) {
            const double size = list_size(rows, count, &years->bands.bands[band], of);
            of_practice[period * bands + band] = size;
            years->listed[practice] |= size > 0;
        }
    }
}

static bool was_made(const struct person_years *years, size_t practice, size_t period)
{
    for (size_t worker = 0; worker < years->worker_count; worker++) {
        if (years->made[(worker * years->practice_count + practice) * years->period_count + period])
            return true;
    }
    return false;
}

/* The person-years of the periods in which the practice made any request, and their sums. */
static void close_practice(struct person_years *years, size_t practice)
{
    const size_t bands = years->band_count, whole = years->period_count * bands;
    double *of_practice = years->years + practice * years->slot_count * bands;
    for (size_t period = 0; period < years->period_count; period++) {
        const struct day_span observed = years->observed[period];
        const double length =
            was_made(years, practice, period) ? (observed.last - observed.first + 1) / DAYS_PER_YEAR : 0;
        for (size_t band = 0; band < bands; band++) {
            double *given = &of_practice[period * bands + band];
            *given = isnan(*given) ? 0 : *given * length;
            of_practice[whole + band] += *given;
            years->years_of_all[period * bands + band] += *given;
            years->years_of_all[whole + band] += *given;
        }
    }
}

struct person_years *person_years_new(const struct cohort *cohort, const bool *referred, quarter first,
                                      size_t period_count, size_t worker_count)
{
    struct person_years *years = memory_allocate_zeroed(1, sizeof *years);
    size_t begin = 0;
    years->cohort = cohort;
    years->first = first;
    years->period_count = period_count;
    years->slot_count = period_count + 1;
    years->practice_count = cohort_practices(cohort)->count;
    years->specialty_count = cohort_specialties(cohort)->count;
    years->worker_count = worker_count;
    years->bands = list_bands_of(cohort, referred);
    years->band_count = years->bands.band_count;
    const struct practice_row *rows = years->bands.rows;
    const size_t row_count = years->bands.row_count;
    map_bands(years);
    const size_t table = years->slot_count * years->band_count;
    years->years = memory_allocate_zeroed(years->practice_count * table, sizeof *years->years);
    years->years_of_all = memory_allocate_zeroed(table, sizeof *years->years_of_all);
    years->listed = memory_allocate_zeroed(years->practice_count, sizeof *years->listed);
    years->made = memory_allocate_zeroed(worker_count * years->practice_count * period_count, sizeof *years->made);
    years->earliest = memory_resize(NULL, worker_count * period_count, sizeof *years->earliest);
    for (size_t i = 0; i < worker_count * period_count; i++)
        years->earliest[i] = INT32_MAX;
    years->observed = memory_allocate_zeroed(period_count, sizeof *years->observed);
    years->counts = memory_allocate_zeroed(worker_count * years->specialty_count * table, sizeof *years->counts);
    years->cases = memory_allocate_zeroed((years->specialty_count + 1) * table, sizeof *years->cases);
    for (size_t practice = 0; practice < years->practice_count; practice++) {
        while (begin < row_count && rows[begin].practice < practice)
            begin++;
        size_t end = begin;
        while (end < row_count && rows[end].practice == practice)
            end++;
        if (referred[practice])
            fill_practice(years, practice, rows + begin, end - begin);
    }
    return years;
}

void person_years_free(struct person_years *years)
{
    if (years == NULL)
        return;
    list_bands_release(&years->bands);
    memory_free(years->band_codes);
    memory_free(years->years);
    memory_free(years->years_of_all);
    memory_free(years->listed);
    memory_free(years->made);
    memory_free(years->earliest);
    memory_free(years->observed);
    memory_free(years->counts);
    memory_free(years->cases);
    memory_free(years);
}

bool person_years_count(struct person_years *years, size_t worker, const struct fact *fact, size_t period)
{
    years->made[(worker * years->practice_count + fact->practice) * years->period_count + period] = true;
    day *earliest = &years->earliest[worker * years->period_count + period];
    *earliest = fact->referred < *earliest ? fact->referred : *earliest;
    if (fact->flags & FLAG_ADVICE)
        return false;
    const size_t age = fact->age_band == DICTIONARY_NONE ? 0 : fact->age_band + 1;
    const size_t sex = fact->sex == DICTIONARY_NONE ? 0 : fact->sex + 1;
    const uint32_t band = years->band_codes[age * (cohort_sexes(years->cohort)->count + 1) + sex];
    if (!years->listed[fact->practice] || band == BAND_NONE)
        return false;
    if (isnan(years->years[(fact->practice * years->slot_count + period) * years->band_count + band]))
        return false;
    years->counts[((worker * years->specialty_count + fact->specialty) * years->slot_count + period) *
                      years->band_count +
                  band]++;
    return true;
}

void person_years_close(struct person_years *years)
{
    if (years == NULL)
        return;
    const size_t bands = years->band_count, table = years->slot_count * bands;
    double *of_all = years->cases + years->specialty_count * table;
    find_observed(years);
    for (size_t practice = 0; practice < years->practice_count; practice++)
        close_practice(years, practice);
    for (size_t i = 0; i < years->worker_count * years->specialty_count * table; i++) {
        const size_t specialty = i / table % years->specialty_count, cell = i % table;
        const double count = (double)years->counts[i];
        const size_t whole = years->period_count * bands + cell % bands;
        years->cases[specialty * table + cell] += count;
        years->cases[specialty * table + whole] += count;
        of_all[cell] += count;
        of_all[whole] += count;
    }
}

void person_years_mask(struct person_years *years)
{
    const size_t count = (years->specialty_count + 1) * years->slot_count * years->band_count;
    for (size_t i = 0; i < count; i++)
        years->cases[i] = disclosure_count_to_reckon_with(years->cases[i]);
}

struct rate_base person_years_base(const struct person_years *years, struct slice slice)
{
    const size_t bands = years->band_count, table = years->slot_count * bands;
    const bool whole = slice.period == PERIOD_ALL;
    if (!whole && (slice.period < years->first || slice.period >= years->first + (quarter)years->period_count))
        return (struct rate_base){0, NAN, NAN};
    const size_t slot = whole ? years->period_count : (size_t)(slice.period - years->first);
    const double *all = years->years_of_all + slot * bands;
    const double *own = slice.practice == SLICE_ALL ? all : years->years + slice.practice * table + slot * bands;
    const size_t specialty = slice.specialty == SLICE_ALL ? years->specialty_count : slice.specialty;
    const double *cases = years->cases + specialty * table + slot * bands;
    double own_sum = 0, all_sum = 0, case_sum = 0, expected = 0;
    for (size_t band = 0; band < bands; band++) {
        own_sum += own[band];
        all_sum += all[band];
        case_sum += cases[band];
        expected += all[band] > 0 ? cases[band] / all[band] * own[band] : 0;
    }
    struct rate_base base = {own_sum, own_sum > 0 ? 1 / own_sum : (double)NAN, NAN};
    if (bands > 1 && slice.practice != SLICE_ALL) {
        base.factor = expected > 0 ? case_sum / all_sum / expected : (double)NAN;
        base.expected = expected;
    }
    return base;
}

struct day_span person_years_observed(const struct person_years *years, quarter period)
{
    return years->observed[period - years->first];
}

const struct list_bands *person_years_bands(const struct person_years *years)
{
    return &years->bands;
}
