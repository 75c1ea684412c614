#include "referlens/output/results_sqlite.h"

#include "referlens/base/memory.h"
#include "referlens/measure/lost_rows.h"
#include "referlens/output/comparison_table.h"
#include "referlens/output/in_order.h"
#include "referlens/output/input_order.h"
#include "referlens/output/result_records.h"
#include "referlens/output/results_by_measure.h"
#include "referlens/output/results_json.h"

#include <limits.h>
#include <sqlite3.h>
#include <stdint.h>
#include <string.h>

static const char settings_sql[] =
#include "src/output/results_settings.sql.h"
    ;
static const char schema_sql[] =
#include "src/output/results_schema.sql.h"
    ;
static const char comparison_sql[] =
#include "src/output/results_comparison.sql.h"
    ;
static const char insert_sql[] =
#include "src/output/results_insert.sql.h"
    ;

/* Of results_insert.sql, in its order. */
enum statement {
    INSERT_REPORT,
    INSERT_MEASURE,
    INSERT_PRACTICE,
    INSERT_SPECIALTY,
    INSERT_IMPORT,
    INSERT_REJECT,
    INSERT_COMPARISON,
    FIND_ROOT,
    STATEMENT_COUNT
};

enum { REASONS_BYTES_MAX = 1 << 20 };

/* What is written without SQL. */
enum tree { TREE_RESULT, TREE_BY_PRACTICE, TREE_BY_MEASURE, TREE_INCIDENCE, TREE_COUNT };
static const struct {
    const char *name;
    enum sqlite_tree_kind kind;
} trees[TREE_COUNT] = {
    [TREE_RESULT] = {"result", SQLITE_TREE_TABLE},
    [TREE_BY_PRACTICE] = {"result_by_practice", SQLITE_TREE_INDEX},
    [TREE_BY_MEASURE] = {"result_by_measure", SQLITE_TREE_INDEX},
    [TREE_INCIDENCE] = {"incidence", SQLITE_TREE_INDEX},
};

/* A file being written. */
struct writing {
    const struct report *report;
    const struct comparison_source *comparison; /* NULL: none */
    const char *path;
    sqlite3 *database;
    sqlite3_stmt *statements[STATEMENT_COUNT];
    uint32_t roots[TREE_COUNT];
    struct sqlite_tree *trees[TREE_COUNT];
    int64_t next_id;
    struct results_by_measure by_measure;
    struct practice_results {
        struct result_list list;
        struct result_records records;
    } * of_practice; /* one a worker */
};

/* Fills the error with what SQLite and, where it has to do with it, the system say. Returns false. */
static bool fail(const struct writing *writing, struct error *error)
{
    int code = sqlite3_errcode(writing->database);
    int reason = sqlite3_system_errno(writing->database);
    if (code == SQLITE_IOERR && reason != 0)
        return error_set_system(error, reason, "can't write 'results.sqlite'");
    return error_set(error, "can't write 'results.sqlite': %s", sqlite3_errmsg(writing->database));
}

static bool execute(struct writing *writing, const char *sql, struct error *error)
{
    return sqlite3_exec(writing->database, sql, NULL, NULL, NULL) == SQLITE_OK || fail(writing, error);
}

static bool prepare(struct writing *writing, struct error *error)
{
    const char *sql = insert_sql;
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        if (sqlite3_prepare_v3(writing->database, sql, -1, SQLITE_PREPARE_PERSISTENT, &writing->statements[i], &sql) !=
            SQLITE_OK)
            return fail(writing, error);
    return true;
}

/* Runs a statement to its end and makes it ready for the next time. */
static bool run(struct writing *writing, enum statement which, struct error *error)
{
    sqlite3_stmt *statement = writing->statements[which];
    bool done = sqlite3_step(statement) == SQLITE_DONE || fail(writing, error);
    sqlite3_reset(statement);
    return done;
}

/* Each binds a parameter by its name; text must outlive the run. What can't be bound stays NULL and is refused by the
 * table. */
static void bind_text(struct writing *writing, enum statement which, const char *parameter, struct text text)
{
    sqlite3_stmt *statement = writing->statements[which];
    sqlite3_bind_text64(statement, sqlite3_bind_parameter_index(statement, parameter),
                        text.length == 0 ? "" : text.bytes, text.length, SQLITE_STATIC, SQLITE_UTF8);
}

static void bind_string(struct writing *writing, enum statement which, const char *parameter, const char *string)
{
    bind_text(writing, which, parameter, text_of(string));
}

static void bind_integer(struct writing *writing, enum statement which, const char *parameter, int64_t value)
{
    sqlite3_stmt *statement = writing->statements[which];
    sqlite3_bind_int64(statement, sqlite3_bind_parameter_index(statement, parameter), value);
}

static const char *notice(const struct report *report)
{
    return report->audience == AUDIENCE_ANALYST
               ? "Exact counts: do not share. Every number is as it is, however small, so people could be recognised. "
                 "To share results, make the report again without --audience analyst."
               : "Masked: a count of 1 to 7 is not shown, every other count is rounded to the nearest 5, and what is "
                 "worked "
                 "out of counts is worked out of the rounded ones. Not for publication.";
}

static bool insert_report(struct writing *writing, struct error *error)
{
    const struct report *report = writing->report;
    char as_of[DAY_TEXT_SIZE], period[QUARTER_TEXT_SIZE];
    day_format(report->as_of, as_of);
    quarter_format(report->period, period);
    bind_string(writing, INSERT_REPORT, ":tool", "referlens");
    bind_string(writing, INSERT_REPORT, ":version", report->version);
    bind_string(writing, INSERT_REPORT, ":schema_version", RESULTS_SCHEMA_VERSION);
    bind_string(writing, INSERT_REPORT, ":as_of", as_of);
    bind_string(writing, INSERT_REPORT, ":period", period);
    bind_string(writing, INSERT_REPORT, ":audience", audience_name(report->audience));
    bind_string(writing, INSERT_REPORT, ":reference",
                writing->comparison == NULL ? "" : scheme_names[writing->comparison->comparison->reference]);
    bind_string(writing, INSERT_REPORT, ":notice", notice(report));
    return run(writing, INSERT_REPORT, error);
}

static bool insert_comparison(struct writing *writing, struct error *error)
{
    return writing->comparison == NULL ||
           comparison_table_fill(writing->comparison, writing->statements[INSERT_COMPARISON]) || fail(writing, error);
}

static bool insert_measures(struct writing *writing, struct error *error)
{
    bool done = true;
    for (size_t i = 0; done && i < measure_count; i++) {
        const struct measure *measure = &measure_table[i];
        bind_string(writing, INSERT_MEASURE, ":id", measure->id);
        bind_string(writing, INSERT_MEASURE, ":title", measure->title);
        bind_string(writing, INSERT_MEASURE, ":kind", measure_kind_name(measure->kind));
        bind_string(writing, INSERT_MEASURE, ":unit", measure->unit);
        bind_string(writing, INSERT_MEASURE, ":direction", measure_direction_name(measure->direction));
        bind_string(writing, INSERT_MEASURE, ":numerator", measure->numerator);
        bind_string(writing, INSERT_MEASURE, ":denominator", measure->denominator);
        struct buffer caution = buffer_with_maximum(LOST_ROWS_WORDS_MAX);
        lost_rows_add_mark(writing->report, i, &caution);
        bind_string(writing, INSERT_MEASURE, ":caution", caution.length > 0 ? caution.bytes : "");
        done = run(writing, INSERT_MEASURE, error);
        buffer_release(&caution);
    }
    return done;
}

static bool insert_names(struct writing *writing, struct error *error)
{
    const struct report *report = writing->report;
    bool done = true;
    size_t practice_count = report_practice_count(report), specialty_count = report_specialty_count(report);
    for (uint32_t practice = 0; done && practice < practice_count; practice++) {
        bind_text(writing, INSERT_PRACTICE, ":code", report_practice_code(report, practice));
        bind_text(writing, INSERT_PRACTICE, ":name", report_practice_name(report, practice));
        bind_text(writing, INSERT_PRACTICE, ":locality", report_practice_locality(report, practice));
        done = run(writing, INSERT_PRACTICE, error);
    }
    for (uint32_t specialty = 0; done && specialty < specialty_count; specialty++) {
        bind_text(writing, INSERT_SPECIALTY, ":code", report_specialty_code(report, specialty));
        bind_text(writing, INSERT_SPECIALTY, ":title", report_specialty_title(report, specialty));
        done = run(writing, INSERT_SPECIALTY, error);
    }
    return done;
}

/* Leaves the list of reasons as JSON in `buffer` and binds it. */
static void bind_reasons(struct writing *writing, const char *parameter, const struct ledger_reason *reasons,
                         size_t count, struct buffer *buffer)
{
    struct json_writer json = json_writer_into(buffer);
    buffer_clear(buffer);
    input_order_add_reasons(&json, reasons, count);
    bind_text(writing, INSERT_IMPORT, parameter, buffer_text(buffer));
}

static bool insert_import(struct writing *writing, size_t id, const struct ledger *ledger, struct error *error)
{
    struct buffer rejected_for = buffer_with_maximum(REASONS_BYTES_MAX);
    struct buffer left_out_for = buffer_with_maximum(REASONS_BYTES_MAX);
    bind_integer(writing, INSERT_IMPORT, ":id", (int64_t)id);
    bind_string(writing, INSERT_IMPORT, ":name", ledger->name);
    bind_string(writing, INSERT_IMPORT, ":kind", ledger->kind);
    bind_string(writing, INSERT_IMPORT, ":profile", ledger->profile);
    bind_integer(writing, INSERT_IMPORT, ":bytes", ledger->bytes);
    bind_string(writing, INSERT_IMPORT, ":sha256", ledger->sha256);
    bind_integer(writing, INSERT_IMPORT, ":read", ledger->read);
    bind_integer(writing, INSERT_IMPORT, ":used", ledger->used);
    bind_integer(writing, INSERT_IMPORT, ":rejected", ledger->rejected);
    bind_integer(writing, INSERT_IMPORT, ":duplicates", ledger->duplicates);
    bind_integer(writing, INSERT_IMPORT, ":left_out", ledger->left_out);
    bind_reasons(writing, ":rejected_for", ledger->rejected_for, ledger->rejected_reason_count, &rejected_for);
    bind_reasons(writing, ":left_out_for", ledger->left_out_for, ledger->left_out_reason_count, &left_out_for);
    bool done = run(writing, INSERT_IMPORT, error);
    buffer_release(&rejected_for);
    buffer_release(&left_out_for);
    return done;
}

/* Files are numbered from 1 in the order of input_order.h. */
static bool insert_inputs(struct writing *writing, struct error *error)
{
    struct input_order order = input_order_of(writing->report);
    bool done = true;
    for (size_t i = 0; done && i < order.ledger_count; i++)
        done = insert_import(writing, i + 1, order.ledgers[i], error);
    for (size_t i = 0; done && i < order.reject_count; i++) {
        const struct reject *reject = order.rejects[i];
        bind_integer(writing, INSERT_REJECT, ":import_id", (int64_t)order.places[reject->ledger] + 1);
        bind_integer(writing, INSERT_REJECT, ":line", reject->line);
        bind_integer(writing, INSERT_REJECT, ":column", reject->column);
        bind_string(writing, INSERT_REJECT, ":reason", reject->category);
        bind_string(writing, INSERT_REJECT, ":message", reject->message);
        done = run(writing, INSERT_REJECT, error);
    }
    input_order_release(&order);
    return done;
}

static bool write_results(struct writing *writing, const struct practice_results *results, struct error *error)
{
    const int64_t first_id = writing->next_id;
    writing->next_id += (int64_t)results->list.count;
    results_by_measure_gather(&writing->by_measure, &results->list, first_id);
    return result_records_write(&results->records, first_id, writing->trees[TREE_RESULT], error) &&
           result_records_write_practices(writing->report, &results->list, first_id, writing->trees[TREE_BY_PRACTICE],
                                          error) &&
           result_records_write_incidences(&results->list, first_id, writing->trees[TREE_INCIDENCE], error);
}

static bool write_aggregates(struct writing *writing, struct error *error)
{
    struct practice_results aggregates = {.list = writing->report->aggregates};
    result_records_make(&aggregates.records, writing->report, &aggregates.list);
    const bool done = write_results(writing, &aggregates, error);
    result_records_release(&aggregates.records);
    return done;
}

static void evaluate_one_practice(void *context, size_t task, size_t worker)
{
    struct writing *writing = context;
    struct practice_results results = writing->of_practice[worker]; /* a copy: workers' own ones share lines of cache */
    results.list.count = 0;                                         /* keeps its memory */
    report_practice(writing->report, (uint32_t)task, false, &results.list);
    result_records_make(&results.records, writing->report, &results.list);
    writing->of_practice[worker] = results;
}

static bool write_one_practice(void *context, size_t task, size_t worker, struct error *error)
{
    (void)task;
    struct writing *writing = context;
    return write_results(writing, &writing->of_practice[worker], error);
}

static bool write_practices(struct writing *writing, size_t worker_count, struct error *error)
{
    if (worker_count == 0)
        worker_count = 1;
    writing->of_practice = memory_allocate_zeroed(worker_count, sizeof *writing->of_practice);
    bool done = in_order_run(worker_count, report_practice_count(writing->report), evaluate_one_practice,
                             write_one_practice, writing, error);
    for (size_t i = 0; i < worker_count; i++) {
        result_list_release(&writing->of_practice[i].list);
        result_records_release(&writing->of_practice[i].records);
    }
    memory_free(writing->of_practice);
    return done;
}

static bool open_database(struct writing *writing, struct error *error)
{
    /* One thread at a time uses the connection, so it needs no lock of its own. */
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    return (sqlite3_open_v2(writing->path, &writing->database, flags, NULL) == SQLITE_OK || fail(writing, error)) &&
           execute(writing, settings_sql, error);
}

static bool close_database(struct writing *writing, bool done, struct error *error)
{
    for (size_t i = 0; i < STATEMENT_COUNT; i++) {
        sqlite3_finalize(writing->statements[i]);
        writing->statements[i] = NULL;
    }
    if (sqlite3_close(writing->database) != SQLITE_OK && done)
        done = fail(writing, error);
    writing->database = NULL;
    return done;
}

static bool find_roots(struct writing *writing, struct error *error)
{
    sqlite3_stmt *statement = writing->statements[FIND_ROOT];
    bool done = true;
    for (size_t i = 0; done && i < TREE_COUNT; i++) {
        bind_string(writing, FIND_ROOT, ":name", trees[i].name);
        done = sqlite3_step(statement) == SQLITE_ROW || fail(writing, error);
        writing->roots[i] = (uint32_t)sqlite3_column_int64(statement, 0);
        sqlite3_reset(statement);
    }
    return done;
}

/* The schema, and all tables but the two large ones. */
static bool write_small_tables(struct writing *writing, struct error *error)
{
    const bool done =
        open_database(writing, error) && execute(writing, schema_sql, error) &&
        execute(writing, comparison_sql, error) && prepare(writing, error) && insert_report(writing, error) &&
        insert_measures(writing, error) && insert_names(writing, error) && insert_inputs(writing, error) &&
        insert_comparison(writing, error) && find_roots(writing, error) && execute(writing, "COMMIT", error);
    return close_database(writing, done, error);
}

static bool write_large_tables(struct writing *writing, size_t worker_count, struct error *error)
{
    struct sqlite_file *file;
    if (!sqlite_file_open(writing->path, &file, error))
        return error_prefix(error, "can't write 'results.sqlite'");
    for (size_t i = 0; i < TREE_COUNT; i++)
        writing->trees[i] = sqlite_tree_new(file, writing->roots[i], trees[i].kind);
    bool done = write_aggregates(writing, error) && write_practices(writing, worker_count, error) &&
                results_by_measure_write(&writing->by_measure, writing->trees[TREE_BY_MEASURE], error);
    results_by_measure_release(&writing->by_measure);
    for (size_t i = 0; i < TREE_COUNT; i++) {
        if (done)
            done = sqlite_tree_finish(writing->trees[i], error);
        else
            sqlite_tree_free(writing->trees[i]);
    }
    done = sqlite_file_close(file, done ? error : NULL) && done;
    return done || error_prefix(error, "can't write 'results.sqlite'");
}

bool results_sqlite_write(const struct report *report, const struct comparison_source *comparison,
                          struct folder *folder, size_t worker_count, struct error *error)
{
    struct buffer path = buffer_with_maximum(PATH_MAX);
    buffer_add_formatted(&path, "%s/results.sqlite", folder_path(folder));
    struct writing writing = {.report = report, .comparison = comparison, .path = path.bytes, .next_id = 1};
    const bool done = path.full
                          ? error_set(error, "can't write 'results.sqlite': the path is too long")
                          : write_small_tables(&writing, error) && write_large_tables(&writing, worker_count, error);
    buffer_release(&path);
    return done;
}
