#include "referlens/output/chart.h"

#include "referlens/base/memory.h"
#include "referlens/base/worker.h"
#include "referlens/output/chart_changes.h"
#include "referlens/output/chart_caterpillar.h"
#include "referlens/output/chart_deciles.h"
#include "referlens/output/chart_flow.h"
#include "referlens/output/chart_funnel.h"
#include "referlens/output/chart_over_time.h"
#include "referlens/output/chart_periods.h"
#include "referlens/output/chart_picture.h"
#include "referlens/output/chart_reasons.h"
#include "referlens/output/chart_scheme_balance.h"
#include "referlens/output/chart_scheme_outcomes.h"
#include "referlens/output/chart_scheme_waits.h"
#include "referlens/output/chart_sheet.h"
#include "referlens/output/chart_source.h"
#include "referlens/output/chart_specialties.h"
#include "referlens/output/chart_wait.h"
#include "referlens/output/gnuplot.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { EVERYWHERE = CHART_OF_REPORT | CHART_OF_PRACTICE };

const struct chart chart_table[] = {
    {"referral-flow", "What became of the referrals, from submitted to treated", EVERYWHERE,
     "Flow from left to right: bands lead from all referrals submitted to their first decisions, from these to seen or "
     "to "
     "the ways out, and from seen to treated. Each band is as wide as it is many.",
     "rejection_rate", chart_write_flow},
    {"rejection-funnel", "Rejection rates of practices, with control limits", EVERYWHERE,
     "Funnel plot: each point is a practice, from left to right by how many of its referrals were decided, from bottom "
     "to "
     "top by the share that was rejected. Curved limits at 95 % and 99.8 % narrow to the right.",
     "rejection_rate", chart_write_funnel},
    {"lost-funnel", "Shares lost after a rejection, with control limits", CHART_OF_REPORT,
     "Funnel plot: each point is a practice, from left to right by how many of its referrals were rejected, from "
     "bottom to top "
     "by the share of these that was lost. Curved limits at 95 % and 99.8 % narrow to the right.",
     "lost_after_rejection", chart_write_funnel_of_lost},
    {"seen-funnel", "Shares seen within 180 days, with control limits", CHART_OF_REPORT,
     "Funnel plot: each point is a practice, from left to right by how many referrals it submitted, from bottom to top "
     "by the "
     "share seen within 180 days. Curved limits at 95 % and 99.8 % narrow to the right.",
     "attendance_conversion", chart_write_funnel_of_seen},
    {"rejection-caterpillar", "Likely rejection rates of practices, shrunken, with intervals", CHART_OF_REPORT,
     "Practices from left to right in the order of their likely rejection rates, each a point with an upright line for "
     "its "
     "interval, and a cross for the rate as counted.",
     "rejection_rate", chart_write_caterpillar},
    {"rejection-deciles", "Deciles of the practices’ rejection rates by quarter", CHART_OF_REPORT,
     "A line for the middle practice through the quarters, in a band from the 30th to the 70th percentile and a wider "
     "one from "
     "the 10th to the 90th.",
     "rejection_rate", chart_write_deciles},
    {"rejection-reasons", "Reasons for rejection, the commonest first", EVERYWHERE,
     "Bars from the left, one for each reason, the commonest on top, with a line of the running share.",
     "rejection_rate", chart_write_reasons},
    {"wait-first-attendance", "Wait for the first attendance", EVERYWHERE,
     "Curves that rise from the left: the share of all referrals seen by each day since the GP’s referral, with the "
     "number "
     "still waiting under the axis.",
     "wait_first_attendance", chart_write_wait_first_attendance},
    {"wait-decision", "Wait for the first decision", EVERYWHERE,
     "Curves that rise from the left: the share of all referrals decided by each day since the GP’s referral, with the "
     "number still waiting under the axis.",
     "wait_decision", chart_write_wait_decision},
    {"journey-of-rejected", "Whole journey of those whose first referral was rejected", EVERYWHERE,
     "Curves that rise from the left: of those whose first referral was rejected, the share seen at last by each day "
     "since "
     "that referral, with the number still waiting under the axis.",
     "journey_wait", chart_write_journey_of_bounced},
    {"rejection-by-specialty", "Rejection rates by specialty beside the range of practices", CHART_OF_PRACTICE,
     "A row for each specialty: a point with its interval for the practice, on a bar from the 10th to the 90th "
     "percentile "
     "of all practices.",
     "rejection_rate", chart_write_specialties},
    {"referrals-by-period", "Referrals and rejections by quarter", EVERYWHERE,
     "Above, a bar for the referrals of each quarter and a smaller one for those rejected; below, the rejection rate "
     "as "
     "points with intervals.",
     "rejection_rate", chart_write_periods},
    {"rejection-over-time", "Rejection rate by quarter, with control limits", EVERYWHERE,
     "Points joined by a line, one for each quarter, about the usual level; hollow where the quarter is not complete.",
     "rejection_rate", chart_write_over_time},
    {"scheme-outcomes", "Schemes beside the reference: crude and adjusted differences", CHART_OF_COMPARISON,
     "Forest plot: a row for each outcome and scheme, with the crude and the adjusted difference from the reference as "
     "points "
     "and their intervals as lines, left and right of no difference.",
     NULL, chart_write_scheme_outcomes},
    {"scheme-waits", "Where the referrals of each scheme stood, day by day", CHART_OF_COMPARISON,
     "A panel for each scheme: from the left, the share seen rises from below, the shares turned away and cancelled "
     "come down "
     "from above, and between them is who still waits.",
     "wait_first_attendance", chart_write_scheme_waits},
    {"scheme-balance", "How unlike the referrals of each scheme and of the reference are", CHART_OF_COMPARISON,
     "A row for each variable, with a point for each scheme at its standardised mean difference from the reference.",
     NULL, chart_write_scheme_balance},
    {"scheme-moves", "Share rejected before and after a move from one scheme to another", CHART_OF_COMPARISON,
     "A panel for each pair of schemes: a point a month, a fitted line before and after the move, and a dashed line "
     "where the "
     "first would have led.",
     "rejection_rate", chart_write_scheme_moves},
    {"meeting-series", "Before and after the first peer-review meeting", CHART_OF_COMPARISON,
     "A panel for each of four outcomes: a point a month, a fitted line before and after the first meeting, and a "
     "dashed line "
     "where the first would have led.",
     NULL, chart_write_meeting_series},
};

const size_t chart_count = sizeof chart_table / sizeof chart_table[0];

void chart_list(struct buffer *output)
{
    buffer_add_string(output, "id\tscopes\ttitle\n");
    for (size_t i = 0; i < chart_count; i++) {
        const struct chart *chart = &chart_table[i];
        const char *scopes = chart->scopes == EVERYWHERE            ? "report, practice"
                             : chart->scopes == CHART_OF_REPORT     ? "report"
                             : chart->scopes == CHART_OF_COMPARISON ? "comparison"
                                                                    : "practice";
        buffer_add_formatted(output, "%s\t%s\t%s\n", chart->id, scopes, chart->title);
    }
}

/* Practices in one task: the worker's result list and sheets are used again within it. */
enum { PRACTICES_A_TASK = 8, NAME_SIZE = 128 };

struct charts_run {
    const struct report *report;
    struct folder *folder;
    const uint32_t *practices;
    size_t practice_count;
    const struct chart_common *common;
    struct gnuplot **gnuplots; /* by worker; NULL until the worker has something to draw */
    struct error *errors;      /* by task; the first one in their order is told */
    bool *failed;              /* by task */
    atomic_bool stop;
};

/* Which charts are drawn for the whole report, and which for a practice. */
static unsigned scope_of(const struct charts_run *run, bool of_report)
{
    if (!of_report)
        return CHART_OF_PRACTICE;
    return CHART_OF_REPORT | (run->common->comparison != NULL ? CHART_OF_COMPARISON : 0);
}

/* "practices/A81001/" or "" for the whole report. */
static void place_of(const struct report *report, uint32_t practice, char place[NAME_SIZE])
{
    char name[FOLDER_NAME_SIZE];
    place[0] = '\0';
    if (practice == SLICE_ALL)
        return;
    folder_safe_name(report_practice_code(report, practice), name);
    (void)snprintf(place, NAME_SIZE, "practices/%s/", name);
}

static bool write_chart(const struct charts_run *run, const struct chart *chart, const struct chart_source *source,
                        struct gnuplot *gnuplot, struct error *error)
{
    char place[NAME_SIZE], script[NAME_SIZE], data[2 * NAME_SIZE], picture[2 * NAME_SIZE];
    place_of(run->report, source->practice, place);
    (void)snprintf(script, sizeof script, "%s.gp", chart->id);
    (void)snprintf(data, sizeof data, "%scharts/%s.tsv", place, chart->id);
    (void)snprintf(picture, sizeof picture, "%scharts/%s.svg", place, chart->id);
    struct chart_sheet *sheet = memory_allocate(sizeof *sheet);
    chart_sheet_open(sheet);
    sheet->untrusted = chart->measure != NULL && !report_is_trusted(source->report, measure_index(chart->measure));
    chart->write(source, sheet);
    chart_sheet_close(sheet);
    bool done = sheet->content.full ? error_set(error, "the sheet of '%s' is too large", picture)
                                    : folder_write(run->folder, data, buffer_text(&sheet->content), error) &&
                                          gnuplot_draw(gnuplot, script, data, picture, error);
    chart_sheet_release(sheet);
    free(sheet);
    return done;
}

/* All charts of the report or of one practice. */
static bool write_charts(const struct charts_run *run, uint32_t practice, struct gnuplot *gnuplot, struct error *error)
{
    char place[NAME_SIZE], folder[2 * NAME_SIZE];
    place_of(run->report, practice, place);
    (void)snprintf(folder, sizeof folder, "%scharts", place);
    if (!folder_make(run->folder, folder, error))
        return false;
    struct result_list results = {NULL, 0, 0};
    struct chart_source source = {run->common, run->report, practice, &run->report->aggregates};
    if (practice != SLICE_ALL) {
        report_practice(run->report, practice, true, &results);
        source.results = &results;
    }
    const unsigned scope = scope_of(run, practice == SLICE_ALL);
    bool done = true;
    for (size_t i = 0; i < chart_count && done; i++) {
        if ((chart_table[i].scopes & scope) != 0)
            done = write_chart(run, &chart_table[i], &source, gnuplot, error);
    }
    result_list_release(&results);
    return done;
}

/* Task 0 is the whole report, the others some practices each. */
static void run_task(void *context, size_t task, size_t worker)
{
    struct charts_run *run = context;
    struct error *error = &run->errors[task];
    if (atomic_load(&run->stop))
        return;
    struct gnuplot **gnuplot = &run->gnuplots[worker];
    bool done = *gnuplot != NULL || gnuplot_start(folder_path(run->folder), gnuplot, error);
    if (task == 0) {
        done = done && write_charts(run, SLICE_ALL, *gnuplot, error);
    } else {
        size_t first = (task - 1) * PRACTICES_A_TASK;
        for (size_t i = first; i < first + PRACTICES_A_TASK && i < run->practice_count; i++) {
            done = done && write_charts(run, run->practices[i], *gnuplot, error);
            progress_add(run->report->progress, 1);
        }
    }
    run->failed[task] = !done;
    if (!done)
        atomic_store(&run->stop, true);
}

/* Makes the picture of what gnuplot has drawn, in its place. */
static bool finish_chart(const struct charts_run *run, const struct chart *chart, const char *place, struct error *error)
{
    char data[2 * NAME_SIZE], picture[2 * NAME_SIZE];
    (void)snprintf(data, sizeof data, "%scharts/%s.tsv", place, chart->id);
    (void)snprintf(picture, sizeof picture, "%scharts/%s.svg", place, chart->id);
    struct buffer drawn = buffer_with_maximum(CHART_PICTURE_MAX);
    struct buffer sheet = buffer_with_maximum(CHART_SHEET_MAX);
    struct buffer finished = buffer_with_maximum(CHART_PICTURE_MAX);
    const bool done = gnuplot_picture_check(folder_path(run->folder), picture, error) &&
                      folder_read(run->folder, picture, &drawn, error) &&
                      folder_read(run->folder, data, &sheet, error) &&
                      chart_picture_finish(buffer_text(&drawn), chart->id, chart->description, buffer_text(&sheet),
                                           &finished, error) &&
                      folder_rewrite(run->folder, picture, buffer_text(&finished), error);
    buffer_release(&drawn);
    buffer_release(&sheet);
    buffer_release(&finished);
    return done;
}

static void finish_task(void *context, size_t task, size_t worker)
{
    (void)worker;
    struct charts_run *run = context;
    size_t first = task == 0 ? 0 : (task - 1) * PRACTICES_A_TASK;
    size_t count = task == 0 ? 1 : PRACTICES_A_TASK;
    const unsigned scope = scope_of(run, task == 0);
    for (size_t i = first; i < first + count && (task == 0 || i < run->practice_count); i++) {
        char place[NAME_SIZE];
        place_of(run->report, task == 0 ? SLICE_ALL : run->practices[i], place);
        for (size_t c = 0; c < chart_count && !run->failed[task]; c++) {
            if ((chart_table[c].scopes & scope) != 0)
                run->failed[task] = !finish_chart(run, &chart_table[c], place, &run->errors[task]);
        }
    }
}

/* Ends all processes; what gnuplot said comes before what we noticed of it. */
static bool finish(struct charts_run *run, size_t worker_count, struct error *error)
{
    bool done = true;
    for (size_t i = 0; i < worker_count; i++) {
        struct error own = {""};
        if (!gnuplot_finish(run->gnuplots[i], &own) && done) {
            done = false;
            error_set(error, "%s", own.message);
        }
    }
    return done;
}

static bool first_failure(const struct charts_run *run, size_t task_count, struct error *error)
{
    for (size_t i = 0; i < task_count; i++) {
        if (run->failed[i])
            return error_set(error, "%s", run->errors[i].message);
    }
    return true;
}

bool charts_write(const struct report *report, const struct comparison_source *comparison, struct folder *folder,
                  const uint32_t *practices, size_t practice_count, size_t worker_count, struct error *error)
{
    size_t task_count = 1 + (practice_count + PRACTICES_A_TASK - 1) / PRACTICES_A_TASK;
    struct chart_common common = chart_common_of(report, practices, practice_count);
    common.comparison = comparison;
    struct charts_run run = {
        .report = report,
        .folder = folder,
        .practices = practices,
        .practice_count = practice_count,
        .common = &common,
        .gnuplots = memory_allocate_zeroed(worker_count, sizeof(*run.gnuplots)),
        .errors = memory_allocate_zeroed(task_count, sizeof(*run.errors)),
        .failed = memory_allocate_zeroed(task_count, sizeof(*run.failed)),
    };
    atomic_init(&run.stop, false);
    worker_run(worker_count, task_count, run_task, &run);
    bool done = finish(&run, worker_count, error) && first_failure(&run, task_count, error);
    if (done) {
        worker_run(worker_count, task_count, finish_task, &run);
        done = first_failure(&run, task_count, error);
    }
    free(run.gnuplots);
    free(run.errors);
    free(run.failed);
    chart_common_release(&common);
    return done;
}
