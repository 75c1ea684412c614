#include "referlens/measure/comparison_costs.h"

#include "../support/measured.h"
#include "referlens/base/buffer.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static char folder[SCRATCH_PATH_SIZE];

static int enter(void **state)
{
    (void)state;
    scratch_enter(folder);
    return 0;
}

static int leave(void **state)
{
    (void)state;
    scratch_leave(folder);
    return 0;
}

struct files {
    struct buffer referrals, outcomes, schemes, practices;
};

static struct files files_new(void)
{
    struct files files = {buffer_with_maximum(1 << 20), buffer_with_maximum(1 << 20), buffer_with_maximum(1 << 16),
                          buffer_with_maximum(1 << 16)};
    buffer_add_string(&files.referrals, FROM_CSV_REFERRALS);
    buffer_add_string(&files.outcomes, FROM_CSV_OUTCOMES);
    buffer_add_string(&files.schemes,
                      "practice_code,scheme,start_date,end_date,specialty_code,annual_cost,cost_per_referral\n");
    buffer_add_string(&files.practices, "practice_code,list_size\n");
    return files;
}

/* A request of a practice by its number, in the specialty 330 and of patient `id` unless given. */
static void add_request(struct files *files, int practice, const char *id, const char *date, const char *type,
                        const char *scheme, const char *patient)
{
    buffer_add_formatted(&files->referrals, "%d%s,P%d,%s,330,%s,,%s,%s\n", practice, id, practice, date, type, scheme,
                         patient);
}

static void add_event(struct files *files, int practice, const char *id, const char *date, const char *type)
{
    buffer_add_formatted(&files->outcomes, "%d%s,%s,%s,,,,\n", practice, id, date, type);
}

struct costed {
    struct input input;
    struct evaluation *evaluation;
    struct report report;
    struct comparison_costs costs;
};

static struct costed cost(struct files *files, enum audience audience, const char *as_of)
{
    const char *names[] = {"referrals.csv", "outcomes.csv", "schemes.csv", "practices.csv", NULL};
    struct buffer *const buffers[] = {&files->referrals, &files->outcomes, &files->schemes, &files->practices};
    for (size_t i = 0; i < 4; i++) {
        from_csv_write(names[i], buffers[i]->bytes, buffers[i]->length);
        buffer_release(buffers[i]);
    }
    struct costed costed = {.evaluation = NULL};
    struct error error = {""};
    if (!from_csv_files(&costed.input, names, as_of, 0, 2, &error))
        fail_msg("%s", error.message);
    costed.evaluation = evaluation_prepare(costed.input.cohort, 0, 2);
    costed.report = (struct report){.audience = audience,
                                    .as_of = cohort_as_of(costed.input.cohort),
                                    .cohort = costed.input.cohort,
                                    .evaluation = costed.evaluation};
    costed.costs = comparison_costs_of(&costed.report, SCHEME_NONE, 2);
    return costed;
}

static void costed_release(struct costed *costed)
{
    comparison_costs_release(&costed->costs);
    evaluation_free(costed->evaluation);
    input_release(&costed->input);
}

static const struct comparison_cost *cost_of(const struct costed *costed, enum scheme scheme)
{
    for (size_t i = 0; i < costed->costs.count; i++) {
        if (costed->costs.costs[i].scheme == (uint32_t)scheme)
            return &costed->costs.costs[i];
    }
    return NULL;
}

static void assert_near(double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-9 * fmax(1, fabs(expected))))
        fail_msg("%.17g is not %.17g", value, expected);
}

static void assert_figure(const struct cost_figure *figure, double value, double lower, double upper)
{
    assert_null(figure->reason);
    assert_near(figure->estimate.value, value);
    assert_near(figure->estimate.lower, lower);
    assert_near(figure->estimate.upper, upper);
}

/* Practice p (0 to 5) makes 10 + p referrals on 10 January 2023. The first 3 + p modulo 2 are rejected on the 12th: one
 * of these patients is referred again on 1 February and then seen, another is seen all the same, as an event of type
 * `seen` says. Of the others half are seen. */
static void add_practice(struct files *files, int p, const char *seen)
{
    char id[16];
    const int rejected = 3 + p % 2;
    for (int i = 0; i < 10 + p; i++) {
        snprintf(id, sizeof id, "R%d", i);
        add_request(files, p, id, "2023-01-10", "referral", "", id);
        add_event(files, p, id, "2023-01-12", i < rejected ? "rejected" : "accepted");
        if (i == 1 || (i >= rejected && i < rejected + (10 + p - rejected) / 2))
            add_event(files, p, id, "2023-03-01", i == 1 ? seen : "first_attended");
    }
    add_request(files, p, "AGAIN", "2023-02-01", "referral", "", "R0");
    add_event(files, p, "AGAIN", "2023-02-02", "accepted");
    add_event(files, p, "AGAIN", "2023-03-01", "first_attended");
    buffer_add_formatted(&files->schemes, "P%d,rmc,2022-01-01,,,%.2f,2\n", p, 3652.5 * (p + 1));
    buffer_add_formatted(&files->practices, "P%d,%d\n", p, 1000 + 1000 * p);
}

/* By hand: all requests lie in January to March 2023, 90 days, which are over 180 days before 31 December. A practice
 * costs 10 (p + 1) pounds a day, and 2 pounds for each of its 11 + p referrals. The intervals are R's, from these sums:
 *   z <- sum over the counts of ± x / sum(x); w <- qt(.975, 5) * sqrt(6 / 5 * sum(z^2)); value * exp(c(-w, w)) */
static void assert_figures(const char *seen)
{
    struct files files = files_new();
    for (int p = 0; p < 6; p++)
        add_practice(&files, p, seen);
    struct costed costed = cost(&files, AUDIENCE_ANALYST, "2023-12-31");
    assert_int_equal(costed.costs.count, 1);
    const struct comparison_cost *rmc = cost_of(&costed, SCHEME_RMC);
    assert_int_equal(rmc->practices, 6);
    assert_near(rmc->cost, 19062);
    assert_near(rmc->handled, 81);
    assert_near(rmc->stopped, 21);
    assert_near(rmc->known, 21);
    assert_near(rmc->avoided, 9);
    assert_near(rmc->came_back, 12);
    assert_near(rmc->person_years, 21000 * 90 / 365.25);
    assert_string_equal(rmc->per_avoided_beyond.reason, "the reference’s costs are not known");
    assert_figure(&rmc->per_patient_year, 3.68380714285714, 3.67082145775526, 3.69683876536555);
    assert_figure(&rmc->per_request, 235.333333333333, 155.869324538811, 355.309025311057);
    assert_figure(&rmc->per_avoided, 2118.00000000000, 1189.88866191276, 3770.03676359838);
    assert_figure(&rmc->break_even, 4236.00000000000, 2379.77732382553, 7540.07352719676);
    costed_release(&costed);
}

static void figures_are_ratios_of_sums_over_practices(void **state)
{
    (void)state;
    assert_figures("first_attended");
}

/* Whoever was seen was not spared it, even if nobody knows when they were seen first. */
static void a_follow_up_shows_that_a_referral_came_back(void **state)
{
    (void)state;
    assert_figures("followup_attended");
}

/* 75 of those 81 referrals are of January 2023: a month of 75 is a busy one, and 2 are no tenth of it. */
static void a_misdated_request_costs_nothing(void **state)
{
    (void)state;
    struct files files = files_new();
    for (int p = 0; p < 6; p++)
        add_practice(&files, p, "first_attended");
    add_request(&files, 0, "STRAY", "2022-05-10", "referral", "", "");
    add_request(&files, 5, "STRAY", "2022-02-10", "advice", "", "");
    struct costed costed = cost(&files, AUDIENCE_ANALYST, "2023-12-31");
    const struct comparison_cost *rmc = cost_of(&costed, SCHEME_RMC);
    assert_near(rmc->cost, 19062);
    assert_near(rmc->handled, 81);
    assert_near(rmc->person_years, 21000 * 90 / 365.25);
    costed_release(&costed);
}

static void an_advice_request_is_avoided_unless_it_came_back(void **state)
{
    (void)state;
    struct files files = files_new();
    static const char *const ids[] = {"KEPT", "CONVERTED", "REFERRED", "UNANSWERED", "KEYLESS", "KEYLESS2"};
    for (size_t i = 0; i < 6; i++) {
        add_request(&files, 1, ids[i], "2023-01-10", "advice", "", i >= 4 ? "" : ids[i]);
        if (i != 3)
            add_event(&files, 1, ids[i], "2023-01-12", "advice_response");
    }
    add_event(&files, 1, "CONVERTED", "2023-01-12", "converted");
    add_event(&files, 1, "KEYLESS2", "2023-01-12", "converted"); /* it came back, whoever it was */
    add_request(&files, 1, "LATER", "2023-04-01", "referral", "", "REFERRED");
    buffer_add_string(&files.schemes, "P1,specialist_advice,2023-01-01,,,,6.50\n");
    struct costed costed = cost(&files, AUDIENCE_ANALYST, "2023-12-31");
    const struct comparison_cost *advice = cost_of(&costed, SCHEME_SPECIALIST_ADVICE);
    assert_near(advice->handled, 7);
    assert_near(advice->stopped, 5);
    assert_near(advice->known, 4);
    assert_near(advice->unattended, 3);
    assert_near(advice->unattended_known, 2);
    assert_near(advice->avoided, 1);
    assert_near(advice->came_back, 3);
    assert_near(advice->cost, 7 * 6.5);
    /* Of three that were not converted two are known, and one of them was not referred: 3/2 are taken as avoided. */
    assert_near(advice->per_avoided.estimate.value, 7 * 6.5 / (3.0 / 2));
    assert_string_equal(advice->per_avoided.reason, "fewer than 5 practices: no interval");
    assert_string_equal(advice->per_patient_year.reason, "the list size is not known");
    assert_string_equal(advice->break_even.reason, "no referral is known to have been avoided, or none was attended");
    costed_release(&costed);
}

/* Six are returned with advice: one is sent again, one is seen all the same, of one the patient is not known. */
static void a_returned_referral_is_avoided_unless_it_came_back(void **state)
{
    (void)state;
    struct files files = files_new();
    static const char *const ids[] = {"KEPT", "KEPT2", "KEPT3", "AGAIN", "SEEN", "KEYLESS"};
    for (size_t i = 0; i < 6; i++) {
        add_request(&files, 1, ids[i], "2023-01-10", "referral", "", i == 5 ? "" : ids[i]);
        add_event(&files, 1, ids[i], "2023-01-12", "returned_with_advice");
    }
    add_event(&files, 1, "SEEN", "2023-05-12", "first_attended");
    add_request(&files, 1, "LATER", "2023-04-12", "referral", "", "AGAIN");  /* the ninetieth day */
    add_request(&files, 1, "LATER3", "2023-04-13", "referral", "", "KEPT3"); /* the day after it */
    buffer_add_string(&files.schemes, "P1,specialist_advice,2023-01-01,,,,6.50\n");
    struct costed costed = cost(&files, AUDIENCE_ANALYST, "2023-12-31");
    const struct comparison_cost *advice = cost_of(&costed, SCHEME_SPECIALIST_ADVICE);
    assert_near(advice->handled, 8);
    assert_near(advice->stopped, 6);
    assert_near(advice->returned, 6);
    assert_near(advice->known, 5);
    assert_near(advice->avoided, 3);
    assert_near(advice->came_back, 2);
    /* Of five not seen four are known, and three of them were not sent again: 15/4 are taken as avoided. */
    assert_near(advice->unattended, 5);
    assert_near(advice->unattended_known, 4);
    assert_near(advice->per_avoided.estimate.value, 8 * 6.5 / (15.0 / 4));
    costed_release(&costed);
}

/* Practice p (0 to 5) makes 20 + p referrals, of which 10 + p are rejected: 2 of these are seen all the same and 2 + p
 * modulo 2 are referred again; the patients of all seen, of one referred again and of every second other are not known.
 * The second referrals are accepted. */
enum { AV_PRACTICES = 6 };

struct avoided_counts {
    double handled, kept, again, unknown;
};

static struct avoided_counts add_keyless_practice(struct files *files, int p)
{
    struct avoided_counts counts = {20 + p, 0, 0, 0};
    char id[16], patient[16];
    for (int i = 0; i < 20 + p; i++) {
        const bool rejected = i < 10 + p, seen = i < 2, again = rejected && !seen && i < 4 + p % 2;
        const bool keyless = seen || i == 2 || (!again && i % 2 == 1);
        snprintf(id, sizeof id, "R%d", i);
        snprintf(patient, sizeof patient, "%dR%d", p, i);
        add_request(files, p, id, "2023-01-10", "referral", "", keyless ? "" : patient);
        add_event(files, p, id, "2023-01-12", rejected ? "rejected" : "accepted");
        if (seen)
            add_event(files, p, id, "2023-03-01", "first_attended");
        snprintf(id, sizeof id, "AGAIN%d", i);
        if (again)
            add_request(files, p, id, "2023-02-01", "referral", "", keyless ? "" : patient);
        counts.handled += again;
        counts.kept += rejected && !seen && !again && !keyless;
        counts.again += again && !keyless;
        counts.unknown += rejected && !seen && keyless;
    }
    buffer_add_formatted(&files->schemes, "P%d,rmc,2022-01-01,,,,2\n", p);
    return counts;
}

/* The logarithm of the share avoided, as it is said: those kept, and of the unknown as many as of the known. */
static double log_share(const struct avoided_counts counts[AV_PRACTICES], const double weights[AV_PRACTICES])
{
    struct avoided_counts sum = {0, 0, 0, 0};
    for (size_t i = 0; i < AV_PRACTICES; i++) {
        sum.handled += weights[i] * counts[i].handled;
        sum.kept += weights[i] * counts[i].kept;
        sum.again += weights[i] * counts[i].again;
        sum.unknown += weights[i] * counts[i].unknown;
    }
    return log((sum.kept + sum.unknown * sum.kept / (sum.kept + sum.again)) / sum.handled);
}

/* The interval is that of the infinitesimal jackknife: how the logarithm moves with the weight of each practice. */
static void the_unknown_are_avoided_as_often_as_the_known_among_the_unattended(void **state)
{
    (void)state;
    struct files files = files_new();
    struct avoided_counts counts[AV_PRACTICES];
    for (int p = 0; p < AV_PRACTICES; p++)
        counts[p] = add_keyless_practice(&files, p);
    struct costed costed = cost(&files, AUDIENCE_ANALYST, "2023-12-31");
    const struct comparison_cost *rmc = cost_of(&costed, SCHEME_RMC);
    double weights[AV_PRACTICES] = {1, 1, 1, 1, 1, 1}, squares = 0;
    const double value = exp(log_share(counts, weights)), step = 1e-5;
    for (size_t i = 0; i < AV_PRACTICES; i++) {
        weights[i] = 1 + step;
        const double more = log_share(counts, weights);
        weights[i] = 1 - step;
        const double slope = (more - log_share(counts, weights)) / (2 * step);
        weights[i] = 1;
        squares += slope * slope;
    }
    const double width = 2.570581835636314 * sqrt(6.0 / 5 * squares); /* R: qt(.975, 5) */
    assert_near(rmc->stopped, 75);
    assert_near(rmc->unattended, 63);
    assert_near(rmc->came_back, 12 + 9); /* the one referred again whom nobody knows is not seen to be */
    assert_near(rmc->avoided_share.estimate.value, value);
    assert_true(fabs(rmc->avoided_share.estimate.lower - value * exp(-width)) < 1e-8);
    assert_true(fabs(rmc->avoided_share.estimate.upper - value * exp(width)) < 1e-8);
    assert_near(rmc->per_avoided.estimate.value, 2 / value);
    costed_release(&costed);
}

/* 20 rejected, of whom 4 are seen all the same, and of the other 16 each fourth referred again under another scheme: 12
 * are avoided, of all whose patients are known and of half of them alike. */
static void missing_keys_take_nothing_away(void **state)
{
    (void)state;
    for (int keyless = 0; keyless < 2; keyless++) {
        struct files files = files_new();
        char id[24], patient[16];
        for (int i = 0; i < 20; i++) {
            const bool known = !keyless || i < 10, seen = i % 10 < 2, again = i % 10 == 2 || i % 10 == 3;
            snprintf(id, sizeof id, "R%d", i);
            snprintf(patient, sizeof patient, "%.*s", known ? 16 : 0, id);
            add_request(&files, 1, id, "2023-01-10", "referral", "", patient);
            add_event(&files, 1, id, "2023-01-12", "rejected");
            if (seen)
                add_event(&files, 1, id, "2023-03-01", "first_attended");
            snprintf(id, sizeof id, "AGAIN%d", i);
            if (again)
                add_request(&files, 1, id, "2023-02-01", "referral", "none", patient);
        }
        buffer_add_string(&files.schemes, "P1,rmc,2022-01-01,,,,3\n");
        struct costed costed = cost(&files, AUDIENCE_ANALYST, "2023-12-31");
        const struct comparison_cost *rmc = cost_of(&costed, SCHEME_RMC);
        assert_near(rmc->stopped, 20);
        assert_near(rmc->avoided_share.estimate.value, 12 / 20.0);
        assert_near(rmc->per_avoided.estimate.value, 20 * 3 / 12.0);
        costed_release(&costed);
    }
}

/* 91 days of the second quarter would follow, but 4 July is the last day that counts, so the third has 4. */
static void days_are_counted_once_and_end_180_days_before_the_as_of_date(void **state)
{
    (void)state;
    struct files files = files_new();
    add_request(&files, 1, "A", "2023-01-10", "referral", "", "A");
    add_request(&files, 1, "B", "2023-07-10", "referral", "", "B");
    buffer_add_string(&files.schemes, "P1,none,2020-01-01,,,365.25,\n" /* over when the next begins */
                                      "P1,rmc,2023-02-01,2023-12-31,,730.50,\n"
                                      "P1,local_expertise,2023-01-01,,410,3652.50,\n");
    buffer_add_string(&files.practices, "P1,1000\n");
    struct costed costed = cost(&files, AUDIENCE_ANALYST, "2023-12-31");
    assert_near(cost_of(&costed, SCHEME_NONE)->cost, 31);
    assert_near(cost_of(&costed, SCHEME_NONE)->person_years, 31 * 1000 / 365.25);
    assert_near(cost_of(&costed, SCHEME_RMC)->cost, 2 * (28 + 31 + 4));
    assert_near(cost_of(&costed, SCHEME_RMC)->handled, 0);
    assert_string_equal(cost_of(&costed, SCHEME_RMC)->per_request.reason, "no request can be counted yet");
    assert_near(cost_of(&costed, SCHEME_LOCAL_EXPERTISE)->cost, 10 * (90 + 4));
    costed_release(&costed);
}

/* The export begins with 1 March, so only March's 31 days cost anything. */
static void days_before_the_export_began_cost_nothing(void **state)
{
    (void)state;
    struct files files = files_new();
    add_request(&files, 1, "A", "2023-03-10", "referral", "", "A");
    buffer_add_string(&files.schemes, "P1,rmc,2020-01-01,,,365.25,\n");
    buffer_add_string(&files.practices, "P1,1000\n");
    struct costed costed = cost(&files, AUDIENCE_ANALYST, "2023-12-31");
    assert_near(cost_of(&costed, SCHEME_RMC)->cost, 31);
    assert_near(cost_of(&costed, SCHEME_RMC)->person_years, 31 * 1000 / 365.25);
    assert_near(cost_of(&costed, SCHEME_RMC)->per_patient_year.estimate.value, 0.36525);
    costed_release(&costed);
}

static void requests_without_a_known_cost_are_left_out_and_counted(void **state)
{
    (void)state;
    struct files files = files_new();
    add_request(&files, 1, "A", "2023-01-10", "referral", "peer_review", "A"); /* its own scheme is another one */
    add_request(&files, 1, "B", "2023-01-10", "referral", "rmc", "B");
    add_request(&files, 2, "C", "2023-01-10", "referral", "", "C"); /* the row has no cost */
    buffer_add_string(&files.schemes,
                      "P1,rmc,2020-01-01,,,,14\nP2,rmc,2020-01-01,,,,\nP3,peer_review,2020-01-01,,,100,\n");
    struct costed costed = cost(&files, AUDIENCE_ANALYST, "2023-12-31");
    assert_near(cost_of(&costed, SCHEME_RMC)->handled, 1);
    assert_near(cost_of(&costed, SCHEME_RMC)->without_cost, 1);
    assert_near(cost_of(&costed, SCHEME_RMC)->cost, 14);
    assert_near(cost_of(&costed, SCHEME_PEER_REVIEW)->without_cost, 1);
    assert_near(cost_of(&costed, SCHEME_PEER_REVIEW)->cost, 0);
    assert_null(cost_of(&costed, SCHEME_NONE));
    costed_release(&costed);
}

/* Five practices each: with none 1 of 10 referrals comes to nothing, with a centre 4 of 10, each for 14 pounds. All
 * practices are alike, so nothing varies: 14 / (0.4 - 0.1) for each one more. */
static void what_comes_to_nothing_without_a_scheme_is_taken_off(void **state)
{
    (void)state;
    struct files files = files_new();
    char id[16];
    for (int p = 0; p < 10; p++) {
        for (int i = 0; i < 10; i++) {
            snprintf(id, sizeof id, "R%d", i);
            add_request(&files, p, id, "2023-01-10", "referral", "", id);
            add_event(&files, p, id, "2023-01-12", i < (p < 5 ? 1 : 4) ? "rejected" : "accepted");
        }
        buffer_add_formatted(&files.schemes, "P%d,%s,2020-01-01,,,,%s\n", p, p < 5 ? "none" : "rmc",
                             p < 5 ? "0" : "14");
    }
    struct costed costed = cost(&files, AUDIENCE_ANALYST, "2023-12-31");
    assert_figure(&cost_of(&costed, SCHEME_RMC)->avoided_share, 0.4, 0.4, 0.4);
    assert_figure(&cost_of(&costed, SCHEME_RMC)->per_avoided, 35, 35, 35);
    assert_figure(&cost_of(&costed, SCHEME_RMC)->per_avoided_beyond, 14 / 0.3, 14 / 0.3, 14 / 0.3);
    assert_string_equal(cost_of(&costed, SCHEME_NONE)->per_avoided_beyond.reason, "it is the reference");
    costed_release(&costed);
}

/* Five practices each, whose costs and shares differ. R:
 *   h1 <- 10:14; x1 <- 5 + (5:9) %% 2; p1 <- h1 * (20 + 2 * (0:4)); h0 <- rep(10, 5); x0 <- 1 + (0:4) %% 2
 *   p0 <- h0 * (1 + (0:4) / 2)
 *   N <- sum(p1) / sum(h1) - sum(p0) / sum(h0); D <- sum(x1) / sum(h1) - sum(x0) / sum(h0)
 *   i <- c(sum(p1) / sum(h1) * (p1 / sum(p1) - h1 / sum(h1)) / N - sum(x1) / sum(h1) * (x1 / sum(x1) - h1 / sum(h1)) /
 * D, -sum(p0) / sum(h0) * (p0 / sum(p0) - h0 / sum(h0)) / N + sum(x0) / sum(h0) * (x0 / sum(x0) - h0 / sum(h0)) / D) w
 * <- qt(.975, 4) * sqrt(5 / 4 * sum(i^2)); N / D * exp(c(0, -w, w)) Where the reference costs as much but for 0.01
 * pounds a request, the practices differ by more than the schemes. */
static void what_practices_cost_widens_what_each_one_more_cost(void **state)
{
    (void)state;
    for (int dear = 0; dear < 2; dear++) {
        struct files files = files_new();
        char id[16];
        for (int p = 0; p < 10; p++) {
            const int rank = p % 5, handled = p < 5 ? 10 : 10 + rank, avoided = p < 5 ? 1 + rank % 2 : 5 + p % 2;
            const double other = dear ? 20.33 + 2 * rank : 1 + rank / 2.0;
            for (int i = 0; i < handled; i++) {
                snprintf(id, sizeof id, "R%d", i);
                add_request(&files, p, id, "2023-01-10", "referral", "", id);
                add_event(&files, p, id, "2023-01-12", i < avoided ? "rejected" : "accepted");
            }
            buffer_add_formatted(&files.schemes, "P%d,%s,2020-01-01,,,,%.2f\n", p, p < 5 ? "none" : "rmc",
                                 p < 5 ? other : 20 + 2 * rank);
        }
        struct costed costed = cost(&files, AUDIENCE_ANALYST, "2023-12-31");
        const struct cost_figure *beyond = &cost_of(&costed, SCHEME_RMC)->per_avoided_beyond;
        if (dear) {
            assert_true(beyond->estimate.value > 0 && isnan(beyond->estimate.lower));
            assert_string_equal(beyond->reason, "whether it costs more a request than the reference may be chance");
        } else {
            assert_figure(beyond, 68.36734693877551, 41.95380915976944, 111.41048264883187);
        }
        costed_release(&costed);
    }
}

static void without_costs_there_is_nothing(void **state)
{
    (void)state;
    struct files files = files_new();
    add_request(&files, 1, "A", "2023-01-10", "referral", "", "A");
    buffer_add_string(&files.schemes, "P1,rmc,2020-01-01,,,,\n");
    struct costed costed = cost(&files, AUDIENCE_ANALYST, "2023-12-31");
    assert_true(costed.costs.has_schemes);
    assert_int_equal(costed.costs.count, 0);
    costed_release(&costed);
}

/* 81 requests become 80, and so do their charges: the cost gives the number no more away than the number itself. */
static void a_shared_report_is_worked_out_from_rounded_counts(void **state)
{
    (void)state;
    struct files files = files_new();
    for (int p = 0; p < 6; p++)
        add_practice(&files, p, "first_attended");
    struct costed costed = cost(&files, AUDIENCE_SHARED, "2023-12-31");
    const struct comparison_cost *rmc = cost_of(&costed, SCHEME_RMC);
    assert_near(rmc->handled, 80);
    assert_near(rmc->stopped, 20);
    assert_near(rmc->avoided, 10);
    assert_near(rmc->cost, 18900 + 2 * 80);
    assert_near(rmc->per_request.estimate.value, 19060.0 / 80);
    assert_near(rmc->per_avoided.estimate.value, 19060.0 / 10);
    costed_release(&costed);
}

/* Five practices make 24 requests each, at £14 one; a sixth makes 3 or 5 at £23.50: 123 or 125, shown as 125. The exact
 * mean price would tell which: (£23.50 − £14) × 3 ÷ 123 above £14, or × 5 ÷ 125. */
static struct comparison_cost cost_of_few_dear_ones(int dear, enum audience audience)
{
    struct files files = files_new();
    char id[16];
    for (int p = 0; p < 6; p++) {
        for (int i = 0; i < (p == 5 ? dear : 24); i++) {
            snprintf(id, sizeof id, "R%d", i);
            add_request(&files, p, id, "2023-01-10", "referral", "", id);
            add_event(&files, p, id, "2023-01-12", i % 3 == 0 ? "rejected" : "accepted");
        }
        buffer_add_formatted(&files.schemes, "P%d,rmc,2022-01-01,,,,%s\n", p, p == 5 ? "23.5" : "14");
        buffer_add_formatted(&files.practices, "P%d,9000\n", p);
    }
    struct costed costed = cost(&files, audience, "2023-12-31");
    const struct comparison_cost found = *cost_of(&costed, SCHEME_RMC);
    costed_release(&costed);
    return found;
}

static void assert_same_figure(const struct cost_figure *a, const struct cost_figure *b)
{
    assert_non_null(a);
    assert_true(a->estimate.value == b->estimate.value);
    assert_true(a->estimate.lower == b->estimate.lower);
    assert_true(a->estimate.upper == b->estimate.upper);
}

static void a_masked_price_does_not_tell_how_few_paid_it(void **state)
{
    (void)state;
    const struct comparison_cost three = cost_of_few_dear_ones(3, AUDIENCE_SHARED);
    const struct comparison_cost five = cost_of_few_dear_ones(5, AUDIENCE_SHARED);
    assert_near(three.handled, 125);
    assert_same_figure(&three.per_request, &five.per_request);
    assert_same_figure(&three.per_patient_year, &five.per_patient_year);
    assert_true(three.cost == five.cost);
    /* 120 at £14, and a hidden number taken as 4 at £23.50. */
    assert_near(three.per_request.estimate.value, (120 * 14 + 4 * 23.5) / 124);
    assert_near(cost_of_few_dear_ones(3, AUDIENCE_ANALYST).per_request.estimate.value, (120 * 14 + 3 * 23.5) / 123);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(figures_are_ratios_of_sums_over_practices, enter, leave),
        cmocka_unit_test_setup_teardown(a_follow_up_shows_that_a_referral_came_back, enter, leave),
        cmocka_unit_test_setup_teardown(a_misdated_request_costs_nothing, enter, leave),
        cmocka_unit_test_setup_teardown(an_advice_request_is_avoided_unless_it_came_back, enter, leave),
        cmocka_unit_test_setup_teardown(a_returned_referral_is_avoided_unless_it_came_back, enter, leave),
        cmocka_unit_test_setup_teardown(the_unknown_are_avoided_as_often_as_the_known_among_the_unattended, enter,
                                        leave),
        cmocka_unit_test_setup_teardown(missing_keys_take_nothing_away, enter, leave),
        cmocka_unit_test_setup_teardown(days_are_counted_once_and_end_180_days_before_the_as_of_date, enter, leave),
        cmocka_unit_test_setup_teardown(days_before_the_export_began_cost_nothing, enter, leave),
        cmocka_unit_test_setup_teardown(requests_without_a_known_cost_are_left_out_and_counted, enter, leave),
        cmocka_unit_test_setup_teardown(what_comes_to_nothing_without_a_scheme_is_taken_off, enter, leave),
        cmocka_unit_test_setup_teardown(what_practices_cost_widens_what_each_one_more_cost, enter, leave),
        cmocka_unit_test_setup_teardown(without_costs_there_is_nothing, enter, leave),
        cmocka_unit_test_setup_teardown(a_shared_report_is_worked_out_from_rounded_counts, enter, leave),
        cmocka_unit_test_setup_teardown(a_masked_price_does_not_tell_how_few_paid_it, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
