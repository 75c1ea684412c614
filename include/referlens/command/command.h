/* What a sub-command is, and what it is given when it runs.
 *
 * Each sub-command is one constant of type struct command (command_report in report.h, and so on); main.c holds the
 * table of them. Reading the command line, --help, the manual page and the completion all come from these tables, so a
 * new option is one row. A command's function gets a line that is already checked: known options, values among their
 * choices, as many operands as it allows. It prints data on standard output and all else on standard error, and
 * returns the program's exit status.
 */
#ifndef REFERLENS_COMMAND_COMMAND_H
#define REFERLENS_COMMAND_COMMAND_H

#include "referlens/base/calendar.h"
#include "referlens/base/error.h"
#include "referlens/base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The program's exit status. */
enum command_exit {
    COMMAND_DONE = 0,
    COMMAND_FAILED = 1, /* nothing was written, but by ingest what it has said */
    COMMAND_BAD_USAGE = 2,
    COMMAND_DONE_WITH_REJECTS = 3,
    COMMAND_TOO_MANY_REJECTS = 4, /* nothing was written */
};

struct command_option {
    const char *name;           /* the long name without its dashes: "as-of" */
    char letter;                /* 'o' for -o; '\0' where there is none; never a digit */
    const char *argument;       /* what follows, as help shows it: "DATE"; NULL for a flag */
    const char *const *choices; /* the only values it takes, ended by NULL; NULL where any is taken */
    const char *help; /* what it does, its default with it; no capital at its start, no full stop at its end */
};

struct command_line;

/* Returns an enum command_exit. */
typedef int command_function(const struct command_line *line);

struct command {
    const char *name;                     /* "report" */
    const char *summary;                  /* one line, as an option's help is written */
    const char *operands;                 /* as the usage line shows them: "FILE…"; NULL where there are none */
    const char *description;              /* whole sentences; "\n\n" parts paragraphs; NULL: the summary is enough */
    const struct command_option *options; /* ended by one whose name is NULL; NULL: --help only, which all have */
    const char *const *repeatable; /* options with a value that may be given more than once, ended by NULL; NULL: none */
    const char *const *choices;    /* the only values of the first operand, ended by NULL; NULL where any is */
    size_t operands_minimum;
    size_t operands_maximum; /* SIZE_MAX: any number */
    command_function *run;
};

/* A variable of the environment that the program heeds. */
struct command_variable {
    const char *name;
    const char *meaning; /* as an option's help is written */
};

/* The program: what help and the manual page say of it as a whole. */
struct command_program {
    const char *name;
    const char *version;
    const char *summary;
    const char *description;               /* as a command's */
    const char *files;                     /* as a description: the files that it reads and writes */
    const struct command_variable *environment; /* ended by one whose name is NULL; NULL: none */
    const struct command *const *commands; /* ended by NULL */
};

/* An option as it was given. */
struct command_value {
    const struct command_option *option;
    const char *text; /* NULL for a flag */
};

/* A checked command line. The texts are those of main's argv. */
struct command_line {
    const struct command_program *program;
    const struct command *command;
    struct command_value *values; /* owned; in the order given */
    size_t value_count;
    const char **operands; /* owned */
    size_t operand_count;
};

/* The value of the option named; NULL where it was not given. A name that is not in the command's table aborts: it is a
 * slip in the program. */
const char *command_text(const struct command_line *line, const char *name);

/* How often the option was given, flags too; and the text of one of those times, counted from 0. */
size_t command_count(const struct command_line *line, const char *name);
const char *command_nth_text(const struct command_line *line, const char *name, size_t index);

/* Reads the value of an option into `*value`, which keeps what it holds where the option was not given. On failure the
 * error names the option and says what was expected; pass it to command_refuse. */
bool command_read_integer(const struct command_line *line, const char *name, int64_t minimum, int64_t maximum,
                          int64_t *value, struct error *error);
bool command_read_day(const struct command_line *line, const char *name, day *value, struct error *error);
bool command_read_quarter(const struct command_line *line, const char *name, quarter *value, struct error *error);

/* Says on standard error that the command line can't be used, and how to see what can; returns COMMAND_BAD_USAGE. */
int command_refuse(const struct command_line *line, const struct error *error);

/* Says on standard error what went wrong; returns COMMAND_FAILED. */
int command_fail(const struct error *error);

/* Prints data on standard output, all of it; returns COMMAND_DONE, or COMMAND_FAILED after it has said why. */
int command_print(struct text text);

/* Prints a warning on standard error. */
void command_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Runs the program on main's arguments and returns its exit status. */
int command_run(const struct command_program *program, int argument_count, char *const *arguments);

/* Makes running out of memory end the program with one line on standard error and status 1, here and in cJSON. Call it
 * once, before anything else. */
void command_install_memory_policy(void);

/* Sets what is called, once, before the program ends because memory ran out, in place of what was set before; NULL for
 * nothing. It must not allocate, and may be called in any thread. For removing half-written output. */
void command_on_exhausted(void (*cleanup)(void));

#endif
