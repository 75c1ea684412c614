#include "referlens/command/check.h"

#include "referlens/base/json_writer.h"
#include "referlens/command/diagnostics.h"
#include "referlens/command/reading.h"
#include "referlens/measure/evaluation.h"
#include "referlens/output/quality_json.h"
#include "referlens/output/quality_text.h"

#include <string.h>

enum { CHECK_BYTES_MAX = 256 << 20 };

static const char *const formats[] = {"text", "json", NULL};

static const struct command_option options[] = {
    READING_OPTIONS("beyond which nothing is known; default: the latest date in the exports"),
    {"format", 0, "FORMAT", formats, "text (default) for eyes, json for programs: with every rejected row"},
    {.name = NULL},
};

/* The checker has the files before them: nothing is masked. */
static void evaluate(struct report *report, const struct input *input, const char *version, size_t workers)
{
    *report = (struct report){
        .version = version,
        .as_of = cohort_as_of(input->cohort),
        .as_of_assumed = input->as_of_assumed,
        .period = PERIOD_ALL,
        .audience = AUDIENCE_ANALYST,
        .cohort = input->cohort,
        .ledgers = input->ledgers,
        .ledger_count = input->file_count,
        .rejects = input->rejects,
        .reject_count = input->reject_count,
    };
    cohort_forget_ids(input->cohort);
    struct evaluation *evaluation = evaluation_prepare(input->cohort, report->period, workers);
    cohort_forget_facts(input->cohort);
    report->evaluation = evaluation;
    report_evaluate_aggregates(report, workers);
}

static bool write_check(struct buffer *text, const struct report *report, bool json)
{
    if (json)
        quality_json_add_check(text, report);
    else
        quality_text_add(text, report);
    return !text->full;
}

static int check(const struct command_line *line, const struct reading_setup *setup)
{
    struct error error = {""};
    struct input input;
    if (!reading_read(setup, line, &input, &error))
        return command_fail(&error);
    if (!reading_hash(setup, &input, &error)) {
        input_release(&input);
        return command_fail(&error);
    }
    const char *format = command_text(line, "format");
    const bool json = format != NULL && strcmp(format, "json") == 0;
    if (!json)
        diagnostics_rejects(&input, "--format json");
    reading_say_as_of(&input);
    struct report report;
    evaluate(&report, &input, line->program->version, setup->options.worker_count);
    diagnostics_early(&report);
    struct buffer text = buffer_with_maximum(CHECK_BYTES_MAX);
    int status = COMMAND_FAILED;
    if (write_check(&text, &report, json))
        status = command_print(buffer_text(&text));
    else
        error_set(&error, "there is more to say than fits: see 'referlens check' without --format json");
    if (status == COMMAND_DONE && input.reject_count > 0)
        status = COMMAND_DONE_WITH_REJECTS;
    buffer_release(&text);
    evaluation_free((struct evaluation *)(uintptr_t)report.evaluation);
    report_release(&report);
    input_release(&input);
    return error.message[0] != '\0' ? command_fail(&error) : status;
}

static int run_check(const struct command_line *line)
{
    struct reading_setup setup;
    struct error error = {""};
    bool usage;
    if (!reading_setup_open(&setup, line, &usage, &error))
        return usage ? command_refuse(line, &error) : command_fail(&error);
    const int status = check(line, &setup);
    reading_setup_release(&setup);
    return status;
}

const struct command command_check = {
    .name = "check",
    .summary = "say what the files hold and what is wrong with them, and write nothing",
    .operands = "FILE...",
    .description =
        "Reads the files as report does, and tells what each column was taken for, the format of its dates with the "
        "earliest and the latest, what is missing or unknown, duplicates, conflicts, events without their referral or "
        "dated before it, practices that are not in the list, and how much of each measure can be computed: all that "
        "is "
        "wrong at once.\n\n"
        "The exit status is 3 where rows had to be rejected.",
    .options = options,
    .repeatable = (const char *const[]){"profile", NULL},
    .operands_minimum = 1,
    .operands_maximum = SIZE_MAX,
    .run = run_check,
};
