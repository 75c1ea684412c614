/* The manual page, made from the command tables: roff for `man`, section 1. */
#ifndef REFERLENS_COMMAND_MANUAL_H
#define REFERLENS_COMMAND_MANUAL_H

#include "referlens/base/buffer.h"
#include "referlens/command/command.h"

/* Adds the whole page. */
void manual_of_program(struct buffer *text, const struct command_program *program);

#endif
