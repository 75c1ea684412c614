/* The command table, and the program that it makes. */
#include "referlens/command/calc.h"
#include "referlens/command/check.h"
#include "referlens/command/command.h"
#include "referlens/command/ingest.h"
#include "referlens/command/list.h"
#include "referlens/command/lost_page.h"
#include "referlens/command/report.h"
#include "referlens/command/synth.h"

#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static const struct command *const commands[] = {
    &command_report, &command_check, &command_ingest, &command_calc, &command_list, &command_synth, NULL,
};

static const struct command_variable environment[] = {
    {"REFERLENS_REPORTS", "folder of chart scripts, page templates, styles, prompts and profiles to use in place of "
                          "those that the program was "
                          "installed with"},
    {NULL, NULL},
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
        "schemes or sessions. 'referlens list columns' names their columns.\n\n"
        "A report is a folder: index.html (the page to open), charts (each a picture beside the sheet that "
        "gnuplot draws it from), practices (a folder for each practice with index.html, pack.json, charts and, with "
        "--cases, cases.csv: for the practice alone), measures.json (results), results.sqlite (every result), "
        "comparison.html, brief.html and comparison.json (schemes compared, on a page, on one sheet of paper and as "
        "numbers; only where two schemes have data), report.json (inputs, parameters, data quality) and rejects.csv "
        "(rows that could not be used).",
    .environment = environment,
    .commands = commands,
};

/* Gives standard input, output and error that are closed a descriptor that can't be used either, so that no file that
 * is opened later gets its number: what starts gnuplot puts other things there. */
static void occupy_standard_descriptors(void)
{
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++) {
        if (fcntl(descriptor, F_GETFD) < 0 && open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
            return; /* the lowest that is free, which is this one */
    }
}

int main(int argument_count, char **arguments)
{
    occupy_standard_descriptors();
    command_install_memory_policy();
    /* A file that may not grow any more is an error like others, to be told and cleaned up after. */
    signal(SIGXFSZ, SIG_IGN);
    lost_page_handle();
    return command_run(&program, argument_count, arguments);
}
