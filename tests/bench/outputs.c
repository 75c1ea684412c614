/* How fast results are written: `outputs [PRACTICES [SPECIALTIES [QUARTERS]]]` makes results by hand and prints rows a
 * second for measures.json and results.sqlite, with one worker and with two. */
#include "referlens/base/text.h"
#include "referlens/output/results_json.h"
#include "referlens/output/results_sqlite.h"

#include "../support/hand_made_report.h"
#include "../support/scratch.h"

#include <sys/resource.h>
#include <time.h>

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static double processor_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

static size_t argument(int count, char **values, int index, size_t otherwise)
{
    int64_t value;
    return index < count && text_to_integer(text_of(values[index]), &value) && value > 0 ? (size_t)value : otherwise;
}

typedef bool write_function(const struct report *, struct folder *, size_t, struct error *);

static void measure_speed(const char *name, write_function *write, const struct report *report, size_t rows)
{
    for (size_t workers = 1; workers <= 2; workers++) {
        struct folder *folder;
        struct error error = {""};
        struct stat status = {0};
        struct rusage usage;
        char path[SCRATCH_PATH_SIZE];
        if (!folder_open("out", true, &folder, &error)) {
            fprintf(stderr, "%s\n", error.message);
            exit(1);
        }
        double start = now(), processor_start = processor_seconds();
        if (!write(report, folder, workers, &error))
            fprintf(stderr, "%s\n", error.message);
        double seconds = now() - start, processor = processor_seconds() - processor_start;
        snprintf(path, sizeof path, "%s/%s", folder_path(folder), name);
        stat(path, &status);
        getrusage(RUSAGE_SELF, &usage);
        printf("%-15s %zu workers %9zu rows %6.2f s (%.2f s of processor) %9.0f rows/s %7.1f MB, %ld MB resident\n",
               name, workers, rows, seconds, processor, (double)rows / seconds, (double)status.st_size / 1e6,
               usage.ru_maxrss / 1024);
        folder_close(folder);
    }
}

static bool write_sqlite(const struct report *report, struct folder *folder, size_t workers, struct error *error)
{
    return results_sqlite_write(report, NULL, folder, workers, error);
}

int main(int count, char **values)
{
    char scratch[SCRATCH_PATH_SIZE];
    size_t practices = argument(count, values, 1, 1000);
    struct report report =
        hand_made_report(practices, argument(count, values, 2, 20), (int)argument(count, values, 3, 12));
    struct result_list one = {0};
    report_practice(&report, 0, false, &one);
    scratch_enter(scratch);
    measure_speed("results.sqlite", write_sqlite, &report, report.aggregates.count + practices * one.count);
    /* The same number of rows in the file that holds fewer: the lists take them as they come. */
    for (uint32_t practice = 0; practice < practices; practice++)
        report_practice(&report, practice, false, &report.practices);
    measure_speed("measures.json", results_json_write, &report, report.aggregates.count + report.practices.count);
    scratch_leave(scratch);
    result_list_release(&one);
    hand_made_release(&report);
    return 0;
}
