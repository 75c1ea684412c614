#include "referlens/command/lost_page.h"

#include "referlens/command/interruption.h"
#include "referlens/input/mapped_file.h"

#include "../support/scratch.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <cmocka.h>

enum { FILE_BYTES = 40000 }; /* several pages of any size that is usual */

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

static void undo(void *context)
{
    unlink(context);
}

static int sum(struct text bytes)
{
    int all = 0;
    for (size_t i = 0; i < bytes.length; i++)
        all += bytes.bytes[i];
    return all;
}

/* Begins something, maps a file, and reads what is left of it behind its first byte. Never comes back. */
static void read_what_is_gone(void)
{
    static const struct interruption interruption = {"", undo, undo, (void *)(uintptr_t) "begun"};
    struct mapped_file *file;
    lost_page_handle();
    scratch_write("begun", "half\n");
    interruption_hold();
    interruption_watch(&interruption);
    if (!mapped_file_open("long.csv", "long.csv", &file, NULL) || truncate("long.csv", 1) != 0)
        _exit(90);
    _exit(sum(mapped_file_bytes(file)) > 0 ? 91 : 92);
}

static void read_what_was_never_a_file(void)
{
    lost_page_handle();
    const int descriptor = open("other", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    const char *bytes = mmap(NULL, FILE_BYTES, PROT_READ, MAP_PRIVATE, descriptor, 0);
    _exit(sum((struct text){bytes, FILE_BYTES}) > 0 ? 91 : 92);
}

/* How a process ends that does this; what it says on standard error is in the file `said`. */
static int end_of(void (*work)(void))
{
    const pid_t child = fork();
    if (child == 0) {
        const int said = open("said", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        dup2(said, STDERR_FILENO);
        work();
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void a_file_that_is_cut_short_is_named_and_what_was_begun_taken_away(void **state)
{
    (void)state;
    char bytes[FILE_BYTES + 1];
    memset(bytes, 'x', FILE_BYTES);
    bytes[FILE_BYTES] = '\0';
    scratch_write("long.csv", bytes);
    const int status = end_of(read_what_is_gone);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
    char *said = scratch_read("said", NULL);
    assert_string_equal(said, "referlens: error: long.csv: changed while it was being read; wait until the export is "
                              "finished and run again\n");
    memory_free(said);
    assert_false(scratch_exists("begun"));
}

static void what_is_no_file_of_ours_ends_the_program_as_before(void **state)
{
    (void)state;
    const int status = end_of(read_what_was_never_a_file);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGBUS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_is_cut_short_is_named_and_what_was_begun_taken_away),
        cmocka_unit_test(what_is_no_file_of_ours_ends_the_program_as_before),
    };
    return cmocka_run_group_tests_name("command/lost_page", tests, enter, leave);
}
