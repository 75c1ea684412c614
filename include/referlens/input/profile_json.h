/* A profile's JSON: places in it with their paths, and the kinds of value that profiles are made of.
 *
 * Used by the parts of the profile reader alone. Each function that reads a value fails with one line that names the
 * file, the JSON path and what was expected there; a member that is not there fails like one of the wrong type. What is
 * read is copied into the profile's arena.
 */
#ifndef REFERLENS_INPUT_PROFILE_JSON_H
#define REFERLENS_INPUT_PROFILE_JSON_H

#include "referlens/base/dictionary.h"
#include "referlens/base/error.h"
#include "referlens/input/profile.h"

#include <cjson/cJSON.h>

struct profile_reader {
    struct profile *profile;
    struct dictionary columns; /* names by profile_column */
    struct error *error;
};

/* A value and how to get there from the top. Places are chained: the outer one must live as long. */
struct profile_place {
    const struct profile_place *outer; /* NULL at the top */
    const char *key;                   /* of a member; NULL: an element */
    size_t index;                      /* of an element */
    const cJSON *value;                /* NULL: not there */
};

/* The most that a line of text in a profile may hold: a title, a reason. */
enum { PROFILE_LINE_MAX = 200 };

/* Parses the text, which may begin with a byte order mark, and checks that no object in it has a key twice. The
 * document is the caller's, to be given to cJSON_Delete. */
bool profile_json_parse(const struct profile_reader *reader, struct text text, cJSON **document);

/* "file: $.makes[0].fields: " and the message; returns false. */
bool profile_fail(const struct profile_reader *reader, const struct profile_place *place, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The member of an object, and the elements of an array one after the other: begin with `*element` zeroed. */
struct profile_place profile_member(const struct profile_place *object, const char *key);
bool profile_next_element(const struct profile_place *array, struct profile_place *element);

/* An object without any key but those of the list, which ends with NULL. */
bool profile_check_keys(const struct profile_reader *reader, const struct profile_place *place,
                        const char *const *keys);

/* An array of at least `least` elements; `*count` is how many. */
bool profile_check_array(const struct profile_reader *reader, const struct profile_place *place, size_t least,
                         size_t *count);

/* Any text; a text of one line, not blank; small letters, digits and hyphens. */
bool profile_read_text(const struct profile_reader *reader, const struct profile_place *place, struct text *text);
bool profile_read_line(const struct profile_reader *reader, const struct profile_place *place, const char **line);
bool profile_read_name(const struct profile_reader *reader, const struct profile_place *place, const char **name);

/* An array of texts. */
bool profile_read_texts(const struct profile_reader *reader, const struct profile_place *place, size_t least,
                        struct text_list *list);

/* The name of a column of the export, counted among those that the profile uses. */
bool profile_read_column(struct profile_reader *reader, const struct profile_place *place, profile_column *column);

/* A date format. */
bool profile_read_format(const struct profile_reader *reader, const struct profile_place *place,
                         struct date_format *format);

/* One of the words of a list that ends with NULL. */
bool profile_read_word(const struct profile_reader *reader, const struct profile_place *place, const char *const *words,
                       size_t *index);

#endif
