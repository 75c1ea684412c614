/* The store: what was accepted of every file, kept in one SQLite file from quarter to quarter.
 *
 * It keeps imports with what became of their rows, facts as canonical text in blocks, and a hash of each fact, against
 * which new files are held; cohort/store_file.h has the file and its schema. It knows nothing of CSV and of what the
 * columns mean: the input room packs facts and unpacks them (input/fact_text.h). Whatever SQL tool opens the file finds
 * views named referral, event, practice, scheme and session.
 *
 * One transaction an import: after a crash the store holds all of it or nothing. One transaction a reading too, from
 * opening to closing: it has the imports of one moment. Whoever would write waits a few seconds for those who read or
 * write, and whoever would read for one who writes, and is then refused. A file of another program, or of a later
 * version, is refused before anything is written to it. Not for several threads at once.
 */
#ifndef REFERLENS_COHORT_STORE_H
#define REFERLENS_COHORT_STORE_H

#include "referlens/base/buffer.h"
#include "referlens/base/error.h"
#include "referlens/base/text.h"
#include "referlens/cohort/fact_key.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

enum store_access {
    STORE_READ,  /* the file must be there */
    STORE_WRITE, /* it is made where it is not */
};

bool store_open(const char *path, enum store_access access, struct store **store, struct error *error);
void store_close(struct store *store); /* NULL is allowed; what was begun and not committed is undone */

/* A file as it was read: the same again would say nothing new. */
struct store_reading {
    struct text sha256, profile, encoding; /* of its bytes; the profile's name */
    int64_t profile_text;                  /* hash of the profile's text; 0: canonical. Not read back */
};

/* Texts are borrowed by the functions that write, and owned by the arena given to those that read. */
struct store_import {
    int64_t id;
    struct store_reading reading;
    struct text name, kind, delimiter, unused, left_out;
    struct text as_of; /* empty: not given */
    int64_t bytes, read, rejected, new_facts, updated, unchanged, withdrawn;
};
struct store_part {
    int64_t rule, made, unchanged, unchanged_rows;
    struct text name, kind, columns;
};
struct store_reject {
    int64_t line, column;
    struct text reason, message;
};
struct store_block {
    int64_t id, rule, first_line, facts, bytes;
    bool counts;
    struct text kind;
};

/* Writing: begin, add, commit. Whatever fails, nothing of the import stays once the store is closed or begins anew. */
bool store_begin(struct store *store, struct error *error);
bool store_commit(struct store *store, struct error *error);
void store_undo(struct store *store);

/* Why rows are left out of which a later export says something else. */
extern const char store_overruled[];

enum { STORE_DAY_SIZE = 16 };

/* The last import of the same bytes through a profile of the same name. */
struct store_found {
    int64_t import;      /* 0: there is none */
    bool same;           /* in the same encoding, and the profile's text was the same */
    bool replaced_since; /* a later import replaced or withdrew facts of it, or that it said again; or facts of it
                            were left out as overruled */
    char as_of[STORE_DAY_SIZE]; /* the day given with it; empty: none was */
};
bool store_find(struct store *store, const struct store_reading *reading, struct store_found *found,
                struct error *error);

/* Whether referrals and events whose keys were replaced under this key go together with those in the store; `key` is a
 * fingerprint of it, or empty where keys are as they were. The first one that is kept stays. */
bool store_check_key(struct store *store, struct text key, struct error *error);
bool store_keep_key(struct store *store, struct text key, struct error *error);

/* Counts the import's rejected rows as left out, for a reason: they have been read again. */
bool store_forget_rejects(struct store *store, int64_t import, const char *reason, struct error *error);
bool store_add_import(struct store *store, const struct store_import *import, int64_t *id, struct error *error);
bool store_add_part(struct store *store, int64_t import, const struct store_part *part, struct error *error);
bool store_add_reject(struct store *store, int64_t import, const struct store_reject *reject, struct error *error);
bool store_add_block(struct store *store, int64_t import, const struct store_block *block, struct text facts,
                     const struct fact_key *keys, int64_t *id, struct error *error);
/* Gives an import that is there already a later day, and with it all that it says, says again and superseded. */
bool store_set_as_of(struct store *store, int64_t import, struct text as_of, struct error *error);
/* Counts facts of earlier imports, superseded for an import that is there already. */
bool store_add_withdrawn(struct store *store, int64_t import, int64_t withdrawn, struct error *error);
/* By an import. */
bool store_supersede(struct store *store, int64_t block, int64_t fact, int64_t import, struct error *error);

/* Says that a fact (-1: any of the block) may not be the only one of the same: which one counts is for the reader, and
 * for the views. Once any of a kind is so, a whole kind may be. */
bool store_contest(struct store *store, int64_t block, int64_t fact, struct error *error);
bool store_contest_kind(struct store *store, struct text kind, struct error *error); /* where a whole block of it is */

/* Keeps which facts of a block an import says too: a bit each, the lowest of a byte first. */
bool store_confirm(struct store *store, int64_t import, int64_t block, const uint8_t *facts, size_t bytes,
                   struct error *error);

/* What is with a fact of the store, seen from the day of an export. */
enum stored_standing {
    STORED_GONE,           /* superseded */
    STORED_GONE_FOR_LATER, /* and that by an import of a later day */
    STORED,
    STORED_FOR_LATER /* an import of a later day says so */
};

/* The keys of a block, and the standing of each fact. */
struct store_keys {
    int64_t block, import;
    const struct fact_key *keys;
    const uint8_t *standings; /* enum stored_standing */
    size_t count;
};

/* Calls `visit` with the keys of every block of a kind, as seen from a day; where it is empty, nothing is later. */
typedef void store_keys_function(void *context, const struct store_keys *keys);
bool store_each_keys(struct store *store, struct text kind, struct text as_of, store_keys_function *visit,
                     void *context, struct error *error);

/* Reading. Each calls `visit` for all there are, in order of ids, rules or lines; texts are good until it returns. */
typedef void store_import_function(void *context, const struct store_import *import);
typedef void store_part_function(void *context, const struct store_part *part);
typedef void store_reject_function(void *context, const struct store_reject *reject);
typedef void store_block_function(void *context, const struct store_block *block);
bool store_each_import(struct store *store, store_import_function *visit, void *context, struct error *error);
bool store_each_part(struct store *store, int64_t import, store_part_function *visit, void *context,
                     struct error *error);
bool store_each_reject(struct store *store, int64_t import, store_reject_function *visit, void *context,
                       struct error *error);
bool store_each_block(struct store *store, int64_t import, store_block_function *visit, void *context,
                      struct error *error);

/* The facts of a block that are not superseded, a line each, in place of what `text` holds. */
bool store_read_block(struct store *store, const struct store_block *block, struct buffer *text, struct error *error);

#endif
