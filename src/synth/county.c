#include "referlens/synth/county.h"

#include "referlens/base/memory.h"
#include "referlens/synth/draw.h"

#include <stdlib.h>
#include <string.h>

/* The streams of random numbers that make the county, and that confound it; the blocks of referrals have those from 0
 * on. */
#define COUNTY_STREAM UINT64_MAX
#define RANK_STREAM   (UINT64_MAX - 1)

#define LIST_SIZE_MEDIAN    8500.0
#define LIST_SIZE_SIGMA     0.5
#define LIST_SIZE_Z_MIN     (-2.8938379658) /* of LIST_SIZE_MIN */
#define LIST_SIZE_Z_MAX     1.9019525797    /* of LIST_SIZE_MAX */
#define REFERRAL_RATE_SIGMA 0.20
#define SPECIALTY_SIGMA     0.25
#define AGE_TILT_SIGMA      0.25
#define GROWTH_PER_DAY      (0.04 / 365)

enum {
    LIST_SIZE_MIN = 2000,
    LIST_SIZE_MAX = 22000,
    UNUSUAL_LIST_SIZE_MIN = 9000, /* so that what is planted in them can be found */
    UNUSUAL_LIST_SIZE_MAX = 14000,
    PATIENTS_PER_DOCTOR = 1800,
    CODES_PER_LETTER = 999
};

/* A81001 to A81999, then B81001 and so on: 20,000 practices end at U. */
static void practice_code(size_t number, char code[SYNTH_CODE_SIZE])
{
    size_t last_three = number % CODES_PER_LETTER + 1;
    const char text[SYNTH_CODE_SIZE] = {(char)('A' + number / CODES_PER_LETTER),
                                        '8',
                                        '1',
                                        (char)('0' + last_three / 100),
                                        (char)('0' + last_three / 10 % 10),
                                        (char)('0' + last_three % 10),
                                        '\0'};
    memcpy(code, text, sizeof text);
}

/* `z` receives how far the size of an ordinary practice lies above the median, in sigmas. */
static double list_size(struct random_stream *random, const struct synth_rota_truth *rota, double *z)
{
    *z = random_normal(random);
    double size = LIST_SIZE_MEDIAN * draw_exp(LIST_SIZE_SIGMA * *z);
    *z = *z < LIST_SIZE_Z_MIN ? LIST_SIZE_Z_MIN : *z > LIST_SIZE_Z_MAX ? LIST_SIZE_Z_MAX : *z;
    bool unusual = rota->rejected_factor > 1 || rota->wait_factor > 1;
    double least = unusual ? UNUSUAL_LIST_SIZE_MIN : LIST_SIZE_MIN;
    double most = unusual ? UNUSUAL_LIST_SIZE_MAX : LIST_SIZE_MAX;
    return size < least ? least : size > most ? most : size;
}

/* Shares the list out by age and sex. Practices lean to the young or the old. */
static void share_list(struct synth_practice *practice, double size, double age_tilt)
{
    double weights[SYNTH_AGE_BAND_COUNT], total = 0;
    for (size_t band = 0; band < SYNTH_AGE_BAND_COUNT; band++) {
        const struct synth_age_band_truth *truth = &synth_age_band_truths[band];
        weights[band] = truth->population * draw_exp(age_tilt * (truth->middle_age - 40) / 40);
        total += weights[band];
    }
    for (size_t band = 0; band < SYNTH_AGE_BAND_COUNT; band++) {
        double people = size * weights[band] / total;
        double female = band == SYNTH_AGE_BAND_COUNT - 1 ? 0.65 : 0.5;
        practice->list_sizes[band * SYNTH_SEX_COUNT + SYNTH_FEMALE] = (int64_t)(people * female + 0.5);
        practice->list_sizes[band * SYNTH_SEX_COUNT + SYNTH_MALE] = (int64_t)(people * (1 - female) + 0.5);
    }
}

static size_t find_specialty(const char *code)
{
    size_t found = 0;
    while (found < SYNTH_SPECIALTY_COUNT && (code == NULL || strcmp(code, synth_specialty_truths[found].code) != 0))
        found++;
    return found;
}

/* What a practice's place in the order of ranks follows from. */
struct rank {
    size_t practice;
    double score;
};

/* Draws how a practice leans, bends what it refers and how often it is rejected, and gives its score. `size` is that of
 * its list as synth/truth.h has it. */
static double confound(struct synth_practice *practice, const struct synth_effect_truth *effect, double size,
                       struct random_stream *random)
{
    double lean = random_normal(random), mean = 0;
    for (size_t i = 0; i < SYNTH_SPECIALTY_COUNT; i++)
        mean += synth_specialty_rejection(i) / SYNTH_SPECIALTY_COUNT;
    for (size_t i = 0; i < SYNTH_SPECIALTY_COUNT; i++)
        practice->specialty_factors[i] *= draw_exp(effect->pull * lean * (synth_specialty_rejection(i) - mean));
    practice->rejected_factor *= draw_exp(effect->burden * size);
    return (effect->pull > 0 ? lean : 0) + (effect->burden > 0 ? size : 0) + effect->chance * random_normal(random);
}

static int compare_ranks(const void *left, const void *right)
{
    const struct rank *a = left, *b = right;
    return (a->score < b->score) - (a->score > b->score);
}

static void give_schemes(struct synth_county *county, struct rank *ranks)
{
    static const enum synth_scheme schemes[] = {SYNTH_RMC, SYNTH_SPECIALIST_ADVICE, SYNTH_NONE};
    qsort(ranks, county->practice_count, sizeof *ranks, compare_ranks);
    for (size_t i = 0; i < county->practice_count; i++) {
        struct synth_practice *practice = &county->practices[ranks[i].practice];
        practice->before = practice->after = schemes[i * (sizeof schemes / sizeof *schemes) / county->practice_count];
    }
}

/* `size_above` receives how far its list lies above the median, in sigmas. */
static void make_practice(struct synth_practice *practice, size_t number, const struct synth_effect_truth *effect,
                          struct random_stream *random, double *size_above)
{
    static const struct synth_rota_truth ordinary = {SYNTH_NONE, SYNTH_NONE, 1, 1, NULL};
    const struct synth_rota_truth *rota = effect->by_rank ? &ordinary : &synth_rota_truths[number % SYNTH_ROTA_COUNT];
    practice_code(number, practice->code);
    practice->before = rota->before;
    practice->after = rota->after;
    practice->local_specialty = find_specialty(rota->specialty);
    double size = list_size(random, rota, size_above);
    share_list(practice, size, AGE_TILT_SIGMA * random_normal(random));
    practice->doctors = (uint32_t)(size / PATIENTS_PER_DOCTOR) + 1;
    practice->imd_decile = (uint8_t)draw_between(random, 1, 10);
    practice->rejected_factor = draw_log_normal(random, rota->rejected_factor, effect->rejected_sigma);
    practice->wait_factor = draw_log_normal(random, rota->wait_factor, effect->wait_sigma);
    for (size_t i = 0; i < SYNTH_SPECIALTY_COUNT; i++)
        practice->specialty_factors[i] = draw_log_normal(random, 1, SPECIALTY_SIGMA);
}

/* How often a patient of each age and sex is referred to each specialty, up to a factor of all. */
static void weigh_groups(struct synth_county *county)
{
    for (size_t specialty = 0; specialty < SYNTH_SPECIALTY_COUNT; specialty++) {
        const struct synth_specialty_truth *truth = &synth_specialty_truths[specialty];
        double mean = 0;
        for (size_t band = 0; band < SYNTH_AGE_BAND_COUNT; band++)
            mean += synth_age_band_truths[band].population * truth->age_profile[band];
        for (size_t band = 0; band < SYNTH_AGE_BAND_COUNT; band++) {
            double weight = truth->weight * truth->age_profile[band] / mean;
            size_t group = band * SYNTH_SEX_COUNT;
            county->group_specialty_weights[group + SYNTH_FEMALE][specialty] = weight * 2 * truth->female;
            county->group_specialty_weights[group + SYNTH_MALE][specialty] = weight * 2 * (1 - truth->female);
        }
    }
}

/* The referrals of a practice by age and sex, up to a factor of all; returns their sum. */
static double weigh_practice(const struct synth_county *county, struct synth_practice *practice, double rate_factor)
{
    double sum = 0;
    for (size_t group = 0; group < SYNTH_GROUP_COUNT; group++) {
        double rate = 0;
        for (size_t specialty = 0; specialty < SYNTH_SPECIALTY_COUNT; specialty++)
            rate += county->group_specialty_weights[group][specialty] * practice->specialty_factors[specialty];
        sum += rate_factor * rate * (double)practice->list_sizes[group];
        practice->group_cumulative[group] = sum;
    }
    return sum;
}

/* Fewer referrals on Fridays, in August and at Christmas; next to none on weekends and fixed holidays. */
static double day_weight(day date)
{
    static const double by_weekday[7] = {1.10, 1.05, 1.00, 1.00, 0.90, 0.02, 0.01};
    static const double by_month[12] = {1.08, 1.04, 1.08, 0.97, 0.98, 1.02, 1.00, 0.90, 1.02, 1.05, 1.03, 0.85};
    int year, month, day_of_month;
    day_to_date(date, &year, &month, &day_of_month);
    bool holiday = (month == 12 && (day_of_month == 25 || day_of_month == 26)) || (month == 1 && day_of_month == 1);
    return holiday ? 0.01 : by_weekday[draw_weekday(date)] * by_month[month - 1];
}

static void make_days(struct synth_county *county)
{
    size_t count = synth_county_days(county);
    county->day_cumulative = memory_allocate_zeroed(count, sizeof *county->day_cumulative);
    county->day_texts = memory_allocate_zeroed(count, sizeof *county->day_texts);
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        day date = county->first + (day)i;
        sum += day_weight(date) * (1 + GROWTH_PER_DAY * (double)i);
        county->day_cumulative[i] = sum;
        char text[DAY_TEXT_SIZE];
        day_format(date, text);
        memcpy(county->day_texts[i], text, SYNTH_DAY_TEXT_LENGTH);
    }
}

void synth_county_make(struct synth_county *county, uint64_t seed, size_t practice_count, int quarter_count, day as_of,
                       enum synth_effect effect)
{
    quarter first = quarter_of_day(as_of) - quarter_count + 1;
    *county = (struct synth_county){.effect = effect, .as_of = as_of, .practice_count = practice_count};
    county->first = quarter_first_day(first);
    county->change = quarter_first_day(first + quarter_count / 2);
    if (quarter_count == 1)
        county->change = county->first + (as_of - county->first) / 2;
    make_days(county);
    weigh_groups(county);
    county->practices = memory_allocate_zeroed(practice_count, sizeof *county->practices);
    county->practice_cumulative = memory_allocate_zeroed(practice_count, sizeof *county->practice_cumulative);
    const struct synth_effect_truth *truth = &synth_effect_truths[effect];
    struct random_stream random = random_seed(seed, COUNTY_STREAM), rank_random = random_seed(seed, RANK_STREAM);
    struct rank *ranks = memory_allocate_zeroed(practice_count, sizeof *ranks);
    double sum = 0;
    for (size_t i = 0; i < practice_count; i++) {
        double size;
        make_practice(&county->practices[i], i, truth, &random, &size);
        ranks[i].practice = i;
        if (truth->by_rank)
            ranks[i].score = confound(&county->practices[i], truth, size, &rank_random);
        double rate_factor = draw_log_normal(&random, 1, REFERRAL_RATE_SIGMA);
        sum += weigh_practice(county, &county->practices[i], rate_factor);
        county->practice_cumulative[i] = sum;
    }
    if (truth->by_rank)
        give_schemes(county, ranks);
    memory_free(ranks);
}

void synth_county_release(struct synth_county *county)
{
    if (county == NULL)
        return;
    memory_free(county->practices);
    memory_free(county->practice_cumulative);
    memory_free(county->day_cumulative);
    memory_free(county->day_texts);
    *county = (struct synth_county){0};
}

size_t synth_county_days(const struct synth_county *county)
{
    return (size_t)(county->as_of - county->first) + 1;
}

enum synth_scheme synth_county_scheme(const struct synth_county *county, size_t practice, size_t specialty, day date)
{
    const struct synth_practice *facts = &county->practices[practice];
    if (specialty == facts->local_specialty)
        return SYNTH_LOCAL_EXPERTISE;
    return date < county->change ? facts->before : facts->after;
}
