#include "referlens/command/help.h"

#include <string.h>

enum { NAME_INDENT = 2, LETTER_WIDTH = 4, HELP_INDENT = 26 }; /* columns; "-o, " is a letter */

const struct command_option help_option = {"help", 'h', NULL, NULL, "show this help"};
const struct command_option help_version_option = {"version", '\0', NULL, NULL, "show the version"};

/* The columns that a text takes: a continuation byte takes none. Wide and combining characters are not used. */
static size_t columns(const char *bytes, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)bytes[i] & 0xC0) != 0x80;
    return count;
}

static void add_spaces(struct buffer *text, size_t count)
{
    for (; count > 0; count--)
        buffer_add_character(text, ' ');
}

void help_add_filled(struct buffer *text, size_t column, size_t indent, const char *words)
{
    bool line_empty = true;
    while (*words != '\0') {
        size_t gap = strspn(words, " \n");
        bool paragraph = strncmp(words, "\n\n", 2) == 0;
        words += gap;
        size_t length = strcspn(words, " \n");
        size_t width = columns(words, length);
        if (paragraph || (!line_empty && column + 1 + width > HELP_WIDTH)) {
            buffer_add_string(text, paragraph ? "\n\n" : "\n");
            column = 0;
            line_empty = true;
        }
        if (line_empty && column < indent) {
            add_spaces(text, indent - column);
            column = indent;
        } else if (!line_empty && length > 0) {
            buffer_add_character(text, ' ');
            column++;
        }
        buffer_add(text, words, length);
        column += width;
        line_empty = false;
        words += length;
    }
    buffer_add_character(text, '\n');
}

/* Adds a name and what it means beside it, or below it where the name is too long. */
static void add_entry(struct buffer *text, const char *name, const char *meaning)
{
    add_spaces(text, NAME_INDENT);
    buffer_add_string(text, name);
    size_t column = NAME_INDENT + columns(name, strlen(name));
    if (column + 2 > HELP_INDENT) {
        buffer_add_character(text, '\n');
        column = 0;
    }
    help_add_filled(text, column, HELP_INDENT, meaning);
}

void help_add_option_form(struct buffer *text, const struct command_option *option)
{
    if (option->letter != '\0')
        buffer_add_formatted(text, "-%c, ", option->letter);
    buffer_add_formatted(text, "--%s", option->name);
    if (option->argument != NULL)
        buffer_add_formatted(text, " %s", option->argument);
}

void help_add_choices(struct buffer *text, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++) {
        const char *join = i == 0 ? "" : words[i + 1] == NULL ? " or " : ", ";
        buffer_add_formatted(text, "%s'%s'", join, words[i]);
    }
}

void help_add_option_meaning(struct buffer *text, const struct command_option *option)
{
    buffer_add_string(text, option->help);
    if (option->choices == NULL)
        return;
    buffer_add_string(text, ": ");
    help_add_choices(text, option->choices);
}

void help_add_operand_choices(struct buffer *text, const struct command *command)
{
    buffer_add(text, command->operands, strcspn(command->operands, " "));
    buffer_add_string(text, " is ");
    help_add_choices(text, command->choices);
    buffer_add_character(text, '.');
}

static void add_option(struct buffer *text, const struct command_option *option)
{
    struct buffer name = buffer_with_maximum(HELP_TEXT_MAX), meaning = buffer_with_maximum(HELP_TEXT_MAX);
    help_add_option_meaning(&meaning, option);
    if (option->letter == '\0')
        add_spaces(&name, LETTER_WIDTH);
    help_add_option_form(&name, option);
    add_entry(text, name.bytes, meaning.bytes);
    buffer_release(&name);
    buffer_release(&meaning);
}

static void add_usage(struct buffer *text, const struct command_program *program, const struct command *command)
{
    buffer_add_formatted(text, "Usage: %s %s", program->name, command->name);
    if (command->options != NULL && command->options[0].name != NULL)
        buffer_add_string(text, " [options]");
    if (command->operands != NULL)
        buffer_add_formatted(text, " %s", command->operands);
    buffer_add_string(text, "\n\n");
}

void help_of_command(struct buffer *text, const struct command_program *program, const struct command *command)
{
    add_usage(text, program, command);
    help_add_filled(text, 0, 0, command->description != NULL ? command->description : command->summary);
    if (command->choices != NULL) {
        struct buffer choices = buffer_with_maximum(HELP_TEXT_MAX);
        help_add_operand_choices(&choices, command);
        buffer_add_character(text, '\n');
        help_add_filled(text, 0, 0, choices.bytes);
        buffer_release(&choices);
    }
    buffer_add_string(text, "\nOptions:\n");
    for (const struct command_option *option = command->options; option != NULL && option->name != NULL; option++)
        add_option(text, option);
    add_option(text, &help_option);
}

void help_of_program(struct buffer *text, const struct command_program *program)
{
    buffer_add_formatted(text, "Usage: %s COMMAND [options] …\n\n", program->name);
    help_add_filled(text, 0, 0, program->description != NULL ? program->description : program->summary);
    buffer_add_string(text, "\nCommands:\n");
    for (const struct command *const *command = program->commands; *command != NULL; command++)
        add_entry(text, (*command)->name, (*command)->summary);
    add_entry(text, "help", "show this help, or that of the command named behind it");
    buffer_add_string(text, "\nOptions:\n");
    add_option(text, &help_option);
    add_option(text, &help_version_option);
    if (program->environment != NULL)
        buffer_add_string(text, "\nEnvironment:\n");
    for (const struct command_variable *of = program->environment; of != NULL && of->name != NULL; of++)
        add_entry(text, of->name, of->meaning);
    buffer_add_formatted(text, "\n'%s COMMAND --help' shows the options of a command.\n", program->name);
}
