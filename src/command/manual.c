#include "referlens/command/manual.h"

#include "referlens/command/help.h"

#include <string.h>

struct exit_status {
    enum command_exit status;
    const char *meaning;
};

static const struct exit_status exit_statuses[] = {
    {COMMAND_DONE, "Done."},
    {COMMAND_FAILED, "Failed; nothing was written, but for the files that ingest had named by then."},
    {COMMAND_BAD_USAGE, "The command line cannot be used."},
    {COMMAND_DONE_WITH_REJECTS, "Done, but some rows were rejected."},
    {COMMAND_TOO_MANY_REJECTS, "Too many rows were rejected; nothing was written."},
};

/* What roff would read as something else: its escape character, a hyphen that is a minus to be copied, quotes that
 * become curly, and an ellipsis that an ASCII terminal lacks. */
static const struct {
    const char *plain, *roff;
} escapes[] = {{"\\", "\\e"}, {"-", "\\-"}, {"'", "\\(aq"}, {"`", "\\(ga"}, {"…", "\\&..."}};

static void add_escaped(struct buffer *text, const char *words, size_t length)
{
    const char *end = words + length;
    while (words < end) {
        bool line_start = text->length == 0 || text->bytes[text->length - 1] == '\n';
        if (line_start && *words == '.') /* would begin a request */
            buffer_add_string(text, "\\&");
        size_t i = 0, count = sizeof escapes / sizeof *escapes;
        while (i < count && strncmp(words, escapes[i].plain, strlen(escapes[i].plain)) != 0)
            i++;
        if (i < count)
            buffer_add_string(text, escapes[i].roff);
        else
            buffer_add_character(text, *words);
        words += i < count ? strlen(escapes[i].plain) : 1;
    }
}

static void add_words(struct buffer *text, const char *words)
{
    add_escaped(text, words, strlen(words));
}

/* Adds "\fBwords\fR" or, with 'I', italics. */
static void add_in_font(struct buffer *text, char font, const char *words)
{
    buffer_add_formatted(text, "\\f%c", font);
    add_words(text, words);
    buffer_add_string(text, "\\fR");
}

/* Adds the paragraphs of a description, with `separator` between them. */
static void add_paragraphs(struct buffer *text, const char *words, const char *separator)
{
    while (*words != '\0') {
        const char *end = strstr(words, "\n\n");
        size_t length = end != NULL ? (size_t)(end - words) : strlen(words);
        add_escaped(text, words, length);
        buffer_add_character(text, '\n');
        words += length;
        words += strspn(words, "\n");
        if (*words != '\0')
            buffer_add_string(text, separator);
    }
}

static void add_synopsis(struct buffer *text, const struct command_program *program)
{
    buffer_add_string(text, ".SH SYNOPSIS\n");
    for (const struct command *const *command = program->commands; *command != NULL; command++) {
        if (command != program->commands)
            buffer_add_string(text, ".br\n");
        add_in_font(text, 'B', program->name);
        buffer_add_character(text, ' ');
        add_in_font(text, 'B', (*command)->name);
        buffer_add_string(text, " [\\fIoptions\\fR]");
        if ((*command)->operands != NULL) {
            buffer_add_character(text, ' ');
            add_in_font(text, 'I', (*command)->operands);
        }
        buffer_add_character(text, '\n');
    }
}

static void add_commands(struct buffer *text, const struct command_program *program)
{
    buffer_add_string(text, ".SH COMMANDS\n");
    for (const struct command *const *command = program->commands; *command != NULL; command++) {
        buffer_add_string(text, ".TP\n");
        add_in_font(text, 'B', (*command)->name);
        buffer_add_character(text, '\n');
        const char *description = (*command)->description;
        add_paragraphs(text, description != NULL ? description : (*command)->summary, ".IP\n");
        if ((*command)->choices == NULL)
            continue;
        struct buffer choices = buffer_with_maximum(HELP_TEXT_MAX);
        help_add_operand_choices(&choices, *command);
        buffer_add_string(text, ".IP\n");
        add_words(text, choices.bytes);
        buffer_add_character(text, '\n');
        buffer_release(&choices);
    }
    buffer_add_string(text, ".TP\n\\fBhelp\\fR\nshow the help of the program, or of the command named behind it\n");
}

static void add_option(struct buffer *text, const struct command_option *option)
{
    buffer_add_string(text, ".TP\n");
    if (option->letter != '\0') {
        add_in_font(text, 'B', (char[]){'-', option->letter, '\0'});
        buffer_add_string(text, ", ");
    }
    buffer_add_string(text, "\\fB\\-\\-");
    add_words(text, option->name);
    buffer_add_string(text, "\\fR");
    if (option->argument != NULL) {
        buffer_add_character(text, ' ');
        add_in_font(text, 'I', option->argument);
    }
    buffer_add_character(text, '\n');
    struct buffer meaning = buffer_with_maximum(HELP_TEXT_MAX);
    help_add_option_meaning(&meaning, option);
    add_words(text, meaning.bytes);
    buffer_add_character(text, '\n');
    buffer_release(&meaning);
}

static void add_options(struct buffer *text, const struct command_program *program)
{
    buffer_add_string(text, ".SH OPTIONS\n");
    add_option(text, &help_option);
    add_option(text, &help_version_option);
    for (const struct command *const *command = program->commands; *command != NULL; command++) {
        const struct command_option *option = (*command)->options;
        if (option == NULL || option->name == NULL)
            continue;
        buffer_add_string(text, ".SS Options of ");
        add_words(text, (*command)->name);
        buffer_add_character(text, '\n');
        for (; option->name != NULL; option++)
            add_option(text, option);
    }
}

void manual_of_program(struct buffer *text, const struct command_program *program)
{
    buffer_add_string(text, ".TH ");
    for (const char *letter = program->name; *letter != '\0'; letter++)
        buffer_add_character(text, (char)(*letter >= 'a' && *letter <= 'z' ? *letter - 'a' + 'A' : *letter));
    buffer_add_formatted(text, " 1 \"\" \"%s %s\" \"User Commands\"\n.SH NAME\n", program->name, program->version);
    add_words(text, program->name);
    buffer_add_string(text, " \\- ");
    add_words(text, program->summary);
    buffer_add_character(text, '\n');
    add_synopsis(text, program);
    buffer_add_string(text, ".SH DESCRIPTION\n");
    add_paragraphs(text, program->description != NULL ? program->description : program->summary, ".PP\n");
    add_commands(text, program);
    add_options(text, program);
    buffer_add_string(text, ".SH EXIT STATUS\n");
    for (size_t i = 0; i < sizeof exit_statuses / sizeof *exit_statuses; i++)
        buffer_add_formatted(text, ".TP\n\\fB%d\\fR\n%s\n", exit_statuses[i].status, exit_statuses[i].meaning);
    if (program->environment != NULL)
        buffer_add_string(text, ".SH ENVIRONMENT\n");
    for (const struct command_variable *of = program->environment; of != NULL && of->name != NULL; of++) {
        buffer_add_string(text, ".TP\n");
        add_in_font(text, 'B', of->name);
        buffer_add_character(text, '\n');
        add_words(text, of->meaning);
        buffer_add_character(text, '\n');
    }
    if (program->files == NULL)
        return;
    buffer_add_string(text, ".SH FILES\n");
    add_paragraphs(text, program->files, ".PP\n");
}
