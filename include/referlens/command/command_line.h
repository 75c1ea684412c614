/* From main's arguments to a checked command line.
 *
 * Reading is getopt_long's: options may stand among the operands, "--" ends them, letters may be joined, a long name
 * may be cut short where that is clear. What looks like a negative number is an operand or a value, never an option.
 */
#ifndef REFERLENS_COMMAND_COMMAND_LINE_H
#define REFERLENS_COMMAND_COMMAND_LINE_H

#include "referlens/base/error.h"
#include "referlens/command/command.h"

#include <stdbool.h>

/* Reads the arguments behind the command's name (`arguments[0]`, which is skipped). With --help, which every command
 * takes, `*help_wanted` is set and the rest is not looked at. Release the line in either case; not after a failure.
 * Not for several threads: getopt_long keeps its place in globals. */
bool command_line_parse(const struct command_program *program, const struct command *command, int argument_count,
                        char *const *arguments, struct command_line *line, bool *help_wanted, struct error *error);

/* A zeroed line is allowed. */
void command_line_release(struct command_line *line);

#endif
