#include "referlens/output/result_rows.h"

#include "referlens/base/memory.h"
#include "referlens/output/result_fields.h"

#include <math.h>

static const char result_rows_sql[] =
#include "src/output/result_rows.sql.h"
    ;
static const char incidence_rows_sql[] =
#include "src/output/incidence_rows.sql.h"
    ;

enum { EXCLUDED_BYTES_MAX = 200 };

/* Columns of result_rows up to `status`; the numbers follow in the order of result_fields, then `excluded`. */
enum column {
    COLUMN_ID,
    COLUMN_MEASURE,
    COLUMN_PRACTICE,
    COLUMN_SPECIALTY,
    COLUMN_SCHEME,
    COLUMN_PERIOD,
    COLUMN_KIND,
    COLUMN_STATUS,
    COLUMN_NUMBERS,
    COLUMN_EXCLUDED = COLUMN_NUMBERS + RESULT_FIELD_COUNT
};

struct table {
    sqlite3_vtab base;
    const struct result_rows *rows;
};

struct cursor {
    sqlite3_vtab_cursor base;
    const struct result_rows *rows;
    size_t index;             /* of the result */
    size_t horizon;           /* of the incidence */
    struct slice_texts texts; /* of the result */
    struct buffer excluded;
};

static int connect_to(sqlite3 *database, void *rows, const char *declaration, sqlite3_vtab **table)
{
    int code = sqlite3_declare_vtab(database, declaration);
    if (code != SQLITE_OK)
        return code;
    struct table *connected = memory_allocate_zeroed(1, sizeof *connected);
    connected->rows = rows;
    *table = &connected->base;
    return SQLITE_OK;
}

static int connect_results(sqlite3 *database, void *rows, int argument_count, const char *const *arguments,
                           sqlite3_vtab **table, char **message)
{
    (void)argument_count, (void)arguments, (void)message;
    return connect_to(database, rows, result_rows_sql, table);
}

static int connect_incidences(sqlite3 *database, void *rows, int argument_count, const char *const *arguments,
                              sqlite3_vtab **table, char **message)
{
    (void)argument_count, (void)arguments, (void)message;
    return connect_to(database, rows, incidence_rows_sql, table);
}

static int disconnect(sqlite3_vtab *table)
{
    memory_free(table);
    return SQLITE_OK;
}

/* Every row in order is all that is ever asked for. */
static int best_index(sqlite3_vtab *table, sqlite3_index_info *information)
{
    (void)table, (void)information;
    return SQLITE_OK;
}

static int open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **cursor)
{
    struct cursor *opened = memory_allocate_zeroed(1, sizeof *opened);
    opened->rows = ((struct table *)table)->rows;
    opened->excluded = buffer_with_maximum(EXCLUDED_BYTES_MAX);
    *cursor = &opened->base;
    return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *base)
{
    struct cursor *cursor = (struct cursor *)base;
    buffer_release(&cursor->excluded);
    memory_free(cursor);
    return SQLITE_OK;
}

static int is_at_end(sqlite3_vtab_cursor *base)
{
    const struct cursor *cursor = (const struct cursor *)base;
    return cursor->index >= cursor->rows->count;
}

/* Prepares what the columns of the result at the cursor share. */
static void read_result(struct cursor *cursor)
{
    if (cursor->index < cursor->rows->count)
        slice_texts_of(cursor->rows->report, cursor->rows->results[cursor->index].slice, &cursor->texts);
}

static int first_result(sqlite3_vtab_cursor *base, int index_number, const char *index_text, int argument_count,
                        sqlite3_value **arguments)
{
    (void)index_number, (void)index_text, (void)argument_count, (void)arguments;
    struct cursor *cursor = (struct cursor *)base;
    cursor->index = 0;
    read_result(cursor);
    return SQLITE_OK;
}

static int next_result(sqlite3_vtab_cursor *base)
{
    struct cursor *cursor = (struct cursor *)base;
    cursor->index++;
    read_result(cursor);
    return SQLITE_OK;
}

/* Text that lives as long as the cursor stands where it does; an empty one is NULL. */
static void give_text(sqlite3_context *context, struct text text, sqlite3_destructor_type lifetime)
{
    if (text.length == 0)
        sqlite3_result_null(context);
    else
        sqlite3_result_text64(context, text.bytes, text.length, lifetime, SQLITE_UTF8);
}

static void give_number(sqlite3_context *context, double value)
{
    if (isfinite(value))
        sqlite3_result_double(context, value);
    else
        sqlite3_result_null(context);
}

static void give_excluded(sqlite3_context *context, struct cursor *cursor, const struct result *result)
{
    buffer_clear(&cursor->excluded);
    struct json_writer json = json_writer_into(&cursor->excluded);
    result_add_excluded(&json, result);
    give_text(context, buffer_text(&cursor->excluded), SQLITE_TRANSIENT);
}

static int result_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column)
{
    struct cursor *cursor = (struct cursor *)base;
    const struct result *result = &cursor->rows->results[cursor->index];
    const struct measure *measure = &measure_table[result->measure];
    if (column >= COLUMN_NUMBERS && column < COLUMN_EXCLUDED) {
        give_number(context, result_field_value(result, (size_t)column - COLUMN_NUMBERS));
        return SQLITE_OK;
    }
    switch ((enum column)column) {
    case COLUMN_ID:
        sqlite3_result_int64(context, cursor->rows->first_id + (int64_t)cursor->index);
        break;
    case COLUMN_MEASURE:
        give_text(context, text_of(measure->id), SQLITE_STATIC);
        break;
    case COLUMN_PRACTICE:
        give_text(context, cursor->texts.practice, SQLITE_STATIC);
        break;
    case COLUMN_SPECIALTY:
        give_text(context, cursor->texts.specialty, SQLITE_STATIC);
        break;
    case COLUMN_SCHEME:
        give_text(context, cursor->texts.scheme, SQLITE_STATIC);
        break;
    case COLUMN_PERIOD:
        give_text(context, cursor->texts.period, SQLITE_TRANSIENT);
        break;
    case COLUMN_KIND:
        give_text(context, text_of(measure_kind_name(measure->kind)), SQLITE_STATIC);
        break;
    case COLUMN_STATUS:
        give_text(context, text_of(result_status_name(result->status)), SQLITE_STATIC);
        break;
    default:
        give_excluded(context, cursor, result);
    }
    return SQLITE_OK;
}

static int result_id(sqlite3_vtab_cursor *base, sqlite3_int64 *id)
{
    const struct cursor *cursor = (const struct cursor *)base;
    *id = cursor->rows->first_id + (int64_t)cursor->index;
    return SQLITE_OK;
}

/* Moves on, from where the cursor stands, to the first incidence that is known. */
static void find_incidence(struct cursor *cursor)
{
    for (; cursor->index < cursor->rows->count; cursor->index++, cursor->horizon = 0) {
        const struct result *result = &cursor->rows->results[cursor->index];
        if (measure_table[result->measure].kind != MEASURE_DELAY)
            continue;
        for (; cursor->horizon < HORIZON_COUNT; cursor->horizon++)
            if (isfinite(result->within[cursor->horizon].value))
                return;
    }
}

static int first_incidence(sqlite3_vtab_cursor *base, int index_number, const char *index_text, int argument_count,
                           sqlite3_value **arguments)
{
    (void)index_number, (void)index_text, (void)argument_count, (void)arguments;
    struct cursor *cursor = (struct cursor *)base;
    cursor->index = 0;
    cursor->horizon = 0;
    find_incidence(cursor);
    return SQLITE_OK;
}

static int next_incidence(sqlite3_vtab_cursor *base)
{
    struct cursor *cursor = (struct cursor *)base;
    cursor->horizon++;
    find_incidence(cursor);
    return SQLITE_OK;
}

static int incidence_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column)
{
    const struct cursor *cursor = (const struct cursor *)base;
    const struct incidence *incidence = &cursor->rows->results[cursor->index].within[cursor->horizon];
    const double numbers[] = {incidence->value, incidence->lower, incidence->upper};
    if (column == 0)
        sqlite3_result_int64(context, cursor->rows->first_id + (int64_t)cursor->index);
    else if (column == 1)
        sqlite3_result_int(context, horizon_days[cursor->horizon]);
    else
        give_number(context, numbers[column - 2]);
    return SQLITE_OK;
}

static int incidence_id(sqlite3_vtab_cursor *base, sqlite3_int64 *id)
{
    const struct cursor *cursor = (const struct cursor *)base;
    *id = (sqlite3_int64)(cursor->index * HORIZON_COUNT + cursor->horizon);
    return SQLITE_OK;
}

/* Without xCreate a module is a table by its own name, and nothing of it is stored in the file. */
static const sqlite3_module result_module = {
    .xConnect = connect_results,
    .xBestIndex = best_index,
    .xDisconnect = disconnect,
    .xOpen = open_cursor,
    .xClose = close_cursor,
    .xFilter = first_result,
    .xNext = next_result,
    .xEof = is_at_end,
    .xColumn = result_column,
    .xRowid = result_id,
};

static const sqlite3_module incidence_module = {
    .xConnect = connect_incidences,
    .xBestIndex = best_index,
    .xDisconnect = disconnect,
    .xOpen = open_cursor,
    .xClose = close_cursor,
    .xFilter = first_incidence,
    .xNext = next_incidence,
    .xEof = is_at_end,
    .xColumn = incidence_column,
    .xRowid = incidence_id,
};

bool result_rows_register(sqlite3 *database, struct result_rows *rows)
{
    return sqlite3_create_module(database, "result_rows", &result_module, rows) == SQLITE_OK &&
           sqlite3_create_module(database, "incidence_rows", &incidence_module, rows) == SQLITE_OK;
}
