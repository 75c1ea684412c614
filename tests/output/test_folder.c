#include "referlens/output/folder.h"

#include "../support/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define REPORT_OF_OURS "{\"tool\":{\"name\":\"referlens\"},\"files\":[\"content.txt\",\"report.json\"]}\n"

/* These stand in front of the C library's, so that a file system without RENAME_EXCHANGE can be had anywhere. */
static bool exchange_is_unknown;
static int plain_renames_that_fail; /* bits, from the lowest for the next call on */

int renameat2(int old_parent, const char *old_name, int new_parent, const char *new_name, unsigned int flags)
{
    if (exchange_is_unknown && flags != 0) {
        errno = EINVAL;
        return -1;
    }
    return (int)syscall(SYS_renameat2, old_parent, old_name, new_parent, new_name, flags);
}

int renameat(int old_parent, const char *old_name, int new_parent, const char *new_name)
{
    bool fails = plain_renames_that_fail & 1;
    plain_renames_that_fail >>= 1;
    if (fails) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(SYS_renameat2, old_parent, old_name, new_parent, new_name, 0U);
}

static char scratch[SCRATCH_PATH_SIZE];

static int enter(void **state)
{
    (void)state;
    exchange_is_unknown = false;
    plain_renames_that_fail = 0;
    scratch_enter(scratch);
    return 0;
}

static int leave(void **state)
{
    (void)state;
    scratch_leave(scratch);
    return 0;
}

static void assert_nothing_beside(const char *target)
{
    static const char *const suffixes[] = {".referlens-partial", ".referlens-lock", ".referlens-old"};
    for (size_t i = 0; i < 3; i++) {
        char path[SCRATCH_PATH_SIZE];
        snprintf(path, sizeof path, "%s%s", target, suffixes[i]);
        if (scratch_exists(path))
            fail_msg("%s was left", path);
    }
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

/* Publishes a report with one file beside report.json. */
static void publish(const char *target, const char *content)
{
    struct folder *folder;
    struct error error = {""};
    if (!folder_open(target, true, &folder, &error) ||
        !folder_write(folder, "report.json", TEXT(REPORT_OF_OURS), &error) ||
        !folder_write(folder, "content.txt", text_of(content), &error) || !folder_publish(folder, &error))
        fail_msg("%s", error.message);
    folder_close(folder);
}

static void a_report_appears_whole_when_it_is_published(void **state)
{
    (void)state;
    struct folder *folder;
    assert_true(folder_open("out/", false, &folder, NULL));
    assert_string_equal(folder_path(folder), "out.referlens-partial");
    assert_true(folder_make(folder, "practices/A81001/charts", NULL));
    assert_true(folder_make(folder, "practices/A81001", NULL));
    assert_true(folder_write(folder, "practices/A81001/charts/wait.svg", TEXT("<svg/>"), NULL));
    struct folder_file *file;
    assert_true(folder_file_open(folder, "measures.json", &file, NULL));
    assert_true(folder_file_add(file, TEXT("{"), NULL));
    assert_true(folder_file_add(file, TEXT(""), NULL));
    assert_true(folder_file_add(file, TEXT("}"), NULL));
    assert_true(folder_file_close(file, NULL));
    assert_false(scratch_exists("out"));
    assert_true(folder_publish(folder, NULL));
    folder_close(folder);
    assert_file_is("out/practices/A81001/charts/wait.svg", "<svg/>");
    assert_file_is("out/measures.json", "{}");
    assert_nothing_beside("out");
}

static void nothing_is_left_of_a_report_that_was_not_published(void **state)
{
    (void)state;
    struct folder *folder;
    assert_true(folder_open("out", false, &folder, NULL));
    assert_true(folder_make(folder, "a/b/c", NULL));
    assert_true(folder_write(folder, "a/b/c/file", TEXT("x"), NULL));
    folder_close(folder);
    assert_false(scratch_exists("out"));
    assert_nothing_beside("out");
    folder_close(NULL);
    assert_true(folder_file_close(NULL, NULL));
}

static void names_that_lead_out_of_the_folder_are_refused(void **state)
{
    (void)state;
    static const char *const names[] = {"", "/etc/x", "../x", "a/../../x", "a//b", "a/", ".", "a/."};
    struct folder *folder;
    assert_true(folder_open("out", false, &folder, NULL));
    assert_true(folder_make(folder, "a", NULL));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_false(folder_make(folder, names[i], NULL));
        assert_false(folder_write(folder, names[i], TEXT("x"), NULL));
    }
    folder_close(folder);
}

static void a_file_is_not_written_twice(void **state)
{
    (void)state;
    struct folder *folder;
    struct error error = {""};
    assert_true(folder_open("out", false, &folder, NULL));
    assert_true(folder_write(folder, "file", TEXT("x"), NULL));
    assert_false(folder_write(folder, "file", TEXT("y"), &error));
    assert_string_equal(error.message, "can't write 'file': File exists");
    folder_close(folder);
}

static void what_another_program_wrote_is_read_and_written_anew(void **state)
{
    (void)state;
    struct folder *folder;
    struct error error = {""};
    struct buffer content = buffer_with_maximum(100);
    assert_true(folder_open("out", false, &folder, NULL));
    assert_false(folder_holds(folder, "file"));
    assert_false(folder_read(folder, "file", &content, &error));
    assert_string_equal(error.message, "can't read 'file': No such file or directory");
    assert_false(folder_rewrite(folder, "file", TEXT("y"), &error));
    assert_true(folder_write(folder, "file", TEXT("a longer one"), NULL));
    assert_true(folder_holds(folder, "file"));
    assert_true(folder_rewrite(folder, "file", TEXT("new"), &error));
    assert_true(folder_read(folder, "file", &content, &error));
    assert_string_equal(content.bytes, "new");
    struct buffer small = buffer_with_maximum(2);
    assert_false(folder_read(folder, "file", &small, &error));
    assert_string_equal(error.message, "'file' is longer than 2 bytes");
    assert_false(folder_read(folder, "../file", &content, &error));
    assert_false(folder_rewrite(folder, "../file", TEXT("y"), &error));
    assert_false(folder_holds(folder, "../file"));
    buffer_release(&content);
    buffer_release(&small);
    folder_close(folder);
}

static void the_files_are_listed_in_the_order_of_their_bytes(void **state)
{
    (void)state;
    static const char *const names[] = {"b", "a/z", "a/B", "a.txt", "a/c/d"};
    static const char *const sorted[] = {"a.txt", "a/B", "a/c/d", "a/z", "b"};
    struct folder *folder;
    assert_true(folder_open("out", false, &folder, NULL));
    assert_true(folder_make(folder, "a/c", NULL));
    assert_true(folder_make(folder, "empty", NULL));
    for (size_t i = 0; i < 5; i++)
        assert_true(folder_write(folder, names[i], TEXT("x"), NULL));
    assert_int_equal(symlink("/etc", "out.referlens-partial/link"), 0);
    struct tree_files files = {0};
    assert_true(folder_list(folder, &files, NULL));
    assert_int_equal(files.count, 5);
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(files.names[i], sorted[i]);
    tree_files_release(&files);
    folder_close(folder);
}

static void an_existing_report_is_replaced_only_when_asked(void **state)
{
    (void)state;
    publish("out", "old");
    assert_refused("out", false, "exists already");
    assert_file_is("out/content.txt", "old");
    assert_int_equal(chmod("out", 0700), 0);

    publish("out", "new");
    struct stat status;
    assert_file_is("out/content.txt", "new");
    assert_int_equal(stat("out", &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
    assert_nothing_beside("out");
}

static void what_is_no_report_of_ours_is_left_alone(void **state)
{
    (void)state;
    assert_int_equal(mkdir("photos", 0755), 0);
    scratch_write("photos/one.jpg", "x");
    assert_refused("photos", true, "not a referlens report");
    scratch_write("photos/report.json", "{\"tool\":{\"name\":\"another\"}}");
    assert_refused("photos", true, "not a referlens report");
    scratch_write("photos/report.json", "");
    assert_refused("photos", true, "not a referlens report");
    assert_file_is("photos/one.jpg", "x");
    scratch_write("letter", "x");
    assert_refused("letter", true, "not a folder");
    assert_refused("letter", false, "not a folder");
    assert_file_is("letter", "x");
    assert_int_equal(mkdir("empty", 0755), 0);
    assert_refused("empty", false, "exists already");
    assert_nothing_beside("photos");
    assert_nothing_beside("letter");
    publish("empty", "new");
    assert_file_is("empty/content.txt", "new");
}

static void a_target_that_came_to_be_during_the_run_is_not_destroyed(void **state)
{
    (void)state;
    struct folder *folder;
    struct error error = {""};
    assert_true(folder_open("out", true, &folder, NULL));
    assert_int_equal(mkdir("out", 0755), 0);
    scratch_write("out/thesis.txt", "x");
    assert_false(folder_publish(folder, &error));
    assert_non_null(strstr(error.message, "not a referlens report"));
    folder_close(folder);
    assert_file_is("out/thesis.txt", "x");
    assert_nothing_beside("out");
}

static void places_that_cannot_hold_a_report_are_refused(void **state)
{
    (void)state;
    assert_refused("", true, "does not name a folder");
    assert_refused(".", true, "does not name a folder");
    assert_refused("..", true, "does not name a folder");
    assert_refused("/", true, "does not name a folder");
    assert_refused("missing/out", true, "No such file or directory");
    assert_refused("/proc/referlens-out", true, "can't write beside");
    assert_int_equal(mkdir("here", 0755), 0);
    assert_int_equal(chdir("here"), 0);
    assert_refused("../here", true, "current folder");
    assert_int_equal(chdir(".."), 0);
    assert_int_equal(symlink("nowhere", "dangling"), 0);
    assert_refused("dangling", true, "can't follow the link");
}

static void a_read_only_place_is_refused(void **state)
{
    (void)state;
    assert_int_equal(chmod(".", 0755), 0);
    assert_int_equal(mkdir("locked", 0555), 0);
    pid_t child = fork();
    if (child == 0) {
        struct folder *folder;
        struct error error = {""};
        if (geteuid() == 0 && setuid(65534) != 0) /* root may write anywhere, nobody may not */
            _exit(2);
        bool opened = folder_open("locked/out", true, &folder, &error);
        _exit(opened || strcmp(error.message, "can't write beside 'locked/out': Permission denied") != 0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_symbolic_link_stands_for_the_folder_that_it_names(void **state)
{
    (void)state;
    assert_int_equal(mkdir("reports", 0755), 0);
    publish("reports/june", "old");
    assert_int_equal(symlink("reports/june", "latest"), 0);
    publish("latest/", "new");
    struct stat status;
    assert_int_equal(lstat("latest", &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_file_is("reports/june/content.txt", "new");
    assert_nothing_beside("latest");
    assert_nothing_beside("reports/june");
}

static void two_runs_do_not_write_one_report(void **state)
{
    (void)state;
    struct folder *folder;
    assert_true(folder_open("out", true, &folder, NULL));
    assert_true(folder_write(folder, "file", TEXT("x"), NULL));
    assert_refused("out", true, "another run is writing");
    assert_true(scratch_exists("out.referlens-partial/file"));
    assert_true(folder_publish(folder, NULL));
    folder_close(folder);
    assert_file_is("out/file", "x");
}

static void a_killed_run_leaves_the_old_report_and_the_next_run_clears_up(void **state)
{
    (void)state;
    publish("out", "old");
    pid_t child = fork();
    if (child == 0) {
        struct folder *folder;
        if (folder_open("out", true, &folder, NULL) && folder_make(folder, "practices/A81001", NULL) &&
            folder_write(folder, "practices/A81001/half.json", TEXT("{"), NULL))
            raise(SIGKILL);
        _exit(1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_file_is("out/content.txt", "old");
    assert_true(scratch_exists("out.referlens-partial/practices/A81001/half.json"));
    publish("out", "new");
    assert_file_is("out/content.txt", "new");
    assert_false(scratch_exists("out/practices"));
    assert_nothing_beside("out");
}

static void clearing_up_never_follows_a_link(void **state)
{
    (void)state;
    assert_int_equal(mkdir("precious", 0755), 0);
    scratch_write("precious/file", "x");
    assert_int_equal(mkdir("out.referlens-partial", 0755), 0);
    assert_int_equal(mkdir("out.referlens-partial/sub", 0755), 0);
    assert_int_equal(symlink("../../precious", "out.referlens-partial/sub/link"), 0);
    publish("out", "new");
    assert_file_is("precious/file", "x");
    assert_int_equal(symlink("precious", "out.referlens-partial"), 0);
    publish("out", "newer");
    assert_file_is("precious/file", "x");
    assert_nothing_beside("out");
    assert_int_equal(symlink("precious/lock", "out.referlens-lock"), 0);
    assert_refused("out", true, "can't write beside");
    assert_false(scratch_exists("precious/lock"));
}

static void file_systems_that_cannot_exchange_names_get_the_report_too(void **state)
{
    (void)state;
    publish("out", "old");
    exchange_is_unknown = true;
    publish("out", "new");
    assert_file_is("out/content.txt", "new");
    assert_nothing_beside("out");

    struct folder *folder;
    struct error error = {""};
    assert_true(folder_open("out", true, &folder, NULL));
    plain_renames_that_fail = 1 << 2; /* of: over the target (it refuses by itself), aside, into its place, back */
    assert_false(folder_publish(folder, &error));
    assert_non_null(strstr(error.message, "Input/output error"));
    folder_close(folder);
    assert_file_is("out/content.txt", "new");
    assert_nothing_beside("out");
}

static void a_report_that_a_killed_run_had_moved_aside_is_put_back(void **state)
{
    (void)state;
    publish("out", "old");
    assert_int_equal(rename("out", "out.referlens-old"), 0);
    assert_refused("out", false, "exists already");
    assert_file_is("out/content.txt", "old");
    assert_nothing_beside("out");
}

/* A limit on the size of files fails a write half-way as a full disk does. */
static void a_write_that_fails_is_told_at_the_latest_when_the_file_is_closed(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) {
        struct folder *folder;
        struct folder_file *file;
        struct error error = {""};
        signal(SIGXFSZ, SIG_IGN);
        if (setrlimit(RLIMIT_FSIZE, &(struct rlimit){1000, 1000}) != 0 || !folder_open("out", true, &folder, NULL) ||
            !folder_file_open(folder, "big", &file, NULL))
            _exit(2);
        for (int i = 0; i < 200; i++)
            folder_file_add(file, TEXT("ten bytes."), NULL);
        if (folder_file_close(file, &error) || strcmp(error.message, "can't write 'big': File too large") != 0)
            _exit(3);
        static char many[100000];
        memset(many, 'x', sizeof many);
        if (folder_write(folder, "bigger", (struct text){many, sizeof many}, &error) ||
            strcmp(error.message, "can't write 'bigger': File too large") != 0)
            _exit(4);
        folder_close(folder);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_nothing_beside("out");
}

static void *write_many(void *argument)
{
    struct folder *folder = argument;
    static _Atomic int next;
    for (int number; (number = next++) < 400;) {
        char name[40];
        snprintf(name, sizeof name, "practices/p%d", number / 4);
        if (!folder_make(folder, name, NULL))
            return folder;
        snprintf(name, sizeof name, "practices/p%d/%d", number / 4, number);
        if (!folder_write(folder, name, text_of(name), NULL))
            return folder;
    }
    return NULL;
}

static void several_threads_may_write_into_one_folder(void **state)
{
    (void)state;
    struct folder *folder;
    pthread_t threads[4];
    assert_true(folder_open("out", true, &folder, NULL));
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_many, folder), 0);
    for (size_t i = 0; i < 4; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    struct tree_files files = {0};
    assert_true(folder_list(folder, &files, NULL));
    assert_int_equal(files.count, 400);
    tree_files_release(&files);
    folder_close(folder);
}

static void safe_names_keep_codes_and_hide_everything_else(void **state)
{
    (void)state;
    char name[FOLDER_NAME_SIZE];
    folder_safe_name(TEXT("A81001"), name);
    assert_string_equal(name, "A81001");
    folder_safe_name(TEXT("12345678901234567890-_aZ90123456"), name);
    assert_string_equal(name, "12345678901234567890-_aZ90123456");
    static const char *const unsafe[] = {"", "..", "a/b", "A 1", "123456789012345678901234567890123", "caf\xC3\xA9"};
    for (size_t i = 0; i < sizeof unsafe / sizeof *unsafe; i++) {
        folder_safe_name(text_of(unsafe[i]), name);
        assert_int_equal(strlen(name), 18);
        assert_memory_equal(name, "x-", 2);
        assert_int_equal(strspn(name + 2, "0123456789abcdef"), 16);
    }
    folder_safe_name(TEXT(""), name); /* XXH3 of nothing, as its specification's test vectors have it */
    assert_string_equal(name, "x-2d06800538d394c2");
}

int main(void)
{
#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, enter, leave)
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(a_report_appears_whole_when_it_is_published),
        IN_SCRATCH(nothing_is_left_of_a_report_that_was_not_published),
        IN_SCRATCH(names_that_lead_out_of_the_folder_are_refused),
        IN_SCRATCH(a_file_is_not_written_twice),
        IN_SCRATCH(what_another_program_wrote_is_read_and_written_anew),
        IN_SCRATCH(the_files_are_listed_in_the_order_of_their_bytes),
        IN_SCRATCH(an_existing_report_is_replaced_only_when_asked),
        IN_SCRATCH(what_is_no_report_of_ours_is_left_alone),
        IN_SCRATCH(a_target_that_came_to_be_during_the_run_is_not_destroyed),
        IN_SCRATCH(places_that_cannot_hold_a_report_are_refused),
        IN_SCRATCH(a_read_only_place_is_refused),
        IN_SCRATCH(a_symbolic_link_stands_for_the_folder_that_it_names),
        IN_SCRATCH(two_runs_do_not_write_one_report),
        IN_SCRATCH(a_killed_run_leaves_the_old_report_and_the_next_run_clears_up),
        IN_SCRATCH(clearing_up_never_follows_a_link),
        IN_SCRATCH(file_systems_that_cannot_exchange_names_get_the_report_too),
        IN_SCRATCH(a_report_that_a_killed_run_had_moved_aside_is_put_back),
        IN_SCRATCH(a_write_that_fails_is_told_at_the_latest_when_the_file_is_closed),
        IN_SCRATCH(several_threads_may_write_into_one_folder),
        cmocka_unit_test(safe_names_keep_codes_and_hide_everything_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
