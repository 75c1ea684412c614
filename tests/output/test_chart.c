#include "referlens/output/chart.h"

#include "../support/drawn_county.h"
#include "../support/fitting_words.h"

#include "referlens/output/assets.h"

#include <ctype.h>

enum { CHARTS_COMPARED = 32 };

/* One name that does what it can to get out of a sheet, a script, a shell or a picture. */
static const char hostile[] =
    "<script>alert(1)</script>\"\"`touch hurt` $(touch hurt) <touch hurt |touch hurt\ttab\nEOD\n"
    "%n%s {/Symbol a} @macro ^2 _3 \\n\\t\\101 \xE2\x80\xAE"
    "desrever &amp; ]]> ' #";

static void assert_chart_fits(const struct run *run, const char *place, const char *chart)
{
    char *sheet = read_output(run, place, chart, "tsv", NULL);
    assert_words_fit(text_of(sheet));
    free(sheet);
}

/* The rows of a block of a sheet, as text: "" where there is none. */
static char *block_of(const struct run *run, const char *place, const char *chart, const char *name)
{
    char *sheet = read_output(run, place, chart, "tsv", NULL);
    char heading[64];
    (void)snprintf(heading, sizeof heading, "# %s\n", name);
    char *start = strstr(sheet, heading);
    char *rows = start == NULL ? NULL : strchr(start + strlen(heading), '\n') + 1;
    char *end = rows == NULL ? NULL : strstr(rows, "\n\n\n#");
    if (end != NULL)
        end[1] = '\0';
    char *copy = rows == NULL || *rows == '\n' ? memory_copy_text("", 0) : memory_copy_text(rows, strlen(rows));
    free(sheet);
    return copy;
}

/* One that XML knows by itself. */
static bool is_reference(const char *at)
{
    static const char *const references[] = {"&lt;", "&gt;", "&amp;", "&quot;", "&#39;", "&#96;"};
    for (size_t i = 0; i < sizeof references / sizeof references[0]; i++) {
        if (strncmp(at, references[i], strlen(references[i])) == 0)
            return true;
    }
    return false;
}

/* Whether tags nest and close, attributes are quoted and "&" begins a reference: enough to catch text that got out. */
static bool is_well_formed(const char *xml)
{
    int depth = 0;
    for (const char *at = xml; *at != '\0'; at++) {
        if (*at == '&' && !is_reference(at))
            return false;
        if (*at != '<')
            continue;
        const char *start = at + 1;
        bool closing = *start == '/';
        char quote = '\0';
        for (at = start; *at != '\0' && (quote != '\0' || *at != '>'); at++) {
            if (quote != '\0' ? *at == quote : *at == '"' || *at == '\'')
                quote = quote != '\0' ? '\0' : *at;
            if (*at == '<' && quote == '\0')
                return false;
        }
        if (*at == '\0' || (!closing && !isalpha((unsigned char)*start) && *start != '?'))
            return false;
        depth += closing ? -1 : *start == '?' || at[-1] == '/' ? 0 : 1;
    }
    return depth == 0;
}

static void every_chart_has_a_script_and_is_listed(void **state)
{
    (void)state;
    struct buffer list = buffer_with_maximum(1 << 12);
    chart_list(&list);
    for (size_t i = 0; i < chart_count; i++) {
        char name[128], path[ASSETS_PATH_SIZE];
        struct error error = {""};
        (void)snprintf(name, sizeof name, "charts/%s.gp", chart_table[i].id);
        assert_true(assets_find(path, name, &error));
        assert_non_null(strstr(list.bytes, chart_table[i].id));
        assert_int_equal(strspn(chart_table[i].id, "abcdefghijklmnopqrstuvwxyz-"), strlen(chart_table[i].id));
    }
    buffer_release(&list);
}

static void every_chart_is_drawn_for_the_report_and_each_practice(void **state)
{
    (void)state;
    for (enum audience audience = AUDIENCE_SHARED; audience <= AUDIENCE_ANALYST; audience++) {
        struct run run;
        run_prepare(&run, &ordinary, audience);
        draw(&run, 2);
        for (size_t i = 0; i < chart_count; i++) {
            for (size_t practice = 0; practice <= ordinary.practice_count; practice++) {
                char place[64] = "";
                if (practice > 0)
                    (void)snprintf(place, sizeof place, "practices/A81%03zu/", practice);
                if ((chart_table[i].scopes & (practice > 0 ? CHART_OF_PRACTICE : CHART_OF_REPORT)) == 0)
                    continue;
                char *picture = read_output(&run, place, chart_table[i].id, "svg", NULL);
                assert_true(is_well_formed(picture));
                assert_non_null(strstr(picture, "<text"));
                free(picture);
                assert_chart_fits(&run, place, chart_table[i].id);
                /* Nobody has 20 decided referrals in a quarter, which deciles take. */
                if (strcmp(chart_table[i].id, "rejection-deciles") == 0)
                    assert_holds(&run, place, chart_table[i].id, "too few practices have enough to show");
                else
                    assert_lacks(&run, place, chart_table[i].id, "nothing\t1");
            }
        }
        run_release(&run);
    }
}

/* Whether a chart is of the report and of practices. */
static bool is_of_both(size_t chart)
{
    return chart_table[chart].scopes == (CHART_OF_REPORT | CHART_OF_PRACTICE);
}

static void the_same_pictures_come_from_any_number_of_workers(void **state)
{
    (void)state;
    struct run run;
    char *first[CHARTS_COMPARED][3] = {{NULL}};
    run_prepare(&run, &ordinary, AUDIENCE_SHARED);
    draw(&run, 1);
    for (size_t i = 0; i < CHARTS_COMPARED && i < chart_count; i++) {
        if (!is_of_both(i))
            continue;
        first[i][0] = read_output(&run, "", chart_table[i].id, "svg", NULL);
        first[i][1] = read_output(&run, "practices/A81003/", chart_table[i].id, "svg", NULL);
        first[i][2] = read_output(&run, "practices/A81012/", chart_table[i].id, "tsv", NULL);
    }
    run_release(&run);
    run_prepare(&run, &ordinary, AUDIENCE_SHARED);
    draw(&run, 3);
    for (size_t i = 0; i < CHARTS_COMPARED && i < chart_count; i++) {
        if (!is_of_both(i))
            continue;
        char *again[] = {read_output(&run, "", chart_table[i].id, "svg", NULL),
                         read_output(&run, "practices/A81003/", chart_table[i].id, "svg", NULL),
                         read_output(&run, "practices/A81012/", chart_table[i].id, "tsv", NULL)};
        for (size_t j = 0; j < 3; j++) {
            assert_string_equal(first[i][j], again[j]);
            free(first[i][j]);
            free(again[j]);
        }
    }
    run_release(&run);
}

static void hostile_text_comes_out_as_plain_cut_text(void **state)
{
    (void)state;
    struct county county = ordinary;
    char *endless = memory_allocate(10001);
    memset(endless, 'W', 10000);
    endless[10000] = '\0';
    county.names[0] = hostile;
    county.names[1] = endless;
    county.names[2] = "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D \xE2\x80\x8F \xF0\x9F\x8F\xA5 \xEF\xBF\xBF";
    county.codes[10] = "A8\"\"<b>`touch hurt`";
    county.reason = hostile;
    struct run run;
    run_prepare(&run, &county, AUDIENCE_ANALYST);
    draw(&run, 2);
    static const char *const places[] = {"", "practices/A81001/", "practices/A81002/", "practices/A81003/"};
    for (size_t p = 0; p < sizeof places / sizeof places[0]; p++) {
        for (size_t i = 0; i < chart_count; i++) {
            size_t length = 0;
            if (!is_of_both(i))
                continue;
            char *picture = read_output(&run, places[p], chart_table[i].id, "svg", &length);
            assert_true(is_well_formed(picture));
            assert_null(strstr(picture, "<script"));
            assert_null(strstr(picture, "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW"));
            assert_null(strstr(picture, "\xEF\xBF\xBF"));
            assert_null(strstr(picture, "\xE2\x80\xAE"));
            assert_int_equal(strlen(picture), length);
            free(picture);
            assert_chart_fits(&run, places[p], chart_table[i].id);
        }
    }
    char *reasons = read_output(&run, "", "rejection-reasons", "svg", NULL);
    assert_non_null(strstr(reasons, "&lt;script>alert(1)&lt;/s"));
    free(reasons);
    char *funnel = read_output(&run, "", "rejection-funnel", "svg", NULL);
    assert_non_null(strstr(funnel, "A8”&lt;b>`to"));
    free(funnel);
    char path[2 * SCRATCH_PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/hurt", folder_path(run.folder));
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(access("hurt", F_OK), -1);
    run_release(&run);
    free(endless);
}

static void schemes_get_a_curve_each_and_the_word_observational(void **state)
{
    (void)state;
    struct county county = ordinary;
    county.two_schemes = true;
    struct run run;
    run_prepare(&run, &county, AUDIENCE_ANALYST);
    draw(&run, 1);
    assert_holds(&run, "", "wait-first-attendance", "Observational");
    assert_holds(&run, "", "wait-first-attendance", "Referral management");
    assert_holds(&run, "", "wait-first-attendance", "Peer review");
    assert_holds(&run, "", "wait-decision", "Half were decided within 7 days, by scheme");
    assert_lacks(&run, "practices/A81001/", "wait-decision", "Observational");
    run_release(&run);
}

static void a_pack_names_no_other_practice(void **state)
{
    (void)state;
    for (enum audience audience = AUDIENCE_SHARED; audience <= AUDIENCE_ANALYST; audience++) {
        struct run run;
        run_prepare(&run, &ordinary, audience);
        draw(&run, 2);
        for (size_t i = 0; i < chart_count; i++) {
            for (size_t other = 2; other <= ordinary.practice_count && is_of_both(i); other++) {
                char code[32];
                (void)snprintf(code, sizeof code, "A81%03zu", other);
                assert_lacks(&run, "practices/A81001/", chart_table[i].id, code);
            }
        }
        run_release(&run);
    }
}

/* Practices with 0 to 11 rejections: those with 1 to 7 must not be seen by others. */
static const int small[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
static const struct county suppressed = {.practice_count = 16, .rejected = small, .reason = "criteria_not_met"};

static void a_suppressed_practice_is_no_point(void **state)
{
    (void)state;
    for (enum audience audience = AUDIENCE_SHARED; audience <= AUDIENCE_PRACTICE; audience++) {
        struct run run;
        run_prepare(&run, &suppressed, audience);
        draw(&run, 2);
        char *rows = block_of(&run, "", "rejection-funnel", "practices");
        size_t count = 0;
        for (char *row = rows; *row != '\0'; row = strchr(row, '\n') + 1, count++) {
            /* Rounded to the nearest 5 of 60: 0/60, 10/60 or 15/60. */
            assert_true(strncmp(row, "60\t0\t", 5) == 0 || strncmp(row, "60\t0.166667\t", 12) == 0 ||
                        strncmp(row, "60\t0.25\t", 8) == 0);
        }
        assert_int_equal(count, 9);
        free(rows);
        assert_holds(&run, "", "rejection-funnel", "7 practices are not shown");
        char *peers = block_of(&run, "practices/A81009/", "rejection-funnel", "peers");
        assert_null(strstr(peers, "0.05"));
        assert_null(strstr(peers, "0.13"));
        free(peers);
        /* Eight of the 13 decided in the first quarter, or 10 of 15. */
        assert_holds(&run, "practices/A81009/", "rejection-over-time",
                     audience == AUDIENCE_PRACTICE ? "0\t0.615385\t" : "0\t0.666667\t");
        /* Three of 60 is 5 %: its own eyes alone. */
        if (audience == AUDIENCE_PRACTICE)
            assert_holds(&run, "practices/A81004/", "rejection-funnel", "60\t0.05\t");
        else
            assert_holds(&run, "practices/A81004/", "rejection-funnel", "too few to show");
        run_release(&run);
    }
}

/* The first practice had all but one of its 60 rejected. */
static void one_referral_seen_is_told_in_the_singular(void **state)
{
    (void)state;
    struct county county = {.practice_count = 2, .rejected = (const int[]){59, 20}, .reason = "criteria_not_met"};
    struct run run;
    run_prepare(&run, &county, AUDIENCE_ANALYST);
    draw(&run, 1);
    assert_holds(&run, "practices/A81001/", "referral-flow", "title\tOf 60 referrals 1 was seen and 59 rejected");
    assert_holds(&run, "practices/A81002/", "referral-flow", "title\tOf 60 referrals 40 were seen and 20 rejected");
    run_release(&run);
}

/* What the fourth practice has 3 of: in neither the words nor the numbers, and not drawn as what it is. */
static void a_hidden_count_of_the_flow_has_no_share(void **state)
{
    (void)state;
    struct run run;
    run_prepare(&run, &suppressed, AUDIENCE_SHARED);
    draw(&run, 2);
    assert_holds(&run, "practices/A81004/", "referral-flow",
                 "\tRejected\tNot referred again in 90 days\tfewer than 8\t\n");
    assert_lacks(&run, "practices/A81004/", "referral-flow", "fewer than 8\t100.0 %");
    assert_holds(&run, "practices/A81004/", "referral-flow", "drawn as wide as 4");
    assert_lacks(&run, "practices/A81011/", "referral-flow", "drawn as wide as");
    run_release(&run);
}

/* In one specialty, each of 60: with 0 to 15 rejections seven of 16 are hidden, and of the others 8 to 12 are shown as
 * 10, 13 to 15 as 15. Taken as 1 they leave a 10th percentile of 1 and a middle of (1 + 10) / 2, taken as 7 a 90th of
 * 15 and a middle of (7 + 10) / 2, of 60. */
static void a_range_of_hidden_counts_is_said_to_be_one_at_the_widest(void **state)
{
    (void)state;
    static const int above[] = {0, 1, 2, 3, 10, 10, 10, 10, 10, 55};
    static const int hidden[] = {1, 1, 2, 2, 3, 3, 4, 9, 9, 9, 9, 55};
    static const struct county high = {.practice_count = 10, .rejected = above, .reason = "criteria_not_met"};
    static const struct county mostly_hidden = {.practice_count = 12, .rejected = hidden, .reason = "criteria_not_met"};
    static const struct {
        const struct county *county;
        const char *place, *masked[3], *exact;
    } cases[] = {
        {&suppressed,
         "practices/A81001/",
         {"none lies for certain", "\tat the widest 1.7–25.0 %\t9.2–14.2 %\t16\t7\n", "most practices, at the widest"},
         "none lies wholly"},
        {&high, "practices/A81010/", {"at least 1 of 1", "\tat the widest ", "Hollow bars"}, "1 of 1 lies wholly"},
        {&mostly_hidden,
         "practices/A81012/",
         {"too many counts", "\tmostly hidden\t\t12\t7\n", "more than half"},
         "1 of 1 lies"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct run run;
        run_prepare(&run, cases[i].county, AUDIENCE_PRACTICE);
        draw(&run, 2);
        for (size_t k = 0; k < 3; k++)
            assert_holds(&run, cases[i].place, "rejection-by-specialty", cases[i].masked[k]);
        assert_chart_fits(&run, cases[i].place, "rejection-by-specialty");
        run_release(&run);
        run_prepare(&run, cases[i].county, AUDIENCE_ANALYST);
        draw(&run, 2);
        assert_holds(&run, cases[i].place, "rejection-by-specialty", cases[i].exact);
        assert_lacks(&run, cases[i].place, "rejection-by-specialty", "\tat the widest");
        run_release(&run);
    }
}

static void a_county_without_referrals_has_charts_that_say_so(void **state)
{
    (void)state;
    struct county county = {.practice_count = 0, .rejected = even, .reason = ""};
    struct run run;
    run_prepare(&run, &county, AUDIENCE_SHARED);
    struct error error = {""};
    assert_true(charts_write(&run.report, NULL, run.folder, NULL, 0, 2, &error));
    for (size_t i = 0; i < chart_count; i++) {
        if ((chart_table[i].scopes & CHART_OF_REPORT) == 0)
            continue;
        assert_holds(&run, "", chart_table[i].id, "nothing\t1");
        char *picture = read_output(&run, "", chart_table[i].id, "svg", NULL);
        assert_true(is_well_formed(picture));
        free(picture);
    }
    run_release(&run);
}

static void a_failing_script_fails_the_charts_and_is_named(void **state)
{
    (void)state;
    struct run run;
    run_prepare(&run, &ordinary, AUDIENCE_SHARED);
    assert_int_equal(mkdir("mine", 0700), 0);
    assert_int_equal(mkdir("mine/charts", 0700), 0);
    scratch_write("mine/charts/rejection-funnel.gp", "plot no_such_thing\n");
    assert_int_equal(setenv("REFERLENS_REPORTS", "mine", 1), 0);
    struct error error = {""};
    uint32_t practices[] = {0, 1};
    assert_false(charts_write(&run.report, NULL, run.folder, practices, 2, 2, &error));
    assert_non_null(strstr(error.message, "gnuplot failed"));
    assert_int_equal(setenv("REFERLENS_REPORTS", reports, 1), 0);
    run_release(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_chart_has_a_script_and_is_listed),
        cmocka_unit_test(every_chart_is_drawn_for_the_report_and_each_practice),
        cmocka_unit_test(the_same_pictures_come_from_any_number_of_workers),
        cmocka_unit_test(hostile_text_comes_out_as_plain_cut_text),
        cmocka_unit_test(schemes_get_a_curve_each_and_the_word_observational),
        cmocka_unit_test(a_pack_names_no_other_practice),
        cmocka_unit_test(a_suppressed_practice_is_no_point),
        cmocka_unit_test(one_referral_seen_is_told_in_the_singular),
        cmocka_unit_test(a_hidden_count_of_the_flow_has_no_share),
        cmocka_unit_test(a_range_of_hidden_counts_is_said_to_be_one_at_the_widest),
        cmocka_unit_test(a_county_without_referrals_has_charts_that_say_so),
        cmocka_unit_test(a_failing_script_fails_the_charts_and_is_named),
    };
    return cmocka_run_group_tests_name("charts", tests, enter, leave);
}
