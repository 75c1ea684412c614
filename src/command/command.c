#include "referlens/command/command.h"

#include "referlens/base/buffer.h"
#include "referlens/base/memory.h"
#include "referlens/command/command_line.h"
#include "referlens/command/help.h"
#include "referlens/command/spelling.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where running out of memory may find the program, in any thread: hence not in a struct that somebody passes on. */
static void (*_Atomic exhausted_cleanup)(void);
static atomic_flag exhausted_already = ATOMIC_FLAG_INIT;

/* Nothing here may allocate. A second thread that runs out waits for the first to end the program. */
static void end_without_memory(void)
{
    static const char message[] = "referlens: error: out of memory\n";
    while (atomic_flag_test_and_set(&exhausted_already))
        pause();
    ssize_t written = write(STDERR_FILENO, message, sizeof message - 1);
    (void)written; /* there is nobody left to tell */
    void (*cleanup)(void) = atomic_load(&exhausted_cleanup);
    if (cleanup != NULL)
        cleanup();
    _exit(COMMAND_FAILED);
}

void command_install_memory_policy(void)
{
    /* Large blocks are mapped one by one, so that what is released goes back to the system at once. */
    mallopt(M_MMAP_THRESHOLD, 1 << 16);
    memory_set_exhausted(end_without_memory);
    cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = memory_allocate, .free_fn = memory_free});
}

void command_on_exhausted(void (*cleanup)(void))
{
    atomic_store(&exhausted_cleanup, cleanup);
}

static void check_known(const struct command_line *line, const char *name)
{
    const struct command_option *option = line->command->options;
    while (option != NULL && option->name != NULL && strcmp(option->name, name) != 0)
        option++;
    if (option == NULL || option->name == NULL)
        abort();
}

size_t command_count(const struct command_line *line, const char *name)
{
    check_known(line, name);
    size_t count = 0;
    for (size_t i = 0; i < line->value_count; i++)
        count += strcmp(line->values[i].option->name, name) == 0;
    return count;
}

const char *command_nth_text(const struct command_line *line, const char *name, size_t index)
{
    check_known(line, name);
    for (size_t i = 0; i < line->value_count; i++)
        if (strcmp(line->values[i].option->name, name) == 0 && index-- == 0)
            return line->values[i].text;
    return NULL;
}

const char *command_text(const struct command_line *line, const char *name)
{
    return command_nth_text(line, name, 0);
}

bool command_read_integer(const struct command_line *line, const char *name, int64_t minimum, int64_t maximum,
                          int64_t *value, struct error *error)
{
    const char *text = command_text(line, name);
    int64_t number;
    if (text == NULL)
        return true;
    if (!text_to_integer(text_of(text), &number) || number < minimum || number > maximum)
        return error_set(error, "--%s: '%s' is not a whole number from %" PRId64 " to %" PRId64, name, text, minimum,
                         maximum);
    *value = number;
    return true;
}

bool command_read_day(const struct command_line *line, const char *name, day *value, struct error *error)
{
    const char *text = command_text(line, name);
    if (text == NULL || day_parse(text_of(text), value))
        return true;
    return error_set(error, "--%s: '%s' is not a date (expected YYYY-MM-DD)", name, text);
}

bool command_read_quarter(const struct command_line *line, const char *name, quarter *value, struct error *error)
{
    const char *text = command_text(line, name);
    if (text == NULL || quarter_parse(text_of(text), value))
        return true;
    return error_set(error, "--%s: '%s' is not a quarter (expected 2025-Q2 or 2025/26-Q1)", name, text);
}

int command_refuse(const struct command_line *line, const struct error *error)
{
    const char *program = line->program->name, *command = line->command->name;
    fprintf(stderr, "%s %s: error: %s (see '%s %s --help')\n", program, command, error->message, program, command);
    return COMMAND_BAD_USAGE;
}

int command_fail(const struct error *error)
{
    fprintf(stderr, "referlens: error: %s\n", error->message);
    return COMMAND_FAILED;
}

int command_print(struct text text)
{
    if (fwrite(text.bytes, 1, text.length, stdout) == text.length && fflush(stdout) == 0)
        return COMMAND_DONE;
    struct error error;
    error_set_system(&error, errno, "cannot write to standard output");
    return command_fail(&error);
}

void command_warn(const char *format, ...)
{
    struct error warning; /* scrubs what is not for a terminal */
    char message[ERROR_MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    error_set(&warning, "%s", message);
    fprintf(stderr, "referlens: warning: %s\n", warning.message);
}

static const struct command *find_command(const struct command_program *program, const char *name)
{
    const struct command *const *command = program->commands;
    while (*command != NULL && strcmp((*command)->name, name) != 0)
        command++;
    return *command;
}

/* Prints help; with `command` NULL, that of the whole program. */
static int print_help(const struct command_program *program, const struct command *command)
{
    struct buffer text = buffer_with_maximum(HELP_TEXT_MAX);
    if (command != NULL)
        help_of_command(&text, program, command);
    else
        help_of_program(&text, program);
    int status = command_print(buffer_text(&text));
    buffer_release(&text);
    return status;
}

static int refuse_word(const struct command_program *program, const char *word)
{
    const char *names[64] = {"help", "--help", "--version"};
    size_t count = 3;
    for (const struct command *const *command = program->commands; *command != NULL && count < 63; command++)
        names[count++] = (*command)->name;
    const char *nearest = spelling_nearest(word, names);
    struct error error;
    error_set(&error, "there is no %s '%s'", word[0] == '-' ? "option" : "command", word);
    fprintf(stderr, "%s: error: %s", program->name, error.message);
    if (nearest != NULL)
        fprintf(stderr, "; did you mean '%s'?", nearest);
    fprintf(stderr, "\nTry '%s --help'.\n", program->name);
    return COMMAND_BAD_USAGE;
}

static int run_command(const struct command_program *program, const struct command *command, int argument_count,
                       char *const *arguments)
{
    struct command_line line = {.program = program, .command = command};
    struct error error;
    bool help_wanted;
    if (!command_line_parse(program, command, argument_count, arguments, &line, &help_wanted, &error))
        return command_refuse(&line, &error);
    int status = help_wanted ? print_help(program, command) : command->run(&line);
    command_line_release(&line);
    return status;
}

/* `referlens help` and `referlens help COMMAND`. */
static int run_help(const struct command_program *program, int argument_count, char *const *arguments)
{
    if (argument_count < 2)
        return print_help(program, NULL);
    const struct command *command = find_command(program, arguments[1]);
    return command != NULL ? print_help(program, command) : refuse_word(program, arguments[1]);
}

static int dispatch(const struct command_program *program, int argument_count, char *const *arguments)
{
    if (argument_count < 2) {
        fprintf(stderr, "%s: error: missing: COMMAND\nTry '%s --help'.\n", program->name, program->name);
        return COMMAND_BAD_USAGE;
    }
    const char *word = arguments[1];
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        return print_help(program, NULL);
    if (strcmp(word, "help") == 0)
        return run_help(program, argument_count - 1, arguments + 1);
    if (strcmp(word, "--version") == 0) {
        printf("%s %s\n", program->name, program->version);
        return COMMAND_DONE;
    }
    const struct command *command = find_command(program, word);
    return command != NULL ? run_command(program, command, argument_count - 1, arguments + 1)
                           : refuse_word(program, word);
}

int command_run(const struct command_program *program, int argument_count, char *const *arguments)
{
    int status = dispatch(program, argument_count, arguments);
    bool written = fflush(stdout) == 0 && !ferror(stdout);
    if (!written && (status == COMMAND_DONE || status == COMMAND_DONE_WITH_REJECTS)) {
        struct error error;
        error_set(&error, "cannot write to standard output");
        return command_fail(&error);
    }
    return status;
}
