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

/* Practice p (0 to 5) makes 10 + p referrals on 10 January 2023. The first 3 + p modulo 2 are rejected on the 12th: one of
 * these patients is referred again on 1 February and then seen, another is seen all the same. Of the others half are seen. */
static void add_practice(struct files *files, int p)
{
    char id[16];
    const int rejected = 3 + p % 2;
    for (int i = 0; i < 10 + p; i++) {
        snprintf(id, sizeof id, "R%d", i);
        add_request(files, p, id, "2023-01-10", "referral", "", id);
        add_event(files, p, id, "2023-01-12", i < rejected ? "rejected" : "accepted");
        if (i == 1 || (i >= rejected && i < rejected + (10 + p - rejected) / 2))
            add_event(files, p, id, "2023-03-01", "first_attended");
    }
    add_request(files, p, "AGAIN", "2023-02-01", "referral", "", "R0");
    add_event(files, p, "AGAIN", "2023-02-02", "accepted");
    add_event(files, p, "AGAIN", "2023-03-01", "first_attended");
    buffer_add_formatted(&files->schemes, "P%d,rmc,2022-01-01,,,%.2f,2\n", p, 3652.5 * (p + 1));
    buffer_add_formatted(&files->practices, "P%d,%d\n", p, 1000 + 1000 * p);
}

/* By hand: all requests lie in January to March 2023, 90 days, which are over 180 days before 31 December. A practice costs
 * 10 (p + 1) pounds a day, and 2 pounds for each of its 11 + p referrals. The intervals are R's, from these sums:
 *   z <- sum over the counts of ± x / sum(x); w <- qt(.975, 5) * sqrt(6 / 5 * sum(z^2)); value * exp(c(-w, w)) */
static void figures_are_ratios_of_sums_over_practices(void **state)
{
    (void)state;
    struct files files = files_new();
    for (int p = 0; p < 6; p++)
        add_practice(&files, p);
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

static void an_advice_request_is_avoided_unless_it_came_back(void **state)
{
    (void)state;
    struct files files = files_new();
    static const char *const ids[] = {"KEPT", "CONVERTED", "REFERRED", "UNANSWERED", "KEYLESS"};
    for (size_t i = 0; i < 5; i++) {
        add_request(&files, 1, ids[i], "2023-01-10", "advice", "", i == 4 ? "" : ids[i]);
        if (i != 3)
            add_event(&files, 1, ids[i], "2023-01-12", "advice_response");
    }
    add_event(&files, 1, "CONVERTED", "2023-01-12", "converted");
    add_request(&files, 1, "LATER", "2023-04-01", "referral", "", "REFERRED");
    buffer_add_string(&files.schemes, "P1,specialist_advice,2023-01-01,,,,6.50\n");
    struct costed costed = cost(&files, AUDIENCE_ANALYST, "2023-12-31");
    const struct comparison_cost *advice = cost_of(&costed, SCHEME_SPECIALIST_ADVICE);
    assert_near(advice->handled, 6);
    assert_near(advice->stopped, 4);
    assert_near(advice->known, 3);
    assert_near(advice->avoided, 1);
    assert_near(advice->came_back, 2);
    assert_near(advice->cost, 6 * 6.5);
    /* One of three known came back not; of four stopped, 4/3 are taken as avoided. */
    assert_near(advice->per_avoided.estimate.value, 39 / (4.0 / 3));
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
    /* Three of five known came back not; of six stopped, 18/5 are taken as avoided. */
    assert_near(advice->per_avoided.estimate.value, 8 * 6.5 / (18.0 / 5));
    costed_release(&costed);
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
    buffer_add_string(&files.schemes, "P1,rmc,2020-01-01,,,,14\nP2,rmc,2020-01-01,,,,\nP3,peer_review,2020-01-01,,,100,\n");
    struct costed costed = cost(&files, AUDIENCE_ANALYST, "2023-12-31");
    assert_near(cost_of(&costed, SCHEME_RMC)->handled, 1);
    assert_near(cost_of(&costed, SCHEME_RMC)->without_cost, 1);
    assert_near(cost_of(&costed, SCHEME_RMC)->cost, 14);
    assert_near(cost_of(&costed, SCHEME_PEER_REVIEW)->without_cost, 1);
    assert_near(cost_of(&costed, SCHEME_PEER_REVIEW)->cost, 0);
    assert_null(cost_of(&costed, SCHEME_NONE));
    costed_release(&costed);
}

/* Five practices each: with none 1 of 10 referrals comes to nothing, with a centre 4 of 10, each for 14 pounds. All practices
 * are alike, so nothing varies: 14 / (0.4 - 0.1) for each one more. */
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
        buffer_add_formatted(&files.schemes, "P%d,%s,2020-01-01,,,,%s\n", p, p < 5 ? "none" : "rmc", p < 5 ? "0" : "14");
    }
    struct costed costed = cost(&files, AUDIENCE_ANALYST, "2023-12-31");
    assert_figure(&cost_of(&costed, SCHEME_RMC)->avoided_share, 0.4, 0.4, 0.4);
    assert_figure(&cost_of(&costed, SCHEME_RMC)->per_avoided, 35, 35, 35);
    assert_figure(&cost_of(&costed, SCHEME_RMC)->per_avoided_beyond, 14 / 0.3, 14 / 0.3, 14 / 0.3);
    assert_string_equal(cost_of(&costed, SCHEME_NONE)->per_avoided_beyond.reason, "it is the reference");
    costed_release(&costed);
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
        add_practice(&files, p);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(figures_are_ratios_of_sums_over_practices, enter, leave),
        cmocka_unit_test_setup_teardown(an_advice_request_is_avoided_unless_it_came_back, enter, leave),
        cmocka_unit_test_setup_teardown(a_returned_referral_is_avoided_unless_it_came_back, enter, leave),
        cmocka_unit_test_setup_teardown(days_are_counted_once_and_end_180_days_before_the_as_of_date, enter, leave),
        cmocka_unit_test_setup_teardown(days_before_the_export_began_cost_nothing, enter, leave),
        cmocka_unit_test_setup_teardown(requests_without_a_known_cost_are_left_out_and_counted, enter, leave),
        cmocka_unit_test_setup_teardown(what_comes_to_nothing_without_a_scheme_is_taken_off, enter, leave),
        cmocka_unit_test_setup_teardown(without_costs_there_is_nothing, enter, leave),
        cmocka_unit_test_setup_teardown(a_shared_report_is_worked_out_from_rounded_counts, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
