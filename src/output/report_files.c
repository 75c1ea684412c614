#include "referlens/output/report_files.h"

#include "referlens/base/memory.h"
#include "referlens/output/tree.h"

#include <cjson/cJSON.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { REPORT_JSON_MAX = 16 << 20 };

#define PACK_FOLDER  "practices/"
#define CHART_FOLDER "charts/"

static const char *const pack_names[] = {"index.html", "pack.json", "cases.csv"};

/* The folder's report.json; NULL where there is none, or none of ours. */
static cJSON *read_report(int folder)
{
    int file = openat(folder, "report.json", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0)
        return NULL;
    struct stat status;
    cJSON *json = NULL;
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size <= REPORT_JSON_MAX) {
        size_t size = (size_t)status.st_size;
        char *bytes = memory_allocate(size);
        ssize_t got = read(file, bytes, size);
        json = got > 0 ? cJSON_ParseWithLength(bytes, (size_t)got) : NULL;
        memory_free(bytes);
    }
    close(file);
    const cJSON *tool = cJSON_GetObjectItemCaseSensitive(json, "tool");
    const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(tool, "name"));
    if (name != NULL && strcmp(name, "referlens") == 0)
        return json;
    cJSON_Delete(json);
    return NULL;
}

static bool is_named(const cJSON *report, const char *name)
{
    const cJSON *named;
    cJSON_ArrayForEach(named, cJSON_GetObjectItemCaseSensitive(report, "files"))
    {
        const char *text = cJSON_GetStringValue(named);
        if (text != NULL && strcmp(text, name) == 0)
            return true;
    }
    return false;
}

/* Whether a chart's file may be called so, of whichever version (see chart.h). */
static bool is_chart(const char *name)
{
    const char *ending = name + strspn(name, "abcdefghijklmnopqrstuvwxyz-");
    return ending > name && (strcmp(ending, ".svg") == 0 || strcmp(ending, ".tsv") == 0);
}

/* Whether it is of a pack, by its name. */
static bool is_of_pack(const char *name)
{
    if (strncmp(name, PACK_FOLDER, strlen(PACK_FOLDER)) != 0)
        return false;
    name += strlen(PACK_FOLDER);
    name += strcspn(name, "/");
    if (*name++ == '\0')
        return false;
    if (strncmp(name, CHART_FOLDER, strlen(CHART_FOLDER)) == 0)
        return is_chart(name + strlen(CHART_FOLDER));
    for (size_t i = 0; i < sizeof pack_names / sizeof *pack_names; i++)
        if (strcmp(name, pack_names[i]) == 0)
            return true;
    return false;
}

/* How many files of packs the report says that it has written; infinitely many where it does not say. */
static double pack_files(const cJSON *report)
{
    const cJSON *files = cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(report, "packs"), "files");
    return cJSON_IsNumber(files) ? files->valuedouble : HUGE_VAL;
}

static bool check_files(const cJSON *report, const struct tree_files *files, const char *shown, struct error *error)
{
    size_t of_packs = 0;
    for (size_t i = 0; i < files->count; i++) {
        const bool of_pack = is_of_pack(files->names[i]);
        of_packs += of_pack;
        if (!of_pack && !is_named(report, files->names[i]))
            return error_set(
                error,
                "'%s/%s' is no file of the report in '%s', which is left alone: move it out, or name another "
                "folder",
                shown, files->names[i], shown);
    }
    return (double)of_packs <= pack_files(report) ||
           error_set(error,
                     "'%s/" PACK_FOLDER
                     "' holds more than its report has written, perhaps a copy of a pack, so '%s' is "
                     "left alone: move out what is yours, or name another folder",
                     shown, shown);
}

bool report_files_alone(int folder, const char *shown, struct error *error)
{
    cJSON *report = read_report(folder);
    if (report == NULL)
        return error_set(error, "'%s' is not empty and not a referlens report, so it is left alone", shown);
    struct tree_files files = {0};
    const bool alone = tree_list_all(folder, &files, error) && check_files(report, &files, shown, error);
    tree_files_release(&files);
    cJSON_Delete(report);
    return alone;
}

/* Takes the last name off an absolute path; false for "/". */
static bool to_parent(char *path)
{
    char *slash = strrchr(path, '/');
    if (slash == NULL || path[1] == '\0')
        return false;
    slash[slash == path] = '\0';
    return true;
}

/* Whether the path, without links, is of the folder or of anything in it. Folders are compared by what they are, since
 * one may be had under several names. Cuts the path. */
static bool leads_through(char *path, const struct stat *folder)
{
    struct stat status;
    do {
        if (stat(path, &status) == 0 && status.st_dev == folder->st_dev && status.st_ino == folder->st_ino)
            return true;
    } while (to_parent(path));
    return false;
}

/* The folder that the path's last name lies in. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? memory_copy_text(".", 1) : memory_copy_text(path, (size_t)(slash - path) + 1);
}

bool report_files_hold(const char *target, const char *path)
{
    struct stat status;
    if (stat(target, &status) != 0)
        return false;
    char *place = folder_of(path);
    char *resolved[] = {realpath(path, NULL), realpath(place, NULL)};
    bool held = false;
    for (size_t i = 0; i < 2; i++) {
        held = held || (resolved[i] != NULL && leads_through(resolved[i], &status));
        free(resolved[i]);
    }
    memory_free(place);
    return held;
}
