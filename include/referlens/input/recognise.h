/* Recognition: as what a file is to be read, told from its header alone.
 *
 * A header fits a canonical kind or a profile where it has all the columns that these require. Profiles that were named
 * go before all others. Of two that fit, one is taken where it uses every column that the other does, and more, and a
 * canonical kind where it uses all that a profile does; otherwise that is an error, as it is where none fits: one line
 * that says what the nearest ones lack, or why there is none: names with other capitals or with blanks, a line above
 * the header, a file that is no CSV at all. A column that a profile's rule rests on must be there where another is that
 * it rests on, as a decision's date with the decision: else that is an error too, and not a file of fewer columns.
 */
#ifndef REFERLENS_INPUT_RECOGNISE_H
#define REFERLENS_INPUT_RECOGNISE_H

#include "referlens/input/profile.h"
#include "referlens/input/pseudonym.h"

/* How files are to be read. A zeroed one reads canonical files in UTF-8. */
struct reading_options {
    const struct profile *const *named; /* borrowed, as all here; the profiles that the user named */
    size_t named_count;
    const struct profile_list *built_in; /* NULL: none */
    const char *encoding; /* of encoding_names, for every file without a byte order mark; NULL: as the profile says */
    const struct pseudonym_key *key; /* NULL: keys stay as they are */
    const struct date_format *date_format; /* of canonical files, and of profiles that take one; NULL: YYYY-MM-DD, or as
                                              the profile says, which profile_set_date_format has changed otherwise */
};

/* The text of a file in each encoding that has been asked for. */
struct file_texts {
    struct text bytes; /* as they lie on disk, behind a byte order mark */
    bool marked;
    enum encoding mark; /* what the mark says */
    struct text texts[ENCODING_COUNT];
    size_t reserved[ENCODING_COUNT]; /* bytes to release; 0: not decoded, or the bytes themselves */
};

void file_texts_release(struct file_texts *texts);

struct recognition {
    const struct profile *profile; /* NULL: a canonical file, of `kind` */
    enum file_kind kind;
    enum encoding encoding;
    char delimiter;
};

/* `name` is for messages. */
bool recognise_file(const char *name, struct file_texts *texts, const struct reading_options *options,
                    struct recognition *recognition, struct error *error);

/* Fills `error` with what the file's header lacks for a profile that fits no file. Returns false. */
bool recognise_explain(const char *name, struct text text, char delimiter, const struct profile *profile,
                       struct error *error);

#endif
