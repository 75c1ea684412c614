#include "referlens/output/comparison_page.h"

#include "../support/hand_made_comparison.h"
#include "../support/measured.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static char scratch[SCRATCH_PATH_SIZE];
static struct hand_made_comparison made;
static struct measured measured; /* one referral, for the page's dates */
static char *comparison, *brief; /* the pages as they were written; NULL: they were not */

static void write_pages(void)
{
    struct folder *folder;
    struct error error = {""};
    free(comparison);
    free(brief);
    if (!folder_open("out", true, &folder, &error) || !comparison_pages_write(&made.source, folder, false, &error))
        fail_msg("%s", error.message);
    comparison = scratch_read("out.referlens-partial/comparison.html", NULL);
    brief = scratch_read("out.referlens-partial/brief.html", NULL);
    folder_close(folder);
}

static int enter(void **state)
{
    (void)state;
    scratch_enter(scratch);
    hand_made_comparison_fill(&made);
    measured = measured_from(FROM_CSV_REFERRALS "R1,P1,2025-01-06,330,,,rmc,\n", NULL, NULL, "2025-06-30", NULL, 1);
    made.report.cohort = measured.input.cohort;
    made.report.evaluation = measured.evaluation;
    return 0;
}

static int leave(void **state)
{
    (void)state;
    measured_release(&measured);
    scratch_leave(scratch);
    free(comparison);
    free(brief);
    comparison = brief = NULL;
    return 0;
}

/* The part of a page from one text to the next occurrence of another; to be freed. */
static char *part_of(const char *page, const char *from, const char *to)
{
    const char *begin = strstr(page, from);
    assert_non_null(begin);
    const char *end = strstr(begin, to);
    assert_non_null(end);
    return memory_copy_text(begin, (size_t)(end - begin));
}

static void assert_part_holds(const char *page, const char *from, const char *to, const char *text)
{
    char *part = part_of(page, from, to);
    if (strstr(part, text) == NULL)
        fail_msg("'%s' is not in: %s", text, part);
    free(part);
}

static void each_system_has_a_section_and_one_without_data_says_so(void **state)
{
    (void)state;
    write_pages();
    assert_part_holds(comparison, "<section id=\"rmc\"", "</section>", "Rejected");
    assert_part_holds(comparison, "<section id=\"specialist_advice\"", "</section>", "−2.0 points");
    assert_part_holds(comparison, "<section id=\"local_expertise\"", "</section>", "No data.");
    assert_part_holds(comparison, "<section id=\"peer_review\"", "</section>", "No data.");
    assert_part_holds(comparison, "<section id=\"local_expertise\"", "</section>", "is not recorded");
}

static void crude_stands_beside_adjusted(void **state)
{
    (void)state;
    write_pages();
    assert_part_holds(comparison, "<section id=\"rmc\"", "</section>", "+5.0 points");
    assert_part_holds(comparison, "<section id=\"rmc\"", "</section>", "+3.5 points");
    assert_part_holds(comparison, "<section id=\"rmc\"", "</section>", "+1.0 to +6.0");
    assert_part_holds(comparison, "<section id=\"rmc\"", "</section>", "<strong class=\"finding\">higher</strong>");
}

static void a_change_of_sign_is_said_aloud(void **state)
{
    (void)state;
    made.outcomes[1].difference = (struct estimate){-0.02, -0.03, -0.01};
    made.outcomes[1].sign_change = true;
    write_pages();
    assert_part_holds(comparison, "<section id=\"findings\"", "</section>",
                      "Specialist advice, Rejected: +5.0 points before adjustment, −2.0 points after it");
    assert_part_holds(comparison, "<section id=\"specialist_advice\"", "</section>", "adjustment turned the sign");
    assert_non_null(strstr(brief, "Adjustment turned the sign"));
}

/* Where there are two intervals somewhere, that none turned; where there are not, that this can't be told. */
static void where_no_sign_changed_the_page_says_what_it_knows(void **state)
{
    (void)state;
    write_pages();
    assert_part_holds(comparison, "<section id=\"findings\"", "</section>",
                      "Nowhere: no outcome or wait lies beyond chance");
    assert_null(strstr(brief, "Adjustment turned the sign"));
    made.outcomes[0].difference = (struct estimate){0.035, NAN, NAN};
    for (size_t i = 0; i < COMPARISON_HORIZONS; i++)
        made.waits[0].within[i].difference.lower = made.waits[0].within[i].difference.upper = NAN;
    write_pages();
    assert_part_holds(comparison, "<section id=\"findings\"", "</section>",
                      "Not known: no outcome or wait has an interval");
    char *findings = part_of(comparison, "<section id=\"findings\"", "</section>");
    assert_null(strstr(findings, "Nowhere"));
    free(findings);
}

/* The centre has 500 of which 485 are left out, and of the 15 others no interval can be had. */
static void of_a_few_alike_the_brief_tells_no_difference(void **state)
{
    (void)state;
    made.outcomes[0].left_out.referrals = 485;
    write_pages();
    assert_non_null(strstr(brief, "Like with like: 3.5 points higher"));
    made.outcomes[0].difference = (struct estimate){0.648, NAN, NAN};
    write_pages();
    assert_null(strstr(brief, "64.8"));
    assert_non_null(strstr(brief, "with no scheme 9.0\u00A0%. Like with like: too few to compare."));
    made.waits[0].within[0].mean_difference = (struct estimate){-41, NAN, NAN};
    made.waits[0].within[0].left_out.reference_referrals = 990;
    write_pages();
    assert_null(strstr(brief, "41.0 days"));
    assert_non_null(strstr(brief, "like with like: too few to compare."));
}

/* Nothing may pass for like with like that was not under way at one time. */
static void what_was_not_made_at_the_same_time_is_said_wherever_a_difference_is(void **state)
{
    (void)state;
    made.cautions[1] = (struct comparison_caution){CAUTION_DIFFERENT_TIMES, SCHEME_RMC, 1, measure_count};
    write_pages();
    assert_non_null(strstr(brief, "Its referrals and those with no scheme were not made at the same time"));
    assert_non_null(strstr(brief, "Like with like, but not at the same time: 3.5 points higher"));
    assert_null(strstr(brief, "like with like: 5.0 days"));
    assert_non_null(strstr(comparison, "3.5 points higher (95 % CI +1.0 to +6.0), but not at the same time"));
    assert_non_null(strstr(comparison, "were made at different times, none in the same quarter"));
    made.cautions[1].number = 0.4;
    write_pages();
    assert_non_null(strstr(brief, "Not alike in time: 40.0\u00A0% fall in other quarters."));
    assert_non_null(strstr(brief, "Like with like: 3.5 points higher"));
    assert_non_null(strstr(comparison, "40.0 % of the ones would have had to be made in another quarter"));
}

static void that_size_is_not_allowed_for_is_said(void **state)
{
    (void)state;
    write_pages();
    assert_null(strstr(brief, "The size of its practices"));
    made.cautions[1] = (struct comparison_caution){CAUTION_SIZE_TIED, SCHEME_RMC, NAN, measure_count};
    write_pages();
    assert_non_null(
        strstr(brief, "The size of its practices can not be told from the scheme, and is not allowed for."));
    assert_non_null(strstr(comparison, "size can not be told from the scheme, and is not adjusted for"));
}

static void ratios_spread_and_strata_stand_behind_the_numbers(void **state)
{
    (void)state;
    write_pages();
    assert_part_holds(comparison, "<section id=\"all\"", "</section>",
                      "<td>1.50 (1.10–2.00)</td><td>1.50 · 0.02</td><td>1.10 · 0.01</td>");
    assert_part_holds(comparison, "<section id=\"all\"", "</section>", "<td>40, 2 left out</td><td>15 and 20</td>");
    assert_part_holds(comparison, "<section id=\"all\"", "</section>", "<td>12.50</td><td>&lt; 0.001</td>");
}

static void waits_are_among_the_findings(void **state)
{
    (void)state;
    write_pages();
    assert_part_holds(comparison, "<section id=\"findings\"", "</section>",
                      "Wait for the first decision, mean days up to day 126: 5.0 days longer (95 % CI +2.0 to +8.0)");
}

static void a_withheld_interval_gives_its_reason_and_no_verdict(void **state)
{
    (void)state;
    write_pages();
    assert_part_holds(comparison, "<section id=\"specialist_advice\"", "</section>",
                      "fewer than 5 practices: no interval");
    char *part = part_of(comparison, "<section id=\"specialist_advice\"", "</section>");
    assert_null(strstr(part, "<strong class=\"finding\">"));
    free(part);
}

/* Where practices are all alike no chance has been seen at work: the row says so, and nothing is said of the others. */
static void practices_that_are_all_alike_withhold_no_other_interval(void **state)
{
    (void)state;
    made.outcomes[1].reason = comparison_no_spread;
    write_pages();
    assert_null(strstr(brief, "it may well be chance"));
    assert_non_null(strstr(brief,
                           "Like with like: −2.0 points; no practice differs from another: there is no spread to "
                           "judge by."));
    assert_part_holds(comparison, "<section id=\"specialist_advice\"", "</section>",
                      "no interval: no practice differs from another: there is no spread to judge by");
    char *part = part_of(comparison, "<section id=\"specialist_advice\"", "</section>");
    assert_null(strstr(part, "may well be chance"));
    free(part);
}

/* Said once for a scheme whose practices are too few, and where it is only some rows, in these. */
static void a_reason_is_said_once(void **state)
{
    (void)state;
    write_pages();
    assert_non_null(strstr(brief, "(fewer than 5 practices: no interval): it may well be chance"));
    assert_non_null(strstr(brief, "Like with like: −2.0 points."));
    made.outcomes[2] = made.outcomes[0];
    made.outcomes[2].scheme = SCHEME_SPECIALIST_ADVICE;
    made.outcomes[2].measure = measure_index("attendance_conversion");
    write_pages();
    assert_null(strstr(brief, "it may well be chance"));
    assert_non_null(strstr(brief, "Like with like: −2.0 points; fewer than 5 practices: no interval."));
}

static void both_pages_say_observational_and_what_is_not_adjusted_for(void **state)
{
    (void)state;
    write_pages();
    const char *const pages[] = {comparison, brief};
    for (size_t i = 0; i < 2; i++) {
        assert_non_null(strstr(pages[i], "<strong>Observational.</strong>"));
        assert_non_null(strstr(pages[i], "why a practice came under its scheme"));
    }
    static const char *const sections[] = {"moves", "meetings", "costs"};
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        char from[64];
        snprintf(from, sizeof from, "<section id=\"%s\"", sections[i]);
        assert_part_holds(comparison, from, "</section>", "Observational");
    }
}

static void intervals_of_few_practices_are_marked(void **state)
{
    (void)state;
    write_pages(); /* without an interval there is nothing to mark */
    char *moves = part_of(comparison, "<section id=\"moves\"", "</section>");
    assert_null(strstr(moves, "few practices"));
    assert_null(strstr(moves, "The series follows"));
    free(moves);
    made.switches[0].difference = (struct change_estimate){{0.04, 0.01, 0.07}, NULL};
    made.switches[0].pooled = 5;
    write_pages();
    assert_part_holds(comparison, "<section id=\"moves\"", "</section>", "<span class=\"tag\">few practices</span>");
    assert_part_holds(comparison, "<section id=\"moves\"", "</section>", "The series follows 5 of the 6");
}

static void without_costs_sessions_and_moves_the_page_says_what_to_supply(void **state)
{
    (void)state;
    made.costs.count = made.changes.session_count = made.changes.switch_count = 0;
    made.changes.has_schemes = made.changes.has_sessions = false;
    write_pages();
    assert_part_holds(comparison, "<section id=\"costs\"", "</section>", "annual_cost");
    assert_part_holds(comparison, "<section id=\"meetings\"", "</section>", "sessions.csv");
    assert_part_holds(comparison, "<section id=\"moves\"", "</section>", "schemes.csv");
    assert_null(strstr(brief, "peer-review meetings"));
}

static void the_brief_is_made_of_sentences_with_their_intervals(void **state)
{
    (void)state;
    write_pages();
    assert_non_null(strstr(
        brief, "14.0\u00A0% of decided referrals were rejected (CI 11.0–17.0\u00A0%); with no scheme 9.0\u00A0%. "
               "Like with like: 3.5 points higher (CI +1.0 to +6.0)."));
    assert_non_null(strstr(brief, "5.0 days longer (CI +2.0 to +8.0)"));
    assert_non_null(strstr(brief, "CI: 95&nbsp;% confidence interval"));
    assert_null(strstr(brief, " % "));
    assert_non_null(strstr(brief, "It cost £1,906 for each request"));
    assert_non_null(strstr(brief, "There are no data on this scheme"));
    assert_non_null(strstr(brief, "What this does not show"));
}

static void what_a_scheme_costs_beyond_the_reference_is_a_sentence(void **state)
{
    (void)state;
    struct cost_figure *beyond = &made.cost_rows[0].per_avoided_beyond;
    *beyond = (struct cost_figure){{837, NAN, NAN}, "whether more are avoided than in the reference may be chance"};
    write_pages();
    assert_non_null(
        strstr(brief, ". Some come to nothing with no scheme too: for each one beyond those it cost £837 (whether more "
                      "are avoided than in the reference may be chance)."));
    *beyond = (struct cost_figure){{NAN, NAN, NAN}, "no more avoided than in the reference"};
    write_pages();
    assert_non_null(strstr(brief, "too: beyond those there is no price (no more avoided than in the reference)."));
}

/* 5 of 105 rows of outcomes are more than one in a hundred. */
static void both_pages_say_what_the_files_cannot_bear(void **state)
{
    (void)state;
    const struct ledger ledgers[] = {{.kind = "outcomes", .read = 105, .used = 100, .rejected = 5}};
    static const char remark[] =
        "5 of 105 rows of outcomes could not be used: what they held is missing everywhere here.";
    made.report.ledgers = ledgers;
    made.report.ledger_count = 1;
    made.report.audience = AUDIENCE_ANALYST;
    write_pages();
    made.report.ledger_count = 0;
    assert_part_holds(comparison, "<section class=\"trust\"", "</section>", remark);
    assert_part_holds(brief, "What cannot be trusted here.", "</p>",
                      "Rows that could not be used, so that what they held is missing: 5 of 105 of outcomes.");
    assert_part_holds(brief, "<aside class=\"banner warning\"", "</aside>", "Exact counts: do not share.");
    made.report.audience = AUDIENCE_SHARED;
    write_pages();
    assert_null(strstr(comparison, "<section class=\"trust\""));
    assert_null(strstr(brief, "What cannot be trusted here"));
    assert_null(strstr(brief, "<aside"));
}

/* What each scheme is told of, a sentence or its silence a line, by words that stand in it. */
static void assert_told(const char *title, const char *const *words, size_t count)
{
    char heading[64];
    snprintf(heading, sizeof heading, "<h2>%s</h2>", title);
    char *part = part_of(brief, heading, "</section>");
    const char *at = part;
    for (size_t i = 0; i < count; i++) {
        const char *found = strstr(at, words[i]);
        if (found == NULL)
            fail_msg("'%s' is not in its place in: %s", words[i], part);
        at = found + strlen(words[i]);
    }
    free(part);
}

/* Every scheme is asked what the centre is asked, in the same order, whether there is an answer or not. */
static void the_brief_asks_every_scheme_the_same(void **state)
{
    (void)state;
    static const char *const measures[] = {"rejection_rate",        "rejected_without_dialogue", "lost_after_rejection",
                                           "attendance_conversion", "returned_with_advice_rate", "advice_diverted"};
    enum { MEASURES = sizeof measures / sizeof measures[0] };
    static struct comparison_outcome outcomes[2 * MEASURES];
    static struct comparison_wait waits[2];
    for (size_t i = 0; i < 2 * MEASURES; i++) {
        outcomes[i] = made.outcomes[0];
        outcomes[i].measure = measure_index(measures[i % MEASURES]);
        outcomes[i].scheme = i < MEASURES ? SCHEME_RMC : SCHEME_SPECIALIST_ADVICE;
    }
    waits[0] = waits[1] = made.waits[0];
    waits[1].scheme = SCHEME_SPECIALIST_ADVICE;
    made.comparison.outcomes = outcomes;
    made.comparison.outcome_count = 2 * MEASURES;
    made.comparison.waits = waits;
    made.comparison.wait_count = 2;
    write_pages();
    static const char *const of_centre[] = {
        "were rejected",         "without a word with the GP",       "neither seen nor referred again",
        "were seen in 180 days", "Mean wait for the first decision", "It cost",
        "returned with advice"};
    static const char *const of_advice[] = {"were rejected",
                                            "without a word with the GP",
                                            "neither seen nor referred again",
                                            "were seen in 180 days",
                                            "Mean wait for the first decision",
                                            "It cost",
                                            "took the place of a referral"};
    assert_told("Referral management centre", of_centre, 7);
    assert_told("Specialist advice", of_advice, 7);
    char *advice = part_of(brief, "<h2>Specialist advice</h2>", "</section>");
    assert_null(strstr(advice, "returned with advice"));
    assert_null(strstr(advice, "No number"));
    free(advice);
    made.comparison.outcome_count = MEASURES + 1;
    made.comparison.wait_count = 1;
    made.costs.count = 1;
    write_pages();
    static const char *const silent[] = {
        "were rejected", "No number (too few, not recorded or not to be trusted): Rejected without a word with the "
                         "referrer; Lost after a rejection; Seen within 180 days; Wait for the first decision; "
                         "What it cost; Advice that took the place of a referral."};
    assert_told("Specialist advice", silent, 2);
}

static void what_cost_nothing_is_said_to(void **state)
{
    (void)state;
    for (size_t i = 0; i < made.costs.count; i++)
        made.costs.costs[i].cost = 0;
    write_pages();
    assert_part_holds(brief, "<h2>Specialist advice</h2>", "</section>", "It is recorded to have cost nothing.");
    assert_null(strstr(brief, "It cost £"));
}

static void one_practice_that_met_is_told_in_the_singular(void **state)
{
    (void)state;
    write_pages();
    assert_part_holds(comparison, "<section id=\"meetings\"", "</section>",
                      "<p>6 practices held their first recorded meeting");
    assert_non_null(strstr(brief, "In 6 practices that began to hold"));
    made.sessions[0].practices = made.sessions[0].comparators = 1;
    made.changes.meetings = 1;
    write_pages();
    assert_part_holds(comparison, "<section id=\"meetings\"", "</section>",
                      "<p>1 practice held its first recorded meeting");
    assert_part_holds(comparison, "<section id=\"meetings\"", "</section>", "(meetings in all: 1)");
    assert_non_null(strstr(brief, "In 1 practice that began to hold"));
    assert_non_null(strstr(brief, "beside 1 practice without any"));
}

static void with_one_scheme_there_is_no_page(void **state)
{
    (void)state;
    made.comparison.reference = SCHEME_COUNT;
    write_pages();
    assert_null(comparison);
    assert_null(brief);
}

int main(void)
{
    static char reports[4096];
    if (realpath("reports", reports) == NULL)
        return 1;
    setenv("REFERLENS_REPORTS", reports, 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_system_has_a_section_and_one_without_data_says_so, enter, leave),
        cmocka_unit_test_setup_teardown(crude_stands_beside_adjusted, enter, leave),
        cmocka_unit_test_setup_teardown(a_change_of_sign_is_said_aloud, enter, leave),
        cmocka_unit_test_setup_teardown(where_no_sign_changed_the_page_says_what_it_knows, enter, leave),
        cmocka_unit_test_setup_teardown(of_a_few_alike_the_brief_tells_no_difference, enter, leave),
        cmocka_unit_test_setup_teardown(what_was_not_made_at_the_same_time_is_said_wherever_a_difference_is, enter,
                                        leave),
        cmocka_unit_test_setup_teardown(that_size_is_not_allowed_for_is_said, enter, leave),
        cmocka_unit_test_setup_teardown(ratios_spread_and_strata_stand_behind_the_numbers, enter, leave),
        cmocka_unit_test_setup_teardown(waits_are_among_the_findings, enter, leave),
        cmocka_unit_test_setup_teardown(a_withheld_interval_gives_its_reason_and_no_verdict, enter, leave),
        cmocka_unit_test_setup_teardown(practices_that_are_all_alike_withhold_no_other_interval, enter, leave),
        cmocka_unit_test_setup_teardown(a_reason_is_said_once, enter, leave),
        cmocka_unit_test_setup_teardown(both_pages_say_observational_and_what_is_not_adjusted_for, enter, leave),
        cmocka_unit_test_setup_teardown(intervals_of_few_practices_are_marked, enter, leave),
        cmocka_unit_test_setup_teardown(without_costs_sessions_and_moves_the_page_says_what_to_supply, enter, leave),
        cmocka_unit_test_setup_teardown(the_brief_is_made_of_sentences_with_their_intervals, enter, leave),
        cmocka_unit_test_setup_teardown(what_a_scheme_costs_beyond_the_reference_is_a_sentence, enter, leave),
        cmocka_unit_test_setup_teardown(both_pages_say_what_the_files_cannot_bear, enter, leave),
        cmocka_unit_test_setup_teardown(the_brief_asks_every_scheme_the_same, enter, leave),
        cmocka_unit_test_setup_teardown(what_cost_nothing_is_said_to, enter, leave),
        cmocka_unit_test_setup_teardown(one_practice_that_met_is_told_in_the_singular, enter, leave),
        cmocka_unit_test_setup_teardown(with_one_scheme_there_is_no_page, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
