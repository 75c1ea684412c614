/* What charts say of what they draw: their titles, and whom they speak of. */
#include "referlens/output/chart.h"

#include "../support/drawn_county.h"

static void titles_say_what_the_rule_finds(void **state)
{
    (void)state;
    struct run run;
    run_prepare(&run, &ordinary, AUDIENCE_ANALYST);
    draw(&run, 1);
    /* 55 of 60 is far outside whatever is allowed for; the others are 20 to 24 of 60. */
    assert_holds(&run, "", "rejection-funnel", "1 of 12 practices");
    assert_holds(&run, "", "rejection-funnel", "\tA81011\n");
    assert_holds(&run, "practices/A81011/", "rejection-funnel", "worth a conversation");
    assert_holds(&run, "practices/A81001/", "rejection-funnel", "no more different than chance");
    assert_holds(&run, "practices/A81001/", "rejection-funnel", "Rejection rate 33.3 %");
    /* Half of the rejections have no reason, and every other practice's count is even. */
    assert_holds(&run, "practices/A81001/", "rejection-reasons", "Commonest reason for rejection: ‘Criteria");
    assert_holds(&run, "practices/A81001/", "rejection-reasons", "50.0 %");
    assert_holds(&run, "practices/A81001/", "rejection-reasons", "No reason given");
    assert_holds(&run, "practices/A81001/", "referrals-by-period", "2024-05-15");
    assert_holds(&run, "practices/A81002/", "referrals-by-period", "January to March 2025");
    assert_holds(&run, "practices/A81001/", "rejection-over-time", "2024-05-15");
    assert_lacks(&run, "practices/A81002/", "rejection-over-time", "2024-05-15");
    assert_holds(&run, "", "rejection-over-time", "5 complete quarters");
    run_release(&run);
}

static void one_practice_alone_is_not_compared(void **state)
{
    (void)state;
    struct county county = {.practice_count = 1, .rejected = even, .reason = "criteria_not_met"};
    struct run run;
    run_prepare(&run, &county, AUDIENCE_SHARED);
    draw(&run, 1);
    assert_holds(&run, "", "rejection-funnel", "Rejection rate: only one practice’s referrals are in these files");
    assert_holds(&run, "practices/A81001/", "rejection-reasons", "‘Criteria not met’, 50.0 %");
    for (size_t i = 0; i < chart_count; i++) {
        static const char *const others[] = {"ll practices", "ost practices", "ther practice", "different than chance"};
        for (size_t word = 0; word < sizeof others / sizeof others[0]; word++) {
            if ((chart_table[i].scopes & CHART_OF_PRACTICE) != 0)
                assert_lacks(&run, "practices/A81001/", chart_table[i].id, others[word]);
            if ((chart_table[i].scopes & CHART_OF_REPORT) != 0)
                assert_lacks(&run, "", chart_table[i].id, others[word]);
        }
    }
    run_release(&run);
}

/* Every second of 20 rejections has one reason and the others the other; of 19 neither can be called the commonest. */
static void a_title_names_the_commonest_reason_only_where_one_is(void **state)
{
    (void)state;
    const struct county county = {.practice_count = 3,
                                  .rejected = (const int[]){20, 19, 21},
                                  .reason = "criteria_not_met",
                                  .other_reason = "missing_tests"};
    struct run run;
    run_prepare(&run, &county, AUDIENCE_ANALYST);
    draw(&run, 1);
    assert_holds(&run, "practices/A81001/", "rejection-reasons",
                 "title\tCommonest reasons for rejection: ‘Criteria not met’ and ‘Missing tests’, 50.0 % each\n");
    assert_holds(&run, "practices/A81002/", "rejection-reasons",
                 "title\tReasons for 19 rejections: too few to call one the commonest\n");
    assert_holds(&run, "practices/A81003/", "rejection-reasons",
                 "title\tCommonest reason for rejection: ‘Criteria not met’, 52.4 % (all practices 51.7 %)\n");
    run_release(&run);
}

/* Ten of twelve practices lie at 10 or 50 of 60, about 30: with so much spread nothing stands out, and yet no chance
 * puts them there, since 99.8 % of 60 at one half lie between 18 and 42 (sin² of π/4 ± 3.09/(2√60)). */
static void a_funnel_says_where_chance_alone_would_not_bear_it_out(void **state)
{
    (void)state;
    static const char note[] = "no more different than chance, further apart than chance alone, but no further than "
                               "practices usually are in this";
    const struct county county = {.practice_count = 12,
                                  .rejected = (const int[]){10, 50, 10, 50, 10, 50, 10, 50, 10, 50, 30, 30},
                                  .reason = "criteria_not_met"};
    struct run run;
    run_prepare(&run, &county, AUDIENCE_ANALYST);
    draw(&run, 1);
    assert_holds(&run, "", "rejection-funnel", note);
    assert_holds(&run, "", "rejection-funnel", "10 of those no more");
    assert_holds(&run, "practices/A81001/", "rejection-funnel", "This one lies");
    assert_holds(&run, "practices/A81001/", "rejection-funnel", note);
    assert_lacks(&run, "practices/A81011/", "rejection-funnel", "This one lies");
    run_release(&run);
}

/* The last day of the axis, by the frame that the sheet gives. */
static double axis_end(const struct run *run, const char *place, const char *chart)
{
    char *sheet = read_output(run, place, chart, "tsv", NULL);
    const char *value = strstr(sheet, "frame_x_maximum\t");
    assert_non_null(value);
    double end = 0;
    assert_true(text_to_number((struct text){value + 16, strcspn(value + 16, "\n")}, &end));
    free(sheet);
    return end;
}

/* Of the first practice's 60 twenty are seen, after 60 to 79 days; of both 60, after 40 to 79. Day 126 is the first of
 * which the title may speak by when that is over, so the axis goes on to it. Nobody rejected is ever seen, which is
 * told of the longest time that can be: a year, and so much is drawn. */
static void a_title_names_no_day_beyond_the_axis(void **state)
{
    (void)state;
    const struct county county = {.practice_count = 2, .rejected = (const int[]){40, 20}, .reason = "criteria_not_met"};
    struct run run;
    run_prepare(&run, &county, AUDIENCE_ANALYST);
    draw(&run, 1);
    assert_float_equal(axis_end(&run, "practices/A81001/", "wait-first-attendance"), 126, 0);
    assert_holds(&run, "practices/A81001/", "wait-first-attendance",
                 "title\t33.3 % were seen within 126 days; all practices: 50.0 %");
    assert_float_equal(axis_end(&run, "practices/A81001/", "journey-of-rejected"), 365, 0);
    assert_holds(&run, "practices/A81001/", "journey-of-rejected", "title\t0.0 % were seen at last within 365 days");
    run_release(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(titles_say_what_the_rule_finds, enter, leave),
        cmocka_unit_test_setup_teardown(one_practice_alone_is_not_compared, enter, leave),
        cmocka_unit_test_setup_teardown(a_funnel_says_where_chance_alone_would_not_bear_it_out, enter, leave),
        cmocka_unit_test_setup_teardown(a_title_names_no_day_beyond_the_axis, enter, leave),
        cmocka_unit_test_setup_teardown(a_title_names_the_commonest_reason_only_where_one_is, enter, leave),
    };
    return cmocka_run_group_tests_name("chart words", tests, NULL, NULL);
}
