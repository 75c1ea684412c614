#include "referlens/output/results_sqlite.h"

#include "../support/hand_made_report.h"
#include "../support/scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define WRITTEN "out.referlens-partial/results.sqlite"

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

static struct folder *write_results(const struct report *report, size_t worker_count)
{
    struct folder *folder;
    struct error error = {""};
    if (!folder_open("out", true, &folder, &error) || !results_sqlite_write(report, NULL, folder, worker_count, &error))
        fail_msg("%s", error.message);
    return folder;
}

static sqlite3 *open_written(void)
{
    sqlite3 *database;
    assert_int_equal(sqlite3_open_v2(WRITTEN, &database, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    return database;
}

static sqlite3_stmt *query(sqlite3 *database, const char *sql)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(database));
    return statement;
}

/* The rows of a query as "a|b;c|d;", which must fit. */
static const char *answer(sqlite3 *database, const char *sql)
{
    static char text[20000];
    sqlite3_stmt *statement = query(database, sql);
    size_t length = 0;
    text[0] = '\0';
    while (sqlite3_step(statement) == SQLITE_ROW)
        for (int i = 0; i < sqlite3_column_count(statement); i++) {
            const char *cell = (const char *)sqlite3_column_text(statement, i);
            length += (size_t)snprintf(text + length, sizeof text - length, "%s%s", cell == NULL ? "NULL" : cell,
                                       i + 1 < sqlite3_column_count(statement) ? "|" : ";");
        }
    assert_true(length < sizeof text);
    sqlite3_finalize(statement);
    return text;
}

static void the_tables_are_strict_and_have_their_columns(void **state)
{
    (void)state;
    struct report report = hand_made_report(2, 1, 1);
    struct folder *folder = write_results(&report, 1);
    sqlite3 *database = open_written();
    assert_string_equal(answer(database, "SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 1 "
                                         "AND type = 'table' ORDER BY name"),
                        "comparison;import;incidence;measure;practice;reject;report;result;specialty;");
    assert_string_equal(
        answer(database, "SELECT group_concat(name, ' ') FROM pragma_table_xinfo('result')"),
        "id measure practice specialty scheme period kind status numerator denominator value lower "
        "upper expected n events competing censored median median_lower median_upper p90 completed_median "
        "completed_p90 pending immature unknown excluded;");
    assert_string_equal(answer(database, "SELECT group_concat(name, ' ') FROM pragma_table_info('incidence')"),
                        "result_id days value lower upper;");
    assert_string_equal(answer(database, "SELECT group_concat(name, ' ') FROM pragma_table_info('measure')"),
                        "id title kind unit direction numerator denominator caution;");
    assert_string_equal(answer(database, "PRAGMA application_id"), "1380740723;"); /* 0x524C6E73 */
    assert_string_equal(answer(database, "PRAGMA user_version"), "3;");
    assert_string_equal(answer(database, "PRAGMA integrity_check"), "ok;");
    assert_string_equal(answer(database, "PRAGMA foreign_key_check"), "");
    assert_string_equal(answer(database, "SELECT name FROM pragma_index_list('result') ORDER BY name"),
                        "result_by_measure;result_by_practice;");
    sqlite3_close(database);
    folder_close(folder);
    hand_made_release(&report);
}

static void assert_number(sqlite3_stmt *statement, int column, double expected, int type)
{
    if (isnan(expected)) {
        assert_int_equal(sqlite3_column_type(statement, column), SQLITE_NULL);
        return;
    }
    double found = sqlite3_column_double(statement, column);
    assert_int_equal(sqlite3_column_type(statement, column), type);
    assert_memory_equal(&found, &expected, sizeof found);
}

static void assert_text(sqlite3_stmt *statement, int column, struct text expected)
{
    const char *found = (const char *)sqlite3_column_text(statement, column);
    if (expected.length == 0) {
        assert_null(found);
        return;
    }
    assert_non_null(found);
    assert_int_equal(sqlite3_column_bytes(statement, column), expected.length);
    assert_memory_equal(found, expected.bytes, expected.length);
}

static void assert_result(sqlite3_stmt *statement, const struct report *report, const struct result *result)
{
    const struct measure *measure = &measure_table[result->measure];
    char period[QUARTER_TEXT_SIZE] = "";
    if (result->slice.period != PERIOD_ALL)
        quarter_format(result->slice.period, period);
    assert_text(statement, 1, text_of(measure->id));
    assert_text(statement, 2, report_practice_code(report, result->slice.practice));
    assert_text(statement, 3, report_specialty_code(report, result->slice.specialty));
    assert_text(statement, 4, report_scheme_word(result->slice.scheme));
    assert_text(statement, 5, text_of(period));
    assert_text(statement, 6, text_of(measure_kind_name(measure->kind)));
    assert_text(statement, 7, text_of(result_status_name(result->status)));
    const int of_denominator = measure->kind == MEASURE_RATE ? SQLITE_FLOAT : SQLITE_INTEGER;
    const struct {
        double value;
        int type;
    } numbers[] = {
        {result->numerator, SQLITE_INTEGER},
        {result->denominator, of_denominator},
        {result->value, SQLITE_FLOAT},
        {result->lower, SQLITE_FLOAT},
        {result->upper, SQLITE_FLOAT},
        {measure->kind == MEASURE_RATE ? result->expected : (double)NAN, SQLITE_FLOAT},
        {result->n, SQLITE_INTEGER},
        {result->events, SQLITE_INTEGER},
        {result->competing, SQLITE_INTEGER},
        {result->censored, SQLITE_INTEGER},
        {result->median, SQLITE_FLOAT},
        {result->median_lower, SQLITE_FLOAT},
        {result->median_upper, SQLITE_FLOAT},
        {result->p90, SQLITE_FLOAT},
        {result->completed_median, SQLITE_FLOAT},
        {result->completed_p90, SQLITE_FLOAT},
        {result->excluded.pending, SQLITE_INTEGER},
        {result->excluded.immature, SQLITE_INTEGER},
        {result->excluded.unknown, SQLITE_INTEGER},
    };
    for (int i = 0; i < (int)(sizeof numbers / sizeof numbers[0]); i++)
        assert_number(statement, 8 + i, numbers[i].value, numbers[i].type);
}

/* Walks the two tables beside the results that they should hold. */
static int64_t assert_results(sqlite3_stmt *results, sqlite3_stmt *incidences, const struct report *report,
                              const struct result_list *list, int64_t first_id)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct result *result = &list->results[i];
        assert_int_equal(sqlite3_step(results), SQLITE_ROW);
        assert_int_equal(sqlite3_column_int64(results, 0), first_id + (int64_t)i);
        assert_result(results, report, result);
        for (int k = 0; k < HORIZON_COUNT; k++) {
            if (isnan(result->within[k].value))
                continue;
            assert_int_equal(sqlite3_step(incidences), SQLITE_ROW);
            assert_int_equal(sqlite3_column_int64(incidences, 0), first_id + (int64_t)i);
            assert_int_equal(sqlite3_column_int(incidences, 1), horizon_days[k]);
            assert_number(incidences, 2, result->within[k].value, SQLITE_FLOAT);
            assert_number(incidences, 3, result->within[k].lower, SQLITE_FLOAT);
            assert_number(incidences, 4, result->within[k].upper, SQLITE_FLOAT);
        }
    }
    return first_id + (int64_t)list->count;
}

static void every_result_is_there_in_order_and_to_the_last_bit(void **state)
{
    (void)state;
    struct report report = hand_made_report(23, 4, 6);
    struct folder *folder = write_results(&report, 2);
    sqlite3 *database = open_written();
    sqlite3_stmt *results = query(database, "SELECT * FROM result ORDER BY id");
    sqlite3_stmt *incidences = query(database, "SELECT * FROM incidence ORDER BY result_id, days");
    int64_t id = assert_results(results, incidences, &report, &report.aggregates, 1);
    for (uint32_t practice = 0; practice < 23; practice++) {
        struct result_list list = {0};
        report_practice(&report, practice, false, &list);
        id = assert_results(results, incidences, &report, &list, id);
        result_list_release(&list);
    }
    assert_int_equal(sqlite3_step(results), SQLITE_DONE);
    assert_int_equal(sqlite3_step(incidences), SQLITE_DONE);
    sqlite3_finalize(results);
    sqlite3_finalize(incidences);
    sqlite3_close(database);
    folder_close(folder);
    hand_made_release(&report);
}

/* The large tables are written without SQL. */
static void sqlite_finds_nothing_wrong_with_the_file(void **state)
{
    (void)state;
    struct report report = hand_made_report(120, 5, 6);
    struct folder *folder = write_results(&report, 3);
    sqlite3 *database = open_written();
    assert_string_equal(answer(database, "PRAGMA integrity_check"), "ok;");
    assert_string_equal(answer(database, "PRAGMA foreign_key_check"), "");
    assert_string_equal(answer(database, "SELECT DISTINCT typeof(numerator), typeof(n) FROM result"
                                         " WHERE numerator IS NOT NULL AND n IS NULL"),
                        "integer|null;");
    assert_string_equal(answer(database, "SELECT DISTINCT kind, typeof(denominator), typeof(n), typeof(median)"
                                         " FROM result WHERE status = 'ok' AND NOT (kind = 'delay' AND median IS NULL)"
                                         " ORDER BY kind"),
                        "delay|null|integer|real;proportion|integer|null|null;rate|real|null|null;");
    sqlite3_close(database);
    folder_close(folder);
    hand_made_release(&report);
}

/* The index is filled without SQL too. */
static void a_measure_is_found_by_its_period(void **state)
{
    (void)state;
    struct report report = hand_made_report(40, 2, 3);
    struct folder *folder = write_results(&report, 2);
    sqlite3 *database = open_written();
    assert_string_equal(answer(database, "SELECT (SELECT count(*) FROM result INDEXED BY result_by_measure"
                                         " WHERE measure = 'dna_rate' AND period = '2025-Q1' AND specialty IS NULL),"
                                         " (SELECT count(*) FROM result NOT INDEXED"
                                         " WHERE measure = 'dna_rate' AND period = '2025-Q1' AND specialty IS NULL)"),
                        "44|44;");
    assert_string_equal(answer(database, "SELECT count(*) FROM result INDEXED BY result_by_measure"
                                         " WHERE measure = 'wait_decision' AND period IS NULL AND specialty IS NULL"),
                        "44;");
    sqlite3_close(database);
    folder_close(folder);
    hand_made_release(&report);
}

static void what_is_left_out_of_a_denominator_is_json(void **state)
{
    (void)state;
    struct report report = hand_made_report(1, 0, 1);
    report.aggregates.results[0].excluded = (struct exclusions){3, 12, NAN};
    struct folder *folder = write_results(&report, 1);
    sqlite3 *database = open_written();
    assert_string_equal(answer(database, "SELECT excluded FROM result WHERE id = 1"),
                        "{\"pending\":3,\"immature\":12,\"unknown\":null};");
    assert_string_equal(answer(database, "SELECT count(*) FROM result WHERE NOT json_valid(excluded)"), "0;");
    sqlite3_close(database);
    folder_close(folder);
    hand_made_release(&report);
}

static void the_file_says_what_it_is(void **state)
{
    (void)state;
    static const char *const said =
        "SELECT tool, version, schema_version, as_of, period, audience, reference, substr(notice, 1, 27) FROM report";
    struct report report = hand_made_report(1, 1, 1);
    report.version = "1.2.3";
    day_from_date(2025, 6, 30, &report.as_of);
    quarter_parse(TEXT("2025-Q1"), &report.period);
    static const enum audience audiences[] = {AUDIENCE_SHARED, AUDIENCE_PRACTICE, AUDIENCE_ANALYST};
    static const char *const rows[] = {
        "referlens|1.2.3|1|2025-06-30|2025-Q1|shared|NULL|Masked: a count of 1 to 7 i;",
        "referlens|1.2.3|1|2025-06-30|2025-Q1|practice|NULL|Masked: a count of 1 to 7 i;",
        "referlens|1.2.3|1|2025-06-30|2025-Q1|analyst|NULL|Exact counts: do not share.;"};
    for (size_t i = 0; i < 3; i++) {
        report.audience = audiences[i];
        struct folder *folder = write_results(&report, 1);
        sqlite3 *database = open_written();
        assert_string_equal(answer(database, said), rows[i]);
        assert_string_equal(answer(database, "SELECT count(*) FROM comparison"), "0;");
        sqlite3_close(database);
        folder_close(folder);
    }
    hand_made_release(&report);
}

static void names_and_measures_are_there(void **state)
{
    (void)state;
    struct report report = hand_made_report(2, 2, 1);
    struct folder *folder = write_results(&report, 1);
    sqlite3 *database = open_written();
    assert_string_equal(
        answer(database, "SELECT * FROM practice"),
        "A00000|Dr \"0\" & Soeurs, Besan\xC3\xA7on|NULL;A00001|Dr \"1\" & Soeurs, Besan\xC3\xA7on|North;");
    assert_string_equal(answer(database, "SELECT * FROM specialty"), "100|General surgery;101|101;");
    sqlite3_stmt *measures = query(database, "SELECT * FROM measure ORDER BY id = :id DESC LIMIT 1");
    for (size_t i = 0; i < measure_count; i++) {
        const struct measure *measure = &measure_table[i];
        sqlite3_bind_text(measures, 1, measure->id, -1, SQLITE_STATIC);
        assert_int_equal(sqlite3_step(measures), SQLITE_ROW);
        assert_text(measures, 0, text_of(measure->id));
        assert_text(measures, 1, text_of(measure->title));
        assert_text(measures, 2, text_of(measure_kind_name(measure->kind)));
        assert_text(measures, 3, text_of(measure->unit));
        assert_text(measures, 4, text_of(measure_direction_name(measure->direction)));
        assert_text(measures, 5, text_of(measure->numerator));
        assert_text(measures, 6, text_of(measure->denominator));
        sqlite3_reset(measures);
    }
    sqlite3_finalize(measures);
    sqlite3_close(database);
    folder_close(folder);
    hand_made_release(&report);
}

static void files_and_rejected_rows_are_there_whatever_the_order_they_were_given_in(void **state)
{
    (void)state;
    struct report report = hand_made_report(0, 0, 1);
    struct ledger ledgers[] = {
        {.name = "referrals.csv",
         .kind = "referrals",
         .profile = "canonical",
         .sha256 = "bb",
         .bytes = 900,
         .read = 10,
         .used = 6,
         .rejected = 2,
         .duplicates = 1,
         .left_out = 1},
        {.name = "outcomes.csv", .kind = "outcomes", .profile = "canonical", .sha256 = "aa", .bytes = 20},
    };
    ledger_count_reason(ledgers[0].rejected_for, &ledgers[0].rejected_reason_count, "not a date", 2);
    ledger_count_reason(ledgers[0].left_out_for, &ledgers[0].left_out_reason_count, "dated after the as-of date", 1);
    const struct reject rejects[] = {
        {.ledger = 0, .line = 7, .column = 3, .category = "not a date", .message = "second"},
        {.ledger = 0, .line = 6, .column = 9, .category = "not a date", .message = "first, 'x'"},
    };
    report.ledgers = ledgers;
    report.ledger_count = 2;
    report.rejects = rejects;
    report.reject_count = 2;
    struct folder *folder = write_results(&report, 1);
    sqlite3 *database = open_written();
    assert_string_equal(
        answer(database, "SELECT * FROM import"),
        "1|outcomes.csv|outcomes|canonical|20|aa|0|0|0|0|0|[]|[];"
        "2|referrals.csv|referrals|canonical|900|bb|10|6|2|1|1|[{\"reason\":\"not a date\",\"rows\":2}]|"
        "[{\"reason\":\"dated after the as-of date\",\"rows\":1}];");
    assert_string_equal(answer(database, "SELECT * FROM reject"),
                        "2|6|9|not a date|first, 'x';2|7|3|not a date|second;");
    sqlite3_close(database);
    folder_close(folder);
    hand_made_release(&report);
}

static void the_bytes_do_not_depend_on_the_number_of_workers(void **state)
{
    (void)state;
    struct report report = hand_made_report(150, 3, 4);
    char *first = NULL;
    size_t length = 0, other_length;
    for (size_t workers = 0; workers <= 6; workers += 2) {
        struct folder *folder = write_results(&report, workers);
        char *other = scratch_read(WRITTEN, &other_length);
        if (first == NULL) {
            first = other;
            length = other_length;
        } else {
            assert_int_equal(other_length, length);
            assert_memory_equal(other, first, length);
            free(other);
        }
        folder_close(folder);
    }
    free(first);
    hand_made_release(&report);
}

static void a_report_without_anything_is_a_file_all_the_same(void **state)
{
    (void)state;
    struct report report = hand_made_report(0, 0, 1);
    result_list_release(&report.aggregates);
    struct folder *folder = write_results(&report, 2);
    sqlite3 *database = open_written();
    assert_string_equal(answer(database, "PRAGMA integrity_check"), "ok;");
    assert_string_equal(answer(database, "SELECT count(*) FROM result"), "0;");
    sqlite3_close(database);
    folder_close(folder);
    hand_made_release(&report);
}

static void every_statement_prepares_on_a_fresh_schema(void **state)
{
    (void)state;
    static const char *const parts[] = {
#include "src/output/results_settings.sql.h"
        ,
#include "src/output/results_schema.sql.h"
        ,
#include "src/output/results_comparison.sql.h"
        ,
#include "src/output/results_insert.sql.h"
    };
    sqlite3 *database;
    assert_int_equal(sqlite3_open(":memory:", &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, parts[0], NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, parts[1], NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, parts[2], NULL, NULL, NULL), SQLITE_OK);
    int prepared = 0;
    for (const char *sql = parts[3]; *sql != '\0';) {
        sqlite3_stmt *statement;
        if (sqlite3_prepare_v2(database, sql, -1, &statement, &sql) != SQLITE_OK)
            fail_msg("%s", sqlite3_errmsg(database));
        for (int i = 1; i <= sqlite3_bind_parameter_count(statement); i++)
            assert_int_equal(sqlite3_bind_parameter_name(statement, i)[0], ':');
        prepared += statement != NULL;
        sqlite3_finalize(statement);
    }
    assert_int_equal(prepared, 8);
    sqlite3_close(database);
}

/* A limit on the size of files fails a write half-way as a full disk does. */
static void a_full_disk_is_told(void **state)
{
    (void)state;
    struct report report = hand_made_report(200, 3, 5);
    pid_t child = fork();
    if (child == 0) {
        struct folder *folder;
        struct error error = {""};
        signal(SIGXFSZ, SIG_IGN);
        if (setrlimit(RLIMIT_FSIZE, &(struct rlimit){1000000, 1000000}) != 0 ||
            !folder_open("out", true, &folder, &error) || results_sqlite_write(&report, NULL, folder, 3, &error))
            _exit(2);
        folder_close(folder);
        _exit(strncmp(error.message, "can't write 'results.sqlite': ", 30) != 0 || strlen(error.message) < 40);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    hand_made_release(&report);
}

int main(void)
{
#define IN_SCRATCH(test) cmocka_unit_test_setup_teardown(test, enter, leave)
    const struct CMUnitTest tests[] = {
        IN_SCRATCH(the_tables_are_strict_and_have_their_columns),
        IN_SCRATCH(every_result_is_there_in_order_and_to_the_last_bit),
        IN_SCRATCH(sqlite_finds_nothing_wrong_with_the_file),
        IN_SCRATCH(a_measure_is_found_by_its_period),
        IN_SCRATCH(what_is_left_out_of_a_denominator_is_json),
        IN_SCRATCH(the_file_says_what_it_is),
        IN_SCRATCH(names_and_measures_are_there),
        IN_SCRATCH(files_and_rejected_rows_are_there_whatever_the_order_they_were_given_in),
        IN_SCRATCH(the_bytes_do_not_depend_on_the_number_of_workers),
        IN_SCRATCH(a_report_without_anything_is_a_file_all_the_same),
        IN_SCRATCH(every_statement_prepares_on_a_fresh_schema),
        IN_SCRATCH(a_full_disk_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
