#include "referlens/output/assets.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void write_file(const char *path, const char *content)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* A folder with a space and a quote in its name that holds charts/one.gp. */
static int make_folder(void **state)
{
    static char folder[] = "/tmp/referlens assets' XXXXXX";
    assert_non_null(mkdtemp(folder));
    char path[256];
    (void)snprintf(path, sizeof(path), "%s/charts", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof(path), "%s/charts/one.gp", folder);
    write_file(path, "plot 1\n");
    *state = folder;
    return 0;
}

static int remove_folder(void **state)
{
    char path[256];
    (void)snprintf(path, sizeof(path), "%s/charts/one.gp", (const char *)*state);
    assert_int_equal(unlink(path), 0);
    (void)snprintf(path, sizeof(path), "%s/charts", (const char *)*state);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(rmdir(*state), 0);
    return 0;
}

static void the_environment_names_the_folder(void **state)
{
    assert_int_equal(setenv("REFERLENS_REPORTS", *state, 1), 0);
    char path[ASSETS_PATH_SIZE];
    char expected[256];
    struct error error = {""};
    assert_true(assets_find(path, "charts/one.gp", &error));
    (void)snprintf(expected, sizeof(expected), "%s/charts/one.gp", (const char *)*state);
    assert_string_equal(path, expected);

    struct buffer content = buffer_with_maximum(ASSET_SIZE_MAX);
    assert_true(assets_read("charts/one.gp", &content, &error));
    assert_string_equal(content.bytes, "plot 1\n");
    buffer_release(&content);
}

static void a_missing_asset_is_an_error_that_names_it(void **state)
{
    assert_int_equal(setenv("REFERLENS_REPORTS", *state, 1), 0);
    char path[ASSETS_PATH_SIZE] = "untouched";
    struct error error = {""};
    assert_false(assets_find(path, "charts/two.gp", &error));
    assert_non_null(strstr(error.message, "charts/two.gp"));
    assert_string_equal(path, "untouched");
}

static void without_the_environment_only_the_known_places_are_searched(void **state)
{
    (void)state;
    assert_int_equal(unsetenv("REFERLENS_REPORTS"), 0);
    char path[ASSETS_PATH_SIZE];
    struct error error = {""};
    assert_false(assets_find(path, "no/such/asset", &error));
    assert_non_null(strstr(error.message, "share/referlens/reports"));
    assert_non_null(strstr(error.message, "REFERLENS_REPORTS"));
}

static void an_asset_larger_than_the_buffer_is_refused(void **state)
{
    assert_int_equal(setenv("REFERLENS_REPORTS", *state, 1), 0);
    struct buffer content = buffer_with_maximum(3);
    struct error error = {""};
    assert_false(assets_read("charts/one.gp", &content, &error));
    assert_non_null(strstr(error.message, "larger than 3 bytes"));
    buffer_release(&content);
}

static void a_folder_is_no_asset_to_read(void **state)
{
    assert_int_equal(setenv("REFERLENS_REPORTS", *state, 1), 0);
    struct buffer content = buffer_with_maximum(ASSET_SIZE_MAX);
    struct error error = {""};
    assert_false(assets_read("charts", &content, &error));
    assert_non_null(strstr(error.message, "cannot read"));
    buffer_release(&content);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_environment_names_the_folder),
        cmocka_unit_test(a_missing_asset_is_an_error_that_names_it),
        cmocka_unit_test(without_the_environment_only_the_known_places_are_searched),
        cmocka_unit_test(an_asset_larger_than_the_buffer_is_refused),
        cmocka_unit_test(a_folder_is_no_asset_to_read),
    };
    return cmocka_run_group_tests_name("assets", tests, make_folder, remove_folder);
}
