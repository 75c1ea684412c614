#include "referlens/command/progress_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <pty.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ROOM = 4096 };

/* What is on standard error, which leads to `descriptor` meanwhile, while `work` shows a line. */
static void said_by(int descriptor, int reader, void (*work)(void), char said[ROOM])
{
    const int before = dup(STDERR_FILENO);
    dup2(descriptor, STDERR_FILENO);
    work();
    dup2(before, STDERR_FILENO);
    close(before);
    close(descriptor);
    fcntl(reader, F_SETFL, O_NONBLOCK);
    ssize_t got, length = 0;
    while ((got = read(reader, said + length, (size_t)(ROOM - 1 - length))) > 0)
        length += got;
    said[length] = '\0';
    close(reader);
}

/* `columns` 0: the terminal does not tell. */
static void said_on_terminal(void (*work)(void), unsigned short columns, char said[ROOM])
{
    int ours, theirs;
    assert_int_equal(openpty(&ours, &theirs, NULL, NULL, &(struct winsize){.ws_row = 24, .ws_col = columns}), 0);
    said_by(theirs, ours, work, said);
}

static void wait_milliseconds(long milliseconds)
{
    nanosleep(&(struct timespec){milliseconds / 1000, milliseconds % 1000 * 1000000}, NULL);
}

static void read_slowly(void)
{
    struct progress progress = {0};
    progress_expect(&progress, 500000000);
    progress_expect(&progress, 344000000);
    struct progress_line *line = progress_line_start(&progress, PROGRESS_READING);
    progress_add(&progress, 42900000);
    wait_milliseconds(1450);
    progress_line_end(line);
}

static void make_packs_slowly(void)
{
    struct progress progress = {0};
    progress_expect(&progress, 6500);
    struct progress_line *line = progress_line_start(&progress, PROGRESS_PAGES);
    progress_add(&progress, 37);
    wait_milliseconds(1050);
    progress_line_end(line);
}

static void wait_for_others(void)
{
    struct progress progress = {0};
    progress_expect(&progress, 7);
    progress_say(&progress, "waiting for others");
    struct progress_line *line = progress_line_start(&progress, PROGRESS_STORING);
    wait_milliseconds(1050);
    progress_say(&progress, NULL);
    wait_milliseconds(150);
    progress_line_end(line);
}

static void hash_slowly(void)
{
    struct progress progress = {0};
    struct progress_line *line = progress_line_start(&progress, PROGRESS_HASHING);
    wait_milliseconds(1050);
    progress_line_end(line);
}

static void read_quickly(void)
{
    struct progress progress = {0};
    struct progress_line *line = progress_line_start(&progress, PROGRESS_READING);
    progress_add(&progress, 1000);
    wait_milliseconds(50);
    progress_line_end(line);
}

static void a_terminal_shows_bytes_and_a_rate_after_a_second_and_then_nothing(void **state)
{
    (void)state;
    char said[ROOM];
    said_on_terminal(read_slowly, 80, said);
    /* The first line comes after one second exactly: 42.9 MB in a second. */
    static const char first[] = "\r\033[Kreading: 42 of 844 MB, 43 MB a second";
    assert_memory_equal(said, first, sizeof first - 1);
    assert_string_equal(said + strlen(said) - 4, "\r\033[K");
}

static void packs_are_counted_one_by_one(void **state)
{
    (void)state;
    char said[ROOM];
    said_on_terminal(make_packs_slowly, 0, said);
    static const char first[] = "\r\033[Kpages: 37 of 6500 packs, 37 a second";
    assert_memory_equal(said, first, sizeof first - 1);
}

static void what_takes_less_than_a_second_shows_none(void **state)
{
    (void)state;
    char said[ROOM];
    said_on_terminal(read_quickly, 80, said);
    assert_string_equal(said, "");
}

static void what_is_not_counted_is_named(void **state)
{
    (void)state;
    char said[ROOM];
    said_on_terminal(wait_for_others, 80, said);
    static const char first[] = "\r\033[Kstore: waiting for others\r\033[Kstore: 0 of 7 facts, 0 a second\r\033[K";
    assert_memory_equal(said, first, sizeof first - 1);
    said_on_terminal(hash_slowly, 80, said);
    assert_string_equal(said, "\r\033[Khashing\r\033[K");
}

/* Beside the cursor; a line that wraps could not be written over. */
static void the_line_is_cut_to_the_terminals_width(void **state)
{
    (void)state;
    char said[ROOM];
    said_on_terminal(make_packs_slowly, 20, said);
    assert_string_equal(said, "\r\033[Kpages: 37 of 6500 p\r\033[K");
    said_on_terminal(make_packs_slowly, 36, said);
    assert_string_equal(said, "\r\033[Kpages: 37 of 6500 packs, 37 a secon\r\033[K");
}

static void a_pipe_gets_none(void **state)
{
    (void)state;
    char said[ROOM];
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    said_by(ends[1], ends[0], read_slowly, said);
    assert_string_equal(said, "");
}

static void nobody_needs_to_look(void **state)
{
    (void)state;
    progress_expect(NULL, 1);
    progress_add(NULL, 1);
    progress_line_end(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_terminal_shows_bytes_and_a_rate_after_a_second_and_then_nothing),
        cmocka_unit_test(packs_are_counted_one_by_one),
        cmocka_unit_test(what_takes_less_than_a_second_shows_none),
        cmocka_unit_test(what_is_not_counted_is_named),
        cmocka_unit_test(the_line_is_cut_to_the_terminals_width),
        cmocka_unit_test(a_pipe_gets_none),
        cmocka_unit_test(nobody_needs_to_look),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
