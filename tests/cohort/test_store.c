#include "referlens/cohort/store.h"

#include "../support/failing_memory.h"
#include "../support/failing_vfs.h"
#include "../support/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#define STORE "county.sqlite"
enum { BLOCKS = 3, FACTS = 200 };

static char scratch[SCRATCH_PATH_SIZE];
static bool thorough; /* every allocation fails, not some; more runs are killed. As `make torture` has it */

static int enter(void **state)
{
    (void)state;
    scratch_enter(scratch);
    return 0;
}

static int leave(void **state)
{
    (void)state;
    failing.left = -1;
    scratch_leave(scratch);
    return 0;
}

static void from_bytes(const char *name, const char *bytes)
{
    FILE *file = fopen(name, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, strlen(bytes), file), strlen(bytes));
    assert_int_equal(fclose(file), 0);
}

static sqlite3 *open_store(void)
{
    sqlite3 *database;
    assert_int_equal(sqlite3_open_v2(STORE, &database, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    return database;
}

static int64_t ask_open(sqlite3 *database, const char *sql)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(database));
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    const int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

static int64_t ask(const char *sql)
{
    sqlite3 *database = open_store();
    const int64_t value = ask_open(database, sql);
    sqlite3_close(database);
    return value;
}

static void tell(const char *sql)
{
    sqlite3 *database;
    assert_int_equal(sqlite3_open(STORE, &database), SQLITE_OK);
    if (sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(database));
    sqlite3_close(database);
}

/* Block number `number` of an import: sessions of one practice. */
static void fill_block(const char *sha256, int number, struct buffer *text, struct fact_key keys[FACTS])
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
static bool add_all(struct store *store, const char *sha256, struct error *error)
{
    struct buffer text = buffer_with_maximum(1 << 20);
    struct fact_key keys[FACTS];
    int64_t id = 0;
    const struct store_import import = {.name = TEXT("sessions.csv"),
                                        .kind = TEXT("sessions"),
                                        .profile = TEXT("canonical"),
                                        .sha256 = text_of(sha256),
                                        .encoding = TEXT("utf-8"),
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
    bool has, done = store_begin(store, error) && store_has(store, text_of(sha256), TEXT("canonical"), &has, error);
    if (done && has) {
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
        done = store_add_block(store, id, &block, buffer_text(&text), keys, error);
    }
    done = done && store_commit(store, error);
    if (!done)
        store_undo(store);
    buffer_release(&text);
    return done;
}

static bool ingest(const char *sha256, struct error *error)
{
    struct store *store;
    if (!store_open(STORE, STORE_WRITE, &store, error))
        return false;
    const bool done = add_all(store, sha256, error);
    store_close(store);
    return done;
}

static void must_ingest(const char *sha256)
{
    struct error error = {""};
    if (!ingest(sha256, &error))
        fail_msg("%s", error.message);
}

/* The store holds whole imports only. Returns how many. */
static int64_t assert_whole(void)
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

static void see_import(void *context, const struct store_import *import)
{
    struct seen *seen = context;
    assert_true(text_equal(import->name, TEXT("sessions.csv")));
    assert_true(text_equal(import->kind, TEXT("sessions")));
    assert_true(text_equal(import->profile, TEXT("canonical")));
    assert_true(text_equal(import->encoding, TEXT("utf-8")));
    assert_true(text_equal(import->delimiter, TEXT(",")));
    assert_true(text_equal(import->left_out, TEXT("[]")));
    assert_int_equal(import->unused.length, 0);
    assert_int_equal(import->bytes, 1234);
    assert_int_equal(import->read, 1201);
    assert_int_equal(import->rejected, 1);
    seen->ids[seen->count++] = import->id;
}

static void see_part(void *context, const struct store_part *part)
{
    struct seen *seen = context;
    assert_int_equal(part->made, BLOCKS * FACTS);
    assert_int_equal(part->unchanged, 3);
    assert_int_equal(part->unchanged_rows, 2);
    assert_true(text_equal(part->name, TEXT("sessions")));
    assert_true(text_equal(part->columns, TEXT("[1]")));
    seen->count++;
}

static void see_reject(void *context, const struct store_reject *reject)
{
    struct seen *seen = context;
    assert_int_equal(reject->line, 7);
    assert_int_equal(reject->column, 3);
    assert_true(text_equal(reject->reason, TEXT("not a date")));
    assert_true(text_equal(reject->message, TEXT("session_date 'x' is not a date")));
    seen->count++;
}

static void see_block(void *context, const struct store_block *block)
{
    struct seen *seen = context;
    assert_int_equal(block->first_line, 2 + (int64_t)seen->count * FACTS);
    assert_true(block->counts);
    seen->block = *block;
    seen->facts += block->facts;
    seen->count++;
}

static void what_was_written_is_read_back(void **state)
{
    (void)state;
    struct store *store;
    struct seen imports = {.count = 0}, parts = {.count = 0}, rejects = {.count = 0}, blocks = {.count = 0};
    struct buffer text = buffer_with_maximum(1 << 20), expected = buffer_with_maximum(1 << 20);
    struct fact_key keys[FACTS];
    must_ingest("aa");
    must_ingest("bb");
    assert_true(store_open(STORE, STORE_READ, &store, NULL));
    assert_true(store_each_import(store, see_import, &imports, NULL));
    assert_int_equal(imports.count, 2);
    assert_true(store_each_part(store, imports.ids[1], see_part, &parts, NULL));
    assert_true(store_each_reject(store, imports.ids[1], see_reject, &rejects, NULL));
    assert_true(store_each_block(store, imports.ids[1], see_block, &blocks, NULL));
    assert_int_equal(parts.count, 1);
    assert_int_equal(rejects.count, 1);
    assert_int_equal(blocks.facts, BLOCKS * FACTS);
    assert_true(store_read_block(store, &blocks.block, &text, NULL));
    fill_block("bb", BLOCKS - 1, &expected, keys);
    assert_string_equal(text.bytes, expected.bytes);
    store_close(store);
    buffer_release(&text);
    buffer_release(&expected);
}

static void compare_block(void *context, const struct store_keys *stored)
{
    struct seen *seen = context;
    assert_int_equal(stored->count, FACTS);
    assert_int_equal(stored->import, 1);
    for (size_t i = 0; i < stored->count; i++) {
        assert_int_equal(stored->keys[i].content, i);
        seen->superseding += stored->live[i];
    }
    seen->ids[seen->count++] = stored->block;
}

static void superseded_facts_are_gone_from_blocks_keys_and_views(void **state)
{
    (void)state;
    struct store *store;
    struct seen keys = {.count = 0}, blocks = {.count = 0};
    struct buffer text = buffer_with_maximum(1 << 20);
    must_ingest("aa");
    assert_int_equal(ask("SELECT count(*) FROM session"), BLOCKS * FACTS);
    assert_int_equal(ask("SELECT count(*) FROM referral"), 0);
    assert_int_equal(ask("SELECT count(*) FROM session WHERE topic = 'topic \"5\" of \\ 2' AND practice_code = 'aa'"
                         " AND session_date = '2024-01-06' AND specialty_code IS NULL AND line = 407"),
                     1);
    assert_true(store_open(STORE, STORE_WRITE, &store, NULL));
    assert_true(store_each_keys(store, TEXT("sessions"), compare_block, &keys, NULL));
    assert_int_equal(keys.count, BLOCKS);
    assert_int_equal(keys.superseding, BLOCKS * FACTS);
    assert_true(store_begin(store, NULL));
    assert_true(store_supersede(store, keys.ids[0], 0, NULL));
    assert_true(store_supersede(store, keys.ids[0], FACTS - 1, NULL));
    assert_true(store_commit(store, NULL));
    keys = (struct seen){.count = 0};
    assert_true(store_each_keys(store, TEXT("sessions"), compare_block, &keys, NULL));
    assert_int_equal(keys.superseding, BLOCKS * FACTS - 2);
    assert_true(store_each_keys(store, TEXT("referrals"), compare_block, &keys, NULL));
    assert_int_equal(keys.count, BLOCKS);
    assert_true(store_each_block(store, 1, see_block, &blocks, NULL));
    blocks.block.id = keys.ids[0];
    assert_true(store_read_block(store, &blocks.block, &text, NULL));
    assert_memory_equal(text.bytes, "2\x1f", 2);
    size_t lines = 0;
    for (size_t i = 0; i < text.length; i++)
        lines += text.bytes[i] == '\n';
    assert_int_equal(lines, FACTS - 2);
    store_close(store);
    buffer_release(&text);
    assert_int_equal(ask("SELECT count(*) FROM session"), BLOCKS * FACTS - 2);
}

static void assert_refused(enum store_access how, const char *why)
{
    size_t before_length, after_length;
    struct store *store;
    struct error error = {""};
    char *before = scratch_read(STORE, &before_length);
    assert_false(store_open(STORE, how, &store, &error));
    if (strstr(error.message, why) == NULL)
        fail_msg("'%s' does not say '%s'", error.message, why);
    char *after = scratch_read(STORE, &after_length);
    if (before != NULL) {
        assert_int_equal(before_length, after_length);
        assert_memory_equal(before, after, before_length);
    } else {
        assert_null(after);
    }
    assert_int_not_equal(access(STORE "-journal", F_OK), 0);
    free(before);
    free(after);
}

static void what_is_no_store_of_ours_is_refused_untouched(void **state)
{
    (void)state;
    assert_refused(STORE_READ, STORE);
    from_bytes(STORE, "");
    assert_refused(STORE_READ, "is empty");
    from_bytes(STORE,
               "referral_id,practice_code\nR1,A81001\nand so on, for longer than the header of a database is long\n");
    assert_refused(STORE_READ, "not a referlens store");
    assert_refused(STORE_WRITE, "not a referlens store");
    remove(STORE);
    tell("CREATE TABLE theirs (a)");
    assert_refused(STORE_READ, "another program");
    assert_refused(STORE_WRITE, "another program");
    remove(STORE);
    tell("PRAGMA application_id = 1380740723; PRAGMA user_version = 1; CREATE TABLE result (a)"); /* a results.sqlite */
    assert_refused(STORE_WRITE, "another program");
}

/* The first version is 1: what is of none is not ours, whatever else it says; what is of a later one is not for us. */
static void a_store_of_no_version_or_a_later_one_is_refused_untouched(void **state)
{
    (void)state;
    static const char *const versions[] = {"PRAGMA user_version = 0", "PRAGMA user_version = -1"};
    must_ingest("aa");
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        tell(versions[i]);
        assert_refused(STORE_READ, "another program");
        assert_refused(STORE_WRITE, "another program");
    }
    tell("PRAGMA user_version = 3");
    assert_refused(STORE_READ, "later version of referlens (store version 3, known here: 2)");
    assert_refused(STORE_WRITE, "later version");
    tell("PRAGMA user_version = 2");
    must_ingest("bb");
    assert_int_equal(assert_whole(), 2);
    remove(STORE);
    tell("PRAGMA application_id = 1380741236"); /* without a table */
    assert_refused(STORE_READ, "another program");
    assert_refused(STORE_WRITE, "another program");
}

/* An empty file is what version 1 is made of. */
static void an_empty_file_becomes_a_store(void **state)
{
    (void)state;
    from_bytes(STORE, "");
    must_ingest("aa");
    assert_int_equal(assert_whole(), 1);
    assert_int_equal(ask("PRAGMA user_version"), 2);
    assert_int_equal(ask("PRAGMA application_id"), 1380741236);
    assert_int_equal(ask("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%STRICT%'"), 0);
}

/* A store as version 1 made it, with one import, and beside it the same store of this version, as `new.sqlite`. */
static void make_first_version(void)
{
    static const char *const steps[] = {
        "PRAGMA page_size = 16384",
#include "src/cohort/store_schema_1.sql.h"
        ,
#include "src/cohort/store_views_1.sql.h"
        ,
        "PRAGMA application_id = 1380741236; PRAGMA user_version = 1",
        "ATTACH 'new.sqlite' AS new; INSERT INTO import SELECT * FROM new.import; INSERT INTO import_part SELECT * "
        "FROM "
        "new.import_part; INSERT INTO reject SELECT * FROM new.reject; INSERT INTO block SELECT * FROM new.block; "
        "INSERT INTO block_keys SELECT * FROM new.block_keys",
    };
    remove(STORE);
    must_ingest("aa");
    assert_int_equal(rename(STORE, "new.sqlite"), 0);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        tell(steps[i]);
}

static void assert_read(void)
{
    struct store *store;
    struct error error = {""};
    struct seen seen = {0};
    if (!store_open(STORE, STORE_READ, &store, &error))
        fail_msg("%s", error.message);
    assert_true(store_each_import(store, see_import, &seen, &error));
    assert_int_equal(seen.count, 1);
    seen.count = 0;
    assert_true(store_each_block(store, seen.ids[0], see_block, &seen, &error));
    assert_int_equal(seen.facts, BLOCKS * FACTS);
    store_close(store);
}

static void a_store_of_the_first_version_is_read_as_it_is_and_brought_up_to_date(void **state)
{
    (void)state;
    size_t before_length, after_length;
    make_first_version();
    char *before = scratch_read(STORE, &before_length);
    assert_read();
    char *after = scratch_read(STORE, &after_length);
    assert_int_equal(before_length, after_length);
    assert_memory_equal(before, after, before_length);
    free(before);
    free(after);
    must_ingest("aa"); /* what it has already */
    assert_int_equal(ask("PRAGMA user_version"), 2);
    assert_int_equal(assert_whole(), 1);
    assert_read();
    assert_int_equal(ask("SELECT count(*) FROM rejected WHERE file = 'sessions.csv' AND line = 7 AND \"column\" = 3"),
                     1);
    /* It is now what a new store is, table for table and row for row. */
    tell("ATTACH 'new.sqlite' AS new; CREATE TEMP TABLE differing (a CHECK (a = 0)); INSERT INTO differing SELECT "
         "count(*) "
         "FROM (SELECT name, sql FROM main.sqlite_schema EXCEPT SELECT name, sql FROM new.sqlite_schema); INSERT INTO "
         "differing SELECT count(*) FROM (SELECT name, sql FROM new.sqlite_schema EXCEPT SELECT name, sql FROM "
         "main.sqlite_schema); INSERT INTO differing SELECT count(*) FROM (SELECT * FROM main.session EXCEPT SELECT * "
         "FROM "
         "new.session); INSERT INTO differing SELECT count(*) - 600 FROM main.session");
    must_ingest("bb");
    assert_int_equal(assert_whole(), 2);
    remove("new.sqlite");
}

/* Whichever change to the disk fails while it is brought up to date, it is of one version or the other, and whole. */
static void an_upgrade_that_fails_leaves_the_store_as_it_was(void **state)
{
    (void)state;
    size_t length = 0;
    make_first_version();
    remove("new.sqlite");
    char *first = scratch_read(STORE, &length);
    bool untouched = false;
    size_t failures = 0;
    for (long n = 0; !untouched; n++) {
        assert_true(n < 1000);
        struct store *store;
        struct error error = {""};
        FILE *file = fopen(STORE, "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(first, 1, length, file), length);
        assert_int_equal(fclose(file), 0);
        failing.for_good = true;
        failing.code = SQLITE_FULL;
        failing.left = n;
        const bool opened = store_open(STORE, STORE_WRITE, &store, &error);
        untouched = failing.left > 0;
        failing.left = -1;
        if (opened)
            store_close(store);
        else
            failures++;
        const int64_t version = ask("PRAGMA user_version");
        assert_true(version == 1 || version == 2);
        assert_int_equal(ask("SELECT count(*) FROM sqlite_schema WHERE name = 'rejected'"), version == 2);
        assert_int_equal(assert_whole(), 1);
        assert_read();
        assert_true(version == 2 || !opened);
        must_ingest("bb"); /* and the next run completes */
        assert_int_equal(assert_whole(), 2);
        assert_int_equal(ask("PRAGMA user_version"), 2);
    }
    assert_true(failures > 0);
    free(first);
}

static void the_same_file_twice_changes_nothing(void **state)
{
    (void)state;
    size_t before_length, after_length;
    must_ingest("aa");
    char *before = scratch_read(STORE, &before_length);
    must_ingest("aa");
    char *after = scratch_read(STORE, &after_length);
    assert_int_equal(before_length, after_length);
    assert_memory_equal(before, after, before_length);
    free(before);
    free(after);
}

/* Somebody who holds the store for longer than anybody waits. */
static void a_second_writer_is_told(void **state)
{
    (void)state;
    struct store *first, *second;
    struct error error = {""};
    must_ingest("aa");
    assert_true(store_open(STORE, STORE_WRITE, &first, NULL));
    assert_true(store_begin(first, NULL));
    assert_true(store_open(STORE, STORE_WRITE, &second, NULL));
    assert_false(store_begin(second, &error));
    assert_non_null(strstr(error.message, "another run is writing"));
    store_undo(first);
    assert_true(add_all(second, "bb", &error));
    store_close(first);
    store_close(second);
    assert_int_equal(assert_whole(), 2);
}

/* One that is done soon is waited for. */
static void two_writers_at_once_both_get_their_turn(void **state)
{
    (void)state;
    static const char *const names[] = {"aa", "bb", "cc", "dd"};
    pid_t children[4];
    for (size_t i = 0; i < 4; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            struct error error = {""};
            const bool done = ingest(names[i], &error);
            fputs(error.message, stderr);
            _exit(done ? 0 : 1);
        }
    }
    for (size_t i = 0; i < 4; i++) {
        int status;
        waitpid(children[i], &status, 0);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    assert_int_equal(assert_whole(), 4);
}

/* Every change to the disk in turn fails, once or for good, on a new store and on one that is added to. */
static void a_disk_that_fails_leaves_all_or_nothing(void **state)
{
    (void)state;
    static const int codes[] = {SQLITE_FULL, SQLITE_IOERR_WRITE};
    failing.made = 0;
    must_ingest("aa");
    const long changes = failing.made;
    assert_true(changes > 20);
    for (int form = 0; form < 8; form++) {
        for (long n = 0; n <= changes; n++) {
            struct error error = {""};
            remove(STORE);
            remove(STORE "-journal");
            if (form & 1)
                must_ingest("00");
            failing.for_good = (form & 2) != 0;
            failing.code = codes[form >> 2];
            failing.left = n;
            const bool done = ingest("aa", &error);
            const bool failed = failing.left != -1 ? failing.left == 0 : true;
            failing.left = -1;
            assert_true(done || error.message[0] != '\0');
            assert_true(done || failed);
            const int64_t imports = assert_whole(), before = form & 1;
            assert_true(imports == before || imports == before + 1);
            assert_true(!done || imports == before + 1);
            must_ingest("aa");
            assert_int_equal(assert_whole(), before + 1);
        }
    }
}

static void a_full_disk_leaves_all_or_nothing(void **state)
{
    (void)state;
    for (rlim_t size = 0; size <= 400000; size += 20000) {
        pid_t child = fork();
        if (child == 0) {
            struct error error = {""};
            signal(SIGXFSZ, SIG_IGN);
            setrlimit(RLIMIT_FSIZE, &(struct rlimit){size, size});
            const bool done = ingest("aa", &error);
            _exit(done ? 0 : error.message[0] != '\0' ? 3 : 1);
        }
        int status;
        waitpid(child, &status, 0);
        assert_true(WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 3));
        assert_int_equal(assert_whole(), WEXITSTATUS(status) == 0 ? 1 : 0);
        must_ingest("aa");
        assert_int_equal(assert_whole(), 1);
        remove(STORE);
    }
}

static void whenever_it_is_killed_all_or_nothing_is_there(void **state)
{
    (void)state;
    enum { MICROSECONDS = 12000 };
    const int kills = thorough ? 200 : 40;
    int64_t before = 0, found = 0;
    srand(1);
    for (int i = 0; i < kills; i++) {
        char sha256[16];
        snprintf(sha256, sizeof sha256, "%d", i);
        pid_t child = fork();
        if (child == 0)
            _exit(ingest(sha256, NULL) ? 0 : 1);
        nanosleep(&(struct timespec){.tv_nsec = rand() % MICROSECONDS * 1000}, NULL);
        kill(child, SIGKILL);
        int status;
        waitpid(child, &status, 0);
        const int64_t imports = assert_whole();
        assert_true(imports == before || imports == before + 1);
        found += imports > before;
        must_ingest(sha256);
        assert_int_equal(assert_whole(), before + 1);
        before++;
    }
    assert_true(found < kills); /* some were killed in time */
}

static void without_memory_all_or_nothing_is_there(void **state)
{
    (void)state;
    bool done = false;
    for (long n = 0; !done; n += thorough ? 1 : 7) {
        struct error error = {""};
        failing_memory.left = n;
        done = ingest("aa", &error);
        const bool untouched = failing_memory.left >= 0;
        failing_memory.left = -1;
        assert_true(done || error.message[0] != '\0');
        const int64_t imports = assert_whole();
        assert_true(imports == 0 || imports == 1);
        assert_true(!done || imports == 1);
        must_ingest("aa");
        assert_int_equal(assert_whole(), 1);
        remove(STORE);
        done = untouched;
    }
}

static void every_statement_names_its_parameters(void **state)
{
    (void)state;
    static const char statements[] =
#include "src/cohort/store_statements.sql.h"
        ;
    sqlite3 *database;
    must_ingest("aa");
    assert_int_equal(sqlite3_open(STORE, &database), SQLITE_OK);
    for (const char *sql = statements; *sql != '\0';) {
        sqlite3_stmt *statement;
        if (sqlite3_prepare_v2(database, sql, -1, &statement, &sql) != SQLITE_OK)
            fail_msg("%s", sqlite3_errmsg(database));
        for (int i = 1; i <= sqlite3_bind_parameter_count(statement); i++)
            assert_int_equal(sqlite3_bind_parameter_name(statement, i)[0], ':');
        sqlite3_finalize(statement);
    }
    sqlite3_close(database);
}

static int install(void **state)
{
    (void)state;
    failing_memory_install();
    failing_vfs_install();
    return 0;
}

int main(int argument_count, char **arguments)
{
    thorough = argument_count > 1 && strcmp(arguments[1], "thoroughly") == 0;
#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, enter, leave)
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(what_was_written_is_read_back),
        IN_SCRATCH(superseded_facts_are_gone_from_blocks_keys_and_views),
        IN_SCRATCH(what_is_no_store_of_ours_is_refused_untouched),
        IN_SCRATCH(a_store_of_no_version_or_a_later_one_is_refused_untouched),
        IN_SCRATCH(an_empty_file_becomes_a_store),
        IN_SCRATCH(a_store_of_the_first_version_is_read_as_it_is_and_brought_up_to_date),
        IN_SCRATCH(an_upgrade_that_fails_leaves_the_store_as_it_was),
        IN_SCRATCH(the_same_file_twice_changes_nothing),
        IN_SCRATCH(a_second_writer_is_told),
        IN_SCRATCH(two_writers_at_once_both_get_their_turn),
        IN_SCRATCH(a_disk_that_fails_leaves_all_or_nothing),
        IN_SCRATCH(a_full_disk_leaves_all_or_nothing),
        IN_SCRATCH(whenever_it_is_killed_all_or_nothing_is_there),
        IN_SCRATCH(without_memory_all_or_nothing_is_there),
        IN_SCRATCH(every_statement_names_its_parameters),
    };
    return cmocka_run_group_tests(tests, install, NULL);
}
