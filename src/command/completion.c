#include "referlens/command/completion.h"

#include "referlens/command/help.h"

#include <string.h>

static void add_words(struct buffer *text, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++)
        buffer_add_formatted(text, i == 0 ? "%s" : " %s", words[i]);
}

/* The names of the options of a command, as they are typed. */
static void add_option_names(struct buffer *text, const struct command *command)
{
    for (const struct command_option *option = command->options; option != NULL && option->name != NULL; option++) {
        if (option->letter != '\0')
            buffer_add_formatted(text, "-%c ", option->letter);
        buffer_add_formatted(text, "--%s ", option->name);
    }
    buffer_add_formatted(text, "-%c --%s", help_option.letter, help_option.name);
}

/* The line of the `case` on the option before the word that is completed. */
static void add_option_values(struct buffer *text, const struct command *command, const struct command_option *option)
{
    if (option->argument == NULL)
        return;
    buffer_add_formatted(text, "    %s:--%s", command->name, option->name);
    if (option->letter != '\0')
        buffer_add_formatted(text, "|%s:-%c", command->name, option->letter);
    buffer_add_string(text, ") ");
    if (option->choices != NULL) {
        buffer_add_string(text, "words=\"");
        add_words(text, option->choices);
        buffer_add_string(text, "\" kind=words");
    } else {
        buffer_add_string(text, strcmp(option->argument, "DIR") == 0 ? "kind=folders" : "kind=files");
    }
    buffer_add_string(text, " ;;\n");
}

static void add_command_names(struct buffer *text, const struct command_program *program)
{
    for (const struct command *const *command = program->commands; *command != NULL; command++)
        buffer_add_formatted(text, "%s ", (*command)->name);
}

/* The `case` on what the command itself takes. */
static void add_command(struct buffer *text, const struct command *command)
{
    buffer_add_formatted(text, "      %s) options=\"", command->name);
    add_option_names(text, command);
    buffer_add_string(text, "\"");
    if (command->choices != NULL) {
        buffer_add_string(text, " words=\"");
        add_words(text, command->choices);
        buffer_add_string(text, "\" kind=words");
    }
    buffer_add_string(text, " ;;\n");
}

void completion_of_program(struct buffer *text, const struct command_program *program)
{
    const char *name = program->name;
    buffer_add_formatted(text, "# Completion of %s for bash.\n", name);
    buffer_add_formatted(text, "_%s() {\n", name);
    buffer_add_string(text,
                      "  local word=${COMP_WORDS[COMP_CWORD]} before='' command='' options='' words='' kind=files\n"
                      "  COMPREPLY=()\n"
                      "  if (( COMP_CWORD == 1 )); then\n"
                      "    mapfile -t COMPREPLY < <(compgen -W \"");
    add_command_names(text, program);
    buffer_add_formatted(text, "help --%s --%s\" -- \"$word\")\n", help_option.name, help_version_option.name);
    buffer_add_string(text, "    return\n"
                            "  fi\n"
                            "  command=${COMP_WORDS[1]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
                            "  # bash parts --name=value at the equals sign\n"
                            "  if [[ $word == = ]]; then word=''; "
                            "elif [[ $before == = ]]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
                            "  case $command:$before in\n"
                            "    help:*) words=\"");
    add_command_names(text, program);
    buffer_add_string(text, "\" kind=words ;;\n");
    for (const struct command *const *command = program->commands; *command != NULL; command++)
        for (const struct command_option *option = (*command)->options; option != NULL && option->name != NULL;
             option++)
            add_option_values(text, *command, option);
    buffer_add_string(text, "    *) case $command in\n");
    for (const struct command *const *command = program->commands; *command != NULL; command++)
        add_command(text, *command);
    buffer_add_string(text,
                      "      esac ;;\n"
                      "  esac\n"
                      "  if [[ $word == -* ]]; then mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\")\n"
                      "  elif [[ $kind == words ]]; then mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
                      "  elif [[ $kind == folders ]]; then mapfile -t COMPREPLY < <(compgen -d -- \"$word\")\n"
                      "  else mapfile -t COMPREPLY < <(compgen -f -- \"$word\"); compopt -o filenames\n"
                      "  fi\n"
                      "}\n");
    buffer_add_formatted(text, "complete -F _%s %s\n", name, name);
}
