/* The planted truth: every rate that the synthetic county is made with.
 *
 * What a report on the county finds can be held against this page and the two tables of truth.c. The county is
 * invented: no figure describes a real practice, scheme or hospital. Nothing here draws a random number.
 *
 * "median × sigma" below stands for a log-normal time, median × exp(sigma × z) with z standard normal, in whole days,
 * rounded down. Receipts, decisions and visits fall on working days: a date on a weekend moves to the Monday. Nothing
 * dated after the as-of date is written.
 *
 *   scheme              rejected returned redirected  hidden decision  contacted consulted  re-referred late overturned
 *   none                   0.070    0.040      0.020       1        4       0.25      0.10         0.36 0.04       0.06
 *   rmc                    0.110    0.030      0.070       7        4       0.06      0.04         0.30 0.05       0.04
 *   specialist_advice      0.050    0.150      0.020       2        3       0.70      0.30         0.30 0.03       0.10
 *   local_expertise        0.060    0.070      0.100       3        4       0.45      0.35         0.32 0.03       0.08
 *   peer_review            0.050    0.050      0.030       4        3       0.60      0.25         0.42 0.03       0.08
 *
 * A referral
 *   pending          1 % are never looked at: no event at all.
 *   leaving early    0.5 % end with cancelled_referral before any decision.
 *   receipt          hidden × 0.5 days after the referral (a quarter of it for usc); the date is blank in 6 %.
 *   first decision   decision × 0.6 days after the receipt (half for urgent, a quarter for usc).
 *                    P(rejected) = rejected × factors of priority, specialty and practice, at most 0.6.
 *                    P(returned_with_advice), P(redirected) = those of the scheme × factor of the priority.
 *                    The factor of the priority is 1 routine, 0.7 urgent, 0.15 usc. All others are accepted, a
 *                    redirected one 1 to 7 days later.
 *   dialogue         on rejected, returned_with_advice and redirected: whether the referrer was contacted is recorded
 *                    in 85 %, whether the patient was consulted in 85 %; then "yes" as often as the scheme has it.
 *   leaving          of the accepted 3 % cancel, and some die (by age), on a day between acceptance and appointment.
 *   no slot          of the others, asi of the specialty (never usc); the appointment is then 21 × 0.5 days later.
 *                    A booking is recorded for 12 %.
 *   wait             from acceptance to the first appointment: wait of the specialty (10 days for usc) × factor of the
 *                    practice; sigma 0.55 routine, 0.45 urgent, 0.35 usc.
 *   mishaps          at most two: cancelled by the patient 5 %, by the provider 4 %, dna 4 % and 0.5 % more for each
 *                    decile of deprivation under the tenth. 35 % are discharged after a dna; otherwise the next
 *                    appointment is after 0.4 × another wait.
 *   first visit      usc: cancer of the specialty. Otherwise treated_first, discharged_first or further care; of
 *                    these, to_treat of the specialty are listed, and treated treat × 0.6 days later.
 *
 * After a rejection
 *   re-referred      the same patient and specialty 21 × 0.7 days later, held within 3 to 88; 40 % name the rejected
 * one late             the same, 95 to 165 days later overturned       accepted within two weeks, and seen 10 to 100
 * days after that lost             all others: neither seen nor referred again; a fifth of these lead to an advice
 * request A re-referral is decided by the same rules.
 *
 * An advice request (advice of the specialty × advice factor of the scheme; never usc)
 *   4 % are never answered. The answer comes after response × 0.9 days of the scheme, and is advice_response in 92 %,
 *   returned_with_advice in 5 %, rejected in 3 %. Of the advice_responses, converted of the scheme are converted within
 *   two days, and 60 % of these are followed by a referral within a week; of the rest 12 % are followed by one 5 to 85
 *   days after the answer.
 *
 *   scheme             advice factor  response  converted  cost a patient and year  cost a referral
 *   none                         1.0         3       0.25                     0.00             0.00
 *   rmc                          1.0         3       0.25                     1.10            14.00
 *   specialist_advice            2.5       1.5       0.30                     0.35             6.50
 *   local_expertise              1.2       2.5       0.25                     0.80            21.00
 *   peer_review                  1.0         3       0.25                     0.40             3.00
 *
 * Practices: list sizes are log-normal (median 8,500, sigma 0.5, held within 2,000 to 22,000), and so are the factors
 * of rejection (sigma 0.10), wait (0.06) and referral rate (0.20), with median 1. In every 24 practices the 6th and the
 * 18th reject three times as often as they would, and the 12th waits 1.6 times as long; these have 9,000 to 14,000
 * patients. Schemes go by the rota of truth.c: a quarter of the practices change scheme on the first day of the middle
 * quarter. With SYNTH_EFFECT_NONE every scheme has the rates of `none`; names and costs remain.
 *
 * The other effects are for trying out comparisons of schemes. There is no rota: practices are put in an order, the
 * first third is under rmc, the next under specialist_advice, the last under none, and nobody changes or is planted as
 * unusual. The order is that of lean + size + chance × z, lean and z standard normal and size (ln list size − ln 8,500)
 * / 0.5; lean and size count only where the effect has a pull and a burden. A practice refers to each specialty
 * exp(pull × lean × (r − mean of r)) times as often, r being how often the specialty is rejected beside others; it is
 * rejected exp(burden × size) times as often. So the more a scheme's practices refer to what is often rejected, and the
 * larger they are, the worse it looks.
 *
 *   effect           rates of the schemes      pull  burden  chance  sigma of rejection  of waits
 *   plain            as above                     0       0       1                0.20      0.10
 *   plain-none       all as `none`                0       0       1                0.20      0.10
 *   confounded       as above                     2     0.2       1                0.20      0.10
 *   confounded-none  all as `none`                2     0.2       1                0.20      0.10
 *   paradox          all as `none`, but rmc       5       0     0.3                0.05      0.10
 *                    rejects 0.055
 *
 * In `paradox` rmc rejects fewer in every specialty and more in all.
 */
#ifndef REFERLENS_SYNTH_TRUTH_H
#define REFERLENS_SYNTH_TRUTH_H

#include <stdbool.h>
#include <stddef.h>

enum synth_effect {
    SYNTH_EFFECT_DEFAULT,
    SYNTH_EFFECT_NONE,
    SYNTH_EFFECT_PLAIN,
    SYNTH_EFFECT_PLAIN_NONE,
    SYNTH_EFFECT_CONFOUNDED,
    SYNTH_EFFECT_CONFOUNDED_NONE,
    SYNTH_EFFECT_PARADOX,
    SYNTH_EFFECT_COUNT
};

enum synth_scheme {
    SYNTH_NONE,
    SYNTH_RMC,
    SYNTH_SPECIALIST_ADVICE,
    SYNTH_LOCAL_EXPERTISE,
    SYNTH_PEER_REVIEW,
    SYNTH_SCHEME_COUNT
};
enum synth_priority { SYNTH_ROUTINE, SYNTH_URGENT, SYNTH_USC, SYNTH_PRIORITY_COUNT };
enum synth_sex { SYNTH_FEMALE, SYNTH_MALE, SYNTH_SEX_COUNT };
enum { SYNTH_SPECIALTY_COUNT = 16, SYNTH_AGE_BAND_COUNT = 10, SYNTH_ROTA_COUNT = 24, SYNTH_REASON_COUNT = 7 };

/* Probabilities, medians in days, and pounds. */
struct synth_scheme_truth {
    const char *name;
    double rejected, returned_with_advice, redirected;
    double hidden_days, decision_days;
    double referrer_contacted, patient_consulted;
    double re_referred, late, overturned;
    double advice_factor, response_days, converted;
    double cost_per_patient_year, cost_per_referral;
};

/* What differs between schemes, and between the practices that are under them. */
struct synth_effect_truth {
    const char *name;
    const struct synth_scheme_truth *schemes; /* SYNTH_SCHEME_COUNT of them */
    bool by_rank;                             /* schemes go by rank, not by the rota */
    double pull, burden, chance;
    double rejected_sigma, wait_sigma;
};

/* `weight` is the share of all referrals in a county with England's ages, up to a factor. usc and urgent are shares of
 * its referrals, advice of its referrals and requests together, female of its patients at like ages. */
struct synth_specialty_truth {
    const char *code;
    double weight, usc, urgent, female, advice;
    double rejected_factor;
    double wait_routine_days, wait_urgent_days;
    double asi, treated_first, discharged_first, to_treat, treat_days;
    double cancer;
    const double *age_profile; /* relative referrals a head, by age band */
};

struct synth_age_band_truth {
    const char *name;
    double population; /* share of the patients of a practice with England's ages */
    double middle_age; /* years */
    double died;       /* probability, of an accepted referral before it is seen */
};

struct synth_rota_truth {
    enum synth_scheme before, after;     /* differ where the practice changes scheme */
    double rejected_factor, wait_factor; /* 1, but for the practices planted as unusual */
    const char *specialty;               /* NULL, or the one specialty under local_expertise throughout */
};

struct synth_reason_truth {
    const char *name;
    double share; /* of rejections; what is left to 1 is blank */
};

extern const struct synth_scheme_truth synth_scheme_truths[SYNTH_SCHEME_COUNT];
extern const struct synth_effect_truth synth_effect_truths[SYNTH_EFFECT_COUNT];
extern const struct synth_specialty_truth synth_specialty_truths[SYNTH_SPECIALTY_COUNT];
extern const struct synth_age_band_truth synth_age_band_truths[SYNTH_AGE_BAND_COUNT];
extern const struct synth_rota_truth synth_rota_truths[SYNTH_ROTA_COUNT];
extern const struct synth_reason_truth synth_reason_truths[SYNTH_REASON_COUNT];
extern const char *const synth_priority_names[SYNTH_PRIORITY_COUNT];
extern const char *const synth_sex_names[SYNTH_SEX_COUNT];

/* The rates that a scheme works by. */
const struct synth_scheme_truth *synth_scheme_rates(enum synth_effect effect, enum synth_scheme scheme);

struct synth_decision_chances {
    double rejected, returned_with_advice, redirected; /* the rest is accepted */
};

/* The chances of each first decision. `practice_factor` is the practice's factor of rejection. */
struct synth_decision_chances synth_decision_chances(const struct synth_scheme_truth *scheme, size_t specialty,
                                                     enum synth_priority priority, double practice_factor);

/* How often referrals to a specialty are rejected, of all priorities together, beside one whose factors are all 1. */
double synth_specialty_rejection(size_t specialty);

/* Median and sigma of the wait from acceptance to the first appointment, before the practice's factor. */
struct synth_wait {
    double median_days, sigma;
};
struct synth_wait synth_wait(size_t specialty, enum synth_priority priority);

#endif
