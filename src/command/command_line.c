#include "referlens/command/command_line.h"

#include "referlens/base/buffer.h"
#include "referlens/base/memory.h"
#include "referlens/command/help.h"
#include "referlens/command/spelling.h"

#include <getopt.h>
#include <string.h>

enum {
    OPTION_HELP = 'h',
    OPTION_FIRST = 256, /* getopt_long's value of the first row of the table; above every letter */
};

static size_t option_count(const struct command *command)
{
    size_t count = 0;
    while (command->options != NULL && command->options[count].name != NULL)
        count++;
    return count;
}

/* What getopt_long wants to know. */
struct getopt_tables {
    struct option *long_options; /* owned */
    char *letters;               /* owned */
    char **arguments;            /* owned; the texts are the caller's, but for hidden ones */
    int argument_count;
};

static bool looks_like_negative_number(const char *argument)
{
    if (argument[0] != '-')
        return false;
    const char *digits = argument + 1 + (argument[1] == '.');
    return *digits >= '0' && *digits <= '9';
}

static void release_tables(struct getopt_tables *tables)
{
    memory_free(tables->long_options);
    memory_free(tables->letters);
    memory_free(tables->arguments);
}

static struct getopt_tables make_tables(const struct command *command, int argument_count, char *const *arguments)
{
    size_t count = option_count(command);
    struct getopt_tables tables = {
        .long_options = memory_allocate_zeroed(count + 2, sizeof *tables.long_options),
        .letters = memory_allocate_zeroed(2 * count + 4, 1),
        .arguments = memory_allocate_zeroed((size_t)argument_count + 1, sizeof *tables.arguments),
        .argument_count = argument_count,
    };
    char *letter = tables.letters;
    *letter++ = '-'; /* operands come in their place, as the value 1 */
    *letter++ = ':'; /* a missing value is told from an unknown option */
    *letter++ = OPTION_HELP;
    for (size_t i = 0; i < count; i++) {
        const struct command_option *option = &command->options[i];
        int has_argument = option->argument != NULL ? required_argument : no_argument;
        tables.long_options[i] = (struct option){option->name, has_argument, NULL, OPTION_FIRST + (int)i};
        if (option->letter == '\0')
            continue;
        *letter++ = option->letter;
        if (has_argument == required_argument)
            *letter++ = ':';
    }
    tables.long_options[count] = (struct option){"help", no_argument, NULL, OPTION_HELP};
    for (int i = 0; i < argument_count;
         i++) /* getopt would take -5 for an option; what stood there is found by index */
        tables.arguments[i] = looks_like_negative_number(arguments[i]) ? "0" : arguments[i];
    return tables;
}

/* The row of the table that getopt_long's value stands for; NULL for none. */
static const struct command_option *option_of_value(const struct command *command, int value)
{
    size_t count = option_count(command);
    for (size_t i = 0; i < count; i++)
        if (value == OPTION_FIRST + (int)i || (value != 0 && value == command->options[i].letter))
            return &command->options[i];
    return NULL;
}

static bool check_choice(const char *given, const char *const *choices, struct error *error)
{
    if (given == NULL || choices == NULL) /* a flag has no value */
        return true;
    for (size_t i = 0; choices[i] != NULL; i++)
        if (strcmp(given, choices[i]) == 0)
            return true;
    struct buffer expected = buffer_with_maximum(ERROR_MESSAGE_MAX);
    help_add_choices(&expected, choices);
    error_set(error, "'%s' is not one of %s", given, expected.bytes);
    buffer_release(&expected);
    return false;
}

static bool refuse_unknown_option(const struct command *command, const char *argument, struct error *error)
{
    size_t count = option_count(command), length = strcspn(argument, "=");
    char *typed = memory_copy_text(argument, length);
    const char **names = memory_allocate_zeroed(count + 2, sizeof *names);
    const char *name = typed + strspn(typed, "-");
    size_t matches = 0;
    for (size_t i = 0; i < count; i++) {
        names[i] = command->options[i].name;
        matches += strncmp(names[i], name, strlen(name)) == 0;
    }
    names[count] = "help";
    matches += strncmp(names[count], name, strlen(name)) == 0;
    const char *nearest = spelling_nearest(name, names);
    if (matches > 1)
        error_set(error, "option '%s' is not clear: several begin with it", typed);
    else if (nearest != NULL)
        error_set(error, "there is no option '%s'; did you mean '--%s'?", typed, nearest);
    else
        error_set(error, "there is no option '%s'", typed);
    memory_free(names);
    memory_free(typed);
    return false;
}

/* Says why getopt_long refused `argument`. */
static bool refuse_option(const struct command *command, const char *argument, bool value_missing, struct error *error)
{
    const struct command_option *option = option_of_value(command, optopt);
    if (option != NULL && value_missing)
        return error_set(error, "option '--%s' needs a value: %s", option->name, option->argument);
    if (strncmp(argument, "--", 2) != 0)
        return error_set(error, "there is no option '-%c'", optopt);
    if (option != NULL || optopt == OPTION_HELP)
        return error_set(error, "option '--%s' takes no value", option != NULL ? option->name : "help");
    return refuse_unknown_option(command, argument, error);
}

static bool is_repeatable(const struct command *command, const char *name)
{
    const char *const *repeatable = command->repeatable;
    while (repeatable != NULL && *repeatable != NULL && strcmp(*repeatable, name) != 0)
        repeatable++;
    return repeatable != NULL && *repeatable != NULL;
}

/* A flag says the same however often it is given; of two values one would be passed over. */
static bool check_once(const struct command_line *line, const struct command_option *option, struct error *error)
{
    if (option->argument == NULL || is_repeatable(line->command, option->name))
        return true;
    return command_count(line, option->name) == 0 || error_set(error, "--%s is given twice", option->name);
}

static bool add_value(struct command_line *line, const struct command_option *option, const char *text,
                      struct error *error)
{
    if (!check_once(line, option, error))
        return false;
    if (!check_choice(text, option->choices, error))
        return error_prefix(error, "--%s", option->name);
    line->values[line->value_count++] = (struct command_value){option, text};
    return true;
}

/* Reads what getopt_long yields, until the end, the first fault, or --help. */
static bool read_options(const struct command *command, const struct getopt_tables *tables, char *const *arguments,
                         struct command_line *line, bool *help_wanted, struct error *error)
{
    optind = 0; /* glibc: begin anew */
    opterr = 0;
    for (;;) {
        int at = optind > 0 ? optind : 1; /* the argument that is read next */
        int value = getopt_long(tables->argument_count, tables->arguments, tables->letters, tables->long_options, NULL);
        if (value == -1)
            break;
        if (value == OPTION_HELP) {
            *help_wanted = true;
            return true;
        }
        if (value == '?' || value == ':')
            return refuse_option(command, arguments[at], value == ':', error);
        /* A text that is an argument of its own is the last one read; the original may have been hidden. */
        bool own_argument = optarg != NULL && optarg == tables->arguments[optind - 1];
        const char *text = own_argument ? arguments[optind - 1] : optarg;
        if (value == 1)
            line->operands[line->operand_count++] = text;
        else if (!add_value(line, option_of_value(command, value), text, error))
            return false;
    }
    for (int i = optind; i < tables->argument_count; i++)
        line->operands[line->operand_count++] = arguments[i];
    return true;
}

static bool check_operands(const struct command_line *line, struct error *error)
{
    const struct command *command = line->command;
    if (line->operand_count < command->operands_minimum)
        return error_set(error, "missing: %s", command->operands);
    if (line->operand_count > command->operands_maximum)
        return error_set(error, "'%s' was not expected", line->operands[command->operands_maximum]);
    return line->operand_count == 0 || check_choice(line->operands[0], command->choices, error);
}

bool command_line_parse(const struct command_program *program, const struct command *command, int argument_count,
                        char *const *arguments, struct command_line *line, bool *help_wanted, struct error *error)
{
    struct getopt_tables tables = make_tables(command, argument_count, arguments);
    size_t bytes = 1; /* joined letters (-abc) give more values than there are arguments, but not than bytes */
    for (int i = 0; i < argument_count; i++)
        bytes += strlen(arguments[i]);
    struct command_line parsed = {
        .program = program,
        .command = command,
        .values = memory_allocate_zeroed(bytes, sizeof *parsed.values),
        .operands = memory_allocate_zeroed((size_t)argument_count + 1, sizeof *parsed.operands),
    };
    bool help = false;
    bool parsed_whole =
        read_options(command, &tables, arguments, &parsed, &help, error) && (help || check_operands(&parsed, error));
    release_tables(&tables);
    if (!parsed_whole) {
        command_line_release(&parsed);
        return false;
    }
    *line = parsed;
    *help_wanted = help;
    return true;
}

void command_line_release(struct command_line *line)
{
    if (line == NULL)
        return;
    memory_free(line->values);
    memory_free(line->operands);
    *line = (struct command_line){0};
}
