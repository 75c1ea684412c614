/* Options of every command that reads exports: profiles, encoding, pseudonyms, the as-of date, jobs.
 */
#ifndef REFERLENS_COMMAND_READING_H
#define REFERLENS_COMMAND_READING_H

#include "referlens/command/command.h"
#include "referlens/input/input.h"

/* Rows for a command's table of options. `as_of` is what the command does with the day of the
 * exports, and what it takes for it where it is not given. */
#define READING_OPTIONS(as_of)                                                                                         \
    {"profile", 'p', "NAME|FILE", NULL,                                                                                \
     "how to read files: a built-in profile (see 'referlens list profiles'), canonical for the program's own files "   \
     "and "                                                                                                            \
     "no other, or a JSON file; may be repeated; default: the one that the header fits"},                              \
        {"date-format", 0, "FORMAT", NULL,                                                                             \
         "how dates are written in the program's own files and in wide spreadsheets, DD/MM/YYYY say; default: "        \
         "YYYY-MM-DD"},                                                                                                \
        {"encoding", 0, "NAME", encoding_names,                                                                        \
         "encoding of files without a byte order mark; default: what the profile says, or else utf-8"},                \
        {"pseudonymise", 0, "KEYFILE", NULL,                                                                           \
         "replace every key by its HMAC-SHA-256 under the key in this file (16 bytes or more) while reading"},         \
        {"as-of", 0, "DATE", NULL, "the day on which the exports were taken, " as_of},                                 \
    {                                                                                                                  \
        "jobs", 'j', "N", NULL, "how many processors to use; default: all"                                             \
    }

/* What those options say, with all that the input borrows from it. */
struct reading_setup {
    struct input_options options;
    const char *store; /* a store that is read besides the files; NULL: none. Set by commands that have the option */
    struct profile_list built_in;
    struct profile **named;
    size_t named_count;
    const struct profile **all_named;
    struct pseudonym_key *key;
    struct date_format date_format;
};

/* Reads them from the line. `usage` is set where the line is at fault, so that command_refuse is due, not command_fail.
 * On failure there is nothing to release. */
bool reading_setup_open(struct reading_setup *setup, const struct command_line *line, bool *usage, struct error *error);

/* What --store says, NULL where it was not given; false where its name is empty, as that of a variable that was never
 * set: command_refuse is due. For commands that have the option. */
bool reading_store_path(const struct command_line *line, const char **path, struct error *error);

/* The inputs that were read with it must have been released before. A zeroed one is allowed. */
void reading_setup_release(struct reading_setup *setup);

/* Reads the files that the line names, with a progress line on a terminal. As input_read otherwise. */
bool reading_read(const struct reading_setup *setup, const struct command_line *line, struct input *input,
                  struct error *error);

/* As input_hash, with a progress line. */
bool reading_hash(const struct reading_setup *setup, struct input *input, struct error *error);

/* Says on standard error which dates were taken where none was given. */
void reading_say_as_of(const struct input *input);

#endif
