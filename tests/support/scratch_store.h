/* A store in a scratch folder, of imports that tell whether they are whole. */
#ifndef REFERLENS_TESTS_SUPPORT_SCRATCH_STORE_H
#define REFERLENS_TESTS_SUPPORT_SCRATCH_STORE_H

#include "failing_memory.h"
#include "failing_vfs.h"
#include "referlens/cohort/store.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define STORE "county.sqlite"
enum { BLOCKS = 3, FACTS = 200 };

static char scratch[SCRATCH_PATH_SIZE];

static inline int enter(void **state)
{
    (void)state;
    scratch_enter(scratch);
    return 0;
}

static inline int leave(void **state)
{
    (void)state;
    failing.left = -1;
    scratch_leave(scratch);
    return 0;
}

static inline void from_bytes(const char *name, const char *bytes)
{
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, strlen(bytes), file), strlen(bytes));
    assert_int_equal(fclose(file), 0);
}

static inline sqlite3 *open_store(void)
{
    sqlite3 *database;
    assert_int_equal(sqlite3_open_v2(STORE, &database, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    return database;
}

static inline int64_t ask_open(sqlite3 *database, const char *sql)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(database));
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    const int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

static inline int64_t ask(const char *sql)
{
    sqlite3 *database = open_store();
    const int64_t value = ask_open(database, sql);
    sqlite3_close(database);
    return value;
}

static inline void tell(const char *sql)
{
    sqlite3 *database;
    assert_int_equal(sqlite3_open(STORE, &database), SQLITE_OK);
    if (sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(database));
    sqlite3_close(database);
}

/* Block number `number` of an import: sessions of one practice. */
static inline void fill_block(const char *sha256, int number, struct buffer *text, struct fact_key keys[FACTS])
{
    buffer_clear(text);
    for (int i = 0; i < FACTS; i++) {
        buffer_add_formatted(text,
                             "%d\x1f\x1f%s\x1f"
                             "2024-01-%02d\x1ftopic \\\"%d\\\" of \\\\ %d\x1f\n",
                             i + 1, sha256, i % 28 + 1, i, number);
        keys[i] = (struct fact_key){(uint64_t)(number * FACTS + i), (uint64_t)i};
    }
}

/* Adds an import of BLOCKS blocks, a part and a reject. */
static inline bool add_all(struct store *store, const char *sha256, struct error *error)
{
    struct buffer text = buffer_with_maximum(1 << 20);
    struct fact_key keys[FACTS];
    int64_t id = 0;
    const struct store_import import = {.name = TEXT("sessions.csv"),
                                        .kind = TEXT("sessions"),
                                        .reading = {text_of(sha256), TEXT("canonical"), TEXT("utf-8"), 0},
                                        .delimiter = TEXT(","),
                                        .left_out = TEXT("[]"),
                                        .bytes = 1234,
                                        .read = 1201,
                                        .rejected = 1,
                                        .new_facts = BLOCKS * FACTS};
    const struct store_part part = {.made = BLOCKS * FACTS,
                                    .unchanged = 3,
                                    .unchanged_rows = 2,
                                    .name = TEXT("sessions"),
                                    .kind = TEXT("sessions"),
                                    .columns = TEXT("[1]")};
    const struct store_reject reject = {7, 3, TEXT("not a date"), TEXT("session_date 'x' is not a date")};
    struct store_found found;
    bool done = store_begin(store, error) && store_find(store, &import.reading, &found, error);
    if (done && found.same) {
        store_undo(store);
        buffer_release(&text);
        return true;
    }
    done = done && store_add_import(store, &import, &id, error) && store_add_part(store, id, &part, error) &&
           store_add_reject(store, id, &reject, error);
    for (int i = 0; done && i < BLOCKS; i++) {
        const struct store_block block = {
            .first_line = 2 + i * FACTS, .facts = FACTS, .counts = true, .kind = TEXT("sessions")};
        fill_block(sha256, i, &text, keys);
        done = store_add_block(store, id, &block, buffer_text(&text), keys, &(int64_t){0}, error);
    }
    done = done && store_commit(store, error);
    if (!done)
        store_undo(store);
    buffer_release(&text);
    return done;
}

static inline bool ingest(const char *sha256, struct error *error)
{
    struct store *store;
    if (!store_open(STORE, STORE_WRITE, &store, error))
        return false;
    const bool done = add_all(store, sha256, error);
    store_close(store);
    return done;
}

static inline void must_ingest(const char *sha256)
{
    struct error error = {""};
    if (!ingest(sha256, &error))
        fail_msg("%s", error.message);
}

/* The store holds whole imports only. Returns how many. */
static inline int64_t assert_whole(void)
{
    int64_t imports = 0;
    sqlite3 *database;
    assert_int_equal(sqlite3_open(STORE, &database), SQLITE_OK); /* where it failed early, there is none yet */
    assert_true(ask_open(database, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"));
    if (ask_open(database, "SELECT count(*) FROM sqlite_schema") > 0) {
        imports = ask_open(database, "SELECT count(*) FROM import");
        assert_int_equal(ask_open(database, "SELECT count(*) FROM block"), imports * BLOCKS);
        assert_int_equal(ask_open(database, "SELECT count(*) FROM block_keys"), imports * BLOCKS);
        assert_int_equal(ask_open(database, "SELECT count(*) FROM import_part"), imports);
        assert_int_equal(ask_open(database, "SELECT count(*) FROM reject"), imports);
    }
    sqlite3_close(database);
    return imports;
}

struct seen {
    int64_t ids[8];
    int64_t facts, superseding;
    size_t count;
    struct store_block block;
};

static inline void see_import(void *context, const struct store_import *import)
{
    struct seen *seen = context;
    assert_true(text_equal(import->name, TEXT("sessions.csv")));
    assert_true(text_equal(import->kind, TEXT("sessions")));
    assert_true(text_equal(import->reading.profile, TEXT("canonical")));
    assert_true(text_equal(import->reading.encoding, TEXT("utf-8")));
    assert_true(text_equal(import->delimiter, TEXT(",")));
    assert_true(text_equal(import->left_out, TEXT("[]")));
    assert_int_equal(import->unused.length, 0);
    assert_int_equal(import->bytes, 1234);
    assert_int_equal(import->read, 1201);
    assert_int_equal(import->rejected, 1);
    seen->ids[seen->count++] = import->id;
}

static inline void see_part(void *context, const struct store_part *part)
{
    struct seen *seen = context;
    assert_int_equal(part->made, BLOCKS * FACTS);
    assert_int_equal(part->unchanged, 3);
    assert_int_equal(part->unchanged_rows, 2);
    assert_true(text_equal(part->name, TEXT("sessions")));
    assert_true(text_equal(part->columns, TEXT("[1]")));
    seen->count++;
}

static inline void see_reject(void *context, const struct store_reject *reject)
{
    struct seen *seen = context;
    assert_int_equal(reject->line, 7);
    assert_int_equal(reject->column, 3);
    assert_true(text_equal(reject->reason, TEXT("not a date")));
    assert_true(text_equal(reject->message, TEXT("session_date 'x' is not a date")));
    seen->count++;
}

static inline void see_block(void *context, const struct store_block *block)
{
    struct seen *seen = context;
    assert_int_equal(block->first_line, 2 + (int64_t)seen->count * FACTS);
    assert_true(block->counts);
    seen->block = *block;
    seen->facts += block->facts;
    seen->count++;
}

static inline int install(void **state)
{
    (void)state;
    failing_memory_install();
    failing_vfs_install();
    return 0;
}

#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, enter, leave)

#endif
