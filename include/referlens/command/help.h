/* Help, made from the command tables: what --help prints. At most 80 columns, in UTF-8. */
#ifndef REFERLENS_COMMAND_HELP_H
#define REFERLENS_COMMAND_HELP_H

#include "referlens/base/buffer.h"
#include "referlens/command/command.h"

enum { HELP_WIDTH = 80 }; /* columns */

/* The most that help, a manual page or a completion may be, in bytes. */
enum { HELP_TEXT_MAX = 1 << 20 };

/* The option that every command takes besides its own, and the one that only the program itself takes. */
extern const struct command_option help_option;
extern const struct command_option help_version_option;

/* Adds the help of the whole program, or of one command. */
void help_of_program(struct buffer *text, const struct command_program *program);
void help_of_command(struct buffer *text, const struct command_program *program, const struct command *command);

/* "-o, --output DIR"; without a letter "--as-of DATE". */
void help_add_option_form(struct buffer *text, const struct command_option *option);

/* What the option does, and its choices where it has any: "whom it is for: 'shared' or 'analyst'". */
void help_add_option_meaning(struct buffer *text, const struct command_option *option);

/* What the first operand may be, of a command that has choices: "LIST is 'manual' or 'completion'." */
void help_add_operand_choices(struct buffer *text, const struct command *command);

/* "'a', 'b' or 'c'"; nothing for an empty list. The words are ended by NULL. */
void help_add_choices(struct buffer *text, const char *const *words);

/* Adds the words of `words`, filled into lines of HELP_WIDTH columns that begin `indent` columns in; the first begins
 * where the buffer's last line ends, which is `column` columns in. "\n\n" in the words begins a new paragraph. Ends
 * with a newline. */
void help_add_filled(struct buffer *text, size_t column, size_t indent, const char *words);

#endif
