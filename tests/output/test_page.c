/* Pages of two small practices, counted by hand: A81001 has 40 decided referrals, 10 of them rejected; A81002 has 40,
 * of which 3 were rejected. Wilson's interval for 10 of 40 is 14.2–40.2 %, for 3 of 40 2.6–19.9 % and for the rounded
 * 15 of 80 11.7–28.7 % (its formula, worked out in Python). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../support/json_schema.h"

#include "referlens/input/input.h"
#include "referlens/measure/report.h"
#include "referlens/output/folder.h"
#include "referlens/output/page.h"

#include <cjson/cJSON.h>

#include <ctype.h>
#include <limits.h>
#include <math.h>

enum { LONG_NAME = 10000 };

static char scratch[SCRATCH_PATH_SIZE];
static char reports[PATH_MAX];
static struct json_schemas schemas;

static int enter(void **state)
{
    (void)state;
    assert_non_null(realpath("reports", reports));
    setenv("REFERLENS_REPORTS", reports, 1);
    scratch_enter(scratch);
    return 0;
}

static int leave(void **state)
{
    (void)state;
    scratch_leave(scratch);
    return chdir(reports) == 0 && chdir("..") == 0 ? 0 : -1;
}

/* The files. */

static void add_referral(struct buffer *referrals, struct buffer *outcomes, const char *practice, int number,
                         bool rejected)
{
    buffer_add_formatted(referrals, "%s-%d,%s,2025-01-%02d,330,P%s%d\n", practice, number, practice, number % 28 + 1,
                         practice, number);
    buffer_add_formatted(outcomes, "%s-%d,2025-02-10,%s,%s\n", practice, number, rejected ? "rejected" : "accepted",
                         rejected ? "criteria_not_met" : "");
}

static void write_files(const char *practice_name)
{
    struct buffer referrals = buffer_with_maximum(1 << 20);
    struct buffer outcomes = buffer_with_maximum(1 << 20);
    struct buffer practices = buffer_with_maximum(1 << 20);
    buffer_add_string(&referrals, "referral_id,practice_code,referral_date,specialty_code,patient_key\n");
    buffer_add_string(&outcomes, "referral_id,event_date,event_type,reason_code\n");
    buffer_add_string(&practices, "practice_code,practice_name\n");
    for (int i = 0; i < 40; i++) {
        add_referral(&referrals, &outcomes, "A81001", i, i < 10);
        add_referral(&referrals, &outcomes, "A81002", i, i < 3);
    }
    buffer_add_formatted(&practices, "A81001,\"%s\"\nA81002,Riverside\n", practice_name);
    scratch_write("referrals.csv", referrals.bytes);
    scratch_write("outcomes.csv", outcomes.bytes);
    scratch_write("practices.csv", practices.bytes);
    scratch_write("sessions.csv", "practice_code,session_date,topic\nA81001,2025-02-03,<b>Headache</b>\n");
    buffer_release(&referrals);
    buffer_release(&outcomes);
    buffer_release(&practices);
}

/* A run: the pages of the files, in a folder that is never published. */

struct run {
    struct input input;
    struct evaluation *evaluation;
    struct report report;
    struct folder *folder;
};

static void run_prepare(struct run *run, enum audience audience)
{
    static const char *const paths[] = {"referrals.csv", "outcomes.csv", "practices.csv", "sessions.csv"};
    struct error error = {""};
    struct input_options options = {.as_of = DAY_UNKNOWN, .worker_count = 1};
    assert_true(day_parse(TEXT("2025-06-30"), &options.as_of));
    *run = (struct run){.report = {.version = "1.2.3", .as_of = options.as_of, .audience = audience}};
    assert_true(input_read(&run->input, paths, sizeof paths / sizeof paths[0], &options, &error));
    assert_true(quarter_parse(TEXT("2025-Q1"), &run->report.period));
    run->evaluation = evaluation_prepare(run->input.cohort, run->report.period, 1);
    run->report.evaluation = run->evaluation;
    run->report.cohort = run->input.cohort;
    run->report.ledgers = run->input.ledgers;
    run->report.ledger_count = run->input.file_count;
    report_evaluate(&run->report, 1);
    assert_true(folder_open("out", false, &run->folder, &error));
}

static void run_release(struct run *run)
{
    folder_close(run->folder);
    report_release(&run->report);
    evaluation_free(run->evaluation);
    input_release(&run->input);
}

static void write_pages(struct run *run, bool with_charts, size_t worker_count)
{
    static const uint32_t practices[] = {0, 1};
    struct error error = {""};
    bool done = pages_write(&run->report, run->folder, practices, 2, with_charts, worker_count, &error);
    assert_string_equal(error.message, "");
    assert_true(done);
}

static char *read_output(const struct run *run, const char *name)
{
    char path[2 * SCRATCH_PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", folder_path(run->folder), name);
    char *bytes = scratch_read(path, NULL);
    assert_non_null(bytes);
    return bytes;
}

static void assert_holds(const struct run *run, const char *name, const char *text)
{
    char *page = read_output(run, name);
    if (strstr(page, text) == NULL) {
        fail_msg("%s does not hold: %s", name, text);
    }
    free(page);
}

static void assert_lacks(const struct run *run, const char *name, const char *text)
{
    char *page = read_output(run, name);
    if (strstr(page, text) != NULL) {
        fail_msg("%s holds: %s", name, text);
    }
    free(page);
}

static const char *const pages[] = {"index.html", "practices/A81001/index.html", "practices/A81002/index.html"};

enum { PAGE_COUNT = 3 };

/* Tests. */

static void an_analyst_sees_exact_numbers_and_a_banner_on_every_page(void **state)
{
    (void)state;
    struct run run;
    write_files("Anvilacre Surgery");
    run_prepare(&run, AUDIENCE_ANALYST);
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
    run_prepare(&run, AUDIENCE_SHARED);
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
    run_prepare(&run, AUDIENCE_PRACTICE);
    write_pages(&run, false, 1);
    assert_holds(&run, pages[2], "3 of 40");
    assert_holds(&run, pages[2], "For this practice only.");
    assert_lacks(&run, pages[2], "13 of 80");
    assert_holds(&run, "index.html", "15 of 80");
    assert_lacks(&run, "index.html", "3 of 40");
    assert_holds(&run, "index.html", "Masked, to be shared.");
    run_release(&run);
}

static const cJSON *get(const cJSON *item, const char *path)
{
    char key[64];
    while (item != NULL && *path != '\0') {
        size_t length = strcspn(path, "/");
        snprintf(key, sizeof key, "%.*s", (int)length, path);
        item = isdigit((unsigned char)key[0]) ? cJSON_GetArrayItem(item, key[0] - '0')
                                              : cJSON_GetObjectItemCaseSensitive(item, key);
        path += length + (path[length] == '/');
    }
    return item;
}

static void a_pack_holds_numbers_beside_their_texts(void **state)
{
    (void)state;
    struct run run;
    write_files("Anvilacre Surgery");
    run_prepare(&run, AUDIENCE_ANALYST);
    write_pages(&run, false, 1);
    char *json = read_output(&run, "practices/A81001/pack.json");
    cJSON *pack = cJSON_Parse(json);
    assert_non_null(pack);
    assert_string_equal(get(pack, "schema_version")->valuestring, "1");
    assert_string_equal(get(pack, "tool/version")->valuestring, "1.2.3");
    assert_string_equal(get(pack, "as_of")->valuestring, "2025-06-30");
    assert_string_equal(get(pack, "period")->valuestring, "2025-Q1");
    assert_string_equal(get(pack, "practice/code")->valuestring, "A81001");
    assert_string_equal(get(pack, "proportions/0/id")->valuestring, "rejection_rate");
    const cJSON *cell = get(pack, "proportions/0/overall");
    assert_float_equal(get(cell, "numerator")->valuedouble, 10, 0);
    assert_float_equal(get(cell, "denominator")->valuedouble, 40, 0);
    assert_float_equal(get(cell, "value")->valuedouble, 0.25, 0);
    assert_float_equal(get(cell, "lower")->valuedouble, 0.14187118639096305, 1e-12);
    assert_string_equal(get(cell, "value_text")->valuestring, "25.0 %");
    assert_float_equal(get(pack, "proportions/0/all_overall/numerator")->valuedouble, 13, 0);
    assert_string_equal(get(pack, "headline/rejection_rate/overall/count_text")->valuestring, "10 of 40");
    assert_string_equal(get(pack, "reasons/rows/0/reason")->valuestring, "criteria_not_met");
    assert_string_equal(get(pack, "sessions/0/date")->valuestring, "2025-02-03");
    assert_string_equal(get(pack, "headline/attendance_conversion/overall/status")->valuestring, "not_recorded");
    assert_true(cJSON_IsNull(get(pack, "headline/attendance_conversion/overall/value")));
    assert_string_equal(get(pack, "headline/attendance_conversion/overall/status_text")->valuestring, "not recorded");
    cJSON_Delete(pack);
    free(json);
    run_release(&run);
}

static void a_pack_holds_against_its_schema(void **state)
{
    (void)state;
    for (enum audience audience = AUDIENCE_SHARED; audience <= AUDIENCE_ANALYST; audience++) {
        struct run run;
        write_files("Anvilacre Surgery");
        run_prepare(&run, audience);
        write_pages(&run, false, 1);
        for (size_t i = 1; i < PAGE_COUNT; i++) {
            char *json = read_output(&run, i == 1 ? "practices/A81001/pack.json" : "practices/A81002/pack.json");
            cJSON *pack = cJSON_Parse(json);
            if (!json_schema_holds(&schemas, "pack", pack))
                fail_msg("%s", schemas.problem);
            cJSON_Delete(pack);
            free(json);
        }
        run_release(&run);
    }
}

/* All 40 referrals of A81001 are submitted; 10 are rejected, and of 30 accepted none is known to have been seen. No two
 * practices make a funnel, so nothing stands out; what there is of the five filling measures is named. */
static void a_pack_says_what_became_of_the_referrals_and_what_to_talk_about(void **state)
{
    (void)state;
    struct run run;
    write_files("Anvilacre Surgery");
    run_prepare(&run, AUDIENCE_ANALYST);
    write_pages(&run, false, 1);
    char *json = read_output(&run, "practices/A81001/pack.json");
    cJSON *pack = cJSON_Parse(json);
    assert_float_equal(get(pack, "flow/submitted/count")->valuedouble, 40, 0);
    assert_string_equal(get(pack, "flow/decisions/0/id")->valuestring, "accepted");
    assert_float_equal(get(pack, "flow/decisions/0/count")->valuedouble, 30, 0);
    assert_string_equal(get(pack, "flow/decisions/0/ends/0/id")->valuestring, "waiting");
    assert_float_equal(get(pack, "flow/decisions/3/count")->valuedouble, 10, 0);
    assert_true(cJSON_IsFalse(get(pack, "flow/knows_attended")));
    assert_string_equal(get(pack, "talking_points/0/id")->valuestring, "rejection_rate");
    assert_string_equal(get(pack, "talking_points/0/own/count_text")->valuestring, "10 of 40");
    assert_float_equal(get(pack, "compared")->valuedouble, 0, 0);
    assert_string_equal(get(pack, "trust/0/kind")->valuestring, "not_recorded");
    assert_string_equal(get(pack, "change/state")->valuestring, "too_early");
    assert_int_equal(cJSON_GetArraySize(get(pack, "appraisal")), 4);
    assert_true(cJSON_GetArraySize(get(pack, "series")) == (int)measure_count);
    assert_holds(&run, pages[1], "<p class=\"question\">What did we learn from the last referral that came back?</p>");
    assert_holds(&run, pages[1], "Not recorded in these data, so there is no number: Seen within 180 days.");
    cJSON_Delete(pack);
    free(json);
    run_release(&run);
}

static void a_pack_comes_in_the_order_of_a_meeting(void **state)
{
    (void)state;
    static const char *const order[] = {
        "<h1>",          "class=\"when\"",      "id=\"trust\"",  "id=\"talk\"",  "id=\"flow\"",    "id=\"specialties\"",
        "id=\"rejections\"", "id=\"waits\"",      "id=\"advice\"", "id=\"time\"",  "id=\"change\"",  "id=\"cases\"",
        "id=\"prompts\"",    "id=\"actions\"",    "id=\"appraisal\"", "id=\"method\"", "id=\"reading\"", "id=\"definitions\"",
    };
    struct run run;
    write_files("Anvilacre Surgery");
    run_prepare(&run, AUDIENCE_SHARED);
    write_pages(&run, false, 1);
    char *page = read_output(&run, pages[1]);
    const char *at = page;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        const char *found = strstr(at, order[i]);
        if (found == NULL)
            fail_msg("%s is missing, or out of order", order[i]);
        at = found;
    }
    free(page);
    run_release(&run);
}

static void check_hostile_name(const char *name, const char *shown)
{
    struct run run;
    write_files(name);
    run_prepare(&run, AUDIENCE_ANALYST);
    write_pages(&run, false, 1);
    for (size_t i = 0; i < 2; i++) {
        assert_holds(&run, pages[i], shown);
        assert_lacks(&run, pages[i], "<script");
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
    run_prepare(&run, AUDIENCE_ANALYST);
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

static void pages_need_no_script_and_nothing_from_elsewhere(void **state)
{
    (void)state;
    static const char *const foreign[] = {"<script", "<link", "<iframe", "<form", "://", "@import", "url(", " onload="};
    struct run run;
    write_files("Anvilacre Surgery");
    run_prepare(&run, AUDIENCE_SHARED);
    write_pages(&run, true, 1);
    for (size_t i = 0; i < PAGE_COUNT; i++) {
        for (size_t j = 0; j < sizeof foreign / sizeof foreign[0]; j++) {
            assert_lacks(&run, pages[i], foreign[j]);
        }
        assert_holds(&run, pages[i], "default-src 'none'");
    }
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

static void pages_are_marked_up_for_those_who_listen(void **state)
{
    (void)state;
    struct run run;
    write_files("Anvilacre Surgery");
    run_prepare(&run, AUDIENCE_SHARED);
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

static void pages_judge_nobody_and_call_schemes_observational(void **state)
{
    (void)state;
    static const char *const judgements[] = {"good",  "bad",  "inappropriate", "poor",    "best",
                                             "worst", "Good", "Bad",           "outlier", "league"};
    struct run run;
    write_files("Anvilacre Surgery");
    run_prepare(&run, AUDIENCE_ANALYST);
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

static void what_was_assumed_is_said_aloud(void **state)
{
    (void)state;
    struct run run;
    write_files("Anvilacre Surgery");
    run_prepare(&run, AUDIENCE_SHARED);
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
    run_prepare(&one, AUDIENCE_SHARED);
    write_pages(&one, false, 1);
    char *expected[PAGE_COUNT];
    for (size_t i = 0; i < PAGE_COUNT; i++) {
        expected[i] = read_output(&one, pages[i]);
    }
    run_release(&one);
    run_prepare(&three, AUDIENCE_SHARED);
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
    run_prepare(&run, AUDIENCE_SHARED);
    assert_true(folder_make(run.folder, "charts", &error));
    assert_true(folder_write(run.folder, "charts/rejection-funnel.svg",
                             TEXT("<svg xmlns=\"http://www.w3.org/2000/svg\"><a href=\"../practices/A81001/index.html\"/></svg>"),
                             &error));
    assert_true(folder_write(run.folder, "charts/rejection-funnel.tsv",
                             TEXT("# meta\n# (key, value)\n\n\n# about\n# (key, text)\ntitle\tA < B\nsubtitle\tBy quarter\n"
                                  "\n\n# table\n# (cells)\n0\tPractice\tRate\n1\t<b>\t12.0 %\n"),
                             &error));
    write_pages(&run, true, 1);
    assert_holds(&run, "index.html", "<svg><a href=\"practices/A81001/index.html\"/></svg>");
    assert_holds(&run, "index.html", "<th scope=\"col\">Practice</th><th scope=\"col\">Rate</th>");
    assert_holds(&run, "index.html", "<td>&lt;b&gt;</td><td>12.0 %</td>");
    assert_holds(&run, "index.html", "aria-label=\"Chart: A &lt; B\"");
    assert_holds(&run, "index.html", "<a href=\"charts/rejection-funnel.tsv\">");
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
    run_prepare(&run, AUDIENCE_SHARED);
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
    run_prepare(&run, AUDIENCE_SHARED);
    assert_int_equal(mkdir("mine", 0700), 0);
    assert_int_equal(mkdir("mine/templates", 0700), 0);
    scratch_write("mine/templates/overview.html", "<p>\n{{#practices}}\n");
    setenv("REFERLENS_REPORTS", "mine", 1);
    assert_false(pages_write(&run.report, run.folder, NULL, 0, false, 1, &error));
    assert_string_equal(error.message, "overview.html:2: nothing closes the section that opens here: practices");
    scratch_write("mine/templates/overview.html", "{{as_of}}\n{{>part.html}}\n");
    scratch_write("mine/templates/practice.html", "");
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
        cmocka_unit_test_setup_teardown(a_pack_holds_numbers_beside_their_texts, enter, leave),
        cmocka_unit_test_setup_teardown(a_pack_holds_against_its_schema, enter, leave),
        cmocka_unit_test_setup_teardown(a_pack_says_what_became_of_the_referrals_and_what_to_talk_about, enter, leave),
        cmocka_unit_test_setup_teardown(a_pack_comes_in_the_order_of_a_meeting, enter, leave),
        cmocka_unit_test_setup_teardown(hostile_names_come_out_as_plain_text, enter, leave),
        cmocka_unit_test_setup_teardown(a_long_name_is_cut_for_display_and_whole_in_the_pack, enter, leave),
        cmocka_unit_test_setup_teardown(pages_need_no_script_and_nothing_from_elsewhere, enter, leave),
        cmocka_unit_test_setup_teardown(pages_are_marked_up_for_those_who_listen, enter, leave),
        cmocka_unit_test_setup_teardown(pages_judge_nobody_and_call_schemes_observational, enter, leave),
        cmocka_unit_test_setup_teardown(what_was_assumed_is_said_aloud, enter, leave),
        cmocka_unit_test_setup_teardown(the_number_of_workers_changes_no_byte, enter, leave),
        cmocka_unit_test_setup_teardown(charts_are_embedded_as_pictures_with_their_numbers_under_them, enter, leave),
        cmocka_unit_test_setup_teardown(a_practice_without_a_pack_has_no_link, enter, leave),
        cmocka_unit_test_setup_teardown(a_broken_template_is_named_with_its_line, enter, leave),
    };
    schemas = json_schemas_load();
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    json_schemas_release(&schemas);
    return failed;
}
