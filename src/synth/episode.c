#include "referlens/synth/episode.h"

#include "referlens/synth/draw.h"

/* The rates below are those that synth/truth.h states in words. */
#define RE_REFERRAL_DAYS         21.0
#define RE_REFERRAL_SIGMA        0.7
#define NAMES_PREDECESSOR        0.4
#define ADVICE_AFTER_REJECTION   0.2
#define REFERRED_AFTER_CONVERTED 0.6
#define REFERRED_AFTER_ADVICE    0.12
#define NAMES_ADVICE             0.7
#define PATIENT_BLANK            0.01
#define AGE_BAND_BLANK           0.005
#define SEX_BLANK                0.002
#define IMD_BLANK                0.02
#define PRIORITY_BLANK           0.003
#define DOCTOR_BLANK             0.05

enum {
    RE_REFERRAL_DAYS_MIN = 3,
    RE_REFERRAL_DAYS_MAX = 88, /* two days short of 90: the date may move over a weekend */
    PROVIDERS = 4
};

struct synth_patient synth_draw_patient(struct random_stream *random, const struct synth_county *county, uint64_t key)
{
    const double *cumulative = county->practice_cumulative;
    size_t last = county->practice_count - 1;
    struct synth_patient patient = {.key = draw_chance(random, PATIENT_BLANK) ? 0 : key};
    patient.practice = draw_find(cumulative, last + 1, random_uniform(random) * cumulative[last]);
    const struct synth_practice *practice = &county->practices[patient.practice];
    double point = random_uniform(random) * practice->group_cumulative[SYNTH_GROUP_COUNT - 1];
    size_t group = draw_find(practice->group_cumulative, SYNTH_GROUP_COUNT, point);
    patient.age_band = (uint8_t)(group / SYNTH_SEX_COUNT);
    patient.sex = (uint8_t)(group % SYNTH_SEX_COUNT);
    day decile = draw_between(random, practice->imd_decile - 2, practice->imd_decile + 2);
    patient.imd_decile = (uint8_t)(decile < 1 ? 1 : decile > 10 ? 10 : decile);
    double point_blank = random_uniform(random);
    if (point_blank < AGE_BAND_BLANK)
        patient.blanks = SYNTH_BLANK_AGE_BAND;
    else if (point_blank < AGE_BAND_BLANK + SEX_BLANK)
        patient.blanks = SYNTH_BLANK_SEX;
    else if (point_blank < AGE_BAND_BLANK + SEX_BLANK + IMD_BLANK)
        patient.blanks = SYNTH_BLANK_IMD;
    return patient;
}

static size_t draw_specialty(struct random_stream *random, const struct synth_county *county,
                             const struct synth_patient *patient, size_t not_specialty)
{
    const double *weights = county->group_specialty_weights[patient->age_band * SYNTH_SEX_COUNT + patient->sex];
    const double *factors = county->practices[patient->practice].specialty_factors;
    double cumulative[SYNTH_SPECIALTY_COUNT], sum = 0;
    for (size_t i = 0; i < SYNTH_SPECIALTY_COUNT; i++) {
        if (i != not_specialty)
            sum += weights[i] * factors[i];
        cumulative[i] = sum;
    }
    return draw_find(cumulative, SYNTH_SPECIALTY_COUNT, random_uniform(random) * sum);
}

static enum synth_priority draw_priority(struct random_stream *random, size_t specialty)
{
    const struct synth_specialty_truth *truth = &synth_specialty_truths[specialty];
    double point = random_uniform(random);
    if (point < truth->usc)
        return SYNTH_USC;
    return point < truth->usc + truth->urgent ? SYNTH_URGENT : SYNTH_ROUTINE;
}

/* The first request of an episode, without its events. */
static struct synth_referral first_request(struct random_stream *random, const struct synth_county *county,
                                           const struct synth_patient *patient, day date, size_t specialty)
{
    struct synth_referral request = {.referred = date,
                                     .received = DAY_UNKNOWN,
                                     .patient = patient->key,
                                     .practice = patient->practice,
                                     .specialty = (uint8_t)specialty,
                                     .age_band = patient->age_band,
                                     .sex = patient->sex,
                                     .imd_decile = patient->imd_decile,
                                     .blanks = patient->blanks};
    request.priority = (uint8_t)draw_priority(random, specialty);
    if (draw_chance(random, PRIORITY_BLANK))
        request.blanks |= SYNTH_BLANK_PRIORITY;
    if (!draw_chance(random, DOCTOR_BLANK))
        request.doctor = 1 + (uint32_t)random_below(random, county->practices[patient->practice].doctors);
    /* Three referrals in four go to the hospital nearest to the practice. */
    bool nearest = random_below(random, 4) < 3;
    request.provider = (uint8_t)(nearest ? patient->practice % PROVIDERS : random_below(random, PROVIDERS));
    return request;
}

/* Another request of the episode like the one before it; NULL where the export was taken before, or where there is no
 * room. It names its predecessor with the given probability, where the patient is known. */
static struct synth_referral *add_request(struct random_stream *random, const struct synth_county *county,
                                          struct synth_episode *episode, day date, double names)
{
    bool named = draw_chance(random, names);
    if (date > county->as_of || episode->count == SYNTH_EPISODE_MAX)
        return NULL;
    const struct synth_referral *before = &episode->referrals[episode->count - 1];
    struct synth_referral *next = &episode->referrals[episode->count];
    *next = *before;
    next->referred = date;
    next->received = DAY_UNKNOWN;
    next->advice = false;
    next->event_count = 0;
    next->follows = named && next->patient != 0 ? (uint8_t)episode->count : 0;
    episode->count++;
    return next;
}

/* What comes of the rejection of the latest referral. Returns the referral that follows it, or NULL. */
static struct synth_referral *after_rejection(struct random_stream *random, const struct synth_county *county,
                                              struct synth_episode *episode, day rejected)
{
    struct synth_referral *referral = &episode->referrals[episode->count - 1];
    const struct synth_scheme_truth *scheme = synth_scheme_rates(
        county->effect, synth_county_scheme(county, referral->practice, referral->specialty, referral->referred));
    double point = random_uniform(random);
    if (point < scheme->re_referred) {
        day gap = draw_days(random, RE_REFERRAL_DAYS, RE_REFERRAL_SIGMA);
        gap = gap < RE_REFERRAL_DAYS_MIN   ? RE_REFERRAL_DAYS_MIN
              : gap > RE_REFERRAL_DAYS_MAX ? RE_REFERRAL_DAYS_MAX
                                           : gap;
        return add_request(random, county, episode, draw_working_day(rejected + gap), NAMES_PREDECESSOR);
    }
    point -= scheme->re_referred;
    if (point < scheme->late) {
        day date = draw_working_day(rejected + draw_between(random, 95, 165));
        return add_request(random, county, episode, date, NAMES_PREDECESSOR);
    }
    if (point < scheme->late + scheme->overturned) {
        synth_overturn(random, county, referral, rejected);
    } else if (draw_chance(random, ADVICE_AFTER_REJECTION)) {
        day date = draw_working_day(rejected + draw_between(random, 3, 30));
        struct synth_referral *request = add_request(random, county, episode, date, 0);
        if (request != NULL) {
            request->advice = true;
            synth_advice(random, county, request, false);
        }
    }
    return NULL;
}

/* What comes of an advice request. Returns the referral that follows it, or NULL. */
static struct synth_referral *after_advice(struct random_stream *random, const struct synth_county *county,
                                           struct synth_episode *episode, const struct synth_outcome *outcome)
{
    if (outcome->converted != DAY_UNKNOWN) {
        if (!draw_chance(random, REFERRED_AFTER_CONVERTED))
            return NULL;
        day date = draw_working_day(outcome->converted + draw_between(random, 0, 5));
        return add_request(random, county, episode, date, NAMES_ADVICE);
    }
    if (outcome->answered == DAY_UNKNOWN || !draw_chance(random, REFERRED_AFTER_ADVICE))
        return NULL;
    day date = draw_working_day(outcome->answered + draw_between(random, 5, 85));
    return add_request(random, county, episode, date, 0);
}

void synth_episode(struct random_stream *random, const struct synth_county *county, const struct synth_patient *patient,
                   day date, size_t not_specialty, struct synth_episode *episode)
{
    size_t specialty = draw_specialty(random, county, patient, not_specialty);
    episode->died = false;
    episode->count = 1;
    struct synth_referral *referral = &episode->referrals[0];
    *referral = first_request(random, county, patient, date, specialty);
    enum synth_scheme scheme = synth_county_scheme(county, patient->practice, specialty, date);
    double advice_factor = synth_scheme_rates(county->effect, scheme)->advice_factor;
    if (referral->priority != SYNTH_USC &&
        draw_chance(random, synth_specialty_truths[specialty].advice * advice_factor)) {
        referral->advice = true;
        struct synth_outcome outcome = synth_advice(random, county, referral, true);
        referral = after_advice(random, county, episode, &outcome);
    }
    while (referral != NULL) {
        struct synth_outcome outcome = synth_journey(random, county, referral);
        episode->died = outcome.died;
        if (outcome.rejected == DAY_UNKNOWN)
            return;
        referral = after_rejection(random, county, episode, outcome.rejected);
    }
}
