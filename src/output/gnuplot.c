#include "referlens/output/gnuplot.h"

#include "referlens/base/buffer.h"
#include "referlens/base/memory.h"
#include "referlens/output/assets.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The scripts' folder reaches gnuplot as an open folder under this number, so that its path, which may hold anything,
 * is never part of a command. */
#define SCRIPTS_DESCRIPTOR 9
#define SCRIPTS_FOLDER "/proc/self/fd/9"

struct gnuplot {
    pid_t process;
    int commands; /* our end of the socket that is its standard input */
    int words;    /* a file in memory that collects its standard error */
};

enum { ENVIRONMENT_MAX = 4 };

/* A small environment, so that neither the locale nor anybody's settings reach a picture; borrowed from ours. */
static void environment_make(char *environment[ENVIRONMENT_MAX + 1])
{
    static const char *const kept[] = {"PATH=", "HOME=", "LD_LIBRARY_PATH="};
    static char locale[] = "LC_ALL=C";
    size_t count = 0;
    environment[count++] = locale;
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
        for (char **variable = environ; variable != NULL && *variable != NULL; variable++) {
            if (strncmp(*variable, kept[i], strlen(kept[i])) == 0) {
                environment[count++] = *variable;
                break;
            }
        }
    }
    environment[count] = NULL;
}

/* What the child's descriptors are; −1 for /dev/null, `scripts` −1 for none. */
struct streams {
    int input, output, errors, scripts;
    const char *folder; /* NULL: the caller's own */
};

static int stream_action(posix_spawn_file_actions_t *actions, int stream, int target, int flags)
{
    return stream < 0 ? posix_spawn_file_actions_addopen(actions, target, "/dev/null", flags, 0)
                      : posix_spawn_file_actions_adddup2(actions, stream, target);
}

static int streams_actions(posix_spawn_file_actions_t *actions, const struct streams *streams)
{
    int failed = stream_action(actions, streams->input, 0, O_RDONLY);
    failed = failed != 0 ? failed : stream_action(actions, streams->output, 1, O_WRONLY);
    failed = failed != 0 ? failed : stream_action(actions, streams->errors, 2, O_WRONLY);
    if (failed == 0 && streams->scripts >= 0)
        failed = posix_spawn_file_actions_adddup2(actions, streams->scripts, SCRIPTS_DESCRIPTOR);
    if (failed == 0 && streams->folder != NULL)
        failed = posix_spawn_file_actions_addchdir_np(actions, streams->folder);
    return failed;
}

/* Returns 0 or an errno value. */
static int spawn(char *const arguments[], const struct streams *streams, pid_t *process)
{
    char *environment[ENVIRONMENT_MAX + 1];
    environment_make(environment);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    int failed = posix_spawnattr_init(&attributes);
    if (failed != 0)
        return failed;
    failed = posix_spawn_file_actions_init(&actions);
    if (failed == 0) {
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &all);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
        failed = streams_actions(&actions, streams);
        failed = failed != 0 ? failed
                             : posix_spawnp(process, arguments[0], &actions, &attributes, arguments, environment);
        posix_spawn_file_actions_destroy(&actions);
    }
    posix_spawnattr_destroy(&attributes);
    return failed;
}

/* Waits for the process; its status as waitpid has it. */
static int status_of(pid_t process)
{
    int status = -1;
    while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

static bool is_missing(struct error *error)
{
    return error_set(error, "the charts need gnuplot, which is not in PATH: install the package gnuplot-nox, or run with "
                            "--no-charts");
}

/* `words` as "gnuplot 5.4 patchlevel 4". */
static bool version_is_enough(const char *words)
{
    static const char prefix[] = "gnuplot ";
    if (strncmp(words, prefix, sizeof(prefix) - 1) != 0)
        return false;
    const char *version = words + sizeof(prefix) - 1;
    double number = 0.0;
    return text_to_number((struct text){version, strcspn(version, " \n")}, &number) && number >= 5.2;
}

bool gnuplot_check(struct error *error)
{
    char path[ASSETS_PATH_SIZE];
    if (!assets_find(path, "charts", error))
        return false;
    int words = memfd_create("gnuplot-version", MFD_CLOEXEC);
    if (words < 0)
        return error_set_system(error, errno, "cannot start gnuplot");
    char *arguments[] = {"gnuplot", "--version", NULL};
    struct streams streams = {-1, words, -1, -1, NULL};
    pid_t process = 0;
    int failed = spawn(arguments, &streams, &process);
    int status = failed == 0 ? status_of(process) : -1;
    char text[64] = "";
    ssize_t length = pread(words, text, sizeof(text) - 1, 0);
    text[length > 0 ? length : 0] = '\0';
    close(words);
    if (failed == ENOENT || (failed == 0 && WIFEXITED(status) && WEXITSTATUS(status) == 127))
        return is_missing(error);
    if (failed != 0)
        return error_set_system(error, failed, "cannot start gnuplot");
    if (status != 0 || !version_is_enough(text)) {
        return error_set(error, "the charts need gnuplot 5.2 or later (the package gnuplot-nox); run with --no-charts to "
                                "go without");
    }
    return true;
}

/* Opens the folder of the scripts and the streams of a process to be. Those left unopened are −1. */
static bool open_streams(int pair[2], int *words, int *scripts, struct error *error)
{
    char path[ASSETS_PATH_SIZE];
    if (!assets_find(path, "charts", error))
        return false;
    *scripts = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (*scripts < 0)
        return error_set_system(error, errno, "cannot open '%s'", path);
    *words = memfd_create("gnuplot-words", MFD_CLOEXEC);
    /* A socket, not a pipe: writing to a process that has ended must not raise a signal. */
    if (*words < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return error_set_system(error, errno, "cannot start gnuplot");
    return true;
}

static void close_if_open(int file)
{
    if (file >= 0)
        close(file);
}

bool gnuplot_start(const char *folder, struct gnuplot **gnuplot, struct error *error)
{
    int pair[2] = {-1, -1};
    int words = -1;
    int scripts = -1;
    pid_t process = 0;
    bool opened = open_streams(pair, &words, &scripts, error);
    int failed = 0;
    if (opened) {
        char *arguments[] = {"gnuplot", "--default-settings", "-", NULL};
        struct streams streams = {pair[1], -1, words, scripts, folder};
        failed = spawn(arguments, &streams, &process);
    }
    close_if_open(pair[1]);
    close_if_open(scripts);
    if (opened && failed == 0) {
        *gnuplot = memory_allocate(sizeof(**gnuplot));
        **gnuplot = (struct gnuplot){process, pair[0], words};
        return true;
    }
    close_if_open(pair[0]);
    close_if_open(words);
    if (!opened)
        return false;
    return failed == ENOENT ? is_missing(error) : error_set_system(error, failed, "cannot start gnuplot");
}

static bool name_is_safe(const char *name)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/";
    return name[0] != '\0' && name[0] != '-' && name[strspn(name, allowed)] == '\0';
}

static bool send_all(int socket, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(socket, bytes, length, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return false;
        bytes += sent;
        length -= (size_t)sent;
    }
    return true;
}

bool gnuplot_draw(struct gnuplot *gnuplot, const char *script, const char *data, const char *picture,
                  struct error *error)
{
    if (!name_is_safe(script) || !name_is_safe(data) || !name_is_safe(picture))
        return error_set(error, "'%s' cannot be drawn: its name is not plain", picture);
    struct buffer line = buffer_with_maximum(1 << 14);
    /* Nothing of one picture may be left to the next, or the order of drawing would show. */
    bool whole = buffer_add_formatted(&line, "reset session\ncall '%s/%s' '%s' '%s'\n", SCRIPTS_FOLDER, script, data, picture);
    bool sent = whole && send_all(gnuplot->commands, line.bytes, line.length);
    buffer_release(&line);
    return sent || error_set(error, "gnuplot ended before '%s' was drawn", picture);
}

/* The first line that tells of an error: gnuplot goes on after one, and remarks of less weight may stand around it. Cuts
 * `words` behind it. */
static const char *first_error(char *words)
{
    for (char *line = words; line != NULL && *line != '\0';) {
        char *newline = strchr(line, '\n');
        if (newline != NULL)
            *newline = '\0';
        line += strspn(line, " \t\r^");
        if (*line != '\0' && strstr(line, "warning") == NULL && strncmp(line, "gnuplot>", 8) != 0)
            return line;
        line = newline == NULL ? NULL : newline + 1;
    }
    return "it gave no reason";
}

static bool ended_badly(int words_file, int status, struct error *error)
{
    enum { WORDS_SIZE = 1 << 16 };
    if (WIFSIGNALED(status))
        return error_set(error, "gnuplot was ended by signal %d", WTERMSIG(status));
    char *words = memory_allocate_zeroed(WORDS_SIZE, 1);
    ssize_t length = pread(words_file, words, WORDS_SIZE - 1, 0);
    bool missing = length <= 0 && WIFEXITED(status) && WEXITSTATUS(status) == 127;
    (void)(missing ? is_missing(error) : error_set(error, "gnuplot failed: %s", first_error(words)));
    free(words);
    return false;
}

bool gnuplot_finish(struct gnuplot *gnuplot, struct error *error)
{
    if (gnuplot == NULL)
        return true;
    close(gnuplot->commands);
    int status = status_of(gnuplot->process);
    bool well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!well)
        (void)ended_badly(gnuplot->words, status, error);
    close(gnuplot->words);
    free(gnuplot);
    return well;
}

/* Whether the text ends with the closing tag and nothing but white space behind it. */
static bool ends_as_svg(struct text end)
{
    static const char closing[] = "</svg>";
    size_t length = end.length;
    while (length > 0 && strchr(" \t\r\n", end.bytes[length - 1]) != NULL)
        length--;
    return length >= sizeof(closing) - 1 &&
           memcmp(end.bytes + length - (sizeof(closing) - 1), closing, sizeof(closing) - 1) == 0;
}

bool gnuplot_picture_check(const char *folder, const char *name, struct error *error)
{
    struct buffer path = buffer_with_maximum(1 << 14);
    (void)buffer_add_formatted(&path, "%s/%s", folder, name);
    int file = path.full ? -1 : open(path.bytes, O_RDONLY | O_CLOEXEC);
    buffer_release(&path);
    if (file < 0)
        return error_set(error, "gnuplot did not draw '%s'", name);
    char end[32];
    off_t length = lseek(file, 0, SEEK_END);
    ssize_t got = pread(file, end, sizeof(end), length > (off_t)sizeof(end) ? length - (off_t)sizeof(end) : 0);
    close(file);
    return (got > 0 && ends_as_svg((struct text){end, (size_t)got})) ||
           error_set(error, "gnuplot did not finish '%s'", name);
}
