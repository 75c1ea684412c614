/* The completion script for bash, made from the command tables. */
#ifndef REFERLENS_COMMAND_COMPLETION_H
#define REFERLENS_COMMAND_COMPLETION_H

#include "referlens/base/buffer.h"
#include "referlens/command/command.h"

/* Adds the whole script. It completes commands, options, the choices of an option or a first operand, folders where an
 * option takes a DIR, and else file names. */
void completion_of_program(struct buffer *text, const struct command_program *program);

#endif
