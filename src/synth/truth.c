#include "referlens/synth/truth.h"

#define USC_WAIT_DAYS 10.0
#define REJECTED_MAX  0.6

/* clang-format off */

/*   name                        rejected returned redirected hidden decision contacted consulted
 *                               re-referred late overturned  advice response converted   cost a year, a referral */
const struct synth_scheme_truth synth_scheme_truths[SYNTH_SCHEME_COUNT] = {
    [SYNTH_NONE] =              {"none",              0.070, 0.040, 0.020, 1, 4, 0.25, 0.10,
                                 0.36, 0.04, 0.06,          1.0, 3.0, 0.25,             0.00,  0.00},
    [SYNTH_RMC] =               {"rmc",               0.110, 0.030, 0.070, 7, 4, 0.06, 0.04,
                                 0.30, 0.05, 0.04,          1.0, 3.0, 0.25,             1.10, 14.00},
    [SYNTH_SPECIALIST_ADVICE] = {"specialist_advice", 0.050, 0.150, 0.020, 2, 3, 0.70, 0.30,
                                 0.30, 0.03, 0.10,          2.5, 1.5, 0.30,             0.35,  6.50},
    [SYNTH_LOCAL_EXPERTISE] =   {"local_expertise",   0.060, 0.070, 0.100, 3, 4, 0.45, 0.35,
                                 0.32, 0.03, 0.08,          1.2, 2.5, 0.25,             0.80, 21.00},
    [SYNTH_PEER_REVIEW] =       {"peer_review",       0.050, 0.050, 0.030, 4, 3, 0.60, 0.25,
                                 0.42, 0.03, 0.08,          1.0, 3.0, 0.25,             0.40,  3.00},
};

/* What all schemes share with `none` where nothing differs between them but `rejected`, names and costs. */
#define LIKE_NONE(rejected) rejected, 0.040, 0.020, 1, 4, 0.25, 0.10, 0.36, 0.04, 0.06, 1.0, 3.0, 0.25

/* The same rates under every name; rmc's may differ in how often it rejects. */
#define ALIKE(rejected_by_rmc)                                                          \
    {                                                                                   \
        [SYNTH_NONE] =              {"none",              LIKE_NONE(0.070),   0.00,  0.00}, \
        [SYNTH_RMC] =               {"rmc",       LIKE_NONE(rejected_by_rmc), 1.10, 14.00}, \
        [SYNTH_SPECIALIST_ADVICE] = {"specialist_advice", LIKE_NONE(0.070),   0.35,  6.50}, \
        [SYNTH_LOCAL_EXPERTISE] =   {"local_expertise",   LIKE_NONE(0.070),   0.80, 21.00}, \
        [SYNTH_PEER_REVIEW] =       {"peer_review",       LIKE_NONE(0.070),   0.40,  3.00}, \
    }
static const struct synth_scheme_truth alike[SYNTH_SCHEME_COUNT] = ALIKE(0.070);
static const struct synth_scheme_truth paradox[SYNTH_SCHEME_COUNT] = ALIKE(0.055);

const struct synth_effect_truth synth_effect_truths[SYNTH_EFFECT_COUNT] = {
    [SYNTH_EFFECT_DEFAULT] =         {"default",         synth_scheme_truths, false, 0, 0.0, 0, 0.10, 0.06},
    [SYNTH_EFFECT_NONE] =            {"none",            alike,               false, 0, 0.0, 0, 0.10, 0.06},
    [SYNTH_EFFECT_PLAIN] =           {"plain",           synth_scheme_truths, true,  0, 0.0, 1, 0.20, 0.10},
    [SYNTH_EFFECT_PLAIN_NONE] =      {"plain-none",      alike,               true,  0, 0.0, 1, 0.20, 0.10},
    [SYNTH_EFFECT_CONFOUNDED] =      {"confounded",      synth_scheme_truths, true,  2, 0.2, 1, 0.20, 0.10},
    [SYNTH_EFFECT_CONFOUNDED_NONE] = {"confounded-none", alike,               true,  2, 0.2, 1, 0.20, 0.10},
    [SYNTH_EFFECT_PARADOX] =         {"paradox",         paradox,             true,  5, 0.0, 0.3, 0.05, 0.10},
};

/* Relative referrals a head in the bands 0-4, 5-14, 15-24 … 75-84, 85+. */
static const double adults[SYNTH_AGE_BAND_COUNT]     = {0.05, 0.15, 0.60, 0.80, 1.00, 1.20, 1.30, 1.30, 1.10, 0.70};
static const double older[SYNTH_AGE_BAND_COUNT]      = {0.02, 0.05, 0.30, 0.50, 0.80, 1.20, 1.70, 2.20, 2.30, 1.50};
static const double all_ages[SYNTH_AGE_BAND_COUNT]   = {1.00, 0.90, 0.60, 0.70, 0.80, 0.90, 1.10, 1.30, 1.30, 0.90};
static const double children[SYNTH_AGE_BAND_COUNT]   = {8.00, 4.50, 0.30, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00};
static const double very_old[SYNTH_AGE_BAND_COUNT]   = {0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.10, 0.80, 5.00, 12.0};
static const double women[SYNTH_AGE_BAND_COUNT]      = {0.00, 0.10, 1.00, 1.50, 1.60, 1.50, 1.00, 0.70, 0.50, 0.30};

/* code, weight, usc, urgent, female, advice, rejected factor, wait routine and urgent, asi, treated and discharged at
 * the first visit, to treat, days to treatment, cancer among usc seen, ages */
const struct synth_specialty_truth synth_specialty_truths[SYNTH_SPECIALTY_COUNT] = {
    {"100",  90, 0.220, 0.10, 0.55, 0.03, 0.9,  70, 24, 0.05, 0.04, 0.35, 0.45,  70, 0.06, adults},
    {"101",  60, 0.200, 0.10, 0.25, 0.06, 1.0,  85, 28, 0.05, 0.03, 0.30, 0.40,  60, 0.09, older},
    {"110", 120, 0.004, 0.08, 0.54, 0.05, 1.3, 105, 32, 0.08, 0.05, 0.30, 0.50, 120, 0.02, older},
    {"120",  80, 0.100, 0.08, 0.52, 0.03, 1.1,  95, 30, 0.10, 0.08, 0.42, 0.35, 100, 0.03, all_ages},
    {"130",  85, 0.004, 0.14, 0.55, 0.05, 0.8,  90, 24, 0.06, 0.10, 0.25, 0.40,  80, 0.01, older},
    {"140",  45, 0.100, 0.05, 0.52, 0.01, 1.2,  80, 26, 0.04, 0.20, 0.35, 0.60,  60, 0.03, adults},
    {"300",  35, 0.020, 0.15, 0.52, 0.08, 1.0,  60, 21, 0.03, 0.02, 0.40, 0.15,  30, 0.02, older},
    {"301",  70, 0.140, 0.10, 0.54, 0.12, 1.2,  95, 30, 0.08, 0.02, 0.35, 0.35,  45, 0.04, adults},
    {"320",  65, 0.000, 0.16, 0.48, 0.14, 1.0,  75, 22, 0.05, 0.01, 0.40, 0.30,  60, 0.00, older},
    {"330", 110, 0.260, 0.06, 0.56, 0.15, 1.4, 100, 28, 0.08, 0.15, 0.40, 0.45,  40, 0.08, all_ages},
    {"340",  40, 0.100, 0.13, 0.49, 0.09, 0.9,  80, 24, 0.04, 0.01, 0.30, 0.20,  40, 0.12, older},
    {"400",  50, 0.020, 0.10, 0.56, 0.15, 1.3, 125, 35, 0.06, 0.01, 0.38, 0.15,  40, 0.02, adults},
    {"410",  40, 0.000, 0.14, 0.66, 0.10, 1.2,  95, 28, 0.05, 0.04, 0.30, 0.25,  45, 0.00, adults},
    {"420",  60, 0.005, 0.12, 0.47, 0.12, 0.9,  70, 18, 0.03, 0.01, 0.35, 0.10,  45, 0.02, children},
    {"430",  20, 0.020, 0.18, 0.58, 0.06, 0.7,  50, 18, 0.01, 0.01, 0.30, 0.10,  30, 0.02, very_old},
    {"502",  90, 0.130, 0.09, 1.00, 0.08, 0.9,  85, 26, 0.05, 0.08, 0.33, 0.40,  80, 0.04, women},
};

const struct synth_age_band_truth synth_age_band_truths[SYNTH_AGE_BAND_COUNT] = {
    {"0-4", 0.055, 2, 0.0005},    {"5-14", 0.120, 10, 0.0002},  {"15-24", 0.120, 20, 0.0003},
    {"25-34", 0.137, 30, 0.0005}, {"35-44", 0.135, 40, 0.0010}, {"45-54", 0.130, 50, 0.0020},
    {"55-64", 0.125, 60, 0.0040}, {"65-74", 0.095, 70, 0.0080}, {"75-84", 0.060, 80, 0.0200},
    {"85+", 0.023, 89, 0.0500},
};

const struct synth_rota_truth synth_rota_truths[SYNTH_ROTA_COUNT] = {
    {SYNTH_NONE, SYNTH_NONE, 1, 1, NULL},
    {SYNTH_RMC, SYNTH_RMC, 1, 1, "330"},
    {SYNTH_NONE, SYNTH_RMC, 1, 1, NULL},
    {SYNTH_SPECIALIST_ADVICE, SYNTH_SPECIALIST_ADVICE, 1, 1, NULL},
    {SYNTH_NONE, SYNTH_NONE, 1, 1, NULL},
    {SYNTH_NONE, SYNTH_NONE, 3, 1, NULL}, /* unusual: rejections */
    {SYNTH_PEER_REVIEW, SYNTH_PEER_REVIEW, 1, 1, NULL},
    {SYNTH_RMC, SYNTH_RMC, 1, 1, NULL},
    {SYNTH_NONE, SYNTH_SPECIALIST_ADVICE, 1, 1, NULL},
    {SYNTH_LOCAL_EXPERTISE, SYNTH_LOCAL_EXPERTISE, 1, 1, NULL},
    {SYNTH_RMC, SYNTH_RMC, 1, 1, NULL},
    {SYNTH_NONE, SYNTH_NONE, 1, 1.6, NULL}, /* unusual: waits */
    {SYNTH_SPECIALIST_ADVICE, SYNTH_SPECIALIST_ADVICE, 1, 1, NULL},
    {SYNTH_NONE, SYNTH_RMC, 1, 1, NULL},
    {SYNTH_PEER_REVIEW, SYNTH_PEER_REVIEW, 1, 1, NULL},
    {SYNTH_RMC, SYNTH_RMC, 1, 1, NULL},
    {SYNTH_LOCAL_EXPERTISE, SYNTH_LOCAL_EXPERTISE, 1, 1, NULL},
    {SYNTH_RMC, SYNTH_RMC, 3, 1, NULL}, /* unusual: rejections */
    {SYNTH_RMC, SYNTH_SPECIALIST_ADVICE, 1, 1, NULL},
    {SYNTH_NONE, SYNTH_PEER_REVIEW, 1, 1, NULL},
    {SYNTH_NONE, SYNTH_NONE, 1, 1, NULL},
    {SYNTH_PEER_REVIEW, SYNTH_PEER_REVIEW, 1, 1, NULL},
    {SYNTH_RMC, SYNTH_NONE, 1, 1, NULL},
    {SYNTH_NONE, SYNTH_NONE, 1, 1, "330"},
};

const struct synth_reason_truth synth_reason_truths[SYNTH_REASON_COUNT] = {
    {"further_information_required", 0.27}, {"criteria_not_met", 0.20},
    {"service_inappropriate", 0.17},        {"prerequisites_not_complete", 0.12},
    {"duplicate_referral", 0.06},           {"out_of_area", 0.04},
    {"other", 0.06},
};
/* clang-format on */

const char *const synth_priority_names[SYNTH_PRIORITY_COUNT] = {"routine", "urgent", "usc"};
const char *const synth_sex_names[SYNTH_SEX_COUNT] = {"F", "M"};

const struct synth_scheme_truth *synth_scheme_rates(enum synth_effect effect, enum synth_scheme scheme)
{
    return &synth_effect_truths[effect].schemes[scheme];
}

static const double priority_factors[SYNTH_PRIORITY_COUNT] = {1.0, 0.7, 0.15};

/* Before the practice's factor, and not held inside REJECTED_MAX. */
static double rejection(const struct synth_scheme_truth *scheme, size_t specialty, enum synth_priority priority)
{
    return scheme->rejected * priority_factors[priority] * synth_specialty_truths[specialty].rejected_factor;
}

struct synth_decision_chances synth_decision_chances(const struct synth_scheme_truth *scheme, size_t specialty,
                                                     enum synth_priority priority, double practice_factor)
{
    double factor = priority_factors[priority];
    double rejected = rejection(scheme, specialty, priority) * practice_factor;
    return (struct synth_decision_chances){
        .rejected = rejected < REJECTED_MAX ? rejected : REJECTED_MAX,
        .returned_with_advice = scheme->returned_with_advice * factor,
        .redirected = scheme->redirected * factor,
    };
}

struct synth_wait synth_wait(size_t specialty, enum synth_priority priority)
{
    const struct synth_specialty_truth *truth = &synth_specialty_truths[specialty];
    switch (priority) {
    case SYNTH_URGENT:
        return (struct synth_wait){.median_days = truth->wait_urgent_days, .sigma = 0.45};
    case SYNTH_USC:
        return (struct synth_wait){.median_days = USC_WAIT_DAYS, .sigma = 0.35};
    default:
        return (struct synth_wait){.median_days = truth->wait_routine_days, .sigma = 0.55};
    }
}

double synth_specialty_rejection(size_t specialty)
{
    static const struct synth_scheme_truth always = {.rejected = 1};
    const struct synth_specialty_truth *truth = &synth_specialty_truths[specialty];
    const double shares[SYNTH_PRIORITY_COUNT] = {1 - truth->urgent - truth->usc, truth->urgent, truth->usc};
    double sum = 0;
    for (size_t priority = 0; priority < SYNTH_PRIORITY_COUNT; priority++)
        sum += shares[priority] * rejection(&always, specialty, (enum synth_priority)priority);
    return sum;
}
