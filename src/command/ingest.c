#include "referlens/command/ingest.h"

#include "referlens/command/diagnostics.h"
#include "referlens/command/interruption.h"
#include "referlens/command/progress_line.h"
#include "referlens/command/reading.h"
#include "referlens/input/ingest.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static const struct command_option options[] = {
    {"store", 's', "DB", NULL, "the store to add to; it is made where it is not there; must be given"},
    {"replace-events", 0, NULL, NULL,
     "withdraw earlier events of the referrals that the files name and that are not in them: for files that hold all "
     "events of their referrals"},
    {"replace-tables", 0, NULL, NULL,
     "withdraw earlier rows of schemes, of sessions, and of practices (in the periods named) that are not in the "
     "files: "
     "for files that hold all rows of their kind"},
    READING_OPTIONS(
        "which the store keeps, for reports on it; default: none, and reports go by the latest date in what is new"),
    {.name = NULL},
};

static void say_known(const struct ledger *ledger, const struct ingest_counts *counts)
{
    printf("%s: taken in before; ", ledger->name);
    if (counts->day_now[0] != '\0')
        printf("now as of %s%s", counts->day_now, counts->withdrawn > 0 ? ", " : "");
    if (counts->withdrawn > 0)
        printf("%" PRId64 " withdrawn\n", counts->withdrawn);
    else
        printf("%s%s\n", counts->day_now[0] != '\0' ? "" : "nothing changed",
               counts->replaced_since ? ": what later files replaced stays replaced" : "");
}

static void say_counts(const struct ledger *ledger, const struct ingest_counts *counts, unsigned replaces)
{
    printf("%s: %s%s, %" PRId64 " read, %" PRId64 " new, %" PRId64 " updated, %" PRId64 " unchanged, %" PRId64
           " duplicate, %" PRId64 " rejected",
           ledger->name, counts->again ? "read again: " : "", ledger->kind, ledger->read, counts->new_facts,
           counts->updated, counts->unchanged, counts->repeated, ledger->rejected);
    if (replaces != 0)
        printf(", %" PRId64 " withdrawn", counts->withdrawn);
    printf("\n");
}

/* What the store has of a kind and the file has not. */
static void warn_of_earlier(const struct ledger *ledger, enum file_kind kind, int64_t earlier, unsigned replaces)
{
    const char *name = format_kinds[kind].name;
    if (earlier == 0)
        return;
    if (kind == FILE_OUTCOMES)
        command_warn(
            "%s: rows were rejected, so that it may not hold all events of its referrals; earlier ones that are "
            "not in it are kept (events: %" PRId64 ")",
            ledger->name, earlier);
    else if (replaces >> kind & 1)
        command_warn("%s: rows were rejected, so that it may not hold all %s; earlier ones that are not in it are kept "
                     "(rows: %" PRId64 ")",
                     ledger->name, name, earlier);
    else
        fprintf(stderr,
                "referlens: note: %s: %s that earlier files have and it has not stay (rows: %" PRId64
                "); use --replace-tables if it holds all of them%s\n",
                ledger->name, name, earlier, kind == FILE_PRACTICES ? " for its periods" : "");
}

/* What stays in the store though the file does not have it, or says otherwise. */
static void warn_of_rest(const struct ledger *ledger, const struct ingest_counts *counts, unsigned replaces)
{
    if (counts->outdated > 0)
        command_warn("%s: what it was read as before and is not now stays in the store (facts: %" PRId64 ")",
                     ledger->name, counts->outdated);
    if (counts->day_kept[0] != '\0')
        command_warn("%s: was taken in as of %s before; that is the later day, and stays", ledger->name,
                     counts->day_kept);
    if (counts->overruled > 0)
        fprintf(stderr,
                "referlens: note: %s: what a later export says of the same stays (of the unchanged: %" PRId64 ")\n",
                ledger->name, counts->overruled);
    if (counts->overtaken)
        command_warn("%s: other files of %s were taken in after it, so nothing is withdrawn; name the last one",
                     ledger->name, strcmp(ledger->kind, format_kinds[FILE_OUTCOMES].name) == 0 ? "events" : "its kind");
    for (size_t kind = 0; kind < FILE_KIND_COUNT; kind++)
        warn_of_earlier(ledger, (enum file_kind)kind, counts->earlier[kind], replaces);
    if (counts->keeps_events && !(replaces >> FILE_OUTCOMES & 1))
        fprintf(stderr,
                "referlens: note: %s: events that earlier files have and it has not stay; use --replace-events if it "
                "holds all events of the referrals that it names\n",
                ledger->name);
}

/* What a signal may find under way. */
struct taking_in {
    struct ingest_run run;
    size_t named;         /* files that were said to be in the store */
    pthread_mutex_t lock; /* held while a file is on its way into the store, until it is said to be there */
};

/* Waits until the file at hand is in the store, or out of it. */
static void stop(void *context)
{
    struct taking_in *taking_in = context;
    atomic_store(&taking_in->run.stop, true);
    pthread_mutex_lock(&taking_in->lock); /* for good: the program ends */
}

static bool take_in_file(struct taking_in *taking_in, const struct input *input, const struct reading_setup *setup,
                         size_t file, struct store *store, bool *rejected, struct error *error)
{
    struct ingest_counts counts;
    struct progress progress = {0};
    pthread_mutex_lock(&taking_in->lock);
    struct progress_line *shown = progress_line_start(&progress, PROGRESS_STORING);
    taking_in->run.progress = &progress;
    const bool done = ingest_file(store, &taking_in->run, input, setup->options.kept, file, setup->options.worker_count,
                                  &counts, error);
    taking_in->run.progress = NULL;
    progress_line_end(shown);
    if (done) {
        if (counts.known)
            say_known(&input->ledgers[file], &counts);
        else
            say_counts(&input->ledgers[file], &counts, taking_in->run.replaces);
        fflush(stdout);
        warn_of_rest(&input->ledgers[file], &counts, taking_in->run.replaces);
        taking_in->named++;
        *rejected = *rejected || (!counts.known && input->ledgers[file].rejected > 0);
    }
    pthread_mutex_unlock(&taking_in->lock);
    return done;
}

static int read_and_take_in(const struct command_line *line, const struct reading_setup *setup,
                            struct taking_in *taking_in, struct store *store)
{
    struct error error = {""};
    struct input input;
    bool rejected = false;
    bool done = reading_read(setup, line, &input, &error);
    if (done) {
        done = reading_hash(setup, &input, &error);
        if (done)
            diagnostics_rejects(&input, "'referlens check --format json'");
        for (size_t i = 0; done && i < input.file_count; i++)
            done = take_in_file(taking_in, &input, setup, i, store, &rejected, &error);
        input_release(&input);
    }
    interruption_end();
    if (!done) {
        command_fail(&error);
        if (taking_in->named > 0)
            fprintf(stderr, "referlens: note: the files named on standard output were taken in\n");
        return COMMAND_FAILED;
    }
    return rejected ? COMMAND_DONE_WITH_REJECTS : COMMAND_DONE;
}

static int ingest(const struct command_line *line, struct reading_setup *setup, struct store *store)
{
    struct kept_facts kept = {0};
    struct taking_in taking_in = {.lock = PTHREAD_MUTEX_INITIALIZER};
    taking_in.run.replaces = command_count(line, "replace-events") > 0 ? 1U << FILE_OUTCOMES : 0;
    if (command_count(line, "replace-tables") > 0)
        taking_in.run.replaces |= 1U << FILE_PRACTICES | 1U << FILE_SCHEMES | 1U << FILE_SESSIONS;
    setup->options.reads_known = taking_in.run.replaces;
    const struct interruption interruption = {
        "referlens: interrupted; no file was taken in but those that were named\n", stop, NULL, &taking_in};
    setup->options.kept = &kept;
    setup->options.meant_for = store;
    interruption_watch(&interruption);
    const int status = read_and_take_in(line, setup, &taking_in, store);
    ingest_run_release(&taking_in.run);
    kept_facts_release(&kept);
    setup->options.kept = NULL;
    return status;
}

static int run_ingest(const struct command_line *line)
{
    struct reading_setup setup;
    struct store *store;
    struct error error = {""};
    bool usage;
    const char *path;
    if (!reading_store_path(line, &path, &error) ||
        (path == NULL && !error_set(&error, "--store DB must be given: the store to add to")))
        return command_refuse(line, &error);
    if (!reading_setup_open(&setup, line, &usage, &error))
        return usage ? command_refuse(line, &error) : command_fail(&error);
    int status;
    interruption_hold();
    if (store_open(path, STORE_WRITE, &store, &error)) {
        status = ingest(line, &setup, store);
        store_close(store);
    } else {
        status = command_fail(&error);
    }
    reading_setup_release(&setup);
    return status;
}

const struct command command_ingest = {
    .name = "ingest",
    .summary = "add exports to a store that grows from quarter to quarter",
    .operands = "FILE...",
    .description =
        "Reads the files as report does and adds what is new in them to the store, a SQLite file: facts that it has "
        "already stay as they are, and where a newer export says something else of a referral or an event, that wins: "
        "one "
        "of a later day where --as-of is given with both, or else the one that is taken in later. "
        "Earlier events of a referral that a newer export does not have stay, and a note says so, unless "
        "--replace-events is given; so do rows of schemes, sessions and practices, unless --replace-tables is. "
        "Events may come before their referrals. Each file is taken in whole or not at all, whatever "
        "ends the program; the same file twice changes nothing.\n\n"
        "'report --store DB' then gives what 'report' on the same files gives. Any SQL tool can open the store: it has "
        "views named referral, event, practice, scheme and session.\n\n"
        "The exit status is 3 where rows had to be rejected. Where it is 1, the files that were named on standard "
        "output before the error were taken in, and no other; where it was standard output that failed, files that "
        "were to be named on it are in the store too.",
    .options = options,
    .repeatable = (const char *const[]){"profile", NULL},
    .operands_minimum = 1,
    .operands_maximum = SIZE_MAX,
    .run = run_ingest,
};
