#include "referlens/command/report.h"

#include "referlens/base/memory.h"
#include "referlens/command/diagnostics.h"
#include "referlens/command/interruption.h"
#include "referlens/command/progress_line.h"
#include "referlens/command/reading.h"
#include "referlens/input/input.h"
#include "referlens/measure/case_list.h"
#include "referlens/measure/report.h"
#include "referlens/output/cases_csv.h"
#include "referlens/output/chart.h"
#include "referlens/output/comparison_json.h"
#include "referlens/output/comparison_page.h"
#include "referlens/output/folder.h"
#include "referlens/output/gnuplot.h"
#include "referlens/output/page.h"
#include "referlens/output/rejects_csv.h"
#include "referlens/output/report_files.h"
#include "referlens/output/report_json.h"
#include "referlens/output/results_json.h"
#include "referlens/output/results_sqlite.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *const audiences[] = {"shared", "practice", "analyst", NULL};
static const char *const references[] = {"none", "rmc", "specialist_advice", "local_expertise", "peer_review", NULL};
_Static_assert(sizeof references / sizeof references[0] == SCHEME_COUNT + 1, "one word a scheme");

static const struct command_option options[] = {
    {"output", 'o', "DIR", NULL, "the report folder to write; default: report"},
    {"store", 's', "DB", NULL, "read what was taken into this store (see 'referlens help ingest'), besides any files"},
    READING_OPTIONS("beyond which nothing is known; default: the latest that the store keeps, or else the latest date "
                    "in the exports"),
    {"period", 0, "QUARTER", NULL,
     "the report's own quarter, 2025-Q2 or 2025/26-Q1; default: the last that was over by the as-of date"},
    {"practice", 0, "CODE", NULL, "write a pack for this practice only; may be repeated"},
    {"reference", 0, "SCHEME", references,
     "the scheme that all others are compared with; default: none, or the one with most referrals where none has any"},
    {"audience", 0, "WHO", audiences,
     "who will read it; shared (default) suppresses and rounds small counts, practice shows each pack its own practice "
     "exactly, analyst is exact everywhere"},
    {"cases", 0, NULL, NULL,
     "list cases to look at beside each pack, with their referral ids: for the practice alone, never to be passed on"},
    {"no-charts", 0, NULL, NULL, "draw no charts (gnuplot is then not needed)"},
    {"no-packs", 0, NULL, NULL, "write no page for each practice"},
    {"max-rejects", 0, "N|P%", NULL,
     "give up, writing nothing, when more rows than this are rejected; default: no limit"},
    {"timings", 0, NULL, NULL, "say on standard error how long each stage took"},
    {"force", 'f', NULL, NULL, "replace the folder if it holds an earlier report, and nothing else"},
    {.name = NULL},
};

/* The command line, understood. */
struct settings {
    const char *output;
    struct reading_setup reading;
    quarter period;     /* PERIOD_ALL: not given */
    uint32_t reference; /* enum scheme; SCHEME_COUNT: not given */
    enum audience audience;
    struct reject_limit limit;
    bool charts, packs, cases, force, timings;
};

static bool check_operands(const struct command_line *line, struct error *error)
{
    return line->operand_count > 0 || command_count(line, "store") > 0 ||
           error_set(error, "name the files to read, or a store with --store");
}

/* On failure there is nothing to release. */
static bool read_settings(const struct command_line *line, struct settings *settings, bool *usage, struct error *error)
{
    const char *output = command_text(line, "output"), *audience = command_text(line, "audience");
    const char *reference = command_text(line, "reference");
    *settings = (struct settings){
        .output = output != NULL ? output : "report",
        .period = PERIOD_ALL,
        .reference = reference == NULL ? SCHEME_COUNT
                                       : (uint32_t)vocabulary_find(scheme_names, SCHEME_COUNT, text_of(reference)),
        .charts = command_count(line, "no-charts") == 0,
        .packs = command_count(line, "no-packs") == 0,
        .cases = command_count(line, "cases") > 0,
        .force = command_count(line, "force") > 0,
        .timings = command_count(line, "timings") > 0,
    };
    audience_parse(audience != NULL ? audience : "shared", &settings->audience);
    *usage = true;
    if (!check_operands(line, error))
        return false;
    if (settings->cases && !settings->packs)
        return error_set(error, "--cases lists cases beside packs, and --no-packs writes none");
    const char *store;
    if (!command_read_quarter(line, "period", &settings->period, error) ||
        !reject_limit_parse(command_text(line, "max-rejects"), &settings->limit, error) ||
        !reading_store_path(line, &store, error) || !reading_setup_open(&settings->reading, line, usage, error))
        return false;
    settings->reading.store = store;
    return true;
}

/* The last quarter that was over by the as-of date. */
static quarter last_whole_quarter(day as_of)
{
    const quarter of = quarter_of_day(as_of);
    return quarter_last_day(of) <= as_of ? of : of - 1;
}

/* The practices that get a pack: those asked for, or every one that referred. */
static bool choose_practices(const struct command_line *line, const struct report *report, uint32_t **practices,
                             size_t *count, struct error *error)
{
    const struct dictionary *codes = cohort_practices(report->cohort);
    const size_t asked = command_count(line, "practice");
    *practices = memory_resize(NULL, codes->count + asked, sizeof **practices);
    *count = 0;
    for (size_t i = 0; i < asked; i++) {
        const char *code = command_nth_text(line, "practice", i);
        const uint32_t practice = dictionary_find(codes, text_of(code));
        if (practice == DICTIONARY_NONE)
            return error_set(error, "--practice %s: no such practice in the files", code);
        bool again = false;
        for (size_t k = 0; k < *count; k++)
            again = again || (*practices)[k] == practice;
        if (!again)
            (*practices)[(*count)++] = practice;
    }
    uint32_t last = SLICE_ALL;
    for (size_t i = 0; asked == 0 && i < report->practices.count; i++) {
        const uint32_t practice = report->practices.results[i].slice.practice;
        if (practice != last)
            (*practices)[(*count)++] = practice;
        last = practice;
    }
    return true;
}

/* Ends a stage: says how long it took, where that is asked for, and starts the next. */
static void end_stage(const struct settings *settings, const char *stage, struct timespec *since)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (settings->timings)
        fprintf(stderr, "referlens: timing: %s %.3f s\n", stage,
                (double)(now.tv_sec - since->tv_sec) + (double)(now.tv_nsec - since->tv_nsec) / 1e9);
    *since = now;
}

/* Shows how many packs are done until the line is ended. */
static struct progress_line *show_packs(const struct report *report, enum progress_kind kind, size_t packs)
{
    *report->progress = (struct progress){.in_all = (int64_t)packs};
    return packs > 0 ? progress_line_start(report->progress, kind) : NULL;
}

static bool write_all(const struct comparison_source *source, struct folder *folder, const struct settings *settings,
                      const uint32_t *practices, size_t practice_count, struct timespec *since, struct error *error)
{
    const struct report *report = source->report;
    const size_t workers = settings->reading.options.worker_count, packs = settings->packs ? practice_count : 0;
    const struct comparison_source *compared = comparison_is_there(source) ? source : NULL;
    bool done = results_json_write(report, folder, workers, error);
    end_stage(settings, "measures.json", since);
    done = done && results_sqlite_write(report, compared, folder, workers, error);
    end_stage(settings, "results.sqlite", since);
    done = done && rejects_csv_write(report, folder, error) && comparison_json_write(source, folder, error);
    struct progress_line *line = show_packs(report, PROGRESS_CHARTS, settings->charts ? packs : 0);
    done = done && (!settings->charts || charts_write(report, compared, folder, practices, packs, workers, error));
    progress_line_end(line);
    end_stage(settings, "charts", since);
    line = show_packs(report, PROGRESS_PAGES, packs);
    done = done && cases_csv_write(report, folder, practices, packs, error) &&
           pages_write(report, folder, practices, packs, settings->charts, workers, error) &&
           comparison_pages_write(source, folder, settings->charts, error) && report_json_write(report, folder, error);
    progress_line_end(line);
    end_stage(settings, "pages", since);
    return done;
}

/* Compares the schemes and writes the folder. */
static bool compare_and_write(const struct report *report, struct folder *folder, const struct settings *settings,
                              const uint32_t *practices, size_t practice_count, struct timespec *since,
                              struct error *error)
{
    const size_t workers = settings->reading.options.worker_count;
    struct comparison comparison = comparison_of(report, settings->reference, workers);
    if (settings->reference != SCHEME_COUNT && comparison.reference == SCHEME_COUNT)
        command_warn("schemes can't be compared with %s: it, or every other scheme, has no requests",
                     references[settings->reference]);
    struct comparison_changes changes = {.switches = NULL};
    struct comparison_costs costs = {.costs = NULL};
    if (comparison.reference != SCHEME_COUNT) {
        changes = comparison_changes_of(report, workers);
        costs = comparison_costs_of(report, comparison.reference, workers);
    }
    end_stage(settings, "comparing schemes", since);
    const struct comparison_source source = {report, &comparison, &changes, &costs};
    const bool done = write_all(&source, folder, settings, practices, practice_count, since, error);
    comparison_release(&comparison);
    comparison_changes_release(&changes);
    comparison_costs_release(&costs);
    return done;
}

/* From here on the report is there, whatever signal comes. The ids of cases were read last. */
static bool publish(struct folder *folder, const struct input *input, bool cases, struct error *error)
{
    if (cases && !input_check_unchanged(input, error))
        return false;
    interruption_end();
    return folder_publish(folder, error);
}

static void close_folder(struct folder *folder)
{
    interruption_end();
    folder_close(folder);
}

static void warn_of_period(quarter period)
{
    char text[QUARTER_TEXT_SIZE];
    quarter_format(period, text);
    command_warn("nothing was requested in %s: the report's own quarter is empty (set it with --period)", text);
}

/* Measures the cohort and writes the folder. */
static bool make_report(const struct command_line *line, const struct settings *settings, const struct input *input,
                        struct folder *folder, struct timespec *since, struct error *error)
{
    const day as_of = cohort_as_of(input->cohort);
    struct progress progress = {0};
    struct report report = {
        .progress = &progress,
        .version = line->program->version,
        .as_of = as_of,
        .as_of_assumed = input->as_of_assumed,
        .period = settings->period,
        .period_assumed = settings->period == PERIOD_ALL,
        .audience = settings->audience,
        .cohort = input->cohort,
        .ledgers = input->ledgers,
        .ledger_count = input->file_count,
        .rejects = input->rejects,
        .reject_count = input->reject_count,
    };
    if (report.period_assumed && as_of != DAY_UNKNOWN)
        report.period = last_whole_quarter(as_of);
    struct case_list *cases = settings->cases ? case_list_of(input->cohort) : NULL;
    report.cases = cases;
    if (settings->cases && settings->audience == AUDIENCE_SHARED)
        command_warn("cases.csv holds referral ids: take it out of a practice's folder before that is passed on");
    cohort_forget_ids(input->cohort);
    struct evaluation *evaluation =
        evaluation_prepare(input->cohort, report.period, settings->reading.options.worker_count);
    cohort_forget_facts(input->cohort);
    report.evaluation = evaluation;
    report_evaluate(&report, settings->reading.options.worker_count);
    diagnostics_early(&report);
    end_stage(settings, "measuring", since);
    if (report_period_is_empty(&report))
        warn_of_period(report.period);
    uint32_t *practices = NULL;
    size_t practice_count = 0;
    const bool done = choose_practices(line, &report, &practices, &practice_count, error) &&
                      compare_and_write(&report, folder, settings, practices, practice_count, since, error) &&
                      publish(folder, input, settings->cases, error);
    memory_free(practices);
    report_release(&report);
    case_list_free(cases);
    evaluation_free(evaluation);
    return done;
}

static void say_period(const struct input *input, const struct settings *settings)
{
    const day as_of = cohort_as_of(input->cohort);
    if (settings->period != PERIOD_ALL || as_of == DAY_UNKNOWN || !(input->as_of_assumed || input->as_of_kept))
        return;
    char period[QUARTER_TEXT_SIZE];
    quarter_format(last_whole_quarter(as_of), period);
    fprintf(stderr, "referlens: note: period %s, the last quarter that was over by then\n", period);
}

static void discard(void *folder)
{
    folder_discard(folder);
}

/* Whether a file that is read would go with the old report. */
static bool would_replace(const struct settings *settings, const char *path, struct error *error)
{
    return path != NULL && report_files_hold(settings->output, path) &&
           !error_set(error,
                      "'%s' lies in the folder '%s', which the report would replace: move it out, or name another "
                      "folder",
                      path, settings->output);
}

static bool check_sources(const struct command_line *line, const struct settings *settings, struct error *error)
{
    for (size_t i = 0; i < line->operand_count; i++)
        if (would_replace(settings, line->operands[i], error))
            return false;
    for (size_t i = 0; i < command_count(line, "profile"); i++)
        if (would_replace(settings, command_nth_text(line, "profile", i), error))
            return false;
    return !would_replace(settings, settings->reading.store, error) &&
           !would_replace(settings, command_text(line, "pseudonymise"), error);
}

/* Reads the files, and makes sure that they were the same all the while. On failure nothing is left to release. */
static bool read_whole(const struct command_line *line, const struct settings *settings, struct input *input,
                       struct timespec *since, struct error *error)
{
    if (!check_sources(line, settings, error) || !reading_read(&settings->reading, line, input, error))
        return false;
    end_stage(settings, "reading and linking", since);
    const bool done = reading_hash(&settings->reading, input, error);
    end_stage(settings, "hashing", since);
    if (!done)
        input_release(input);
    return done;
}

/* A report of nothing is one, as of a time before all referrals or of files with only a header; rows of which no
 * referral could be made are likely to be a slip. */
static void say_nothing(const struct input *input)
{
    bool given = false, any = false;
    for (size_t i = 0; i < input->file_count; i++) {
        given = given || input_file_makes(&input->files[i], FILE_REFERRALS);
        any = any || input->ledgers[i].read > 0;
    }
    if (any && cohort_count(input->cohort) == 0)
        command_warn("no referral could be used%s: there is nothing to measure",
                     given ? "" : ", for no file holds referrals");
}

/* Tells whoever sits before a terminal where to look: at the pack where one alone was asked for. */
static void say_where(const struct command_line *line, const struct settings *settings)
{
    size_t length = strlen(settings->output);
    if (!isatty(STDERR_FILENO))
        return;
    while (length > 1 && settings->output[length - 1] == '/')
        length--;
    char *shown = memory_copy_text(settings->output, length);
    length = text_scrub(shown, length);
    fprintf(stderr, "report: open %.*s/", (int)length, shown);
    if (settings->packs && command_count(line, "practice") == 1) {
        char folder[FOLDER_NAME_SIZE];
        folder_safe_name(text_of(command_text(line, "practice")), folder);
        fprintf(stderr, "practices/%s/", folder);
    }
    fprintf(stderr, "index.html\n");
    memory_free(shown);
}

static int run_with(const struct command_line *line, struct settings *settings)
{
    struct error error = {""};
    if (settings->charts && !gnuplot_check(&error))
        return command_fail(&error);
    struct folder *folder = NULL;
    interruption_hold();
    if (!folder_open(settings->output, settings->force, &folder, &error))
        return command_fail(&error);
    const struct interruption interruption = {"referlens: interrupted; nothing was written\n", discard, discard,
                                              folder};
    interruption_watch(&interruption);
    struct timespec since;
    clock_gettime(CLOCK_MONOTONIC, &since);
    struct input input;
    int status = COMMAND_FAILED;
    if (!read_whole(line, settings, &input, &since, &error)) {
        close_folder(folder);
        return command_fail(&error);
    }
    diagnostics_rejects(&input, "rejects.csv");
    if (reject_limit_passed(&settings->limit, &input)) {
        diagnostics_files(&input);
        fprintf(stderr, "referlens: error: more rows were rejected than --max-rejects allows; nothing was written\n");
        status = COMMAND_TOO_MANY_REJECTS;
    } else {
        diagnostics_files(&input);
        reading_say_as_of(&input);
        say_period(&input, settings);
        say_nothing(&input);
        if (!make_report(line, settings, &input, folder, &since, &error))
            status = command_fail(&error);
        else
            status = input.reject_count > 0 ? COMMAND_DONE_WITH_REJECTS : COMMAND_DONE;
    }
    close_folder(folder);
    input_release(&input);
    if (status == COMMAND_DONE || status == COMMAND_DONE_WITH_REJECTS)
        say_where(line, settings);
    return status;
}

static int run_report(const struct command_line *line)
{
    struct settings settings;
    struct error error = {""};
    bool usage;
    if (!read_settings(line, &settings, &usage, &error))
        return usage ? command_refuse(line, &error) : command_fail(&error);
    const int status = run_with(line, &settings);
    reading_setup_release(&settings.reading);
    return status;
}

const struct command command_report = {
    .name = "report",
    .summary = "read exports, measure them, and write the report folder: the main job",
    .operands = "[FILE...]",
    .description =
        "Reads any number of CSV files, tells their kind from their headers, measures what became of the referrals, "
        "and "
        "writes the report folder, whole or not at all.\n\n"
        "Rows that can't be used are listed in rejects.csv, each with its reason; the exit status is then 3.",
    .options = options,
    .repeatable = (const char *const[]){"profile", "practice", NULL},
    .operands_minimum = 0,
    .operands_maximum = SIZE_MAX,
    .run = run_report,
};
