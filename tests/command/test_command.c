/* Running commands, in children whose output and end are looked at. */
#include "referlens/command/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "referlens/base/memory.h"
#include "referlens/base/worker.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void exhaust(void)
{
    volatile size_t too_many = SIZE_MAX / 2 + 2;
    memory_allocate_zeroed(too_many, 2);
}

static void clean_up(void)
{
    const char message[] = "cleaned up\n";
    ssize_t written = write(STDERR_FILENO, message, sizeof message - 1);
    (void)written;
}

static void exhaust_in_worker(void *context, size_t task, size_t worker)
{
    (void)context;
    (void)task;
    (void)worker;
    exhaust();
}

static int obey(const struct command_line *line)
{
    struct error error;
    for (size_t i = 0; i < line->operand_count; i++)
        printf("%s\n", line->operands[i]);
    switch (command_count(line, "verbose")) {
    case 1:
        error_set(&error, "no\nluck");
        return command_fail(&error);
    case 2:
        command_warn("%d row\n", 1);
        return COMMAND_DONE_WITH_REJECTS;
    case 3:
        error_set(&error, "not so");
        return command_refuse(line, &error);
    case 4:
        command_on_exhausted(clean_up);
        exhaust();
        return COMMAND_DONE;
    case 5:
        worker_run(4, 4, exhaust_in_worker, NULL);
        return COMMAND_DONE;
    case 6:
        command_count(line, "no such option");
        return COMMAND_DONE;
    case 7: {
        cJSON *number = cJSON_CreateNumber(3);
        cJSON_Delete(number);
        return number != NULL ? COMMAND_DONE : COMMAND_FAILED;
    }
    default:
        return COMMAND_DONE;
    }
}

static const struct command_option options[] = {{"verbose", 'v', NULL, NULL, "say more"},
                                                {NULL, '\0', NULL, NULL, NULL}};
static const struct command test_command = {.name = "test",
                                            .summary = "test it",
                                            .operands = "WORD…",
                                            .options = options,
                                            .operands_maximum = SIZE_MAX,
                                            .run = obey};
static const struct command *const commands[] = {&test_command, NULL};
static const struct command_program program = {
    .name = "referlens", .version = "2.1", .summary = "tests", .commands = commands};

/* What a run printed, and how it ended: its status, or minus the signal. */
struct outcome {
    char out[4096], err[4096];
    int status;
};

static void read_all(FILE *file, char *text, size_t size)
{
    rewind(file);
    size_t length = fread(text, 1, size - 1, file);
    text[length] = '\0';
    fclose(file);
}

static struct outcome run(const char *first, const char *second, const char *third)
{
    char texts[3][32] = {""};
    char *arguments[5] = {"referlens"};
    const char *const words[3] = {first, second, third};
    int count = 1;
    for (int i = 0; i < 3 && words[i] != NULL; i++) {
        snprintf(texts[i], sizeof texts[i], "%s", words[i]);
        arguments[count++] = texts[i];
    }
    FILE *out = tmpfile(), *err = tmpfile();
    assert_non_null(out);
    assert_non_null(err);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        dup2(fileno(out), STDOUT_FILENO);
        dup2(fileno(err), STDERR_FILENO);
        command_install_memory_policy();
        int status = command_run(&program, count, arguments);
        _exit(status);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    struct outcome outcome = {.status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status)};
    read_all(out, outcome.out, sizeof outcome.out);
    read_all(err, outcome.err, sizeof outcome.err);
    return outcome;
}

static void assert_outcome(struct outcome outcome, int status, const char *out, const char *err)
{
    assert_string_equal(outcome.out, out);
    assert_string_equal(outcome.err, err);
    assert_int_equal(outcome.status, status);
}

static void a_command_gets_its_line_and_gives_the_status(void **state)
{
    (void)state;
    assert_outcome(run("test", "a", "b"), COMMAND_DONE, "a\nb\n", "");
    assert_outcome(run("test", "-v", "a"), COMMAND_FAILED, "a\n", "referlens: error: no?luck\n");
    assert_outcome(run("test", "-vv", NULL), COMMAND_DONE_WITH_REJECTS, "", "referlens: warning: 1 row?\n");
    assert_outcome(run("test", "-vvv", NULL), COMMAND_BAD_USAGE, "",
                   "referlens test: error: not so (see 'referlens test --help')\n");
}

static void bad_usage_is_told_from_failure(void **state)
{
    (void)state;
    assert_outcome(run("test", "--bad", NULL), COMMAND_BAD_USAGE, "",
                   "referlens test: error: there is no option '--bad' (see 'referlens test --help')\n");
    assert_outcome(run("tset", NULL, NULL), COMMAND_BAD_USAGE, "",
                   "referlens: error: there is no command 'tset'; did you mean 'test'?\nTry 'referlens --help'.\n");
}

static void help_and_version_go_to_standard_output(void **state)
{
    (void)state;
    assert_outcome(run("--version", NULL, NULL), COMMAND_DONE, "referlens 2.1\n", "");
    struct outcome help = run("help", NULL, NULL), option = run("-h", NULL, NULL);
    assert_non_null(strstr(help.out, "test it"));
    assert_outcome(option, COMMAND_DONE, help.out, "");
    help = run("help", "test", NULL);
    assert_non_null(strstr(help.out, "say more"));
    assert_outcome(run("test", "--help", NULL), COMMAND_DONE, help.out, "");
}

static void running_out_of_memory_ends_the_program_in_one_line(void **state)
{
    (void)state;
    assert_outcome(run("test", "-vvvv", NULL), COMMAND_FAILED, "", "referlens: error: out of memory\ncleaned up\n");
}

static void running_out_in_several_threads_is_said_once(void **state)
{
    (void)state;
    assert_outcome(run("test", "-vvvvv", NULL), COMMAND_FAILED, "", "referlens: error: out of memory\n");
}

static void an_option_that_no_table_has_is_a_slip_that_aborts(void **state)
{
    (void)state;
    assert_int_equal(run("test", "-vvvvvv", NULL).status, -SIGABRT);
}

static void json_uses_the_same_memory(void **state)
{
    (void)state;
    assert_int_equal(run("test", "-vvvvvvv", NULL).status, COMMAND_DONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_gets_its_line_and_gives_the_status),
        cmocka_unit_test(bad_usage_is_told_from_failure),
        cmocka_unit_test(help_and_version_go_to_standard_output),
        cmocka_unit_test(running_out_of_memory_ends_the_program_in_one_line),
        cmocka_unit_test(running_out_in_several_threads_is_said_once),
        cmocka_unit_test(an_option_that_no_table_has_is_a_slip_that_aborts),
        cmocka_unit_test(json_uses_the_same_memory),
    };
    return cmocka_run_group_tests_name("command/command", tests, NULL, NULL);
}
