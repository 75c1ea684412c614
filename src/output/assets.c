#include "referlens/output/assets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Seen from the folder in which the program lies. */
static const char *const places[] = {"../share/referlens/reports", "../../reports"};
enum { PLACE_COUNT = sizeof(places) / sizeof(places[0]) };

/* False where the path would be too long or nothing readable is there. */
static bool path_if_there(char path[ASSETS_PATH_SIZE], const char *folder, const char *place, const char *name)
{
    char candidate[ASSETS_PATH_SIZE];
    const char *slash = place[0] == '\0' ? "" : "/";
    int length = snprintf(candidate, sizeof(candidate), "%s%s%s/%s", folder, slash, place, name);
    if (length < 0 || (size_t)length >= sizeof(candidate) || access(candidate, R_OK) != 0) {
        return false;
    }
    memcpy(path, candidate, (size_t)length + 1);
    return true;
}

/* The folder of the running program, without a slash at its end. */
static bool program_folder(char folder[ASSETS_PATH_SIZE], struct error *error)
{
    ssize_t length = readlink("/proc/self/exe", folder, ASSETS_PATH_SIZE - 1);
    if (length < 0) {
        return error_set_system(error, errno, "cannot tell where the program lies (set REFERLENS_REPORTS)");
    }
    folder[length] = '\0';
    char *slash = strrchr(folder, '/');
    if (slash != NULL) {
        *slash = '\0';
    }
    return true;
}

bool assets_find(char path[ASSETS_PATH_SIZE], const char *name, struct error *error)
{
    const char *chosen = getenv("REFERLENS_REPORTS");
    if (chosen != NULL && chosen[0] != '\0') {
        return path_if_there(path, chosen, "", name) ||
               error_set(error, "no '%s' in '%s', which REFERLENS_REPORTS names", name, chosen);
    }
    char folder[ASSETS_PATH_SIZE];
    if (!program_folder(folder, error)) {
        return false;
    }
    for (size_t i = 0; i < PLACE_COUNT; i++) {
        if (path_if_there(path, folder, places[i], name)) {
            return true;
        }
    }
    return error_set(error, "no reports/%s in '%s/%s' or '%s/%s': install the program with its files, or set "
                            "REFERLENS_REPORTS to their folder",
                     name, folder, places[0], folder, places[1]);
}

/* Reads to the end of the file; false with errno set, or 0 where the buffer was full. */
static bool read_all(int file, struct buffer *content)
{
    char piece[1 << 14];
    for (;;) {
        ssize_t length = read(file, piece, sizeof(piece));
        if (length == 0) {
            return true;
        }
        if (length < 0 && errno == EINTR) {
            continue;
        }
        if (length < 0) {
            return false;
        }
        if (!buffer_add(content, piece, (size_t)length)) {
            errno = 0;
            return false;
        }
    }
}

bool assets_read(const char *name, struct buffer *content, struct error *error)
{
    char path[ASSETS_PATH_SIZE];
    if (!assets_find(path, name, error)) {
        return false;
    }
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return error_set_system(error, errno, "cannot open '%s'", path);
    }
    buffer_clear(content);
    bool done = read_all(file, content);
    int number = errno;
    close(file);
    if (!done && number == 0) {
        return error_set(error, "'%s' is larger than %zu bytes", path, content->maximum);
    }
    return done || error_set_system(error, number, "cannot read '%s'", path);
}
