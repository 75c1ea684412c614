#include "referlens/output/report_files.h"

#include "referlens/output/folder.h"

#include "../support/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <unistd.h>

#define TOOL "\"schema_version\":\"1\",\"tool\":{\"name\":\"referlens\",\"version\":\"0.9\"}"

static char scratch[SCRATCH_PATH_SIZE];

static int enter(void **state)
{
    (void)state;
    scratch_enter(scratch);
    return 0;
}

static int leave(void **state)
{
    (void)state;
    scratch_leave(scratch);
    return 0;
}

static void assert_file_is(const char *path, const char *content)
{
    char *found = scratch_read(path, NULL);
    assert_non_null(found);
    assert_string_equal(found, content);
    free(found);
}

static void assert_refused(const char *target, bool replace, const char *reason)
{
    struct folder *folder = NULL;
    struct error error = {""};
    assert_false(folder_open(target, replace, &folder, &error));
    assert_null(folder);
    if (strstr(error.message, reason) == NULL)
        fail_msg("'%s' does not say '%s'", error.message, reason);
}

/* A report of one chart and two packs, as an earlier version wrote them too: packs by their number only. */
static void write_report_with_packs(void)
{
    struct folder *folder;
    assert_true(folder_open("out", true, &folder, NULL));
    assert_true(folder_make(folder, "charts", NULL));
    assert_true(folder_make(folder, "practices/A81001/charts", NULL));
    assert_true(folder_make(folder, "practices/A81002", NULL));
    static const char *const names[] = {"content.txt", "charts/of-an-earlier-version.svg", "practices/A81001/pack.json",
                                        "practices/A81001/charts/rejection-funnel.tsv", "practices/A81002/cases.csv"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_true(folder_write(folder, names[i], TEXT("old"), NULL));
    assert_true(folder_write(folder, "report.json",
                             TEXT("{" TOOL ",\"files\":[\"charts/of-an-earlier-version.svg\",\"content.txt\","
                                  "\"report.json\"],\"packs\":{\"practices\":2,\"files\":3}}"),
                             NULL));
    assert_true(folder_publish(folder, NULL));
    folder_close(folder);
}

static void a_report_with_something_else_in_it_is_left_alone(void **state)
{
    (void)state;
    static const char *const names[] = {
        "minutes.txt",
        "charts/rejection-funnel.png",
        "charts/rejection-funnel.svg", /* a name that reports have, but not this one */
        "practices/notes.txt",
        "practices/A81001/agreed.txt",
        "practices/A81001/charts/rejection-funnel.tsv.bak",
        "practices/A81001/charts/cases.csv",
    };
    write_report_with_packs();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[SCRATCH_PATH_SIZE], reason[2 * SCRATCH_PATH_SIZE];
        snprintf(path, sizeof path, "out/%s", names[i]);
        snprintf(reason, sizeof reason, "'%s' is no file of the report in 'out', which is left alone", path);
        scratch_write(path, "mine");
        assert_refused("out", true, reason);
        assert_file_is(path, "mine");
        assert_file_is("out/content.txt", "old");
        assert_int_equal(unlink(path), 0);
        assert_int_equal(symlink("/etc/passwd", path), 0);
        assert_refused("out", true, reason);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(mkdir("out/practices/A81001-kept", 0755), 0);
    scratch_write("out/practices/A81001-kept/pack.json", "old");
    assert_refused("out", true, "'out/practices/' holds more than its report has written");
    assert_int_equal(unlink("out/practices/A81001-kept/pack.json"), 0);
    scratch_write("out/practices/A81001/charts/mine.svg", "mine");
    assert_refused("out", true, "'out/practices/' holds more than its report has written");
    assert_int_equal(unlink("out/practices/A81001/charts/mine.svg"), 0);
    struct folder *folder;
    assert_true(folder_open("out", true, &folder, NULL)); /* a folder without a file is nobody's loss */
    assert_true(folder_publish(folder, NULL));
    folder_close(folder);
    assert_false(scratch_exists("out/content.txt"));
}

static void what_is_put_into_the_old_report_during_the_run_is_not_destroyed(void **state)
{
    (void)state;
    struct folder *folder;
    struct error error = {""};
    write_report_with_packs();
    assert_true(folder_open("out", true, &folder, NULL));
    scratch_write("out/minutes.txt", "mine");
    assert_false(folder_publish(folder, &error));
    assert_non_null(strstr(error.message, "'out/minutes.txt' is no file of the report"));
    folder_close(folder);
    assert_file_is("out/minutes.txt", "mine");
    assert_file_is("out/content.txt", "old");
}

static void what_lies_in_a_folder_is_found_by_any_way_to_it(void **state)
{
    (void)state;
    assert_int_equal(mkdir("out", 0755), 0);
    assert_int_equal(mkdir("out/sub", 0755), 0);
    assert_int_equal(mkdir("outside", 0755), 0);
    scratch_write("out/sub/in.csv", "x");
    scratch_write("outside/in.csv", "x");
    assert_int_equal(symlink("out/sub", "way"), 0);
    assert_int_equal(symlink("../out/sub/in.csv", "outside/link.csv"), 0);
    assert_int_equal(symlink("../outside/in.csv", "out/link.csv"), 0);
    assert_int_equal(symlink("out", "latest"), 0);
    static const char *const held[] = {"out/sub/in.csv", "way/in.csv",   "outside/link.csv",
                                       "out/link.csv",   "./out/sub/..", "out/../way/in.csv"};
    for (size_t i = 0; i < sizeof held / sizeof *held; i++) {
        assert_true(report_files_hold("out", held[i]));
        assert_true(report_files_hold("latest/", held[i]));
    }
    assert_false(report_files_hold("out", "outside/in.csv"));
    assert_false(report_files_hold("out", "missing.csv"));
    assert_false(report_files_hold("missing", "outside/in.csv"));
    assert_int_equal(chdir("out/sub"), 0);
    assert_true(report_files_hold("../../out", "in.csv"));
    assert_int_equal(chdir("../.."), 0);
}

int main(void)
{
#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, enter, leave)
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(a_report_with_something_else_in_it_is_left_alone),
        IN_SCRATCH(what_is_put_into_the_old_report_during_the_run_is_not_destroyed),
        IN_SCRATCH(what_lies_in_a_folder_is_found_by_any_way_to_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
