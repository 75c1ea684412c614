/* Profiles: which column of somebody's export means what.
 *
 * A profile is a JSON file, described by reports/schemas/profile.schema.json; a new export needs one and no C. This
 * module reads and checks it, whole, before any row is looked at; every error names the file, the JSON path and what
 * was expected. It knows nothing of rows: input/mapping.h applies a profile to them.
 *
 *   {
 *     "name": "my-spreadsheet",            letters, digits and hyphens
 *     "title": "The practice's own list",
 *     "source": "…",                       optional: where the layout is documented
 *     "encoding": "windows-1252",          utf-8 (default), windows-1252, utf-16le
 *     "delimiter": ";",                    one of , ; tab |   default: the one that makes the header fit
 *     "missing": ["", "n/a"],              values that mean "not known" in every column; the empty one always does
 *     "optional": ["Outcome date"],        columns that the profile uses but a file may lack
 *     "leave_out": [                       rows left out, each with a reason for the ledger
 *       {"column": "Test", "is": ["1"], "reason": "test patient"},
 *       {"column": "Source", "is_not": ["03"], "reason": "…"},
 *       {"column": "Slot", "after": "2100-12-31", "date": "YYYY-MM-DD", "reason": "…"}   or "before"
 *     ],
 *     "makes": [                           what is made of a row; all that apply are made of it, but
 *                                          at most one referral, by the first rule that makes one
 *       {"name": "referral", "kind": "referrals",
 *        "when": [ conditions as above, without reason; all must hold ],   default: always
 *        "first_by": "ACTION_ID",          of several rows that make one referral the one with the smallest whole
 * number here is used, and the others are duplicates; a rule that stands earlier in "makes" goes before all others
 *        "unless_empty": "Seen on",        make nothing where this column is missing
 *        "fields": {
 *          "referral_id": "UBRN",                                   a column as it is
 *          "request_type": {"constant": "referral"},
 *          "referral_date": {"column": "Sent", "date": "DD/MM/YYYY"},
 *          "priority": {"column": "Urgency", "map": {"2WW": "usc", "Routine": "routine"}, "otherwise": "missing"},
 *          "event_type": {"columns": ["CODE", "REASON"], "map": {"1424": "rejected", "1770": {"A": "accepted"}}},
 *          "age_band": {"column": "Age", "bands": [0, 18, 40, 65, 80]},      "0-17", "18-39", …, "80+"
 *          "patient_key": {"columns": ["NHS", "DOB"], "join": "/"}           missing where any part is
 *        }}
 *     ],
 *     "rest": "an action that no measure uses",   reason for rows of which nothing is made; default
 *                                                 "nothing that the profile makes anything of"
 *     "takes_date_format": true                   --date-format goes before the formats of the fields; default: false
 *   }
 *
 * In a map of two columns a text instead of an inner object holds whatever the second column says. "otherwise" says
 * what a value that the map does not name, or that falls in no band, becomes: "reject" the row (default), "missing",
 * "keep" it as it is, or "leave_out" (make nothing of the row by this rule). A field may also have "missing": [...] of
 * its own, besides the file's; a map may name "" itself, for whatever is missing. Fields that a rule does not give are
 * unknown. Rules have names as profiles do, each its own.
 */
#ifndef REFERLENS_INPUT_PROFILE_H
#define REFERLENS_INPUT_PROFILE_H

#include "referlens/base/arena.h"
#include "referlens/base/date_format.h"
#include "referlens/base/error.h"
#include "referlens/input/encoding.h"
#include "referlens/input/format.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PROFILE_RULE_MAX = 32, PROFILE_FIELD_COLUMNS_MAX = 4, PROFILE_NAME_MAX = 40 };

/* A column of the export by its place in struct profile's `columns`. */
typedef size_t profile_column;
#define PROFILE_COLUMN_NONE SIZE_MAX

struct text_list {
    const struct text *texts;
    size_t count;
};

enum profile_test { TEST_IS, TEST_IS_NOT, TEST_BEFORE, TEST_AFTER };

struct profile_condition {
    profile_column column;
    enum profile_test test;
    struct text_list values;    /* of TEST_IS, TEST_IS_NOT */
    struct date_format format;  /* of TEST_BEFORE, TEST_AFTER: dates strictly before or after `date` */
    day date;
    const char *reason; /* of a row left out; NULL in "when" */
};

struct profile_conditions {
    const struct profile_condition *conditions;
    size_t count;
};

enum profile_field_form {
    FIELD_UNKNOWN,  /* the rule does not give it */
    FIELD_COLUMN,   /* one column as it is */
    FIELD_CONSTANT,
    FIELD_DATE,     /* one column in a date format */
    FIELD_MAP,      /* one or two columns through a map */
    FIELD_BANDS,    /* a number put into bands */
    FIELD_JOIN      /* several columns joined by a text */
};

enum profile_otherwise { OTHERWISE_REJECT, OTHERWISE_MISSING, OTHERWISE_KEEP, OTHERWISE_LEAVE_OUT };

struct profile_map_entry {
    struct text first, second, value; /* `second`: bytes NULL for whatever the second column says, and for one column */
};

struct profile_field {
    enum profile_field_form form;
    profile_column columns[PROFILE_FIELD_COLUMNS_MAX];
    size_t column_count;
    struct text_list missing;  /* besides the profile's */
    struct text constant;      /* of FIELD_CONSTANT; the text between of FIELD_JOIN */
    struct date_format format; /* of FIELD_DATE */
    const struct profile_map_entry *map; /* by first, then second */
    size_t map_count;
    enum profile_otherwise otherwise;
    const double *bands; /* lower ends, ascending */
    size_t band_count;
};

struct profile_rule {
    const char *name;
    enum file_kind kind;
    struct profile_conditions when;
    profile_column first_by;     /* or PROFILE_COLUMN_NONE */
    profile_column unless_empty; /* or PROFILE_COLUMN_NONE */
    struct profile_field fields[COLUMN_COUNT_MAX]; /* by the kind's column */
};

struct profile_used_column {
    struct text name;
    bool optional;
};

struct profile {
    const char *name, *title, *source; /* source: "" where not given */
    const char *path;                  /* of its file, for messages */
    enum encoding encoding;
    char delimiter; /* '\0': whichever makes the header fit */
    struct text_list missing;
    const struct profile_used_column *columns; /* every column named anywhere, in the order of first mention */
    size_t column_count;
    struct profile_conditions leave_out;
    struct profile_rule *rules;
    size_t rule_count;
    const char *rest;
    bool takes_date_format;
    uint64_t text_hash; /* of the JSON that it was read from, and of what was changed of it since */
    struct arena arena; /* holds all of the above */
};

/* Reads and checks a profile. On failure `error` has one line: "file: $.makes[0].fields.priority: expected …". */
bool profile_read(const char *path, struct profile **profile, struct error *error);

/* The same from text; `path` is for messages and is copied. */
bool profile_parse(struct text json, const char *path, struct profile **profile, struct error *error);

void profile_free(struct profile *profile); /* NULL is allowed */

/* Lets the fields' dates be written in another format, if the profile takes one. */
void profile_set_date_format(struct profile *profile, const struct date_format *format);

/* Reads the built-in profiles, `folder`/NAME.json in the order of their names. */
struct profile_list {
    struct profile **profiles; /* owned */
    size_t count;
};
bool profile_list_read(const char *folder, struct profile_list *list, struct error *error);
void profile_list_release(struct profile_list *list);

/* `referlens list profiles`: a tab-separated line a profile (name, what it makes, title, columns required, its
 * file), and the canonical one, which has no file. */
void profile_list_write(const struct profile_list *list, struct buffer *text);

#endif
