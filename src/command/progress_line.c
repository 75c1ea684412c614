#include "referlens/command/progress_line.h"

#include "referlens/base/memory.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_MILLISECONDS = 1000, NEXT_MILLISECONDS = 100, LINE_MAX_BYTES = 200 };
#define TAKEN_AWAY "\r\033[K" /* to the line's start, and clear it */

/* How each kind is told: "WHAT: 3 of 7UNIT, 2MEASURE a second", and how many of what is counted are one of those shown.
 */
static const struct wording {
    const char *what, *unit, *measure;
    int64_t size;
} wordings[] = {
    [PROGRESS_READING] = {"reading", " MB", " MB", 1000000}, [PROGRESS_HASHING] = {"hashing", "", "", 1},
    [PROGRESS_STORING] = {"store", " facts", "", 1},         [PROGRESS_CHARTS] = {"charts", " packs", "", 1},
    [PROGRESS_PAGES] = {"pages", " packs", "", 1},
};

struct progress_line {
    const struct progress *progress;
    enum progress_kind kind;
    pthread_t thread;
    pthread_mutex_t lock; /* guards ended */
    pthread_cond_t wake;
    bool ended;
    struct timespec started;
};

static struct timespec later(struct timespec time, long milliseconds)
{
    time.tv_sec += milliseconds / 1000;
    time.tv_nsec += milliseconds % 1000 * 1000000;
    if (time.tv_nsec >= 1000000000) {
        time.tv_sec++;
        time.tv_nsec -= 1000000000;
    }
    return time;
}

static void put(const char *text, int length)
{
    const ssize_t written = length > 0 ? write(STDERR_FILENO, text, (size_t)length) : 0;
    (void)written; /* a terminal that is gone is no reason to stop */
}

/* So much of the line as fits beside the cursor; all of it where the terminal does not tell its width. */
static int cut_to_width(int length)
{
    struct winsize size = {0};
    const bool is_known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return is_known && length >= size.ws_col ? size.ws_col - 1 : length;
}

static int write_words(const struct progress_line *line, struct timespec now, char text[LINE_MAX_BYTES])
{
    const double seconds =
        (double)(now.tv_sec - line->started.tv_sec) + (double)(now.tv_nsec - line->started.tv_nsec) / 1e9;
    const int64_t done = atomic_load(&line->progress->done), all = atomic_load(&line->progress->in_all);
    const char *instead_of = atomic_load(&line->progress->instead_of);
    const struct wording *words = &wordings[line->kind];
    if (instead_of != NULL)
        return snprintf(text, LINE_MAX_BYTES, "%s: %s", words->what, instead_of);
    if (all == 0)
        return snprintf(text, LINE_MAX_BYTES, "%s", words->what);
    return snprintf(text, LINE_MAX_BYTES, "%s: %" PRId64 " of %" PRId64 "%s, %.0f%s a second", words->what,
                    done / words->size, all / words->size, words->unit, (double)done / (double)words->size / seconds,
                    words->measure);
}

static void show(const struct progress_line *line, struct timespec now)
{
    char text[sizeof TAKEN_AWAY - 1 + LINE_MAX_BYTES] = TAKEN_AWAY;
    const int taken_away = sizeof TAKEN_AWAY - 1;
    put(text, taken_away + cut_to_width(write_words(line, now, text + taken_away)));
}

static void *run(void *argument)
{
    struct progress_line *line = argument;
    struct timespec next = later(line->started, FIRST_MILLISECONDS);
    bool shown = false;
    pthread_mutex_lock(&line->lock);
    while (!line->ended) {
        if (pthread_cond_timedwait(&line->wake, &line->lock, &next) == 0)
            continue;
        if (line->ended)
            break;
        show(line, next);
        shown = true;
        next = later(next, NEXT_MILLISECONDS);
    }
    pthread_mutex_unlock(&line->lock);
    if (shown)
        put(TAKEN_AWAY, sizeof TAKEN_AWAY - 1);
    return NULL;
}

struct progress_line *progress_line_start(const struct progress *progress, enum progress_kind kind)
{
    if (!isatty(STDERR_FILENO))
        return NULL;
    struct progress_line *line = memory_allocate_zeroed(1, sizeof *line);
    pthread_condattr_t attributes;
    line->progress = progress;
    line->kind = kind;
    clock_gettime(CLOCK_MONOTONIC, &line->started);
    pthread_mutex_init(&line->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&line->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    if (pthread_create(&line->thread, NULL, run, line) == 0)
        return line;
    pthread_cond_destroy(&line->wake);
    pthread_mutex_destroy(&line->lock);
    memory_free(line);
    return NULL;
}

void progress_line_end(struct progress_line *line)
{
    if (line == NULL)
        return;
    pthread_mutex_lock(&line->lock);
    line->ended = true;
    pthread_cond_signal(&line->wake);
    pthread_mutex_unlock(&line->lock);
    pthread_join(line->thread, NULL);
    pthread_cond_destroy(&line->wake);
    pthread_mutex_destroy(&line->lock);
    memory_free(line);
}
