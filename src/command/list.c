#include "referlens/command/list.h"

#include "referlens/base/buffer.h"
#include "referlens/command/completion.h"
#include "referlens/command/help.h"
#include "referlens/command/manual.h"
#include "referlens/input/format.h"
#include "referlens/input/profile.h"
#include "referlens/measure/measure.h"
#include "referlens/output/assets.h"
#include "referlens/output/chart.h"

#include <string.h>

/* Adds one of the lists to the text. */
typedef bool list_function(struct buffer *text, const struct command_program *program, struct error *error);

struct list {
    const char *name;
    list_function *add;
};

static bool add_measures(struct buffer *text, const struct command_program *program, struct error *error)
{
    (void)program;
    (void)error;
    measure_list(text);
    return true;
}

static bool add_columns(struct buffer *text, const struct command_program *program, struct error *error)
{
    (void)program;
    (void)error;
    format_list(text);
    return true;
}

static bool add_charts(struct buffer *text, const struct command_program *program, struct error *error)
{
    (void)program;
    (void)error;
    chart_list(text);
    return true;
}

static bool add_profiles(struct buffer *text, const struct command_program *program, struct error *error)
{
    (void)program;
    char folder[ASSETS_PATH_SIZE];
    struct profile_list list = {0};
    if (!assets_find(folder, "profiles", error) || !profile_list_read(folder, &list, error))
        return false;
    profile_list_write(&list, text);
    profile_list_release(&list);
    return true;
}

static bool add_manual(struct buffer *text, const struct command_program *program, struct error *error)
{
    (void)error;
    manual_of_program(text, program);
    return true;
}

static bool add_completion(struct buffer *text, const struct command_program *program, struct error *error)
{
    (void)error;
    completion_of_program(text, program);
    return true;
}

static const struct list lists[] = {
    {"measures", add_measures}, {"columns", add_columns}, {"profiles", add_profiles},
    {"charts", add_charts},     {"manual", add_manual},   {"completion", add_completion},
};

enum { LIST_COUNT = sizeof lists / sizeof *lists };

/* The names again, in the same order, as the choices of the operand. */
static const char *const list_names[] = {"measures", "columns", "profiles", "charts", "manual", "completion", NULL};

_Static_assert(sizeof list_names / sizeof *list_names == LIST_COUNT + 1, "each list has its name among the choices");

static int run_list(const struct command_line *line)
{
    struct buffer text = buffer_with_maximum(HELP_TEXT_MAX);
    struct error error = {""};
    bool added = true;
    for (size_t i = 0; i < LIST_COUNT; i++)
        if (strcmp(lists[i].name, line->operands[0]) == 0)
            added = lists[i].add(&text, line->program, &error);
    int status = added ? command_print(buffer_text(&text)) : command_fail(&error);
    buffer_release(&text);
    return status;
}

const struct command command_list = {
    .name = "list",
    .summary = "print what the program knows: one of its tables, or its own manual page",
    .operands = "LIST",
    .description =
        "Prints one of the tables that the program works by, a row a line with tabs between its fields: measures (what "
        "is worked out), columns (what the CSV files may hold), profiles (which exports can be read as they are), "
        "charts "
        "(what is drawn). Or prints what is made from the command tables: the manual page, and the completion for bash."
        "\n\n"
        "A profile says in JSON which column of an export means what. To write one, copy the one that comes nearest "
        "(the "
        "last column of profiles says where each lies) and give it a name of your own. Its 'makes' says what is made "
        "of a row: 'kind' is "
        "referrals, outcomes or another kind of file, and 'fields' has for each of its columns (see columns) the name "
        "of a column of the export; or {\"constant\": …}, the same for all rows; or {\"column\": …, \"date\": "
        "\"DD/MM/YYYY\"}; or {\"column\": …, \"map\": {…}}, its values and what they mean. 'encoding', 'delimiter', "
        "'missing' (values that mean not known) and 'leave_out' (rows, each with a reason) say the rest; "
        "schemas/profile.schema.json, beside their folder, describes all of it. A mistake in a profile is named with "
        "its place.",
    .choices = list_names,
    .operands_minimum = 1,
    .operands_maximum = 1,
    .run = run_list,
};
