/* The command table, and the program that it makes. */
#include "referlens/command/command.h"
#include "referlens/command/list.h"

#include <stddef.h>

static const struct command *const commands[] = {
    &command_list,
    NULL,
};

static const struct command_program program = {
    .name = "referlens",
    .version = REFERLENS_VERSION,
    .summary = "what became of referrals",
    .description =
        "Reads exports of referrals and of what followed them, and works out for each practice, specialty and way of "
        "managing referrals what was turned away, how long patients waited, and what differs by more than chance. "
        "Writes JSON, a SQLite database, charts, and pages that a practice can talk about.",
    .files =
        "Input is CSV in UTF-8 with a header row, which tells what kind of file it is: referrals, outcomes, practices, "
        "schemes or sessions. Other headers are read through a profile: 'referlens list profiles' names those built "
        "in.\n\n"
        "A report is a folder: report.json (inputs, parameters, data quality), measures.json and comparison.json "
        "(results), results.sqlite (every result), rejects.csv (rows that could not be used), index.html (the page to "
        "open), charts, and a folder of pages for each practice.",
    .commands = commands,
};

int main(int argument_count, char **arguments)
{
    command_install_memory_policy();
    return command_run(&program, argument_count, arguments);
}
