#include "referlens/cohort/store.h"

#include "../support/scratch_store.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

static bool thorough; /* every allocation fails, not some; more runs are killed. As `make torture` has it */

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
        seen->superseding += stored->standings[i] == STORED;
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
    assert_true(store_each_keys(store, TEXT("sessions"), TEXT(""), compare_block, &keys, NULL));
    assert_int_equal(keys.count, BLOCKS);
    assert_int_equal(keys.superseding, BLOCKS * FACTS);
    assert_true(store_begin(store, NULL));
    assert_true(store_supersede(store, keys.ids[0], 0, 1, NULL));
    assert_true(store_supersede(store, keys.ids[0], FACTS - 1, 1, NULL));
    assert_true(store_commit(store, NULL));
    keys = (struct seen){.count = 0};
    assert_true(store_each_keys(store, TEXT("sessions"), TEXT(""), compare_block, &keys, NULL));
    assert_int_equal(keys.superseding, BLOCKS * FACTS - 2);
    assert_true(store_each_keys(store, TEXT("referrals"), TEXT(""), compare_block, &keys, NULL));
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

static void see_standings(void *context, const struct store_keys *stored)
{
    memcpy(context, stored->standings, 4);
}

/* An import of May's facts, of which one of June says the first two too, and has others for the third and one of
 * April's.
 */
static void standings_are_seen_from_a_day(void **state)
{
    (void)state;
    static const struct {
        const char *as_of;
        enum stored_standing expected[4];
    } cases[] = {
        {"", {STORED, STORED, STORED_GONE, STORED}},
        {"2025-07-01", {STORED, STORED, STORED_GONE, STORED}},
        {"2025-06-30", {STORED, STORED, STORED_GONE, STORED}},
        {"2025-06-15", {STORED_FOR_LATER, STORED_FOR_LATER, STORED_GONE_FOR_LATER, STORED}},
        {"2025-05-01", {STORED_FOR_LATER, STORED_FOR_LATER, STORED_GONE_FOR_LATER, STORED_FOR_LATER}},
    };
    struct store *store;
    const struct fact_key keys[4] = {{1, 1}, {2, 2}, {3, 3}, {4, 4}};
    const struct store_block block = {.facts = 4, .kind = TEXT("sessions")};
    struct store_import import = {
        .name = TEXT("x"), .kind = TEXT("sessions"), .left_out = TEXT("[]"), .as_of = TEXT("2025-05-31")};
    int64_t may, june, id;
    assert_true(store_open(STORE, STORE_WRITE, &store, NULL) && store_begin(store, NULL));
    assert_true(store_add_import(store, &import, &may, NULL));
    assert_true(store_add_block(store, may, &block, TEXT("1\n2\n3\n4\n"), keys, &id, NULL));
    import.as_of = TEXT("2025-06-30");
    assert_true(store_add_import(store, &import, &june, NULL));
    assert_true(store_confirm(store, june, id, &(uint8_t){3}, 1, NULL));
    assert_true(store_supersede(store, id, 2, june, NULL));
    assert_true(store_commit(store, NULL));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t standings[4];
        assert_true(store_each_keys(store, TEXT("sessions"), text_of(cases[i].as_of), see_standings, standings, NULL));
        for (size_t k = 0; k < 4; k++)
            assert_int_equal(standings[k], cases[i].expected[k]);
    }
    store_close(store);
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

static void the_last_reading_of_a_file_tells_whether_it_is_known(void **state)
{
    (void)state;
    struct store *store;
    struct store_found found;
    struct store_reading reading = {TEXT("aa"), TEXT("canonical"), TEXT("utf-8"), 0};
    must_ingest("aa");
    assert_true(store_open(STORE, STORE_WRITE, &store, NULL));
    assert_true(store_find(store, &reading, &found, NULL));
    assert_true(found.import == 1 && found.same && !found.replaced_since);
    reading.encoding = TEXT("windows-1252");
    assert_true(store_find(store, &reading, &found, NULL));
    assert_true(found.import == 1 && !found.same);
    reading.profile = TEXT("mine");
    assert_true(store_find(store, &reading, &found, NULL));
    assert_true(found.import == 0 && !found.same);
    /* Read through a profile, then through what that was changed to, and now through the first again. */
    tell("UPDATE import SET profile = 'mine', profile_text = 1; INSERT INTO import SELECT 2, name, kind, profile, "
         "sha256, bytes, encoding, delimiter, unused, as_of, read, rejected, left_out, new, 1, unchanged, 0, 2 FROM "
         "import");
    reading = (struct store_reading){TEXT("aa"), TEXT("mine"), TEXT("utf-8"), 1};
    assert_true(store_find(store, &reading, &found, NULL));
    assert_true(found.import == 2 && !found.same && !found.replaced_since);
    reading.profile_text = 2;
    assert_true(store_find(store, &reading, &found, NULL));
    assert_true(found.import == 2 && found.same);
    store_close(store);
}

static void rejects_that_were_read_again_are_counted_as_left_out(void **state)
{
    (void)state;
    struct store *store;
    must_ingest("aa");
    assert_true(store_open(STORE, STORE_WRITE, &store, NULL));
    assert_true(store_forget_rejects(store, 1, "read again", NULL));
    assert_true(store_forget_rejects(store, 1, "read again", NULL)); /* there are none left */
    store_close(store);
    assert_int_equal(ask("SELECT count(*) FROM reject"), 0);
    assert_int_equal(ask("SELECT rejected FROM import"), 0);
    assert_int_equal(ask("SELECT left_out = '[{\"reason\":\"read again\",\"rows\":1}]' FROM import"), 1);
}

/* Somebody who holds the store for longer than anybody waits. */
static void a_second_writer_is_told(void **state)
{
    (void)state;
    struct store *first, *second;
    struct error error = {""};
    must_ingest("aa");
    assert_true(store_open(STORE, STORE_WRITE, &first, NULL));
    assert_true(store_open(STORE, STORE_WRITE, &second, NULL));
    assert_true(store_begin(first, NULL));
    assert_false(store_begin(second, &error));
    assert_string_equal(error.message, STORE ": another program has the store open; try again once it is done");
    store_undo(first);
    assert_true(add_all(second, "bb", &error));
    store_close(first);
    store_close(second);
    assert_int_equal(assert_whole(), 2);
}

static void try_to_begin(void)
{
    struct store *store;
    struct error error = {""};
    assert_true(store_open(STORE, STORE_WRITE, &store, NULL));
    assert_false(store_begin(store, &error));
    assert_string_equal(error.message, STORE ": another program has the store open; try again once it is done");
    store_close(store);
}

/* A report takes one step after another, and all of them are of one moment. */
static void who_reads_has_the_store_as_it_was_when_it_was_opened(void **state)
{
    (void)state;
    struct store *reader;
    struct seen imports = {.count = 0}, blocks = {.count = 0};
    must_ingest("aa");
    assert_true(store_open(STORE, STORE_READ, &reader, NULL));
    try_to_begin(); /* before the first step, and between two */
    assert_true(store_each_import(reader, see_import, &imports, NULL));
    try_to_begin();
    assert_true(store_each_block(reader, imports.ids[0], see_block, &blocks, NULL));
    assert_int_equal(blocks.facts, BLOCKS * FACTS);
    store_close(reader);
    must_ingest("bb");
}

/* Not only by what opens a store as we do; and it is not told that anybody writes. */
static void whoever_has_a_cursor_open_is_waited_for_once(void **state)
{
    (void)state;
    sqlite3_stmt *cursor;
    must_ingest("aa");
    sqlite3 *database = open_store();
    assert_int_equal(sqlite3_prepare_v2(database, "SELECT id FROM block", -1, &cursor, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(cursor), SQLITE_ROW);
    try_to_begin();
    sqlite3_finalize(cursor);
    sqlite3_close(database);
    must_ingest("bb");
}

static void who_would_read_while_somebody_writes_is_told(void **state)
{
    (void)state;
    struct store *writer, *reader;
    struct error error = {""};
    must_ingest("aa");
    assert_true(store_open(STORE, STORE_WRITE, &writer, NULL));
    assert_true(store_begin(writer, NULL));
    assert_false(store_open(STORE, STORE_READ, &reader, &error));
    assert_string_equal(error.message, STORE ": another run is writing to the store; try again once it is done");
    store_close(writer);
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

int main(int argument_count, char **arguments)
{
    thorough = argument_count > 1 && strcmp(arguments[1], "thoroughly") == 0;
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(what_was_written_is_read_back),
        IN_SCRATCH(superseded_facts_are_gone_from_blocks_keys_and_views),
        IN_SCRATCH(standings_are_seen_from_a_day),
        IN_SCRATCH(the_same_file_twice_changes_nothing),
        IN_SCRATCH(the_last_reading_of_a_file_tells_whether_it_is_known),
        IN_SCRATCH(rejects_that_were_read_again_are_counted_as_left_out),
        IN_SCRATCH(a_second_writer_is_told),
        IN_SCRATCH(who_reads_has_the_store_as_it_was_when_it_was_opened),
        IN_SCRATCH(whoever_has_a_cursor_open_is_waited_for_once),
        IN_SCRATCH(who_would_read_while_somebody_writes_is_told),
        IN_SCRATCH(two_writers_at_once_both_get_their_turn),
        IN_SCRATCH(a_disk_that_fails_leaves_all_or_nothing),
        IN_SCRATCH(a_full_disk_leaves_all_or_nothing),
        IN_SCRATCH(whenever_it_is_killed_all_or_nothing_is_there),
        IN_SCRATCH(without_memory_all_or_nothing_is_there),
        IN_SCRATCH(every_statement_names_its_parameters),
    };
    return cmocka_run_group_tests(tests, install, NULL);
}
