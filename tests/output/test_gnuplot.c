#include "referlens/output/gnuplot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../support/scratch.h"

static char scratch[SCRATCH_PATH_SIZE];

/* Scripts of our own, in a folder whose name would end a command if it were part of one. */
static int enter(void **state)
{
    (void)state;
    scratch_enter(scratch);
    static const char folder[] = "it's; a \"folder\" `touch hurt`";
    char path[SCRATCH_PATH_SIZE];
    assert_int_equal(mkdir(folder, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/charts", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/charts/dots.gp", folder);
    scratch_write(path, "set terminal svg size 200, 100\nset output ARG2\nplot ARG1 using 1:2 with points\n"
                        "unset output\n");
    (void)snprintf(path, sizeof path, "%s/charts/broken.gp", folder);
    scratch_write(path, "warnings = 1\nplot no_such_function(x)\n");
    (void)snprintf(path, sizeof path, "%s/charts/leave.gp", folder);
    scratch_write(path, "exit status 0\n");
    (void)snprintf(path, sizeof path, "%s/charts/half.gp", folder);
    scratch_write(path, "set print ARG2\nprint '<svg>'\nunset print\n");
    (void)snprintf(path, sizeof path, "%s/charts/locale.gp", folder);
    scratch_write(path, "set print ARG2\nprint sprintf(\"%.1f\", 0.5), GPVAL_ERRNO, exists(\"settings\")\nunset print\n");
    assert_int_equal(setenv("REFERLENS_REPORTS", folder, 1), 0);
    assert_int_equal(mkdir("out", 0700), 0);
    scratch_write("out/data.tsv", "1\t2\n3\t4\n");
    return 0;
}

static int leave(void **state)
{
    (void)state;
    scratch_leave(scratch);
    return 0;
}

static void one_process_draws_many_pictures(void **state)
{
    (void)state;
    struct gnuplot *gnuplot = NULL;
    struct error error = {""};
    assert_true(gnuplot_start("out", &gnuplot, &error));
    char name[64];
    for (int i = 0; i < 50; i++) {
        (void)snprintf(name, sizeof name, "picture-%d.svg", i);
        assert_true(gnuplot_draw(gnuplot, "dots.gp", "data.tsv", name, &error));
    }
    assert_true(gnuplot_finish(gnuplot, &error));
    for (int i = 0; i < 50; i++) {
        (void)snprintf(name, sizeof name, "picture-%d.svg", i);
        assert_true(gnuplot_picture_check("out", name, &error));
    }
    assert_int_equal(access("hurt", F_OK), -1);
    assert_int_equal(access("out/hurt", F_OK), -1);
}

static void several_processes_run_at_a_time(void **state)
{
    (void)state;
    struct gnuplot *first = NULL;
    struct gnuplot *second = NULL;
    struct error error = {""};
    assert_true(gnuplot_start("out", &first, &error));
    assert_true(gnuplot_start("out", &second, &error));
    assert_true(gnuplot_draw(first, "dots.gp", "data.tsv", "one.svg", &error));
    assert_true(gnuplot_draw(second, "dots.gp", "data.tsv", "two.svg", &error));
    assert_true(gnuplot_finish(first, &error));
    assert_true(gnuplot_finish(second, &error));
    size_t one_length = 0;
    size_t two_length = 0;
    char *one = scratch_read("out/one.svg", &one_length);
    char *two = scratch_read("out/two.svg", &two_length);
    assert_int_equal(one_length, two_length);
    assert_memory_equal(one, two, one_length);
    free(one);
    free(two);
}

static void an_error_in_a_script_is_told_even_if_later_ones_are_fine(void **state)
{
    (void)state;
    struct gnuplot *gnuplot = NULL;
    struct error error = {""};
    assert_true(gnuplot_start("out", &gnuplot, &error));
    assert_true(gnuplot_draw(gnuplot, "broken.gp", "data.tsv", "broken.svg", &error));
    assert_true(gnuplot_draw(gnuplot, "dots.gp", "data.tsv", "fine.svg", &error));
    assert_false(gnuplot_finish(gnuplot, &error));
    assert_non_null(strstr(error.message, "broken.gp"));
    assert_non_null(strstr(error.message, "undefined function: no_such_function"));
}

static void a_missing_script_is_an_error(void **state)
{
    (void)state;
    struct gnuplot *gnuplot = NULL;
    struct error error = {""};
    assert_true(gnuplot_start("out", &gnuplot, &error));
    assert_true(gnuplot_draw(gnuplot, "none.gp", "data.tsv", "none.svg", &error));
    assert_false(gnuplot_finish(gnuplot, &error));
    assert_non_null(strstr(error.message, "none.gp"));
    assert_false(gnuplot_picture_check("out", "none.svg", &error));
    assert_non_null(strstr(error.message, "did not draw 'none.svg'"));
}

static void a_process_that_has_ended_raises_no_signal(void **state)
{
    (void)state;
    struct gnuplot *gnuplot = NULL;
    struct error error = {""};
    assert_true(gnuplot_start("out", &gnuplot, &error));
    bool sent = gnuplot_draw(gnuplot, "leave.gp", "data.tsv", "left.svg", &error);
    for (int i = 0; i < 10000 && sent; i++)
        sent = gnuplot_draw(gnuplot, "dots.gp", "data.tsv", "left.svg", &error);
    assert_false(sent);
    assert_non_null(strstr(error.message, "gnuplot ended before 'left.svg'"));
    (void)gnuplot_finish(gnuplot, &error);
}

static void a_picture_that_was_not_finished_is_found_out(void **state)
{
    (void)state;
    struct gnuplot *gnuplot = NULL;
    struct error error = {""};
    assert_true(gnuplot_start("out", &gnuplot, &error));
    assert_true(gnuplot_draw(gnuplot, "half.gp", "data.tsv", "half.svg", &error));
    assert_true(gnuplot_finish(gnuplot, &error));
    assert_false(gnuplot_picture_check("out", "half.svg", &error));
    assert_non_null(strstr(error.message, "did not finish 'half.svg'"));
    scratch_write("out/empty.svg", "");
    assert_false(gnuplot_picture_check("out", "empty.svg", &error));
}

static void only_plain_names_reach_a_command(void **state)
{
    (void)state;
    static const char *const names[] = {"a b.svg",  "a'b.svg",   "a`id`.svg", "$(id).svg", "a\nb.svg", "<id",
                                        "-",        "--version", "",          "a\"b",      "å.svg",    "a\\b",
                                        "a;b.svg",  "a\tb.svg",  "@a",        "|id",       "a{b}.svg", "a%n.svg"};
    struct gnuplot *gnuplot = NULL;
    struct error error = {""};
    assert_true(gnuplot_start("out", &gnuplot, &error));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_false(gnuplot_draw(gnuplot, "dots.gp", "data.tsv", names[i], &error));
        assert_false(gnuplot_draw(gnuplot, "dots.gp", names[i], "fine.svg", &error));
        assert_false(gnuplot_draw(gnuplot, names[i], "data.tsv", "fine.svg", &error));
    }
    assert_true(gnuplot_finish(gnuplot, &error));
}

static void nothing_of_ours_or_the_users_settings_reaches_it(void **state)
{
    (void)state;
    assert_int_equal(mkdir("home", 0700), 0);
    scratch_write("home/.gnuplot", "settings = 1\n");
    scratch_write("out/.gnuplot", "settings = 1\n");
    char home[SCRATCH_PATH_SIZE];
    assert_non_null(realpath("home", home));
    assert_int_equal(setenv("HOME", home, 1), 0);
    assert_int_equal(setenv("LC_ALL", "de_DE.UTF-8", 1), 0);
    struct gnuplot *gnuplot = NULL;
    struct error error = {""};
    assert_true(gnuplot_start("out", &gnuplot, &error));
    assert_true(gnuplot_draw(gnuplot, "locale.gp", "data.tsv", "locale.txt", &error));
    assert_true(gnuplot_finish(gnuplot, &error));
    char *text = scratch_read("out/locale.txt", NULL);
    assert_string_equal(text, "0.5 0 0\n");
    free(text);
}

static void a_missing_gnuplot_is_told_with_its_package(void **state)
{
    (void)state;
    struct error error = {""};
    assert_true(gnuplot_check(&error));
    char *path = strdup(getenv("PATH"));
    assert_int_equal(setenv("PATH", "/nowhere", 1), 0);
    assert_false(gnuplot_check(&error));
    assert_non_null(strstr(error.message, "gnuplot-nox"));
    assert_non_null(strstr(error.message, "--no-charts"));
    struct gnuplot *gnuplot = NULL;
    assert_false(gnuplot_start("out", &gnuplot, &error));
    assert_null(gnuplot);
    assert_int_equal(setenv("PATH", path, 1), 0);
    free(path);
}

static void another_program_of_that_name_is_refused(void **state)
{
    (void)state;
    char *path = strdup(getenv("PATH"));
    assert_int_equal(mkdir("bin", 0700), 0);
    scratch_write("bin/gnuplot", "#!/bin/sh\necho gnuplot 4.6 patchlevel 6\n");
    assert_int_equal(chmod("bin/gnuplot", 0700), 0);
    char folder[SCRATCH_PATH_SIZE];
    assert_non_null(realpath("bin", folder));
    assert_int_equal(setenv("PATH", folder, 1), 0);
    struct error error = {""};
    assert_false(gnuplot_check(&error));
    assert_non_null(strstr(error.message, "5.2 or later"));
    assert_int_equal(setenv("PATH", path, 1), 0);
    free(path);
}

static void missing_scripts_are_told_before_any_work(void **state)
{
    (void)state;
    char *folder = strdup(getenv("REFERLENS_REPORTS"));
    assert_int_equal(setenv("REFERLENS_REPORTS", "nowhere", 1), 0);
    struct error error = {""};
    assert_false(gnuplot_check(&error));
    assert_non_null(strstr(error.message, "'charts' in 'nowhere'"));
    assert_int_equal(setenv("REFERLENS_REPORTS", folder, 1), 0);
    free(folder);
}

static void finishing_nothing_is_allowed(void **state)
{
    (void)state;
    assert_true(gnuplot_finish(NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_process_draws_many_pictures),
        cmocka_unit_test(several_processes_run_at_a_time),
        cmocka_unit_test(an_error_in_a_script_is_told_even_if_later_ones_are_fine),
        cmocka_unit_test(a_missing_script_is_an_error),
        cmocka_unit_test(a_process_that_has_ended_raises_no_signal),
        cmocka_unit_test(a_picture_that_was_not_finished_is_found_out),
        cmocka_unit_test(only_plain_names_reach_a_command),
        cmocka_unit_test(nothing_of_ours_or_the_users_settings_reaches_it),
        cmocka_unit_test(a_missing_gnuplot_is_told_with_its_package),
        cmocka_unit_test(another_program_of_that_name_is_refused),
        cmocka_unit_test(missing_scripts_are_told_before_any_work),
        cmocka_unit_test(finishing_nothing_is_allowed),
    };
    return cmocka_run_group_tests_name("gnuplot", tests, enter, leave);
}
