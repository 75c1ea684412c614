#include "referlens/cohort/store.h"

#include "referlens/base/memory.h"
#include "referlens/cohort/store_file.h"

#include <endian.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

enum { FACTS_IN_BLOCK_MAX = 1 << 24 };

static const char statements_sql[] =
#include "src/cohort/store_statements.sql.h"
    ;

/* Of store_statements.sql, in its order. */
enum store_statement {
    EACH_IMPORT,
    EACH_PART,
    EACH_REJECT,
    EACH_BLOCK,
    READ_BLOCK,
    EACH_SUPERSEDED,
    FIND_IMPORT,
    STATEMENTS_TO_READ = FIND_IMPORT,
    ADD_IMPORT,
    ADD_PART,
    ADD_REJECT,
    ADD_BLOCK,
    ADD_KEYS,
    SUPERSEDE,
    CONFIRM,
    CONTEST,
    CONTEST_KIND,
    EACH_KEYS,
    EACH_GONE,
    EACH_CONFIRMED,
    COUNT_REJECTS_AS_LEFT_OUT,
    DROP_REJECTS,
    ADD_WITHDRAWN,
    SET_AS_OF,
    FIND_KEY,
    KEEP_KEY,
    DROP_UNKNOWN_KEY,
    STATEMENT_COUNT
};

const char store_overruled[] = "the store has what a later export says of it";

struct store {
    struct store_file file;
    sqlite3_stmt *statements[STATEMENT_COUNT];
};

static bool prepare(struct store *store, struct error *error)
{
    const char *sql = statements_sql;
    const size_t count = store->file.version == STORE_FILE_VERSION ? STATEMENT_COUNT : STATEMENTS_TO_READ;
    for (size_t i = 0; i < count; i++) {
        if (sqlite3_prepare_v3(store->file.database, sql, -1, SQLITE_PREPARE_PERSISTENT, &store->statements[i], &sql) !=
            SQLITE_OK)
            return store_file_fail(&store->file, error);
    }
    return true;
}

bool store_open(const char *path, enum store_access access, struct store **store, struct error *error)
{
    struct store *opened = memory_allocate_zeroed(1, sizeof *opened);
    if (!store_file_open(path, access == STORE_WRITE, &opened->file, error) || !prepare(opened, error)) {
        store_close(opened);
        return false;
    }
    *store = opened;
    return true;
}

void store_close(struct store *store)
{
    if (store == NULL)
        return;
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(store->statements[i]);
    store_file_close(&store->file);
    memory_free(store);
}

bool store_begin(struct store *store, struct error *error)
{
    /* Whoever reads would be waited for at the latest when a page has to leave the cache, five seconds for each. */
    return store_file_execute(&store->file, "BEGIN EXCLUSIVE", error);
}

bool store_commit(struct store *store, struct error *error)
{
    return store_file_execute(&store->file, "COMMIT", error);
}

void store_undo(struct store *store)
{
    store_file_undo(&store->file);
}

/* Each binds a parameter by its name; text must outlive the run. */
static void bind_text(struct store *store, enum store_statement which, const char *parameter, struct text text)
{
    sqlite3_stmt *statement = store->statements[which];
    sqlite3_bind_text64(statement, sqlite3_bind_parameter_index(statement, parameter),
                        text.length == 0 ? "" : text.bytes, text.length, SQLITE_STATIC, SQLITE_UTF8);
}

static struct text column_text(sqlite3_stmt *statement, int column)
{
    const char *bytes = (const char *)sqlite3_column_text(statement, column);
    return (struct text){bytes, bytes == NULL ? 0 : (size_t)sqlite3_column_bytes(statement, column)};
}

static void bind_integer(struct store *store, enum store_statement which, const char *parameter, int64_t value)
{
    sqlite3_stmt *statement = store->statements[which];
    sqlite3_bind_int64(statement, sqlite3_bind_parameter_index(statement, parameter), value);
}

static bool run(struct store *store, enum store_statement which, struct error *error)
{
    sqlite3_stmt *statement = store->statements[which];
    const bool done = sqlite3_step(statement) == SQLITE_DONE || store_file_fail(&store->file, error);
    sqlite3_reset(statement);
    return done;
}

static void bind_reading(struct store *store, enum store_statement which, const struct store_reading *reading)
{
    bind_text(store, which, ":sha256", reading->sha256);
    bind_text(store, which, ":profile", reading->profile);
    bind_text(store, which, ":encoding", reading->encoding);
    bind_integer(store, which, ":profile_text", reading->profile_text);
}

bool store_find(struct store *store, const struct store_reading *reading, struct store_found *found,
                struct error *error)
{
    sqlite3_stmt *statement = store->statements[FIND_IMPORT];
    bind_reading(store, FIND_IMPORT, reading);
    bind_text(store, FIND_IMPORT, ":overruled", text_of(store_overruled));
    const int code = sqlite3_step(statement);
    const bool done = code == SQLITE_ROW || code == SQLITE_DONE || store_file_fail(&store->file, error);
    *found = (struct store_found){0};
    if (code == SQLITE_ROW)
        *found = (struct store_found){
            .import = sqlite3_column_int64(statement, 0),
            .same = sqlite3_column_int64(statement, 1) != 0,
            .replaced_since = sqlite3_column_int64(statement, 2) != 0,
        };
    if (code == SQLITE_ROW)
        snprintf(found->as_of, sizeof found->as_of, "%s", column_text(statement, 3).bytes);
    sqlite3_reset(statement);
    return done;
}

bool store_forget_rejects(struct store *store, int64_t import, const char *reason, struct error *error)
{
    bind_integer(store, COUNT_REJECTS_AS_LEFT_OUT, ":import_id", import);
    bind_text(store, COUNT_REJECTS_AS_LEFT_OUT, ":reason", text_of(reason));
    bind_integer(store, DROP_REJECTS, ":import_id", import);
    return run(store, COUNT_REJECTS_AS_LEFT_OUT, error) && run(store, DROP_REJECTS, error);
}

static bool compare_keys(const struct store *store, struct text kept, struct text given, struct error *error)
{
    const bool is_unknown = text_equal(kept, TEXT("?")); /* some key, of an earlier version */
    if (text_equal(kept, given) || (is_unknown && given.length > 0))
        return true;
    if (kept.length == 0)
        return error_set(error, "%s: was filled without --pseudonymise; go on without it, or begin a new store",
                         store->file.name);
    if (given.length == 0)
        return error_set(error, "%s: was filled with --pseudonymise; give the same key file, or begin a new store",
                         store->file.name);
    return error_set(error,
                     "%s: was filled with --pseudonymise and another key; give the same key file, the same to its last "
                     "byte, or begin a new store",
                     store->file.name);
}

bool store_check_key(struct store *store, struct text key, struct error *error)
{
    sqlite3_stmt *statement = store->statements[FIND_KEY];
    if (statement == NULL) /* of an earlier version, which kept none */
        return true;
    const int code = sqlite3_step(statement);
    bool done = code == SQLITE_ROW || code == SQLITE_DONE || store_file_fail(&store->file, error);
    if (code == SQLITE_ROW)
        done = compare_keys(store, column_text(statement, 0), key, error);
    sqlite3_reset(statement);
    return done;
}

bool store_keep_key(struct store *store, struct text key, struct error *error)
{
    bind_text(store, KEEP_KEY, ":key", key);
    return store_check_key(store, key, error) && run(store, KEEP_KEY, error) && run(store, DROP_UNKNOWN_KEY, error);
}

bool store_add_import(struct store *store, const struct store_import *import, int64_t *id, struct error *error)
{
    const struct {
        const char *parameter;
        struct text text;
    } texts[] = {
        {":name", import->name},     {":kind", import->kind},         {":delimiter", import->delimiter},
        {":unused", import->unused}, {":left_out", import->left_out}, {":as_of", import->as_of},
    };
    const struct {
        const char *parameter;
        int64_t number;
    } numbers[] = {
        {":bytes", import->bytes},         {":read", import->read},       {":rejected", import->rejected},
        {":new", import->new_facts},       {":updated", import->updated}, {":unchanged", import->unchanged},
        {":withdrawn", import->withdrawn},
    };
    bind_reading(store, ADD_IMPORT, &import->reading);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        bind_text(store, ADD_IMPORT, texts[i].parameter, texts[i].text);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        bind_integer(store, ADD_IMPORT, numbers[i].parameter, numbers[i].number);
    if (!run(store, ADD_IMPORT, error))
        return false;
    *id = sqlite3_last_insert_rowid(store->file.database);
    return true;
}

bool store_add_part(struct store *store, int64_t import, const struct store_part *part, struct error *error)
{
    bind_integer(store, ADD_PART, ":import_id", import);
    bind_integer(store, ADD_PART, ":rule", part->rule);
    bind_text(store, ADD_PART, ":name", part->name);
    bind_text(store, ADD_PART, ":kind", part->kind);
    bind_integer(store, ADD_PART, ":made", part->made);
    bind_integer(store, ADD_PART, ":unchanged", part->unchanged);
    bind_integer(store, ADD_PART, ":unchanged_rows", part->unchanged_rows);
    bind_text(store, ADD_PART, ":columns", part->columns);
    return run(store, ADD_PART, error);
}

bool store_add_reject(struct store *store, int64_t import, const struct store_reject *reject, struct error *error)
{
    bind_integer(store, ADD_REJECT, ":import_id", import);
    bind_integer(store, ADD_REJECT, ":line", reject->line);
    bind_integer(store, ADD_REJECT, ":column", reject->column);
    bind_text(store, ADD_REJECT, ":reason", reject->reason);
    bind_text(store, ADD_REJECT, ":message", reject->message);
    return run(store, ADD_REJECT, error);
}

bool store_add_withdrawn(struct store *store, int64_t import, int64_t withdrawn, struct error *error)
{
    bind_integer(store, ADD_WITHDRAWN, ":import_id", import);
    bind_integer(store, ADD_WITHDRAWN, ":withdrawn", withdrawn);
    return run(store, ADD_WITHDRAWN, error);
}

bool store_set_as_of(struct store *store, int64_t import, struct text as_of, struct error *error)
{
    bind_integer(store, SET_AS_OF, ":import_id", import);
    bind_text(store, SET_AS_OF, ":as_of", as_of);
    return run(store, SET_AS_OF, error);
}

static bool is_little_endian(void)
{
    return htole64(1) == 1;
}

/* Keys are little-endian in the file, whatever the machine. */
static void turn_keys(const struct fact_key *from, size_t count, struct fact_key *to)
{
    for (size_t i = 0; i < count; i++)
        to[i] = (struct fact_key){htole64(from[i].identity), htole64(from[i].content)};
}

static bool add_keys(struct store *store, int64_t block, const struct fact_key *keys, size_t count, struct error *error)
{
    sqlite3_stmt *statement = store->statements[ADD_KEYS];
    const bool as_they_are = is_little_endian();
    struct fact_key *turned = as_they_are ? NULL : memory_resize(NULL, count, sizeof *turned);
    if (!as_they_are)
        turn_keys(keys, count, turned);
    bind_integer(store, ADD_KEYS, ":block_id", block);
    sqlite3_bind_blob64(statement, sqlite3_bind_parameter_index(statement, ":keys"), as_they_are ? keys : turned,
                        count * sizeof *keys, SQLITE_STATIC);
    const bool done = run(store, ADD_KEYS, error);
    sqlite3_clear_bindings(statement);
    memory_free(turned);
    return done;
}

bool store_add_block(struct store *store, int64_t import, const struct store_block *block, struct text facts,
                     const struct fact_key *keys, int64_t *id, struct error *error)
{
    bind_integer(store, ADD_BLOCK, ":import_id", import);
    bind_integer(store, ADD_BLOCK, ":rule", block->rule);
    bind_integer(store, ADD_BLOCK, ":counts", block->counts);
    bind_integer(store, ADD_BLOCK, ":first_line", block->first_line);
    bind_text(store, ADD_BLOCK, ":kind", block->kind);
    bind_integer(store, ADD_BLOCK, ":facts", block->facts);
    bind_integer(store, ADD_BLOCK, ":bytes", (int64_t)facts.length);
    bind_text(store, ADD_BLOCK, ":text", facts);
    if (!run(store, ADD_BLOCK, error))
        return false;
    *id = sqlite3_last_insert_rowid(store->file.database);
    return add_keys(store, *id, keys, (size_t)block->facts, error);
}

bool store_supersede(struct store *store, int64_t block, int64_t fact, int64_t import, struct error *error)
{
    bind_integer(store, SUPERSEDE, ":block_id", block);
    bind_integer(store, SUPERSEDE, ":fact", fact);
    bind_integer(store, SUPERSEDE, ":import_id", import);
    return run(store, SUPERSEDE, error);
}

bool store_contest(struct store *store, int64_t block, int64_t fact, struct error *error)
{
    bind_integer(store, CONTEST, ":block_id", block);
    bind_integer(store, CONTEST, ":fact", fact);
    return run(store, CONTEST, error);
}

bool store_contest_kind(struct store *store, struct text kind, struct error *error)
{
    bind_text(store, CONTEST_KIND, ":kind", kind);
    return run(store, CONTEST_KIND, error);
}

bool store_confirm(struct store *store, int64_t import, int64_t block, const uint8_t *facts, size_t bytes,
                   struct error *error)
{
    sqlite3_stmt *statement = store->statements[CONFIRM];
    bind_integer(store, CONFIRM, ":block_id", block);
    bind_integer(store, CONFIRM, ":import_id", import);
    sqlite3_bind_blob64(statement, sqlite3_bind_parameter_index(statement, ":facts"), facts, bytes, SQLITE_STATIC);
    const bool done = run(store, CONFIRM, error);
    sqlite3_clear_bindings(statement);
    return done;
}

/* Ends a walk over rows: false where SQLite could not give them all. */
static bool end_walk(struct store *store, enum store_statement which, int code, struct error *error)
{
    const bool done = code == SQLITE_DONE || store_file_fail(&store->file, error);
    sqlite3_reset(store->statements[which]);
    return done;
}

/* Marks the facts of a block that are not superseded. */
static bool find_live(struct store *store, int64_t block, bool *live, size_t count, struct error *error)
{
    sqlite3_stmt *statement = store->statements[EACH_SUPERSEDED];
    int code = SQLITE_DONE;
    memset(live, true, count * sizeof *live);
    bind_integer(store, EACH_SUPERSEDED, ":block_id", block);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        const int64_t fact = sqlite3_column_int64(statement, 0);
        if (fact >= 0 && (uint64_t)fact < count)
            live[fact] = false;
    }
    return end_walk(store, EACH_SUPERSEDED, code, error);
}

/* Marks those of a block's facts that an import of a later day has said again. */
static bool find_confirmed(struct store *store, int64_t block, struct text as_of, uint8_t *standings, size_t count,
                           struct error *error)
{
    sqlite3_stmt *statement = store->statements[EACH_CONFIRMED];
    int code = SQLITE_DONE;
    bind_integer(store, EACH_CONFIRMED, ":block_id", block);
    bind_text(store, EACH_CONFIRMED, ":as_of", as_of);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        const uint8_t *facts = sqlite3_column_blob(statement, 0);
        const size_t bits = 8 * (size_t)sqlite3_column_bytes(statement, 0);
        for (size_t i = 0; i < count && i < bits; i++) {
            if (facts[i / 8] >> i % 8 & 1)
                standings[i] = STORED_FOR_LATER;
        }
    }
    return end_walk(store, EACH_CONFIRMED, code, error);
}

static bool find_gone(struct store *store, int64_t block, struct text as_of, uint8_t *standings, size_t count,
                      struct error *error)
{
    sqlite3_stmt *statement = store->statements[EACH_GONE];
    int code = SQLITE_DONE;
    bind_integer(store, EACH_GONE, ":block_id", block);
    bind_text(store, EACH_GONE, ":as_of", as_of);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        const int64_t fact = sqlite3_column_int64(statement, 0);
        if (fact >= 0 && (uint64_t)fact < count)
            standings[fact] = sqlite3_column_int64(statement, 1) != 0 ? STORED_GONE_FOR_LATER : STORED_GONE;
    }
    return end_walk(store, EACH_GONE, code, error);
}

bool store_each_keys(struct store *store, struct text kind, struct text as_of, store_keys_function *visit,
                     void *context, struct error *error)
{
    sqlite3_stmt *statement = store->statements[EACH_KEYS];
    struct fact_key *keys = NULL;
    uint8_t *standings = NULL;
    bool done = true;
    size_t capacity = 0, standing_capacity = 0;
    int code = SQLITE_DONE;
    bind_text(store, EACH_KEYS, ":kind", kind);
    bind_text(store, EACH_KEYS, ":as_of", as_of);
    while (done && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        const size_t count = (size_t)sqlite3_column_bytes(statement, 2) / sizeof *keys;
        const int64_t block = sqlite3_column_int64(statement, 0);
        if (count == 0 && sqlite3_column_int64(statement, 3) > 0) {
            done = error_set(error,
                             "%s: its %.*s were taken in through a profile by an earlier version, and can't be "
                             "compared with more of them; begin a new store",
                             store->file.name, (int)kind.length, kind.bytes);
            break;
        }
        keys = memory_grow(keys, &capacity, count, sizeof *keys);
        standings = memory_grow(standings, &standing_capacity, count, sizeof *standings);
        if (count > 0)
            memcpy(keys, sqlite3_column_blob(statement, 2), count * sizeof *keys);
        if (!is_little_endian())
            turn_keys(keys, count, keys);
        memset(standings, sqlite3_column_int64(statement, 4) != 0 ? STORED_FOR_LATER : STORED, count);
        done = find_confirmed(store, block, as_of, standings, count, error) &&
               find_gone(store, block, as_of, standings, count, error);
        const struct store_keys given = {block, sqlite3_column_int64(statement, 1), keys, standings, count};
        if (done)
            visit(context, &given);
    }
    if (done)
        done = end_walk(store, EACH_KEYS, code, error);
    sqlite3_reset(statement);
    memory_free(keys);
    memory_free(standings);
    return done;
}

bool store_each_import(struct store *store, store_import_function *visit, void *context, struct error *error)
{
    sqlite3_stmt *statement = store->statements[EACH_IMPORT];
    int code = SQLITE_DONE;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        const struct store_import import = {
            .id = sqlite3_column_int64(statement, 0),
            .name = column_text(statement, 1),
            .kind = column_text(statement, 2),
            .reading = {.profile = column_text(statement, 3),
                        .sha256 = column_text(statement, 4),
                        .encoding = column_text(statement, 6)},
            .bytes = sqlite3_column_int64(statement, 5),
            .delimiter = column_text(statement, 7),
            .unused = column_text(statement, 8),
            .read = sqlite3_column_int64(statement, 9),
            .rejected = sqlite3_column_int64(statement, 10),
            .left_out = column_text(statement, 11),
            .as_of = column_text(statement, 12),
        };
        visit(context, &import);
    }
    return end_walk(store, EACH_IMPORT, code, error);
}

bool store_each_part(struct store *store, int64_t import, store_part_function *visit, void *context,
                     struct error *error)
{
    sqlite3_stmt *statement = store->statements[EACH_PART];
    int code = SQLITE_DONE;
    bind_integer(store, EACH_PART, ":import_id", import);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        const struct store_part part = {
            .rule = sqlite3_column_int64(statement, 0),
            .name = column_text(statement, 1),
            .kind = column_text(statement, 2),
            .made = sqlite3_column_int64(statement, 3),
            .unchanged = sqlite3_column_int64(statement, 4),
            .unchanged_rows = sqlite3_column_int64(statement, 5),
            .columns = column_text(statement, 6),
        };
        visit(context, &part);
    }
    return end_walk(store, EACH_PART, code, error);
}

bool store_each_reject(struct store *store, int64_t import, store_reject_function *visit, void *context,
                       struct error *error)
{
    sqlite3_stmt *statement = store->statements[EACH_REJECT];
    int code = SQLITE_DONE;
    bind_integer(store, EACH_REJECT, ":import_id", import);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        const struct store_reject reject = {
            .line = sqlite3_column_int64(statement, 0),
            .column = sqlite3_column_int64(statement, 1),
            .reason = column_text(statement, 2),
            .message = column_text(statement, 3),
        };
        visit(context, &reject);
    }
    return end_walk(store, EACH_REJECT, code, error);
}

bool store_each_block(struct store *store, int64_t import, store_block_function *visit, void *context,
                      struct error *error)
{
    sqlite3_stmt *statement = store->statements[EACH_BLOCK];
    int code = SQLITE_DONE;
    bind_integer(store, EACH_BLOCK, ":import_id", import);
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        const struct store_block block = {
            .id = sqlite3_column_int64(statement, 0),
            .rule = sqlite3_column_int64(statement, 1),
            .counts = sqlite3_column_int64(statement, 2) != 0,
            .first_line = sqlite3_column_int64(statement, 3),
            .kind = column_text(statement, 4),
            .facts = sqlite3_column_int64(statement, 5),
            .bytes = sqlite3_column_int64(statement, 6),
        };
        visit(context, &block);
    }
    return end_walk(store, EACH_BLOCK, code, error);
}

/* Copies the lines whose facts are live. */
static bool add_live(struct buffer *text, struct text lines, const bool *live, size_t count)
{
    for (size_t fact = 0; fact < count; fact++) {
        const char *end = lines.length > 0 ? memchr(lines.bytes, '\n', lines.length) : NULL;
        if (end == NULL)
            return false;
        const size_t length = (size_t)(end - lines.bytes) + 1;
        if (live[fact] && !buffer_add(text, lines.bytes, length))
            return false;
        lines.bytes += length;
        lines.length -= length;
    }
    return lines.length == 0;
}

bool store_read_block(struct store *store, const struct store_block *block, struct buffer *text, struct error *error)
{
    sqlite3_stmt *statement = store->statements[READ_BLOCK];
    if (block->facts < 0 || block->facts > FACTS_IN_BLOCK_MAX)
        return error_set(error, "%s: a block is damaged", store->file.name);
    bool *live = memory_resize(NULL, (size_t)block->facts, sizeof *live);
    bind_integer(store, READ_BLOCK, ":block_id", block->id);
    buffer_clear(text);
    bool done = find_live(store, block->id, live, (size_t)block->facts, error) &&
                (sqlite3_step(statement) == SQLITE_ROW || store_file_fail(&store->file, error));
    if (done && !add_live(text, column_text(statement, 0), live, (size_t)block->facts))
        done = error_set(error, "%s: a block is damaged", store->file.name);
    sqlite3_reset(statement);
    memory_free(live);
    return done;
}
