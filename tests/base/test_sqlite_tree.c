#include "referlens/base/sqlite_tree.h"

#include "../support/scratch.h"
#include "referlens/base/memory.h"
#include "referlens/base/sqlite_record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* SQLite itself judges what was written. */
#define FILE_NAME "tree.sqlite"

static char scratch[SCRATCH_PATH_SIZE];

static int enter(void **state)
{
    (void)state;
    scratch_enter(scratch);
    return 0;
}

static int leave(void **state)
{
    (void)state;
    scratch_leave(scratch);
    return 0;
}

static sqlite3 *open_database(void)
{
    sqlite3 *database;
    assert_int_equal(sqlite3_open(FILE_NAME, &database), SQLITE_OK);
    return database;
}

static void execute(sqlite3 *database, const char *sql)
{
    if (sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(database));
}

/* The first column of the first row, as a number or, for `text`, as text. */
static int64_t number(sqlite3 *database, const char *sql)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(database));
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    const int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

static void assert_sound(sqlite3 *database)
{
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_prepare_v2(database, "PRAGMA integrity_check(1)", -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(statement, 0), "ok");
    sqlite3_finalize(statement);
}

/* A fresh file with a table and one without rowid; returns their root pages. */
static void make_file(int page_size, uint32_t *table, uint32_t *index)
{
    char pragma[64];
    remove(FILE_NAME);
    sqlite3 *database = open_database();
    snprintf(pragma, sizeof pragma, "PRAGMA page_size = %d; PRAGMA synchronous = OFF", page_size);
    execute(database, pragma);
    execute(database,
            "CREATE TABLE t (id INTEGER PRIMARY KEY, word TEXT, amount REAL) STRICT;"
            "CREATE TABLE w (a INTEGER, word TEXT, amount REAL, PRIMARY KEY (a, word)) STRICT, WITHOUT ROWID");
    *table = (uint32_t)number(database, "SELECT rootpage FROM sqlite_schema WHERE name = 't'");
    *index = (uint32_t)number(database, "SELECT rootpage FROM sqlite_schema WHERE name = 'w'");
    sqlite3_close(database);
}

/* What row i holds: words of very different lengths, of which some need pages of their own. */
static size_t word_of(int64_t i, size_t longest, char *word)
{
    const size_t length = (size_t)((uint64_t)i * UINT64_C(2654435761) % 1009) * longest / 1008;
    memset(word, 'a' + (int)(i % 26), length);
    return length;
}

static void write_rows(const char *path, uint32_t root, enum sqlite_tree_kind kind, int64_t count, size_t longest)
{
    struct sqlite_file *file;
    struct error error = {""};
    struct sqlite_record record = {0};
    char *word = memory_allocate(longest + 1);
    if (!sqlite_file_open(path, &file, &error))
        fail_msg("%s", error.message);
    struct sqlite_tree *tree = sqlite_tree_new(file, root, kind);
    for (int64_t i = 1; i <= count; i++) {
        sqlite_record_clear(&record);
        if (kind == SQLITE_TREE_TABLE)
            sqlite_record_add_nulls(&record, 1);
        else
            sqlite_record_add_integer(&record, i);
        sqlite_record_add_text(&record, (struct text){word, word_of(i, longest, word)});
        sqlite_record_add_reals(&record, (const double[]){(double)i / 4}, 1);
        const size_t length = sqlite_record_length(&record);
        uint8_t *bytes = memory_allocate(length);
        sqlite_record_copy(&record, bytes);
        if (!sqlite_tree_add(tree, i, bytes, length, &error))
            fail_msg("%s", error.message);
        memory_free(bytes);
    }
    assert_true(sqlite_tree_finish(tree, &error));
    assert_true(sqlite_file_close(file, &error));
    sqlite_record_release(&record);
    memory_free(word);
}

/* Every row is what it should be, found one by one by its key, and then by walking all. */
static void assert_rows(sqlite3 *database, const char *by_key, int64_t count, size_t longest)
{
    sqlite3_stmt *statement;
    char *word = memory_allocate(longest + 1);
    if (sqlite3_prepare_v2(database, by_key, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(database));
    for (int64_t i = 1; i <= count; i++) {
        const size_t length = word_of(i, longest, word);
        sqlite3_bind_int64(statement, 1, i);
        assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
        assert_int_equal(sqlite3_column_bytes(statement, 0), length);
        assert_memory_equal(sqlite3_column_text(statement, 0), word, length);
        assert_string_equal((const char *)sqlite3_column_text(statement, 2), "real");
        assert_true(sqlite3_column_double(statement, 1) == (double)i / 4);
        assert_int_equal(sqlite3_step(statement), SQLITE_DONE);
        sqlite3_reset(statement);
    }
    sqlite3_finalize(statement);
    memory_free(word);
}

static void assert_written(int page_size, int64_t count, size_t longest)
{
    uint32_t table, index;
    make_file(page_size, &table, &index);
    write_rows(FILE_NAME, table, SQLITE_TREE_TABLE, count, longest);
    write_rows(FILE_NAME, index, SQLITE_TREE_INDEX, count, longest);
    sqlite3 *database = open_database();
    assert_sound(database);
    assert_int_equal(number(database, "SELECT count(*) FROM t NOT INDEXED"), count);
    assert_int_equal(number(database, "SELECT count(*) FROM w"), count);
    assert_int_equal(
        number(database, "SELECT coalesce(sum(a < b), 0) FROM (SELECT id AS a, lag(id) OVER () AS b FROM t)"), 0);
    assert_rows(database, "SELECT word, amount, typeof(amount) FROM t WHERE id = ?", count, longest);
    assert_rows(database, "SELECT word, amount, typeof(amount) FROM w WHERE a = ?", count, longest);
    sqlite3_close(database);
}

/* Every number of rows around those at which a level is added or a page turned. */
static void any_number_of_rows_is_a_sound_tree(void **state)
{
    (void)state;
    for (int64_t count = 0; count <= 400; count++)
        assert_written(512, count, 60);
    for (int64_t count = 5000; count < 5040; count++)
        assert_written(512, count, 20);
}

static void long_records_have_pages_of_their_own(void **state)
{
    (void)state;
    for (int64_t count = 0; count <= 60; count++)
        assert_written(512, count, 3000);
    assert_written(1024, 500, 20000);
    assert_written(65536, 300, 200000);
}

static void page_sizes_from_the_smallest_to_the_largest_work(void **state)
{
    (void)state;
    for (int page_size = 512; page_size <= 65536; page_size *= 2)
        assert_written(page_size, 3000, 90);
}

/* What SQLite does with the file afterwards keeps it sound. */
static void sqlite_goes_on_with_the_file(void **state)
{
    (void)state;
    uint32_t table, index;
    make_file(512, &table, &index);
    write_rows(FILE_NAME, table, SQLITE_TREE_TABLE, 2000, 700);
    write_rows(FILE_NAME, index, SQLITE_TREE_INDEX, 2000, 700);
    sqlite3 *database = open_database();
    execute(database, "CREATE INDEX i ON t (word); DELETE FROM t WHERE id % 3 = 0; DELETE FROM w WHERE a % 5 < 3;"
                      "INSERT INTO t SELECT id + 5000, word || 'x', amount FROM t; UPDATE w SET word = 'new'");
    assert_sound(database);
    /* 2000 less 666, twice; 2000 less three of every five, of which 1 to 2000 have 400 each */
    assert_int_equal(number(database, "SELECT count(*) FROM t"), 2668);
    assert_int_equal(number(database, "SELECT count(*) FROM w WHERE word = 'new'"), 800);
    execute(database, "VACUUM");
    assert_sound(database);
    sqlite3_close(database);
}

/* The page at 1 GiB, where SQLite locks, stays empty. The pages before it are a hole in the file. */
static void the_page_that_sqlite_locks_is_left_out(void **state)
{
    (void)state;
    enum { PAGE = 65536, LOCK_PAGE = 0x40000000 / PAGE + 1 };
    uint32_t table, index;
    make_file(PAGE, &table, &index);
    const int descriptor = open(FILE_NAME, O_RDWR);
    const uint8_t pages[] = {0, 0, (LOCK_PAGE - 3) >> 8, (LOCK_PAGE - 3) & 0xff};
    assert_int_equal(ftruncate(descriptor, (off_t)(LOCK_PAGE - 3) * PAGE), 0);
    assert_int_equal(pwrite(descriptor, pages, 4, 28), 4);
    write_rows(FILE_NAME, table, SQLITE_TREE_TABLE, 40, 150000);
    uint8_t *locked = memory_allocate_zeroed(2, PAGE);
    assert_int_equal(pread(descriptor, locked, PAGE, (off_t)(LOCK_PAGE - 1) * PAGE), PAGE);
    assert_memory_equal(locked, locked + PAGE, PAGE);
    memory_free(locked);
    close(descriptor);
    sqlite3 *database = open_database();
    assert_true(number(database, "PRAGMA page_count") > LOCK_PAGE + 10);
    assert_rows(database, "SELECT word, amount, typeof(amount) FROM t WHERE id = ?", 40, 150000);
    sqlite3_close(database);
}

static void rowids_may_be_negative_and_far_apart(void **state)
{
    (void)state;
    static const int64_t rowids[] = {INT64_MIN, -1, 0, 127, 128, 16384, INT64_C(1) << 56, INT64_MAX};
    enum { COUNT = sizeof rowids / sizeof rowids[0] };
    uint32_t table, index;
    make_file(512, &table, &index);
    struct sqlite_file *file;
    assert_true(sqlite_file_open(FILE_NAME, &file, NULL));
    struct sqlite_tree *tree = sqlite_tree_new(file, table, SQLITE_TREE_TABLE);
    const uint8_t record[200] = {4, 0, 15 + 2 * 1, 8, 'x', 'y'}; /* header of 4: NULL, a text of 2, the integer 0 */
    for (size_t i = 0; i < COUNT; i++)
        assert_true(sqlite_tree_add(tree, rowids[i], record, 6, NULL));
    assert_true(sqlite_tree_finish(tree, NULL));
    assert_true(sqlite_file_close(file, NULL));
    sqlite3 *database = open_database();
    assert_sound(database);
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_prepare_v2(database, "SELECT id FROM t ORDER BY id", -1, &statement, NULL), SQLITE_OK);
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
        assert_int_equal(sqlite3_column_int64(statement, 0), rowids[i]);
    }
    sqlite3_finalize(statement);
    sqlite3_close(database);
}

static const int64_t edge_integers[] = {0,
                                        1,
                                        2,
                                        -1,
                                        127,
                                        128,
                                        -128,
                                        -129,
                                        32767,
                                        32768,
                                        -32768,
                                        8388607,
                                        8388608,
                                        -8388609,
                                        INT32_MAX,
                                        INT32_MIN,
                                        INT64_MAX,
                                        INT64_MIN,
                                        INT64_C(1) << 40,
                                        140737488355327,
                                        140737488355328,
                                        -140737488355328,
                                        -140737488355329};
static const double edge_reals[] = {0,       -0.0, 1, -1, 0.1, 1e300, -5e-324, 140737488355327.0, 140737488355328.0,
                                    INFINITY};
enum { EDGES = sizeof edge_integers / sizeof edge_integers[0], REALS = sizeof edge_reals / sizeof edge_reals[0] };

static void write_edges(uint32_t root)
{
    struct sqlite_file *file;
    struct sqlite_record record = {0};
    assert_true(sqlite_file_open(FILE_NAME, &file, NULL));
    struct sqlite_tree *tree = sqlite_tree_new(file, root, SQLITE_TREE_TABLE);
    for (size_t i = 0; i < EDGES; i++) {
        uint8_t bytes[64];
        sqlite_record_clear(&record);
        sqlite_record_add_nulls(&record, 1);
        sqlite_record_add_integer(&record, edge_integers[i]);
        sqlite_record_add_reals(&record, &edge_reals[i % REALS], 1);
        sqlite_record_add_double(&record, edge_reals[i % REALS]);
        sqlite_record_copy(&record, bytes);
        assert_true(sqlite_tree_add(tree, (int64_t)i, bytes, sqlite_record_length(&record), NULL));
    }
    sqlite_record_release(&record);
    assert_true(sqlite_tree_finish(tree, NULL));
    assert_true(sqlite_file_close(file, NULL));
}

/* Values at the edges of every serial type come back as they were. */
static void values_are_read_back_as_they_were_written(void **state)
{
    (void)state;
    uint32_t table, index;
    make_file(4096, &table, &index);
    sqlite3 *database = open_database();
    execute(database, "DROP TABLE t; CREATE TABLE t (id INTEGER PRIMARY KEY, i INTEGER, r REAL, a ANY) STRICT");
    table = (uint32_t)number(database, "SELECT rootpage FROM sqlite_schema WHERE name = 't'");
    sqlite3_close(database);
    write_edges(table);
    database = open_database();
    assert_sound(database);
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_prepare_v2(database, "SELECT i, r, a FROM t ORDER BY id", -1, &statement, NULL),
                     SQLITE_OK);
    for (size_t i = 0; i < EDGES; i++) {
        assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
        assert_true(sqlite3_column_int64(statement, 0) == edge_integers[i]);
        const double real = edge_reals[i % REALS];
        assert_int_equal(sqlite3_column_type(statement, 1), isfinite(real) ? SQLITE_FLOAT : SQLITE_NULL);
        assert_true(sqlite3_column_double(statement, 1) == (isfinite(real) ? real : 0));
        assert_int_equal(sqlite3_column_type(statement, 2), SQLITE_FLOAT);
        assert_true(sqlite3_column_double(statement, 2) == real);
    }
    sqlite3_finalize(statement);
    sqlite3_close(database);
}

static void what_is_no_database_is_refused(void **state)
{
    (void)state;
    struct sqlite_file *file;
    struct error error = {""};
    assert_false(sqlite_file_open("missing.sqlite", &file, &error));
    assert_non_null(strstr(error.message, "No such file"));
    fclose(fopen("empty.sqlite", "wb"));
    assert_false(sqlite_file_open("empty.sqlite", &file, &error));
    assert_non_null(strstr(error.message, "header"));
    assert_true(sqlite_file_close(NULL, NULL));
    sqlite_tree_free(NULL);
}

/* Three values of each kind, and a text that takes the header past one byte. */
static void add_some_values(struct sqlite_record *record, size_t from, size_t to)
{
    static char text[200];
    memset(text, 'x', sizeof text);
    for (size_t i = from; i < to; i++) {
        sqlite_record_add_nulls(record, 1);
        sqlite_record_add_integer(record, (int64_t)i * 100000);
        sqlite_record_add_text(record, (struct text){text, i});
        sqlite_record_add_reals(record, (const double[]){(double)i / 3}, 1);
    }
}

static void values_added_from_another_record_are_as_if_added_one_by_one(void **state)
{
    (void)state;
    enum { VALUES = 60 };
    for (size_t cut = 0; cut < VALUES; cut++) {
        struct sqlite_record whole = {0}, start = {0}, rest = {0};
        add_some_values(&whole, 0, VALUES);
        add_some_values(&start, 0, cut);
        add_some_values(&rest, cut, VALUES);
        sqlite_record_add_values(&start, &rest);
        const size_t length = sqlite_record_length(&whole);
        uint8_t *expected = test_malloc(length), *found = test_malloc(length);
        assert_int_equal(sqlite_record_length(&start), length);
        sqlite_record_copy(&whole, expected);
        sqlite_record_copy(&start, found);
        assert_memory_equal(found, expected, length);
        test_free(expected);
        test_free(found);
        sqlite_record_release(&whole);
        sqlite_record_release(&start);
        sqlite_record_release(&rest);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_added_from_another_record_are_as_if_added_one_by_one),
        cmocka_unit_test(any_number_of_rows_is_a_sound_tree),
        cmocka_unit_test(long_records_have_pages_of_their_own),
        cmocka_unit_test(page_sizes_from_the_smallest_to_the_largest_work),
        cmocka_unit_test(sqlite_goes_on_with_the_file),
        cmocka_unit_test(the_page_that_sqlite_locks_is_left_out),
        cmocka_unit_test(rowids_may_be_negative_and_far_apart),
        cmocka_unit_test(values_are_read_back_as_they_were_written),
        cmocka_unit_test(what_is_no_database_is_refused),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
