#include "referlens/command/reading.h"

#include "referlens/base/memory.h"
#include "referlens/base/worker.h"
#include "referlens/command/progress_line.h"
#include "referlens/input/stored.h"
#include "referlens/output/assets.h"

#include <stdio.h>
#include <string.h>

/* A last date this far behind all others is more likely an error than the day of the export. */
enum { JOBS_MAX = 256, OUTLYING_DAYS = 31 };

static const struct profile *find_built_in(const struct reading_setup *setup, const char *name)
{
    for (size_t i = 0; i < setup->built_in.count; i++) {
        if (strcmp(setup->built_in.profiles[i]->name, name) == 0)
            return setup->built_in.profiles[i];
    }
    return NULL;
}

/* A name is a file where it looks like one. */
static bool is_path(const char *name)
{
    return strchr(name, '/') != NULL || strchr(name, '.') != NULL;
}

static bool add_profile(struct reading_setup *setup, const char *name, bool *usage, struct error *error)
{
    if (strcmp(name, "canonical") == 0) { /* of the built-in ones then only those that are named */
        setup->options.reading.built_in = NULL;
        return true;
    }
    const struct profile *profile = find_built_in(setup, name);
    if (profile == NULL && !is_path(name)) {
        *usage = true;
        return error_set(error,
                         "--profile %s: there is no such built-in profile (see 'referlens list profiles'); name a "
                         "file with its path, as ./%s.json",
                         name, name);
    }
    if (profile == NULL) {
        if (!profile_read(name, &setup->named[setup->named_count], error))
            return false;
        profile = setup->named[setup->named_count++];
    }
    setup->all_named[setup->options.reading.named_count++] = profile;
    return true;
}

static bool read_profiles(struct reading_setup *setup, const struct command_line *line, bool *usage,
                          struct error *error)
{
    const size_t count = command_count(line, "profile");
    char folder[ASSETS_PATH_SIZE];
    if (!assets_find(folder, "profiles", error) || !profile_list_read(folder, &setup->built_in, error))
        return false;
    setup->options.reading.built_in = &setup->built_in;
    setup->named = memory_allocate_zeroed(count + 1, sizeof *setup->named);
    setup->all_named = memory_allocate_zeroed(count + 1, sizeof *setup->all_named);
    setup->options.reading.named = setup->all_named;
    for (size_t i = 0; i < count; i++) {
        if (!add_profile(setup, command_nth_text(line, "profile", i), usage, error))
            return false;
    }
    return true;
}

/* What --date-format says goes before what the profiles say that take it. */
static void set_date_formats(struct reading_setup *setup)
{
    const struct date_format *format = setup->options.reading.date_format;
    for (size_t i = 0; format != NULL && i < setup->built_in.count; i++)
        profile_set_date_format(setup->built_in.profiles[i], format);
    for (size_t i = 0; format != NULL && i < setup->named_count; i++)
        profile_set_date_format(setup->named[i], format);
}

bool reading_store_path(const struct command_line *line, const char **path, struct error *error)
{
    *path = command_text(line, "store");
    return *path == NULL || **path != '\0' || error_set(error, "--store needs a file, and its name is empty");
}

bool reading_setup_open(struct reading_setup *setup, const struct command_line *line, bool *usage, struct error *error)
{
    int64_t jobs = (int64_t)worker_default_count();
    const char *key = command_text(line, "pseudonymise");
    const char *date_format = command_text(line, "date-format");
    *setup = (struct reading_setup){.options = {.as_of = DAY_UNKNOWN}};
    *usage = true;
    bool done = command_read_day(line, "as-of", &setup->options.as_of, error) &&
                command_read_integer(line, "jobs", 1, JOBS_MAX, &jobs, error) &&
                (date_format == NULL || date_format_parse(text_of(date_format), &setup->date_format) ||
                 error_set(error,
                           "--date-format %s: expected YYYY, MM (or MMM) and DD with one like separator between them, "
                           "as DD/MM/YYYY",
                           date_format));
    *usage = !done;
    setup->options.worker_count = (size_t)jobs;
    setup->options.reading.encoding = command_text(line, "encoding");
    setup->options.reading.date_format = date_format != NULL ? &setup->date_format : NULL;
    done = done && read_profiles(setup, line, usage, error) &&
           (key == NULL || pseudonym_key_read(key, &setup->key, error));
    set_date_formats(setup);
    setup->options.reading.key = setup->key;
    if (!done)
        reading_setup_release(setup);
    return done;
}

void reading_setup_release(struct reading_setup *setup)
{
    if (setup == NULL)
        return;
    for (size_t i = 0; i < setup->named_count; i++)
        profile_free(setup->named[i]);
    profile_list_release(&setup->built_in);
    pseudonym_key_free(setup->key);
    memory_free(setup->named);
    memory_free(setup->all_named);
    *setup = (struct reading_setup){0};
}

static void say_refused(const struct error *error)
{
    command_fail(error);
}

bool reading_read(const struct reading_setup *setup, const struct command_line *line, struct input *input,
                  struct error *error)
{
    struct progress progress = {0};
    struct input_options options = setup->options;
    options.progress = &progress;
    options.refused = say_refused;
    struct shared_store shared = {.lock = PTHREAD_MUTEX_INITIALIZER};
    if (setup->store != NULL && !store_open(setup->store, STORE_READ, &shared.store, error))
        return false;
    options.store = setup->store != NULL ? &shared : NULL;
    struct progress_line *shown = progress_line_start(&progress, PROGRESS_READING);
    const bool done = input_read(input, line->operands, line->operand_count, &options, error);
    progress_line_end(shown);
    store_close(shared.store);
    return done;
}

bool reading_hash(const struct reading_setup *setup, struct input *input, struct error *error)
{
    const struct progress progress = {0};
    struct progress_line *shown = progress_line_start(&progress, PROGRESS_HASHING);
    const bool done = input_hash(input, setup->options.worker_count, error);
    progress_line_end(shown);
    return done;
}

void reading_say_as_of(const struct input *input)
{
    const day as_of = cohort_as_of(input->cohort);
    char text[DAY_TEXT_SIZE];
    if (input->as_of_kept) {
        day_format(as_of, text);
        fprintf(stderr, "referlens: note: as-of date %s, as given when taken in\n", text);
    }
    if (!input->as_of_assumed)
        return;
    if (as_of == DAY_UNKNOWN) {
        fprintf(stderr, "referlens: note: there is no date in the data, so there is no as-of date\n");
        return;
    }
    day_format(as_of, text);
    fprintf(stderr, "referlens: note: as-of date %s, the latest date in the data (set it with --as-of)\n", text);
    if (input->next_latest != DAY_UNKNOWN && as_of - input->next_latest > OUTLYING_DAYS) {
        char next[DAY_TEXT_SIZE];
        day_format(input->next_latest, next);
        command_warn("the date %s stands alone: the next latest in the data is %s. If it is an error, every wait is "
                     "counted to a wrong day: set --as-of",
                     text, next);
    }
}
