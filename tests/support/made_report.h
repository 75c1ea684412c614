/* A report on files that were made up in a scratch folder, up to what is written of it: referrals.csv, outcomes.csv,
 * practices.csv and sessions.csv, as of 2025-06-30, with 2025-Q1 as its own quarter.
 */
#ifndef REFERLENS_TESTS_SUPPORT_MADE_REPORT_H
#define REFERLENS_TESTS_SUPPORT_MADE_REPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scratch.h"

#include "referlens/input/input.h"
#include "referlens/measure/report.h"
#include "referlens/output/folder.h"

#include <limits.h>

static char scratch[SCRATCH_PATH_SIZE];
static char reports[PATH_MAX];

static inline int enter(void **state)
{
    (void)state;
    assert_non_null(realpath("reports", reports));
    setenv("REFERLENS_REPORTS", reports, 1);
    scratch_enter(scratch);
    return 0;
}

static inline int leave(void **state)
{
    (void)state;
    scratch_leave(scratch);
    return chdir(reports) == 0 && chdir("..") == 0 ? 0 : -1;
}

/* From the files to the folder, which is never published. */
struct run {
    struct input input;
    struct evaluation *evaluation;
    struct report report;
    struct folder *folder;
};

static inline void run_open(struct run *run, enum audience audience)
{
    static const char *const paths[] = {"referrals.csv", "outcomes.csv", "practices.csv", "sessions.csv"};
    struct error error = {""};
    struct input_options options = {.as_of = DAY_UNKNOWN, .worker_count = 1};
    assert_true(day_parse(TEXT("2025-06-30"), &options.as_of));
    *run = (struct run){.report = {.version = "1.2.3", .as_of = options.as_of, .audience = audience}};
    assert_true(input_read(&run->input, paths, sizeof paths / sizeof paths[0], &options, &error));
    assert_true(quarter_parse(TEXT("2025-Q1"), &run->report.period));
    run->evaluation = evaluation_prepare(run->input.cohort, run->report.period, 1);
    run->report.evaluation = run->evaluation;
    run->report.cohort = run->input.cohort;
    run->report.ledgers = run->input.ledgers;
    run->report.ledger_count = run->input.file_count;
    report_evaluate(&run->report, 1);
    assert_true(folder_open("out", false, &run->folder, &error));
}

static inline void run_release(struct run *run)
{
    folder_close(run->folder);
    report_release(&run->report);
    evaluation_free(run->evaluation);
    input_release(&run->input);
}

#endif
