#include "referlens/measure/person_years.h"

#include "../support/measured.h"
#include "referlens/stats/interval.h"

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

static void assert_near(double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-9 * fmax(1, fabs(expected))))
        fail_msg("%.17g is not %.17g", value, expected);
}

struct rates {
    struct measured measured;
    struct result_list results;
};

/* Every result of the referrals with those practices: aggregates, then each practice. */
static struct rates rates_of(const char *referrals, const char *practices, const char *as_of)
{
    struct rates rates = {.measured = measured_from(referrals, NULL, practices, as_of, "2024-Q1", 2)};
    evaluate_aggregates(rates.measured.evaluation, 2, &rates.results);
    for (uint32_t i = 0; i < cohort_practices(rates.measured.input.cohort)->count; i++)
        evaluate_practice(rates.measured.evaluation, i, &rates.results);
    return rates;
}

static void rates_release(struct rates *rates)
{
    result_list_release(&rates->results);
    measured_release(&rates->measured);
}

static const struct result *rate(const struct rates *rates, const char *practice, const char *specialty,
                                 const char *scheme, const char *period)
{
    return measured_find(&rates->results, measured_slice(&rates->measured, practice, specialty, scheme, period),
                         "referral_rate");
}

static void a_rate_is_referrals_over_list_size_times_the_days_observed(void **state)
{
    (void)state;
    struct rates rates = rates_of(FROM_CSV_REFERRALS "1,A,2024-01-05,330,,,rmc,\n2,A,2024-02-05,330,,,rmc,\n"
                                                     "3,A,2024-02-06,330,advice,,rmc,\n",
                                  "practice_code,list_size\nA,1000\n", "2024-02-15");
    /* 1 January to 15 February: 46 days. */
    const double years = 1000 * 46 / 365.25;
    const struct result *all = rate(&rates, NULL, NULL, NULL, NULL);
    assert_int_equal(all->status, RESULT_OK);
    assert_near(all->numerator, 2); /* the advice request is none */
    assert_near(all->denominator, years);
    assert_near(all->value, 1000 * 2 / years);
    assert_true(isnan(rate(&rates, "A", NULL, NULL, NULL)->expected)); /* without bands it is crude */
    /* Exact Poisson below 10: 2 events, 0.2422 to 7.2247. */
    assert_near(round(all->lower * years / 1000 * 1e4), 2422);
    assert_near(round(all->upper * years / 1000 * 1e4), 72247);
    assert_near(rate(&rates, "A", NULL, NULL, "2024-Q1")->denominator, years);
    assert_near(rate(&rates, "A", "330", NULL, NULL)->value, 1000 * 2 / years);
    /* Patients are registered with a practice, not with a scheme. */
    assert_int_equal(rate(&rates, NULL, NULL, "rmc", NULL)->status, RESULT_INSUFFICIENT);
    assert_near(rate(&rates, NULL, NULL, "rmc", NULL)->denominator, 0);
    rates_release(&rates);
}

static void quarters_without_any_request_do_not_count(void **state)
{
    (void)state;
    /* 2024-Q1 and Q3, with none in Q2 and Q4: 91 + 92 days. */
    struct rates rates = rates_of(FROM_CSV_REFERRALS "1,A,2024-01-31,330,,,,\n2,A,2024-07-01,330,,,,\n",
                                  "practice_code,list_size\nA,100\n", "2024-12-31");
    assert_near(rate(&rates, NULL, NULL, NULL, NULL)->denominator, 100 * 183 / 365.25);
    assert_near(rate(&rates, "A", NULL, NULL, "2024-Q3")->denominator, 100 * 92 / 365.25);
    rates_release(&rates);
}

static void an_export_that_begins_within_a_quarter_counts_from_its_first_month(void **state)
{
    (void)state;
    /* Six practices of 10,000 make 600 referrals, all in March 2025: 31 days. */
    struct buffer referrals = buffer_with_maximum(1 << 16), practices = buffer_with_maximum(1 << 10);
    buffer_add_string(&referrals, FROM_CSV_REFERRALS);
    buffer_add_string(&practices, "practice_code,list_size\n");
    for (int i = 0; i < 600; i++)
        buffer_add_formatted(&referrals, "%d,P%d,2025-03-%02d,330,,,,\n", i, i % 6, 2 + i % 30);
    for (int i = 0; i < 6; i++)
        buffer_add_formatted(&practices, "P%d,10000\n", i);
    struct rates rates = rates_of(referrals.bytes, practices.bytes, "2025-03-31");
    assert_near(rate(&rates, NULL, NULL, NULL, NULL)->denominator, 60000 * 31 / 365.25);
    assert_near(round(100 * rate(&rates, NULL, NULL, NULL, NULL)->value), 11782);
    assert_near(round(100 * rate(&rates, NULL, NULL, NULL, "2025-Q1")->value), 11782);
    rates_release(&rates);
    /* A stray row of years before takes nothing away: 1 February to 31 March 2024 and all of the quarter that follows,
     * and May and June 2019 of B alone. A's quarter begins with the export, not with A's own first request. */
    rates = rates_of(FROM_CSV_REFERRALS "1,B,2019-05-14,330,,,,\n2,B,2024-02-29,330,,,,\n3,A,2024-03-05,330,,,,\n"
                                        "4,A,2024-06-30,330,,,,\n",
                     "practice_code,list_size\nA,100\nB,1000\n", "2024-07-31");
    assert_near(rate(&rates, "A", NULL, NULL, "2024-Q1")->denominator, 100 * 60 / 365.25);
    assert_near(rate(&rates, "A", NULL, NULL, "2024-Q2")->denominator, 100 * 91 / 365.25);
    assert_near(rate(&rates, "A", NULL, NULL, NULL)->denominator, 100 * 151 / 365.25);
    assert_near(rate(&rates, "B", NULL, NULL, NULL)->denominator, 1000 * 121 / 365.25);
    rates_release(&rates);
    buffer_release(&referrals);
    buffer_release(&practices);
}

/* Two practices of 1,000 make 60 requests each in August and September 2024. */
static void a_misdated_request_stretches_no_time_and_is_not_counted(void **state)
{
    (void)state;
    static const char *const strays[] = {"", "s,A,2024-05-10,330,,,,\n", "s,A,2024-07-31,330,,,,\n",
                                         "s,A,2014-07-31,330,,,,\n"};
    for (size_t i = 0; i < sizeof strays / sizeof strays[0]; i++) {
        struct buffer referrals = buffer_with_maximum(1 << 16);
        buffer_add_formatted(&referrals, "%s%s", FROM_CSV_REFERRALS, strays[i]);
        for (int k = 0; k < 120; k++)
            buffer_add_formatted(&referrals, "%d,%c,2024-%02d-%02d,330,,,,\n", k, "AB"[k % 2], 8 + k / 60, 2 + k % 28);
        struct rates rates = rates_of(referrals.bytes, "practice_code,list_size\nA,1000\nB,1000\n", "2024-09-30");
        const struct result *all = rate(&rates, NULL, NULL, NULL, NULL), *own = rate(&rates, "A", NULL, NULL, NULL);
        assert_near(all->numerator, 120);
        assert_near(all->denominator, 2000 * 61 / 365.25);
        assert_near(all->excluded.unknown, i > 0);
        assert_near(own->numerator, 60);
        assert_near(own->denominator, 1000 * 61 / 365.25);
        assert_near(own->excluded.unknown, i > 0);
        rates_release(&rates);
        buffer_release(&referrals);
    }
}

static void the_list_size_is_that_of_the_quarter_or_the_nearest(void **state)
{
    (void)state;
    static const char referrals[] = FROM_CSV_REFERRALS
        "1,A,2023-10-31,330,,,,\n2,A,2024-01-01,330,,,,\n3,A,2024-04-01,330,,,,\n4,A,2024-07-01,330,,,,\n";
    struct rates rates =
        rates_of(referrals, "practice_code,list_size,period\nA,100,2024-Q1\nA,200,2024-Q2\n", "2024-09-30");
    assert_near(rate(&rates, "A", NULL, NULL, "2023-Q4")->denominator, 100 * 92 / 365.25); /* none earlier: the later */
    assert_near(rate(&rates, "A", NULL, NULL, "2024-Q1")->denominator, 100 * 91 / 365.25);
    assert_near(rate(&rates, "A", NULL, NULL, "2024-Q2")->denominator, 200 * 91 / 365.25);
    assert_near(rate(&rates, "A", NULL, NULL, "2024-Q3")->denominator, 200 * 92 / 365.25); /* the nearest earlier */
    assert_near(rate(&rates, "A", NULL, NULL, NULL)->denominator, (100 * 92 + 100 * 91 + 200 * 91 + 200 * 92) / 365.25);
    rates_release(&rates);
    /* One of no quarter comes before those of others. */
    rates = rates_of(referrals, "practice_code,list_size,period\nA,100,2024-Q1\nA,300,\nA,200,2024-Q2\n", "2024-09-30");
    assert_near(rate(&rates, "A", NULL, NULL, "2024-Q3")->denominator, 300 * 92 / 365.25);
    assert_near(rate(&rates, "A", NULL, NULL, "2024-Q2")->denominator, 200 * 91 / 365.25);
    rates_release(&rates);
}

static void practices_without_list_or_referrals_are_left_out(void **state)
{
    (void)state;
    struct rates rates =
        rates_of(FROM_CSV_REFERRALS "1,A,2024-01-05,330,,,,\n2,B,2024-02-05,330,,,,\n3,B,2024-02-05,330,,,,\n",
                 "practice_code,list_size\nA,1000\nB,\nC,500\n", "2024-03-31");
    const struct result *all = rate(&rates, NULL, NULL, NULL, NULL);
    assert_near(all->numerator, 1);
    assert_near(all->excluded.unknown, 2);
    assert_near(all->denominator, 1000 * 91 / 365.25); /* C referred nobody, so it is not among those looked at */
    assert_int_equal(rate(&rates, "B", NULL, NULL, NULL)->status, RESULT_INSUFFICIENT);
    assert_null(rate(&rates, "C", NULL, NULL, NULL));
    rates_release(&rates);
}

static void bands_standardise_indirectly(void **state)
{
    (void)state;
    /* A: 1,500 young and 500 old; B: 500 and 500. Referrals: young 4 + 6, old 20 + 10; one of unknown band in A. */
    struct buffer referrals = buffer_with_maximum(1 << 14);
    int id = 0;
    buffer_add_string(&referrals, "referral_id,practice_code,referral_date,specialty_code,age_band\n");
    static const struct {
        const char *practice, *band;
        int count;
    } groups[] = {{"A", "young", 4}, {"A", "old", 20}, {"A", "", 1}, {"B", "young", 6}, {"B", "old", 10}};
    for (size_t i = 0; i < 5; i++)
        for (int k = 0; k < groups[i].count; k++)
            buffer_add_formatted(&referrals, "%d,%s,2024-01-05,330,%s\n", id++, groups[i].practice, groups[i].band);
    struct rates rates = rates_of(referrals.bytes,
                                  "practice_code,list_size,age_band\nA,1500,young\nA,500,old\nB,500,young\n"
                                  "B,500,old\n",
                                  "2024-03-31");
    buffer_release(&referrals);
    const double t = 91 / 365.25, crude = 40 / (3000 * t);
    const struct result *all = rate(&rates, NULL, NULL, NULL, NULL);
    assert_near(all->numerator, 40);
    assert_near(all->value, 1000 * crude);
    assert_true(isnan(all->expected));
    assert_near(all->excluded.unknown, 1);
    /* Expected of A: 10/2000 × 1500 + 30/1000 × 500 = 22.5, and of B: 2.5 + 15 = 17.5. */
    const struct result *a = rate(&rates, "A", NULL, NULL, NULL), *b = rate(&rates, "B", NULL, NULL, NULL);
    assert_near(a->numerator, 24);
    assert_near(a->denominator, 2000 * t);
    assert_near(a->value, 1000 * 24 / 22.5 * crude);
    assert_near(a->upper, 1000 * rate_interval(24, 0.95).upper / 22.5 * crude);
    assert_near(a->expected, 22.5);
    assert_near(b->expected, 17.5);
    assert_near(b->value, 1000 * 16 / 17.5 * crude);
    assert_near(a->excluded.unknown, 1);
    rates_release(&rates);
}

static void a_band_without_a_size_is_unknown_and_not_nobody(void **state)
{
    (void)state;
    /* The old of A are not known, C has none. Referrals: young 5 + 5 + 0, old 4 + 10 + 2. */
    struct buffer referrals = buffer_with_maximum(1 << 14);
    int id = 0;
    buffer_add_string(&referrals, "referral_id,practice_code,referral_date,specialty_code,age_band\n");
    static const struct {
        const char *practice, *band;
        int count;
    } groups[] = {{"A", "young", 5}, {"A", "old", 4}, {"B", "young", 5}, {"B", "old", 10}, {"C", "old", 2}};
    for (size_t i = 0; i < 5; i++)
        for (int k = 0; k < groups[i].count; k++)
            buffer_add_formatted(&referrals, "%d,%s,2024-01-05,330,%s\n", id++, groups[i].practice, groups[i].band);
    struct rates rates = rates_of(referrals.bytes,
                                  "practice_code,list_size,age_band\nA,1000,young\nA,,old\nB,1000,young\n"
                                  "B,1000,old\nC,1000,young\nC,0,old\n",
                                  "2024-03-31");
    buffer_release(&referrals);
    const double t = 91 / 365.25, crude = 22 / (4000 * t);
    const struct result *all = rate(&rates, NULL, NULL, NULL, NULL), *a = rate(&rates, "A", NULL, NULL, NULL),
                        *b = rate(&rates, "B", NULL, NULL, NULL), *c = rate(&rates, "C", NULL, NULL, NULL);
    assert_near(all->numerator, 22);
    assert_near(all->excluded.unknown, 4);
    assert_near(all->value, 1000 * crude);
    assert_near(a->numerator, 5);
    assert_near(a->denominator, 1000 * t);
    assert_near(a->excluded.unknown, 4);
    /* Expected of A: 10/3000 × 1000, of B: that and 12/1000 × 1000. */
    assert_near(a->value, 1000 * 5 / (10 / 3.0) * crude);
    assert_near(b->value, 1000 * 15 / (10 / 3.0 + 12) * crude);
    assert_near(c->numerator, 2);
    assert_near(c->excluded.unknown, 0);
    rates_release(&rates);
}

/* A is given by age and sex, B by age: both have 2,000 young and 2,000 old. Referrals: young 8 + 4, old 12 + 6, of any
 * sex. */
static void assert_by_age(const char *practices)
{
    struct buffer referrals = buffer_with_maximum(1 << 14);
    int id = 0;
    buffer_add_string(&referrals, "referral_id,practice_code,referral_date,specialty_code,age_band,sex\n");
    static const struct {
        const char *practice, *band;
        int count;
    } groups[] = {{"A", "0-64", 8}, {"A", "65+", 12}, {"B", "0-64", 4}, {"B", "65+", 6}};
    for (size_t i = 0; i < 4; i++)
        for (int k = 0; k < groups[i].count; k++)
            buffer_add_formatted(&referrals, "%d,%s,2024-01-05,330,%s,%c\n", id++, groups[i].practice, groups[i].band,
                                 "FM"[k % 2]);
    struct rates rates = rates_of(referrals.bytes, practices, "2024-03-31");
    buffer_release(&referrals);
    const double t = 91 / 365.25, crude = 30 / (8000 * t);
    assert_near(rate(&rates, NULL, NULL, NULL, NULL)->denominator, 8000 * t);
    assert_near(rate(&rates, NULL, NULL, NULL, NULL)->value, 1000 * crude);
    /* Expected of each: 12/4000 × 2000 + 18/4000 × 2000. */
    assert_near(rate(&rates, "A", NULL, NULL, NULL)->denominator, 4000 * t);
    assert_near(rate(&rates, "A", NULL, NULL, NULL)->value, 1000 * 20 / 15.0 * crude);
    assert_near(rate(&rates, "B", NULL, NULL, NULL)->value, 1000 * 10 / 15.0 * crude);
    assert_near(rate(&rates, NULL, NULL, NULL, NULL)->excluded.unknown, 0);
    rates_release(&rates);
}

static void nobody_is_counted_twice_whatever_bands_practices_give(void **state)
{
    (void)state;
#define A_BY_AGE_AND_SEX                                                                                               \
    "practice_code,list_size,age_band,sex\nA,900,0-64,F\nA,1100,0-64,M\nA,1500,65+,F\nA,500,65+,M\n"
#define B_BY_AGE "B,2000,0-64,\nB,2000,65+,\n"
    assert_by_age(A_BY_AGE_AND_SEX B_BY_AGE);
    assert_by_age(A_BY_AGE_AND_SEX "A,2000,0-64,\nA,2000,65+,\nA,4000,,\n" B_BY_AGE "B,1999,,F\n");
}

static void without_bands_in_common_rates_are_crude(void **state)
{
    (void)state;
    struct rates rates = rates_of("referral_id,practice_code,referral_date,specialty_code,age_band\n"
                                  "1,A,2024-01-05,330,0-64\n2,A,2024-01-05,330,65+\n3,B,2024-01-05,330,\n",
                                  "practice_code,list_size,age_band\nA,1500,0-64\nA,500,65+\nB,1000,\n", "2024-03-31");
    const double t = 91 / 365.25;
    assert_near(rate(&rates, "A", NULL, NULL, NULL)->value, 1000 * 2 / (2000 * t));
    assert_near(rate(&rates, "B", NULL, NULL, NULL)->value, 1000 * 1 / (1000 * t));
    assert_near(rate(&rates, NULL, NULL, NULL, NULL)->value, 1000 * 3 / (3000 * t));
    rates_release(&rates);
}

static void without_any_list_size_rates_are_not_recorded(void **state)
{
    (void)state;
    struct rates rates =
        rates_of(FROM_CSV_REFERRALS "1,A,2024-01-05,330,,,,\n", "practice_code,practice_name\nA,Elm\n", "2024-03-31");
    assert_int_equal(rate(&rates, NULL, NULL, NULL, NULL)->status, RESULT_NOT_RECORDED);
    rates_release(&rates);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rate_is_referrals_over_list_size_times_the_days_observed),
        cmocka_unit_test(quarters_without_any_request_do_not_count),
        cmocka_unit_test(an_export_that_begins_within_a_quarter_counts_from_its_first_month),
        cmocka_unit_test(a_misdated_request_stretches_no_time_and_is_not_counted),
        cmocka_unit_test(the_list_size_is_that_of_the_quarter_or_the_nearest),
        cmocka_unit_test(practices_without_list_or_referrals_are_left_out),
        cmocka_unit_test(bands_standardise_indirectly),
        cmocka_unit_test(a_band_without_a_size_is_unknown_and_not_nobody),
        cmocka_unit_test(nobody_is_counted_twice_whatever_bands_practices_give),
        cmocka_unit_test(without_bands_in_common_rates_are_crude),
        cmocka_unit_test(without_any_list_size_rates_are_not_recorded),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
