#include "referlens/command/list.h"

#include "referlens/base/buffer.h"
#include "referlens/command/completion.h"
#include "referlens/command/help.h"
#include "referlens/command/manual.h"
#include "referlens/input/format.h"
#include "referlens/measure/measure.h"
#include "referlens/output/chart.h"

#include <string.h>

/* Adds one of the lists to the text. */
typedef void list_function(struct buffer *text, const struct command_program *program);

struct list {
    const char *name;
    list_function *add;
};

static void add_measures(struct buffer *text, const struct command_program *program)
{
    (void)program;
    measure_list(text);
}

static void add_columns(struct buffer *text, const struct command_program *program)
{
    (void)program;
    format_list(text);
}

static void add_charts(struct buffer *text, const struct command_program *program)
{
    (void)program;
    chart_list(text);
}

static const struct list lists[] = {
    {"measures", add_measures},
    {"columns", add_columns},
    {"charts", add_charts},
    {"manual", manual_of_program},
    {"completion", completion_of_program},
};

enum { LIST_COUNT = sizeof lists / sizeof *lists };

/* The names again, in the same order, as the choices of the operand. */
static const char *const list_names[] = {"measures", "columns", "charts", "manual", "completion", NULL};

_Static_assert(sizeof list_names / sizeof *list_names == LIST_COUNT + 1, "each list has its name among the choices");

static int run_list(const struct command_line *line)
{
    struct buffer text = buffer_with_maximum(HELP_TEXT_MAX);
    for (size_t i = 0; i < LIST_COUNT; i++)
        if (strcmp(lists[i].name, line->operands[0]) == 0)
            lists[i].add(&text, line->program);
    int status = command_print(buffer_text(&text));
    buffer_release(&text);
    return status;
}

const struct command command_list = {
    .name = "list",
    .summary = "print what the program knows: one of its tables, or its own manual page",
    .operands = "LIST",
    .description =
        "Prints one of the tables that the program works by, a row a line with tabs between its fields: measures (what "
        "is worked out), columns (what the CSV files may hold), charts (what is drawn). Or prints what is made from "
        "the command tables: the manual page, and the completion for bash.",
    .choices = list_names,
    .operands_minimum = 1,
    .operands_maximum = 1,
    .run = run_list,
};
