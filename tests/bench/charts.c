/* How fast packs are made: `charts JOBS FILE…` reads exports, draws all charts of the report and of every practice, makes the
 * pages around them, and then has as many gnuplot processes draw the same sheets again, with nothing else to do. Prints the
 * times, in seconds of the clock and of the processors. Another load on the machine shows in the first and hardly in the second. */
#include "referlens/base/worker.h"
#include "referlens/input/input.h"
#include "referlens/output/chart.h"
#include "referlens/output/gnuplot.h"
#include "referlens/output/page.h"

#include "../support/scratch.h"

#include <sys/resource.h>
#include <time.h>

struct times {
    double clock, processor;
};

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec * 1e-6;
}

/* Of this process and of the children that have ended. */
static struct times times_now(void)
{
    struct timespec time;
    struct rusage own, children;
    clock_gettime(CLOCK_MONOTONIC, &time);
    getrusage(RUSAGE_SELF, &own);
    getrusage(RUSAGE_CHILDREN, &children);
    return (struct times){(double)time.tv_sec + (double)time.tv_nsec * 1e-9,
                          seconds_of(own.ru_utime) + seconds_of(own.ru_stime) + seconds_of(children.ru_utime) +
                              seconds_of(children.ru_stime)};
}

static void print_times(const char *what, size_t pictures, struct times from, struct times to)
{
    double clock = to.clock - from.clock;
    printf("%-16s %6zu pictures %8.2f s %8.2f s of processor %7.0f pictures/s\n", what, pictures, clock,
           to.processor - from.processor, (double)pictures / clock);
}

static void give_up(const struct error *error)
{
    fprintf(stderr, "charts: %s\n", error->message);
    exit(1);
}

/* Sheets drawn again: each worker's share of them lies together, as it does when they are written. */
struct again {
    const char *folder;
    char (*names)[SCRATCH_PATH_SIZE]; /* without their endings */
    const char **scripts;
    size_t count, worker_count;
};

static void draw_again(void *context, size_t task, size_t worker)
{
    (void)worker;
    const struct again *again = context;
    struct gnuplot *gnuplot = NULL;
    struct error error = {""};
    if (!gnuplot_start(again->folder, &gnuplot, &error))
        give_up(&error);
    for (size_t i = task * again->count / again->worker_count; i < (task + 1) * again->count / again->worker_count; i++) {
        char data[SCRATCH_PATH_SIZE + 8], picture[SCRATCH_PATH_SIZE + 8];
        (void)snprintf(data, sizeof data, "%s.tsv", again->names[i]);
        (void)snprintf(picture, sizeof picture, "%s.svg", again->names[i]);
        if (!gnuplot_draw(gnuplot, again->scripts[i], data, picture, &error))
            give_up(&error);
    }
    if (!gnuplot_finish(gnuplot, &error))
        give_up(&error);
}

static struct again list_sheets(const struct report *report, const char *folder, size_t worker_count)
{
    size_t practice_count = report_practice_count(report);
    struct again again = {.folder = folder, .worker_count = worker_count};
    again.names = memory_allocate_zeroed((practice_count + 1) * chart_count, sizeof *again.names);
    again.scripts = memory_allocate_zeroed((practice_count + 1) * chart_count, sizeof *again.scripts);
    char(*scripts)[64] = memory_allocate_zeroed(chart_count, sizeof *scripts);
    for (size_t p = 0; p <= practice_count; p++) {
        char name[FOLDER_NAME_SIZE];
        if (p > 0)
            folder_safe_name(report_practice_code(report, (uint32_t)(p - 1)), name);
        for (size_t c = 0; c < chart_count; c++) {
            if ((chart_table[c].scopes & (p > 0 ? CHART_OF_PRACTICE : CHART_OF_REPORT)) == 0)
                continue;
            (void)snprintf(again.names[again.count], SCRATCH_PATH_SIZE, "%s%s%scharts/%s", p > 0 ? "practices/" : "",
                           p > 0 ? name : "", p > 0 ? "/" : "", chart_table[c].id);
            (void)snprintf(scripts[c], sizeof scripts[c], "%s.gp", chart_table[c].id);
            again.scripts[again.count++] = scripts[c];
        }
    }
    return again;
}

static void draw_both(const struct report *report, struct folder *folder, size_t worker_count)
{
    size_t practice_count = report_practice_count(report);
    uint32_t *practices = memory_allocate_zeroed(practice_count + 1, sizeof *practices);
    for (size_t i = 0; i < practice_count; i++)
        practices[i] = (uint32_t)i;
    struct error error = {""};
    struct times start = times_now();
    if (!charts_write(report, NULL, folder, practices, practice_count, worker_count, &error))
        give_up(&error);
    struct times drawn = times_now();
    if (!pages_write(report, folder, practices, practice_count, true, worker_count, &error))
        give_up(&error);
    struct times middle = times_now();
    struct again again = list_sheets(report, folder_path(folder), worker_count);
    worker_run(worker_count, worker_count, draw_again, &again);
    print_times("charts", again.count, start, drawn);
    print_times("charts and packs", again.count, start, middle);
    print_times("gnuplot alone", again.count, middle, times_now());
    free(practices);
    free(again.names);
    free(again.scripts);
}

int main(int count, char **values)
{
    int64_t jobs = 0;
    if (count < 3 || !text_to_integer(text_of(values[1]), &jobs) || jobs < 1 || jobs > 256) {
        fprintf(stderr, "usage: charts JOBS FILE…\n");
        return 2;
    }
    size_t worker_count = (size_t)jobs;
    struct error error = {""};
    struct input input;
    struct input_options options = {.as_of = DAY_UNKNOWN, .worker_count = worker_count};
    if (!input_read(&input, (const char *const *)(values + 2), (size_t)count - 2, &options, &error))
        give_up(&error);
    struct report report = {.version = "bench", .as_of = cohort_as_of(input.cohort), .cohort = input.cohort};
    report.period = quarter_of_day(report.as_of) - 1;
    struct evaluation *evaluation = evaluation_prepare(input.cohort, report.period, worker_count);
    report.evaluation = evaluation;
    report_evaluate(&report, worker_count);
    char path[SCRATCH_PATH_SIZE];
    struct folder *folder = NULL;
    if (getenv("REFERLENS_REPORTS") == NULL) {
        char reports[SCRATCH_PATH_SIZE];
        if (realpath("reports", reports) != NULL)
            setenv("REFERLENS_REPORTS", reports, 1);
    }
    scratch_enter(path);
    if (!folder_open("out", false, &folder, &error))
        give_up(&error);
    draw_both(&report, folder, worker_count);
    folder_close(folder);
    scratch_leave(path);
    report_release(&report);
    evaluation_free(evaluation);
    input_release(&input);
    return 0;
}
