#include "referlens/command/synth.h"

#include "referlens/base/worker.h"
#include "referlens/synth/block.h"
#include "referlens/synth/county.h"
#include "referlens/synth/export.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { JOBS_MAX = 1024 };

/* As synth_effect_truths has them, in that order. */
static const char *const effects[] = {"default",         "none",    "plain", "plain-none", "confounded",
                                      "confounded-none", "paradox", NULL};

static const struct command_option options[] = {
    {"output", 'o', "DIR", NULL, "folder to write into; made if it is not there"},
    {"referrals", '\0', "N", NULL, "rows of referrals.csv (default 32000)"},
    {"practices", '\0', "N", NULL, "practices (default 24)"},
    {"quarters", '\0', "N", NULL, "calendar quarters that referrals are made in (default 8)"},
    {"seed", '\0', "S", NULL, "whole number that all chance comes from; the same one gives the same bytes (default 1)"},
    {"as-of", '\0', "DATE", NULL, "day of the export; nothing later is written (default 2025-06-30)"},
    {"effect", '\0', "EFFECT", effects,
     "what differs between schemes, and between their practices (default: the sample county's; none: names and costs "
     "only; the others are planted truths to try comparisons on, as said above)"},
    {"jobs", '\0', "N", NULL, "threads to use (default: one a processor); changes no byte"},
    {"force", '\0', NULL, NULL, "replace the files of these names in a folder that is not empty, and no others"},
    {NULL, '\0', NULL, NULL, NULL},
};

static bool read_options(const struct command_line *line, struct synth_options *synth, struct error *error)
{
    int64_t practices = (int64_t)synth->practice_count, quarters = synth->quarter_count, seed = (int64_t)synth->seed;
    int64_t jobs = (int64_t)worker_default_count();
    if (!command_read_integer(line, "referrals", 0, SYNTH_REFERRALS_MAX, &synth->referral_count, error) ||
        !command_read_integer(line, "practices", 1, SYNTH_PRACTICES_MAX, &practices, error) ||
        !command_read_integer(line, "quarters", 1, SYNTH_QUARTERS_MAX, &quarters, error) ||
        !command_read_integer(line, "seed", 0, INT64_MAX, &seed, error) ||
        !command_read_integer(line, "jobs", 1, JOBS_MAX, &jobs, error) ||
        !command_read_day(line, "as-of", &synth->as_of, error))
        return false;
    synth->folder = command_text(line, "output");
    if (synth->folder == NULL)
        return error_set(error, "-o DIR says where to write; it is not given");
    const char *effect = command_text(line, "effect");
    for (size_t i = 0; effect != NULL && i < SYNTH_EFFECT_COUNT; i++) {
        if (strcmp(effect, synth_effect_truths[i].name) == 0)
            synth->effect = (enum synth_effect)i;
    }
    synth->practice_count = (size_t)practices;
    synth->quarter_count = (int)quarters;
    synth->seed = (uint64_t)seed;
    synth->worker_count = (size_t)jobs;
    synth->replace = command_count(line, "force") > 0;
    return synth_options_check(synth, error);
}

/* Progress on a terminal, from the first second on. */
struct display {
    time_t started; /* seconds of the monotonic clock */
    bool shown;
};

static time_t seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static void show_progress(void *context, int64_t done, int64_t total)
{
    struct display *display = context;
    if (seconds_now() - display->started <= 1)
        return;
    fprintf(stderr, "\r%" PRId64 " of %" PRId64 " referrals", done, total);
    display->shown = true;
}

static int run_synth(const struct command_line *line)
{
    struct error error = {{0}};
    struct synth_options synth = synth_default_options();
    struct synth_totals totals;
    if (!read_options(line, &synth, &error))
        return command_refuse(line, &error);
    struct display display = {.started = seconds_now()};
    bool written = synth_export(&synth, isatty(STDERR_FILENO) ? show_progress : NULL, &display, &totals, &error);
    if (display.shown)
        fputc('\n', stderr);
    if (!written)
        return command_fail(&error);
    fprintf(stderr, "%s: %" PRId64 " referrals, %" PRId64 " events, %" PRId64 " bytes\n", synth.folder,
            totals.referrals, totals.events, totals.bytes);
    return COMMAND_DONE;
}

const struct command command_synth = {
    .name = "synth",
    .summary = "write the exports of an invented county, for trying out and for benchmarks",
    .description =
        "Writes referrals.csv, outcomes.csv, practices.csv, schemes.csv and sessions.csv. Practices, patients and "
        "hospitals are invented; the rates behind them are planted, so that a report can be held against them. All "
        "files appear together, or none does.\n\n"
        "What --effect plants: by default, of ordinary routine referrals 11 % are rejected under rmc, 7 % under none, "
        "6 % "
        "under local_expertise and 5 % under specialist_advice and peer_review, each of which has delays, dialogue and "
        "costs of its own. Of every 24 practices six change their scheme halfway, two are rejected three times as "
        "often "
        "as others, and the patients of one wait 1.6 times as long. With none, schemes are all like none but for names "
        "and costs; the rest is the same.\n\n"
        "With any other, a third of the practices each is under rmc, specialist_advice and none all the time, and no "
        "practice is unusual. With plain, schemes differ as by default, and chance alone gives them their practices. "
        "With "
        "confounded, they differ likewise, but practices under rmc tend to be larger and to refer more to what is "
        "often "
        "rejected, and larger ones are rejected more often whatever their scheme. With plain-none and confounded-none, "
        "schemes are all like none. With paradox, rmc rejects fewer in each specialty (5.5 for 7 %) and more in all, "
        "since its practices refer so much more to what is often rejected.",
    .options = options,
    .run = run_synth,
};
