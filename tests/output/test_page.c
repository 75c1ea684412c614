#include "referlens/output/page.h"

#include "../support/two_practices.h"

#include <openssl/evp.h>

enum { LONG_NAME = 10000 };

static void an_analyst_sees_exact_numbers_and_a_banner_on_every_page(void **state)
{
    (void)state;
    struct run run;
    write_files("Anvilacre Surgery");
    run_open(&run, AUDIENCE_ANALYST);
    write_pages(&run, false, 1);
    for (size_t i = 0; i < PAGE_COUNT; i++) {
        assert_holds(&run, pages[i], "Exact counts: do not share.");
        assert_holds(&run, pages[i], "<body class=\"");
        assert_lacks(&run, pages[i], "Masked, to be shared.");
    }
    assert_holds(&run, "index.html", "13 of 80");
    assert_holds(&run, pages[1], "10 of 40");
    assert_holds(&run, pages[1], "95 % CI 14.2–40.2 %");
    assert_holds(&run, pages[2], "3 of 40");
    assert_holds(&run, pages[2], "95 % CI 2.6–19.9 %");
    run_release(&run);
}

static void shared_pages_show_no_small_count(void **state)
{
    (void)state;
    struct run run;
    write_files("Anvilacre Surgery");
    run_open(&run, AUDIENCE_SHARED);
    write_pages(&run, false, 1);
    for (size_t i = 0; i < PAGE_COUNT; i++) {
        assert_holds(&run, pages[i], "Masked, to be shared.");
        assert_lacks(&run, pages[i], "do not share.");
        assert_lacks(&run, pages[i], "3 of 40");
        assert_lacks(&run, pages[i], "13 of 80");
    }
    assert_holds(&run, "index.html", "15 of 80");
    assert_holds(&run, "index.html", "95 % CI 11.7–28.7 %");
    assert_holds(&run, pages[2], "too few to show");
    run_release(&run);
}

static void a_practice_sees_itself_exactly_and_others_masked(void **state)
{
    (void)state;
    struct run run;
    write_files("Anvilacre Surgery");
    run_open(&run, AUDIENCE_PRACTICE);
    write_pages(&run, false, 1);
    assert_holds(&run, pages[2], "3 of 40");
    assert_holds(&run, pages[2], "For this practice only.");
    assert_lacks(&run, pages[2], "13 of 80");
    assert_holds(&run, "index.html", "15 of 80");
    assert_lacks(&run, "index.html", "3 of 40");
    assert_holds(&run, "index.html", "Masked, to be shared.");
    run_release(&run);
}

static void check_hostile_name(const char *name, const char *shown)
{
    struct run run;
    write_files(name);
    run_open(&run, AUDIENCE_ANALYST);
    write_pages(&run, false, 1);
    for (size_t i = 0; i < 2; i++) {
        assert_holds(&run, pages[i], shown);
        assert_lacks(&run, pages[i], "<script>alert");
        assert_lacks(&run, pages[i], "</title><script");
        assert_lacks(&run, pages[i], "<img");
        assert_lacks(&run, pages[i], "<b>Headache");
        assert_lacks(&run, pages[i], "\xE2\x80\xAE");
    }
    run_release(&run);
}

static void hostile_names_come_out_as_plain_text(void **state)
{
    (void)state;
    check_hostile_name("<script>alert(1)</script>", "<bdi>&lt;script&gt;alert(1)&lt;/script&gt;</bdi>");
    check_hostile_name("\"\"><img src=x onerror=`a`>'",
                       "<bdi>&quot;&gt;&lt;img src=x onerror=&#96;a&#96;&gt;&#39;</bdi>");
    check_hostile_name("</style></title><script>", "<bdi>&lt;/style&gt;&lt;/title&gt;&lt;script&gt;</bdi>");
    check_hostile_name("{{tool.version}}{{{x}}}", "<bdi>{{tool.version}}{{{x}}}</bdi>");
    check_hostile_name("a\xE2\x80\xAEsj.exe", "<bdi>asj.exe</bdi>");
    check_hostile_name("\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D", "<bdi>\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D</bdi>");
}

static void a_long_name_is_cut_for_display_and_whole_in_the_pack(void **state)
{
    (void)state;
    char *name = memory_allocate(LONG_NAME + 1);
    memset(name, 'x', LONG_NAME);
    name[LONG_NAME] = '\0';
    struct run run;
    write_files(name);
    run_open(&run, AUDIENCE_ANALYST);
    write_pages(&run, false, 1);
    char shown[128];
    snprintf(shown, sizeof shown, "<bdi>%.80s…</bdi>", name);
    assert_holds(&run, "index.html", shown);
    assert_holds(&run, pages[1], shown);
    char *json = read_output(&run, "practices/A81001/pack.json");
    cJSON *pack = cJSON_Parse(json);
    assert_string_equal(get(pack, "practice/name")->valuestring, name);
    cJSON_Delete(pack);
    free(json);
    free(name);
    run_release(&run);
}

static size_t count(const char *text, const char *what)
{
    size_t found = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at++) {
        found++;
    }
    return found;
}

static void pages_hold_nothing_from_elsewhere_and_packs_no_script(void **state)
{
    (void)state;
    static const char *const foreign[] = {"<link",   "<iframe", "<form",    "://",
                                          "@import", "url(",    " onload=", " onclick="};
    struct run run;
    write_files("Anvilacre Surgery");
    run_open(&run, AUDIENCE_SHARED);
    write_pages(&run, true, 1);
    for (size_t i = 0; i < PAGE_COUNT; i++) {
        for (size_t j = 0; j < sizeof foreign / sizeof foreign[0]; j++) {
            assert_lacks(&run, pages[i], foreign[j]);
        }
        assert_holds(&run, pages[i], "default-src 'none'");
        if (i > 0) {
            assert_lacks(&run, pages[i], "<script");
            assert_lacks(&run, pages[i], "script-src");
        }
    }
    run_release(&run);
}

/* The policy names the SHA-256 of exactly what stands between the tags, so that the browser runs that and nothing else.
 */
static void the_overview_has_one_script_which_its_policy_names(void **state)
{
    (void)state;
    struct run run;
    unsigned char digest[EVP_MAX_MD_SIZE], hash[2 * EVP_MAX_MD_SIZE];
    unsigned length = 0;
    write_files("Anvilacre Surgery");
    run_open(&run, AUDIENCE_SHARED);
    write_pages(&run, false, 1);
    char *page = read_output(&run, "index.html");
    assert_int_equal(count(page, "<script"), 1);
    const char *script = strstr(page, "<script>") + strlen("<script>"), *end = strstr(script, "</script>");
    assert_int_equal(EVP_Digest(script, (size_t)(end - script), digest, &length, EVP_sha256(), NULL), 1);
    EVP_EncodeBlock(hash, digest, (int)length);
    char policy[256];
    snprintf(policy, sizeof policy, " script-src 'sha256-%s';", (const char *)hash);
    assert_non_null(strstr(page, policy));
    free(page);
    assert_holds(&run, "index.html", "<table class=\"numbers stack practices sortable filterable\">");
    assert_holds(&run, "index.html", "<td data-label=\"Rejected\" data-value=\"0.25\">");
    assert_holds(&run, "index.html", "<th scope=\"col\">Rejected, compared with all</th>");
    /* What may not be shown has no value to sort by. */
    assert_holds(&run, "index.html", "<td data-label=\"Rejected\" data-value=\"\">");
    run_release(&run);
}

static void pages_are_marked_up_for_those_who_listen(void **state)
{
    (void)state;
    struct run run;
    write_files("Anvilacre Surgery");
    run_open(&run, AUDIENCE_SHARED);
    write_pages(&run, false, 1);
    for (size_t i = 0; i < PAGE_COUNT; i++) {
        char *page = read_output(&run, pages[i]);
        assert_int_equal(count(page, "<html lang=\"en-GB\">"), 1);
        assert_int_equal(count(page, "<h1>"), 1);
        assert_int_equal(count(page, "<main id=\"main\">"), 1);
        assert_int_equal(count(page, "href=\"#main\""), 1);
        assert_int_equal(count(page, "<title>"), 1);
        assert_true(count(page, "<table") > 4);
        assert_int_equal(count(page, "<table"), count(page, "<caption"));
        assert_int_equal(count(page, "<th "), count(page, "<th scope=\""));
        assert_int_equal(count(page, "<th>"), 0);
        assert_int_equal(count(page, "<img"), count(page, " alt=\""));
        free(page);
    }
    run_release(&run);
}

/* The files of two_practices.h: 80 referrals of January 2025, all decided and none attended. */
static void the_overview_says_what_the_data_hold(void **state)
{
    (void)state;
    struct run run;
    write_files("Anvilacre Surgery");
    run_open(&run, AUDIENCE_ANALYST);
    write_pages(&run, false, 1);
    assert_holds(&run, "index.html", "<summary><bdi>referrals.csv</bdi>: referrals, rows: 80</summary>");
    assert_holds(&run, "index.html",
                 "<code>referral_date</code></th><td data-label=\"Column\" class=\"words\"><div>"
                 "<bdi>referral_date</bdi></div></td><td data-label=\"Dates\" class=\"words\"><div>"
                 "YYYY-MM-DD, 2025-01-01 to 2025-01-28</div>");
    assert_holds(&run, "index.html", "How much of each measure can be computed");
    assert_holds(&run, "index.html",
                 "<th scope=\"row\">Seen within 180 days</th><td data-label=\"Share\">not recorded</td>");
    assert_holds(&run, "index.html",
                 "<th scope=\"row\">Rejected</th><td data-label=\"Share\">100.0 %</td>"
                 "<td data-label=\"Counted\">80</td><td data-label=\"In question\">80</td>");
    run_release(&run);
}

static bool holds_word(const char *text, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = text; (at = strstr(at, word)) != NULL; at++) {
        bool starts = at == text || !isalpha((unsigned char)at[-1]);
        if (starts && !isalpha((unsigned char)at[length])) {
            return true;
        }
    }
    return false;
}

/* In the place of the meetings: a file is known by its heads, not by its name. */
static void give_schemes(void)
{
    scratch_write("sessions.csv", "practice_code,scheme,start_date\nA81001,rmc,2024-01-01\n");
}

static void pages_judge_nobody_and_call_schemes_observational(void **state)
{
    (void)state;
    static const char *const judgements[] = {"good",  "bad",  "inappropriate", "poor",    "best",
                                             "worst", "Good", "Bad",           "outlier", "league"};
    struct run run;
    write_files("Anvilacre Surgery");
    give_schemes();
    run_open(&run, AUDIENCE_ANALYST);
    write_pages(&run, false, 1);
    for (size_t i = 0; i < PAGE_COUNT; i++) {
        char *page = read_output(&run, pages[i]);
        for (size_t j = 0; j < sizeof judgements / sizeof judgements[0]; j++) {
            assert_false(holds_word(page, judgements[j]));
        }
        free(page);
    }
    assert_holds(&run, "index.html", "<strong>Observational.</strong>");
    run_release(&run);
}

/* The files name none: instead of tables without rows the page says what would fill them. */
static void without_schemes_the_page_says_what_to_supply(void **state)
{
    (void)state;
    struct run run;
    write_files("Anvilacre Surgery");
    run_open(&run, AUDIENCE_SHARED);
    write_pages(&run, false, 1);
    assert_holds(&run, "index.html", "The scheme of no referral is recorded. Give <code>schemes.csv</code>");
    assert_holds(&run, "index.html", "the column <code>scheme</code>");
    assert_lacks(&run, "index.html", "Schemes side by side");
    run_release(&run);
}

static void with_schemes_the_page_has_them_side_by_side(void **state)
{
    (void)state;
    struct run run;
    write_files("Anvilacre Surgery");
    give_schemes();
    run_open(&run, AUDIENCE_SHARED);
    write_pages(&run, false, 1);
    assert_lacks(&run, "index.html", "The scheme of no referral is recorded.");
    assert_holds(&run, "index.html", "Schemes side by side");
    run_release(&run);
}

static void what_was_assumed_is_said_aloud(void **state)
{
    (void)state;
    struct run run;
    write_files("Anvilacre Surgery");
    run_open(&run, AUDIENCE_SHARED);
    run.report.as_of_assumed = true;
    write_pages(&run, false, 1);
    for (size_t i = 0; i < PAGE_COUNT; i++) {
        assert_holds(&run, pages[i], "assumed: no date was given");
        assert_lacks(&run, pages[i], "assumed: no quarter was asked for");
    }
    run_release(&run);
}

static void the_number_of_workers_changes_no_byte(void **state)
{
    (void)state;
    struct run one, three;
    write_files("Anvilacre Surgery");
    run_open(&one, AUDIENCE_SHARED);
    write_pages(&one, false, 1);
    char *expected[PAGE_COUNT];
    for (size_t i = 0; i < PAGE_COUNT; i++) {
        expected[i] = read_output(&one, pages[i]);
    }
    run_release(&one);
    run_open(&three, AUDIENCE_SHARED);
    write_pages(&three, false, 3);
    for (size_t i = 0; i < PAGE_COUNT; i++) {
        char *page = read_output(&three, pages[i]);
        assert_string_equal(page, expected[i]);
        free(page);
        free(expected[i]);
    }
    run_release(&three);
}

static void charts_are_embedded_as_pictures_with_their_numbers_under_them(void **state)
{
    (void)state;
    struct run run;
    struct error error = {""};
    write_files("Anvilacre Surgery");
    run_open(&run, AUDIENCE_SHARED);
    assert_true(folder_make(run.folder, "charts", &error));
    assert_true(folder_write(
        run.folder, "charts/rejection-funnel.svg",
        TEXT("<svg xmlns=\"http://www.w3.org/2000/svg\"><a href=\"../practices/A81001/index.html\"/></svg>"), &error));
    assert_true(
        folder_write(run.folder, "charts/rejection-funnel.tsv",
                     TEXT("# meta\n# (key, value)\n\n\n# about\n# (key, text)\ntitle\tA < B\nsubtitle\tBy quarter\n"
                          "\n\n# table\n# (cells)\n0\tPractice\tRate\n1\t<b>\t12.0 %\n"),
                     &error));
    write_pages(&run, true, 1);
    assert_holds(&run, "index.html", "<svg><a href=\"practices/A81001/index.html\"/></svg>");
    assert_holds(&run, "index.html", "<th scope=\"col\">Practice</th><th scope=\"col\">Rate</th>");
    assert_holds(&run, "index.html", "<td>&lt;b&gt;</td><td>12.0 %</td>");
    assert_holds(&run, "index.html", "aria-label=\"Chart: A &lt; B\"");
    assert_holds(
        &run, "index.html",
        "The sheet that gnuplot draws it from, no table for a spreadsheet: <a href=\"charts/rejection-funnel.tsv\">");
    assert_lacks(&run, pages[1], "<figure");
    run_release(&run);
}

static void a_practice_without_a_pack_has_no_link(void **state)
{
    (void)state;
    struct run run;
    struct error error = {""};
    const uint32_t only = 1;
    write_files("Anvilacre Surgery");
    run_open(&run, AUDIENCE_SHARED);
    assert_true(pages_write(&run.report, run.folder, &only, 1, false, 2, &error));
    assert_lacks(&run, "index.html", "href=\"practices/A81001/index.html\"");
    assert_holds(&run, "index.html", "href=\"practices/A81002/index.html\"");
    run_release(&run);
}

static void a_broken_template_is_named_with_its_line(void **state)
{
    (void)state;
    struct run run;
    struct error error = {""};
    write_files("Anvilacre Surgery");
    run_open(&run, AUDIENCE_SHARED);
    assert_int_equal(mkdir("mine", 0700), 0);
    assert_int_equal(mkdir("mine/templates", 0700), 0);
    scratch_write("mine/templates/overview.html", "<p>\n{{#practices}}\n");
    setenv("REFERLENS_REPORTS", "mine", 1);
    assert_false(pages_write(&run.report, run.folder, NULL, 0, false, 1, &error));
    assert_string_equal(error.message, "overview.html:2: nothing closes the section that opens here: practices");
    scratch_write("mine/templates/overview.html", "{{as_of}}\n{{>part.html}}\n");
    scratch_write("mine/templates/practice.html", "");
    scratch_write("mine/templates/tables-script.html", "");
    assert_false(pages_write(&run.report, run.folder, NULL, 0, false, 1, &error));
    assert_non_null(strstr(error.message, "part.html"));
    scratch_write("mine/templates/part.html", "of {{practice_count}}");
    assert_false(pages_write(&run.report, run.folder, NULL, 0, false, 1, &error));
    assert_non_null(strstr(error.message, "prompts.json"));
    scratch_write("mine/prompts.json", "{\"schema_version\":\"1\",\"questions\":[],\"default_question\":\"What else?\","
                                       "\"prompts\":[],\"appraisal\":[]}");
    assert_true(pages_write(&run.report, run.folder, NULL, 0, false, 1, &error));
    assert_holds(&run, "index.html", "2025-06-30\nof 2");
    setenv("REFERLENS_REPORTS", reports, 1);
    run_release(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_analyst_sees_exact_numbers_and_a_banner_on_every_page, enter, leave),
        cmocka_unit_test_setup_teardown(shared_pages_show_no_small_count, enter, leave),
        cmocka_unit_test_setup_teardown(a_practice_sees_itself_exactly_and_others_masked, enter, leave),
        cmocka_unit_test_setup_teardown(hostile_names_come_out_as_plain_text, enter, leave),
        cmocka_unit_test_setup_teardown(a_long_name_is_cut_for_display_and_whole_in_the_pack, enter, leave),
        cmocka_unit_test_setup_teardown(pages_hold_nothing_from_elsewhere_and_packs_no_script, enter, leave),
        cmocka_unit_test_setup_teardown(the_overview_has_one_script_which_its_policy_names, enter, leave),
        cmocka_unit_test_setup_teardown(pages_are_marked_up_for_those_who_listen, enter, leave),
        cmocka_unit_test_setup_teardown(the_overview_says_what_the_data_hold, enter, leave),
        cmocka_unit_test_setup_teardown(pages_judge_nobody_and_call_schemes_observational, enter, leave),
        cmocka_unit_test_setup_teardown(without_schemes_the_page_says_what_to_supply, enter, leave),
        cmocka_unit_test_setup_teardown(with_schemes_the_page_has_them_side_by_side, enter, leave),
        cmocka_unit_test_setup_teardown(what_was_assumed_is_said_aloud, enter, leave),
        cmocka_unit_test_setup_teardown(the_number_of_workers_changes_no_byte, enter, leave),
        cmocka_unit_test_setup_teardown(charts_are_embedded_as_pictures_with_their_numbers_under_them, enter, leave),
        cmocka_unit_test_setup_teardown(a_practice_without_a_pack_has_no_link, enter, leave),
        cmocka_unit_test_setup_teardown(a_broken_template_is_named_with_its_line, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
