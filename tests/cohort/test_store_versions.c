/* Which files the store takes for its own, and what becomes of one of an earlier version. */
#include "../support/scratch_store.h"

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
    tell("PRAGMA user_version = 5");
    assert_refused(STORE_READ, "later version of referlens (store version 5, known here: 4)");
    assert_refused(STORE_WRITE, "later version");
    tell("PRAGMA user_version = 4");
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
    assert_int_equal(ask("PRAGMA user_version"), 4);
    assert_int_equal(ask("PRAGMA application_id"), 1380741236);
    assert_int_equal(ask("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%STRICT%'"), 0);
}

/* A store as an earlier version made it, with one import, and beside it the same store of this version, as
 * `new.sqlite`.
 */
static void make_earlier_version(int version)
{
    static const char *const steps[] = {
        "PRAGMA page_size = 16384",
#include "src/cohort/store_schema_1.sql.h"
        ,
#include "src/cohort/store_views_1.sql.h"
        ,
        "PRAGMA application_id = 1380741236; PRAGMA user_version = 1",
        "ATTACH 'new.sqlite' AS new; INSERT INTO import SELECT id, name, kind, profile, sha256, bytes, encoding, "
        "delimiter, unused, as_of, read, rejected, left_out, new, updated, unchanged FROM new.import; INSERT INTO "
        "import_part SELECT * FROM new.import_part; INSERT INTO reject SELECT * FROM new.reject; INSERT INTO block "
        "SELECT * FROM new.block; INSERT INTO block_keys SELECT * FROM new.block_keys",
    };
    static const char second[] =
#include "src/cohort/store_views_2.sql.h"
        ;
    static const char third[] =
#include "src/cohort/store_schema_3.sql.h"
        ;
    static const char third_views[] =
#include "src/cohort/store_views_3.sql.h"
        ;
    remove(STORE);
    must_ingest("aa");
    assert_int_equal(rename(STORE, "new.sqlite"), 0);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        tell(steps[i]);
    if (version >= 2) {
        tell(second);
        tell("PRAGMA user_version = 2");
    }
    if (version == 3) {
        tell(third);
        tell(third_views);
        tell("PRAGMA user_version = 3");
    }
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

static void assert_brought_up_to_date(int version)
{
    size_t before_length, after_length;
    make_earlier_version(version);
    char *before = scratch_read(STORE, &before_length);
    assert_read();
    char *after = scratch_read(STORE, &after_length);
    assert_int_equal(before_length, after_length);
    assert_memory_equal(before, after, before_length);
    free(before);
    free(after);
    must_ingest("aa"); /* what it has already */
    assert_int_equal(ask("PRAGMA user_version"), 4);
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

static void a_store_of_an_earlier_version_is_read_as_it_is_and_brought_up_to_date(void **state)
{
    (void)state;
    assert_brought_up_to_date(1);
    assert_brought_up_to_date(2);
    assert_brought_up_to_date(3);
}

/* What profile an earlier version read a file with is not known: read through one, it may have to be read again. */
static void a_file_that_an_earlier_version_read_through_a_profile_is_not_known(void **state)
{
    (void)state;
    struct store *store;
    struct store_found found;
    const struct store_reading reading = {TEXT("aa"), TEXT("mine"), TEXT("utf-8"), 77};
    make_earlier_version(2);
    remove("new.sqlite");
    tell("UPDATE import SET profile = 'mine'");
    assert_true(store_open(STORE, STORE_WRITE, &store, NULL));
    assert_true(store_find(store, &reading, &found, NULL));
    assert_int_equal(found.import, 1);
    assert_false(found.same);
    store_close(store);
}

/* Whichever change to the disk fails while it is brought up to date, it is of one version or the other, and whole. */
/* Whether ids were replaced is told by what they look like, and under which key can't be. */
static void the_key_of_an_earlier_version_is_guessed_from_its_ids(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *id;
        int64_t keys;
    } cases[] = {
        {"sessions", "A81001", 0},
        {"referrals", "R1", 1},
        {"outcomes", "R1", 1},
        {"outcomes", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", 0},
        {"outcomes", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeX", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct store *store;
        struct buffer sql = buffer_with_maximum(1000);
        make_earlier_version(2);
        remove("new.sqlite");
        buffer_add_formatted(&sql,
                             "UPDATE block SET kind = '%s', facts = 1, text = '1' || char(31, 31) || '%s' || char(31) "
                             "|| '2024-01-01' || char(31) || 'dna' || char(31, 31, 31, 31, 10)",
                             cases[i].kind, cases[i].id);
        tell(sql.bytes);
        buffer_release(&sql);
        assert_true(store_open(STORE, STORE_READ, &store, NULL));
        assert_true(store_check_key(store, TEXT("any"), NULL));
        store_close(store);
        assert_true(store_open(STORE, STORE_WRITE, &store, NULL));
        assert_int_equal(ask("SELECT count(*) FROM pseudonyms WHERE key = ''"), cases[i].keys);
        assert_int_equal(store_check_key(store, TEXT("any"), NULL), cases[i].keys == 0);
        /* Pseudonyms of an unknown key go with no plain ids; the first key that is given is theirs. */
        const bool unknown = ask("SELECT count(*) FROM pseudonyms WHERE key = '?'") == 1;
        assert_int_equal(unknown, strcmp(cases[i].kind, "sessions") != 0 && cases[i].keys == 0);
        assert_int_equal(store_check_key(store, TEXT(""), NULL), !unknown);
        if (unknown) {
            assert_true(store_keep_key(store, TEXT("any"), NULL));
            assert_false(store_check_key(store, TEXT("other"), NULL));
            assert_true(store_check_key(store, TEXT("any"), NULL));
            assert_int_equal(ask("SELECT count(*) FROM pseudonyms"), 1);
        }
        store_close(store);
    }
}

static void see_nothing(void *context, const struct store_keys *stored)
{
    (void)context;
    (void)stored;
}

/* By their keys: the views need it to choose. */
static void facts_of_the_same_are_found_when_it_is_brought_up_to_date(void **state)
{
    (void)state;
    struct store *store;
    make_earlier_version(3);
    remove("new.sqlite");
    tell("UPDATE block_keys SET keys = (SELECT keys FROM block_keys WHERE block_id = 1) WHERE block_id = 2;"
         "INSERT INTO superseded VALUES (1, 0); UPDATE block SET text = (SELECT text FROM block WHERE id = 1) WHERE id "
         "= 2");
    assert_int_equal(ask("SELECT count(*) FROM session"), 3 * FACTS - 1);
    assert_true(store_open(STORE, STORE_WRITE, &store, NULL));
    assert_true(store_each_keys(store, TEXT("sessions"), TEXT(""), see_nothing, NULL, NULL));
    store_close(store);
    assert_int_equal(ask("SELECT count(*) FROM contested"), 2 * (FACTS - 1));
    assert_int_equal(ask("SELECT count(*) FROM session"), 2 * FACTS);
}

/* Rows of which a profile uses the first were told apart by less than they are now. */
static void ordered_rows_of_an_earlier_version_are_compared_no_more(void **state)
{
    (void)state;
    struct store *store;
    struct error error = {""};
    make_earlier_version(3);
    remove("new.sqlite");
    tell("UPDATE block SET kind = 'referrals', facts = 1, text = '1' || char(31) || id || char(31) || 'R1' || char(31) "
         "|| "
         "'P' || id || char(31) || '2024-01-01' || char(31) || 'S' || char(31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, "
         "10)");
    assert_true(store_open(STORE, STORE_WRITE, &store, NULL));
    assert_false(store_each_keys(store, TEXT("referrals"), TEXT(""), see_nothing, NULL, &error));
    assert_non_null(strstr(error.message, "begin a new store"));
    assert_true(store_each_keys(store, TEXT("sessions"), TEXT(""), see_nothing, NULL, NULL));
    store_close(store);
    assert_int_equal(ask("SELECT count(*) FROM contested WHERE fact = -1"), BLOCKS);
    assert_int_equal(ask("SELECT count(*) FROM referral WHERE practice_code = 'P1'"), 1);
    assert_int_equal(ask("SELECT count(*) FROM referral"), 1);
}

static void an_upgrade_that_fails_leaves_the_store_as_it_was(void **state)
{
    (void)state;
    size_t length = 0;
    make_earlier_version(1);
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
        assert_true(version == 1 || version == 4);
        assert_int_equal(ask("SELECT count(*) FROM sqlite_schema WHERE name = 'rejected'"), version == 4);
        assert_int_equal(ask("SELECT count(*) FROM pragma_table_info('import') WHERE name = 'profile_text'"),
                         version == 4);
        assert_int_equal(assert_whole(), 1);
        assert_read();
        assert_true(version == 4 || !opened);
        must_ingest("bb"); /* and the next run completes */
        assert_int_equal(assert_whole(), 2);
        assert_int_equal(ask("PRAGMA user_version"), 4);
    }
    assert_true(failures > 0);
    free(first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(what_is_no_store_of_ours_is_refused_untouched),
        IN_SCRATCH(a_store_of_no_version_or_a_later_one_is_refused_untouched),
        IN_SCRATCH(an_empty_file_becomes_a_store),
        IN_SCRATCH(a_store_of_an_earlier_version_is_read_as_it_is_and_brought_up_to_date),
        IN_SCRATCH(a_file_that_an_earlier_version_read_through_a_profile_is_not_known),
        IN_SCRATCH(the_key_of_an_earlier_version_is_guessed_from_its_ids),
        IN_SCRATCH(facts_of_the_same_are_found_when_it_is_brought_up_to_date),
        IN_SCRATCH(ordered_rows_of_an_earlier_version_are_compared_no_more),
        IN_SCRATCH(an_upgrade_that_fails_leaves_the_store_as_it_was),
    };
    return cmocka_run_group_tests(tests, install, NULL);
}
