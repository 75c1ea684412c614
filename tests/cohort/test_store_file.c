/* Where a store's file lies, who may read it, and what is done about one that a run left half-written. */
#include "../support/scratch_store.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static void assert_refused(const char *path, enum store_access how, const char *why)
{
    struct store *store;
    struct error error = {""};
    assert_false(store_open(path, how, &store, &error));
    if (strstr(error.message, why) == NULL)
        fail_msg("'%s' does not say '%s'", error.message, why);
}

/* Runs `function` as somebody whom permissions bind, in a process of its own; true where it returned true. */
static bool as_nobody(bool (*function)(void))
{
    const pid_t child = fork();
    if (child == 0) {
        if (geteuid() == 0 && seteuid(65534) != 0)
            _exit(2);
        _exit(function() ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void names_that_mean_something_to_sqlite_are_names_of_files(void **state)
{
    (void)state;
    static const char *const names[] = {":memory:", "file:x?mode=memory", "file::memory:"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct store *store;
        struct error error = {""};
        if (!store_open(names[i], STORE_WRITE, &store, &error) || !add_all(store, "aa", &error))
            fail_msg("%s", error.message);
        store_close(store);
        assert_int_equal(rename(names[i], STORE), 0);
        assert_int_equal(assert_whole(), 1);
    }
    assert_refused("", STORE_WRITE, "no name");
    assert_refused("", STORE_READ, "no name");
}

static void a_new_store_is_its_owners_alone(void **state)
{
    (void)state;
    struct stat status;
    const mode_t before = umask(0);
    must_ingest("aa");
    assert_int_equal(stat(STORE, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(chmod(STORE, 0640), 0); /* and stays what its owner makes it */
    must_ingest("bb");
    assert_int_equal(stat(STORE, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
    umask(before);
}

static void only_a_regular_file_is_a_store(void **state)
{
    (void)state;
    assert_int_equal(mkfifo("pipe", 0600), 0);
    assert_refused("pipe", STORE_READ, "pipe: is not a regular file");
    assert_refused("pipe", STORE_WRITE, "pipe: is not a regular file");
    assert_refused(".", STORE_READ, ".: is not a regular file");
    assert_refused(".", STORE_WRITE, ".: is not a regular file");
    assert_refused("missing/" STORE, STORE_WRITE, "No such file or directory");
    assert_int_equal(symlink(STORE, "link"), 0);
    must_ingest("aa");
    struct store *store;
    assert_true(store_open("link", STORE_WRITE, &store, NULL));
    store_close(store);
}

static bool refuses_to_write(void)
{
    struct store *store;
    struct error error = {""};
    if (store_open(STORE, STORE_WRITE, &store, &error)) {
        const bool begun = add_all(store, "bb", &error);
        store_close(store);
        if (begun)
            return false;
    }
    return strcmp(error.message, STORE ": the store, or its folder, may not be written") == 0;
}

static void what_may_not_be_written_is_said(void **state)
{
    (void)state;
    assert_int_equal(chmod(".", 0555), 0);
    assert_true(as_nobody(refuses_to_write)); /* there is none, and none may be made */
    assert_int_equal(chmod(".", 0755), 0);
    must_ingest("aa");
    assert_int_equal(chmod(STORE, 0444), 0);
    assert_true(as_nobody(refuses_to_write));
    assert_int_equal(chmod(STORE, 0666), 0);
    assert_int_equal(chmod(".", 0555), 0);
    assert_true(as_nobody(refuses_to_write)); /* there is no room for a journal */
    assert_int_equal(chmod(".", 0700), 0);
    assert_int_equal(assert_whole(), 1);
}

/* Leaves the store as a run does that is killed while it writes: with pages changed, and the journal that undoes it. */
static void cut_off(void)
{
    const pid_t child = fork();
    if (child == 0) {
        sqlite3 *database = open_store();
        const int code = sqlite3_exec(database,
                                      "PRAGMA cache_size = 1; BEGIN IMMEDIATE; UPDATE block SET text = upper(text);"
                                      "DELETE FROM block_keys; DELETE FROM import_part; UPDATE block SET facts = 1",
                                      NULL, NULL, NULL);
        _exit(code == SQLITE_OK ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(access(STORE "-journal", F_OK), 0);
}

static bool is_read_whole(struct error *error)
{
    struct store *store;
    struct seen seen = {0};
    if (!store_open(STORE, STORE_READ, &store, error))
        return false;
    const bool done = store_each_block(store, 1, see_block, &seen, error) && seen.facts == BLOCKS * FACTS;
    store_close(store);
    return done;
}

static void what_a_killed_run_left_is_undone_by_whoever_reads_next(void **state)
{
    (void)state;
    struct error error = {""};
    must_ingest("aa");
    cut_off();
    if (!is_read_whole(&error))
        fail_msg("%s", error.message);
    assert_int_not_equal(access(STORE "-journal", F_OK), 0);
    assert_int_equal(assert_whole(), 1);
}

static bool asks_for_somebody_who_may_write(void)
{
    struct error error = {""};
    return !is_read_whole(&error) &&
           strcmp(error.message, STORE ": an earlier ingest was cut off; the store must be opened once where it may be "
                                       "written") == 0;
}

static void who_may_not_write_is_told_what_has_to_be_done_first(void **state)
{
    (void)state;
    must_ingest("aa");
    cut_off();
    assert_int_equal(chmod(STORE, 0444), 0);
    assert_int_equal(chmod(STORE "-journal", 0444), 0);
    assert_int_equal(chmod(".", 0555), 0);
    assert_true(as_nobody(asks_for_somebody_who_may_write));
    assert_int_equal(chmod(STORE, 0666), 0); /* the journal can't be removed */
    assert_true(as_nobody(asks_for_somebody_who_may_write));
    assert_int_equal(chmod(".", 0700), 0);
    assert_int_equal(assert_whole(), 1);
}

/* Blocks of more than SQLite holds in memory, on a disk that has no room for them. */
static bool fill_disk(void)
{
    static char line[1 << 20];
    struct store *store;
    struct fact_key key = {1, 1};
    int64_t id;
    bool done = store_open(STORE, STORE_WRITE, &store, NULL) && store_begin(store, NULL);
    const struct store_import import = {.name = TEXT("x"),
                                        .kind = TEXT("sessions"),
                                        .reading = {.sha256 = TEXT("bb"), .profile = TEXT("x")},
                                        .left_out = TEXT("[]")};
    const struct store_block block = {.facts = 1, .kind = TEXT("sessions")};
    memset(line, 'x', sizeof line);
    done = done && store_add_import(store, &import, &id, NULL);
    for (int i = 0; done && i < 20; i++)
        done = store_add_block(store, id, &block, (struct text){line, sizeof line}, &key, &(int64_t){0}, NULL);
    done = done && store_commit(store, NULL);
    if (!done)
        store_undo(store);
    store_close(store);
    return done;
}

static void a_run_that_finds_the_disk_full_leaves_no_journal(void **state)
{
    (void)state;
    must_ingest("aa");
    const pid_t child = fork();
    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){6 << 20, 6 << 20});
        _exit(fill_disk() ? 1 : 0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_not_equal(access(STORE "-journal", F_OK), 0);
    assert_int_equal(assert_whole(), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(names_that_mean_something_to_sqlite_are_names_of_files),
        IN_SCRATCH(a_new_store_is_its_owners_alone),
        IN_SCRATCH(only_a_regular_file_is_a_store),
        IN_SCRATCH(what_may_not_be_written_is_said),
        IN_SCRATCH(what_a_killed_run_left_is_undone_by_whoever_reads_next),
        IN_SCRATCH(who_may_not_write_is_told_what_has_to_be_done_first),
        IN_SCRATCH(a_run_that_finds_the_disk_full_leaves_no_journal),
    };
    return cmocka_run_group_tests(tests, install, NULL);
}
