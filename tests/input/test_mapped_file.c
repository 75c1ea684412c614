#include "referlens/input/mapped_file.h"

#include "../support/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

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

static void set_modified(const char *path, time_t seconds)
{
    const struct timespec times[2] = {{.tv_sec = seconds}, {.tv_sec = seconds}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* A file that was last changed long ago. */
static struct mapped_file *opened(const char *path, const char *content)
{
    struct mapped_file *file;
    struct error error = {""};
    scratch_write(path, content);
    set_modified(path, 1000000000);
    if (!mapped_file_open(path, path, &file, &error))
        fail_msg("%s", error.message);
    return file;
}

/* Writes over a file without making another of it. */
static void write_over(const char *path, const char *content)
{
    const int descriptor = open(path, O_WRONLY | O_CLOEXEC);
    assert_int_equal(pwrite(descriptor, content, strlen(content), 0), strlen(content));
    close(descriptor);
}

static void assert_changed(const struct mapped_file *file, const char *message)
{
    struct error error = {""};
    assert_false(mapped_file_check(file, &error));
    assert_string_equal(error.message, message);
}

static void a_file_has_its_bytes_and_is_the_same_however_often_it_is_read(void **state)
{
    (void)state;
    struct mapped_file *file = opened("a.csv", "a,b\n1,2\n");
    assert_true(text_equal(mapped_file_bytes(file), TEXT("a,b\n1,2\n")));
    char *again = scratch_read("a.csv", NULL);
    assert_string_equal(again, "a,b\n1,2\n");
    memory_free(again);
    assert_true(mapped_file_check(file, NULL));
    mapped_file_close(file);
    assert_int_equal(mapped_file_bytes(NULL).length, 0);
    mapped_file_close(NULL);
}

static void a_file_that_is_written_to_is_changed(void **state)
{
    (void)state;
    static const char message[] =
        "a.csv: changed while it was being read; wait until the export is finished and run again";
    struct mapped_file *file = opened("a.csv", "a,b\n1,2\n");
    write_over("a.csv", "a,b\n3,4\n"); /* as long as before */
    assert_changed(file, message);
    mapped_file_close(file);
    file = opened("a.csv", "a,b\n1,2\n");
    scratch_write("a.csv", "a,b\n1,2\n5,6\n");
    set_modified("a.csv", 1000000000);
    assert_changed(file, message);
    mapped_file_close(file);
    file = opened("a.csv", "a,b\n1,2\n");
    assert_int_equal(unlink("a.csv"), 0);
    assert_changed(file, message);
    mapped_file_close(file);
}

static void a_file_whose_time_was_set_back_is_changed(void **state)
{
    (void)state;
    struct mapped_file *file = opened("a.csv", "a,b\n1,2\n");
    /* The system's clock goes on a few milliseconds at a time. */
    nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    write_over("a.csv", "a,b\n3,4\n");
    set_modified("a.csv", 1000000000);
    assert_changed(file, "a.csv: changed while it was being read; wait until the export is finished and run again");
    mapped_file_close(file);
}

static void a_file_is_found_by_any_address_in_it(void **state)
{
    (void)state;
    struct mapped_file *first = opened("a.csv", "a,b\n1,2\n"), *second = opened("b.csv", "c\n");
    const char *a = mapped_file_bytes(first).bytes, *b = mapped_file_bytes(second).bytes;
    bool cut_short = true;
    assert_string_equal(mapped_file_at(a, &cut_short), "a.csv");
    assert_false(cut_short);
    assert_string_equal(mapped_file_at(a + 7, &cut_short), "a.csv");
    assert_null(mapped_file_at(a + 8, &cut_short));
    assert_null(mapped_file_at(a - 1, &cut_short));
    assert_null(mapped_file_at(&cut_short, &cut_short));
    assert_int_equal(truncate("b.csv", 1), 0);
    assert_string_equal(mapped_file_at(b, &cut_short), "b.csv");
    assert_true(cut_short);
    mapped_file_close(first); /* not the last that was opened */
    assert_null(mapped_file_at(a, &cut_short));
    assert_string_equal(mapped_file_at(b + 1, &cut_short), "b.csv");
    mapped_file_close(second);
    assert_null(mapped_file_at(b, &cut_short));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_has_its_bytes_and_is_the_same_however_often_it_is_read),
        cmocka_unit_test(a_file_that_is_written_to_is_changed),
        cmocka_unit_test(a_file_whose_time_was_set_back_is_changed),
        cmocka_unit_test(a_file_is_found_by_any_address_in_it),
    };
    return cmocka_run_group_tests_name("input/mapped_file", tests, enter, leave);
}
