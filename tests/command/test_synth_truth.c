/* What is planted in the county is found in its files, within four standard errors. The rates here are those that
 * synth/truth.h states, written out again; the practices' own factors, which chance has set, are taken from the
 * county of the seed. */
#include "referlens/synth/truth.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/synth_reader.h"
#include "referlens/synth/county.h"

#include <math.h>

enum { PRACTICES = 240, SCHEMES = 5, SPECIALTIES = 16, DAYS_A_YEAR = 365 };

static const char *const scheme_words[SCHEMES] = {"none", "rmc", "specialist_advice", "local_expertise", "peer_review"};
static const double rejected_rates[SCHEMES] = {0.070, 0.110, 0.050, 0.060, 0.050};

/* Successes counted beside those expected, with the variance of the count. */
struct tally {
    double observed, expected, variance;
    size_t trials;
};

static void tally_add(struct tally *tally, bool success, double probability)
{
    tally->observed += success;
    tally->expected += probability;
    tally->variance += probability * (1 - probability);
    tally->trials++;
}

static void tally_check(const struct tally *tally, size_t least, const char *what, const char *of)
{
    double errors = (tally->observed - tally->expected) / sqrt(tally->variance);
    if (tally->trials < least || fabs(errors) > 4)
        fail_msg("%s, %s: %g seen, %g expected of %zu: %g standard errors", what, of, tally->observed, tally->expected,
                 tally->trials, errors);
}

/* The county that all tests but one look at, with what they ask of every row. */
struct study {
    struct synth_options options;
    struct synth_county county;
    struct synth_export_read all;
    uint8_t *schemes; /* by row of referrals.csv, from schemes.csv */
    int64_t *next;    /* by row: the next one of the same patient and specialty, or -1 */
};

static size_t find_word(const char *const *words, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    fail_msg("'%s' is no word of the list", word);
    return count;
}

static size_t practice_of(const char *code)
{
    return (size_t)integer_of(code + 3) - 1;
}

static const char *field(const struct study *study, size_t row, size_t column)
{
    return study->all.referrals.rows[row][column];
}

static bool is(const struct study *study, size_t row, size_t column, const char *word)
{
    return strcmp(field(study, row, column), word) == 0;
}

/* From schemes.csv alone: a row that names the specialty goes before one that names none. */
static void read_schemes(struct study *study)
{
    struct table schemes = table_read("out/schemes.csv", 7);
    size_t count = study->all.referrals.count;
    study->schemes = memory_allocate_zeroed(count, 1);
    for (size_t row = 0; row < count; row++) {
        day date = day_of(field(study, row, REFERRAL_DATE));
        bool found = false, found_specialty = false;
        for (size_t i = 0; i < schemes.count; i++) {
            const char *const *scheme = schemes.rows[i];
            bool names = scheme[4][0] != '\0';
            if (!is(study, row, REFERRAL_PRACTICE, scheme[0]) || date < day_of(scheme[2]) ||
                (scheme[3][0] != '\0' && date > day_of(scheme[3])) || found_specialty ||
                (names && !is(study, row, REFERRAL_SPECIALTY, scheme[4])))
                continue;
            study->schemes[row] = (uint8_t)find_word(scheme_words, SCHEMES, scheme[1]);
            found = true;
            found_specialty = names;
        }
        assert_true(found);
    }
    table_release(&schemes);
}

/* An episode lies in consecutive rows, so the next of a patient and specialty is a few rows on. */
static void link_episodes(struct study *study)
{
    size_t count = study->all.referrals.count;
    study->next = memory_allocate_zeroed(count, sizeof *study->next);
    for (size_t row = 0; row < count; row++) {
        study->next[row] = -1;
        for (size_t later = row + 1; later < count && later < row + 6 && study->next[row] < 0; later++)
            if (field(study, row, REFERRAL_PATIENT)[0] != '\0' &&
                is(study, later, REFERRAL_PATIENT, field(study, row, REFERRAL_PATIENT)) &&
                is(study, later, REFERRAL_SPECIALTY, field(study, row, REFERRAL_SPECIALTY)))
                study->next[row] = (int64_t)later;
    }
}

static struct study *study_of(enum synth_effect effect, int64_t referrals)
{
    struct study *study = memory_allocate_zeroed(1, sizeof *study);
    study->options = synth_default_options();
    study->options.effect = effect;
    study->options.referral_count = referrals;
    study->options.practice_count = PRACTICES;
    study->options.quarter_count = 20;
    study->options.seed = 20250630;
    synth_write(&study->options);
    study->all = synth_read();
    synth_county_make(&study->county, study->options.seed, PRACTICES, 20, study->options.as_of, effect);
    read_schemes(study);
    link_episodes(study);
    return study;
}

static void study_free(struct study *study)
{
    synth_read_release(&study->all);
    synth_county_release(&study->county);
    memory_free(study->schemes);
    memory_free(study->next);
    memory_free(study);
}

/* The first decision of a referral: the number of its event, or SIZE_MAX. Overturned rejections are accepted later. */
static size_t decision_of(const struct study *study, size_t row)
{
    static const char *const decisions[] = {"accepted", "rejected", "returned_with_advice", "redirected"};
    size_t first = SIZE_MAX;
    for (size_t i = 0; i < 4; i++) {
        size_t event = find_event(&study->all, row, decisions[i]);
        first = event < first ? event : first;
    }
    return first;
}

static bool event_is(const struct study *study, size_t event, size_t column, const char *word)
{
    return event != SIZE_MAX && strcmp(study->all.outcomes.rows[event][column], word) == 0;
}

static day event_day(const struct study *study, size_t event)
{
    return day_of(study->all.outcomes.rows[event][EVENT_DATE]);
}

static double priority_factor(const char *priority)
{
    return strcmp(priority, "routine") == 0 ? 1 : strcmp(priority, "urgent") == 0 ? 0.7 : 0.15;
}

static double specialty_factor(const char *code)
{
    static const char *const codes[SPECIALTIES] = {"100", "101", "110", "120", "130", "140", "300", "301",
                                                   "320", "330", "340", "400", "410", "420", "430", "502"};
    static const double factors[SPECIALTIES] = {0.9, 1.0, 1.3, 1.1, 0.8, 1.2, 1.0, 1.2,
                                                1.0, 1.4, 0.9, 1.3, 1.2, 0.9, 0.7, 0.9};
    return factors[find_word(codes, SPECIALTIES, code)];
}

/* Fills `tallies` by scheme; those with the rate 0 are under no practice. */
static void check_rejections(const struct study *study, const double *rates, struct tally tallies[SCHEMES])
{
    memset(tallies, 0, SCHEMES * sizeof *tallies);
    for (size_t row = 0; row < study->all.referrals.count; row++) {
        size_t decision = decision_of(study, row);
        if (!is(study, row, REFERRAL_REQUEST, "referral") || is(study, row, REFERRAL_PRIORITY, "") ||
            decision == SIZE_MAX)
            continue;
        double factor = study->county.practices[practice_of(field(study, row, REFERRAL_PRACTICE))].rejected_factor;
        double expected = rates[study->schemes[row]] * factor * priority_factor(field(study, row, REFERRAL_PRIORITY)) *
                          specialty_factor(field(study, row, REFERRAL_SPECIALTY));
        bool rejected = event_is(study, decision, EVENT_TYPE, "rejected");
        tally_add(&tallies[study->schemes[row]], rejected, expected < 0.6 ? expected : 0.6);
    }
    for (size_t i = 0; i < SCHEMES; i++) {
        if (rates[i] > 0)
            tally_check(&tallies[i], 2000, "rejected", scheme_words[i]);
        else
            assert_int_equal(tallies[i].trials, 0);
    }
}

static void each_scheme_rejects_as_often_as_is_planted(void **state)
{
    struct tally tallies[SCHEMES];
    check_rejections(*state, rejected_rates, tallies);
}

static void without_an_effect_all_schemes_reject_alike(void **state)
{
    (void)state;
    static const double rates[SCHEMES] = {0.070, 0.070, 0.070, 0.070, 0.070};
    struct study *study = study_of(SYNTH_EFFECT_NONE, 100000);
    struct tally tallies[SCHEMES];
    check_rejections(study, rates, tallies);
    study_free(study);
}

static double size_of(const struct synth_practice *practice)
{
    double size = 0;
    for (size_t group = 0; group < SYNTH_GROUP_COUNT; group++)
        size += (double)practice->list_sizes[group];
    return size;
}

/* Where size confounds: rmc has the largest practices, and the larger are rejected more often. */
static void by_rank_a_third_is_under_each_of_three_schemes_and_rmc_has_the_largest(void **state)
{
    (void)state;
    struct synth_county county;
    double sizes[SCHEMES] = {0}, products = 0;
    size_t practices[SCHEMES] = {0};
    synth_county_make(&county, 7, PRACTICES, 8, day_of("2025-06-30"), SYNTH_EFFECT_CONFOUNDED);
    for (size_t i = 0; i < PRACTICES; i++) {
        const struct synth_practice *practice = &county.practices[i];
        assert_int_equal(practice->before, practice->after);
        assert_int_equal(practice->local_specialty, SPECIALTIES);
        practices[practice->before]++;
        sizes[practice->before] += size_of(practice);
        products += log(size_of(practice) / 8500) * log(practice->rejected_factor);
    }
    assert_int_equal(practices[SYNTH_RMC], PRACTICES / 3);
    assert_int_equal(practices[SYNTH_SPECIALIST_ADVICE], PRACTICES / 3);
    assert_int_equal(practices[SYNTH_NONE], PRACTICES / 3);
    assert_true(sizes[SYNTH_RMC] > 1.1 * sizes[SYNTH_SPECIALIST_ADVICE]);
    assert_true(sizes[SYNTH_SPECIALIST_ADVICE] > 1.1 * sizes[SYNTH_NONE]);
    /* Each sigma of ln size (0.5) adds 0.2 to the logarithm of the factor: a mean product of 0.5 × 0.2. */
    assert_true(fabs(products / PRACTICES - 0.1) < 4 * 0.5 * 0.3 / sqrt(PRACTICES));
    synth_county_release(&county);
}

static void confounded_schemes_reject_as_often_as_is_planted(void **state)
{
    (void)state;
    static const double rates[SCHEMES] = {0.070, 0.110, 0.050, 0, 0};
    struct study *study = study_of(SYNTH_EFFECT_CONFOUNDED, 60000);
    struct tally tallies[SCHEMES];
    check_rejections(study, rates, tallies);
    study_free(study);
}

static void in_the_paradox_rmc_rejects_fewer_like_for_like_and_more_in_all(void **state)
{
    (void)state;
    static const double rates[SCHEMES] = {0.070, 0.055, 0.070, 0, 0};
    struct study *study = study_of(SYNTH_EFFECT_PARADOX, 60000);
    struct tally tallies[SCHEMES];
    check_rejections(study, rates, tallies);
    const struct tally *rmc = &tallies[SYNTH_RMC], *none = &tallies[SYNTH_NONE];
    assert_true(rmc->observed / (double)rmc->trials > none->observed / (double)none->trials);
    study_free(study);
}

static void effects_are_called_by_their_names(void **state)
{
    (void)state;
    static const char *const names[SYNTH_EFFECT_COUNT] = {
        "default", "none", "plain", "plain-none", "confounded", "confounded-none", "paradox"};
    for (size_t i = 0; i < SYNTH_EFFECT_COUNT; i++)
        assert_string_equal(synth_effect_truths[i].name, names[i]);
}

/* By the definitions of re_referral_rate and lost_after_rejection. */
static void rejections_are_followed_and_lost_as_planted(void **state)
{
    const struct study *study = *state;
    static const double re_referred[SCHEMES] = {0.36, 0.30, 0.30, 0.32, 0.42};
    static const double late[SCHEMES] = {0.04, 0.05, 0.03, 0.03, 0.03};
    static const double overturned[SCHEMES] = {0.06, 0.04, 0.10, 0.08, 0.08};
    struct tally again[SCHEMES] = {{0}}, lost[SCHEMES] = {{0}};
    for (size_t row = 0; row < study->all.referrals.count; row++) {
        size_t decision = decision_of(study, row);
        if (!is(study, row, REFERRAL_REQUEST, "referral") || !event_is(study, decision, EVENT_TYPE, "rejected") ||
            is(study, row, REFERRAL_PATIENT, ""))
            continue;
        day rejected = event_day(study, decision);
        size_t scheme = study->schemes[row], attended = find_event(&study->all, row, "first_attended");
        if (rejected + 180 > study->options.as_of)
            continue;
        int64_t next = study->next[row];
        bool followed = next >= 0 && is(study, (size_t)next, REFERRAL_REQUEST, "referral");
        day gap = followed ? day_of(field(study, (size_t)next, REFERRAL_DATE)) - rejected : INT32_MAX;
        assert_true(gap >= 3);
        tally_add(&again[scheme], gap <= 90, re_referred[scheme]);
        bool seen = attended != SIZE_MAX && event_day(study, attended) <= rejected + 180;
        tally_add(&lost[scheme], !seen && gap > 180, 1 - re_referred[scheme] - late[scheme] - overturned[scheme]);
    }
    for (size_t i = 0; i < SCHEMES; i++) {
        tally_check(&again[i], 500, "re-referred", scheme_words[i]);
        tally_check(&lost[i], 500, "lost", scheme_words[i]);
    }
}

static void dialogue_is_recorded_and_held_as_planted(void **state)
{
    const struct study *study = *state;
    static const double contacted[SCHEMES] = {0.25, 0.06, 0.70, 0.45, 0.60};
    static const double consulted[SCHEMES] = {0.10, 0.04, 0.30, 0.35, 0.25};
    struct tally known = {0}, referrer[SCHEMES] = {{0}}, patient[SCHEMES] = {{0}};
    for (size_t row = 0; row < study->all.referrals.count; row++) {
        size_t decision = decision_of(study, row), scheme = study->schemes[row];
        if (!event_is(study, decision, EVENT_TYPE, "rejected"))
            continue;
        const char *const *event = study->all.outcomes.rows[decision];
        tally_add(&known, event[EVENT_CONTACTED][0] != '\0', 0.85);
        if (event[EVENT_CONTACTED][0] != '\0')
            tally_add(&referrer[scheme], strcmp(event[EVENT_CONTACTED], "yes") == 0, contacted[scheme]);
        if (event[EVENT_CONSULTED][0] != '\0')
            tally_add(&patient[scheme], strcmp(event[EVENT_CONSULTED], "yes") == 0, consulted[scheme]);
    }
    tally_check(&known, 5000, "dialogue", "known");
    for (size_t i = 0; i < SCHEMES; i++) {
        tally_check(&referrer[i], 400, "referrer contacted", scheme_words[i]);
        tally_check(&patient[i], 400, "patient consulted", scheme_words[i]);
    }
}

static double normal_below(double z)
{
    return 0.5 * erfc(-z / sqrt(2));
}

/* The chance that a log-normal time in whole days, moved on to a working day, ends by `last` when it began on `first`:
 * it does where the time before moving ends by the last working day up to `last`. */
static double chance_by(day first, day last, double median_days, double sigma)
{
    int weekday = (int)(((int64_t)last + 3) % 7); /* 0: Monday; 1970-01-01 was a Thursday */
    if (weekday > 4)
        last -= weekday - 4;
    if (last < first)
        return 0;
    return normal_below(log((last - first + 1) / median_days) / sigma);
}

/* The date of the first appointment from the acceptance, of those who came to it and had no trouble on the way. */
static void waits_have_the_medians_planted(void **state)
{
    const struct study *study = *state;
    static const struct {
        const char *specialty, *priority;
        double median_days, sigma;
    } waits[] = {{"110", "routine", 105, 0.55},
                 {"330", "routine", 100, 0.55},
                 {"320", "urgent", 22, 0.45},
                 {"502", "usc", 10, 0.35},
                 {"330", "usc", 10, 0.35}};
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
        struct tally median = {0}, ninth = {0};
        for (size_t row = 0; row < study->all.referrals.count; row++) {
            size_t accepted = find_event(&study->all, row, "accepted");
            size_t attended = find_event(&study->all, row, "first_attended");
            /* Three years on, next to nobody is waiting. */
            if (!is(study, row, REFERRAL_SPECIALTY, waits[i].specialty) ||
                !is(study, row, REFERRAL_PRIORITY, waits[i].priority) || attended == SIZE_MAX ||
                event_day(study, accepted) > study->options.as_of - 3 * DAYS_A_YEAR)
                continue;
            bool trouble = false;
            static const char *const troubles[] = {"asi", "dna", "cancelled_patient", "cancelled_provider", "rejected"};
            for (size_t j = 0; j < sizeof troubles / sizeof *troubles; j++)
                trouble = trouble || find_event(&study->all, row, troubles[j]) != SIZE_MAX;
            if (trouble)
                continue;
            double factor = study->county.practices[practice_of(field(study, row, REFERRAL_PRACTICE))].wait_factor;
            day from = event_day(study, accepted), seen = event_day(study, attended);
            day by = from + (day)waits[i].median_days;
            tally_add(&median, seen <= by, chance_by(from, by, waits[i].median_days * factor, waits[i].sigma));
            by = from + (day)(waits[i].median_days * 2); /* log 2 / 0.55 is 1.26 sigma: near the ninth tenth */
            tally_add(&ninth, seen <= by, chance_by(from, by, waits[i].median_days * factor, waits[i].sigma));
        }
        tally_check(&median, 500, "seen within the median", waits[i].specialty);
        tally_check(&ninth, 500, "seen within twice the median", waits[i].specialty);
    }
}

static void the_hidden_delay_is_that_of_the_scheme(void **state)
{
    const struct study *study = *state;
    static const double medians[SCHEMES] = {1, 7, 2, 3, 4};
    struct tally tallies[SCHEMES] = {{0}}, known = {0};
    for (size_t row = 0; row < study->all.referrals.count; row++) {
        day referred = day_of(field(study, row, REFERRAL_DATE));
        if (!is(study, row, REFERRAL_REQUEST, "referral") || is(study, row, REFERRAL_PRIORITY, "") ||
            referred > study->options.as_of - 90)
            continue;
        bool received = !is(study, row, REFERRAL_RECEIVED, "");
        tally_add(&known, received, 0.94);
        if (!received)
            continue;
        size_t scheme = study->schemes[row];
        double median = medians[scheme] * (is(study, row, REFERRAL_PRIORITY, "usc") ? 0.25 : 1);
        day by = referred + (day)medians[scheme];
        tally_add(&tallies[scheme], day_of(field(study, row, REFERRAL_RECEIVED)) <= by,
                  chance_by(referred, by, median, 0.5));
    }
    tally_check(&known, 10000, "receipt", "known");
    for (size_t i = 0; i < SCHEMES; i++)
        tally_check(&tallies[i], 2000, "received within the median", scheme_words[i]);
}

static void advice_is_given_and_converted_as_planted(void **state)
{
    const struct study *study = *state;
    static const double converted_rates[SCHEMES] = {0.25, 0.25, 0.30, 0.25, 0.25};
    struct tally unanswered = {0}, converted[SCHEMES] = {{0}}, sent_on = {0};
    for (size_t row = 1; row < study->all.referrals.count; row++) {
        bool follows = study->next[row - 1] == (int64_t)row; /* a rejection: nothing comes of it */
        if (!is(study, row, REFERRAL_REQUEST, "advice") || is(study, row, REFERRAL_PATIENT, "") || follows ||
            day_of(field(study, row, REFERRAL_DATE)) > study->options.as_of - 300)
            continue;
        size_t first = study->all.first_event[row], end = study->all.first_event[row + 1];
        tally_add(&unanswered, first == end, 0.04);
        if (!event_is(study, first < end ? first : SIZE_MAX, EVENT_TYPE, "advice_response"))
            continue;
        bool is_converted = find_event(&study->all, row, "converted") != SIZE_MAX;
        tally_add(&converted[study->schemes[row]], is_converted, converted_rates[study->schemes[row]]);
        tally_add(&sent_on, study->next[row] >= 0, is_converted ? 0.60 : 0.12);
    }
    tally_check(&unanswered, 5000, "advice", "unanswered");
    tally_check(&sent_on, 5000, "advice", "followed by a referral");
    for (size_t i = 0; i < SCHEMES; i++)
        tally_check(&converted[i], 500, "converted", scheme_words[i]);
}

static void first_visits_end_as_planted(void **state)
{
    const struct study *study = *state;
    struct tally cancer = {0}, discharged = {0}, no_slot = {0};
    for (size_t row = 0; row < study->all.referrals.count; row++) {
        size_t attended = find_event(&study->all, row, "first_attended");
        if (!is(study, row, REFERRAL_SPECIALTY, "330") || attended == SIZE_MAX ||
            event_day(study, attended) > study->options.as_of - 200)
            continue;
        if (is(study, row, REFERRAL_PRIORITY, "usc")) {
            tally_add(&cancer, find_event(&study->all, row, "diagnosis_cancer") != SIZE_MAX, 0.08);
        } else if (is(study, row, REFERRAL_PRIORITY, "routine")) {
            size_t left = find_event(&study->all, row, "discharged"), treated = find_event(&study->all, row, "treated");
            tally_add(&discharged,
                      left == attended + 1 && treated == SIZE_MAX &&
                          event_day(study, left) == event_day(study, attended),
                      0.40);
            if (find_event(&study->all, row, "rejected") == SIZE_MAX)
                tally_add(&no_slot, find_event(&study->all, row, "asi") != SIZE_MAX, 0.08);
        }
    }
    tally_check(&cancer, 2000, "cancer", "330 usc");
    tally_check(&discharged, 2000, "discharged at the first visit", "330 routine");
    tally_check(&no_slot, 2000, "no slot", "330 routine");
}

/* In every 24 the 6th and 18th reject three times as often, and the 12th waits 1.6 times as long. The means of the
 * logarithms are held against their standard errors, sigma / sqrt(n). */
static void practices_are_ordinary_but_for_those_planted(void **state)
{
    const struct study *study = *state;
    double rejected = 0, wait = 0;
    for (size_t i = 0; i < PRACTICES; i++) {
        const struct synth_practice *practice = &study->county.practices[i];
        bool rejects = i % 24 == 5 || i % 24 == 17, waits = i % 24 == 11;
        rejected += log(practice->rejected_factor / (rejects ? 3 : 1));
        wait += log(practice->wait_factor / (waits ? 1.6 : 1));
        int64_t patients = 0;
        for (size_t group = 0; group < SYNTH_GROUP_COUNT; group++)
            patients += practice->list_sizes[group];
        /* Each of the 20 groups is rounded by itself. */
        assert_true(patients >= (rejects || waits ? 9000 : 2000) - 10);
        assert_true(patients <= (rejects || waits ? 14000 : 22000) + 10);
    }
    assert_true(fabs(rejected / PRACTICES) < 4 * 0.10 / sqrt(PRACTICES));
    assert_true(fabs(wait / PRACTICES) < 4 * 0.06 / sqrt(PRACTICES));
}

static char scratch[SCRATCH_PATH_SIZE];

static int make_study(void **state)
{
    scratch_enter(scratch);
    *state = study_of(SYNTH_EFFECT_DEFAULT, 300000);
    return 0;
}

static int free_study(void **state)
{
    study_free(*state);
    scratch_leave(scratch);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_scheme_rejects_as_often_as_is_planted),
        cmocka_unit_test(without_an_effect_all_schemes_reject_alike),
        cmocka_unit_test(by_rank_a_third_is_under_each_of_three_schemes_and_rmc_has_the_largest),
        cmocka_unit_test(confounded_schemes_reject_as_often_as_is_planted),
        cmocka_unit_test(in_the_paradox_rmc_rejects_fewer_like_for_like_and_more_in_all),
        cmocka_unit_test(effects_are_called_by_their_names),
        cmocka_unit_test(rejections_are_followed_and_lost_as_planted),
        cmocka_unit_test(dialogue_is_recorded_and_held_as_planted),
        cmocka_unit_test(waits_have_the_medians_planted),
        cmocka_unit_test(the_hidden_delay_is_that_of_the_scheme),
        cmocka_unit_test(advice_is_given_and_converted_as_planted),
        cmocka_unit_test(first_visits_end_as_planted),
        cmocka_unit_test(practices_are_ordinary_but_for_those_planted),
    };
    return cmocka_run_group_tests(tests, make_study, free_study);
}
